package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

func TestTotalsInForceAreThoseThatAreCompleteOfEveryOrganisation(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		const form = "provider_quarter"
		missing := given("learners", 0)
		missing.Mark = figure.Missing
		part := given("learners", 900)
		part.Margins = 2 // of a breakdown, not of the total
		deliver(t, s, delivery{form, "ECAP", "2025-Q1", day(time.February, 1), []figure.Observation{given("learners", 3), given("learners", 4), given("spending", 20), part}})
		deliver(t, s, delivery{form, "ECAP", "2025-Q2", day(time.May, 1), []figure.Observation{given("learners", 30), missing, given("spending", 0)}})
		deliver(t, s, delivery{form, "AGS", "2025-Q1", day(time.March, 1), []figure.Observation{given("learners", 5)}})
		deliver(t, s, delivery{form, "AGS", "2025-Q1", day(time.April, 1), []figure.Observation{given("learners", 6)}})
		deliver(t, s, delivery{form, "AGS", "2025-Q2", time.Time{}, []figure.Observation{given("learners", 7)}}) // never submitted
		gone := deliver(t, s, delivery{form, "AGS", "2025-Q3", day(time.May, 2), []figure.Observation{given("learners", 8)}})
		record(t, s, gone, submission.Returned, day(time.May, 3))
		deliver(t, s, delivery{form, "ECAP", "2024-Q1", day(time.May, 4), []figure.Observation{given("learners", 9)}})
		deliver(t, s, delivery{"other", "ECAP", "2025-Q1", day(time.May, 4), []figure.Observation{given("learners", 10)}})

		for _, test := range []struct {
			organisation figure.Organisation
			year         figure.Year
			want         string
		}{
			{"", 2025, "AGS Q1 learners 6; ECAP Q1 learners 7; ECAP Q1 spending 20; ECAP Q2 spending 0"},
			{"AGS", 2025, "AGS Q1 learners 6"},
			{"", 2024, "ECAP Q1 learners 9"},
			{"SR1", 2025, ""},
		} {
			totals, err := s.TotalsInForce(t.Context(), form, test.organisation, test.year)
			must(t, err)
			var lines []string
			for organisation, parts := range totals {
				for part, sums := range parts {
					for id, value := range sums {
						lines = append(lines, fmt.Sprint(organisation, " ", part, " ", id, " ", value))
					}
				}
			}
			slices.Sort(lines)
			if got := strings.Join(lines, "; "); got != test.want {
				t.Errorf("of %q in %d: %q, want %q", test.organisation, test.year, got, test.want)
			}
		}
	})
}

// A file is compared with what else was sent, by the rules of the definition that
// stands in the program.
func TestAFileIsComparedWithWhatElseWasSent(t *testing.T) {
	if shared.store == nil {
		t.Skip("this process tests a cluster")
	}
	s := shared.store
	empty(t, s)
	service := submission.NewService(shared.programme, s)
	take := func(content string) {
		t.Helper()
		receipt, err := service.Take(t.Context(), file("x.csv", content), intake.Expect{}, office, submission.Explanations{submission.ForAll: "Die Zahlen sind geprüft."})
		if err != nil || !receipt.Report.Accepted() {
			t.Fatalf("%v, %+v", err, receipt.Report.Findings)
		}
	}
	fired := func(content string) string {
		t.Helper()
		report, err := service.Check(t.Context(), file("x.csv", content), intake.Expect{})
		if err != nil || !report.Accepted() {
			t.Fatalf("%v, %+v", err, report.Findings)
		}
		var rules []string
		for _, finding := range report.Findings {
			if finding.Rule != "" {
				rules = append(rules, strings.TrimSpace(finding.Rule+" "+string(finding.KeyFigure)))
			}
		}
		return strings.Join(rules, ", ")
	}
	requests := func(period string, n int) string {
		return fmt.Sprintf("Organisation;Periode;Bereich;Sprache;interpreting_requests;interpreting_requests_filled\nLINGUADUKT;%s;Gesundheit;Arabisch;%d;%d\n", period, n, n)
	}
	measure := shared.programme.Measures[slices.IndexFunc(shared.programme.Measures, func(m programme.Measure) bool { return m.Organisation == "LINGUADUKT" })].Code
	assignments := func(period string, n int) string {
		return fmt.Sprintf("Organisation;Periode;Massnahme;Bereich;Form des Einsatzes;Sprache;interpreting_assignments;interpreting_hours;interpreting_hours_qualified\nLINGUADUKT;%s;%s;Gesundheit;Telefon;Arabisch;%d;%d;%d\n", period, measure, n, n, n)
	}
	region := func(code figure.Organisation, year figure.Year, perThousand int) string {
		residents, known := shared.programme.Residents(shared.programme.Organisation(code), year)
		if !known {
			t.Fatalf("nobody lives in %s", code)
		}
		cases := residents * perThousand / 1000
		return fmt.Sprintf("Organisation;Periode;persons_supported;cases_active;cases_with_agreement;language_cohort;language_cohort_a1\n%s;%d;%d;%d;%d;0;0\n", code, year, cases, cases, cases/2)
	}
	balance := func(year, opening, closing int) string {
		return fmt.Sprintf("Organisation;Periode;Finanzquelle;federal_funds_opening;federal_funds_received;federal_funds_balance\nAGS;%d;IFK;%d;500000;%d\n", year, opening, closing)
	}

	if got := fired(assignments("2025-Q1", 500)); got != "" {
		t.Errorf("without the requests: %s", got)
	}
	take(requests("2025-Q1", 100))
	if got := fired(assignments("2025-Q1", 500)); got != "R-DE-04" {
		t.Errorf("beside the requests: %q", got)
	}
	if got := fired(assignments("2025-Q2", 500)); got != "" {
		t.Errorf("in another quarter: %q", got)
	}
	take(assignments("2025-Q2", 500))
	if got := fired(requests("2025-Q2", 100)); got != "R-DE-04" {
		t.Errorf("the requests beside the assignments: %q", got)
	}

	take(balance(2024, 1_000_000, 700_000))
	if got := fired(balance(2025, 700_000, 600_000)); got != "" {
		t.Errorf("what is carried over: %q", got)
	}
	if got := fired(balance(2025, 650_000, 600_000)); got != "R-FB-02" {
		t.Errorf("what is carried over with a gap: %q", got)
	}

	var regions []figure.Organisation
	for _, o := range shared.programme.Organisations {
		if o.Kind == programme.SocialRegion {
			regions = append(regions, o.Code)
		}
	}
	for i, code := range regions[:8] {
		if got := fired(region(regions[12], 2024, 18)); got != "" && i < 6 {
			t.Errorf("with %d peers: %q", i, got)
		}
		take(region(code, 2024, 5))
	}
	if got := fired(region(regions[12], 2024, 18)); got != "R-SR-04 cases_active" {
		t.Errorf("far from the peers: %q", got)
	}
	if got := fired(region(regions[12], 2025, 18)); got != "R-SR-04 cases_active" {
		t.Errorf("far from the peers of the year before: %q", got)
	}
	if got := fired(region(regions[12], 2024, 6)); got != "" {
		t.Errorf("near the peers: %q", got)
	}
}
