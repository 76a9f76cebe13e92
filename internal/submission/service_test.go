package submission_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

const header = "Organisation;Periode;Gemeinde;Geschlecht;Zuzüge;Informierte\n"

func file(content string) intake.File {
	return intake.File{Name: "olten.csv", Size: int64(len(content)), Content: strings.NewReader(content)}
}

// desk is a service over a real store, with helpers of the tests.
type desk struct {
	*submission.Service
	store *store.Store
	t     *testing.T
}

func (d desk) take(content string) submission.Receipt {
	d.t.Helper()
	receipt, err := d.Take(d.t.Context(), file(content), intake.Expect{}, "olten")
	if err != nil {
		d.t.Fatal(err)
	}
	return receipt
}

// arrivals is the sum of 2024 as the store tells it, or "" where there is none.
func (d desk) arrivals() string {
	d.t.Helper()
	sums, err := d.store.Sums(d.t.Context(), figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2024}})
	if err != nil {
		d.t.Fatal(err)
	}
	if len(sums) == 0 {
		return ""
	}
	return sums[0].Value.String()
}

func (d desk) count() int {
	d.t.Helper()
	all, err := d.store.Submissions(d.t.Context(), store.Filter{})
	if err != nil {
		d.t.Fatal(err)
	}
	return len(all)
}

func (d desk) code(err error) string {
	d.t.Helper()
	told, ok := problem.From(err)
	if !ok {
		d.t.Fatalf("got %v, want a problem", err)
	}
	return told.Code
}

