package main

import (
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// quickSite serves an empty data folder, as `serve` does.
func quickSite(t testing.TB) (s *site, folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "data")
	return siteIn(t, folder), folder
}

// siteIn serves a data folder.
func siteIn(t testing.TB, folder string) *site {
	t.Helper()
	o := options{data: folder}
	app, err := o.open(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = app.close() })
	pages, err := o.newPages(app, access{demo: true}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = pages.Listener(listener) }()
	t.Cleanup(func() { _ = pages.ShutdownWithTimeout(5 * time.Second) })
	return &site{app: app, pages: pages, address: "http://" + listener.Addr().String(), host: listener.Addr().String()}
}
