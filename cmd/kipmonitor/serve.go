package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/chart"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
)

func runServe(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	o.register(flags)
	flags.StringVar(&o.dashboards, "dashboards", "", "`Ordner` mit den Übersichten anstelle der eingebauten")
	address := flags.String("address", "127.0.0.1:8080", "`Adresse`, unter der der Server antwortet; nur auf diesem Rechner")
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, o, *address, stdout, stderr); err != nil {
		return fail(stderr, err)
	}
	return 0
}

// serve answers until the context ends.
func serve(ctx context.Context, o options, address string, stdout, stderr io.Writer) (err error) {
	// There are no accounts yet: whoever reaches the server may do everything, so
	// it answers on this machine only.
	if err := loopbackOnly(address); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	app, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closing := app.close(); err == nil {
			err = closing
		}
	}()
	pages, err := o.newPages(app, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	log.Info("serving", "address", "http://"+listener.Addr().String(), "release", release(),
		"definition", app.programme.Fingerprint)
	fmt.Fprintf(stdout, "KIP-Monitor: http://%s\n", listener.Addr())

	done := make(chan error, 1)
	go func() { done <- pages.Listener(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	return pages.ShutdownWithTimeout(10 * time.Second)
}

// newPages puts the web app together.
func (o *options) newPages(app *app, log *slog.Logger) (*fiber.App, error) {
	boards, err := o.loadBoards(app.programme)
	if err != nil {
		return nil, err
	}
	charts, err := chart.NewRenderer(2)
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{
		Programme: app.programme,
		Boards:    boards,
		Figures:   app.store,
		Assuming: func(including, excluding []submission.ID) dashboard.Figures {
			return app.store.Assuming(including, excluding)
		},
		Submissions: app.submissions,
		Charts:      charts,
		Log:         log,
		Release:     release(),
		Now:         time.Now,
		QueryTime:   20 * time.Second,
		Uploads:     filepath.Join(o.data, "uploads"),
	})
}

func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %s: %w", address, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("address %s: without accounts the server answers on this machine only; use 127.0.0.1", address)
}
