package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/xlsx/xlsxtest"
)

// What offices do to a sheet, and what comes of it.
func TestWorkbooksOfOfficesAreRead(t *testing.T) {
	const rows = "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nOlten;2025;m;4;3\nOlten;2025;w;9;8\n"
	const one = headLine + "\nOlten;2025;4;3\n"
	sheet := func(name, content string) func(f *excelize.File) {
		return func(f *excelize.File) {
			if _, err := f.NewSheet(name); err != nil {
				panic(err)
			}
			for i, line := range strings.Split(strings.TrimSuffix(content, "\n"), "\n") {
				for j, text := range strings.Split(line, ";") {
					cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
					if err := f.SetCellStr(name, cell, text); err != nil {
						panic(err)
					}
				}
			}
		}
	}
	do := func(errs ...error) {
		for _, err := range errs {
			if err != nil {
				panic(err)
			}
		}
	}
	for _, test := range []struct {
		name, content, want string
		more                []func(f *excelize.File)
		expect              Expect
		sheet               string
	}{
		{name: "one sheet", content: one, sheet: "Daten"},
		{name: "instructions before and lists behind", content: one, sheet: "Daten", more: []func(f *excelize.File){
			sheet("Anleitung", "So füllen Sie das Formular aus\nGemeinde;Name oder BFS-Nummer\n"), sheet("Codes", "BFS-Nr.;Gemeinde\n2581;Olten\n2546;Grenchen\n"),
			func(f *excelize.File) { do(f.MoveSheet("Anleitung", "Daten")) }}},
		{name: "the same form empty in another sheet", content: headLine + "\n", sheet: "Ausgefüllt", more: []func(f *excelize.File){sheet("Ausgefüllt", one)}},
		{name: "the same form in two sheets", content: one, want: "sheet_further", sheet: "Daten", more: []func(f *excelize.File){sheet("Zweites", one), sheet("Drittes", one)}},
		{name: "another form in another sheet although one is expected", content: one, expect: Expect{Form: "municipality_year"}, want: "sheet_further", sheet: "Daten",
			more: []func(f *excelize.File){sheet("Kurse", "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\nECAP;Q3 2025;M-201;Olten;A1;5;3\n")}},
		{name: "a sheet of the year before that is hidden", content: one, want: "sheet_hidden", sheet: "Daten",
			more: []func(f *excelize.File){sheet("2024", one), func(f *excelize.File) { do(f.SetSheetVisible("2024", false)) }}},
		{name: "only a hidden sheet", content: "Guten Tag\n", want: "header_missing sheet_hidden", sheet: "Daten",
			more: []func(f *excelize.File){sheet("2024", one), func(f *excelize.File) { do(f.SetSheetVisible("2024", false, true)) }}},
		{name: "a hidden list", content: one, sheet: "Daten",
			more: []func(f *excelize.File){sheet("Listen", "m\nw\n"), func(f *excelize.File) { do(f.SetSheetVisible("Listen", false)) }}},
		{name: "a title above", content: "Meldung der Gemeinde\n\nJahr;2025\n\nGemeinde;Ankünfte;Davon informiert\nOlten;4;3\n", sheet: "Daten",
			more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "A1", "C1")) }}},
		{name: "a header over two rows", content: "Gemeinde;Jahr;Personen;\n;;Ankünfte;Davon informiert\nOlten;2025;4;3\n", sheet: "Daten",
			more: []func(f *excelize.File){func(f *excelize.File) {
				do(f.MergeCell("Daten", "A1", "A2"), f.MergeCell("Daten", "B1", "B2"), f.MergeCell("Daten", "C1", "D1"))
			}}},
		{name: "a name that is cut in two by its group", content: "Gemeinde;Jahr;Davon;;\n;;informiert;Klatsch;Ankünfte\nOlten;2025;3;;4\n", want: "column_unknown@D2", sheet: "Daten",
			more: []func(f *excelize.File){func(f *excelize.File) {
				do(f.MergeCell("Daten", "A1", "A2"), f.MergeCell("Daten", "B1", "B2"), f.MergeCell("Daten", "C1", "D1"))
			}}},
		{name: "every header over two rows", content: headLine + "\n\nOlten;2025;4;3\n", sheet: "Daten",
			more: []func(f *excelize.File){func(f *excelize.File) {
				do(f.MergeCell("Daten", "A1", "A2"), f.MergeCell("Daten", "B1", "B2"), f.MergeCell("Daten", "C1", "C2"), f.MergeCell("Daten", "D1", "D2"))
			}}},
		{name: "a municipality over several rows", content: "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nOlten;2025;m;4;3\n;;w;9;8\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.MergeCell("Daten", "A2", "A3"), f.MergeCell("Daten", "B2", "B3"))
		}}},
		{name: "a municipality over number and name", content: "BFS-Nr.;Gemeinde;Jahr;Ankünfte;Davon informiert\nOlten;;2025;4;3\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "A2", "B2")) }}},
		{name: "a municipality over sex too", content: "Gemeinde;Geschlecht;Jahr;Ankünfte;Davon informiert\nOlten;;2025;4;3\n", want: "code_unknown@B2", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "A2", "B2")) }}},
		{name: "a figure over two rows", content: rows, want: "figure_merged@D3", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "D2", "D3")) }}},
		{name: "a figure over two columns", content: one, want: "figure_merged@C2 figure_merged@D2", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "C2", "D2")) }}},
		{name: "titles and figures over two columns each", content: "Gemeinde;;Jahr;Ankünfte;;Davon informiert\nOlten;;2025;4;;3\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.MergeCell("Daten", "A1", "B1"), f.MergeCell("Daten", "A2", "B2"), f.MergeCell("Daten", "D1", "E1"), f.MergeCell("Daten", "D2", "E2"))
		}}},
		{name: "each row over two", content: headLine + "\nOlten;2025;4;3\n\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.MergeCell("Daten", "A2", "A3"), f.MergeCell("Daten", "B2", "B3"), f.MergeCell("Daten", "C2", "C3"), f.MergeCell("Daten", "D2", "D3"))
		}}},
		{name: "no figures over two columns", content: headLine + "\nOlten;2025;k. A.;\nOlten;2025;4;3\n", want: "duplicate@3", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "C2", "D2")) }}},
		{name: "a total over its columns", content: rows + "Total;;;13;11\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "A4", "C4")) }}},
		{name: "a remark below the table", content: rows + "Stand 31.12.2025\n", want: "row_note@A4", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "A4", "E4")) }}},
		{name: "a name and its value over several columns", content: "Jahr;;2025\nGemeinde;Ankünfte;Davon informiert\nOlten;4;3\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "A1", "B1")) }}},
		{name: "text that is struck through", content: rows, want: "text_struck@A3", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.SetCellRichText("Daten", "A3", []excelize.RichTextRun{{Text: "Olten", Font: &excelize.Font{Strike: true}}}))
		}}},
		{name: "a figure of which a part is struck through", content: rows, want: "text_struck@D2", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.SetCellRichText("Daten", "D2", []excelize.RichTextRun{{Text: "5", Font: &excelize.Font{Strike: true}}, {Text: "54"}}))
		}}},
		{name: "a row that is struck through", content: rows, want: "text_struck@A3 text_struck@B3 text_struck@C3 text_struck@D3 text_struck@E3", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
			do(err, f.SetCellStyle("Daten", "A3", "E3", style))
		}}},
		{name: "a title that is struck through", content: rows, want: "text_struck@D1", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
			do(err, f.SetCellStyle("Daten", "D1", "D1", style))
		}}},
		{name: "footnotes at a name and a title", content: rows, sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			raised := &excelize.Font{VertAlign: "superscript"}
			do(f.SetCellRichText("Daten", "A2", []excelize.RichTextRun{{Text: "Olten"}, {Text: "1)", Font: raised}}), f.SetCellRichText("Daten", "D1", []excelize.RichTextRun{{Text: "Ankünfte"}, {Text: "2", Font: raised}}))
		}}},
		{name: "a row without height", content: rows, want: "row_hidden@3", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.SetRowHeight("Daten", 3, 0)) }}},
		{name: "a title that is merged with the cells below it", content: headLine + ";Bemerkung\nOlten;2025;4;3;\nOlten;2025;5;3;\n", want: "duplicate@3", sheet: "Daten",
			more: []func(f *excelize.File){func(f *excelize.File) { do(f.MergeCell("Daten", "E1", "E9")) }}},
		{name: "a hidden row", content: rows, want: "row_hidden@3", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.SetRowVisible("Daten", 3, false)) }}},
		{name: "a hidden row with nothing in it", content: rows, sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.SetRowVisible("Daten", 9, false)) }}},
		{name: "a hidden column", content: one, want: "column_hidden@D1", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.SetColVisible("Daten", "D:Z", false)) }}},
		{name: "a hidden column that is not read", content: headLine + ";Bemerkung\nOlten;2025;4;3;gut\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) { do(f.SetColVisible("Daten", "E", false)) }}},
		{name: "a day as the period", content: headLine + "\nOlten;;4;3\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.SetCellValue("Daten", "B2", time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)))
		}}},
		{name: "a sum", content: headLine + "\nOlten;2025;;3\n", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.SetCellInt("Daten", "C2", 4), f.SetCellFormula("Daten", "C2", "2+2"))
		}}},
		{name: "sums that nobody has computed", content: rows, want: "formula_uncomputed@D2×2", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			for _, cell := range []string{"D2", "D3"} {
				do(f.SetCellDefault("Daten", cell, ""), f.SetCellFormula("Daten", cell, "2+2"))
			}
		}}},
		{name: "an error of Excel", content: headLine + "\nOlten;2025;#DIV/0!;3\n", want: "number_formula@C2", sheet: "Daten"},
		{name: "a mail address in the sheet", content: headLine + ";Bemerkung\nOlten;2025;4;3;an hans@example.ch\n", want: "personal_mail@E2", sheet: "Daten"},
		{name: "a mail address in another sheet", content: one, sheet: "Daten", more: []func(f *excelize.File){sheet("Anleitung", "Fragen an integration@example.ch\n")}},
		{name: "a social insurance number in another sheet", content: one, want: "personal_elsewhere", sheet: "Daten", more: []func(f *excelize.File){sheet("Liste", "x\n\nHans;756.9217.0769.85\n")}},
		{name: "one as a number in a hidden sheet", content: one, want: "personal_elsewhere", sheet: "Daten", more: []func(f *excelize.File){sheet("Liste", "x\n"), func(f *excelize.File) {
			do(f.SetCellInt("Liste", "B7", 7569217076985), f.SetSheetVisible("Liste", false))
		}}},
		{name: "one as the name of a sheet", content: one, want: "sheet_further personal_elsewhere", sheet: "Daten", more: []func(f *excelize.File){sheet("7569217076985", one)}},
		{name: "one in a comment", content: one, want: "personal_elsewhere", sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.AddComment("Daten", excelize.Comment{Cell: "A2", Author: "Amt", Paragraph: []excelize.RichTextRun{{Text: "756.9217."}, {Text: "0769.85"}}}))
		}}},
		{name: "a comment", content: one, sheet: "Daten", more: []func(f *excelize.File){func(f *excelize.File) {
			do(f.AddComment("Daten", excelize.Comment{Cell: "A2", Author: "hans@example.ch", Paragraph: []excelize.RichTextRun{{Text: "Bitte prüfen"}}}))
		}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := checkBook(t, workbookOf(t, test.content, test.more...), test.expect)
			if got := codes(report); got != test.want || report.Sheet != test.sheet {
				t.Errorf("found %q in %q, want %q in %q\n%s", got, report.Sheet, test.want, test.sheet, messages(report))
			}
			for _, message := range strings.Split(messages(report), "\n") {
				if strings.Contains(message, "756") || strings.Contains(message, "{") {
					t.Errorf("said %s", message)
				}
			}
		})
	}
}

