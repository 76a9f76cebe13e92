package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
)

// workbookOf makes a workbook with a sheet of the given rows, cells separated by
// «;», and lets more be done to it.
func workbookOf(t testing.TB, content string, more ...func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "Daten"))
	for i, line := range strings.Split(strings.TrimSuffix(content, "\n"), "\n") {
		for j, text := range strings.Split(line, ";") {
			if text == "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			must(err)
			must(f.SetCellStr("Daten", name, text))
		}
	}
	for _, do := range more {
		do(f)
	}
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

func bookFile(content []byte) File {
	return File{Name: "datei.xlsx", Size: int64(len(content)), Content: bytes.NewReader(content)}
}

func checkBook(t testing.TB, content []byte, expect Expect) Report {
	t.Helper()
	report, err := Check(bookFile(content), small(), expect)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// alike is the JSON of a report without what may differ between a text and a
// workbook: the facts of the file, and the sheet of each place.
func alike(t testing.TB, report Report) string {
	t.Helper()
	report.FileName, report.Size, report.SHA256, report.Encoding, report.Separator, report.Sheet = "", 0, "", "", "", ""
	report.Findings = slices.Clone(report.Findings)
	for i := range report.Findings {
		f := &report.Findings[i]
		f.Place.Sheet, f.More = "", slices.Clone(f.More)
		for j := range f.More {
			f.More[j].Sheet = ""
		}
	}
	out, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// spoiled spoils some cells of a table as people do.
func spoiled(random *rand.Rand, content string) string {
	lines := strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	for range random.IntN(8) {
		i := 1 + random.IntN(len(lines)-1)
		cells := strings.Split(lines[i], ";")
		cells[random.IntN(len(cells))] = []string{"", "viele", "-4", "12,5", "1.234", "#REF!", "5'000", "hans@example.ch", "31.12.2025", "Grenchem", "Total", "  7 ", "0.5", "<5", "50%", "85 %", "*", "x"}[random.IntN(18)]
		lines[i] = strings.Join(cells, ";")
	}
	switch random.IntN(6) {
	case 0:
		lines = append([]string{"Titel der Tabelle", "", "Kanton;Solothurn"}, lines...)
	case 1:
		lines = append(lines, "", "", lines[len(lines)-1])
	case 2:
		lines = append(lines, "Total;;;;;;;12;3;4")
	}
	return strings.Join(lines, "\n") + "\n"
}

// asOffices gives a workbook what offices do to tables, without changing what it says:
// numbers stand as numbers in some cells and as texts in others, in all kinds of number
// formats; equal texts below each other are merged, as far as that is possible.
func asOffices(t *testing.T, random *rand.Rand) func(f *excelize.File) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	formats := map[string]int{"": 0}
	style := func(f *excelize.File, format string) int {
		if _, made := formats[format]; !made {
			var err error
			formats[format], err = f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			must(err)
		}
		return formats[format]
	}
	// By what a cell says in the text: how a number can be shown like that.
	shown := map[string]struct {
		number  float64
		formats []string
	}{
		" -   ": {0, []string{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, `0;-0;"-"`, `_ "CHF" * #,##0_ ;_ "CHF" * -#,##0_ ;_ "-"_ ;_ @_ `}},
		"<5":    {5, []string{`"<"0`, `\<0`, `[<10]"<5";0`}}, "50%": {0.5, []string{"0%", "0.0%"}}, "85 %": {85, []string{`0" %"`, `0\ \%`}},
	}
	usual := []string{"", "0.00", "#,##0", "#,##0.00", "#'##0", "#,##0;[Red]-#,##0", "0;-0;0;@", "_ * #,##0_ ;_ * -#,##0_ ;_ * \"0\"_ ;_ @_ ", "[Blue]General", "[>=1000]#,##0;0", "@"}
	return func(f *excelize.File) {
		rows, err := f.GetRows("Daten")
		must(err)
		for i, cells := range rows {
			for j, text := range cells {
				name, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if look, found := shown[text]; found && len(look.formats) > 0 && random.IntN(3) > 0 {
					must(f.SetCellFloat("Daten", name, look.number, -1, 64))
					must(f.SetCellStyle("Daten", name, name, style(f, look.formats[random.IntN(len(look.formats))])))
				}
				var number float64
				if _, err := fmt.Sscanf(text, "%g", &number); err == nil && fmt.Sprint(number) == text && text != "1.234" && random.IntN(2) == 0 {
					must(f.SetCellFloat("Daten", name, number, -1, 64))
					must(f.SetCellStyle("Daten", name, name, style(f, usual[random.IntN(len(usual))])))
				}
			}
		}
		merge(t, f, random, rows)
	}
}

// merge merges equal texts below each other, and sometimes a block of two columns, below
// the header: the first column of figures ends it.
func merge(t *testing.T, f *excelize.File, random *rand.Rand, rows [][]string) {
	at := func(i, j int) string {
		if i < len(rows) && j < len(rows[i]) {
			return rows[i][j]
		}
		return ""
	}
	header := slices.IndexFunc(rows, func(cells []string) bool { return len(cells) > 5 })
	for j := range rows[header] {
		switch at(header, j) {
		case "Organisation", "Periode", "Massnahme", "Gemeinde", "Geschlecht", "Altersklasse", "Sprachniveau", "Kennzahl":
		default:
			continue
		}
		for i := header + 1; i < len(rows); i++ {
			end := i
			for end+1 < len(rows) && at(end+1, j) == at(i, j) && len(rows[end+1]) > 5 {
				end++
			}
			if end > i && at(i, j) != "" && random.IntN(2) == 0 {
				first, _ := excelize.CoordinatesToCellName(j+1, i+1)
				last, _ := excelize.CoordinatesToCellName(j+1, end+1)
				if err := f.MergeCell("Daten", first, last); err != nil {
					t.Fatal(err)
				}
			}
			i = end
		}
	}
}

// mergedCells counts the cells of a workbook that are merged.
func mergedCells(t *testing.T, book []byte) int {
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cells, err := f.GetMergeCells("Daten")
	if err != nil {
		t.Fatal(err)
	}
	return len(cells)
}

func TestTextAndWorkbookGiveTheSame(t *testing.T) {
	accepted, merged := 0, 0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		table := records(random)
		for i := range table { // zero as accounts show it
			for j := range table[i].values {
				if table[i].values[j] == "0" || j > 0 && random.IntN(20) == 0 {
					table[i].values[j] = " -   "
				}
			}
		}
		content := wide(table)
		if seed%2 == 1 {
			content = long(table, random)
		}
		if seed%3 != 0 {
			content = spoiled(random, content)
		}
		asText := check(t, content, Expect{})
		book := workbookOf(t, content, asOffices(t, random))
		merged += mergedCells(t, book)
		asBook := checkBook(t, book, Expect{})
		if got, want := alike(t, asBook), alike(t, asText); got != want {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Fatalf("seed %d: the workbook gives …%s\nthe text …%s", seed, got[max(0, at-200):], want[max(0, at-200):])
		}
		if asBook.Sheet != "Daten" {
			t.Fatalf("seed %d: read %q", seed, asBook.Sheet)
		}
		for _, f := range asBook.Findings {
			if want := map[bool]string{true: "Daten"}[f.Place.Row != 0]; f.Place.Sheet != want {
				t.Fatalf("seed %d: %s stands in the sheet %q, want %q", seed, f.Code, f.Place.Sheet, want)
			}
		}
		if !asText.Accepted() {
			continue
		}
		accepted++
		var got []figure.Observation
		if err := Read(bookFile(book), small(), asBook, func(batch []figure.Observation) error { got = append(got, batch...); return nil }); err != nil {
			t.Fatal(err)
		}
		want := readAll(t, small(), []byte(content), asText)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d observations, want %d", seed, len(got), len(want))
		}
		for i := range got {
			if got[i].Cell.Sheet != "Daten" {
				t.Fatalf("seed %d: read from the sheet %q", seed, got[i].Cell.Sheet)
			}
			if got[i].Cell.Sheet = ""; got[i] != want[i] {
				t.Fatalf("seed %d: %+v, want %+v", seed, got[i], want[i])
			}
		}
	}
	if accepted < 15 || merged < 500 {
		t.Errorf("only %d tables were accepted, %d ranges merged", accepted, merged)
	}
}
