package web_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
)

// faulty is a store with a fault in its code.
type faulty struct {
	web.Figures
	broken bool
}

func (f *faulty) Sums(ctx context.Context, question figure.Question) ([]figure.Sum, error) {
	if f.broken {
		var nothing *figure.Sum
		return []figure.Sum{*nothing}, nil // in a goroutine of the page
	}
	return f.Figures.Sums(ctx, question)
}

func (f *faulty) Obligations(ctx context.Context, years []figure.Year, asOf time.Time) ([]submission.Obligation, error) {
	if f.broken {
		panic(fmt.Sprint("a fault in one request ", years))
	}
	return f.Figures.Obligations(ctx, years, asOf)
}

var idPattern = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

func TestAPanicIsAPageWithItsReferenceAndALineOfTheLog(t *testing.T) {
	figures := &faulty{Figures: shared.store, broken: true}
	s := newSite(t, func(_ *site, config *web.Config) { config.Figures = figures })
	b, _ := s.in(account.Coordination)
	for _, path := range []string{"/fr/", "/fr/deliveries"} {
		before := s.log.Len()
		answer := b.get(path)
		id := answer.header.Get("X-Request-Id")
		if answer.status != 500 || !idPattern.MatchString(id) || !strings.Contains(answer.body, id) || !strings.Contains(answer.body, "Un problème est survenu") {
			t.Errorf("%s: status %d, request %q, body %.300s", path, answer.status, id, answer.body)
		}
		logged := s.log.String()[before:]
		if strings.Count(logged, id) != 1 || strings.Count(logged, "level=ERROR") != 1 || !strings.Contains(logged, "faulty") {
			t.Errorf("%s: the log has %s", path, logged)
		}
	}
	figures.broken = false
	if answer := b.get("/fr/deliveries"); answer.status != 200 {
		t.Errorf("the next request: status %d", answer.status)
	}
}

func TestEvenThePageOfAnErrorMayPanic(t *testing.T) {
	var broken atomic.Bool
	s := newSite(t, func(_ *site, config *web.Config) {
		config.Now = func() time.Time {
			if broken.Load() {
				panic("a fault in the clock")
			}
			return time.Now()
		}
	})
	broken.Store(true)
	answer := s.browser().get("/de/nowhere")
	id := answer.header.Get("X-Request-Id")
	if answer.status != 500 || !strings.Contains(answer.body, id) || strings.Contains(answer.body, "<") || !strings.Contains(s.log.String(), id) {
		t.Errorf("status %d, body %q", answer.status, answer.body)
	}
}

func TestTheLineOfTheAuditNamesItsRequest(t *testing.T) {
	s := newSite(t, nil)
	email := s.person(account.Reader)
	b := s.browser()
	b.get("/de/login")
	id := b.logIn(email, "wrong").header.Get("X-Request-Id")
	entries, err := shared.store.AuditEntries(t.Context(), account.EntryFilter{Person: email})
	must(t, err)
	if !idPattern.MatchString(id) || len(entries) == 0 || entries[0].Request != id {
		t.Errorf("the request is %q, the audit has %+v", id, entries)
	}
}
