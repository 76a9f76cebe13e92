package intake

import (
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// plainFile is a file without any fault.
const plainFile = `Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert;Beratungsgespräche
Grenchen;2025;m;40;30;12
Grenchen;2025;w;50;45;20
`

func TestAFileWithoutFaultIsAcceptedAndSummed(t *testing.T) {
	report := check(t, plainFile, Expect{})
	if !report.Accepted() || len(report.Findings) != 0 {
		t.Fatalf("findings: %s", messages(report))
	}
	if report.Form != "municipality_year" || report.Organisation != "G2546" || report.PeriodText != "2025" || report.Layout != Wide ||
		report.Rows != 2 || report.FaultyRows != 0 || report.Observations != 6 || report.Separator != ";" || report.Encoding != "UTF-8" {
		t.Errorf("report: %+v", report)
	}
	want := []Total{{KeyFigure: "arrivals", Value: figure.Whole(90), Given: 2}, {KeyFigure: "arrivals_informed", Value: figure.Whole(75), Given: 2}, {KeyFigure: "talks", Value: figure.Whole(32), Given: 2}}
	for i, total := range report.Totals {
		if total != want[i] {
			t.Errorf("total %d: %+v, want %+v", i, total, want[i])
		}
	}
}

func TestEachFaultIsFoundWhereItStands(t *testing.T) {
	const head = "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\n"
	const course = "Organisation;Periode;Massnahme;Gemeinde;Niveau de langue;Teilnahmen;Ziel erreicht;Stunden\n"
	const long = "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Kennzahl;Wert\n"
	for _, test := range []struct {
		name, content, want string
		expect              Expect
	}{
		{"empty file", "", "file_empty", Expect{}},
		{"blank lines only", "\n\r\n ;\n", "header_missing", Expect{}},
		{"spaces only", " \n \n", "file_empty", Expect{}},
		{"broken workbook under the name of a text", "PK\x03\x04rest", "file_broken", Expect{}},
		{"old workbook", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "file_xls", Expect{}},
		{"PDF", "%PDF-1.7", "file_pdf", Expect{}},
		{"neither text nor table", "abc\x00\x01\x02\x03;;;\x00", "file_binary", Expect{}},
		{"a text that is no table", "Sehr geehrte Damen und Herren\nim Anhang die Zahlen\n", "header_missing", Expect{}},
		{"a form that there is not", plainFile, "form_not_known", Expect{Form: "unfug"}},
		{"header without rows", head, "no_rows", Expect{}},
		{"rows without a figure", head + "Grenchen;2025;;;\n", "no_figures", Expect{}},
		{"remarks below the table", head + "Grenchen;2025;m;4;3\n;;;;\nStand 31.12.2025;;;;\nQuelle: Einwohnerregister\n", "row_note@A4 row_note@A5", Expect{}},
		{"remarks in the column of organisations", course + "ECAP;Q1 2025;M-201;Olten;A1;4;3;10\nStand 31.3.2025;;;;;;;\n", "row_note@A3", Expect{}},
		{"a remark with an address", head + "Grenchen;2025;m;4;3\nAuskunft: petra.muster@grenchen.ch;;;;\n", "personal_mail@A3 row_note@A3", Expect{}},
		{"a name with a slip and nothing else is no remark", head + "Grenchen;2025;m;4;3\nGrenchem;;;;\n", "municipality_unknown@A3 figure_empty@D3 figure_empty@E3", Expect{}},
		{"a bound is no number", head + "Grenchen;2025;m;<5;1–4\n", "number_inexact@D2 number_inexact@E2", Expect{}},
		{"unclosed quote", head + "Grenchen;2025;\"m;4;3\n", "quote_open@2", Expect{}},
		{"unknown column", "Gemeinde;Jahr;Ankünfte;Davon informiert;Farbe\nGrenchen;2025;4;3;rot\n", "column_unknown@E1", Expect{}},
		{"column with a slip", "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon infomriert\nGrenchen;2025;m;4;3\n", "column_missing@1 column_unknown@E1", Expect{}},
		{"required column missing", "Gemeinde;Jahr;Ankünfte\nGrenchen;2025;4\n", "column_missing@1", Expect{}},
		{"column twice", "Gemeinde;Jahr;Ankünfte;Zuzüge;Davon informiert\nGrenchen;2025;4;4;3\n", "column_twice@D1", Expect{}},
		{"cells without a header", "Gemeinde;Jahr;Ankünfte;;Davon informiert\nGrenchen;2025;4;hm;3;;und\n", "column_without_header@D2 column_without_header@G2", Expect{}},
		{"period unreadable", head + "Grenchen;bald;m;4;3\n", "period_unreadable@B2", Expect{}},
		{"period missing everywhere", head + "Grenchen;;m;4;3\n", "period_missing", Expect{}},
		{"period of another kind", head + "Grenchen;Q3 2025;m;4;3\n", "period_kind@B2", Expect{}},
		{"period outside the programme", head + "Grenchen;2019;m;4;3\n", "period_outside@B2", Expect{}},
		{"two periods", head + "Grenchen;2025;m;4;3\nGrenchen;2024;w;4;3\n", "period_differs@B3", Expect{}},
		{"a slip in the first row", head + "Grenchen;2019;m;4;3\nGrenchen;2025;w;4;3\n", "period_differs@B2", Expect{}},
		{"a slip in the organisation of the first row", course + "AGS;Q1 2025;M-201;Olten;A1;4;3;10\nECAP;Q1 2025;M-201;Olten;A2;4;3;10\n", "organisation_differs@A2", Expect{}},
		{"another period than expected", head + "Grenchen;2024;m;4;3\n", "period_expected@B2", Expect{Period: figure.Period{Year: 2025}}},
		{"unknown municipality", head + "Grenchem;2025;m;4;3\n", "municipality_unknown@A2", Expect{}},
		{"merged municipality", head + "Lüterswil;2025;m;4;3\n", "municipality_merged@A2", Expect{}},
		{"two municipalities in a form of one", head + "Grenchen;2025;m;4;3\nOlten;2025;m;4;3\n", "municipality_foreign@A3", Expect{}},
		{"municipality missing", course + "ECAP;Q1 2025;M-201;;A1;4;3;10\n", "municipality_missing@D2", Expect{}},
		{"number and name do not agree", "BFS-Nr.;Gemeinde;Jahr;Ankünfte;Davon informiert\n2546;Olten;2025;4;3\n", "municipality_foreign@B2", Expect{}},
		{"number and name do not agree at a provider", "Organisation;Periode;Massnahme;BFS-Nr.;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;M-201;2546;Olten;A1;4;3\n", "municipality_differs@E2", Expect{}},
		{"number and name in one cell do not agree", course + "ECAP;Q1 2025;M-201;2546 Olten;A1;4;3;10\n", "municipality_differs@D2", Expect{}},
		{"unknown organisation", course + "EKAP Solothurn;Q1 2025;M-201;Olten;A1;4;3;10\n", "organisation_unknown@A2", Expect{}},
		{"no organisation", "Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nQ1 2025;M-201;Olten;A1;4;3\n", "organisation_missing", Expect{}},
		{"two organisations", course + "ECAP;Q1 2025;M-201;Olten;A1;4;3;10\nVHS;Q1 2025;M-201;Olten;A2;4;3;10\n", "organisation_differs@A3", Expect{}},
		{"another organisation than expected", course + "ECAP;Q1 2025;M-201;Olten;A1;4;3;10\n", "organisation_expected@A2", Expect{Organisation: "VHS"}},
		{"a form that the organisation does not owe", course + "AGS;Q1 2025;M-201;Olten;A1;4;3;10\n", "form_not_owed@A2", Expect{}},
		{"unknown measure", course + "ECAP;Q1 2025;M-210;Olten;A1;4;3;10\n", "measure_unknown@C2", Expect{}},
		{"measure of another organisation", course + "ECAP;Q1 2025;M-203;Olten;A1;4;3;10\n", "measure_foreign@C2", Expect{}},
		{"measure that is over", course + "ECAP;Q1 2025;M-202;Olten;A1;4;3;10\n", "measure_not_running@C2", Expect{}},
		{"measure missing", course + "ECAP;Q1 2025;;Olten;A1;4;3;10\n", "measure_missing@C2", Expect{}},
		{"unknown code", course + "ECAP;Q1 2025;M-201;Olten;A7;4;3;10\n", "code_unknown@E2", Expect{}},
		{"code missing", course + "ECAP;Q1 2025;M-201;Olten;;4;3;10\n", "code_missing@E2", Expect{}},
		{"key figure unknown", long + "ECAP;Q1 2025;M-201;Olten;A1;Teilnahmen;4\nECAP;Q1 2025;M-201;Olten;A1;Teilnahmne;4\n", "key_figure_unknown@F3", Expect{}},
		{"key figure of another form", long + "ECAP;Q1 2025;M-201;Olten;A1;Teilnahmen;4\nECAP;Q1 2025;M-201;Olten;A1;Ausgaben;4\n", "key_figure_of_other_form@F3", Expect{}},
		{"key figure missing", long + "ECAP;Q1 2025;M-201;Olten;A1;Teilnahmen;4\nECAP;Q1 2025;M-201;Olten;A1;;4\n", "key_figure_missing@F3", Expect{}},
		{"no key figure says which form", long + "ECAP;Q1 2025;M-201;Olten;A1;Unfug;4\n", "form_unknown", Expect{}},
		{"two forms with the same columns", "Organisation;Antworten\nAGS;4\n", "form_ambiguous", Expect{}},
		{"no number", head + "Grenchen;2025;m;viele;3\n", "number@D2", Expect{}},
		{"formula", head + "Grenchen;2025;m;=SUMME(A1);3\n", "number_formula@D2", Expect{}},
		{"number too long", head + "Grenchen;2025;m;1234567890123456;3\n", "number_range@D2", Expect{}},
		{"persons with decimals", head + "Grenchen;2025;m;4,5;3\n", "number_decimals@D2", Expect{}},
		{"hours with too many decimals", course + "ECAP;Q1 2025;M-201;Olten;A1;4;3;0,125\n", "number_places@H2", Expect{}},
		{"share where a count is wanted", head + "Grenchen;2025;m;40 %;3\n", "number_percent@D2", Expect{}},
		{"thousands or decimals", head + "Grenchen;2025;m;1.000;3\n", "number_ambiguous@D2", Expect{}},
		{"thousands with a point", head + "Grenchen;2025;m;1.234;3\n", "number_thousands@D2", Expect{}},
		{"negative", head + "Grenchen;2025;m;-4;-3\n", "negative@D2 negative@E2", Expect{}},
		{"too large", head + "Grenchen;2025;m;40000;3\n", "too_large@D2", Expect{}},
		{"row twice", head + "Grenchen;2025;m;4;3\nGrenchen;2025;männlich;4;3\n", "duplicate@3", Expect{}},
		{"figure twice in the long layout", long + "ECAP;Q1 2025;M-201;Olten;A1;Teilnahmen;4\nECAP;Q1 2025;M-201;Olten;A1.1;participations;4\n", "duplicate@3", Expect{}},
		{"part larger than its whole", head + "Grenchen;2025;m;4;5\n", "part_too_large@E2", Expect{}},
		{"part larger than its whole in another row", long + "ECAP;Q1 2025;M-201;Olten;A1;Ziel erreicht;5\nECAP;Q1 2025;M-201;Olten;A1;Teilnahmen;4\n", "part_too_large@G2", Expect{}},
		{"parts do not add up", head + "Grenchen;2025;Total;9;6\nGrenchen;2025;m;4;3\nGrenchen;2025;w;4;3\n", "parts_do_not_add_up@D3", Expect{}},
		{"row of totals that is wrong", course + "ECAP;Q1 2025;M-201;Olten;A1;4;3;10\nECAP;Q1 2025;M-201;Olten;A2;5;3;10\nTotal;;;;;10;6;20\n", "total_differs@F4", Expect{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := check(t, test.content, test.expect)
			if got := codes(report); got != test.want {
				t.Errorf("found %q, want %q\n%s", got, test.want, messages(report))
			}
		})
	}
}

func TestWhatOfficesWriteIsNoFault(t *testing.T) {
	for _, test := range []struct {
		name, content, want string
		expect              Expect
	}{
		{"headers in French", "Commune;Année;Sexe;Arrivées;Dont informées\nGranges;2025;masculin;4;3\n", "2546 m arrivals=4; 2546 m arrivals_informed=3", Expect{}},
		{"headers in Italian", "Comune;Anno;Sesso;Arrivi;Di cui informati\nGrenchen;2025;femminile;4;3\n", "2546 w arrivals=4; 2546 w arrivals_informed=3", Expect{}},
		{"headers in English", "Municipality;Year;Arrivals;Of whom informed\nGrenchen;2025;4;3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"headers by id", "bfs_nr;period;sex;arrivals;arrivals_informed\n2546;2025;m;4;3\n", "2546 m arrivals=4; 2546 m arrivals_informed=3", Expect{}},
		{"transcribed umlauts, capitals, blanks", " GEMEINDE ;Jahr ; ANKUENFTE;davon  informiert \nGrenchen;2025;4;3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"decomposed umlauts", "Gemeinde;Jahr;Ankünfte;Davon informiert\nBüren;2025;4;3\n", "2472 arrivals=4; 2472 arrivals_informed=3", Expect{}},
		{"numbered headers with units and footnotes", "1. Gemeinde;2. Jahr:;3. Ankünfte (Personen);4. Davon informiert*\nGrenchen;2025;4;3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"header with the year behind", "Gemeinde;Jahr;Ankünfte 2025;Davon informiert (2025)\nGrenchen;2025;4;3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"titles above the header", "Meldung der Gemeinde Grenchen\n\nStand: Februar\nGemeinde;Jahr;Ankünfte;Davon informiert\nGrenchen;2025;4;3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"period and organisation above the header", "Organisation;ECAP;;\nPeriode: 3. Quartal 2025\nMassnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nM-201;Olten;A1;4;3\n", "2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3", Expect{}},
		{"municipality above the header", "Gemeinde: Grenchen\nJahr: 2025\nGeschlecht;Ankünfte;Davon informiert\nm;4;3\n", "2546 m arrivals=4; 2546 m arrivals_informed=3", Expect{}},
		{"what the caller knows", "Geschlecht;Ankünfte;Davon informiert\nm;4;3\n", "2546 m arrivals=4; 2546 m arrivals_informed=3", Expect{Form: "municipality_year", Organisation: "G2546", Period: figure.Period{Year: 2025}}},
		{"period in the first row only", "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nGrenchen;2025;m;4;3\n;;w;5;3\n", "2546 m arrivals=4; 2546 m arrivals_informed=3; 2546 w arrivals=5; 2546 w arrivals_informed=3", Expect{}},
		{"empty rows and columns at the end", "Gemeinde;Jahr;Ankünfte;Davon informiert;;;\nGrenchen;2025;4;3;;;\n;;;;;;\n\n;;;;;;\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"name with the canton, as number, as number and name", "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nBüren (SO);2025;m;4;3\n2472;2025;w;4;3\n2472 Büren SO;2025;u;4;3\n", "2472 m arrivals=4; 2472 m arrivals_informed=3; 2472 w arrivals=4; 2472 w arrivals_informed=3; 2472 u arrivals=4; 2472 u arrivals_informed=3", Expect{}},
		{"Sankt and St.", "Gemeinde;Jahr;Ankünfte;Davon informiert\nFeldbrunnen - Sankt Niklaus;2025;4;3\n", "2544 arrivals=4; 2544 arrivals_informed=3", Expect{}},
		{"number and name side by side", "BFS-Nr.;Name;Jahr;Ankünfte;Davon informiert\n2546;Stadt Grenchen;2025;4;3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"the state before a merger", "Gemeinde;Jahr;Ankünfte;Davon informiert\nLüterswil-Gächliwil;2023;4;3\n", "2456 arrivals=4; 2456 arrivals_informed=3", Expect{}},
		{"marks of what is missing", "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert;Beratungsgespräche\nGrenchen;2025;m;–;n/a;X\nGrenchen;2025;w;k. A.;...;0\nGrenchen;2025;u;.;entfällt;5\n",
			"2546 m arrivals=missing; 2546 m arrivals_informed=missing; 2546 m talks=missing; 2546 w arrivals=missing; 2546 w arrivals_informed=missing; 2546 w talks=0; 2546 u arrivals=n/a; 2546 u arrivals_informed=n/a; 2546 u talks=5", Expect{}},
		{"totals at the bottom", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;M-201;Olten;A1;4;3\nECAP;Q1 2025;M-201;Grenchen;A1;5;3\nTotal;;;;;9;6\n",
			"2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3; 2546 M-201 level=A1 participations=5; 2546 M-201 level=A1 goals_reached=3", Expect{}},
		{"totals in the column of the municipality", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;M-201;Olten;A1;4;3\nECAP;Q1 2025;M-201;Total Kanton;;4;3\n",
			"2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3", Expect{}},
		{"totals after each group", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;M-201;Olten;A1;4;3\nTotal Olten;;;;;4;3\nECAP;Q1 2025;M-201;Grenchen;A1;5;3\nTotal Grenchen;;;;;5;3\nTotal;;;;;9;6\n",
			"2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3; 2546 M-201 level=A1 participations=5; 2546 M-201 level=A1 goals_reached=3", Expect{}},
		{"year and quarter apart, the quarter first", "Quartal;Jahr;Organisation;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\n3;2025;ECAP Solothurn;M 201;Olten;a1;4;3\n", "2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3", Expect{}},
		{"measure by name, and by code and name", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q1 2025;Deutschkurse;Olten;A1;4;3\nECAP;Q1 2025;M-201: Deutsch;Olten;A2;4;3\n",
			"2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3; 2581 M-201 level=A2 participations=4; 2581 M-201 level=A2 goals_reached=3", Expect{}},
		{"money", "Organisation;Periode;Rechnung;Ausgaben (CHF)\nAGS;1. Halbjahr 2025;Budget;CHF 1'234.–\nAGS;1. Halbjahr 2025;Ist;-12’345.50\n", "0 account=budget expenditure=1234; 0 account=actual expenditure=-12345.5", Expect{}},
		{"the value under the other name of the figure", "Organisation;Periode;Rechnung;Kennzahl;Betrag\nAGS;2025-H1;Ist;Ausgaben;5\n", "0 account=actual expenditure=5", Expect{}},
		{"two forms with the same columns, told by the period", "Organisation;Jahr;Antworten\nAGS;2027;4\n", "0 answers=4", Expect{}},
		{"quoted cells with separators and line breaks", "Gemeinde;Jahr;\"Ankünfte\";\"Davon\ninformiert\";Bemerkung\nGrenchen;2025;\"4\";3;\"mit \"\"Komma\"\";\nund Umbruch\"\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"a quote within a cell", "Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\nGrenchen;2025;4;3;Kurs \"Deutsch\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"commas between cells, decimal points", "Organisation,Periode,Massnahme,Gemeinde,Sprachniveau,Teilnahmen,Ziel erreicht,Stunden\nECAP,Q1 2025,M-201,Olten,A1,4,3,10.5\n", "2581 M-201 level=A1 participations=4; 2581 M-201 level=A1 goals_reached=3; 2581 M-201 level=A1 lesson_hours=10.5", Expect{}},
		{"more decimal commas than semicolons", "Organisation;Periode;Rechnung;Ausgaben\nAGS;1,2,3,4,5,6,7,8;Ist;1,5\n", "", Expect{}},
		{"the line that names the separator", "sep=,\nGemeinde,Jahr,Ankünfte,Davon informiert\nGrenchen,2025,4,3\n", "2546 arrivals=4; 2546 arrivals_informed=3", Expect{}},
		{"spoilt umlauts", "Gemeinde;Jahr;AnkÃ¼nfte;Davon informiert\nBÃ¼ren;2025;4;3\n", "2472 arrivals=4; 2472 arrivals_informed=3", Expect{}},
		{"classes with a dash and in words", "Gemeinde;Jahr;Altersklasse;Ankünfte;Davon informiert\nOlten;2025;5 – 15;4;3\nOlten;2025;ab 56;4;3\nOlten;2025;16-25 Jahre;4;3\n",
			"2581 5-15 arrivals=4; 2581 5-15 arrivals_informed=3; 2581 56+ arrivals=4; 2581 56+ arrivals_informed=3; 2581 16-25 arrivals=4; 2581 16-25 arrivals_informed=3", Expect{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want == "" {
				if report := check(t, test.content, test.expect); report.Separator != ";" {
					t.Errorf("separator %q", report.Separator)
				}
				return
			}
			if got := shorts(observe(t, test.content, test.expect)); got != test.want {
				t.Errorf("read %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestWhatWasProbablyMeantIsSuggested(t *testing.T) {
	const course = "Organisation;Periode;Massnahme;Gemeinde;Geschlecht;Altersklasse;Sprachniveau;Teilnahmen;Ziel erreicht\n"
	for _, test := range []struct{ name, content, code, want string }{
		{"municipality", course + "ECAP;Q1 2025;M-201;Grenchem;m;5-15;A1;4;3\n", "municipality_unknown", "Grenchen"},
		{"swapped letters", course + "ECAP;Q1 2025;M-201;Soltohurn;m;5-15;A1;4;3\n", "municipality_unknown", "Solothurn"},
		{"organisation", course + "ECAP Soloturn;Q1 2025;M-201;Olten;m;5-15;A1;4;3\n", "organisation_unknown", "ECAP Solothurn"},
		{"measure", course + "ECAP;Q1 2025;Deutschkurs;Olten;m;5-15;A1;4;3\n", "measure_unknown", "M-201"},
		{"code", course + "ECAP;Q1 2025;M-201;Olten;weibich;5-15;A1;4;3\n", "code_unknown", "weiblich"},
		{"abbreviated code", course + "ECAP;Q1 2025;M-201;Olten;weibl.;5-15;A1;4;3\n", "code_unknown", "weiblich"},
		{"code of two letters could be any", course + "ECAP;Q1 2025;M-201;Olten;we;5-15;A1;4;3\n", "code_unknown", ""},
		{"letter for a digit", course + "ECAP;Q1 2025;M-201;Olten;m;5-15;A1;1O5;3\n", "number", "105"},
		{"class that a spreadsheet took for a day", course + "ECAP;Q1 2025;M-201;Olten;m;15. Mai;A1;4;3\n", "code_unknown", "5-15"},
		{"class that a spreadsheet took for a date", course + "ECAP;Q1 2025;M-201;Olten;m;05.15;A1;4;3\n", "code_unknown", "5-15"},
		{"number with a word", course + "ECAP;Q1 2025;M-201;Olten;m;5-15;A1;ca. 15;3\n", "number", "15"},
		{"header", strings.Replace(course, "Teilnahmen", "Teilnamen", 1) + "ECAP;Q1 2025;M-201;Olten;m;5-15;A1;15;3\n", "column_unknown", "Teilnahmen"},
		{"header close to another name of it", "Gemeinde;Jahr;Zuzügge;Davon informiert\nOlten;2025;4;3\n", "column_unknown", "Ankünfte"},
		{"header close to one in the sender's language", "Commune;Année;Arivées;Davon informiert\nOlten;2025;4;3\n", "column_unknown", "Arrivées"},
		{"header close to one that stands there already", "Gemeinde;Jahr;Ankünfte;Ankünfta;Davon informiert\nOlten;2025;4;5;3\n", "column_unknown", ""},
		{"nothing where nothing is close", course + "ECAP;Q1 2025;M-201;Zürich;m;5-15;A1;15;3\n", "municipality_unknown", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range check(t, test.content, Expect{}).Findings {
				if f.Code == test.code {
					if f.Suggestion != test.want {
						t.Errorf("suggested %q, want %q", f.Suggestion, test.want)
					}
					return
				}
			}
			t.Errorf("no finding %s", test.code)
		})
	}
}

func TestAMergedMunicipalityIsTakenToItsSuccessor(t *testing.T) {
	report := check(t, "Gemeinde;Jahr;Ankünfte;Davon informiert\nLüterswil;2025;4;3\n", Expect{})
	const want = "Lüterswil-Gächliwil gehört seit dem 1. Januar 2024 zu Buchegg (Nr. 2465). Melden Sie die Zahlen dort."
	if got := messages(report); got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestFaultsWithOneCauseAreOneFinding(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\n")
	for range 500 {
		rows.WriteString("ECAP;Q1 2025;M-201;Grenchem;A1;viele;3\n")
	}
	report := check(t, rows.String(), Expect{})
	if got := codes(report); got != "municipality_unknown@D2×500 number@F2×500" {
		t.Fatalf("found %s", got)
	}
	if n := len(report.Findings[0].More); n != maxPlaces {
		t.Errorf("%d further places are named, want %d", n, maxPlaces)
	}
	if report.FaultyRows != 500 || report.Rows != 500 {
		t.Errorf("%d faulty rows of %d", report.FaultyRows, report.Rows)
	}
}

func TestAFileFullOfDifferentFaultsGivesAShortReport(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\n")
	for i := range 3000 {
		rows.WriteString("ECAP;Q1 2025;M-201;Dorf" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + ";A1;viel" + strings.Repeat("e", i%97) + ";3\n")
	}
	report := check(t, rows.String(), Expect{})
	count := 0
	for _, f := range report.Findings {
		count += f.Count
	}
	if len(report.Findings) > 2*(maxCauses+1) || count != 6000 {
		t.Errorf("%d findings with %d places, want at most %d with 6000", len(report.Findings), count, 2*(maxCauses+1))
	}
}

func TestDuplicatesNameBothRows(t *testing.T) {
	report := check(t, "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nOlten;2025;m;4;3\nOlten;2025;w;4;3\nOlten;2025;m;4;3\nOlten;2025;w;4;3\n", Expect{})
	if got := codes(report); got != "duplicate@4×2" {
		t.Fatalf("found %s", got)
	}
	if got := report.Findings[0].In(locale.German); !strings.Contains(got, "Zeile 4 wiederholt Zeile 2") || !strings.Contains(got, "2/4, 3/5") {
		t.Errorf("said %q", got)
	}
}

func TestEveryMessageSaysWhatToDoInFourLanguages(t *testing.T) {
	for _, key := range locale.Keys() {
		if !strings.HasPrefix(key, "intake.") || key == "intake.did_you_mean" {
			continue
		}
		for _, language := range locale.Languages {
			text := language.Say(key, nil)
			if sentences := strings.Count(text, ". ") + strings.Count(text, "; ") + strings.Count(text, ": "); sentences == 0 {
				t.Errorf("%s in %s says only what is wrong: %q", key, language, text)
			}
		}
	}
}
