package web

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/trace"
)

type errorPage struct {
	page
	Message   string
	Reference string // by which the operator finds the request in log and audit
}

// showError answers whatever a handler returned: a problem by its message, an
// error of Fiber by its status, and everything else, once logged, as ours.
func (s *Server) showError(c *fiber.Ctx, err error) error {
	s.secureHeaders(c)
	var unread *fiber.Error
	if s.APIProblem != nil && (isAPI(c) || errors.As(err, &unread) && unread.Code == fiber.StatusRequestHeaderFieldsTooLarge && c.Path() == "/") {
		// Of lines too long to be read not even the address is known.
		return s.APIProblem(c, err)
	}
	r := request{Language: preferredLanguage(c), Viewer: viewer(c), CSRF: formToken(c), Year: s.lastWholeYear()}
	if language, known := locale.Parse(firstSegment(c.Path())); known {
		r.Language = language
	}
	status := fiber.StatusInternalServerError
	message := r.Language.Say("web.error.ours", nil)
	var fault *fiber.Error
	p, ok := problem.From(err)
	if ok && p.Kind == problem.Unauthorized && r.Viewer.Role == "" && c.Method() == fiber.MethodGet {
		return c.Redirect(loginAddress(r.Language, c.OriginalURL()), fiber.StatusSeeOther)
	}
	if ok {
		status, message = p.Kind.Status(), p.In(r.Language)
	} else if errors.As(err, &fault) && fault.Code == fiber.StatusNotFound {
		status, message = fault.Code, r.Language.Say("web.error.not_found", nil)
	} else if errors.As(err, &fault) && fault.Code < fiber.StatusInternalServerError {
		status, message = fault.Code, r.Language.Say("web.error.request", nil)
	}
	if trace.ID(c.UserContext()) == "" {
		// No request came: the line broke, or was closed for another.
		s.Log.Debug("a connection ended without a request", "error", err)
	} else if status >= fiber.StatusInternalServerError {
		trace.LogError(c.UserContext(), s.Log, err, "method", c.Method(), "path", loggedPath(c))
	}
	title := r.Language.Say("web.error.title", nil)
	reference := ""
	if id := trace.ID(c.UserContext()); id != "" {
		reference = r.Language.Say("web.error.reference", locale.Args{"id": id})
	}
	return s.show(c, status, "error", errorPage{page: s.page(r, title, ""), Message: message, Reference: reference})
}

// isAPI reports whether a request is for programs, whatever became of it.
func isAPI(c *fiber.Ctx) bool { return c.Path() == "/api" || strings.HasPrefix(c.Path(), "/api/") }

func firstSegment(path string) string {
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[1:i]
		}
	}
	return path[min(1, len(path)):]
}

// preferredLanguage is the one of the four that the browser asks for first.
func preferredLanguage(c *fiber.Ctx) locale.Language {
	language, _ := locale.Parse(c.AcceptsLanguages("de", "fr", "it", "en"))
	return language
}
