package demo_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
)

// sent are the totals of the files so far, as the store would know them: the ones
// sent last, by form, period and organisation.
type sent map[figure.Form]map[figure.Period]map[figure.Organisation]map[figure.KeyFigure]figure.Decimal

func (s sent) keep(report intake.Report) {
	totals := map[figure.KeyFigure]figure.Decimal{}
	for _, total := range report.Totals {
		if total.Given > 0 {
			totals[total.KeyFigure] = total.Value
		}
	}
	if s[report.Form] == nil {
		s[report.Form] = map[figure.Period]map[figure.Organisation]map[figure.KeyFigure]figure.Decimal{}
	}
	if s[report.Form][report.Period] == nil {
		s[report.Form][report.Period] = map[figure.Organisation]map[figure.KeyFigure]figure.Decimal{}
	}
	s[report.Form][report.Period][report.Organisation] = totals
}

func (s sent) of(report intake.Report) intake.Known {
	known := intake.Known{
		Before: s[report.Form][report.Period.Before()][report.Organisation],
		Others: map[figure.Form]map[figure.KeyFigure]figure.Decimal{},
		Peers:  s[report.Form][report.Period],
	}
	if len(known.Peers) < 20 {
		known.Peers = s[report.Form][report.Period.Before()]
	}
	for form := range s {
		known.Others[form] = s[form][report.Period][report.Organisation]
	}
	return known
}

// What organisations are said to send must look like what they send: no rule
// refuses it, and a warning is a rare thing.
func TestTheDemoDataArePlausible(t *testing.T) {
	p, files := generate(t)
	known, fired, of, warned, taken := sent{}, map[string]int{}, map[figure.Form]int{}, 0, 0
	for _, file := range files {
		if file.Faulty {
			continue
		}
		content := intake.File{Name: file.Name, Size: int64(len(file.Content)), Content: bytes.NewReader(file.Content)}
		report, err := intake.Check(content, p, intake.Expect{})
		if err != nil {
			t.Fatal(err)
		}
		report = intake.Compare(report, p, known.of(report))
		if !report.Accepted() {
			t.Errorf("%s: %s", file.Name, report.Findings[0].Message.DE)
			continue
		}
		known.keep(report)
		taken++
		of[report.Form]++
		asks := false
		for _, finding := range report.Findings {
			if finding.Rule != "" {
				fired[finding.Rule]++
			}
			asks = asks || finding.Explain
		}
		if asks {
			warned++
		}
	}
	t.Logf("%d of %d files ask for an explanation", warned, taken)
	for _, rule := range slices.Sorted(maps.Keys(fired)) {
		t.Logf("%s fired %d times", rule, fired[rule])
	}
	for i := range p.Rules {
		// Of a form that one office sends once a year a single file says nothing.
		if r := &p.Rules[i]; of[r.Form] >= 20 && 5*fired[r.ID] > of[r.Form] {
			t.Errorf("%s fires in %d of %d files", r.ID, fired[r.ID], of[r.Form])
		}
	}
	if 10*warned > taken || warned == 0 {
		t.Errorf("%d of %d files ask for an explanation", warned, taken)
	}
}
