package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	office      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	mainSpace   = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
)

// crafted are the parts of a workbook written by hand: a sheet «Daten» with the
// given rows, and what is added or, where it is "", left out.
func crafted(rows string, changes map[string]string) map[string]string {
	parts := map[string]string{
		"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + spreadsheet + `sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="` + office + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook` + mainSpace + ` xmlns:r="x"><sheets><sheet name="Daten" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + relationTo("rId1", "worksheet", "worksheets/sheet1.xml") + `</Relationships>`,
		"xl/worksheets/sheet1.xml":   `<?xml version="1.0" encoding="UTF-8"?><worksheet` + mainSpace + `><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	for name, content := range changes {
		if parts[name] = content; content == "" {
			delete(parts, name)
		}
	}
	return parts
}

func relationTo(id, kind, target string) string {
	return `<Relationship Id="` + id + `" Type="` + office + kind + `" Target="` + target + `"/>`
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	var names []string
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if strings.HasSuffix(name, "sharedStrings.xml") {
			header.Method = zip.Store // the long ones take their time
		}
		part, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inline writes rows of texts without any references.
func inline(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("<row>")
		for _, text := range strings.Split(line, ";") {
			fmt.Fprintf(&b, `<c t="inlineStr"><is><t>%s</t></is></c>`, text)
		}
		b.WriteString("</row>")
	}
	return b.String()
}

const headLine = "Gemeinde;Jahr;Ankünfte;Davon informiert"

// readSheet returns the rows of the first sheet as lines, with their numbers.
func readSheet(t testing.TB, content []byte) string {
	t.Helper()
	file := bookFile(content)
	b, err := openBook(file)
	if err != nil {
		return err.Error()
	}
	rows, err := b.rows(file, b.sheets[0])
	if err != nil {
		return err.Error()
	}
	var lines []string
	for {
		cells, number, err := rows.Next()
		if err == io.EOF {
			return strings.Join(lines, "\n")
		}
		if err != nil {
			return strings.Join(append(lines, err.Error()), "\n")
		}
		if len(cells) > 0 {
			lines = append(lines, fmt.Sprintf("%d: %s", number, bytes.Join(cells, []byte("|"))))
		}
	}
}

func TestCellsAreReadAsTheyAreMeant(t *testing.T) {
	styles := `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/><numFmt numFmtId='165' formatCode="[$-807]d. mmmm yyyy;@"/>` +
		`<numFmt numFmtId="166" formatCode="0&quot; Tage&quot;"/><numFmt numFmtId="167" formatCode="[h]:mm"/><numFmt numFmtId="168" formatCode="0.00\%"/><numFmt numFmtId="169" formatCode="[Red]General"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="22"/><xf numFmtId="45"/><xf numFmtId="168"/><xf numFmtId="169"/><xf numFmtId="17"/><xf numFmtId="20"/></cellXfs></styleSheet>`
	texts := `<sst><si><t>Olten</t></si><si><r><rPr><b/><rFont val="t"/></rPr><t xml:space="preserve">Bür</t></r><r><t>en</t></r><rPh sb="0" eb="1"><t>LAUT</t></rPh></si><si><t/></si><si/><si><t>a_x000D_&#10;b_x005F_x0041_</t></si><si><t><![CDATA[<&amp;>]]></t></si></sst>`
	relations := `<Relationships>` + relationTo("rId1", "worksheet", "/xl/worksheets/sheet1.xml") + relationTo("s", "sharedStrings", "sharedStrings.xml") + relationTo("f", "styles", "styles.xml") + `</Relationships>`
	for _, test := range []struct{ name, cells, want string }{
		{"numbers", `<c><v>42</v></c><c><v>0.30000000000000004</v></c><c><v>1.2E+3</v></c><c><v>-7.5</v></c><c><v>1E-3</v></c>`, "42|0.3|1200|-7.5|0.0010"},
		{"floats as Excel writes them", `<c><v>1234.5600000000001</v></c><c><v>4.9406564584124654E-324</v></c><c><v>123456789012345680</v></c><c><v>1E+300</v></c>`, "1234.56|4.94065645841247E-324|123456789012346000|1.00000000000000E+300"},
		{"three digits behind the point are no thousand", `<c><v>1.234</v></c><c t="str"><v>1.234</v></c>`, "1.2340|1.234"},
		{"shared texts", `<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>5</v></c>`, "Olten|Büren|||<&amp;>"},
		{"letters that XML cannot hold", `<c t="s"><v>4</v></c>`, "a\r\nb_x0041_"},
		{"inline texts", `<c t="inlineStr"><is><r><t>a &lt;</t></r><r><t> b&#x2019;&unknown;</t></r><rPh><t>x</t></rPh></is></c>`, "a < b’&unknown;"},
		{"days", `<c s="1"><v>46022</v></c><c s="3"><v>46022.75</v></c><c s="4"><v>59</v></c><c s="1"><v>61</v></c><c s="11"><v>1</v></c><c s="7"><v>46022.999999999</v></c>`, "2025-12-31|2025-12-31 18:00:00|1900-02-28|1900-03-01|1900-01-01|2026-01-01"},
		{"what is no day", `<c s="1"><v>-1</v></c><c s="5"><v>46022</v></c><c s="10"><v>46022</v></c><c s="1" t="s"><v>0</v></c><c s="999"><v>46022</v></c><c s="1"><v>2958466</v></c>`, "-1|46022|46022|Olten|46022|2958466"},
		{"hours", `<c s="6"><v>1.5625</v></c><c s="8"><v>0.5</v></c><c s="12"><v>0.25</v></c>`, "37:30:00|12:00:00|6:00:00"},
		{"shares", `<c s="2"><v>0.85</v></c><c s="2"><v>0.333333333333333</v></c><c s="9"><v>85</v></c><c s="2"><v>-1E-9</v></c><c s="2"><v>1</v></c>`, "85%|33.33%|85%|0%|100%"},
		{"ISO days", `<c t="d"><v>2025-12-31T00:00:00</v></c>`, "2025-12-31T00:00:00"},
		{"truth", `<c t="b"><v>1</v></c><c t="b"><v>0</v></c>`, "TRUE|FALSE"},
		{"errors", `<c t="e"><v>#DIV/0!</v></c><c t="e"><f>1/0</f><v>#REF!</v></c>`, "#DIV/0!|#REF!"},
		{"formulas", `<c><f>1+1</f><v>2</v></c><c t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c t="str"><f>""</f><v></v></c><c><f>A1</f></c><c><f>A1</f><v/></c>`, "2|ab||=|="},
		{"attributes in any order, with blanks and both quotes", "<c\n\tt = 's'\r\n  s=\"0\"  r='B1'  x:y=\"a>b'\" ><v>0</v ></c >", "|Olten"},
		{"gaps", `<c r="B1"><v>1</v></c><c><v>2</v></c><c r="E1" s="1"/>`, "|1|2"},
		{"comments, instructions and what is not known", `<!-- <c> --><?x <c>?><c><!-- - --><v>1<!--2-->3</v><extLst><ext><v>9</v></ext></extLst></c><other><c><v>5</v></c></other>`, "13"},
		{"a number that is none", `<c><v>abc</v></c><c><v> 5 </v></c><c><v>NaN</v></c><c><v>0x1p4</v></c>`, "abc|5|NaN|0x1p4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := readSheet(t, zipped(t, crafted("<row>"+test.cells+"</row>", map[string]string{"xl/_rels/workbook.xml.rels": relations, "xl/styles.xml": styles, "xl/sharedStrings.xml": texts})))
			if got != "1: "+test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
	}
}

func TestDaysMayBeCountedFrom1904(t *testing.T) {
	parts := crafted(`<row><c s="1"><v>44560</v></c></row>`, map[string]string{
		"xl/_rels/workbook.xml.rels": `<Relationships>` + relationTo("rId1", "worksheet", "worksheets/sheet1.xml") + relationTo("f", "styles", "styles.xml") + `</Relationships>`,
		"xl/styles.xml":              `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`})
	parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	if got := readSheet(t, zipped(t, parts)); got != "1: 2025-12-31" {
		t.Errorf("read %q", got)
	}
}

func TestRowsMayBeWrittenInManyWays(t *testing.T) {
	for _, test := range []struct{ name, sheet, want string }{
		{"prefixes", `<x:worksheet xmlns:x="m"><x:sheetData><x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`, "2: a"},
		{"byte order mark", "\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>", "1: 1"},
		{"sparse rows", `<worksheet><sheetData><row r="3"><c r="C3"><v>1</v></c></row><row><c><v>2</v></c></row><row r="1048576"><c><v>3</v></c></row></sheetData></worksheet>`, "3: ||1\n4: 2\n1048576: 3"},
		{"no rows", `<worksheet><sheetData/></worksheet>`, ""},
		{"only empty rows", `<worksheet><sheetData><row r="1"/><row r="2"><c r="A2" s="4"/></row></sheetData></worksheet>`, ""},
		{"rows in another order", `<worksheet><sheetData><row r="3"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row></sheetData></worksheet>`, "3: 1\nfile_broken"},
		{"a cell twice", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>`, "file_broken"},
		{"a cell of another row", `<worksheet><sheetData><row r="1"><c r="A2"><v>1</v></c></row></sheetData></worksheet>`, "file_broken"},
		{"a row beyond the last", `<worksheet><sheetData><row r="1048577"><c><v>1</v></c></row></sheetData></worksheet>`, "file_broken"},
		{"a column beyond the last", `<worksheet><sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData></worksheet>`, "file_broken"},
		{"a column that is too far", `<worksheet><sheetData><row r="1"><c r="ALM1"><v>1</v></c></row></sheetData></worksheet>`, "file_too_wide"},
		{"an empty column that is too far", `<worksheet><sheetData><row r="1"><c><v>1</v></c><c r="XFD1" s="3"/></row></sheetData></worksheet>`, "1: 1"},
		{"an end that is missing", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`, "1: 1\nfile_broken"},
		{"a cell that is cut", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`, "file_broken"},
		{"a tag that is cut", `<worksheet><sheetData><row r="1"><c r="A1`, "file_broken"},
		{"no sheet", `<worksheet></worksheet>`, "file_broken"},
		{"a text that is not there", `<worksheet><sheetData><row><c t="s"><v>7</v></c></row></sheetData></worksheet>`, "file_broken"},
		{"a document type", `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`, "file_xml"},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><worksheet><sheetData/></worksheet>`, "file_xml"},
		{"UTF-16", "\xFF\xFE<\x00w\x00", "file_xml"},
		{"UTF-16 without a mark", "<\x00w\x00", "file_xml"},
		{"letters that are none", "<worksheet><sheetData><row><c t='str'><v>\xff\xfe</v></c></row></sheetData></worksheet>", "file_broken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := readSheet(t, zipped(t, crafted("", map[string]string{"xl/worksheets/sheet1.xml": test.sheet}))); got != test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatAWorkbookMustNotHoldIsRefused(t *testing.T) {
	rows := inline(headLine, "Olten;2025;4;3")
	types := func(more string) string {
		return strings.Replace(crafted("", nil)["[Content_Types].xml"], "</Types>", more+"</Types>", 1)
	}
	external := func(kind string) string {
		return `<Relationships><Relationship Id="a" Type="` + office + kind + `" Target="https://example.ch/x" TargetMode="External"/></Relationships>`
	}
	for _, test := range []struct {
		name    string
		changes map[string]string
		want    string
	}{
		{"nothing", nil, ""},
		{"macros", map[string]string{"xl/vbaProject.bin": "x"}, "file_macros"},
		{"macros under another name", map[string]string{"[Content_Types].xml": types(`<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>`)}, "file_macros"},
		{"the type of a workbook with macros", map[string]string{"[Content_Types].xml": `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`}, "file_macros"},
		{"macros by a relation alone", map[string]string{"xl/worksheets/_rels/sheet1.xml.rels": `<Relationships><Relationship Id="a" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="../a"/></Relationships>`}, "file_macros"},
		{"macros of Excel 4", map[string]string{"xl/macrosheets/sheet1.xml": "<x/>"}, "file_macros"},
		{"another workbook", map[string]string{"xl/externalLinks/externalLink1.xml": "<x/>"}, "file_links"},
		{"another workbook by a relation", map[string]string{"xl/a/_rels/b.xml.rels": external("externalLinkPath")}, "file_links"},
		{"a picture elsewhere", map[string]string{"xl/drawings/_rels/drawing1.xml.rels": external("image")}, "file_links"},
		{"a source of data", map[string]string{"xl/connections.xml": "<x/>"}, "file_links"},
		{"a link to click on", map[string]string{"xl/worksheets/_rels/sheet1.xml.rels": external("hyperlink")}, ""},
		{"a document", map[string]string{"xl/embeddings/Document1.docx": "x"}, "file_embedded"},
		{"an object", map[string]string{"[Content_Types].xml": types(`<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>`), "xl/a/b.BIN": "x"}, "file_embedded"},
		{"macros announced that are not there", map[string]string{"[Content_Types].xml": types(`<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>`)}, ""},
		{"macros announced for parts of their kind", map[string]string{"[Content_Types].xml": types(`<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>`), "xl/a.bin": "x"}, "file_macros"},
		{"a control", map[string]string{"xl/activeX/activeX1.xml": "<x/>"}, "file_embedded"},
		{"pictures, charts, comments and printers", map[string]string{"xl/media/image1.png": "\x89PNG", "xl/charts/chart1.xml": "<c/>", "xl/comments1.xml": "<comments/>", "xl/drawings/vmlDrawing1.vml": "<xml><br></xml>", "xl/printerSettings/printerSettings1.bin": "x"}, ""},
		{"a binary workbook", map[string]string{"xl/workbook.bin": "x"}, "file_xlsb"},
		{"OpenDocument", map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": "<x/>"}, "file_ods"},
		{"any archive", map[string]string{"[Content_Types].xml": ""}, "file_zip"},
		{"a letter", map[string]string{"[Content_Types].xml": `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`}, "file_zip"},
		{"no sheet", map[string]string{"xl/worksheets/sheet1.xml": ""}, "file_broken"},
		{"a sheet outside", map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships>` + relationTo("rId1", "worksheet", "../../../etc/passwd") + `</Relationships>`}, "file_broken"},
		{"a list of sheets outside", map[string]string{"_rels/.rels": `<Relationships>` + relationTo("r1", "officeDocument", "../xl/workbook.xml") + `</Relationships>`}, "file_broken"},
		{"no sheets", map[string]string{"xl/workbook.xml": `<workbook/>`}, "file_broken"},
		{"a type of document in the list of sheets", map[string]string{"xl/workbook.xml": `<!DOCTYPE a><workbook/>`}, "file_xml"},
		{"nothing in it", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row/></sheetData></worksheet>`}, "file_empty"},
		{"the parts in capitals", map[string]string{"xl/worksheets/sheet1.xml": "", "XL\\Worksheets\\SHEET1.xml": crafted(rows, nil)["xl/worksheets/sheet1.xml"]}, ""},
		{"the same part twice", map[string]string{"XL/Worksheets/SHEET1.xml": "<x/>"}, "file_broken"},
		{"too many parts", tooMany(maxEntries), "file_too_large"},
		{"far too many parts", tooMany(40_000), "file_too_large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := checkBook(t, zipped(t, crafted(rows, test.changes)), Expect{})
			if got := codes(report); got != test.want {
				t.Errorf("found %q, want %q\n%s", got, test.want, messages(report))
			}
		})
	}
}

func tooMany(n int) map[string]string {
	parts := map[string]string{}
	for i := range n {
		parts[fmt.Sprintf("xl/media/%d.png", i)] = "x"
	}
	return parts
}

func TestABombIsNotUnpacked(t *testing.T) {
	sheet := crafted(inline(headLine, "Olten;2025;4;3"), nil)["xl/worksheets/sheet1.xml"]
	bomb := crafted("", map[string]string{"xl/worksheets/sheet1.xml": strings.Replace(sheet, "</sheetData>", strings.Repeat("<row><c/></row>", 4<<20)+"</sheetData>", 1)})
	content := zipped(t, bomb)
	growth := heapGrowth(func() {
		if got := codes(checkBook(t, content, Expect{})); got != "file_too_large" {
			t.Errorf("found %q", got)
		}
	})
	if growth > 16<<20 {
		t.Errorf("%d MiB", growth>>20)
	}
	// What is announced may be a lie: the part is then cut.
	small := zipped(t, crafted("", map[string]string{"xl/worksheets/sheet1.xml": sheet + strings.Repeat(" ", 1<<20)}))
	for _, size := range []uint32{100, 2 << 20, 0xFFFFFFF0} {
		lie := bytes.Clone(small)
		at := bytes.LastIndex(lie, []byte("xl/worksheets/sheet1.xml")) - 46
		binary.LittleEndian.PutUint32(lie[at+24:], size)
		if got := codes(checkBook(t, lie, Expect{})); got != "file_broken" && got != "file_too_large" {
			t.Errorf("%d announced: found %q", size, got)
		}
	}
	// A text that millions of cells share is as large as they are together.
	shared := crafted(inline(headLine, "Olten;2025;4;3")+strings.Repeat(`<row><c/><c/><c/><c/><c t="s"><v>0</v></c></row>`, 20_000), map[string]string{
		"xl/_rels/workbook.xml.rels": `<Relationships>` + relationTo("rId1", "worksheet", "worksheets/sheet1.xml") + relationTo("s", "sharedStrings", "sharedStrings.xml") + `</Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>` + strings.Repeat("Haus ", 100_000) + `</t></si></sst>`})
	if got := codes(checkBook(t, zipped(t, shared), Expect{})); !strings.Contains(got, "file_too_large") {
		t.Errorf("a text shared by many cells: found %q", got)
	}
}

func TestTooManySharedTextsAreRefused(t *testing.T) {
	texts := "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("Olten ", 100)+"</t></si>", 120_000) + "</sst>"
	content := zipped(t, crafted(inline(headLine, "Olten;2025;4;3"), map[string]string{"xl/sharedStrings.xml": texts,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + relationTo("rId1", "worksheet", "worksheets/sheet1.xml") + relationTo("s", "sharedStrings", "sharedStrings.xml") + `</Relationships>`}))
	growth := heapGrowth(func() {
		if got := codes(checkBook(t, content, Expect{})); got != "file_too_large" {
			t.Errorf("found %q", got)
		}
	})
	if growth > 256<<20 {
		t.Errorf("%d MiB", growth>>20)
	}
}

func TestATornWorkbookIsRefused(t *testing.T) {
	content := zipped(t, crafted(inline(headLine, "Olten;2025;4;3"), nil))
	if got := codes(checkBook(t, content, Expect{})); got != "" {
		t.Fatalf("found %q", got)
	}
	for _, length := range []int{4, 30, len(content) / 2, len(content) - 1} {
		if got := codes(checkBook(t, content[:length], Expect{})); got != "file_broken" {
			t.Errorf("cut to %d bytes: found %q", length, got)
		}
	}
	// One bit of the sheet is wrong.
	spoiled := bytes.Clone(content)
	spoiled[bytes.Index(spoiled, []byte("xl/worksheets/sheet1.xml"))+60] ^= 0x10
	if report := checkBook(t, spoiled, Expect{}); report.Accepted() {
		t.Error("a spoiled sheet was accepted")
	}
	encrypted := bytes.Clone(content)
	encrypted[bytes.LastIndex(encrypted, []byte("xl/worksheets/sheet1.xml"))-46+8] |= 1
	if got := codes(checkBook(t, encrypted, Expect{})); got != "file_password" {
		t.Errorf("encrypted: found %q", got)
	}
}

// failing is a disk that cannot be read from some place on.
type failing struct {
	content io.ReaderAt
	from    int64
	err     error
}

func (f failing) ReadAt(p []byte, offset int64) (int, error) {
	if offset <= f.from && offset+int64(len(p)) > f.from {
		return 0, f.err
	}
	return f.content.ReadAt(p, offset)
}

func TestADiskThatFailsIsNoBrokenWorkbook(t *testing.T) {
	content := zipped(t, crafted(inline(headLine, "Olten;2025;4;3"), nil))
	disk := errors.New("disk on fire")
	for _, from := range []int64{100, 400, int64(len(content)) - 10} {
		file := File{Name: "datei.xlsx", Size: int64(len(content)), Content: failing{bytes.NewReader(content), from, disk}}
		if _, err := openBook(file); !errors.Is(err, disk) || errors.As(err, new(*refusal)) {
			t.Errorf("from byte %d: the workbook: %v", from, err)
		}
		if _, err := Check(file, small(), Expect{}); !errors.Is(err, disk) {
			t.Errorf("from byte %d: the check: %v", from, err)
		}
	}
}

func TestOldAndProtectedWorkbooksAreToldApart(t *testing.T) {
	old := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	name := "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	for _, test := range []struct{ name, content, want string }{
		{"old", old + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", "file_xls"},
		{"with a password", old + name, "file_password"},
		{"with a password, far behind", old + strings.Repeat("x", 256<<10-len(old)-7) + name, "file_password"},
	} {
		if got := codes(check(t, test.content, Expect{})); got != test.want {
			t.Errorf("%s: found %q, want %q", test.name, got, test.want)
		}
	}
}

// The files under testdata/files as workbooks of offices would hold them.
func TestFilesOfOfficesAreJudgedAlikeAsWorkbooks(t *testing.T) {
	files, err := filepath.Glob("testdata/files/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		report, err := Check(File{Name: filepath.Base(name), Size: int64(len(content)), Content: bytes.NewReader(content)}, whole(), Expect{})
		if err != nil {
			t.Fatal(err)
		}
		var rows strings.Builder
		err = Rows(File{Name: name, Size: int64(len(content)), Content: bytes.NewReader(content)}, report, func(_ uint32, _ bool, cells [][]byte) error {
			rows.WriteString("<row>")
			for _, cell := range cells {
				rows.WriteString(`<c t="inlineStr"><is><t>`)
				if err := xml.EscapeText(&rows, cell); err != nil {
					return err
				}
				rows.WriteString("</t></is></c>")
			}
			rows.WriteString("</row>")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		book := zipped(t, crafted(rows.String(), nil))
		asBook, err := Check(bookFile(book), whole(), Expect{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := alike(t, asBook), alike(t, report); got != want {
			t.Errorf("%s: the workbook gives\n%s\nthe text\n%s", name, got, want)
		}
	}
}

// A workbook may be made to be slow, in the choice of its sheet too.
func TestAHostileWorkbookTakesNoLongerThanAnother(t *testing.T) {
	sheets := func(n int, rows func(i int) string) map[string]string {
		parts := map[string]string{}
		var list, relations strings.Builder
		for i := range n {
			fmt.Fprintf(&list, `<sheet name="Blatt %d" sheetId="%d" r:id="s%d"/>`, i, i+2, i)
			relations.WriteString(relationTo(fmt.Sprintf("s%d", i), "worksheet", fmt.Sprintf("worksheets/s%d.xml", i)))
			parts[fmt.Sprintf("xl/worksheets/s%d.xml", i)] = "<worksheet><sheetData>" + rows(i) + "</sheetData></worksheet>"
		}
		parts["xl/workbook.xml"] = "<workbook><sheets>" + list.String() + "</sheets></workbook>"
		parts["xl/_rels/workbook.xml.rels"] = "<Relationships>" + relations.String() + "</Relationships>"
		return parts
	}
	merged := crafted(inline(headLine)+strings.Repeat("<row>"+strings.Repeat("<c><v>7</v></c>", maxColumns)+"</row>", headerRows), nil)
	merged["xl/worksheets/sheet1.xml"] = strings.Replace(merged["xl/worksheets/sheet1.xml"], "</sheetData>", "</sheetData>"+strings.Repeat(`<mergeCell ref="A1:ALL2"/><mergeCell ref="A1:ALL7"/>`, maxMerged), 1)
	for name, parts := range map[string]map[string]string{
		"many sheets of many titles": sheets(maxSheets, func(i int) string {
			return strings.Repeat("<row>"+numbered(200, func(j int) string { return fmt.Sprintf(`<c t="str"><v>Titel %d (%d) 2025</v></c>`, i, j) })+"</row>", headerRows)
		}),
		"too many sheets":      sheets(maxSheets+1, func(int) string { return inline(headLine) }),
		"the last column":      crafted(inline(headLine)+numbered(20_000, func(i int) string { return fmt.Sprintf(`<row><c r="ALL%d"><v>1</v></c></row>`, i+2) }), nil),
		"merged over and over": merged,
		"a deep nest":          crafted("<row><c>"+strings.Repeat("<a>", 500_000)+strings.Repeat("</a>", 500_000)+"</c></row>", nil),
		"many entities":        crafted(inline(headLine)+`<row><c t="str"><v>`+strings.Repeat("&amp;", 150_000)+`</v></c></row>`, nil),
	} {
		content := zipped(t, parts)
		start := time.Now()
		growth := heapGrowth(func() {
			if report := checkBook(t, content, Expect{}); report.Accepted() {
				t.Errorf("%s: accepted", name)
			}
		})
		if took := time.Since(start); took > 5*time.Second || growth > 32<<20 {
			t.Errorf("%s: %s, %d MiB", name, took, growth>>20)
		}
	}
}

// endless repeats a text for ever.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(p), nil
}

func TestNothingEndlessIsKept(t *testing.T) {
	for _, test := range []struct{ name, start, text string }{
		{"tag", "<sheetData><row x", "x"}, {"attribute", `<sheetData><row x="`, ">"}, {"attributes", "<sheetData><row", ` x=">"`},
		{"text", "<sheetData><row><c><v>", "x"}, {"literal", "<sheetData><row><c><v><![CDATA[", "]"}, {"literals", "<sheetData><row><c><v>", "<![CDATA[x]]>"},
		{"comments in a text", "<sheetData><row><c><v>", "x<!---->"}, {"runs", "<sheetData><row><c><is>", "<r><t>x</t></r>"}, {"cells", "<sheetData><row>", "<c><v>1</v></c>"},
		{"texts of cells", "<sheetData><row>", `<c t="str"><v>` + strings.Repeat("x", 10_000) + "</v></c>"}, {"text between cells", "<sheetData>", "x"}, {"texts", "<si>", "<t>x</t>"}, {"shared texts", "", "<si/>"},
	} {
		content := io.LimitReader(io.MultiReader(strings.NewReader(test.start), &endless{text: test.text}), 24<<20)
		tokens := newTokens(content)
		rows := &sheetRows{book: &book{}, tokens: tokens, texts: new(int)}
		read := func() error { _, _, err := rows.Next(); return err }
		if !strings.HasPrefix(test.start, "<sheetData") {
			read = func() error { _, err := readStrings(content, 24<<20); return err }
		}
		growth := heapGrowth(func() {
			if err := read(); !errors.As(err, new(*refusal)) {
				t.Errorf("%s: %v", test.name, err)
			}
		})
		if growth > 96<<20 {
			t.Errorf("%s: %d MiB", test.name, growth>>20)
		}
	}
}
