package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// fixIt writes the fix-it workbook of a file.
func fixIt(t *testing.T, name string, content []byte, language locale.Language) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteFixIt(&out, fileOf(name, content), whole(), intake.Expect{}, intake.Known{}, language); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// saved is a workbook as it stands in memory.
func saved(t *testing.T, file *excelize.File) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// commented lists the comments of a sheet by their cell.
func commented(t *testing.T, file *excelize.File, sheet string) map[string]string {
	t.Helper()
	comments, err := file.GetComments(sheet)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, comment := range comments {
		for _, run := range comment.Paragraph {
			texts[comment.Cell] += run.Text
		}
	}
	return texts
}

// look is how a cell is marked: by its fill and the kind of its border.
func lookOf(t *testing.T, file *excelize.File, sheet, cell string) string {
	t.Helper()
	id, err := file.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := file.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if len(style.Fill.Color) == 0 || len(style.Border) == 0 {
		return ""
	}
	return fmt.Sprint(style.Fill.Color[0], " ", style.Border[0].Style)
}

const (
	faulty = "Gemeinde;Jahr;Geschlecht;Schuleintritte Asylbereich;davon mit verständlicher Ortssprache;Organisation\r\n" +
		"Grenchen;2025;weiblich;ca. 15;12;AGS\r\n" +
		"Grenchen;2025;mänlich;20;25;AGS\r\n" +
		"Grenchen;2025;unbekannt oder andere;3;;AGS\r\n"
	errorLook = "FFD9D4 5"
)

func TestTheWrongCellsOfATextAreMarkedAndExplained(t *testing.T) {
	for language, first := range map[locale.Language]string{locale.German: "Was zuerst tun", locale.French: "À faire d’abord", locale.Italian: "Da fare prima", locale.English: "What to do first"} {
		file := open(t, fixIt(t, "meldung.csv", []byte(faulty), language))
		data := language.Say("workbook.sheet.data", nil)
		if got := file.GetSheetList(); !slices.Equal(got, []string{first, data}) {
			t.Fatalf("sheets %q", got)
		}
		comments := commented(t, file, data)
		for cell, key := range map[string]string{"D2": "ca. 15", "C3": "mänlich", "E3": "25"} {
			if !strings.Contains(comments[cell], key) {
				t.Errorf("%s: the comment in %s is %q", language, cell, comments[cell])
			}
			if got := lookOf(t, file, data, cell); got != errorLook {
				t.Errorf("%s: %s looks like %q", language, cell, got)
			}
		}
		if len(comments) != 3 || lookOf(t, file, data, "E2") == errorLook {
			t.Errorf("%s: more is marked than is wrong: %v", language, comments)
		}
	}
	file := open(t, fixIt(t, "meldung.csv", []byte(faulty), locale.German))
	if text := commented(t, file, "Daten")["C3"]; !strings.Contains(text, "Meinten Sie «männlich»?") {
		t.Errorf("the comment suggests nothing: %s", text)
	}
}

func TestTheFirstSheetSaysWhatToDoAndWhere(t *testing.T) {
	file := open(t, fixIt(t, "meldung.csv", []byte(faulty), locale.German))
	const sheet = "Was zuerst tun"
	rows, err := file.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == "Nr." })
	if at < 0 || len(rows) != at+4 {
		t.Fatalf("want three findings: %q", rows)
	}
	for _, row := range rows[at+1:] {
		if len(row) != 8 || row[1] != "Fehler" || row[2] == "" || row[6] == "" {
			t.Errorf("the finding says %q", row)
		}
	}
	number := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 7 && row[7] == "number" })
	if number < 0 {
		t.Fatalf("no finding of the code number: %q", rows)
	}
	want := []string{rows[number][0], "Fehler", "«ca. 15» ist keine Zahl.", "D2", "ca. 15", "15",
		"Schreiben Sie eine Zahl; wo keine bekannt ist, lassen Sie die Zelle leer. Meinten Sie «15»?", "number"}
	if !slices.Equal(rows[number], want) {
		t.Errorf("got  %q\nwant %q", rows[number], want)
	}
	linked, target, err := file.GetCellHyperLink(sheet, "D"+strconv.Itoa(number+1))
	if err != nil || !linked || target != "'Daten'!D2" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
}

