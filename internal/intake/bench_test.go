package intake

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

// courseFile writes a file of a provider in the long or wide layout with a row
// for each combination that its register knows.
func courseFile(p *programme.Programme, rows int, layout Layout) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	form := p.Form("language_course")
	var organisation figure.Organisation
	var measure figure.Measure
	for _, m := range p.Measures {
		if m.Area == "FB2" && m.Start <= 2025 && m.End >= 2025 {
			organisation, measure = m.Organisation, m.Code
			break
		}
	}
	_ = form
	var b bytes.Buffer
	if layout == Wide {
		b.WriteString("Organisation;Periode;Massnahme;BFS-Nr.;Geschlecht;Altersklasse;Aufenthaltsstatus;Sprachniveau;Kurstyp;course_participations;course_participations_ended;course_goals_reached;course_dropouts\n")
	} else {
		b.WriteString("Organisation;Periode;Massnahme;BFS-Nr.;Geschlecht;Altersklasse;Aufenthaltsstatus;Sprachniveau;Kurstyp;Kennzahl;Wert\n")
	}
	ids := []string{"course_participations", "course_participations_ended", "course_goals_reached", "course_dropouts"}
	codes := func(d figure.Dimension) []programme.Code { return p.Dimension(d).Codes }
	written := 0
	municipalities := p.MunicipalitiesIn(2025)
	for {
		for _, level := range codes("level") {
			for _, course := range codes("course") {
				for _, m := range municipalities {
					for _, status := range codes("status") {
						for _, age := range codes("age") {
							for _, sex := range codes("sex") {
								head := fmt.Sprintf("%s;Q3 2025;%s;%d;%s;%s;%s;%s;%s;", organisation, measure, m.Number, sex.Code, age.Code, status.Code, level.Code, course.Code)
								if layout == Wide {
									n := random.IntN(200)
									fmt.Fprintf(&b, "%s%d;%d;%d;%d\n", head, n+20, n+10, n/2, n/4)
									written++
								} else {
									n := random.IntN(200)
									for i, value := range []int{n + 20, n + 10, n / 2, n / 4} {
										fmt.Fprintf(&b, "%s%s;%d\n", head, ids[i], value)
										written++
									}
								}
								if written >= rows {
									return b.Bytes()
								}
							}
						}
					}
				}
			}
		}
	}
}

// sized is the size of a benchmark: the whole one, or with -short, as the ordinary tests
// run each once, a hundredth of it.
func sized(rows int) int {
	if testing.Short() {
		return rows / 100
	}
	return rows
}

func benchmarkCheck(b *testing.B, rows int, layout Layout) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		b.Fatal(err)
	}
	rows = sized(rows)
	content := courseFile(p, rows, layout)
	file := File{Name: "kurse.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}
	report, err := Check(file, p, Expect{})
	if err != nil || !report.Accepted() {
		b.Fatalf("%v %d findings, first: %s", err, len(report.Findings), report.Findings[0].Message.DE)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := Check(file, p, Expect{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCheck100k(b *testing.B)     { benchmarkCheck(b, 100_000, Wide) }
func BenchmarkCheckLong100k(b *testing.B) { benchmarkCheck(b, 100_000, Long) }
func BenchmarkCheck1M(b *testing.B)       { benchmarkCheck(b, 1_000_000, Long) }

func benchmarkRead(b *testing.B, layout Layout) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		b.Fatal(err)
	}
	rows := sized(100_000)
	content := courseFile(p, rows, layout)
	file := File{Name: "kurse.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}
	report, err := Check(file, p, Expect{})
	if err != nil || !report.Accepted() {
		b.Fatalf("%v %d findings, first: %s", err, len(report.Findings), report.Findings[0].Message.DE)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if err := Read(file, p, report, func([]figure.Observation) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRead(b *testing.B)     { benchmarkRead(b, Wide) }
func BenchmarkReadLong(b *testing.B) { benchmarkRead(b, Long) }

// BenchmarkCheckSmall is what a municipality sends.
func BenchmarkCheckSmall(b *testing.B) {
	p := whole()
	const content = "Gemeinde;Jahr;Ankünfte;Davon informiert\nGrenchen;2025;40;30\n"
	file := fileOf(content)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Check(file, p, Expect{}); err != nil {
			b.Fatal(err)
		}
	}
}
