package intake

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
)

// judged is what the check finds in a file, with its suggestions, and the figures of one
// that is taken.
func judged(t testing.TB, file File) (findings, suggestions, figures string) {
	t.Helper()
	report, err := Check(file, whole(), Expect{})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range report.Findings {
		if f.Suggestion != "" {
			all = append(all, f.Suggestion)
		}
	}
	if !report.Accepted() {
		return codes(report), strings.Join(all, " "), ""
	}
	var observations []figure.Observation
	if err := Read(file, whole(), report, func(batch []figure.Observation) error { observations = append(observations, batch...); return nil }); err != nil {
		t.Fatal(err)
	}
	return codes(report), strings.Join(all, " "), shorts(observations)
}

// Workbooks that were once read other than they were meant, or whose messages led
// astray.
func TestWorkbooksAreReadAsTheyWereMeant(t *testing.T) {
	women := "2546 w arrivals=520; 2546 w arrivals_informed=498; 2546 w first_talks=300; 2546 w first_talks_within_90_days=280; 2546 w first_talks_protection_explained=200; 2546 w counselling_talks=90; 2546 w persons_with_need=40; 2546 w persons_with_need_assigned=30"
	const interpreting = "2546 M-701 format=onsite;language=ar;sector=health interpreting_"
	for _, test := range []struct{ file, findings, suggestions, figures string }{
		{"x_superscript_pp.xlsx", "number_footnote@F2", "12", ""},
		{"x_formula_zero2.xlsx", "formula_uncomputed@G2", "", ""},
		{"x_format_tsd.xlsx", "number_format@G2", "1234000", ""},
		{"x_format_less_than.xlsx", "number_inexact@G2", "", ""},
		{"x_merged_optional.xlsx", "", "", "2581 M-502 w project_participations=12; 2581 M-502 m project_participations=15"},
		{"x_zero_height.xlsx", "row_hidden@3", "", women + "; " + strings.ReplaceAll(women, " w ", " m ")},
		{"x_zero_width.xlsx", "column_hidden@D1", "", women},
		{"x_serial_minus.xlsx", "period_midnight@B2", "", interpreting + "assignments=12; " + interpreting + "hours=15.5; " + interpreting + "hours_qualified=10"},
		{"x_allinA.xlsx", "columns_in_one@A1", "", ""},
		{"x_hours.xlsx", "number_time@I2", "15.5", ""},
		{"x_money_round.xlsx", "number_rounded@G2", "", "0 M-201 account=actual;funding_area=FB2;source_of_funds=ifk expenditure=1234.57"},
		{"htmlasxls.xls", "file_html", "", ""},
		// Unusual ways to write a workbook, which are none to read it in another way.
		{"x_nostyles.xlsx", "number@C2", "", ""}, {"x_font_noname.xlsx", "number@C2", "", ""}, {"fx_noframe.xlsx", "number@C2", "", ""}, {"fx_longname.xlsx", "number@C2", "", ""},
		{"crash_minimal_styles.xlsx", "column_missing@1 number@D2", "15", ""}, {"panic_1.xlsx", "number@D2 code_unknown@C3 part_too_large@E3", "15 männlich", ""}, {"panic_2.xlsx", "number@D2 code_unknown@C3 part_too_large@E3", "15 männlich", ""},
	} {
		t.Run(test.file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join("testdata/workbooks", test.file))
			if err != nil {
				t.Fatal(err)
			}
			findings, suggestions, figures := judged(t, File{Name: test.file, Size: int64(len(content)), Content: bytes.NewReader(content)})
			if findings != test.findings || suggestions != test.suggestions || figures != test.figures {
				t.Errorf("found %q, want %q\nsuggested %q, want %q\nread %q\nwant %q", findings, test.findings, suggestions, test.suggestions, figures, test.figures)
			}
		})
	}
}