// What stands in a text stands in the workbook, letter by letter.
func TestATextKeepsItsCells(t *testing.T) {
	cells := []string{"=1+1", "+41", "-5", "@SUM(A1)", "007", "1'004", "1.50", "5-15", "12345678901234567890", "=HYPERLINK(\"http://example.org\")", " leer ", "2025-01-01", "1e3"}
	var text strings.Builder
	text.WriteString("Gemeinde;Jahr;Neu Zugezogene aus dem Ausland;Bemerkung\n")
	for _, cell := range cells {
		text.WriteString("Grenchen;2025;viele;\"" + strings.ReplaceAll(cell, `"`, `""`) + "\"\n")
	}
	file := open(t, fixIt(t, "meldung.csv", []byte(text.String()), locale.German))
	for i, want := range cells {
		at := "D" + strconv.Itoa(i+2)
		got, err := file.GetCellValue("Daten", at, excelize.Options{RawCellValue: true})
		if err != nil || got != want {
			t.Errorf("%s holds %q, want %q", at, got, want)
		}
		if formula, _ := file.GetCellFormula("Daten", at); formula != "" {
			t.Errorf("%s is the formula %s", at, formula)
		}
		kind, _ := file.GetCellType("Daten", at)
		if number := kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset; number != (want == "-5") {
			t.Errorf("%s (%s) is of type %v", at, want, kind)
		}
	}
	if year, _ := file.GetCellType("Daten", "B2"); year != excelize.CellTypeNumber && year != excelize.CellTypeUnset {
		t.Errorf("the year is of type %v, no number", year)
	}
}

// A report names eleven places; the workbook marks them all, up to its bound.
func TestEveryPlaceIsMarkedUpToTheBound(t *testing.T) {
	var text strings.Builder
	text.WriteString("Gemeinde;Jahr;Neu Zugezogene aus dem Ausland\n")
	const rows = maxMarks + 500
	for range rows {
		text.WriteString("Grenchen;2025;viele\n")
	}
	file := open(t, fixIt(t, "meldung.csv", []byte(text.String()), locale.German))
	comments := commented(t, file, "Daten")
	if len(comments) != maxMarks || comments["C2"] == "" || comments["C5000"] == "" {
		t.Errorf("%d cells have a comment", len(comments))
	}
	first, err := file.GetRows("Was zuerst tun")
	if err != nil || !strings.Contains(fmt.Sprint(first), "10’000 Zellen markiert") {
		t.Errorf("the first sheet does not say that places are left: %v, %v", first, err)
	}
}

func TestAFindingOnARowMarksItsFirstCell(t *testing.T) {
	text := "Gemeinde;Jahr;Schuleintritte Asylbereich;davon mit verständlicher Ortssprache;Organisation\nGrenchen;2025;5;5;AGS\nGrenchen;2025;6;5;AGS\n"
	file := open(t, fixIt(t, "meldung.csv", []byte(text), locale.German))
	if comments := commented(t, file, "Daten"); len(comments) != 1 || !strings.Contains(comments["A3"], "wiederholt Zeile 2") || lookOf(t, file, "Daten", "A3") != errorLook {
		t.Errorf("comments %v", comments)
	}
	if rows, err := file.GetRows("Was zuerst tun"); err != nil || !strings.Contains(fmt.Sprint(rows), "Zeile 3") {
		t.Errorf("the first sheet: %v, %v", rows, err)
	}
}

func TestACellHoldsWhatIsSaidOfItAndOfItsRow(t *testing.T) {
	m := &marks{cells: map[figure.Cell]*mark{
		{Row: 3}:            {intake.Error, []string{"row", "both"}},
		{Row: 3, Column: 1}: {intake.Warning, []string{"cell", "both"}},
		{Row: 4}:            {intake.Hint, []string{"alone"}},
	}}
	m.settle(func(figure.Cell) uint16 { return 1 })
	got := m.cells[figure.Cell{Row: 3, Column: 1}]
	if len(m.cells) != 2 || got.severity != intake.Error || !slices.Equal(got.texts, []string{"cell", "both", "row"}) || m.cells[figure.Cell{Row: 4, Column: 1}] == nil {
		t.Errorf("%v, %v", m.cells, got)
	}
}

