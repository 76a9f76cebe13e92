package table

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

var update = flag.Bool("update", false, "write the golden files anew")

func definition(t testing.TB) *programme.Programme {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func text(s string) locale.Text { return locale.Text{DE: s, FR: s, IT: s, EN: s} }

func decimal(t testing.TB, s string) figure.Decimal {
	t.Helper()
	d, err := figure.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// example has every state, unit and mark.
func example(t testing.TB) disclosure.Table {
	t.Helper()
	draft := disclosure.NewDraft(text("Teilnehmende «A; B»"),
		disclosure.Header{Code: "2024", Label: text("2024")}, disclosure.Header{Code: "share", Label: text("Anteil")}, disclosure.Header{Code: "mixed", Label: text("Gemischt")})
	shown := func(value string, unit figure.Unit) disclosure.Value {
		return disclosure.Value{Value: decimal(t, value), Unit: unit}
	}
	small := shown("3", "persons")
	small.Protected = true
	weak := disclosure.Value{Value: decimal(t, "0.4"), Unit: figure.Percent, Ratio: true, Count: figure.Whole(6), Denominator: figure.Whole(15), Protected: true}
	provisional := shown("-1234567.05", "chf")
	provisional.Provisional = true
	none := disclosure.Value{State: disclosure.NotApplicable, Unit: "persons"}
	draft.Add(disclosure.Header{Code: "m", Label: text("männlich")}, small, shown("0.9256", figure.Percent), shown("12.5", "hours"))
	draft.Add(disclosure.Header{Code: "w", Label: text("=1+1")}, shown("1412", "persons"), weak, provisional)
	draft.Add(disclosure.Header{Code: "u", Label: text("-3\nunbekannt")}, none, disclosure.Value{State: disclosure.Missing, Unit: figure.Percent},
		disclosure.Value{State: disclosure.NotComputable, Unit: "chf", Reason: "indicator.reason.no_denominator"})
	draft.Note(text("@Fussnote"))
	return disclosure.NewPublication(disclosure.Standard, "sex").Protect(draft, "sex", "2024", "share", "mixed")
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\n%s\nwant\n%s", file, got, want)
	}
}

func TestAnAmountIsWrittenAfterItsUnitInEachLanguage(t *testing.T) {
	p := definition(t)
	for _, c := range []struct {
		value    string
		unit     figure.Unit
		language locale.Language
		want     string
	}{
		{"0.925", figure.Percent, locale.German, "92,5\u202f%"},
		{"0.925", figure.Percent, locale.English, "92.5\u202f%"},
		{"1", figure.Percent, locale.French, "100,0\u202f%"},
		{"1234567.5", "chf", locale.German, "CHF 1’234’568"},
		{"-1234.4", "chf", locale.Italian, "CHF −1’234"},
		{"12345", "persons", locale.German, "12’345"},
		{"3.3", "persons", locale.German, "3,3"},   // a mean
		{"3.25", "persons", locale.German, "3,25"}, // is never rounded here
		{"0", "persons", locale.German, "0"},
		{"3.4", "points", locale.German, "3,40"},
		{"3.4", "points", locale.English, "3.40"},
		{"1234.25", "hours", locale.French, "1’234,25"},
	} {
		if got := NewWriter(p, c.language).Amount(decimal(t, c.value), c.unit); got != c.want {
			t.Errorf("%s %s in %s: got %q, want %q", c.value, c.unit, c.language, got, c.want)
		}
	}
}

func TestEachUnitOfTheProgrammeHasAName(t *testing.T) {
	p := definition(t)
	for _, language := range locale.Languages {
		for _, unit := range p.Units {
			if name := NewWriter(p, language).Unit(unit.Code); name == "" || name == string(unit.Code) && language == locale.German && len(name) > 3 {
				t.Errorf("unit %s in %s: %q", unit.Code, language, name)
			}
		}
	}
}

func TestAMarkStandsInPlaceOfAFigureThatIsNotShown(t *testing.T) {
	w := NewWriter(definition(t), locale.German)
	for state, want := range map[disclosure.State][2]string{
		disclosure.Hidden:        {"X", "geschützt"},
		disclosure.Missing:       {"–", "keine Angabe"},
		disclosure.NotApplicable: {".", "nicht anwendbar"},
		disclosure.NotComputable: {"n. b.", "nicht berechenbar"},
	} {
		c := disclosure.Cell{State: state, Unit: "persons"}
		if got := [2]string{w.Text(c), w.Spoken(c)}; got != want {
			t.Errorf("state %d: got %q, want %q", state, got, want)
		}
	}
	c := disclosure.Cell{Value: figure.Whole(12), Unit: "persons", Weak: true, Provisional: true}
	if got := w.Text(c); got != "(12) p" {
		t.Errorf("a weak provisional figure is written %q", got)
	}
}

func TestTheLegendExplainsTheMarksOfTheTableAndNoOthers(t *testing.T) {
	w := NewWriter(definition(t), locale.German)
	if got := len(w.Legend(example(t))); got != 6 {
		t.Errorf("%d marks explained, want all 6: %q", got, w.Legend(example(t)))
	}
	draft := disclosure.NewDraft(text("t"), disclosure.Header{Code: "a"})
	draft.Add(disclosure.Header{Code: "r"}, disclosure.Value{Value: figure.Whole(1), Unit: "persons"})
	if got := w.Legend(draft.Protect()); len(got) != 0 {
		t.Errorf("marks that do not stand in the table are explained: %q", got)
	}
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	if err := NewWriter(definition(t), locale.German).CSV(&out, example(t)); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out.Bytes(), []byte("\xef\xbb\xbf")) || strings.Count(out.String(), "\r\n") != 6 {
		t.Errorf("no byte order mark or not CRLF: %q", out.String())
	}
	golden(t, "table.csv", out.Bytes())
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := NewWriter(definition(t), locale.German).JSON(&out, example(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.json", out.Bytes())
}

func TestNoTextOfACSVIsAFormula(t *testing.T) {
	for _, evil := range []string{"=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1+1", "=cmd|' /C calc'!A0", "\n=1"} {
		var out bytes.Buffer
		file, err := NewCSV(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Write("a", evil); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		reader := csv.NewReader(bytes.NewReader(out.Bytes()))
		reader.Comma = ';'
		rows, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[0][1]; !strings.HasPrefix(got, "'") {
			t.Errorf("%q is written as %q", evil, got)
		}
	}
	for _, harmlessText := range []string{"-12.5", "-3", "Olten", "–", "X", "0.5", ""} {
		if got := harmless(harmlessText); got != harmlessText {
			t.Errorf("%q became %q", harmlessText, got)
		}
	}
}

// FuzzHarmless holds that nothing that a spreadsheet would compute gets through,
// and that nothing but an apostrophe is added.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"=1", "-1", "- 1", " +a", "a=b", "'=1", "−5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := harmless(s)
		if strings.TrimPrefix(got, "'") != s && got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got == "" {
			return
		}
		if _, err := figure.ParseDecimal(got); err != nil && strings.ContainsAny(got[:1], "=+-@\t\r\n") {
			t.Errorf("%q got through as %q", s, got)
		}
	})
}

