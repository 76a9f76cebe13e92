package intake

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/xlsx"
	"kipmonitor/internal/xlsx/xlsxtest"
)

const headLine = "Gemeinde;Jahr;Ankünfte;Davon informiert"

func TestWhatAWorkbookMustNotHoldIsRefused(t *testing.T) {
	rows := xlsxtest.Inline(headLine, "Olten;2025;4;3")
	types := func(more string) string {
		return strings.Replace(xlsxtest.Crafted("", nil)["[Content_Types].xml"], "</Types>", more+"</Types>", 1)
	}
	external := func(kind string) string {
		return `<Relationships><Relationship Id="a" Type="` + xlsxtest.Relations + kind + `" Target="https://example.ch/x" TargetMode="External"/></Relationships>`
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
		{"a sheet outside", map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "../../../etc/passwd") + `</Relationships>`}, "file_broken"},
		{"a list of sheets outside", map[string]string{"_rels/.rels": `<Relationships>` + xlsxtest.Relation("r1", "officeDocument", "../xl/workbook.xml") + `</Relationships>`}, "file_broken"},
		{"no sheets", map[string]string{"xl/workbook.xml": `<workbook/>`}, "file_broken"},
		{"a type of document in the list of sheets", map[string]string{"xl/workbook.xml": `<!DOCTYPE a><workbook/>`}, "file_xml"},
		{"nothing in it", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row/></sheetData></worksheet>`}, "file_empty"},
		{"the parts in capitals", map[string]string{"xl/worksheets/sheet1.xml": "", "XL\\Worksheets\\SHEET1.xml": xlsxtest.Crafted(rows, nil)["xl/worksheets/sheet1.xml"]}, ""},
		{"the same part twice", map[string]string{"XL/Worksheets/SHEET1.xml": "<x/>"}, "file_broken"},
		{"too many parts", tooMany(2000), "file_too_large"},
		{"far too many parts", tooMany(40_000), "file_too_large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := checkBook(t, xlsxtest.Zipped(t, xlsxtest.Crafted(rows, test.changes)), Expect{})
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
	sheet := xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3"), nil)["xl/worksheets/sheet1.xml"]
	bomb := xlsxtest.Crafted("", map[string]string{"xl/worksheets/sheet1.xml": strings.Replace(sheet, "</sheetData>", strings.Repeat("<row><c/></row>", 4<<20)+"</sheetData>", 1)})
	content := xlsxtest.Zipped(t, bomb)
	growth := xlsxtest.HeapGrowth(func() {
		if got := codes(checkBook(t, content, Expect{})); got != "file_too_large" {
			t.Errorf("found %q", got)
		}
	})
	if growth > 16<<20 {
		t.Errorf("%d MiB", growth>>20)
	}
	// What is announced may be a lie: the part is then cut.
	small := xlsxtest.Zipped(t, xlsxtest.Crafted("", map[string]string{"xl/worksheets/sheet1.xml": sheet + strings.Repeat(" ", 1<<20)}))
	for _, size := range []uint32{100, 2 << 20, 0xFFFFFFF0} {
		lie := bytes.Clone(small)
		at := bytes.LastIndex(lie, []byte("xl/worksheets/sheet1.xml")) - 46
		binary.LittleEndian.PutUint32(lie[at+24:], size)
		if got := codes(checkBook(t, lie, Expect{})); got != "file_broken" && got != "file_too_large" {
			t.Errorf("%d announced: found %q", size, got)
		}
	}
	// A text that millions of cells share is as large as they are together.
	shared := xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3")+strings.Repeat(`<row><c/><c/><c/><c/><c t="s"><v>0</v></c></row>`, 20_000), map[string]string{
		"xl/_rels/workbook.xml.rels": `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + xlsxtest.Relation("s", "sharedStrings", "sharedStrings.xml") + `</Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>` + strings.Repeat("Haus ", 100_000) + `</t></si></sst>`})
	if got := codes(checkBook(t, xlsxtest.Zipped(t, shared), Expect{})); !strings.Contains(got, "file_too_large") {
		t.Errorf("a text shared by many cells: found %q", got)
	}
}

