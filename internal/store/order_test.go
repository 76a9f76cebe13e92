package store_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

// A clock that jumps back by a year between two files: what was acknowledged later
// counts, whatever the clock said then.
func TestWhatWasWrittenLaterCountsThoughTheClockJumpedBack(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		const form, olten = "municipality_year", "G2581"
		before, after := day(time.June, 1), day(time.June, 1).AddDate(-1, 0, 0)
		deliver(t, s, delivery{form, olten, "2025", before, []figure.Observation{given("arrivals", 10)}})
		second := deliver(t, s, delivery{form, olten, "2025", after, []figure.Observation{given("arrivals", 20)}})
		if got := sums(t, s, ask("arrivals")); got != "arrivals 2025 = 20, provisional" {
			t.Errorf("in force is %q", got)
		}
		record(t, s, second, submission.Accepted, after.Add(time.Hour))
		all, err := s.Of(t.Context(), form, olten, 2025)
		must(t, err)
		if inForce := submission.InForce(all); len(inForce) != 1 || inForce[0].ID != second || !inForce[0].Is(submission.Accepted) {
			t.Errorf("by the pure rule in force is %+v", inForce)
		}
		record(t, s, second, submission.Returned, after.Add(-time.Hour)) // the clock jumped again
		if got := sums(t, s, ask("arrivals")); got != "arrivals 2025 = 10, provisional" {
			t.Errorf("after it was given back in force is %q", got)
		}

		granted := submission.Extension{Form: form, Organisation: olten, Period: figure.Period{Year: 2025}, Due: before, Reason: "x", At: before}
		later := granted
		later.Due, later.At = before.AddDate(0, 1, 0), after
		must(t, s.Extend(t.Context(), nil, granted))
		must(t, s.Extend(t.Context(), nil, later))
		extensions, err := s.Extensions(t.Context(), []figure.Year{2025}, time.Time{})
		must(t, err)
		if len(extensions) != 2 || !extensions[1].At.Equal(after) {
			t.Errorf("the last extension is %+v", extensions)
		}
		must(t, s.Remind(t.Context(), nil, submission.Reminder{Organisation: olten, Subject: "first", At: before}))
		must(t, s.Remind(t.Context(), nil, submission.Reminder{Organisation: olten, Subject: "second", At: after}))
		if last, err := s.LastReminders(t.Context()); err != nil || last[olten].Subject != "second" {
			t.Errorf("the last reminder is %+v, %v", last[olten], err)
		}
		// Nothing is cut away although the clock says that it is yet to come.
		obligations, err := s.Obligations(t.Context(), []figure.Year{2025}, after)
		must(t, err)
		if !slices.ContainsFunc(obligations, func(o submission.Obligation) bool { return o.Organisation == olten && o.Form == form && o.Delivered() }) {
			t.Error("what was submitted is not delivered on an earlier day")
		}
	})
}

// writers says of every method of the store that writes whether the version has to move.
// Nothing that is kept by the version depends on accounts, passes or the audit.
var writers = map[string]bool{"Keep": true, "Record": true, "Extend": true, "Remind": true, "KeepAccount": false, "IssuePass": false, "NotePass": false, "Lease": false, "Audit": false}

// readers are the other methods of the store.
var readers = []string{"Accounts", "Assuming", "AuditEntries", "Changes", "Close", "Coverage", "Differences", "EachFigure", "Extensions", "File", "LastReminders", "Memory", "Parts", "States", "Lineage", "Obligations", "Observations", "Of", "Ping",
	"Backup", "PruneBackups", "BrokenSubmissions", "Damages", "Digests", "Orphans", "Verify", "VerifyAfter", "Waiting", "Pass", "Passes", "Scope", "Submission", "Submissions", "Sums", "Totals", "TotalsInForce", "Version",
	// of a repair, after which the data say what they said before
	"AcceptLoss", "Rebuild", "RemoveOrphans", "SetAside",
	// of the tests
	"Count", "Engine", "Exec", "InsertFile", "Migrate", "Parse", "SetClock", "With"}

func TestEveryWayOfWritingMovesTheVersion(t *testing.T) {
	s := shared.store
	empty(t, s)
	id := deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.May, 1), nil})
	write := map[string]func() error{
		"Keep": func() error {
			one, content := describe(t, delivery{"municipality_year", "G2581", "2025", day(time.May, 2), nil})
			return s.Keep(t.Context(), one, content, func(func([]figure.Observation) error) error { return nil })
		},
		"Record": func() error {
			return s.Record(t.Context(), id, nil, submission.Event{Kind: submission.Accepted, At: day(time.January, 1)})
		},
		"Extend": func() error {
			return s.Extend(t.Context(), nil, submission.Extension{Organisation: "G2581", At: day(time.January, 1)})
		},
		"Remind": func() error {
			return s.Remind(t.Context(), nil, submission.Reminder{Organisation: "G2581", At: day(time.January, 1)})
		},
		"KeepAccount": func() error { return s.KeepAccount(t.Context(), account.Account{Email: "x@example.ch"}) },
		"IssuePass": func() error {
			return s.IssuePass(t.Context(), account.Pass{ID: "x", Kind: account.Session, Issued: day(time.May, 1), Expires: day(time.May, 2)})
		},
		"NotePass": func() error { return s.NotePass(t.Context(), "x", account.Used, day(time.May, 1)) },
		"Lease":    func() error { return s.Lease(t.Context(), func(error) {}) },
		"Audit":    func() error { return s.Audit(t.Context(), account.Entry{At: day(time.May, 1)}) },
	}
	methods := reflect.TypeOf(s)
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		moves, writes := writers[name]
		if !writes {
			if !slices.Contains(readers, name) {
				t.Errorf("does %s write? Say so in this test, and whether the version has to move", name)
			}
			continue
		}
		before, err := s.Version(t.Context())
		must(t, err)
		must(t, write[name]())
		if after, err := s.Version(t.Context()); err != nil || (after != before) != moves {
			t.Errorf("%s: the version was %s and is %s, %v", name, before, after, err)
		}
	}
	t.Run("so does the day in Switzerland, at its midnight", func(t *testing.T) {
		defer s.SetClock(time.Now)
		at := func(text string) string {
			moment, err := time.Parse(time.RFC3339, text)
			must(t, err)
			s.SetClock(func() time.Time { return moment })
			version, err := s.Version(t.Context())
			must(t, err)
			return version
		}
		if at("2026-07-01T21:59:59Z") == at("2026-07-01T22:00:00Z") || at("2026-01-01T22:59:59Z") == at("2026-01-01T23:00:00Z") {
			t.Error("the version stays at midnight")
		}
		if at("2026-07-01T22:00:00Z") != at("2026-07-02T21:59:59Z") {
			t.Error("the version moves within a day")
		}
	})
	t.Run("and the definition", func(t *testing.T) {
		one, err := s.Version(t.Context())
		must(t, err)
		other, err := s.With(shared.small).Version(t.Context())
		must(t, err)
		if one == other {
			t.Error("two definitions have one version")
		}
	})
}
