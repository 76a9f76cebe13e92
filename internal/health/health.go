// Package health says whether the server can do its work: each thing it needs is a named
// check, and it is ready while all of them pass.
//
//	h := health.New(log, health.Check{Name: "engine", Ask: store.Ping}, health.Check{Name: "disk", Ask: health.Folder(path)})
//	results, ready := h.Ask(ctx)
package health

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"kipmonitor/internal/panics"
)

// Check is something that the server needs. Its name is shown to whoever asks; what its
// error says is for the log alone.
type Check struct {
	Name string
	Ask  func(ctx context.Context) error
}

// Result is what a check found.
type Result struct {
	Name string
	Err  error // nil: all is well
}

// Health asks the checks. Make it with New.
type Health struct {
	log    *slog.Logger
	checks []Check

	mutex   sync.Mutex
	at      time.Time // when they were asked last
	results []Result
	failing map[string]bool
}

// fresh is for how long an answer is given again: whoever asks without a pause costs
// nothing.
const fresh = time.Second

// patience is how long a check may take.
const patience = 5 * time.Second

// New returns the health of the checks.
func New(log *slog.Logger, checks ...Check) *Health {
	return &Health{log: log, checks: checks, failing: map[string]bool{}}
}

// Ask asks all checks, in the order in which they were given, and reports whether all of
// them pass. An answer may be a second old.
func (h *Health) Ask(ctx context.Context) (results []Result, ready bool) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.results == nil || time.Since(h.at) > fresh {
		h.results, h.at = h.ask(ctx), time.Now()
	}
	ready = true
	for _, one := range h.results {
		ready = ready && one.Err == nil
	}
	return h.results, ready
}

var errSlow = errors.New("no answer in time")

func (h *Health) ask(ctx context.Context) []Result {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	results := make([]Result, len(h.checks))
	done := make([]chan error, len(h.checks))
	for i, check := range h.checks {
		done[i] = make(chan error, 1)
		go func() { done[i] <- panics.Try(func() error { return check.Ask(ctx) }) }()
	}
	for i, check := range h.checks {
		results[i] = Result{Name: check.Name, Err: errSlow}
		select {
		case results[i].Err = <-done[i]:
		case <-ctx.Done(): // a disk that hangs answers nobody
		}
		h.tell(results[i])
	}
	return results
}

// tell writes into the log when a check begins to fail, and when it passes again.
func (h *Health) tell(result Result) {
	switch {
	case result.Err != nil && !h.failing[result.Name]:
		h.log.Error("not ready", "check", result.Name, "error", result.Err)
	case result.Err == nil && h.failing[result.Name]:
		h.log.Info("ready again", "check", result.Name)
	}
	h.failing[result.Name] = result.Err != nil
}
