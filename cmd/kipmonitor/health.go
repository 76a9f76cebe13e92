package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"kipmonitor/internal/health"
	"kipmonitor/internal/store"
)

// newHealth returns what the server must have to do its work.
func (o *options) newHealth(app *app, log *slog.Logger) (*health.Health, error) {
	if err := os.MkdirAll(o.data, 0o755); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	disk, err := health.Folder(o.data, health.LeastFree)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	checks := []health.Check{{Name: "engine", Ask: app.store.Ping}, {Name: "disk", Ask: disk}, {Name: "key", Ask: o.keyUnchanged()},
		{Name: "integrity", Ask: func(context.Context) error { return damaged(app.store) }}}
	if o.clickhouse == "" {
		// The engine holds the files of its folder open: it would not miss them.
		tables, err := health.Folder(filepath.Join(o.data, "clickhouse"), 0)
		if err != nil {
			return nil, fmt.Errorf("data folder: %w", err)
		}
		checks = append(checks, health.Check{Name: "tables", Ask: tables})
	}
	return health.New(log, checks...), nil
}

// damaged says what the last comparison of the data with what was acknowledged found.
func damaged(s *store.Store) error {
	var faults []error
	for _, damage := range s.Damages() {
		faults = append(faults, errors.New(damage.What.EN))
	}
	return errors.Join(faults...)
}

// keyUnchanged returns the check that the key of the accounts is still there, as it was:
// without it nobody with a second factor gets in after the next start.
func (o *options) keyUnchanged() func(context.Context) error {
	if os.Getenv(keyVariable) != "" {
		return func(context.Context) error { return nil }
	}
	path := keyFile(o.data)
	before, fault := os.ReadFile(path)
	return func(context.Context) error {
		now, err := os.ReadFile(path)
		if err == nil && fault == nil && !bytes.Equal(before, now) {
			err = fmt.Errorf("%s has changed since the start", path)
		}
		return errors.Join(fault, err)
	}
}