// A number format may change what a number says, or put the unit of the key figure
// beside it.
func TestNumberFormatsChangeWhatIsSaid(t *testing.T) {
	const finance = "Organisation;Jahr;Massnahme;Förderbereich;Finanzquelle;Rechnungsart;Betrag\nAGS;2025;M-201;FB2;ifk;actual;"
	const persons = "Gemeinde;Jahr;Neu Zugezogene aus dem Ausland\nGrenchen;2025;"
	const hours = "Organisation;Periode;Massnahme;Gemeinde;Bereich;Form des Einsatzes;Sprache;Einsätze;Einsatzstunden;davon durch qualifizierte Dolmetschende\nLINGUADUKT;2025-Q3;M-701;Grenchen;health;onsite;ar;12;10.5;"
	for _, test := range []struct {
		table, format         string
		number                float64
		findings, suggestions string
		want                  string // what is read at last
	}{
		{finance, `0" Tsd."`, 1234, "number_format@G2", "1234000", ""}, {finance, `0.0" Mio."`, 1.5, "number_format@G2", "1500000", ""}, {finance, `0"'000"`, 12, "number_format@G2", "12000", ""},
		{finance, `"ca. "0`, 5, "number_format@G2", "", ""}, {finance, `0" k"`, 5, "number_format@G2", "5000", ""}, {finance, `0" EUR"`, 5, "number_format@G2", "", ""}, {finance, `[<5]"<5";0`, 3, "number_inexact@G2", "", ""},
		{finance, `[<5]"<5";0`, 7, "", "", "7"}, {finance, `0,`, 1234567, "number_scaled@G2", "", "1234567"}, {finance, `0," Tsd."`, 1234567, "number_scaled@G2", "", "1234567"}, {finance, ";;;", 7, "number_unseen@G2", "", "7"},
		{finance, `0%`, 0.5, "number_percent@G2", "", ""}, {finance, `0"%"`, 50, "number_percent@G2", "", ""}, {finance, `-0`, 5, "number_format@G2", "", ""}, {finance, `0"."00`, 1234, "number_format@G2", "", ""},
		{finance, `"CHF "#,##0.00`, 1234.5, "", "", "1234.5"}, {finance, `#,##0.00" Fr."`, 1234.5, "", "", "1234.5"}, {finance, `[$CHF-807] #,##0.00`, 1234.5, "", "", "1234.5"}, {finance, `#,##0".–"`, 1234, "", "", "1234"},
		{finance, `#,##0.00;[Red]-#,##0.00`, 1234.5, "", "", "1234.5"}, {finance, `#'##0`, 1234, "", "", "1234"},
		{persons, `0" Personen"`, 12, "column_missing@1", "", ""}, {persons, `0" pers."`, 12, "column_missing@1", "", ""}, {persons, `0" TN"`, 12, "column_missing@1 number_format@C2", "", ""}, {persons, `0" Mio. Personen"`, 12, "column_missing@1 number_format@C2", "", ""},
		{hours, `0.0" h"`, 5.5, "", "", "5.5"}, {hours, `0.00" Std."`, 5.5, "", "", "5.5"}, {hours, `0.0" heures"`, 5.5, "", "", "5.5"}, {hours, `0.0" Min."`, 5.5, "number_format@J2", "", ""},
	} {
		book := workbookOf(t, test.table, func(f *excelize.File) {
			lines := strings.Split(test.table, "\n")
			cell, _ := excelize.CoordinatesToCellName(strings.Count(lines[1], ";")+1, 2)
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &test.format})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellFloat("Daten", cell, test.number, -1, 64); err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Daten", cell, cell, style); err != nil {
				t.Fatal(err)
			}
		})
		findings, suggestions, figures := judged(t, bookFile(book))
		last := figures[strings.LastIndexByte(figures, '=')+1:]
		if findings != test.findings || suggestions != test.suggestions || last != test.want {
			t.Errorf("%v in %s: found %q, want %q; suggested %q, want %q; read %q, want %q", test.number, test.format, findings, test.findings, suggestions, test.suggestions, last, test.want)
		}
	}
}

