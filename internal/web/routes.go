package web

import (
	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
)

// routes lists every address with the right it needs and its handler. What has no
// right here is open to everybody: it shows no figure.
func (s *Server) routes(app *fiber.App) {
	app.Use(s.surround)
	app.Use(secure)
	if s.API != nil {
		s.API(app) // it has rights and errors of its own, and no use for cookies
	}
	app.Use(s.knownHost)
	app.Get("/health", s.health)
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

// health answers whether the database does.
func (s *Server) health(c *fiber.Ctx) error {
	ctx, cancel := s.deadline(c)
	defer cancel()
	if _, err := s.Figures.Version(ctx); err != nil {
		return err
	}
	return c.SendString("ok")
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
