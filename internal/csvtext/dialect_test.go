package csvtext

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// cutAs reads a text in the first of its dialects with a separator.
func cutAs(t *testing.T, text []byte, separator byte, nested bool) (Survey, string) {
	t.Helper()
	content, size := bytes.NewReader(text), int64(len(text))
	s, err := Look(content, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Dialects(text) {
		if d.separator != separator || d.nested != nested {
			continue
		}
		rows, err := s.Rows(content, size, d)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for {
			cells, _, err := rows.Next()
			if errors.Is(err, io.EOF) {
				return s, strings.Join(list, " / ")
			}
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, string(bytes.Join(cells, []byte("|"))))
		}
	}
	t.Fatalf("no dialect with %q in %q", separator, text)
	return s, ""
}

func TestATextIsCutByItsOwnSeparatorAndEnds(t *testing.T) {
	utf16 := func(text string) string {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, test := range []struct {
		name, text string
		separator  byte
		nested     bool
		want       string
	}{
		{"pipes", "a|b\nc|d\n", '|', false, "a|b / c|d"},
		{"a carriage return alone among others", "a;b\nc;d\re;f\ng;h", ';', false, "a|b / c|d / e|f / g|h"},
		{"all three ends", "a;b\r\nc;d\re;f\ng;h\r", ';', false, "a|b / c|d / e|f / g|h"},
		{"a carriage return within quotes", "a;\"b\rc\"\nd;e\rf;g\n", ';', false, "a|b\rc / d|e / f|g"},
		{"carriage returns alone", "a;b\rc;d\r", ';', false, "a|b / c|d"},
		{"two bytes a letter", utf16("a;b\nc;d\re;f\r\ng;h"), ';', false, "a|b / c|d / e|f / g|h"},
		{"lines quoted as a whole", "\"a;b\"\n\"c;\"\"d;e\"\"\"\nf;g\n", ';', true, "a|b / c|d;e / f|g"},
		{"NUL at the end", "a;b\nc;d\n\x00\x00\x00", ';', false, "a|b / c|d"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, got := cutAs(t, []byte(test.text), test.separator, test.nested); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Rows of a text with both ends are the same wherever a piece that is read ends.
func TestMixedEndsAreFoundOnTheBorderOfTwoPieces(t *testing.T) {
	for length := 256<<10 - 3; length < 256<<10+3; length++ {
		text := "a;b\rc;" + strings.Repeat("x", length-6) + "\r\nd;e\n"
		rows, err := scanAll(t, strings.NewReader(text), ';', mixed)
		if err != nil || len(rows) != 3 || len(rows[1][1]) != length-6 || rows[2][1] != "e" {
			t.Errorf("%d bytes: %d rows, %v", length, len(rows), err)
		}
	}
}

func TestLinesSaysHowManyARowTakes(t *testing.T) {
	rows := newRows(strings.NewReader("a;\"b\nc\r\nd\"\ne;f\n"), ';', '\n')
	for _, want := range []int{3, 1} {
		if _, _, err := rows.Next(); err != nil || rows.Lines() != want {
			t.Errorf("%d lines, want %d (%v)", rows.Lines(), want, err)
		}
	}
}

func TestLettersWithAMarkTellTheEncoding(t *testing.T) {
	for _, test := range []struct {
		text     string
		encoding *charmap.Charmap
		want     string
	}{
		{"Männer;Gespräche\n", charmap.CodePage850, "CP850"},
		{"prénom;élève;à côté\n", charmap.CodePage850, "CP850"},
		{"Männer;geführt\n", charmap.Macintosh, "Mac Roman"},
		{"Männer;Gespräche\n", charmap.Windows1252, "Windows-1252"},
		// Quotes, dashes and dots of Windows are no letters of DOS.
		{"„gut“ – l’école “A–B” Jašari…\n", charmap.Windows1252, "Windows-1252"},
		{"„gut“ A–B…\n", charmap.Windows1252, "Windows-1252"},
	} {
		text, err := test.encoding.NewEncoder().Bytes([]byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Look(bytes.NewReader(text), int64(len(text)))
		if err != nil || s.Encoding != test.want {
			t.Errorf("%q is taken for %s (%v), want %s", test.text, s.Encoding, err, test.want)
		}
	}
}

func TestANULIsNamedOrPassedOver(t *testing.T) {
	for text, want := range map[string]string{
		"a;b\n\x00\x00": "", "a;b\x00c;d\n" + strings.Repeat("e;f\n", 100): "nul", "abc\x00\x01\x02;;\x00": "binary",
	} {
		s, err := Look(strings.NewReader(text), int64(len(text)))
		if err != nil || s.Binary != want {
			t.Errorf("%q is %q (%v), want %q", text, s.Binary, err, want)
		}
	}
}
