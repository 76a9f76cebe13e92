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
	f.Add(parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"], parts["[Content_Types].xml"], parts["xl/worksheets/sheet1.xml"])
	f.Add(parts["xl/workbook.xml"], strings.Replace(parts["xl/_rels/workbook.xml.rels"], "worksheets/", "../../x/", 1), parts["[Content_Types].xml"], "<a/>")
	f.Fuzz(func(t *testing.T, list, relations, types, sheet string) {
		holds(t, small(), xlsxtest.Zipped(t, xlsxtest.Crafted("", map[string]string{"xl/workbook.xml": list, "xl/_rels/workbook.xml.rels": relations, "[Content_Types].xml": types, "xl/worksheets/sheet1.xml": sheet})))
	})
}
