package submission_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"kipmonitor/internal/account"
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

// Who sends and who decides in the tests.
var (
	olten     = account.Viewer{Email: "olten@example.ch", Role: account.Sender, Organisation: "G2581"}
	buchegg   = account.Viewer{Email: "buchegg@example.ch", Role: account.Sender, Organisation: "G2465"}
	office    = account.Viewer{Email: "office@example.ch", Role: account.Coordination}
	explained = submission.Explanations{submission.ForAll: "Die Zahlen sind geprüft."}
)

// desk is a service over a real store, with helpers of the tests.
type desk struct {
	*submission.Service
	store *store.Store
	t     *testing.T
}

func (d desk) take(content string) submission.Receipt {
	d.t.Helper()
	receipt, err := d.Take(d.t.Context(), file(content), intake.Expect{}, olten, explained)
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
	all, err := d.store.Submissions(d.t.Context(), submission.Filter{})
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
		if !first.Report.Accepted() || first.Known || !first.New || d.arrivals() != "12" {
			t.Errorf("got %+v; arrivals %q", first.Report.Findings, d.arrivals())
		}
	})
	t.Run("the same file again gives the receipt of the first, and so it does when it comes twenty times at once", func(t *testing.T) {
		before := d.count()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if again, err := d.Take(t.Context(), file(good), intake.Expect{}, olten, explained); err != nil || !again.Known || again.Submission.ID != first.Submission.ID {
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
				if _, err := d.Take(t.Context(), file(header+"G2465;2024;Buchegg;;3;2\n"), intake.Expect{}, buchegg, explained); err != nil {
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
		refused := func(what, code string) func(submission.Submission, error) {
			return func(_ submission.Submission, err error) {
				t.Helper()
				if got := d.code(err); got != code {
					t.Errorf("%s: %s, want %s", what, got, code)
				}
			}
		}
		done := func(what string) func(submission.Submission, error) {
			return func(_ submission.Submission, err error) {
				t.Helper()
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		ctx := t.Context()
		refused("given back without a reason", "reason_missing")(d.Return(ctx, id, office, " "))
		refused("an unknown one", "submission_unknown")(d.Accept(ctx, "01900000-0000-7000-8000-000000000000", office))
		refused("accepted by a sender", "right_missing")(d.Accept(ctx, id, olten))
		refused("taken back by another organisation, for which it does not exist", "submission_unknown")(d.Withdraw(ctx, id, buchegg, ""))
		refused("submitted by another organisation", "submission_unknown")(d.Submit(ctx, id, buchegg, explained))
		refused("accepted by nobody", "right_missing")(d.Accept(ctx, id, account.Viewer{}))
		done("accepted")(d.Accept(ctx, id, office))
		refused("accepted twice", "submission_decided")(d.Accept(ctx, id, office))
		refused("an accepted one is taken back by its sender", "submission_decided")(d.Withdraw(ctx, id, olten, ""))
		done("an accepted one is given back")(d.Return(ctx, id, office, "Zahl prüfen"))
		refused("one that was given back is taken back", "submission_decided")(d.Withdraw(ctx, id, olten, ""))
		if d.arrivals() != "3" {
			t.Errorf("arrivals %s after it was given back", d.arrivals())
		}
	})
	t.Run("what was corrected meanwhile is not accepted, the correction is", func(t *testing.T) {
		var sent []submission.ID
		for _, row := range []string{"G2465;2025;Buchegg;;3;2\n", "G2465;2025;Buchegg;;4;2\n"} {
			receipt, err := d.Take(t.Context(), file(header+row), intake.Expect{}, buchegg, explained)
			if err != nil || !receipt.Submission.Counts() {
				t.Fatal(err, receipt.Report.Findings)
			}
			sent = append(sent, receipt.Submission.ID)
		}
		if _, err := d.Accept(t.Context(), sent[0], office); d.code(err) != "submission_corrected" {
			t.Errorf("the corrected one: %v", err)
		}
		if _, err := d.Accept(t.Context(), sent[1], office); err != nil {
			t.Errorf("the correction: %v", err)
		}
	})
	t.Run("nobody accepts what they submitted themselves", func(t *testing.T) {
		receipt, err := d.Take(t.Context(), file(header+"G2581;2023;Olten;;7;6\n"), intake.Expect{}, office, explained)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Accept(t.Context(), receipt.Submission.ID, office); d.code(err) != "own_submission" {
			t.Errorf("got %v", err)
		}
		if _, err := d.Accept(t.Context(), receipt.Submission.ID, account.Viewer{Email: "second@example.ch", Role: account.Coordination}); err != nil {
			t.Errorf("by somebody else: %v", err)
		}
	})
	t.Run("a received file waits until its sender submits it, and then counts", func(t *testing.T) {
		content := header + "G2465;2023;Buchegg;;5;5\n"
		receipt, err := d.Receive(t.Context(), file(content), intake.Expect{}, buchegg)
		if err != nil || receipt.Submission.State() != submission.Received {
			t.Fatalf("%+v, %v", receipt.Submission.Events, err)
		}
		again, err := d.Receive(t.Context(), file(content), intake.Expect{}, buchegg)
		if err != nil || again.Submission.ID != receipt.Submission.ID || again.New {
			t.Errorf("received again as another one: %v", err)
		}
		for range 2 {
			one, err := d.Submit(t.Context(), receipt.Submission.ID, buchegg, nil)
			if err != nil || !one.Counts() || len(one.Events) != 2 {
				t.Errorf("%+v, %v", one.Events, err)
			}
		}
	})
	t.Run("a sender sends for the own organisation alone", func(t *testing.T) {
		receipt, err := d.Receive(t.Context(), file(good), intake.Expect{}, buchegg)
		if err != nil || receipt.Report.Accepted() {
			t.Errorf("%+v, %v", receipt.Report.Findings, err)
		}
		if _, err := d.Receive(t.Context(), file(good), intake.Expect{Organisation: "G2581"}, buchegg); d.code(err) != "right_missing" {
			t.Errorf("got %v", err)
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
		receipt, err := d.At(moment).Take(t.Context(), file(header+"G2581;2022;Olten;;5;4\n"), intake.Expect{}, olten, explained)
		if err != nil || !receipt.Submission.At(submission.Received).Equal(moment) || !receipt.Submission.At(submission.Submitted).After(moment) {
			t.Errorf("got %+v, %v", receipt.Submission.Events, err)
		}
	})
	t.Run("a correction takes nothing away by accident", d.corrections)
}
