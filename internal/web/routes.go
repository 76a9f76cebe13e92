package web

import "github.com/gofiber/fiber/v2"

// routes lists every address with its handler. Until there are accounts, whoever
// reaches the server on this machine may do everything.
func (s *Server) routes(app *fiber.App) {
	app.Use(secure, knownHost)
	app.Get("/health", s.health)
	app.Get("/static/*", s.assets.serve)
	app.Get("/", func(c *fiber.Ctx) error { return c.Redirect("/" + string(preferredLanguage(c)) + "/") })

	app.Get("/:language/", s.remembered(s.overview))
	app.Get("/:language/areas/:area", s.remembered(s.area))
	app.Get("/:language/indicators", s.remembered(s.indicators))
	app.Get("/:language/indicators/:indicator", s.remembered(s.indicator))
	app.Get("/:language/indicators/:indicator/table.:format", s.indicatorTable)
	app.Get("/:language/coverage", s.remembered(s.coverage))
	app.Get("/:language/report", s.remembered(s.report))
	app.Get("/:language/report/:year.:format", s.reportFile)
	app.Get("/:language/method", s.remembered(s.method))

	app.Get("/:language/submissions/new", s.newSubmission)
	app.Post("/:language/submissions/check", sameOrigin, s.checkSubmission)
	app.Post("/:language/submissions", sameOrigin, s.submit)
	app.Get("/:language/submissions/:id", s.submission)
	app.Get("/:language/submissions/:id/file", s.submissionFile)
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
