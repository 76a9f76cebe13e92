package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files under testdata/cases are of the kinds that offices and their systems write,
// and in which something may be taken for another thing. Each is read as it was meant,
// or refused, or asked about; none is misread in silence.
func TestNoFileIsReadOtherThanItWasMeant(t *testing.T) {
	const (
		women   = "2546 w arrivals=520; 2546 w arrivals_informed=498; 2546 w first_talks=300; 2546 w first_talks_within_90_days=280; 2546 w first_talks_protection_explained=200; 2546 w counselling_talks=90; 2546 w persons_with_need=40; 2546 w persons_with_need_assigned=30"
		unknown = "2546 u arrivals=9; 2546 u arrivals_informed=5; 2546 u first_talks=3; 2546 u first_talks_within_90_days=2; 2546 u first_talks_protection_explained=1; 2546 u counselling_talks=1; 2546 u persons_with_need=1; 2546 u persons_with_need_assigned=1"
	)
	men := strings.ReplaceAll(women, " w ", " m ")
	account := func(measure, value string) string {
		return "0 " + measure + " account=actual;funding_area=FB2;source_of_funds=ifk expenditure=" + value
	}
	for file, want := range map[string]struct {
		findings     string
		observations string // "": refused
		suggestions  string // of all findings
	}{
		"c_acct_dash.csv":         {"mark_zero@G2", account("M-201", "0") + "; " + account("M-202", "1000"), ""},
		"c_cp850.csv":             {"encoding_old", women + "; " + men, ""},
		"c_eq.csv":                {"", women, ""},
		"c_filldown2.csv":         {"municipality_blank@D3", "2581 M-502 w project_participations=12; 0 M-502 m project_participations=15", ""},
		"c_footnotes.csv":         {"number_footnote@D2 number_footnote@E2 number_footnote@F2 number_footnote@G2 number_footnote@H2 number_footnote@I2", "", "520 498 300 280 200 90"},
		"c_mixed_cr.csv":          {"", women + "; " + men + "; " + unknown, ""},
		"c_nul_tail.csv":          {"", women, ""},
		"c_quote_swallow.csv":     {"quote_swallows@2", "", ""},
		"c_sci.csv":               {"number_scientific@G2", "", ""},
		"c_sepmix2.csv":           {"row_separator@A3", "", ""},
		"c_total_mid.csv":         {"total_differs_above@F3", "", ""},
		"c_x_tick2.csv":           {"number_tick@F2 number_tick@I2 number_tick@J3", "", ""},
		"c_zwsp.csv":              {"", women, ""},
		"comma_decimal_mid.csv":   {"row_too_long@2", "", ""},
		"comma_thousand_last.csv": {"row_too_long@2", "", ""},
		"header_in_1000_chf.csv":  {"unit_header@G1", "", ""},
		"long_unit.csv":           {"unit_differs@H2", "", ""},
		"suffix_12k.csv":          {"number@G2", "", ""},
		"title_1000.csv":          {"unit_title@A1 unit_title@G2", account("M-201", "1234"), ""},
		"title_year.csv":          {"title_year@A1×2", women, ""},
		"tot_canton_rows.csv":     {"row_sum@4", "2581 M-502 project_participations=12; 2546 M-502 project_participations=15; 0 M-502 project_participations=27", ""},
		"us_date.csv":             {"period_day_first@B2", "", ""},
	} {
		t.Run(file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join("testdata/cases", file))
			if err != nil {
				t.Fatal(err)
			}
			report, err := Check(fileOf(string(content)), whole(), Expect{})
			if err != nil {
				t.Fatal(err)
			}
			if got := codes(report); got != want.findings {
				t.Errorf("found %q, want %q\n%s", got, want.findings, messages(report))
			}
			if report.Accepted() != (want.observations != "") {
				t.Fatalf("accepted: %t", report.Accepted())
			}
			if report.Accepted() {
				if got := shorts(readAll(t, whole(), content, report)); got != want.observations {
					t.Errorf("read %s\nwant %s", got, want.observations)
				}
			}
			var suggestions []string
			for _, f := range report.Findings {
				if f.Suggestion != "" {
					suggestions = append(suggestions, f.Suggestion)
				}
				if f.Severity == Warning && !f.Explain {
					t.Errorf("%s asks for no explanation", f.Code)
				}
			}
			if got := strings.Join(suggestions, " "); got != want.suggestions {
				t.Errorf("suggested %q, want %q", got, want.suggestions)
			}
		})
	}
}

