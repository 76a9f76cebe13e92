package web

import (
	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/problem"
)

// Where a request keeps who asks, in which session, and the token that its forms
// must bring back.
const (
	viewerKey  = "viewer"
	sessionKey = "session"
	csrfKey    = "csrf"
)

// viewer returns who asks; the zero Viewer is nobody.
func viewer(c *fiber.Ctx) account.Viewer {
	v, _ := c.Locals(viewerKey).(account.Viewer)
	return v
}

// loggedIn lets a request of anybody pass who is logged in.
func loggedIn(c *fiber.Ctx) error {
	if viewer(c).Role == "" {
		return problem.New(problem.Unauthorized, "login_needed", nil)
	}
	return c.Next()
}

// need lets a request pass whose viewer has a right. Nobody is sent to log in.
func (s *Server) need(right account.Right) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := viewer(c)
		if v.May(right) {
			return c.Next()
		}
		if v.Role == "" {
			return problem.New(problem.Unauthorized, "login_needed", nil)
		}
		if err := s.refuse(c); err != nil {
			return err
		}
		return problem.New(problem.Forbidden, "right_missing", nil)
	}
}
