package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
)

// routes lists every address with the right it needs and its handler. What has no
// right here is open to everybody: it shows no figure.
func (s *Server) routes(app *fiber.App) {
	app.Use(s.surround)
	app.Use(s.secure, framed, s.noteWriters)
	if s.API != nil {
		s.API(app) // it has rights and errors of its own, and no use for cookies
		app.Use("/api", func(*fiber.Ctx) error { return fiber.ErrNotFound })
	}
	app.Get("/health/live", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/health/ready", s.ready)
	app.Get("/health", s.ready)
	app.Get("/metrics", s.mayMeasure, s.metrics())
	app.Use(s.knownHost)
	app.Get("/static/*", s.assets.serve)
	app.Use(s.identify, s.limitPosts)
	app.Get("/", func(c *fiber.Ctx) error { return c.Redirect("/" + string(preferredLanguage(c)) + "/") })

	app.Get("/:language/", s.home, s.need(account.ReadFigures), s.remembered(s.overview))
	app.Get("/:language/areas/:area", s.need(account.ReadFigures), s.remembered(s.area))
	app.Get("/:language/indicators", s.need(account.ReadFigures), s.remembered(s.indicators))
	app.Get("/:language/indicators/:indicator", s.need(account.ReadFigures), s.remembered(s.indicator))
	app.Get("/:language/indicators/:indicator/table.:format", s.need(account.ReadFigures), s.indicatorTable)
	app.Get("/:language/coverage", s.need(account.ReadFigures), s.remembered(s.coverage))
	app.Get("/:language/report", s.need(account.ReadFigures), s.remembered(s.report))
	app.Get("/:language/report/:year.:format", s.need(account.ReadFigures), s.reportFile)
	app.Get("/:language/method", s.need(account.ReadFigures), s.remembered(s.method))

	app.Get("/:language/submissions", s.need(account.SendFigures), s.submissions)
	app.Get("/:language/submissions/new", s.need(account.SendFigures), s.newSubmission)
	app.Get("/definition/:fingerprint.zip", s.need(account.SendFigures), s.definition())
	app.Post("/:language/submissions", sameOrigin, s.need(account.SendFigures), s.receiveFiles)
	app.Get("/:language/submissions/template.:format", s.need(account.SendFigures), s.template)
	app.Get("/:language/submissions/entry", s.need(account.SendFigures), s.entry)
	app.Post("/:language/submissions/entry", sameOrigin, s.need(account.SendFigures), s.csrf, s.enter)
	app.Get("/:language/submissions/:id", s.need(account.SendFigures), s.submission)
	app.Get("/:language/submissions/:id/file", s.need(account.SendFigures), s.submissionFile)
	app.Get("/:language/submissions/:id/marked.xlsx", s.need(account.SendFigures), s.fixIt)
	app.Get("/:language/submissions/:id/receipt.pdf", s.need(account.SendFigures), s.receiptFile)
	app.Post("/:language/submissions/:id/submit", sameOrigin, s.need(account.SendFigures), s.csrf, s.submit)
	app.Post("/:language/submissions/:id/withdraw", sameOrigin, s.need(account.SendFigures), s.csrf, s.withdraw)
	app.Post("/:language/submissions/:id/accept", sameOrigin, s.need(account.DecideFigures), s.csrf, s.accept)
	app.Post("/:language/submissions/:id/return", sameOrigin, s.need(account.DecideFigures), s.csrf, s.giveBack)

	app.Get("/:language/feedback", s.need(account.SendFigures), s.feedback)

	app.Get("/:language/deliveries", s.need(account.ReadDeliveries), s.deliveries)
	app.Get("/:language/rules", s.need(account.ReadDeliveries), s.rules)
	app.Get("/:language/deliveries.:format", s.need(account.ReadDeliveries), s.deliveriesFile)
	app.Get("/:language/deliveries/reminders", s.need(account.ReadDeliveries), s.reminders)
	app.Post("/:language/deliveries/reminders/send", sameOrigin, s.need(account.DecideFigures), s.csrf, s.remind)
	app.Post("/:language/deliveries/extend", sameOrigin, s.need(account.DecideFigures), s.csrf, s.extend)

	app.Get("/:language/desk", s.need(account.DecideFigures), s.desk)
	app.Post("/:language/desk/accept", sameOrigin, s.need(account.DecideFigures), s.csrf, s.acceptMany)

	s.accountRoutes(app)
}

// ready answers whether the server can do its work, and which check fails. What is wrong
// the log says: whoever asks need not have any right.
func (s *Server) ready(c *fiber.Ctx) error {
	results, ready := s.Health.Ask(c.UserContext())
	var text strings.Builder
	verdict := map[bool]string{true: "ok", false: "not ready"}
	text.WriteString(verdict[ready] + "\n")
	for _, one := range results {
		text.WriteString(one.Name + ": " + map[bool]string{true: "ok", false: "failed"}[one.Err == nil] + "\n")
	}
	if !ready {
		c.Status(fiber.StatusServiceUnavailable)
	}
	return c.SendString(text.String())
}

// home leads whoever has no right to the overview to the first page they have a
// right to.
func (s *Server) home(c *fiber.Ctx) error {
	v := viewer(c)
	if v.Role == "" || v.May(account.ReadFigures) {
		return c.Next()
	}
	for _, one := range sections {
		if v.May(one.right) {
			return c.Redirect("/" + c.Params("language") + one.path)
		}
	}
	return c.Next()
}
