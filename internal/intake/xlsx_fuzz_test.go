package intake

import (
	"bytes"
	"strings"
	"testing"

	"kipmonitor/internal/xlsx/xlsxtest"
)

// FuzzWorkbook: whatever an archive holds, the check ends with a report; what it
// accepts can be read, gives as many observations as announced, and adds up.
func FuzzWorkbook(f *testing.F) {
	good := xlsxtest.Zipped(f, xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3"), map[string]string{
		"xl/_rels/workbook.xml.rels": `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + xlsxtest.Relation("s", "sharedStrings", "sharedStrings.xml") + xlsxtest.Relation("f", "styles", "styles.xml") + `</Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>Olten</t></si></sst>`, "xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`, "xl/comments1.xml": "<comments/>"}))
	f.Add(good)
	f.Add(good[:len(good)-30])
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xD0\xCF\x11\xE0"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, head := range []string{"PK\x03\x04", "\xD0\xCF\x11\xE0"} {
			if bytes.HasPrefix(content, []byte(head)) {
				holds(t, small(), content)
			}
		}
	})
}

// FuzzWorkbookParts puts parts into an archive that is whole, so that what lies
// behind the archive is reached.
func FuzzWorkbookParts(f *testing.F) {
	parts := xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3"), nil)
	sheet := `<worksheet><sheetFormatPr zeroHeight="1"/><cols><col min="3" max="3" width="0"/></cols><sheetData>` + xlsxtest.Inline(headLine) +
		`<row r="2"><c t="s"><v>0</v></c><c><v>2025</v></c><c s="1"><v>4</v></c><c s="2"><f>1+2</f><v>0</v></c></row><row r="3"><c r="C3" s="1"><v>5</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="C2:D3"/></mergeCells></worksheet>`
	styles := `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[&lt;5]&quot;&lt;5&quot;;0&quot; Tsd.&quot;"/></numFmts><fonts><font/><font><strike/></font></fonts><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="44" fontId="1"/></cellXfs></styleSheet>`
	texts := `<sst><si><r><t>Olten</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1)</t></r></si></sst>`
	related := `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + xlsxtest.Relation("s", "sharedStrings", "sharedStrings.xml") + xlsxtest.Relation("f", "styles", "styles.xml") + `</Relationships>`
	f.Add(parts["xl/workbook.xml"], related, parts["[Content_Types].xml"], sheet, styles, texts)
	f.Add(parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"], parts["[Content_Types].xml"], parts["xl/worksheets/sheet1.xml"], "<a/>", "")
	f.Add(strings.Replace(parts["xl/workbook.xml"], "</sheets>", `</sheets><calcPr fullCalcOnLoad="1"/>`, 1), strings.Replace(related, "worksheets/", "../../x/", 1), parts["[Content_Types].xml"], "<a/>", styles, texts)
	f.Fuzz(func(t *testing.T, list, relations, types, sheet, styles, texts string) {
		holds(t, small(), xlsxtest.Zipped(t, xlsxtest.Crafted("", map[string]string{"xl/workbook.xml": list, "xl/_rels/workbook.xml.rels": relations, "[Content_Types].xml": types,
			"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": styles, "xl/sharedStrings.xml": texts})))
	})
}
