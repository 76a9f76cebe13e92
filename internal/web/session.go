package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/problem"
)

// The cookies. Each holds a random secret and nothing else, or something sealed.
const (
	sessionCookie  = "kip_session"
	formCookie     = "kip_form"     // binds the forms of those who are not logged in yet
	externalCookie = "kip_external" // while somebody logs in elsewhere
)

// safeCookies reports whether cookies go over TLS alone: everywhere but on this
// machine.
func (s *Server) safeCookies() bool { return s.PublicURL != nil && s.PublicURL.Scheme == "https" }

// cookieName is the name of a cookie. Browsers take one with the prefix from this very
// host alone, and over TLS alone.
func (s *Server) cookieName(name string) string {
	if s.safeCookies() {
		return "__Host-" + name
	}
	return name
}

func (s *Server) setCookie(c *fiber.Ctx, name, value string) {
	cookie := &fiber.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HTTPOnly: true, Secure: s.safeCookies(), SameSite: fiber.CookieSameSiteLaxMode}
	if value == "" {
		cookie.MaxAge = -1
	} else {
		// It ends with the browser; how long its session is good for the server says.
		cookie.SessionOnly = true
	}
	c.Cookie(cookie)
}

func (s *Server) cookie(c *fiber.Ctx, name string) string {
	return strings.Clone(c.Cookies(s.cookieName(name)))
}

// identify finds out who asks, by the cookie of the session.
func (s *Server) identify(c *fiber.Ctx) error {
	secret := s.cookie(c, sessionCookie)
	ctx, cancel := s.deadline(c)
	defer cancel()
	v, err := s.Accounts.SessionViewer(ctx, secret)
	if err != nil {
		return err
	}
	if v.Role == "" {
		if form := s.cookie(c, formCookie); form != "" {
			c.Locals(csrfKey, tokenOfForms(form))
		}
		return c.Next()
	}
	v.Address = s.address(c)
	c.Locals(viewerKey, v)
	c.Locals(sessionKey, account.SessionID(secret))
	c.Locals(csrfKey, tokenOfForms(secret))
	return c.Next()
}

// tokenOfForms is what the forms of a session bring back. It tells nothing of the
// secret of the session.
func tokenOfForms(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("kipmonitor forms"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func formToken(c *fiber.Ctx) string {
	token, _ := c.Locals(csrfKey).(string)
	return token
}

func sessionOf(c *fiber.Ctx) string {
	id, _ := c.Locals(sessionKey).(string)
	return id
}

// bindForms lets a page that somebody sees who is not logged in have forms.
func (s *Server) bindForms(c *fiber.Ctx) error {
	s.bind(c)
	return c.Next()
}

func (s *Server) bind(c *fiber.Ctx) {
	if formToken(c) != "" {
		return
	}
	secret := rand.Text()
	s.setCookie(c, formCookie, secret)
	c.Locals(csrfKey, tokenOfForms(secret))
}

// validCSRF reports whether a form came from a page of the same session. An upload's
// handler asks it with the first field of the form, since its body is read as a stream.
func (s *Server) validCSRF(c *fiber.Ctx, token string) bool {
	want := formToken(c)
	return want != "" && hmac.Equal([]byte(want), []byte(token))
}

var errStaleForm = problem.New(problem.Forbidden, "form_stale", nil)

// maxForm bounds a form without files, in bytes.
const maxForm = 1 << 20

// csrf refuses a form that did not come from a page of the same session: one without
// its token in the field csrf or, from a script, in the header X-CSRF-Token. It is for
// forms without files.
func (s *Server) csrf(c *fiber.Ctx) error {
	// A body of unknown or great length is not read at all.
	if length := c.Request().Header.ContentLength(); length < 0 || length > maxForm {
		return problem.New(problem.TooLarge, "form_large", nil)
	}
	token := c.Get("X-CSRF-Token")
	if token == "" {
		fields, err := formFields(c)
		if err != nil {
			return err
		}
		token = fields.Get("csrf")
	}
	if !s.validCSRF(c, token) {
		return errStaleForm
	}
	return c.Next()
}

// origin is where somebody who logs in comes from.
func (s *Server) origin(c *fiber.Ctx) account.Origin {
	return account.Origin{Address: s.address(c), Browser: strings.ToValidUTF8(c.Get(fiber.HeaderUserAgent), "")}
}

// browserName is a browser as people know it, from what it says of itself.
func browserName(agent string) string {
	find := func(names [][2]string) string {
		for _, one := range names {
			if strings.Contains(agent, one[0]) {
				return one[1]
			}
		}
		return ""
	}
	browser := find([][2]string{{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := find([][2]string{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}})
	switch {
	case browser == "" && system == "":
		return "–"
	case browser == "" || system == "":
		return browser + system
	}
	return browser + ", " + system
}
