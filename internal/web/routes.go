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
	app.Use(secure, s.noteWriters)
	if s.API != nil {
		s.API(app) // it has rights and errors of its own, and no use for cookies
	}
	app.Get("/health/live", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/health/ready", s.ready)
	app.Get("/health", s.ready)
	app.Use(s.knownHost)
	app.Get("/static/*", s.assets.serve)
	app.Use(s.identify, s.limitPosts)
	app.Get("/", func(c *fiber.Ctx) error { return c.Redirect("/" + string(preferredLanguage(c)) + "/") })

	app.Get("/:language/", s.home, need(account.ReadFigures), s.remembered(s.overview))
	app.Get("/:language/areas/:area", need(account.ReadFigures), s.remembered(s.area))
	app.Get("/:language/indicators", need(account.ReadFigures), s.remembered(s.indicators))
	app.Get("/:language/indicators/:indicator", need(account.ReadFigures), s.remembered(s.indicator))
	app.Get("/:language/indicators/:indicator/table.:format", need(account.ReadFigures), s.indicatorTable)
	app.Get("/:language/coverage", need(account.ReadFigures), s.remembered(s.coverage))
	app.Get("/:language/report", need(account.ReadFigures), s.remembered(s.report))
	app.Get("/:language/report/:year.:format", need(account.ReadFigures), s.reportFile)
	app.Get("/:language/method", need(account.ReadFigures), s.remembered(s.method))

	app.Get("/:language/submissions", need(account.SendFigures), s.submissions)
	app.Get("/:language/submissions/new", need(account.SendFigures), s.newSubmission)
	app.Get("/definition/:fingerprint.zip", need(account.SendFigures), s.definition())
	app.Post("/:language/submissions", sameOrigin, need(account.SendFigures), s.receiveFiles)
	app.Get("/:language/submissions/template.:format", need(account.SendFigures), s.template)
	app.Get("/:language/submissions/entry", need(account.SendFigures), s.entry)
	app.Post("/:language/submissions/entry", sameOrigin, need(account.SendFigures), s.csrf, s.enter)
	app.Get("/:language/submissions/:id", need(account.SendFigures), s.submission)
	app.Get("/:language/submissions/:id/file", need(account.SendFigures), s.submissionFile)
	app.Get("/:language/submissions/:id/marked.xlsx", need(account.SendFigures), s.fixIt)
	app.Get("/:language/submissions/:id/receipt.pdf", need(account.SendFigures), s.receiptFile)
	app.Post("/:language/submissions/:id/submit", sameOrigin, need(account.SendFigures), s.csrf, s.submit)
	app.Post("/:language/submissions/:id/withdraw", sameOrigin, need(account.SendFigures), s.csrf, s.withdraw)
	app.Post("/:language/submissions/:id/accept", sameOrigin, need(account.DecideFigures), s.csrf, s.accept)
	app.Post("/:language/submissions/:id/return", sameOrigin, need(account.DecideFigures), s.csrf, s.giveBack)

	app.Get("/:language/feedback", need(account.SendFigures), s.feedback)

	app.Get("/:language/deliveries", need(account.ReadDeliveries), s.deliveries)
	app.Get("/:language/rules", need(account.ReadDeliveries), s.rules)
	app.Get("/:language/deliveries.:format", need(account.ReadDeliveries), s.deliveriesFile)
	app.Get("/:language/deliveries/reminders", need(account.ReadDeliveries), s.reminders)
	app.Post("/:language/deliveries/reminders/send", sameOrigin, need(account.DecideFigures), s.csrf, s.remind)
	app.Post("/:language/deliveries/extend", sameOrigin, need(account.DecideFigures), s.csrf, s.extend)

	app.Get("/:language/desk", need(account.DecideFigures), s.desk)
	app.Post("/:language/desk/accept", sameOrigin, need(account.DecideFigures), s.csrf, s.acceptMany)

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
