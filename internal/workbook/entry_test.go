package workbook_test

import (
	"bytes"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/workbook"
	"kipmonitor/seed"
)

func definition(t *testing.T) *programme.Programme {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var lastYear = []figure.Observation{
	{KeyFigure: "arrivals", Municipality: 2581, Value: figure.Whole(205), Margins: 1},
	{KeyFigure: "arrivals_informed", Municipality: 2581, Value: figure.Whole(190), Margins: 1},
}

func TestATemplateSaysWhoseFiguresStandInIt(t *testing.T) {
	p := definition(t)
	for name, test := range map[string]struct {
		format     workbook.Format
		correction bool
		want, not  string
	}{
		"figures of an earlier period": {workbook.CSV, false, "früheren Periode", "kursiv"},
		"those in force":               {workbook.CSV, true, "die heute gelten", "früheren Periode"},
	} {
		var out bytes.Buffer
		if err := workbook.WriteTemplate(&out, p, workbook.Template{Form: "municipality_year", Organisation: "G2581", Period: figure.Period{Year: 2025},
			Language: locale.German, Format: test.format, Values: lastYear, Correction: test.correction}); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, test.want) || strings.Contains(text, test.not) || !strings.Contains(text, ";205;190;") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestAnEntryHasTheRowsOfItsForm(t *testing.T) {
	p := definition(t)
	entry := func(form figure.Form, organisation figure.Organisation, values []figure.Observation) workbook.Entry {
		t.Helper()
		e, ok := workbook.NewEntry(p, workbook.Template{Form: form, Organisation: organisation, Period: figure.Period{Year: 2025}, Language: locale.German, Values: values})
		if !ok {
			t.Fatalf("%s has too many rows: %d", form, len(e.Rows))
		}
		return e
	}
	if e := entry("municipality_year", "G2581", nil); len(e.Rows) != 1 || !e.TotalsOnly || e.Open {
		t.Errorf("a municipality: %d rows, totals only %v, open %v", len(e.Rows), e.TotalsOnly, e.Open)
	}
	if e := entry("canton_year", "AGS", nil); len(e.Rows) != len(p.MunicipalitiesIn(2025)) || e.TotalsOnly {
		t.Errorf("the canton: %d rows, totals only %v", len(e.Rows), e.TotalsOnly)
	}
	broken := []figure.Observation{{KeyFigure: "arrivals", Municipality: 2581, Sex: "m", Value: figure.Whole(100)}, {KeyFigure: "arrivals", Municipality: 2581, Sex: "w", Value: figure.Whole(105)}}
	e := entry("municipality_year", "G2581", broken)
	if len(e.Rows) != 2 || e.TotalsOnly {
		t.Errorf("a year broken down by sex: %d rows, totals only %v", len(e.Rows), e.TotalsOnly)
	}
	content := e.File(func(row, column int) string { return e.Rows[row].Cells[column] })
	for _, want := range []string{";m;", ";100;", ";w;", ";105;"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("the file lacks %q:\n%s", want, content)
		}
	}
	again := entry("municipality_year", "G2581", broken)
	typed := strings.ReplaceAll(string(content), ";105;", ";106;")
	again.Refill(strings.NewReader(typed))
	if len(again.Rows) != 2 || again.Rows[1].Cells[4] != "106" {
		t.Errorf("typed before: %+v", again.Rows)
	}
}
