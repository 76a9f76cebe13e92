package intake

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/figure"
)

const umlauts = "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert;Bemerkung\nBüren;2025;männlich;1’234;3;«früh»\nBüren;2025;weiblich;4;3;größer\n"

// encodings write a text in the encodings that offices use.
var encodings = map[string]func(string) []byte{
	"UTF-8":       func(s string) []byte { return []byte(s) },
	"UTF-8 (BOM)": func(s string) []byte { return []byte("\uFEFF" + s) },
	"UTF-16 LE (BOM)": func(s string) []byte {
		return encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s)))
	},
	"UTF-16 BE (BOM)": func(s string) []byte {
		return encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s)))
	},
	"UTF-16 LE": func(s string) []byte {
		return encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(s)))
	},
	"UTF-16 BE": func(s string) []byte {
		return encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(s)))
	},
	"Windows-1252": func(s string) []byte { return encode(charmap.Windows1252.NewEncoder().Bytes([]byte(s))) },
}

func encode(content []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return content
}

func checkBytes(t testing.TB, content []byte) (Report, []figure.Observation) {
	t.Helper()
	report, err := Check(File{Name: "datei.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}, small(), Expect{})
	if err != nil {
		t.Fatal(err)
	}
	if !report.Accepted() {
		t.Fatalf("refused: %s\n%s", codes(report), messages(report))
	}
	return report, readAll(t, small(), content, report)
}

func TestAFileIsTheSameInEveryEncoding(t *testing.T) {
	_, want := checkBytes(t, []byte(umlauts))
	for name, write := range encodings {
		report, got := checkBytes(t, write(umlauts))
		if report.Encoding != name {
			t.Errorf("%s was taken for %s", name, report.Encoding)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: read %s", name, shorts(got))
		}
	}
	if _, got := checkBytes(t, []byte(norm.NFD.String(umlauts))); !slices.Equal(got, want) {
		t.Errorf("decomposed: read %s", shorts(got))
	}
}

func TestAFileIsTheSameWithEverySeparatorAndLineEnd(t *testing.T) {
	_, want := checkBytes(t, []byte(umlauts))
	for _, separator := range []string{";", ",", "\t"} {
		for _, end := range []string{"\n", "\r\n", "\r"} {
			for _, named := range []string{"", "sep=" + separator + end, "\"sep=" + separator + "\"" + end} {
				for _, quoted := range []bool{false, true} {
					content := umlauts
					if quoted {
						content = `"` + strings.NewReplacer(";", `";"`, "\n", "\"\n\"").Replace(strings.TrimSuffix(content, "\n")) + "\"\n"
					}
					content = named + strings.NewReplacer(";", separator, "\n", end).Replace(content)
					if _, got := checkBytes(t, []byte(content)); !slices.Equal(got, want) {
						t.Errorf("%q: read %s", content, shorts(got))
					}
				}
			}
		}
	}
}

func TestTheLastRowNeedsNoEnd(t *testing.T) {
	_, want := checkBytes(t, []byte(umlauts))
	if _, got := checkBytes(t, []byte(strings.TrimSuffix(umlauts, "\n"))); !slices.Equal(got, want) {
		t.Errorf("read %s", shorts(got))
	}
}

// An umlaut in the last row of a long file decides about its encoding, also where
// it lies on the border of two pieces that are read.
func TestTheEncodingIsFoundInTheLastRow(t *testing.T) {
	row := "Olten;2025;4;3;" + strings.Repeat("x", 100) + "\n"
	for length := 256<<10 - 4; length < 256<<10+4; length++ {
		filler := strings.Repeat(row, length/len(row))
		filler += strings.Repeat("y", length-len(filler))
		for name, write := range map[string]func(string) []byte{"UTF-8": encodings["UTF-8"], "Windows-1252": encodings["Windows-1252"]} {
			content := write(filler + "ü\n")
			s, err := look(File{Size: int64(len(content)), Content: bytes.NewReader(content)})
			if err != nil || s.name != name {
				t.Fatalf("%s after %d bytes was taken for %s (%v)", name, length, s.name, err)
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
		s, err := look(File{Size: int64(len(content)), Content: bytes.NewReader(content)})
		if err != nil {
			t.Fatalf("look: %v", err)
		}
		rows := newScanner(s.text(File{Size: int64(len(content)), Content: bytes.NewReader(content)}), ';', '\n')
		for {
			if _, _, err := rows.next(); err != nil {
				break
			}
		}
	})
}