// The engine boots once per process, so that the ways of a file follow each other
// in one test.
func TestTheLifeOfAFile(t *testing.T) {
	p := small(t)
	s, err := store.Open(context.Background(), store.Config{Folder: t.TempDir()}, p)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := desk{submission.NewService(p, s), s, t}
	good := header + "G2581;2024;Olten;;12;9\n"

	t.Run("a check changes nothing", func(t *testing.T) {
		report, err := d.Check(t.Context(), file(good), intake.Expect{})
		if err != nil || !report.Accepted() || d.count() != 0 {
			t.Fatalf("%+v, %v; %d submissions", report.Findings, err, d.count())
		}
	})
	t.Run("a file whose form and sender nobody knows is recorded nowhere", func(t *testing.T) {
		if receipt := d.take("a;b\n1;2\n"); receipt.Submission.ID != "" || d.count() != 0 {
			t.Errorf("got %+v", receipt.Submission)
		}
	})
	t.Run("a file with an error is recorded and kept, and leaves no figure", func(t *testing.T) {
		receipt := d.take(header + "G2581;2024;Olten;;12;13\n")
		one, found, err := d.store.Submission(t.Context(), receipt.Submission.ID)
		if err != nil || !found || one.State() != submission.Refused || one.FaultyRows != 1 || one.Observations != 0 || d.arrivals() != "" {
			t.Errorf("got %+v, %v, %v; arrivals %q", one, found, err, d.arrivals())
		}
		var content bytes.Buffer
		if err := d.store.File(t.Context(), one.SHA256, &content); err != nil || !strings.Contains(content.String(), "12;13") {
			t.Errorf("the file: %q, %v", content.String(), err)
		}
		if again := d.take(header + "G2581;2024;Olten;;12;13\n"); !again.Known || again.Submission.ID != one.ID || d.count() != 1 {
			t.Errorf("the same refused file again: %+v", again.Submission)
		}
	})
	t.Run("a file with personal data leaves only that it came", func(t *testing.T) {
		receipt := d.take(header + "G2581;2024;Olten;;756.9217.0769.85;9\n")
		if !receipt.Report.PersonalData {
			t.Fatalf("not seen: %+v", receipt.Report.Findings)
		}
		one, found, err := d.store.Submission(t.Context(), receipt.Submission.ID)
		if err != nil || !found {
			t.Fatalf("not recorded: %v", err)
		}
		if one.State() != submission.Refused || one.FileName != "" || one.SHA256 != "" || one.Size != 0 || len(one.Report) != 0 || one.Events[1].Reason != submission.ReasonPersonalData {
			t.Errorf("kept: %+v", one)
		}
	})
	var first submission.Receipt
	t.Run("a good file counts", func(t *testing.T) {
		first = d.take(good)
		if !first.Report.Accepted() || first.Known || d.arrivals() != "12" {
			t.Errorf("got %+v; arrivals %q", first.Report.Findings, d.arrivals())
		}
	})
	t.Run("the same file again gives the receipt of the first, and so it does when it comes twenty times at once", func(t *testing.T) {
		before := d.count()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if again, err := d.Take(t.Context(), file(good), intake.Expect{}, "olten"); err != nil || !again.Known || again.Submission.ID != first.Submission.ID {
					t.Errorf("got %+v, %v", again.Submission, err)
				}
			})
		}
		group.Wait()
		if d.count() != before {
			t.Errorf("%d submissions more", d.count()-before)
		}
	})
	t.Run("a new file that comes twenty times at once is taken in once", func(t *testing.T) {
		before := d.count()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if _, err := d.Take(t.Context(), file(header+"G2465;2024;Buchegg;;3;2\n"), intake.Expect{}, "buchegg"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if d.count() != before+1 || d.arrivals() != "15" {
			t.Errorf("%d submissions more, arrivals %s", d.count()-before, d.arrivals())
		}
	})
	t.Run("decisions", func(t *testing.T) {
		id := first.Submission.ID
		if code := d.code(d.Return(t.Context(), id, "desk", " ")); code != "reason_missing" {
			t.Errorf("given back without a reason: %s", code)
		}
		if code := d.code(d.Accept(t.Context(), "01900000-0000-7000-8000-000000000000", "desk")); code != "submission_unknown" {
			t.Errorf("an unknown one: %s", code)
		}
		if err := d.Accept(t.Context(), id, "desk"); err != nil {
			t.Fatal(err)
		}
		if code := d.code(d.Accept(t.Context(), id, "desk")); code != "submission_decided" {
			t.Errorf("accepted twice: %s", code)
		}
		if err := d.Return(t.Context(), id, "desk", "Zahl prüfen"); err != nil {
			t.Errorf("an accepted one is given back: %v", err)
		}
		if code := d.code(d.Withdraw(t.Context(), id, "olten", "")); code != "submission_decided" {
			t.Errorf("one that was given back is taken back: %s", code)
		}
		if d.arrivals() != "3" {
			t.Errorf("arrivals %s after it was given back", d.arrivals())
		}
	})
	t.Run("what was given back can be sent again unchanged, as a new submission", func(t *testing.T) {
		again := d.take(good)
		if again.Known || again.Submission.ID == first.Submission.ID || d.arrivals() != "15" {
			t.Errorf("got %+v; arrivals %s", again.Submission, d.arrivals())
		}
	})
	t.Run("a file of the next year is compared with this one", func(t *testing.T) {
		report, err := d.Check(t.Context(), file(header+"G2581;2025;Olten;;1200;900\n"), intake.Expect{})
		if err != nil || len(report.Totals) == 0 || report.Totals[0].Before == nil || *report.Totals[0].Before != figure.Whole(12) {
			t.Errorf("got %+v, %v", report.Totals, err)
		}
	})
	t.Run("at another moment", func(t *testing.T) {
		moment := time.Date(2023, time.March, 1, 8, 0, 0, 0, time.UTC)
		receipt, err := d.At(moment).Take(t.Context(), file(header+"G2581;2022;Olten;;5;4\n"), intake.Expect{}, "olten")
		if err != nil || !receipt.Submission.At(submission.Received).Equal(moment) || !receipt.Submission.At(submission.Submitted).After(moment) {
			t.Errorf("got %+v, %v", receipt.Submission.Events, err)
		}
	})
}
