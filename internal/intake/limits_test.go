package intake

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/xlsx/xlsxtest"
)

func TestMemoryIsBoundedForAMillionRows(t *testing.T) {
	p := whole()
	content := courseFile(p, 1_000_000, Long)
	file := File{Name: "kurse.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}
	observations := 0
	growth := xlsxtest.HeapGrowth(func() {
		report, err := Check(file, p, Expect{})
		if err != nil || !report.Accepted() {
			t.Fatalf("%v %s", err, codes(report))
		}
		if err := Read(file, p, report, func(batch []figure.Observation) error { observations += len(batch); return nil }); err != nil {
			t.Fatal(err)
		}
	})
	if observations != 1_000_000 {
		t.Errorf("read %d observations", observations)
	}
	if growth > 128<<20 {
		t.Errorf("a million rows take %d MB", growth>>20)
	}
}

// A file may be made to be slow: nothing in it may cost more than a bounded time
// for each row.
func TestAHostileFileTakesNoLongerThanAnother(t *testing.T) {
	const rows = 20_000
	for name, content := range map[string]string{
		"names that nobody bears": "Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\n" +
			numbered(rows, func(i int) string { return fmt.Sprintf("ECAP%d;Q1 2025;M-9%d;Solodorf%d;A%d;x%d;3\n", i, i, i, i, i) }),
		"periods that nobody can read":  "Gemeinde;Jahr;Ankünfte;Davon informiert\n" + numbered(300_000, func(i int) string { return fmt.Sprintf("Olten;1. irgendwann %d;4;3\n", i) }),
		"line breaks within one quote":  "Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\nOlten;2025;4;3;\"" + strings.Repeat("\n", 900_000) + "\"\n",
		"a quote that is never closed":  "Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\nOlten;2025;4;3;\"" + strings.Repeat("x\n", 1_000_000),
		"one row of separators":         strings.Repeat(";", 900_000) + "\n" + plainFile,
		"a header of many columns":      "Gemeinde;Jahr;Ankünfte;Davon informiert" + numbered(5000, func(i int) string { return fmt.Sprintf(";Spalte%d", i) }) + "\nOlten;2025;4;3\n",
		"a row much longer than header": "Gemeinde;Jahr;Ankünfte;Davon informiert\nOlten;2025;4;3" + strings.Repeat(";x", 400_000) + "\n",
		"cells of many letters":         "Gemeinde;Jahr;Ankünfte;Davon informiert\n" + strings.Repeat(strings.Repeat("x", 100_000)+";2025;"+strings.Repeat("9", 100_000)+";3\n", 20),
		"what nearly is a telephone":    "Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\n" + numbered(rows, func(i int) string { return fmt.Sprintf("Olten;2025;4;3;%s\n", strings.Repeat("0 7 9 ", 20)) }),
		"totals without end":            plainFile + strings.Repeat("Total;2025;;1;1;1\n", rows),
		"the same row again and again":  plainFile + strings.Repeat("Grenchen;2025;m;40;30;12\n", rows),
		"NUL in a text":                 strings.Repeat("\x00", 1000) + plainFile,
	} {
		start := cpu(t)
		report, err := Check(fileOf(content), small(), Expect{})
		if err != nil {
			t.Fatal(err)
		}
		if took := cpu(t) - start; took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
		if len(report.Findings) > maxFindings+1 {
			t.Errorf("%s: %d findings", name, len(report.Findings))
		}
	}
}

func numbered(n int, row func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(row(i))
	}
	return b.String()
}

func TestMoreRowsThanTheLimitAreRefused(t *testing.T) {
	content := "Gemeinde;Jahr;Ankünfte;Davon informiert\n" + strings.Repeat("Olten;2025;4;3\n", MaxRows+2)
	report := check(t, content, Expect{})
	if report.Accepted() || !strings.Contains(codes(report), "too_many_rows") {
		t.Errorf("found %s", codes(report))
	}
}

func TestASliceTableFindsWhatWasPutIn(t *testing.T) {
	slices := newSliceTable()
	seen := newFirsts(10, true)
	const n = 50_000
	key := func(i int) uint64 {
		return uint64(i%97)<<municipalityShift | uint64(i/97)<<furtherShift | uint64(i%5+1)<<figureShift
	}
	for i := range n {
		slices.add(key(i), figure.Margin(i%8), figure.Given)
		if first := seen.insert(key(i), uint32(i+1), amount{value: figure.Decimal(i)}); first != 0 {
			t.Fatalf("key %d was there in row %d", i, first)
		}
	}
	for i := range n {
		if slices.presentIn(key(i)) != 1<<(i%8) {
			t.Fatalf("slice %d: %08b", i, slices.presentIn(key(i)))
		}
		if place := seen.find(key(i)); place < 0 || seen.rows[place] != uint32(i+1) || seen.values[place] != figure.Decimal(i) {
			t.Fatalf("key %d is at %d", i, place)
		}
		if first := seen.insert(key(i), 99, amount{}); first != uint32(i+1) {
			t.Fatalf("key %d came first in row %d", i, first)
		}
	}
	if seen.find(key(n)) >= 0 {
		t.Error("a key was found that is not there")
	}
}
