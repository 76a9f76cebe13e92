// Package api is what programs get over HTTP: files sent and what became of them, who
// owes what, the indicators. A program says who it is by a token; it has no session
// and no cookie. openapi.yaml describes every operation, and a test holds the answers
// against it.
package api

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/metrics"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/rate"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
)

// Figures is what the operations ask of the store.
type Figures interface {
	dashboard.Figures
	// Obligations returns who owes what for some years, on a day.
	Obligations(ctx context.Context, years []figure.Year, today time.Time) ([]submission.Obligation, error)
	// Submissions returns submissions with their events, the oldest first.
	Submissions(ctx context.Context, filter submission.Filter) ([]submission.Submission, error)
	// File writes the original bytes of a file.
	File(ctx context.Context, sha256 string, out io.Writer) error
	// Version changes whenever something was taken in or decided.
	Version(ctx context.Context) (string, error)
}

// Config is what an API is made of.
type Config struct {
	Programme   *programme.Programme
	Figures     Figures
	Submissions *submission.Service
	// Identify returns the machine that has a token. A token that is not good is a
	// problem of the kind Unauthorized.
	Identify func(ctx context.Context, token string) (account.Viewer, error)
	// Audit adds lines to the audit.
	Audit func(ctx context.Context, entries ...account.Entry) error
	// Address is where a request comes from.
	Address func(c *fiber.Ctx) string
	Log     *slog.Logger
	// Release is the version of the program.
	Release string
	// Now is the clock: the default year and what is due depend on the day, which is that
	// of Switzerland whatever zone the clock is set to.
	Now func() time.Time
	// QueryTime bounds the queries of one operation.
	QueryTime time.Duration
	// Uploads is the folder in which a file lies while it is checked, and Turns bounds
	// how many are checked at a time.
	Uploads string
	Turns   *upload.Turns
	// Metrics counts the files under way; nil: nobody does.
	Metrics *metrics.Metrics
}

// API answers programs. Make it with New.
type API struct {
	Config
	description           []byte // openapi.yaml, as JSON
	byAddress, byIdentity *rate.Limit
	lanes                 *upload.Lanes
	refusals              *rate.Tally // of rights
}

// Root is where the operations lie.
const Root = "/api/v1"

// How many requests a minute one address and one token may send. An office, or the
// data centre of several, has one address.
const (
	perAddress = 600
	perToken   = 300
)

// New returns the API of a configuration.
func New(config Config) (*API, error) {
	clock := config.Now
	config.Now = func() time.Time { return clock().In(locale.Zone()) }
	if err := os.MkdirAll(config.Uploads, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for uploads: %w", err)
	}
	description, err := describe(config.Programme)
	if err != nil {
		return nil, err
	}
	return &API{Config: config, description: description,
		lanes: upload.NewLanes(upload.PerPerson), byAddress: rate.New(perAddress, config.Now), byIdentity: rate.New(perToken, config.Now), refusals: rate.NewTally(config.Now)}, nil
}

// Mount adds the operations to an app, under Root. The app must stream the bodies of
// requests and keep its strings (Immutable).
func (a *API) Mount(app fiber.Router) {
	group := app.Group(Root, a.answerProblems, a.limitAddress)
	for _, one := range a.operations() {
		group.Add(one.method, one.path, a.handler(one))
	}
	group.Use(a.nothingHere)
}

// lastWholeYear is the year of indicators unless a request says otherwise.
func (a *API) lastWholeYear() figure.Year {
	return min(max(figure.Year(a.Now().Year()-1), a.Programme.DataFrom), a.Programme.LastYear)
}

// runningYear is the year of obligations unless a request says otherwise.
func (a *API) runningYear() figure.Year {
	return min(max(figure.Year(a.Now().Year()), a.Programme.DataFrom), a.Programme.LastYear)
}
