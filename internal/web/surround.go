package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/trace"
)

// surround is around every request: it gives it an id and answers whatever went wrong
// inside, a panic too.
func (s *Server) surround(c *fiber.Ctx) error {
	ctx, id := trace.WithID(c.UserContext())
	c.SetUserContext(ctx)
	c.Set(fiber.HeaderXRequestID, id)
	if err := panics.Try(c.Next); err != nil {
		return s.answerError(c, err)
	}
	return nil
}

// answerError answers an error by its page, or, where even that fails, in a line.
func (s *Server) answerError(c *fiber.Ctx, err error) error {
	failed := panics.Try(func() error { return s.showError(c, err) })
	if failed == nil {
		return nil
	}
	trace.LogError(c.UserContext(), s.Log, errors.Join(failed, err), "method", c.Method(), "path", loggedPath(c))
	c.Response().ResetBody()
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Status(fiber.StatusInternalServerError).SendString(locale.German.Say("web.error.ours", nil) + " " + trace.ID(c.UserContext()))
}
