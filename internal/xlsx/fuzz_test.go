package xlsx

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"kipmonitor/internal/xlsx/xlsxtest"
)

// FuzzSheet: whatever a sheet holds, reading it ends, rows come in order, and no
// cell is wider than the bounds.
func FuzzSheet(f *testing.F) {
	f.Add([]byte(`<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>` + xlsxtest.Inline("Gemeinde;Jahr;Ankünfte;Davon informiert", "Olten;2025;4;3") + `</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`))
	f.Add([]byte(`<x:worksheet><x:sheetData><x:row r='3' hidden="true"><x:c r="C3" s="1"><x:f>A1</x:f><x:v>46022.5</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>`))
	f.Add([]byte(`<a><sheetData><row><c t="b"><v>1</v></c><c t="str"><v><![CDATA[a]]>&#x41;_x000D_</v></c><c s="2"><v>1E-9</v></c></row><!-- --></sheetData></a>`))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a/>`))
	f.Add([]byte(`<a b="c>d" e='f"'/`))
	shared, err := readStrings(strings.NewReader(`<sst><si><t>a</t></si><si><t>b</t></si></sst>`), 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		rows := &Rows{book: &Book{strings: shared, styles: []cellStyle{plainStyle, {number: dateFormat}, {number: percentFormat}, {number: timeFormat}, {number: spanFormat}, {number: accountFormat}, {number: parseFormat(`0" Tsd."`), font: struckFont}, {number: parseFormat(`[<5]"<5";000"-"00,;@"x"`), font: raisedFont}}}, tokens: newTokens(bytes.NewReader(content)), texts: new(int)}
		before := uint32(0)
		for {
			cells, number, err := rows.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.As(err, new(Refusal)) {
					t.Fatal(err)
				}
				break
			}
			if number <= before || number > maxSheetRow || len(cells) > MaxColumns {
				t.Fatalf("row %d of %d cells after row %d", number, len(cells), before)
			}
			before = number
			for _, cell := range cells {
				if !utf8.Valid(cell) {
					t.Fatalf("%q is no text", cell)
				}
			}
		}
		if cap(rows.arena) > 16*len(content)+1024 || len(rows.tokens.buffer) > 4*maxToken {
			t.Fatalf("%d bytes took %d and %d", len(content), cap(rows.arena), len(rows.tokens.buffer))
		}
		var surveyed Sheet
		if err := surveyed.survey(bytes.NewReader(content)); err != nil && !errors.As(err, new(Refusal)) {
			t.Fatal(err)
		}
	})
}

// FuzzSharedStrings: what is read is text, and no more than what was there.
func FuzzSharedStrings(f *testing.F) {
	f.Add([]byte(`<sst><si><t>a</t></si><si><r><rPr/><t xml:space="preserve"> b</t></r><rPh><t>c</t></rPh></si><si/></sst>`))
	f.Add([]byte(`<sst><si><t>_x005F__x000D_&amp;&#10;&#x10FFFF;<![CDATA[]]]></t></si></sst>`))
	f.Add([]byte(`<sst><si><t>_x`))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := readStrings(bytes.NewReader(content), uint64(len(content)))
		if err != nil {
			if !errors.As(err, new(Refusal)) {
				t.Fatal(err)
			}
			return
		}
		if len(s.texts) > 3*len(content) || len(s.ends) > len(content) {
			t.Fatalf("%d bytes became %d", len(content), len(s.texts))
		}
		for i := range s.ends {
			if text, found := s.at(i); !found || !utf8.Valid(text) {
				t.Fatalf("%q is no text", text)
			}
		}
	})
}

// FuzzNumberFormat: no number format and no number breaks the reading of a cell.
func FuzzNumberFormat(f *testing.F) {
	for _, format := range []string{"General", "dd.mm.yyyy;@", "[h]:mm", `0"%"`, `0\%`, "0.0%", "[$-807]d. mmm", "[<5]\"<5\";0,", "00\"-\"000", "# ?/?", "0.00E+00", `_ * "-"??_ ;@" x"`, ";;;", `"`, "[", `\`} {
		f.Add(format, "46022.25", true)
	}
	f.Add("0", "0.30000000000000004", false)
	f.Add("0%", "-1E+308", false)
	f.Fuzz(func(t *testing.T, format, number string, since1904 bool) {
		text, _, _ := appendNumber(nil, []byte(number), parseFormat(format), since1904)
		if len(text) > len(number)+20*len(format)+64 {
			t.Fatalf("%q in %q is %q", number, format, text)
		}
		if utf8.ValidString(number) && utf8.ValidString(format) && !utf8.Valid(text) {
			t.Fatalf("%q is no text", text)
		}
	})
}
