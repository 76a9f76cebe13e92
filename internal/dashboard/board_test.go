package dashboard_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kipmonitor/dashboards"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func load(t *testing.T) *programme.Programme {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABoardSaysWhatIsWrongWithIt(t *testing.T) {
	p := load(t)
	title := "{de: a, fr: a, it: a, en: a}"
	for name, test := range map[string]struct{ overview, want string }{
		"an unknown key":       {"panels:\n  - {id: a, kind: areas, colour: red, title: " + title + "}\n", "field colour not found"},
		"an unknown kind":      {"panels:\n  - {id: a, kind: pie, title: " + title + "}\n", `no kind "pie"`},
		"an unknown indicator": {"panels:\n  - {id: a, kind: indicators, indicators: [FB9-99], title: " + title + "}\n", `no indicator "FB9-99"`},
		"an id twice":          {"panels:\n  - {id: a, kind: areas, title: " + title + "}\n  - {id: a, kind: gaps, title: " + title + "}\n", "an id of its own"},
		"a missing language":   {"panels:\n  - {id: a, kind: areas, title: {de: a, fr: a, it: a}}\n", "missing in a language"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"overview.yaml": {Data: []byte(test.overview)}, "area.yaml": {Data: []byte("panels: []\n")}}
			_, err := dashboard.Load(files, p)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	if _, err := dashboard.Load(dashboards.Files, p); err != nil {
		t.Errorf("the boards of the program: %v", err)
	}
}

// A municipality can be worked out from the sums of its district where the others
// of the district are known: the parts must name them.
func TestPartsAreProtectedAgainstTheSumsOfTheirDistricts(t *testing.T) {
	p := load(t)
	i := p.Indicator("FB1-01")
	year := figure.Year(2025)
	var sums []figure.Sum
	total := figure.Decimal(0)
	for _, m := range p.Municipalities {
		if m.District != "Bucheggberg" || m.ValidTo != 0 {
			continue
		}
		value := figure.Whole(50)
		if len(sums) == 0 {
			value = figure.Whole(2)
		}
		total += value
		sums = append(sums, figure.Sum{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Municipality: m.Number, Value: value, Given: 1, Organisations: 1, Parts: 1})
	}
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	evidence := indicator.Evidence{Today: today}
	for _, q := range indicator.Questions(p, []*programme.Indicator{i}, indicator.Municipality, []figure.Year{year}, time.Time{}) {
		answer := indicator.Answer{Question: q, Sums: sums}
		if q.By == 0 {
			answer.Sums = []figure.Sum{{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Value: total, Given: uint64(len(sums)), Organisations: uint64(len(sums)), Parts: 1}}
		}
		evidence.Answers = append(evidence.Answers, answer)
	}
	table := dashboard.Parts(p, i, indicator.Municipality, year, evidence, indicator.AsReported)
	if table.Hidden() < 2 {
		t.Errorf("%d cells are hidden: the small one follows from the others", table.Hidden())
	}
	labelled := false
	for _, note := range table.Notes() {
		labelled = labelled || strings.Contains(note.In(locale.German), "Demodaten")
	}
	if !labelled {
		t.Error("the table does not say that it holds demo data")
	}
}