func TestThereIsNoWorkbookOfWhatIsNotKeptOrNoTable(t *testing.T) {
	for name, c := range map[string]struct{ content, code string }{
		"personal data":  {"Vorname;Nachname;Geburtsdatum\nAnna;Muster;1.1.1990\n", "fixit_personal"},
		"a mail address": {faulty + "Grenchen;2025;weiblich;anna@example.org;1\n", "fixit_personal"},
		"an empty file":  {"", "fixit_no_table"},
		"a document":     {"%PDF-1.7", "fixit_no_table"},
		"an open quote":  {"Gemeinde;Jahr;Neu Zugezogene aus dem Ausland\n\"Grenchen;2025;5\n", "fixit_no_table"},
		"a broken zip":   {"PK\x03\x04 and nothing more", "fixit_no_table"},
	} {
		var out bytes.Buffer
		err := WriteFixIt(&out, fileOf("datei", []byte(c.content)), whole(), intake.Expect{}, intake.Known{}, locale.German)
		var said *problem.Error
		if !errors.As(err, &said) || said.Code != c.code || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes; want %s", name, err, out.Len(), c.code)
		}
	}
}

// A workbook that is small as a file may fill the memory when its sheet is changed;
// what is not changed may be as large as intake lets it be.
func TestAWorkbookWhoseSheetIsTooLargeUnpackedIsNotMarked(t *testing.T) {
	large := strings.Repeat("<!-- a -->\n", maxParts/11+1)
	for part, want := range map[string]string{"docProps/custom.xml": "", "xl/worksheets/sheet1.xml": "fixit_too_large"} {
		content := repacked(t, fixIt(t, "meldung.csv", []byte(faulty), locale.German), func(parts map[string]string) {
			parts[part] += large
		})
		err := WriteFixIt(io.Discard, fileOf("meldung.xlsx", content), whole(), intake.Expect{}, intake.Known{}, locale.German)
		got := ""
		if told, _ := problem.From(err); told != nil {
			got = told.Code
		}
		if got != want || err != nil && want == "" {
			t.Errorf("%s: got %v, want %q", part, err, want)
		}
	}
}

func TestAFileInOrderHasAWorkbookThatSaysSo(t *testing.T) {
	file := open(t, fixIt(t, "meldung.csv", []byte("Gemeinde;Jahr;Neu Zugezogene aus dem Ausland;davon mit Erstinformation;Erstinformationsgespräche;davon innert 90 Tagen;davon mit Thema Diskriminierungsschutz;Personen mit besonderem Integrationsbedarf;davon innert 12 Monaten zugewiesen\nGrenchen;2025;5;5;5;5;5;5;5\n"), locale.German))
	if rows, err := file.GetRows("Was zuerst tun"); err != nil || !strings.Contains(fmt.Sprint(rows), "nichts zu korrigieren") {
		t.Errorf("%v, %v", rows, err)
	}
}

// Every message of the check says in its first sentence what is wrong; the rest, if
// there is any, says what to do.
func TestMessagesArePartedBetweenSentences(t *testing.T) {
	for message, want := range map[string]string{
		"«k. A. Und so» ist keine Zahl. Schreiben Sie eine.":                "Schreiben Sie eine.",
		"Die Gemeinde gehört seit 1. Januar 2024 zu Biel. Melden Sie dort.": "Melden Sie dort.",
		"Die BFS-Nr. Buchegg fehlt. Schreiben Sie sie.":                     "Schreiben Sie sie.",
		"Ein Satz.": "",
	} {
		if _, todo := sentences(message); todo != want {
			t.Errorf("%q: %q", message, todo)
		}
	}
	for _, key := range locale.Keys() {
		if !strings.HasPrefix(key, "intake.") {
			continue
		}
		for _, language := range locale.Languages {
			message := language.Say(key, nil)
			wrong, todo := sentences(message)
			if strings.TrimSpace(wrong+" "+todo) != message {
				t.Errorf("%s: %q and %q are not all of %q", key, wrong, todo, message)
			}
		}
	}
}

func FuzzFixIt(f *testing.F) {
	f.Add([]byte(faulty))
	f.Add([]byte("sep=;\n" + faulty))
	f.Add([]byte("\xFF\xFEG\x00e\x00"))
	f.Add([]byte("Gemeinde;Jahr\n\x00\x01;\u000b_x0041_"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var out bytes.Buffer
		file := fileOf("datei.csv", content)
		err := WriteFixIt(&out, file, whole(), intake.Expect{}, intake.Known{}, locale.German)
		if _, said := problem.From(err); said {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := excelize.OpenReader(bytes.NewReader(out.Bytes())); err != nil {
			t.Fatal(err)
		}
	})
}