func TestFurtherSheetsAreNamed(t *testing.T) {
	sheet := strings.Replace(xlsxtest.Crafted("", nil)["xl/workbook.xml"], "</sheets>", `<sheet name="R&amp;D" sheetId="2" r:id="rId2"/><sheet name="Alt" sheetId="3" state="veryHidden" r:id="rId3"/><sheet name="Diagramm" sheetId="4" r:id="rId4"/></sheets>`, 1)
	rows := xlsxtest.Inline(headLine, "Olten;2025;4;3")
	data := xlsxtest.Crafted(rows, nil)["xl/worksheets/sheet1.xml"]
	report := checkBook(t, xlsxtest.Zipped(t, xlsxtest.Crafted(rows, map[string]string{"xl/workbook.xml": sheet, "xl/worksheets/sheet2.xml": data, "xl/worksheets/sheet3.xml": data,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + xlsxtest.Relation("rId3", "worksheet", "worksheets/sheet3.xml") + xlsxtest.Relation("rId2", "worksheet", "worksheets/sheet2.xml") +
			xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + xlsxtest.Relation("rId4", "chartsheet", "chartsheets/sheet1.xml") + `</Relationships>`})), Expect{})
	if got := codes(report); got != "sheet_further sheet_hidden" || !strings.Contains(messages(report), "«R&D»") || !strings.Contains(messages(report), "«Alt»") || strings.Contains(messages(report), "Diagramm") {
		t.Errorf("found %s\n%s", got, messages(report))
	}
}

