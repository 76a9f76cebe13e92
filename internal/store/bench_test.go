package store_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// sized is the size of a benchmark: the whole one, or with -short, as the ordinary tests
// run each once, a small one.
func sized(whole, small int) int {
	if testing.Short() {
		return small
	}
	return whole
}

// BenchmarkImport1M takes in a file of 1,000,000 rows and compares that with the
// engine's own INSERT … SELECT FROM file() of the same file into a table like ours.
func BenchmarkImport1M(b *testing.B) {
	rows := sized(1_000_000, 2000)
	path := filepath.Join(b.TempDir(), "kurse.csv")
	if err := writeCourses(path, rows); err != nil {
		b.Fatal(err)
	}
	service := submission.NewService(shared.programme, shared.store)
	var owns, takens time.Duration
	growth, rounds := 0, 0
	for b.Loop() {
		own := engineImport(b, path)
		content, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		info, err := content.Stat()
		if err != nil {
			b.Fatal(err)
		}
		before := memory(b, "VmRSS")
		forgetPeak(b)
		start := time.Now()
		receipt, err := service.Take(b.Context(), intake.File{Name: "kurse.csv", Size: info.Size(), Content: content}, intake.Expect{}, office, submission.Explanations{submission.ForAll: "Die Zahlen sind geprüft."})
		if err != nil {
			b.Fatal(err)
		}
		taken := time.Since(start)
		if !receipt.Report.Accepted() || receipt.Submission.Observations != rows || receipt.Known {
			b.Fatalf("%d observations taken in: %+v", receipt.Submission.Observations, receipt.Report.Findings)
		}
		owns, takens, growth, rounds = owns+own, takens+taken, max(growth, memory(b, "VmHWM")-before), rounds+1
		if _, err := service.Withdraw(b.Context(), receipt.Submission.ID, office, "Zur Messung zurückgezogen."); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(takens.Seconds()/float64(rounds), "s/import")
	b.ReportMetric(owns.Seconds()/float64(rounds), "s/engine")
	b.ReportMetric(takens.Seconds()/owns.Seconds(), "x-engine")
	b.ReportMetric(float64(growth), "MiB-growth")
}

func engineImport(b *testing.B, path string) time.Duration {
	b.Helper()
	for _, sql := range []string{
		"DROP TABLE IF EXISTS bench_observations",
		"CREATE TABLE bench_observations AS observations",
	} {
		if err := shared.store.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	start := time.Now()
	err := shared.store.Exec(b.Context(), `INSERT INTO bench_observations
		(key_figure, year, submission, municipality, measure, sex, age, status, further, margins, value, source_row, source_column)
		SELECT Kennzahl, toUInt16(left(Periode, 4)), toUUID('01900000-0000-7000-8000-000000000000'), Gemeinde, Massnahme, Geschlecht, Altersklasse, Aufenthaltsstatus,
			concat('course=', Kurstyp, ';level=', Sprachniveau), 255, Wert, rowNumberInAllBlocks() + 2, 11
		FROM file('`+path+`', CSVWithNames, 'Organisation String, Periode String, Massnahme String, Gemeinde UInt16, Geschlecht String, Altersklasse String,
			Aufenthaltsstatus String, Sprachniveau String, Kurstyp String, Kennzahl String, Wert Decimal(18, 4)')
		SETTINGS format_csv_delimiter = ';'`)
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// writeCourses writes a file in the long layout, for the form of courses.
func writeCourses(path string, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	p := shared.programme
	fmt.Fprintln(out, "Organisation;Periode;Massnahme;Gemeinde;Geschlecht;Altersklasse;Aufenthaltsstatus;Sprachniveau;Kurstyp;Kennzahl;Wert")
	measure := measureOf(p, "FB2")
	written := 0
	for _, m := range p.MunicipalitiesIn(2025) {
		for _, sex := range p.Dimension("sex").Codes {
			for _, age := range p.Dimension("age").Codes {
				for _, status := range p.Dimension("status").Codes {
					for _, level := range p.Dimension("level").Codes {
						for _, course := range p.Dimension("course").Codes {
							for i, id := range []string{"course_participations", "course_participations_ended"} {
								if written == rows {
									return out.Flush()
								}
								fmt.Fprintf(out, "%s;2025-Q1;%s;%d;%s;%s;%s;%s;%s;%s;%d\n", measure.Organisation, measure.Code, m.Number,
									sex.Code, age.Code, status.Code, level.Code, course.Code, id, 20-i)
								written++
							}
						}
					}
				}
			}
		}
	}
	return fmt.Errorf("%d rows only", written)
}

func measureOf(p *programme.Programme, area programme.AreaCode) programme.Measure {
	for _, m := range p.Measures {
		if m.Area == area && m.Contracted && m.Start <= 2025 && m.End >= 2025 {
			return m
		}
	}
	panic("no measure in " + area)
}

var memoryLine = regexp.MustCompile(`(?m)^(\w+):\s+(\d+) kB$`)

// memory returns a line of the process's status in MiB.
func memory(b *testing.B, name string) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("the memory of the process is read from /proc, which is not here")
	}
	for _, line := range memoryLine.FindAllStringSubmatch(string(status), -1) {
		if line[1] == name {
			n, _ := strconv.Atoi(line[2])
			return n / 1024
		}
	}
	b.Fatalf("no %s in /proc/self/status", name)
	return 0
}

// forgetPeak makes VmHWM start anew.
func forgetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak of memory counts from the start of the process: %v", err)
	}
}

