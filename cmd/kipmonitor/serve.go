package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/api"
	"kipmonitor/internal/connection"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
)

func runServe(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	o.register(flags)
	flags.StringVar(&o.dashboards, "dashboards", "", say("option.dashboards", nil))
	address := flags.String("address", "127.0.0.1:8080", say("option.address", nil))
	behindProxy := flags.Bool("behind-proxy", false, say("option.behind_proxy", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	// A word too many is an option that lost its dashes: it must not be passed over.
	if flags.NArg() > 0 {
		return astray(stderr, "serve", flags.Arg(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, o, *address, *behindProxy, stdout); err != nil {
		return fail(stderr, err)
	}
	return 0
}

// serve answers until the context ends.
func serve(ctx context.Context, o options, address string, behindProxy bool, stdout io.Writer) (err error) {
	log := slog.Default()
	app, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closing := app.close(); err == nil {
			err = closing
		}
	}()
	if _, err := nextBackup(time.Now()); err != nil {
		return err
	}
	if _, err := backupsKept(); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if err := app.store.Lease(ctx, stop); err != nil {
		return err
	}
	access, err := newAccess(ctx, app, behindProxy)
	if err != nil {
		return err
	}
	if err := access.mayListen(address); err != nil {
		return err
	}
	pages, err := o.newPages(app, access, log)
	if err != nil {
		return err
	}
	listener, err := app.listen(pages, address, behindProxy, log)
	if err != nil {
		return err
	}
	log.Info("serving", "address", "http://"+listener.Addr().String(), "release", release(),
		"definition", app.programme.Fingerprint)
	base := "http://" + listener.Addr().String()
	if access.public != nil {
		base = strings.TrimSuffix(access.public.String(), "/")
	}
	if app.programme.Demo && os.Getenv("KIPMONITOR_SMTP") != "" {
		log.Warn("no letters are sent", "why", "the definition is marked demo: true")
	}
	fmt.Fprintf(stdout, "%s: %s\n", app.programme.Title.DE, base)
	if !access.demo {
		if err := o.offerFirstLink(ctx, app, base, stdout); err != nil {
			return err
		}
	}

	if err := o.openDoor(ctx, app, log); err != nil {
		return err
	}
	go upkeep(ctx, app.store, log)
	go o.backUpDaily(ctx, app, log)
	done := make(chan error, 1)
	go func() { done <- panics.Try(func() error { return pages.Listener(listener) }) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping: requests under way are finished", "at_most", patience)
	if err := pages.ShutdownWithTimeout(patience); err != nil {
		return fmt.Errorf("stopped after %s although requests were under way; what they had not confirmed does not count: %w", patience, err)
	}
	log.Info("stopped")
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause // another copy of the program took over
	}
	return nil
}

// listen opens the address, within limits that leave the process descriptors to work
// with. Behind a proxy all connections come from one address.
func (a *app) listen(pages *fiber.App, address string, behindProxy bool, log *slog.Logger) (net.Listener, error) {
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	limits := connection.LimitsOf(connection.Descriptors())
	if behindProxy {
		limits.PerAddress = 0
	}
	listener := connection.Listen(tcp, limits, log)
	pages.Server().ConnState = listener.Note
	a.watchConnections(listener)
	return listener, nil
}

// patience is how long requests under way may still take when the server is to stop.
const patience = 10 * time.Second

// reportTrust is how long ago the data may have been compared with what was acknowledged
// when a report is made of them.
const reportTrust = 10 * time.Minute

// queryTime bounds the queries of one page, or of one answer to a program.
const queryTime = 20 * time.Second

// uploads is the folder in which files lie while they are checked.
func (o *options) uploads() string { return filepath.Join(o.data, "uploads") }

// newPages puts the web app together.
func (o *options) newPages(app *app, access access, log *slog.Logger) (*fiber.App, error) {
	boards, err := o.loadBoards(app.programme)
	if err != nil {
		return nil, err
	}
	letters, err := newMail(app.programme)
	if err != nil {
		return nil, err
	}
	programs, err := api.New(api.Config{
		Programme: app.programme, Figures: app.store, Submissions: app.submissions, Identify: app.accounts.TokenViewer, Audit: app.store.Audit,
		Address: func(c *fiber.Ctx) string { return web.Address(c, access.behindProxy) },
		Log:     log, Release: release(), Now: time.Now, QueryTime: queryTime, Uploads: o.uploads(), Turns: app.turns, Metrics: app.metrics,
	})
	if err != nil {
		return nil, err
	}
	ready, err := o.newHealth(app, log)
	if err != nil {
		return nil, err
	}
	token, err := metricsToken()
	if err != nil {
		return nil, err
	}
	o.watchState(app, ready)
	return web.New(web.Config{
		Health:  ready,
		Metrics: app.metrics, MetricsToken: token,
		API:        programs.Mount,
		APIProblem: programs.AnswerProblem,
		Programme:  app.programme,
		Boards:     boards,
		Figures:    app.store,
		Assuming: func(including, excluding []submission.ID) dashboard.Figures {
			return app.store.Assuming(including, excluding)
		},
		Submissions: app.submissions,
		Accounts:    app.accounts,
		Provider:    access.provider,
		Ledger:      app.store,
		Verify:      func(ctx context.Context) error { return app.store.VerifyAfter(ctx, reportTrust) },
		Mail:        letters,
		DemoLogins:  access.demo,
		PublicURL:   access.public,
		BehindProxy: access.behindProxy,
		Log:         log,
		Release:     release(),
		Now:         time.Now,
		QueryTime:   queryTime,
		Uploads:     o.uploads(),
		Turns:       app.turns,
	})
}

func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %s: %w", address, err)
	}
	if isLoopback(host) {
		return nil
	}
	return fmt.Errorf("address %s is not on this machine", address)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