func TestThousandsOfEmptyFormattedRowsCostLittle(t *testing.T) {
	var rows strings.Builder
	rows.WriteString(`<row r="1"><c r="A1" t="inlineStr"><is><t>Gemeinde</t></is></c><c r="B1" t="inlineStr"><is><t>Jahr</t></is></c><c r="C1" t="inlineStr"><is><t>Ankünfte</t></is></c><c r="D1" t="inlineStr"><is><t>Davon informiert</t></is></c></row>`)
	rows.WriteString(`<row r="2"><c r="A2" t="inlineStr"><is><t>Olten</t></is></c><c r="B2"><v>2025</v></c><c r="C2"><v>4</v></c><c r="D2"><v>3</v></c></row>`)
	for i := 3; i <= 200_000; i++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:8" x14ac:dyDescent="0.25"><c r="A%d" s="5"/><c r="B%d" s="5"/><c r="C%d" s="6"/><c r="D%d" s="6"/></row>`, i, i, i, i, i)
	}
	content := xlsxtest.Zipped(t, xlsxtest.Crafted(rows.String(), nil))
	start := time.Now()
	var report Report
	growth := xlsxtest.HeapGrowth(func() { report = checkBook(t, content, Expect{}) })
	if got := codes(report); got != "" || report.Rows != 1 {
		t.Errorf("found %q in %d rows", got, report.Rows)
	}
	if took := time.Since(start); took > 3*time.Second || growth > 32<<20 {
		t.Errorf("%s, %d MiB", took, growth>>20)
	}
}