func TestTooManySharedTextsAreRefused(t *testing.T) {
	texts := "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("Olten ", 100)+"</t></si>", 120_000) + "</sst>"
	content := xlsxtest.Zipped(t, xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3"), map[string]string{"xl/sharedStrings.xml": texts,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + xlsxtest.Relation("s", "sharedStrings", "sharedStrings.xml") + `</Relationships>`}))
	growth := xlsxtest.HeapGrowth(func() {
		if got := codes(checkBook(t, content, Expect{})); got != "file_too_large" {
			t.Errorf("found %q", got)
		}
	})
	if growth > 256<<20 {
		t.Errorf("%d MiB", growth>>20)
	}
}

func TestATornWorkbookIsRefused(t *testing.T) {
	content := xlsxtest.Zipped(t, xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3"), nil))
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
	content := xlsxtest.Zipped(t, xlsxtest.Crafted(xlsxtest.Inline(headLine, "Olten;2025;4;3"), nil))
	disk := errors.New("disk on fire")
	for _, from := range []int64{100, 400, int64(len(content)) - 10} {
		file := File{Name: "datei.xlsx", Size: int64(len(content)), Content: failing{bytes.NewReader(content), from, disk}}
		if _, err := xlsx.Open(file.Content, file.Size); !errors.Is(err, disk) || errors.As(err, new(xlsx.Refusal)) {
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
		book := xlsxtest.Zipped(t, xlsxtest.Crafted(rows.String(), nil))
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
			relations.WriteString(xlsxtest.Relation(fmt.Sprintf("s%d", i), "worksheet", fmt.Sprintf("worksheets/s%d.xml", i)))
			parts[fmt.Sprintf("xl/worksheets/s%d.xml", i)] = "<worksheet><sheetData>" + rows(i) + "</sheetData></worksheet>"
		}
		parts["xl/workbook.xml"] = "<workbook><sheets>" + list.String() + "</sheets></workbook>"
		parts["xl/_rels/workbook.xml.rels"] = "<Relationships>" + relations.String() + "</Relationships>"
		return parts
	}
	merged := xlsxtest.Crafted(xlsxtest.Inline(headLine)+strings.Repeat("<row>"+strings.Repeat("<c><v>7</v></c>", maxColumns)+"</row>", headerRows), nil)
	merged["xl/worksheets/sheet1.xml"] = strings.Replace(merged["xl/worksheets/sheet1.xml"], "</sheetData>", "</sheetData>"+strings.Repeat(`<mergeCell ref="A1:ALL2"/><mergeCell ref="A1:ALL7"/>`, 1000), 1)
	for name, parts := range map[string]map[string]string{
		"many sheets of many titles": sheets(xlsx.MaxSheets, func(i int) string {
			return strings.Repeat("<row>"+numbered(200, func(j int) string { return fmt.Sprintf(`<c t="str"><v>Titel %d (%d) 2025</v></c>`, i, j) })+"</row>", headerRows)
		}),
		"too many sheets":      sheets(xlsx.MaxSheets+1, func(int) string { return xlsxtest.Inline(headLine) }),
		"the last column":      xlsxtest.Crafted(xlsxtest.Inline(headLine)+numbered(20_000, func(i int) string { return fmt.Sprintf(`<row><c r="ALL%d"><v>1</v></c></row>`, i+2) }), nil),
		"merged over and over": merged,
		"a deep nest":          xlsxtest.Crafted("<row><c>"+strings.Repeat("<a>", 500_000)+strings.Repeat("</a>", 500_000)+"</c></row>", nil),
		"many entities":        xlsxtest.Crafted(xlsxtest.Inline(headLine)+`<row><c t="str"><v>`+strings.Repeat("&amp;", 150_000)+`</v></c></row>`, nil),
	} {
		content := xlsxtest.Zipped(t, parts)
		start := time.Now()
		growth := xlsxtest.HeapGrowth(func() {
			if report := checkBook(t, content, Expect{}); report.Accepted() {
				t.Errorf("%s: accepted", name)
			}
		})
		if took := time.Since(start); took > 5*time.Second || growth > 32<<20 {
			t.Errorf("%s: %s, %d MiB", name, took, growth>>20)
		}
	}
}
