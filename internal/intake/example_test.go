package intake_test

import (
	"fmt"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func ExampleCheck() {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	const content = "Gemeinde;Jahr;Kennzahl;Wert\nGrenchem;2025;arrivals;1'040\n"
	file := intake.File{Name: "meldung.csv", Size: int64(len(content)), Content: strings.NewReader(content)}
	report, err := intake.Check(file, p, intake.Expect{Organisation: "G2546"})
	if err != nil {
		panic(err)
	}
	for _, finding := range report.Findings {
		fmt.Println(finding.Severity, finding.Place.Row, finding.In(locale.German))
	}
	// Output:
	// error 2 Die Gemeinde «Grenchem» gibt es im Kanton nicht. Schreiben Sie ihren amtlichen Namen oder ihre Gemeindenummer. Meinten Sie «Grenchen»?
}

func ExampleRead() {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	const content = "Gemeinde;Jahr;Geschlecht;Kennzahl;Wert\nGrenchen;31.12.2025;Frauen;arrivals;520\nGrenchen;31.12.2025;Männer;arrivals;n/a\n"
	file := intake.File{Name: "meldung.csv", Size: int64(len(content)), Content: strings.NewReader(content)}
	report, err := intake.Check(file, p, intake.Expect{})
	if err != nil || !report.Accepted() {
		panic(fmt.Sprint(err, report.Findings))
	}
	fmt.Println(report.Form, report.Organisation, report.Period)
	err = intake.Read(file, p, report, func(batch []figure.Observation) error {
		for _, o := range batch {
			fmt.Println(o.Cell.Row, o.Municipality, o.Sex, o.KeyFigure, o.Value, o.Mark == figure.Missing)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	// Output:
	// municipality_year G2546 2025
	// 2 2546 w arrivals 520 false
	// 3 2546 m arrivals 0 true
}
