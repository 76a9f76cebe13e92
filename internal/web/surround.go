package web

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/connection"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/trace"
)

// surround is around every request: it gives it an id and answers whatever went wrong
// inside, a panic too.
func (s *Server) surround(c *fiber.Ctx) error {
	ctx, id := trace.WithID(c.UserContext())
	reads := c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead
	ctx, answered := connection.Serving(ctx, c.Context().Conn(), reads)
	defer answered()
	c.SetUserContext(ctx)
	c.Set(fiber.HeaderXRequestID, id)
	start := time.Now()
	defer func() { s.count(c, time.Since(start)) }()
	err := panics.Try(c.Next)
	switch {
	case err == nil:
		if c.Locals(trace.Panicked) != nil { // the interface answered it already
			s.Metrics.Panic()
		}
		return nil
	case errors.Is(context.Cause(ctx), connection.ErrClientLeft):
		s.Log.DebugContext(ctx, "the client has left", "method", c.Method(), "path", loggedPath(c), "request", id)
		return c.SendStatus(statusClientLeft)
	}
	return s.answerError(c, err)
}

// count counts an answer by the pattern of its route, of which there are few.
func (s *Server) count(c *fiber.Ctx, took time.Duration) {
	route := c.Route().Path
	if route == "" || route == "/" && c.Path() != "/" {
		route = "other"
	}
	s.Metrics.Request(route, c.Method(), c.Response().StatusCode(), took)
}

// statusClientLeft is what nginx writes down for a request whose client did not wait for
// the answer. Nobody reads it.
const statusClientLeft = 499

// answerError answers an error by its page, or, where even that fails, in a line.
func (s *Server) answerError(c *fiber.Ctx, err error) error {
	if _, panicked := panics.From(err); panicked {
		s.Metrics.Panic()
	}
	failed := panics.Try(func() error { return s.showError(c, err) })
	if failed == nil {
		return nil
	}
	trace.LogError(c.UserContext(), s.Log, errors.Join(failed, err), "method", c.Method(), "path", loggedPath(c))
	c.Response().ResetBody()
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Status(fiber.StatusInternalServerError).SendString(locale.German.Say("web.error.ours", nil) + " " + trace.ID(c.UserContext()))
}
