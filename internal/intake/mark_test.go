package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

func TestMarkNamesEveryPlaceAndCheckTheFirstOnes(t *testing.T) {
	var text strings.Builder
	text.WriteString("Gemeinde;Jahr;Neu Zugezogene aus dem Ausland;davon mit Erstinformation\n")
	const rows = 40
	for i := range rows {
		fmt.Fprintf(&text, "Grenchen;2025;%d;viele%d\n", i, i)
	}
	file := fileOf(text.String())
	var places []string
	report, err := Mark(file, whole(), Expect{}, func(f Finding) {
		if f.Code == "number" {
			if want := fmt.Sprintf("«viele%d»", f.Place.Row-2); !strings.Contains(f.In(locale.German), want) {
				t.Errorf("%v: %s, want %s", f.Place, f.In(locale.German), want)
			}
			places = append(places, cell(f.Place))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(places) != rows || places[0] != "D2" || places[rows-1] != "D41" {
		t.Errorf("%d places marked: %v", len(places), places)
	}
	plain, err := Check(file, whole(), Expect{})
	if err != nil {
		t.Fatal(err)
	}
	if codes(plain) != codes(report) {
		t.Errorf("Check says %s, Mark %s", codes(plain), codes(report))
	}
}

func TestRowsHandsOutTheTextAsItStands(t *testing.T) {
	file := fileOf("sep=;\nTitel\n\nGemeinde;Jahr;Neu Zugezogene aus dem Ausland\n\"Gren\"\"chen\"; 2025 ;1'004\n")
	report, err := Check(file, whole(), Expect{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = Rows(file, report, func(row uint32, header bool, cells [][]byte) error {
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = string(cell)
		}
		got = append(got, fmt.Sprintf("%d %v %s", row, header, strings.Join(texts, "|")))
		return nil
	})
	want := []string{"1 false Titel", "2 false ", "3 true Gemeinde|Jahr|Neu Zugezogene aus dem Ausland", `4 false Gren"chen| 2025 |1'004`}
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, %v", got, err)
	}
	if err := Rows(fileOf("PK\x03\x04"), Report{}, nil); !errors.Is(err, ErrNoTable) {
		t.Errorf("rows of what is no table of text: %v", err)
	}
	open := fileOf("Titel;Zahl\n\"" + strings.Repeat("x", 100))
	if report, err = Check(open, whole(), Expect{}); err != nil {
		t.Fatal(err)
	}
	if err := Rows(open, report, func(uint32, bool, [][]byte) error { return nil }); !errors.Is(err, ErrNoTable) {
		t.Errorf("rows behind an open quotation mark: %v", err)
	}
}

func TestAFindingSaysWhereAsExcelNamesCells(t *testing.T) {
	at := func(sheet string, row uint32, column uint16) figure.Cell {
		return figure.Cell{Sheet: sheet, Row: row, Column: column}
	}
	for want, finding := range map[string]Finding{
		"":                              {},
		"Zeile 7":                       {Place: at("", 7, 0), Count: 1},
		"Blatt «Q 1», Zeile 7, 9":       {Place: at("Q 1", 7, 0), More: []figure.Cell{at("Q 1", 9, 0)}, Count: 2},
		"Zelle Z2, AA3":                 {Place: at("", 2, 26), More: []figure.Cell{at("", 3, 27)}, Count: 2},
		"Zelle Q1!B2, B3 und 9 weitere": {Place: at("Q1", 2, 2), More: []figure.Cell{at("Q1", 3, 2)}, Count: 11},
		"Zelle 'Q 1'!B2, Q2!B2":         {Place: at("Q 1", 2, 2), More: []figure.Cell{at("Q2", 2, 2)}, Count: 2},
	} {
		if got := finding.Where(locale.German); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
