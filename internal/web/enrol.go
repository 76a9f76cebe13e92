package web

import (
	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/problem"
)

// enrol shows somebody who must have a second factor, and has none yet, how to set it
// up. The password was right; nobody is in before the first code was shown.
func (s *Server) enrol(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	email, waiting, err := s.Accounts.Enrolling(c.UserContext(), s.cookie(c, sessionCookie))
	if err != nil {
		return err
	}
	if !waiting {
		return c.Redirect(loginAddress(r.Language, r.Query.Get("next")), fiber.StatusSeeOther)
	}
	factor, err := s.Accounts.NewFactor(email)
	if err != nil {
		return err
	}
	return s.showFactor(c, r, fiber.StatusOK, factorPage{Enrolling: true, Factor: factor, Next: localAddress(r.Query.Get("next"))})
}

// enrolled turns the second factor on, shown its first code, lets its person in and
// shows the recovery codes, this once.
func (s *Server) enrolled(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	secret, next := s.cookie(c, sessionCookie), localAddress(fields.Get("next"))
	email, waiting, err := s.Accounts.Enrolling(c.UserContext(), secret)
	if err != nil {
		return err
	}
	if !waiting {
		return c.Redirect(loginAddress(r.Language, next), fiber.StatusSeeOther)
	}
	login, codes, err := s.Accounts.Enrol(c.UserContext(), secret, fields.Get("sealed"), fields.Get("code"), s.origin(c))
	if told, ok := problem.From(err); ok && (told.Kind == problem.Invalid || told.Kind == problem.TooMany) {
		factor, err := s.Accounts.SameFactor(email, fields.Get("sealed"))
		if err != nil {
			return err
		}
		return s.showFactor(c, r, told.Kind.Status(), factorPage{Enrolling: true, Problem: told.In(r.Language), Factor: factor, Next: next})
	}
	if err != nil {
		return err
	}
	s.setCookie(c, sessionCookie, login.Secret)
	s.setCookie(c, formCookie, "")
	return s.showFactor(c, r, fiber.StatusOK, factorPage{Enrolling: true, Codes: codes, Next: nextPage(r.Language, next)})
}
