// Package web is the Fiber app: what a browser gets. routes.go lists every path;
// each page has a file of its own that parses the request, calls one function of
// the inner packages, fills a page and renders a template.
package web

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/chart"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// Figures is what the pages ask of the store.
type Figures interface {
	dashboard.Figures
	// Lineage returns the observations behind the answer to a question, at most
	// limit.
	Lineage(ctx context.Context, question figure.Question, limit int) ([]figure.Source, error)
	// Obligations returns who owes what for some years, on a day.
	Obligations(ctx context.Context, years []figure.Year, asOf time.Time) ([]submission.Obligation, error)
	// Recent returns the latest submissions, the oldest first.
	Recent(ctx context.Context, limit int) ([]submission.Submission, error)
	// Submission returns one submission, and false where there is none.
	Submission(ctx context.Context, id submission.ID) (submission.Submission, bool, error)
	// File writes the original bytes of a file.
	File(ctx context.Context, sha256 string, out io.Writer) error
	// Version changes whenever something was taken in or decided.
	Version(ctx context.Context) (string, error)
}

// Config is what a Server is made of.
type Config struct {
	Programme   *programme.Programme
	Boards      *dashboard.Boards
	Figures     Figures
	Submissions *submission.Service
	Charts      *chart.Renderer
	Log         *slog.Logger
	// Release is the version of the program, shown in the foot of the page.
	Release string
	// Now is the clock: the default year and what is due depend on the day.
	Now func() time.Time
	// QueryTime bounds the queries of one page. Fiber ends no context when the
	// reader leaves, so each page has a deadline of its own.
	QueryTime time.Duration
	// WaitingRoom is the folder in which a checked file waits for its sender's
	// confirmation.
	WaitingRoom string
}

// Server answers requests. Make it with New.
type Server struct {
	Config
	assets  *assets
	pages   *templates
	cache   *cache
	waiting *waitingRoom
}

// MaxUpload is the largest file that is taken, in bytes.
const MaxUpload = 50 << 20

// New returns the app of a configuration. It fails where a template or an asset
// is faulty or missing.
func New(config Config) (*fiber.App, error) {
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	pages, err := loadTemplates()
	if err != nil {
		return nil, err
	}
	waiting, err := newWaitingRoom(config.WaitingRoom, config.Now)
	if err != nil {
		return nil, err
	}
	s := &Server{Config: config, assets: assets, pages: pages, cache: newCache(cacheBytes), waiting: waiting}

	app := fiber.New(fiber.Config{
		AppName:               "KIP-Monitor",
		DisableStartupMessage: true,
		// Fiber reuses the memory of a request's strings; we keep some of them.
		Immutable: true,
		// Uploads are read as a stream and counted by us (upload.go): the body
		// limit of a streaming server bounds nothing.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		BodyLimit:                    MaxUpload,
		ReadTimeout:                  2 * time.Minute,
		WriteTimeout:                 2 * time.Minute,
		IdleTimeout:                  time.Minute,
		ErrorHandler:                 s.showError,
	})
	s.routes(app)
	return app, nil
}

// deadline returns the context in which one page asks the store.
func (s *Server) deadline(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.UserContext(), s.QueryTime)
}