// In a column that may be empty, nothing can mean «none» or «as above».
func TestAMeasureThatIsMissingMayBeTheOneAbove(t *testing.T) {
	const head = "Organisation;Jahr;Massnahme;Förderbereich;Finanzquelle;Rechnungsart;Betrag\n"
	for _, test := range []struct{ name, rows, want string }{
		{"as above", "AGS;2025;M-201;FB2;ifk;actual;7\nAGS;2025;;FB2;canton;actual;8\n", "measure_blank@C3"},
		{"some as above", "AGS;2025;M-201;FB2;ifk;actual;7\nAGS;2025;;FB2;canton;actual;8\nAGS;2025;M-202;FB2;ifk;actual;7\nAGS;2025;M-202;FB2;canton;actual;7\n", "measure_blank@C3"},
		{"in the long layout", "", "measure_blank@C3"},
		{"the measure above has that row", "AGS;2025;M-201;FB2;ifk;actual;7\nAGS;2025;M-201;FB2;canton;actual;9\nAGS;2025;;FB2;ifk;actual;8\n", ""},
		{"none above", "AGS;2025;;FB2;ifk;actual;7\nAGS;2025;M-201;FB2;canton;actual;8\n", ""},
		{"none at all", "AGS;2025;;FB2;ifk;actual;7\nAGS;2025;;FB2;canton;actual;8\n", ""},
	} {
		content := head + test.rows
		if test.rows == "" {
			content = "Organisation;Jahr;Massnahme;Förderbereich;Finanzquelle;Rechnungsart;Kennzahl;Wert\nAGS;2025;M-201;FB2;ifk;actual;Betrag;7\nAGS;2025;;FB2;canton;actual;Betrag;8\n"
		}
		if findings, _, _ := judged(t, fileOf(content)); findings != test.want {
			t.Errorf("%s: found %q, want %q", test.name, findings, test.want)
		}
	}
}

// Sums of computed amounts differ by what was rounded off, and by no more.
func TestATotalMayDifferByWhatWasRounded(t *testing.T) {
	const head = "Massnahme;Förderbereich;Finanzquelle;Rechnungsart;Organisation;Jahr;Betrag\nM-201;FB2;ifk;actual;AGS;2025;33.3333333\nM-202;FB2;ifk;actual;AGS;2025;33.3333333\nM-203;FB2;ifk;actual;AGS;2025;33.3333333\n"
	for total, want := range map[string]string{"100": "number_rounded@G2×3", "100.01": "number_rounded@G2×3", "99.99": "number_rounded@G2×3", "100.02": "total_differs@G5 number_rounded@G2×3", "101": "total_differs@G5 number_rounded@G2×3"} {
		if findings, _, _ := judged(t, fileOf(head+"Total;;;;;;"+total+"\n")); findings != want {
			t.Errorf("a total of %s: found %q, want %q", total, findings, want)
		}
	}
	_, suggestions, _ := judged(t, fileOf("Organisation;Periode;Massnahme;Gemeinde;Bereich;Form des Einsatzes;Sprache;Einsätze;Einsatzstunden;davon durch qualifizierte Dolmetschende\nLINGUADUKT;2025-Q3;M-701;Grenchen;health;onsite;ar;12;15.33333;7\n"))
	if suggestions != "15.33" {
		t.Errorf("suggested %q", suggestions)
	}
}

func TestAWebPageUnderTheNameOfAWorkbookIsNamed(t *testing.T) {
	for content, want := range map[string]string{
		"<html><table><tr><td>Gemeinde": "file_html", "\ufeff\n <!DOCTYPE html>\n<html>": "file_html", "<TABLE border=1><tr><td>x": "file_html", "MIME-Version: 1.0\nContent-Type: multipart/related": "file_html",
		`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">`: "file_html", "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook>": "file_xml_table", "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">": "file_xml_table",
		"<5;Gemeinde\n": "header_missing", "Gemeinde<br>;Jahr\n": "header_missing",
	} {
		if findings, _, _ := judged(t, fileOf(content)); findings != want {
			t.Errorf("%q: found %q, want %q", content, findings, want)
		}
	}
	utf16 := []byte{0xff, 0xfe}
	for _, c := range "<html><body>" {
		utf16 = append(utf16, byte(c), 0)
	}
	if findings, _, _ := judged(t, File{Name: "x.xls", Size: int64(len(utf16)), Content: bytes.NewReader(utf16)}); findings != "file_html" {
		t.Errorf("UTF-16: found %q", findings)
	}
}