func TestEachKindOfMisreadingIsCaught(t *testing.T) {
	const (
		head    = "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert;Bemerkung\n"
		comma   = "Gemeinde,Jahr,Geschlecht,Ankünfte,Davon informiert,Bemerkung\n"
		courses = "Organisation,Periode,Massnahme,Gemeinde,Sprachniveau,Teilnahmen,Ziel erreicht,Stunden,Bemerkung\n"
		finance = "Organisation;Periode;Rechnung;Ausgaben\n"
		long    = "Organisation;Periode;Rechnung;Kennzahl;Wert;Einheit\n"
	)
	for _, test := range []struct{ name, content, want string }{
		{"thousands in the midst of a row", comma + "Grenchen,2025,m,1,234,3,\n", "row_too_long@2"},
		{"a comma in a note", comma + "Grenchen,2025,m,4,3,gut, sehr gut\n", "row_too_long@2"},
		{"empty cells behind the row", comma + "Grenchen,2025,m,4,3,,,\n", ""},
		{"decimals, and cells at the end left out", courses + "ECAP,Q1 2025,M-201,Olten,A1,4,3,10,5\n", "number_cut@H2"},
		{"a number for a note, and no comma", courses + "ECAP,Q1 2025,M-201,Olten,A1,4,3,,5\n", ""},
		{"a semicolon in a note", head + "Grenchen;2025;m;4;3;gut; sehr gut\n", "row_too_long@2"},
		{"headers with empty cells behind them", "Gemeinde,Jahr,Ankünfte,Davon informiert,,\nGrenchen,2025,4,3,gut,\n", "column_without_header@E2"},
		{"a quote that closes in the last row", head + "Grenchen;2025;m;4;3;\"gut\nGrenchen;2025;w;5;4;\n\nGrenchen;2025;u;1;1;\"\n", "quote_swallows@2"},
		{"a note of several lines with semicolons", head + "Grenchen;2025;m;4;3;\"gut;\nsehr gut; wirklich\"\n", ""},
		{"a row with tabs", head + "Grenchen;2025;m;4;3;\nGrenchen\t2025\tw\t5\t4\t\n", "row_separator@A3"},
		{"a row quoted as a whole", head + "Grenchen;2025;m;4;3;\n\"Grenchen;2025;w;5;4;\"\n", "row_separator@A3"},
		{"a remark with commas", head + "Grenchen;2025;m;4;3;\nQuelle: Register, Stand Februar, ohne Asyl\n", "row_note@A3"},
		{"all rows quoted as a whole", "\"Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\"\n\"Grenchen;2025;m;4;3\"\n\"Grenchen;2025;w;5;4\"\n", ""},
		{"pipes", "Gemeinde|Jahr|Geschlecht|Ankünfte|Davon informiert\nGrenchen|2025|m|4|3\n", ""},
		{"everything in column A", "\"Gemeinde,Jahr,Geschlecht,Ankünfte,Davon informiert\";;\n\"Grenchen,2025,m,4,3\";;\n", ""},

		{"thousands in a header", finance[:len(finance)-1] + " (TCHF)\nAGS;1. Halbjahr 2025;Budget;12\n", "unit_header@D1"},
		{"thousands in a French header", "Organisation;Période;Compte;Dépenses en milliers de francs\nAGS;2025-H1;Budget;12\n", "unit_header@D1"},
		{"millions in an Italian header", "Organisation;Periode;Rechnung;Ausgaben in mio.\nAGS;2025-H1;Budget;12\n", "unit_header@D1"},
		{"shares in a header", "Gemeinde;Jahr;Ankünfte;Davon informiert (in %)\nGrenchen;2025;40;30\n", "unit_header@D1"},
		{"the unit of the form in a header", "Organisation;Periode;Rechnung;Ausgaben (in CHF)\nAGS;2025-H1;Budget;12\n", ""},
		{"thousands in a title", "Angaben in Tsd. CHF\n" + finance + "AGS;2025-H1;Budget;12\n", "unit_title@A1"},
		{"thousands in a French title", "montants en milliers de francs\n" + finance + "AGS;2025-H1;Budget;12\n", "unit_title@A1"},
		{"thousands in an Italian title", "importi in migliaia di franchi\n" + finance + "AGS;2025-H1;Budget;12\n", "unit_title@A1"},
		{"thousands in an English title", "amounts in thousands of francs\n" + finance + "AGS;2025-H1;Budget;12\n", "unit_title@A1"},
		{"shares in a title", "Alle Angaben in Prozent\n" + head + "Grenchen;2025;m;4;3;\n", "unit_title@A1"},
		{"thousands below the table", finance + "AGS;2025-H1;Budget;12\nBeträge in 1000 CHF;;;\n", "unit_title@A3"},
		{"a title with another number", "Gemeinden unter 1000 Einwohnern\n" + head + "Grenchen;2025;m;4;3;\n", ""},
		{"units of a long file", long + "AGS;2025-H1;Budget;Ausgaben;12;CHF\nAGS;2025-H1;Ist;Ausgaben;12;Fr.\n", ""},
		{"another unit of a long file", long + "AGS;2025-H1;Budget;Ausgaben;12;Stunden\nAGS;2025-H1;Ist;Ausgaben;12;Säcke\n", "unit_differs@F2 unit_differs@F3"},
		{"thousands in a column of units", "Organisation;Periode;Rechnung;Ausgaben;Unité\nAGS;2025-H1;Budget;12;kCHF\n", "unit_differs@E2 column_unknown@E1"},

		{"a year in the title", "Bericht 2024\n" + head + "Grenchen;2025;m;4;3;\n", "title_year@A1"},
		{"a year in a header", "Gemeinde;Jahr;Ankünfte 2024;Davon informiert\nGrenchen;2025;4;3\n", "title_year@C1"},
		{"years that are not those of the figures", "KIP 3 (2024–2027)\nStand Februar 2026; gedruckt am 3.2.2026\nseit 2022\n" + head + "Grenchen;2025;m;4;3;\n", ""},
		{"a date with two readings in one period", "Organisation;Jahr;Antworten\nAGS;07/01/2027;4\n", ""},
		{"a date with one reading", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;31/03/2025;M-201;Olten;A1;4;3\n", ""},
		{"a date with points", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;07.01.2025;M-201;Olten;A1;4;3\n", ""},

		{"signs for a figure", head + "Grenchen;2025;m;–;*;\nGrenchen;2025;w;.;–;\nGrenchen;2025;u;1;k. A.;\n", "mark_missing@D2×2 mark_not_applicable@E2 mark_not_applicable@D3"},
		{"signs that nobody sees turn a number", head + "Grenchen;2025;m;\u202e12\u202c;3;\n", "number_invisible@D2"},
		{"totals in the column of notes", head + "Grenchen;2025;m;4;3;\nGrenchen;2025;w;5;4;\nGrenchen;2025;;9;7;Total\n", "row_total@F4"},
		{"totals of a spreadsheet", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;M-201;Olten;A1;4;3\nECAP;Q1 2025;M-201;Olten Ergebnis;;4;3\nGesamtergebnis;;;;;4;3\n", ""},
		{"totals in the column of periods", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;M-201;Olten;A1;4;3\nECAP;Grand Total;M-201;;;4;3\n", "row_total@B3"},
		{"lost letters", "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nGrenchen;2025;m\ufffdnnlich;4;3\n", "code_unknown@C2 letters_lost@C2"},
		{"NUL within a text", head + "Grenchen;2025;m;4;3;gut\x00\n" + strings.Repeat("Grenchen;2025;w;4;3;\n", 20), "file_nul"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := check(t, test.content, Expect{})
			if got := codes(report); got != test.want {
				t.Errorf("found %q, want %q\n%s", got, test.want, messages(report))
			}
		})
	}
}

func TestNoSumOfAFileIsBeyondAllBounds(t *testing.T) {
	const head = "Organisation;Periode;Rechnung;Ausgaben\n"
	for _, test := range []struct{ name, content, want string }{
		{"much too much", head + "AGS;2025-H1;Budget;100000000000\n", "too_large@D2"},
		{"much too little", head + "AGS;2025-H1;Budget;-100000000000\n", "too_small@D2"},
		{"many large ones", head + strings.Repeat("AGS;2025-H1;Budget;9999999999\n", 12), "duplicate@3×11 sum_too_large@D12"},
		{"many that cancel out", head + strings.Repeat("AGS;2025-H1;Budget;9999999999\nAGS;2025-H1;Budget;-9999999999\n", 6), "duplicate@3×11 sum_too_large@D12"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := codes(check(t, test.content, Expect{})); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestASuggestionIsRightOrAbsent(t *testing.T) {
	for text, want := range map[string]string{
		"12k": "", "12T": "", "12 Tsd.": "", "1,5 Mio": "", "2 Dutzend": "", "nicht 15": "", "15 von 20": "", "12l": "", "3fach": "", "1.23E+05": "", "15:20": "", "0:07": "",
		"ca. 15": "15", "15 Personen": "15", "~15": "15", "1O5": "105", "l2": "12", "520 1)": "520", "498*": "498", "300¹": "300", "280 (1)": "280", "200p": "200", "90 r": "90", "1'234 *": "1'234",
	} {
		if _, got := noNumber(text, persons); got != want {
			t.Errorf("for %q %q is suggested, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"15:30": "15.5", "15:30:00": "15.5", "15:30:20": "", "15:20": "", "120:45": "120.75"} {
		if code, got := noNumber(text, hours); got != want || code != "number_time" {
			t.Errorf("for %q %q is suggested (%s), want %q", text, got, code, want)
		}
	}
}
