package intake

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// FuzzHeader: no header breaks the recognition, and a column is never given two
// meanings of which one is wrong.
func FuzzHeader(f *testing.F) {
	for _, header := range []string{"Gemeinde;Jahr;Ankünfte", "1. Ankünfte (Personen)*", "Kennzahl;Wert", "Name;Vorname", "\u0308;\u00a0", "AnkÃ¼nfte", "(((", "Ausgaben in CHF", "2025"} {
		f.Add(header)
	}
	h := newHeaders(small())
	f.Fuzz(func(t *testing.T, header string) {
		key := h.key(header)
		if again := h.key(key); h.known[key] && again != key {
			t.Fatalf("%q is %q, which is %q", header, key, again)
		}
		personalHeader(header)
		municipalityKey(header, "SO")
		isTotal(header)
		classOfDate(header)
		if _, err := Check(fileOf(header+"\nOlten;2025;4;3\n"), small(), Expect{}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzFile: whatever comes in, the check ends with a report; what it accepts can
// be read, gives as many observations as announced, and adds up to the totals.
func FuzzFile(f *testing.F) {
	files, err := filepath.Glob("testdata/files/*.csv")
	if err != nil || len(files) == 0 {
		f.Fatalf("no files to begin with: %v", err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(plainFile))
	f.Add([]byte("\"\n"))
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, small(), content) })
}

// holds checks what must be true of every file.
func holds(t *testing.T, p *programme.Programme, content []byte) {
	file := File{Name: "datei.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}
	report, err := Check(file, p, Expect{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(report); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, finding := range report.Findings {
		if keys[finding.Key()] {
			t.Fatalf("two findings have the key %q", finding.Key())
		}
		keys[finding.Key()] = true
		if finding.Count < 1 || finding.Count < 1+len(finding.More) || strings.Contains(finding.Message.DE, "[intake.") || strings.Contains(finding.Message.DE, "{") && !bytes.Contains(content, []byte("{")) {
			t.Fatalf("finding %+v", finding)
		}
	}
	if !report.Accepted() {
		if err := Read(file, p, report, nil); err == nil {
			t.Fatal("a refused file was read")
		}
		return
	}
	count := 0
	sums := map[figure.KeyFigure]figure.Decimal{}
	err = Read(file, p, report, func(batch []figure.Observation) error {
		count += len(batch)
		for _, o := range batch {
			if o.Mark != figure.Given && o.Value != 0 {
				t.Fatalf("%+v has a value", o)
			}
			if o.Margins.Has(0) && o.Mark == figure.Given {
				sums[o.KeyFigure] += o.Value
			}
		}
		return nil
	})
	if err != nil || count != report.Observations {
		t.Fatalf("read %d observations of %d: %v", count, report.Observations, err)
	}
	for _, total := range report.Totals {
		if sums[total.KeyFigure] != total.Value {
			t.Fatalf("%s sums to %s, the report says %s", total.KeyFigure, sums[total.KeyFigure], total.Value)
		}
	}
}
