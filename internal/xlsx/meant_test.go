package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"kipmonitor/internal/xlsx/xlsxtest"
)

// describe reads the first sheet after a survey: each row as «row: cells», with what is
// remarked of its columns and whether it is hidden.
func describe(t *testing.T, content []byte, spread bool) string {
	t.Helper()
	reader := bytes.NewReader(content)
	b, err := Open(reader, reader.Size())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Survey(reader, reader.Size(), b.Sheets[0]); err != nil {
		t.Fatal(err)
	}
	rows, err := b.Rows(reader, reader.Size(), b.Sheets[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for {
		cells, number, err := rows.Next()
		if err == io.EOF {
			return strings.Join(lines, "\n")
		}
		if err == nil && spread {
			cells, err = rows.Spread(func(int) bool { return true })
		}
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%d: %s", number, bytes.Join(cells, []byte("|")))
		for _, r := range rows.Remarks() {
			line += fmt.Sprintf(" %c=%s", 'A'+r.Column, map[RemarkKind]string{Uncomputed: "uncomputed", Doubtful: "doubtful", Merged: "merged", Dressed: "dressed", Altered: "altered", Scaled: "scaled " + r.Shown, Unseen: "unseen"}[r.Kind])
		}
		if rows.Hidden() {
			line += " hidden"
		}
		for column := range cells {
			if rows.ColumnHidden(column) {
				line += fmt.Sprintf(" %c hidden", 'A'+column)
			}
		}
		lines = append(lines, line)
	}
}

// sheetWith is a workbook with a sheet of the given XML within <worksheet>.
func sheetWith(t *testing.T, sheet string, changes map[string]string) []byte {
	t.Helper()
	parts := xlsxtest.Crafted("", changes)
	parts["xl/worksheets/sheet1.xml"] = "<worksheet>" + sheet + "</worksheet>"
	return xlsxtest.Zipped(t, parts)
}

func relations(more ...string) string {
	return "<Relationships>" + xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + strings.Join(more, "") + "</Relationships>"
}

func TestATextIsMoreThanItsDigits(t *testing.T) {
	const raised, struck = `<rPr><vertAlign val="superscript"/></rPr>`, `<rPr><b/><strike/></rPr>`
	texts := `<sst><si><r><t>12</t></r><r>` + raised + `<t>1</t></r></si><si><r>` + struck + `<t>5</t></r><r><t>54</t></r></si><si><t>54</t><phoneticPr fontId="1"/><rPh sb="0" eb="2"><t>99</t></rPh></si>` +
		`<si><r><rPr><vertAlign val="subscript"/></rPr><t>1)</t></r><r><rPr><vertAlign val="baseline"/><strike val="0"/></rPr><t>7</t></r></si></sst>`
	styles := `<styleSheet><fonts><font/><font><strike/></font><font><vertAlign val="superscript"/></font><font><strike val="false"/></font></fonts><cellStyleXfs><xf fontId="1"/></cellStyleXfs>` +
		`<cellXfs><xf/><xf fontId="1"/><xf fontId="2"/><xf fontId="3"/></cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>`
	changes := map[string]string{"xl/_rels/workbook.xml.rels": relations(xlsxtest.Relation("s", "sharedStrings", "sharedStrings.xml"), xlsxtest.Relation("f", "styles", "styles.xml")), "xl/sharedStrings.xml": texts, "xl/styles.xml": styles}
	for _, test := range []struct{ name, cells, want string }{
		{"shared runs", `<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c>`, "12¹|5\u033654|54|₁₎7"},
		{"inline runs", `<c t="inlineStr"><is><r><t>12</t></r><r>` + raised + `<t>1</t></r></is></c><c t="inlineStr"><is><r>` + struck + `<t>5</t></r><r><t> 54</t></r><rPh><t>x</t></rPh></is></c>`, "12¹|5\u0336 54"},
		{"all of a cell", `<c s="1"><v>12</v></c><c s="2"><v>12</v></c><c s="3"><v>12</v></c><c s="1" t="s"><v>2</v></c><c s="1" t="s"><v>1</v></c><c s="2" t="str"><f>"a"</f><v>7</v></c>`, "1\u03362\u0336|¹²|12|5\u03364\u0336|5\u03365\u03364\u0336|⁷"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := describe(t, sheetWith(t, "<sheetData><row>"+test.cells+"</row></sheetData>", changes), false); got != "1: "+test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
	}
}

func TestResultsThatNobodyHasComputed(t *testing.T) {
	const sums = `<sheetData><row><c><f>A1</f><v>0</v></c><c><f>A1</f><v>0.0</v></c><c><f>A1</f></c><c t="str"><f>A1</f><v></v></c><c t="str"><f>A1</f><v>x</v></c><c><v>0</v></c></row></sheetData>`
	const pair = `<sheetData><row><c><f>A1</f><v>0</v></c><c><f>A1</f><v>7</v></c></row></sheetData>`
	list := xlsxtest.Crafted("", nil)["xl/workbook.xml"]
	calculation := func(attributes string) map[string]string {
		return map[string]string{"xl/workbook.xml": strings.Replace(list, "</workbook>", "<calcPr "+attributes+"/></workbook>", 1)}
	}
	chain := map[string]string{"xl/calcChain.xml": "<calcChain/>", "xl/_rels/workbook.xml.rels": relations(xlsxtest.Relation("c", "calcChain", "calcChain.xml"))}
	for _, test := range []struct {
		name, sheet string
		changes     map[string]string
		want        string
	}{
		{"nothing is known", strings.Replace(sums, "x", "", 1), nil, "0|0.0|=|||0 A=doubtful B=doubtful C=uncomputed"},
		{"to be computed when opened", sums, calculation(`calcId="1" fullCalcOnLoad="1"`), "=|=|=|=|x|0 A=uncomputed B=uncomputed C=uncomputed D=uncomputed"},
		{"the computing was not finished", pair, calculation(`calcCompleted="0"`), "=|7 A=uncomputed"},
		{"a program has computed them", sums, chain, "0|0.0|=||x|0 C=uncomputed"},
		{"another formula has a result", pair, nil, "0|7"},
		{"a sheet is computed as before", pair, calculation(`calcId="1" fullCalcOnLoad="0"`), "0|7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := describe(t, sheetWith(t, test.sheet, test.changes), false); got != "1: "+test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
	}
}

func TestMergedCellsHoldForAllTheirRowsAndColumns(t *testing.T) {
	cell := func(name, text string) string {
		return `<c r="` + name + `" t="str"><v>` + text + `</v></c>`
	}
	row := func(n int, cells ...string) string {
		return fmt.Sprintf(`<row r="%d">%s</row>`, n, strings.Join(cells, ""))
	}
	merge := func(ranges ...string) string {
		return `<mergeCells><mergeCell ref="` + strings.Join(ranges, `"/><mergeCell ref="`) + `"/></mergeCells>`
	}
	for _, test := range []struct{ name, sheet, want, spread string }{
		{"over rows", row(1, cell("A1", "a"), cell("B1", "1")) + row(2, cell("B2", "2")) + row(3, cell("B3", "3")) + "</sheetData>" + merge("A1:A2"),
			"1: a|1 A=merged\n2: a|2 A=merged\n3: |3", ""},
		{"over columns", row(1, cell("A1", "a"), cell("C1", "1")) + row(2, cell("A2", "b"), cell("C2", "2")) + "</sheetData>" + merge("A1:B1"),
			"1: a||1 A=merged\n2: b||2", "1: a|a|1 A=merged B=merged\n2: b||2"},
		{"over both", row(1, cell("A1", "a"), cell("C1", "1")) + row(2, cell("C2", "2")) + "</sheetData>" + merge("A1:B2"),
			"1: a||1 A=merged\n2: a||2 A=merged", "1: a|a|1 A=merged B=merged\n2: a|a|2 A=merged B=merged"},
		{"what stands behind is not seen", row(1, cell("A1", "a"), cell("B1", "b"), cell("C1", "c")) + row(2, cell("A2", "x"), cell("C2", "c")) + "</sheetData>" + merge("A1:A2", "B1:C1"),
			"1: a|b|c A=merged B=merged\n2: a||c A=merged", "1: a|b|b A=merged B=merged C=merged\n2: a||c A=merged"},
		{"a row in which nothing else stands", row(1, cell("A1", "a"), cell("B1", "1")) + row(2, `<c r="B2" s="1"/>`) + row(3, cell("A3", "note")) + "</sheetData>" + merge("A1:A2", "A3:C3"),
			"1: a|1 A=merged\n3: note A=merged", "1: a|1 A=merged\n2: \n3: note A=merged"},
		{"rows that are not there", row(5, cell("A5", "a"), cell("B5", "1")) + row(9, cell("B9", "2")) + "</sheetData>" + merge("A5:A99"),
			"5: a|1 A=merged\n9: a|2 A=merged", ""},
		{"nothing in the first cell", row(1, cell("B1", "1")) + row(2, cell("A2", "x"), cell("B2", "2")) + "</sheetData>" + merge("A1:A2"), "1: |1\n2: x|2", ""},
		{"ranges that overlap, are turned over or one cell", row(1, cell("A1", "a"), cell("B1", "1")) + row(2, cell("B2", "2")) + "</sheetData>" + merge("A1:A2", "A1:B2", "B2:B1", "B1", "B1:B1"),
			"1: a|1 A=merged\n2: a|2 A=merged", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			content := sheetWith(t, "<sheetData>"+test.sheet, nil)
			plain := func(spread bool) string {
				var lines []string
				for _, line := range strings.Split(describe(t, content, spread), "\n") {
					if !strings.HasSuffix(line, ": ") {
						lines = append(lines, line)
					}
				}
				return strings.Join(lines, "\n")
			}
			if got := plain(false); got != test.want {
				t.Errorf("read\n%s\nwant\n%s", got, test.want)
			}
			if test.spread != "" && !strings.Contains(test.spread, "2: \n") && plain(true) != test.spread {
				t.Errorf("spread\n%s\nwant\n%s", plain(true), test.spread)
			}
		})
	}
}

func TestWhatNobodySeesIsHidden(t *testing.T) {
	const data = `<c t="str"><v>a</v></c><c t="str"><v>b</v></c>`
	for _, test := range []struct{ name, sheet, want string }{
		{"a hidden row", `<sheetData><row>` + data + `</row><row hidden="1">` + data + `</row><row hidden="true" ht="15">` + data + `</row></sheetData>`, "1: a|b\n2: a|b hidden\n3: a|b hidden"},
		{"no height", `<sheetData><row ht="0" customHeight="1">` + data + `</row><row ht="0.25">` + data + `</row><row ht="0.9">` + data + `</row><row ht="15">` + data + `</row></sheetData>`, "1: a|b hidden\n2: a|b hidden\n3: a|b\n4: a|b"},
		{"collapsed outline", `<sheetData><row outlineLevel="1" hidden="1">` + data + `</row><row collapsed="1">` + data + `</row></sheetData>`, "1: a|b hidden\n2: a|b"},
		{"filtered", `<sheetData><row>` + data + `</row><row hidden="1">` + data + `</row></sheetData><autoFilter ref="A1:B2"/>`, "1: a|b\n2: a|b hidden"},
		{"all rows hidden unless they say something", `<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/><sheetData><row>` + data + `</row><row ht="15">` + data + `</row><row hidden="0">` + data + `</row><row spans="1:2">` + data + `</row></sheetData>`, "1: a|b hidden\n2: a|b\n3: a|b\n4: a|b"},
		{"rows without a height of their own", `<sheetFormatPr defaultRowHeight="0" customHeight="1"/><sheetData><row>` + data + `</row><row ht="12">` + data + `</row></sheetData>`, "1: a|b hidden\n2: a|b"},
		{"columns", `<cols><col min="2" max="2" width="0" customWidth="1"/></cols><sheetData><row>` + data + `</row></sheetData>`, "1: a|b B hidden"},
		{"a collapsed column", `<cols><col min="1" max="1" hidden="1" outlineLevel="1"/><col min="2" max="9" width="0.05"/></cols><sheetData><row>` + data + `</row></sheetData>`, "1: a|b A hidden B hidden"},
		{"columns without a width of their own", `<sheetFormatPr defaultColWidth="0"/><cols><col min="1" max="1" width="9"/></cols><sheetData><row>` + data + `</row></sheetData>`, "1: a|b B hidden"},
		{"narrow columns", `<cols><col min="1" max="2" width="0.7"/></cols><sheetData><row>` + data + `</row></sheetData>`, "1: a|b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := describe(t, sheetWith(t, test.sheet, nil), false); got != test.want {
				t.Errorf("read\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
