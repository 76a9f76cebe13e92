package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/demo"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

// withDemoFiles returns the program on an empty folder, and the demo files that it could
// take in.
func withDemoFiles(t testing.TB) (options, *app, []demo.File) {
	t.Helper()
	o := options{data: t.TempDir()}
	app, err := o.open(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = app.close() })
	parameters, err := demo.ReadParameters(seed.Files)
	must(t, err)
	files, err := demo.Generate(app.programme, parameters)
	must(t, err)
	return o, app, files
}

func TestAnInterruptedLoadOfDemoDataIsGoneOnWith(t *testing.T) {
	_, app, all := withDemoFiles(t)
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

// TestTheSumsOfAYearAreThoseOfItsFiles adds up what the check read in each file in
// force, which has never seen the database, and holds the sums against it.
func TestTheSumsOfAYearAreThoseOfItsFiles(t *testing.T) {
	_, app, all := withDemoFiles(t)
	var files []demo.File
	for _, file := range all {
		organisation := string(file.Organisation)
		if file.Period.Year == 2025 && (!strings.HasPrefix(organisation, "G") || strings.HasPrefix(organisation, "G254")) {
			files = append(files, file)
		}
	}
	_, err := demo.Load(t.Context(), app.submissions, files, nil, time.Now(), func() {})
	must(t, err)
	stored, err := app.store.Submissions(t.Context(), submission.Filter{WithReport: true})
	must(t, err)
	inForce := submission.InForce(stored)
	type series struct {
		form         figure.Form
		organisation figure.Organisation
	}
	lastPart := map[series]figure.Part{}
	for _, one := range inForce {
		key := series{one.Form, one.Organisation}
		lastPart[key] = max(lastPart[key], one.Period.Part)
	}
	type sum struct {
		value figure.Decimal
		given uint64
	}
	want := map[figure.KeyFigure]sum{}
	for _, one := range inForce {
		report, err := one.Checked()
		must(t, err)
		for _, total := range report.Totals {
			stock := app.programme.KeyFigure(total.KeyFigure).Additivity == programme.Stock
			if total.Given > 0 && (!stock || one.Period.Part == lastPart[series{one.Form, one.Organisation}]) {
				before := want[total.KeyFigure]
				want[total.KeyFigure] = sum{before.value + total.Value, before.given + uint64(total.Given)}
			}
		}
	}
	var figures []figure.KeyFigure
	for i := range app.programme.KeyFigures {
		if k := &app.programme.KeyFigures[i]; !k.System {
			figures = append(figures, k.ID)
		}
	}
	sums, err := app.store.Sums(t.Context(), figure.Question{Figures: figures, Years: []figure.Year{2025}})
	must(t, err)
	got := map[figure.KeyFigure]sum{}
	for _, one := range sums {
		if one.Given > 0 {
			got[one.KeyFigure] = sum{one.Value, one.Given}
		}
	}
	if len(want) < 80 || len(stored) == len(inForce) {
		t.Fatalf("%d key figures, %d submissions of which %d are in force: the test shows little", len(want), len(stored), len(inForce))
	}
	for id, one := range want {
		if got[id] != one {
			t.Errorf("%s: the store sums %v of %d figures, the files in force say %v of %d", id, got[id].value, got[id].given, one.value, one.given)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d key figures in the store, %d in the files", len(got), len(want))
	}
}

func TestDemoDataAreNotServedAsRealOnes(t *testing.T) {
	o := options{data: t.TempDir()}
	app, err := o.open(t.Context())
	must(t, err)
	file := intake.File{Name: "gemeinde.csv", Size: int64(len(goodFile)), Content: strings.NewReader(goodFile)}
	_, err = app.submissions.Receive(t.Context(), file, intake.Expect{}, account.Viewer{Email: "g2546@demo.invalid", Role: account.Coordination})
	must(t, err)
	must(t, app.close())
	o.seed = filepath.Join(t.TempDir(), "seed")
	must(t, os.CopyFS(o.seed, seed.Files))
	definition, err := os.ReadFile(filepath.Join(o.seed, "programme.yaml"))
	must(t, err)
	genuine := strings.Replace(string(definition), "demo: true", "demo: false", 1)
	must(t, os.WriteFile(filepath.Join(o.seed, "programme.yaml"), []byte(genuine), 0o600))
	if app, err := o.open(t.Context()); err == nil || !strings.Contains(err.Error(), "hier liegen Demodaten") {
		t.Errorf("demo data are opened under a definition of real ones: %v", err)
		if err == nil {
			must(t, app.close())
		}
	}
}
