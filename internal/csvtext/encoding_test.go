package csvtext

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// An umlaut in the last row of a long file decides about its encoding, also where
// it lies on the border of two pieces that are read.
func TestTheEncodingIsFoundInTheLastRow(t *testing.T) {
	row := "Olten;2025;4;3;" + strings.Repeat("x", 100) + "\n"
	for length := 256<<10 - 4; length < 256<<10+4; length++ {
		filler := strings.Repeat(row, length/len(row))
		filler += strings.Repeat("y", length-len(filler))
		for name, write := range map[string]func(string) ([]byte, error){
			"UTF-8":        func(s string) ([]byte, error) { return []byte(s), nil },
			"Windows-1252": func(s string) ([]byte, error) { return charmap.Windows1252.NewEncoder().Bytes([]byte(s)) },
		} {
			content, err := write(filler + "ü\n")
			if err != nil {
				t.Fatal(err)
			}
			s, err := Look(bytes.NewReader(content), int64(len(content)))
			if err != nil || s.Encoding != name {
				t.Fatalf("%s after %d bytes was taken for %s (%v)", name, length, s.Encoding, err)
			}
		}
	}
}

// FuzzEncoding: a text that is not ASCII is the same in all encodings.
func FuzzEncoding(f *testing.F) {
	f.Add("größe;Ankünfte\n")
	f.Add("a\x00b")
	f.Add("\xff\xfe")
	f.Add("\xef\xbb\xbf;")
	f.Fuzz(func(t *testing.T, text string) {
		content := []byte(text)
		s, err := Look(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatalf("look: %v", err)
		}
		rows := newRows(s.Text(bytes.NewReader(content), int64(len(content))), ';', '\n')
		for {
			if _, _, err := rows.Next(); err != nil {
				break
			}
		}
	})
}
