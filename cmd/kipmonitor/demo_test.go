package main

import (
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/demo"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

func TestAnInterruptedLoadOfDemoDataIsGoneOnWith(t *testing.T) {
	app, err := (&options{data: t.TempDir()}).open(t.Context())
	must(t, err)
	defer app.close()
	parameters, err := demo.ReadParameters(seed.Files)
	must(t, err)
	all, err := demo.Generate(app.programme, parameters)
	must(t, err)
	var files []demo.File
	corrections, accepted := 0, 0
	for _, file := range all {
		if !strings.HasPrefix(string(file.Organisation), "G254") || file.Period.Year != 2025 {
			continue
		}
		files = append(files, file)
		if !file.Accept.IsZero() {
			accepted++
		}
		if strings.Contains(file.Name, "korrigiert") || strings.Contains(file.Name, "_v2") {
			corrections++
		}
	}
	if len(files) < 4 || corrections == 0 || accepted == 0 {
		t.Fatalf("%d files, %d of them corrections, %d accepted: the test shows nothing", len(files), corrections, accepted)
	}
	// The first load ends amid the files, before the last of them is accepted.
	first := append([]demo.File{}, files[:len(files)/2]...)
	first[len(first)-1].Accept = time.Time{}
	load := func(files []demo.File) demo.Outcome {
		t.Helper()
		before, err := app.store.Submissions(t.Context(), submission.Filter{})
		must(t, err)
		outcome, err := demo.Load(t.Context(), app.submissions, files, before, time.Now(), func() {})
		must(t, err)
		return outcome
	}
	load(first)
	if outcome := load(files); outcome.Files != len(files)-len(first) {
		t.Errorf("%d files are taken in by the second load, want %d", outcome.Files, len(files)-len(first))
	}
	if outcome := load(files); outcome != (demo.Outcome{}) {
		t.Errorf("a third load did %+v", outcome)
	}
	stored, err := app.store.Submissions(t.Context(), submission.Filter{})
	must(t, err)
	found := 0
	for _, one := range stored {
		if one.Is(submission.Accepted) {
			found++
		}
	}
	if len(stored) != len(files) || found != accepted || !demo.Begun(stored) {
		t.Errorf("%d submissions, %d accepted; want %d and %d", len(stored), found, len(files), accepted)
	}
}

func TestDemoDataAreNotMixedWithOthers(t *testing.T) {
	o := options{data: t.TempDir()}
	app, err := o.open(t.Context())
	must(t, err)
	file := intake.File{Name: "gemeinde.csv", Size: int64(len(goodFile)), Content: strings.NewReader(goodFile)}
	_, err = app.submissions.Receive(t.Context(), file, intake.Expect{}, account.Viewer{Email: "anna@grenchen.example", Role: account.Coordination})
	must(t, err)
	must(t, app.close())
	var out strings.Builder
	must(t, makeDemo(t.Context(), o, "", false, &out, &out))
	if !strings.Contains(out.String(), "Es sind bereits andere Daten da") {
		t.Errorf("it says %q", out.String())
	}
}
