package intake

import (
	"bytes"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/programme"
	"kipmonitor/internal/xlsx/xlsxtest"
	"kipmonitor/seed"
)

// courseBook writes the table of courseFile as a workbook of the given columns.
func courseBook(t testing.TB, p *programme.Programme, rows int) []byte {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	f := excelize.NewFile()
	must(f.SetSheetName("Sheet1", "Daten"))
	w, err := f.NewStreamWriter("Daten")
	must(err)
	for i, line := range bytes.Split(bytes.TrimSuffix(courseFile(p, rows, Wide), []byte{'\n'}), []byte{'\n'}) {
		var cells []any
		for _, cell := range bytes.Split(line, []byte{';'}) {
			if n, err := strconv.Atoi(string(cell)); err == nil {
				cells = append(cells, n)
				continue
			}
			cells = append(cells, string(cell))
		}
		name, err := excelize.CoordinatesToCellName(1, i+1)
		must(err)
		must(w.SetRow(name, cells))
	}
	must(w.Flush())
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

// BenchmarkCheckXLSX100k: a workbook of 100,000 rows and 13 columns is checked in
// 2.5 seconds with 256 MiB; more than the 8 columns that are asked for.
func BenchmarkCheckXLSX100k(b *testing.B) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		b.Fatal(err)
	}
	rows := sized(100_000)
	content := courseBook(b, p, rows)
	file := File{Name: "kurse.xlsx", Size: int64(len(content)), Content: bytes.NewReader(content)}
	runtime.GC()
	fastest := time.Hour // others may be at work on the machine
	var growth uint64
	rounds := 0
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		rounds++
		start := time.Now()
		growth = max(growth, xlsxtest.HeapGrowth(func() {
			report, err := Check(file, p, Expect{})
			if err != nil || !report.Accepted() || report.Rows != rows {
				b.Fatalf("%v %d rows, %s", err, report.Rows, codes(report))
			}
		}))
		fastest = min(fastest, time.Since(start))
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(rounds), "s/check")
	b.ReportMetric(float64(growth)/(1<<20), "MiB-growth")
	if fastest > 2500*time.Millisecond || growth > 256<<20 {
		b.Errorf("%s at best, %d MiB at most", fastest, growth>>20)
	}
}