// BenchmarkSums20M asks for the sums that the overview needs, over 20 million
// observations, and compares that with the barest SQL for the same sums: over the
// figures alone, without asking which submissions are in force.
func BenchmarkSums20M(b *testing.B) {
	figures, years := fill20M(b)
	question := figure.Question{Figures: figures, Years: years}
	list := "'" + strings.Join(textsOf(figures), "','") + "'"
	bare := "SELECT key_figure, year, sumOrNull(value), countIf(mark = 0), countIf(mark = 1), countIf(mark = 2) FROM observations WHERE key_figure IN (" +
		list + ") AND bitTest(margins, 0) GROUP BY key_figure, year ORDER BY key_figure, year"
	if err := shared.store.Exec(b.Context(), bare); err != nil {
		b.Fatal(err)
	}
	var times [2]time.Duration
	rounds := 0
	for b.Loop() {
		start := time.Now()
		if err := shared.store.Exec(b.Context(), bare); err != nil {
			b.Fatal(err)
		}
		times[0] += time.Since(start)
		start = time.Now()
		sums, err := shared.store.Sums(b.Context(), question)
		if err != nil || len(sums) != len(figures)*len(years) {
			b.Fatalf("%d sums: %v", len(sums), err)
		}
		times[1] += time.Since(start)
		rounds++
	}
	b.ReportMetric(times[0].Seconds()*1000/float64(rounds), "ms/bare")
	b.ReportMetric(times[1].Seconds()*1000/float64(rounds), "ms/sums")
	b.ReportMetric(float64(times[1])/float64(times[0]), "x-bare")
}

func textsOf(figures []figure.KeyFigure) []string {
	texts := make([]string, len(figures))
	for i, f := range figures {
		texts[i] = string(f)
	}
	return texts
}

// fill20M makes 2,000 submissions of 10,000 observations, with -short of 40: 100
// organisations over five years and four quarters, of forty key figures.
func fill20M(b *testing.B) ([]figure.KeyFigure, []figure.Year) {
	b.Helper()
	var figures []figure.KeyFigure
	for i := range shared.programme.KeyFigures {
		if k := &shared.programme.KeyFigures[i]; !k.System && len(figures) < 40 {
			figures = append(figures, k.ID)
		}
	}
	id := "toUUID(concat('01900000-0000-7000-8000-', leftPad(toString(n), 12, '0')))"
	each := sized(10_000, 40)
	n := fmt.Sprintf("intDiv(number, %d)", each)
	for _, sql := range []string{
		"TRUNCATE TABLE submissions", "TRUNCATE TABLE submission_events", "TRUNCATE TABLE observations",
		"INSERT INTO submissions (id, form, form_version, organisation, year, part, file_name, sha256, size, rows, faulty_rows, observations, definition, report) SELECT " + id + ", 'language_course', '1', concat('ORG', toString(n % 100)), 2022 + intDiv(n, 400), 3 + intDiv(n, 100) % 4, 'x.csv', 'x', 1, 1, 0, 10000, 'x', '' FROM (SELECT number AS n FROM numbers(2000))",
		"INSERT INTO submission_events (submission, kind, at, person, reason) SELECT " + id + ", 'submitted', now64(6), 'bench', '' FROM (SELECT number AS n FROM numbers(2000))",
		`INSERT INTO observations (key_figure, year, submission, municipality, sex, age, status, margins, mark, value, source_row)
			SELECT ['` + strings.Join(textsOf(figures), "','") + `'][1 + number % 40], 2022 + intDiv(n, 400), ` + id + `, 2401 + number % 107,
				['m', 'w', 'u'][1 + intDiv(number, 40) % 3], ['0-4', '5-15', '16-25', '26-55', '56+'][1 + intDiv(number, 120) % 5],
				['VA', 'S', 'FL', 'AUS_EU'][1 + intDiv(number, 600) % 4], 255, 0, number % 1000, number % 10000
			FROM (SELECT number, ` + n + ` AS n FROM numbers(` + strconv.Itoa(2000*each) + `)) SETTINGS max_execution_time = 0`,
		"OPTIMIZE TABLE observations FINAL SETTINGS max_execution_time = 0",
	} {
		if err := shared.store.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	b.Cleanup(func() {
		for _, table := range []string{"submissions", "submission_events", "observations"} {
			_ = shared.store.Exec(b.Context(), "TRUNCATE TABLE "+table)
		}
	})
	return figures, []figure.Year{2022, 2023, 2024, 2025, 2026}
}

// BenchmarkSmallFile takes in one small file after the other, as the demo does.
func BenchmarkSmallFile(b *testing.B) {
	service := submission.NewService(shared.programme, shared.store)
	n := 0
	for b.Loop() {
		n++
		content := fmt.Sprintf("Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Kurstyp;Kennzahl;Wert\n%s;2025-Q2;%s;2581;A1;intensive;course_participations;%d\n",
			measureOf(shared.programme, "FB2").Organisation, measureOf(shared.programme, "FB2").Code, 10+n%1000)
		receipt, err := service.Take(b.Context(), file("klein.csv", content), intake.Expect{}, office, submission.Explanations{submission.ForAll: "Die Zahlen sind geprüft."})
		if err != nil || receipt.Known {
			b.Fatalf("%+v, %v", receipt, err)
		}
		if !receipt.Report.Accepted() {
			b.Fatalf("%+v", receipt.Report.Findings)
		}
	}
}