func TestAWorkbookHoldsNumbersAsNumbersAndTextAsText(t *testing.T) {
	var out bytes.Buffer
	if err := NewWriter(definition(t), locale.German).XLSX(&out, example(t)); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sheet := file.GetSheetList()[0]
	value := func(cell string, raw bool) string {
		got, err := file.GetCellValue(sheet, cell, excelize.Options{RawCellValue: raw})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, c := range []struct {
		cell, raw, shown string
		number           bool
	}{
		{"A1", "Teilnehmende «A; B»", "Teilnehmende «A; B»", false},
		{"C4", "X", "X", false},          // three persons are protected
		{"D4", "0.9256", "92.56%", true}, // a share is a percentage
		{"E4", "12.5", "12.50", true},    // hours
		{"F4", "Stunden", "Stunden", false},
		{"B5", "=1+1", "=1+1", false},
		{"C5", "1412", "1,412", true},
		{"D5", "0.4", "(40.0%)", true}, // weak, and still a number
		{"E5", "-1234567.05", "-1,234,567.05 p", true},
		{"B6", "-3\nunbekannt", "-3\nunbekannt", false},
		{"C6", ".", ".", false},
		{"D6", "–", "–", false},
		{"E6", "n. b.", "n. b.", false},
		{"A8", "@Fussnote", "@Fussnote", false},
	} {
		if raw, shown := value(c.cell, true), value(c.cell, false); raw != c.raw || shown != c.shown {
			t.Errorf("%s: raw %q shown %q, want %q %q", c.cell, raw, shown, c.raw, c.shown)
		}
		kind, err := file.GetCellType(sheet, c.cell)
		if err != nil {
			t.Fatal(err)
		}
		// A number has no type of its own in the file.
		if isNumber := kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber; isNumber != c.number {
			t.Errorf("%s has the type %d", c.cell, kind)
		}
		if formula, err := file.GetCellFormula(sheet, c.cell); err != nil || formula != "" {
			t.Errorf("%s is the formula %q (%v)", c.cell, formula, err)
		}
		if style, err := file.GetCellStyle(sheet, c.cell); err != nil {
			t.Fatal(err)
		} else if format, err := file.GetStyle(style); err != nil || (format.NumFmt == textFormat) == c.number {
			t.Errorf("%s has the number format %d: text must stay text when it is edited", c.cell, format.NumFmt)
		}
	}
	panes, err := file.GetPanes(sheet)
	if err != nil || !panes.Freeze || panes.YSplit != 3 {
		t.Errorf("the head is not frozen: %+v %v", panes, err)
	}
}

// The only way of a number into an export is a disclosure.Table: a small count
// does not get out by any format.
func TestAProtectedCountGetsOutByNoFormat(t *testing.T) {
	publication := disclosure.NewPublication(disclosure.Standard, "row")
	publication.Table("c", "row", publication.Count("persons", true), -1, false)
	draft := disclosure.NewDraft(text("Schutz"), disclosure.Header{Code: "c", Label: text("Personen")})
	for n, row := range []string{"3", "40017", "2", "50018", "60019", "70016"} {
		code := string(rune('a' + n))
		publication.Add(0, "", decimal(t, row), code)
		draft.Add(disclosure.Header{Code: code, Label: text("Zeile")}, disclosure.Value{Value: decimal(t, row), Unit: "persons", Protected: true})
	}
	protected := publication.Protect(draft, "row", "c")
	w := NewWriter(definition(t), locale.German)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"csv":  func(b *bytes.Buffer) error { return w.CSV(b, protected) },
		"json": func(b *bytes.Buffer) error { return w.JSON(b, protected) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "70016") || strings.ContainsAny(out.String(), "23") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

func TestALineOfWordsIsAsHighAsItsLongestText(t *testing.T) {
	book := NewWriter(definition(t), locale.German).NewWorkbook("2025 & mehr")
	sheet := book.Sheet("Blatt")
	sheet.Width(1, 10)
	sheet.Width(2, 20)
	sheet.Text(1, 1, "kurz", WordsStyle)
	sheet.Text(2, 1, "Ein Text, der in einer Zelle von zwanzig Buchstaben vier Zeilen braucht.", WordsStyle)
	sheet.Text(1, 2, "kurz", WordsStyle)
	sheet.Text(1, 3, "Ein Titel steht auf einer Zeile, so lang er ist", TitleStyle)
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for row, want := range map[int]float64{1: 4*13 + 2, 2: 15, 3: 15} {
		if got, err := file.GetRowHeight("Blatt", row); err != nil || got != want {
			t.Errorf("row %d is %v high, want %v (%v)", row, got, want, err)
		}
	}
	// A blank stands before the year, which would be the size of the letters otherwise.
	if foot, err := file.GetHeaderFooter("Blatt"); err != nil || foot.OddFooter != "&L&8 2025 && mehr&R&8 &P / &N" {
		t.Errorf("footer %+v (%v)", foot, err)
	}
}

func TestHowManyLinesATextTakes(t *testing.T) {
	for text, want := range map[string]int{"": 1, "zehn Zeich": 1, "elf Zeichen": 2, "Leistungsvereinbarung": 3, "a b c d e f": 2} {
		if got := Lines(text, 10); got != want {
			t.Errorf("%q takes %d lines, want %d", text, got, want)
		}
	}
	if got := Lines("abc", 0); got != 3 {
		t.Errorf("a cell without width takes %d lines", got)
	}
}
