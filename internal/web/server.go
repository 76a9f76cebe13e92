// Package web is the Fiber app: what a browser gets. routes.go lists every path;
// each page has a file of its own that parses the request, calls one function of
// the inner packages, fills a page and renders a template.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/semaphore"

	"kipmonitor/internal/account"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/health"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/mail"
	"kipmonitor/internal/metrics"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/rate"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
)

// Figures is what the pages ask of the store.
type Figures interface {
	dashboard.Figures
	// Lineage returns the observations behind the answer to a question, at most
	// limit.
	Lineage(ctx context.Context, question figure.Question, limit int) ([]figure.Source, error)
	// Obligations returns who owes what for some years, on a day.
	Obligations(ctx context.Context, years []figure.Year, today time.Time) ([]submission.Obligation, error)
	// Submissions returns submissions with their events, the oldest first.
	Submissions(ctx context.Context, filter submission.Filter) ([]submission.Submission, error)
	// Scope returns the municipalities and measures that a submission has figures of.
	Scope(ctx context.Context, one submission.Submission) ([]figure.Municipality, []figure.Measure, error)
	// Observations returns all figures of a submission, in the order of its file.
	Observations(ctx context.Context, one submission.Submission) ([]figure.Observation, error)
	// LastReminders returns the last reminder of each organisation.
	LastReminders(ctx context.Context) (map[figure.Organisation]submission.Reminder, error)
	// File writes the original bytes of a file.
	File(ctx context.Context, sha256 string, out io.Writer) error
	// Version changes whenever something was taken in or decided.
	Version(ctx context.Context) (string, error)
}

// Config is what a Server is made of.
type Config struct {
	Programme *programme.Programme
	Boards    *dashboard.Boards
	Figures   Figures
	// Assuming returns the figures as they would be if some submissions were in
	// force and others gone.
	Assuming    func(including, excluding []submission.ID) dashboard.Figures
	Submissions *submission.Service
	Accounts    *account.Service
	// Provider is where people log in with an account that they have elsewhere; nil
	// where there is none.
	Provider *account.Provider
	Ledger   Ledger
	// Verify compares the data with what was acknowledged before a report is made of
	// them, unless that was done a short time ago.
	Verify func(ctx context.Context) error
	// Mail sends reminders; nil where no mail server is configured.
	Mail *mail.Sender
	// DemoLogins shows the demo accounts on the page to log in, and asks them for
	// nothing: only while nobody else reaches the server.
	DemoLogins bool
	// PublicURL is the address under which people reach the server; nil while they
	// do on this machine only.
	PublicURL *url.URL
	// BehindProxy says that every request comes from a reverse proxy, which adds the
	// address it came from to X-Forwarded-For.
	BehindProxy bool
	Log         *slog.Logger
	// Release is the version of the program, shown in the foot of the page.
	Release string
	// Health is what the server needs to do its work; nil: nothing.
	Health *health.Health
	// Metrics counts what is done; nil: New makes its own. MetricsToken lets others than
	// this machine read them; "" lets nobody.
	Metrics      *metrics.Metrics
	MetricsToken string
	// Now is the clock: the default year and what is due depend on the day.
	// Now is the clock: the default year and what is due depend on the day, which is that
	// of Switzerland whatever zone the clock is set to.
	Now func() time.Time
	// QueryTime bounds the queries of one page. Fiber ends no context when the
	// reader leaves, so each page has a deadline of its own.
	QueryTime time.Duration
	// API adds what programs are answered; nil for nothing.
	API func(app fiber.Router)
	// APIProblem answers an error under /api as a problem document.
	APIProblem func(c *fiber.Ctx, err error) error
	// Uploads is the folder in which a file lies while it is checked, and Turns bounds
	// how many are checked at a time, together with those of the API.
	Uploads string
	Turns   *upload.Turns
}

// Server answers requests. Make it with New.
type Server struct {
	Config
	assets *assets
	pages  *templates
	cache  *cache
	// How often those may post who are logged in, and those who are not.
	posts, logins, links, strangers *rate.Limit
	// refusals counts what people asked for and have no right to.
	refusals *rate.Tally
	lanes    *upload.Lanes // of uploads
	books    *upload.Lanes // of files that are sent back with their cells marked
	making   *semaphore.Weighted
}

// New returns the app of a configuration. It fails where a template or an asset
// is faulty or missing.
func New(config Config) (*fiber.App, error) {
	clock := config.Now
	config.Now = func() time.Time { return clock().In(locale.Zone()) }
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	pages, err := loadTemplates()
	if err != nil {
		return nil, err
	}
	// What lies there was left behind by a server that was killed.
	if err := errors.Join(os.RemoveAll(config.Uploads), os.MkdirAll(config.Uploads, 0o700)); err != nil {
		return nil, fmt.Errorf("make the folder for uploads: %w", err)
	}
	if config.Metrics == nil {
		config.Metrics = metrics.New(config.Release, "")
	}
	if config.Health == nil {
		config.Health = health.New(config.Log)
	}
	s := &Server{Config: config, assets: assets, pages: pages, cache: newCache(cacheBytes), posts: rate.New(postsPerMinute, config.Now), logins: rate.New(loginsPerMinute, config.Now), links: rate.New(linksPerMinute, config.Now),
		strangers: rate.New(strangersPerMinute, config.Now), refusals: rate.NewTally(config.Now),
		lanes: upload.NewLanes(upload.PerPerson), books: upload.NewLanes(booksPerPerson), making: semaphore.NewWeighted(int64(max(2, runtime.GOMAXPROCS(0))))}

	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		// Fiber reuses the memory of a request's strings; we keep some of them.
		Immutable: true,
		// Uploads are read as a stream and counted by us (upload.go): the body
		// limit of a streaming server bounds nothing.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		BodyLimit:                    upload.Max,
		ReadBufferSize:               readHeader,
		// A slow line takes its time for a large file; package connection closes what
		// does not come on.
		ReadTimeout:  10 * time.Minute,
		WriteTimeout: 2 * time.Minute,
		IdleTimeout:  time.Minute,
		ErrorHandler: s.answerError,
	})
	s.routes(app)
	return app, nil
}

// deadline returns the context in which one page asks the store.
func (s *Server) deadline(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.UserContext(), s.QueryTime)
}
