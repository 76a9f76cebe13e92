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
