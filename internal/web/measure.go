package web

import (
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"kipmonitor/internal/problem"
)

// metrics answers with the counters of the server.
func (s *Server) metrics() fiber.Handler {
	handler := fasthttpadaptor.NewFastHTTPHandler(s.Metrics.Handler())
	return func(c *fiber.Ctx) error {
		handler(c.Context())
		return nil
	}
}

// mayMeasure lets whoever is on this machine read the counters, and whoever has the
// token. What a proxy on this machine hands on comes from elsewhere.
func (s *Server) mayMeasure(c *fiber.Ctx) error {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if s.MetricsToken != "" && strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) == 1 {
		return c.Next()
	}
	handedOn := c.Get(fiber.HeaderXForwardedFor) + c.Get("Forwarded") + c.Get("X-Real-IP") + c.Get("Via")
	if c.Context().RemoteIP().IsLoopback() && handedOn == "" && isLoopbackHost(requestHost(c)) {
		return c.Next()
	}
	return problem.New(problem.Forbidden, "right_missing", nil)
}
