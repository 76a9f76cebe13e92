package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kipmonitor/internal/xlsx/xlsxtest"
)

// readSheet returns the rows of the first sheet as lines, with their numbers.
func readSheet(t testing.TB, content []byte) string {
	t.Helper()
	why := func(err error) string {
		if refused := Refusal(""); errors.As(err, &refused) {
			return string(refused)
		}
		return err.Error()
	}
	reader := bytes.NewReader(content)
	b, err := Open(reader, reader.Size())
	if err != nil {
		return why(err)
	}
	rows, err := b.Rows(reader, reader.Size(), b.Sheets[0], nil)
	if err != nil {
		return why(err)
	}
	var lines []string
	for {
		cells, number, err := rows.Next()
		if err == io.EOF {
			return strings.Join(lines, "\n")
		}
		if err != nil {
			return strings.Join(append(lines, why(err)), "\n")
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
	relations := `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "/xl/worksheets/sheet1.xml") + xlsxtest.Relation("s", "sharedStrings", "sharedStrings.xml") + xlsxtest.Relation("f", "styles", "styles.xml") + `</Relationships>`
	for _, test := range []struct{ name, cells, want string }{
		{"numbers", `<c><v>42</v></c><c><v>0.30000000000000004</v></c><c><v>1.2E+3</v></c><c><v>-7.5</v></c><c><v>1E-3</v></c>`, "42|0.3|1200|-7.5|0.0010"},
		{"floats as Excel writes them", `<c><v>1234.5600000000001</v></c><c><v>4.9406564584124654E-324</v></c><c><v>123456789012345680</v></c><c><v>1E+300</v></c>`, "1234.56|4.94065645841247E-324|123456789012346000|1.00000000000000E+300"},
		{"three digits behind the point are no thousand", `<c><v>1.234</v></c><c t="str"><v>1.234</v></c>`, "1.2340|1.234"},
		{"shared texts", `<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>5</v></c>`, "Olten|Büren|||<&amp;>"},
		{"letters that XML cannot hold", `<c t="s"><v>4</v></c>`, "a\r\nb_x0041_"},
		{"inline texts", `<c t="inlineStr"><is><r><t>a &lt;</t></r><r><t> b&#x2019;&unknown;</t></r><rPh><t>x</t></rPh></is></c>`, "a < b’&unknown;"},
		{"days", `<c s="1"><v>46022</v></c><c s="3"><v>46022.75</v></c><c s="4"><v>59</v></c><c s="1"><v>61</v></c><c s="11"><v>1</v></c><c s="7"><v>46022.999999999</v></c>`, "2025-12-31|2025-12-31 18:00:00|1900-02-28|1900-03-01|1900-01-01|2026-01-01"},
		{"what is no day", `<c s="1"><v>-1</v></c><c s="5"><v>46022</v></c><c s="10"><v>46022</v></c><c s="1" t="s"><v>0</v></c><c s="999"><v>46022</v></c><c s="1"><v>2958466</v></c>`, "-1|46022 Tage|46022|Olten|46022|2958466"},
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
			got := readSheet(t, xlsxtest.Zipped(t, xlsxtest.Crafted("<row>"+test.cells+"</row>", map[string]string{"xl/_rels/workbook.xml.rels": relations, "xl/styles.xml": styles, "xl/sharedStrings.xml": texts})))
			if got != "1: "+test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
	}
}

func TestDaysMayBeCountedFrom1904(t *testing.T) {
	parts := xlsxtest.Crafted(`<row><c s="1"><v>44560</v></c></row>`, map[string]string{
		"xl/_rels/workbook.xml.rels": `<Relationships>` + xlsxtest.Relation("rId1", "worksheet", "worksheets/sheet1.xml") + xlsxtest.Relation("f", "styles", "styles.xml") + `</Relationships>`,
		"xl/styles.xml":              `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`})
	parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	if got := readSheet(t, xlsxtest.Zipped(t, parts)); got != "1: 2025-12-31" {
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
		{"rows in another order", `<worksheet><sheetData><row r="3"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row></sheetData></worksheet>`, "3: 1\nbroken"},
		{"a cell twice", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>`, "broken"},
		{"a cell of another row", `<worksheet><sheetData><row r="1"><c r="A2"><v>1</v></c></row></sheetData></worksheet>`, "broken"},
		{"a row beyond the last", `<worksheet><sheetData><row r="1048577"><c><v>1</v></c></row></sheetData></worksheet>`, "broken"},
		{"a column beyond the last", `<worksheet><sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData></worksheet>`, "broken"},
		{"a column that is too far", `<worksheet><sheetData><row r="1"><c r="ALM1"><v>1</v></c></row></sheetData></worksheet>`, "too_wide"},
		{"an empty column that is too far", `<worksheet><sheetData><row r="1"><c><v>1</v></c><c r="XFD1" s="3"/></row></sheetData></worksheet>`, "1: 1"},
		{"an end that is missing", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`, "1: 1\nbroken"},
		{"a cell that is cut", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`, "broken"},
		{"a tag that is cut", `<worksheet><sheetData><row r="1"><c r="A1`, "broken"},
		{"no sheet", `<worksheet></worksheet>`, "broken"},
		{"a text that is not there", `<worksheet><sheetData><row><c t="s"><v>7</v></c></row></sheetData></worksheet>`, "broken"},
		{"a document type", `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`, "xml"},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><worksheet><sheetData/></worksheet>`, "xml"},
		{"UTF-16", "\xFF\xFE<\x00w\x00", "xml"},
		{"UTF-16 without a mark", "<\x00w\x00", "xml"},
		{"letters that are none", "<worksheet><sheetData><row><c t='str'><v>\xff\xfe</v></c></row></sheetData></worksheet>", "broken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := readSheet(t, xlsxtest.Zipped(t, xlsxtest.Crafted("", map[string]string{"xl/worksheets/sheet1.xml": test.sheet}))); got != test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
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
		rows := &Rows{book: &Book{}, tokens: tokens, texts: new(int)}
		read := func() error { _, _, err := rows.Next(); return err }
		if !strings.HasPrefix(test.start, "<sheetData") {
			read = func() error { _, err := readStrings(content, 24<<20); return err }
		}
		growth := xlsxtest.HeapGrowth(func() {
			if err := read(); !errors.As(err, new(Refusal)) {
				t.Errorf("%s: %v", test.name, err)
			}
		})
		if growth > 96<<20 {
			t.Errorf("%s: %d MiB", test.name, growth>>20)
		}
	}
}
