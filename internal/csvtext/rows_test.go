package csvtext

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func scanAll(t testing.TB, reader io.Reader, separator, end byte) ([][]string, error) {
	t.Helper()
	s := newRows(reader, separator, end)
	var rows [][]string
	for {
		cells, number, err := s.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if int(number) != len(rows)+1 {
			t.Fatalf("row %d is numbered %d", len(rows)+1, number)
		}
		row := make([]string, len(cells))
		for i, cell := range cells {
			row[i] = string(cell)
		}
		rows = append(rows, row)
	}
}

func TestRowsAreCutAsSpreadsheetsDo(t *testing.T) {
	for _, test := range []struct {
		text string
		want [][]string
	}{
		{"", nil},
		{"a;b", [][]string{{"a", "b"}}},
		{"a;b\n", [][]string{{"a", "b"}}},
		{"a;b\r\nc;d\r\n", [][]string{{"a", "b"}, {"c", "d"}}},
		{"\n\na", [][]string{{""}, {""}, {"a"}}},
		{";;\n", [][]string{{"", "", ""}}},
		{`"a";"b"`, [][]string{{"a", "b"}}},
		{`"a;b";c`, [][]string{{"a;b", "c"}}},
		{"\"a\nb\";c\nd", [][]string{{"a\nb", "c"}, {"d"}}},
		{"\"a\r\n\r\nb\";c\r\nd", [][]string{{"a\r\n\r\nb", "c"}, {"d"}}},
		{`"say ""ja""";c`, [][]string{{`say "ja"`, "c"}}},
		{`"";""""`, [][]string{{"", `"`}}},
		{`  "a" ;b`, [][]string{{"a ", "b"}}},
		{`a"b;c"d`, [][]string{{`a"b`, `c"d`}}},
		{`5" disk;b` + "\nc;d", [][]string{{`5" disk`, "b"}, {"c", "d"}}},
		{`"a"b"c;d` + "\n" + `e`, [][]string{{`ab"c`, "d"}, {"e"}}},
	} {
		got, err := scanAll(t, strings.NewReader(test.text), ';', '\n')
		if err != nil || !slices.EqualFunc(got, test.want, slices.Equal[[]string]) {
			t.Errorf("%q is cut into %q (%v), want %q", test.text, got, err, test.want)
		}
		// However the text comes in, it is cut alike.
		slow, err := scanAll(t, iotest.OneByteReader(strings.NewReader(test.text)), ';', '\n')
		if err != nil || !slices.EqualFunc(slow, got, slices.Equal[[]string]) {
			t.Errorf("%q byte by byte is cut into %q (%v)", test.text, slow, err)
		}
	}
}

func TestARowLongerThanTheBufferIsWhole(t *testing.T) {
	long := strings.Repeat("x", 600<<10)
	for _, text := range []string{long + ";b\nc;d", `"` + long + `";b` + "\nc;d"} {
		rows, err := scanAll(t, strings.NewReader(text), ';', '\n')
		if err != nil || len(rows) != 2 || len(rows[0]) != 2 || rows[0][0] != long || rows[0][1] != "b" {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}

func TestAQuoteThatIsNeverClosedEndsTheReading(t *testing.T) {
	for _, text := range []string{"a\n\"b;c\nd\n", "a\n\"b" + strings.Repeat(";c\n", 1<<20)} {
		rows, err := scanAll(t, strings.NewReader(text), ';', '\n')
		if !errors.Is(err, ErrRow) || len(rows) != 1 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}

func TestAFaultOfTheDiskIsNotTheEndOfTheFile(t *testing.T) {
	_, err := scanAll(t, io.MultiReader(strings.NewReader("a;b\nc"), iotest.ErrReader(io.ErrClosedPipe)), ';', '\n')
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// FuzzRows: what encoding/csv writes is read back, and any text is read to its
// end without a fault other than an open quote.
func FuzzRows(f *testing.F) {
	f.Add("a;b\n\"c\"\"d\";e\n", "x", "y\nz")
	f.Add("\"", "\"", ";")
	f.Add("sep=;\n", " \"", "\r")
	f.Fuzz(func(t *testing.T, text, one, two string) {
		if _, err := scanAll(t, strings.NewReader(text), ';', '\n'); err != nil && !errors.Is(err, ErrRow) {
			t.Fatal(err)
		}
		// A writer of the standard library turns \r\n within a cell into \n.
		one, two = strings.ReplaceAll(one, "\r", ""), strings.ReplaceAll(two, "\r", "")
		var written strings.Builder
		w := csv.NewWriter(&written)
		w.Comma = ';'
		want := [][]string{{one, two}, {two, "", one}}
		if err := w.WriteAll(want); err != nil {
			return
		}
		got, err := scanAll(t, iotest.HalfReader(strings.NewReader(written.String())), ';', '\n')
		if err != nil || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%q is read as %q (%v), want %q", written.String(), got, err, want)
		}
	})
}
