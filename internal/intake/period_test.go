package intake

import (
	"testing"

	"kipmonitor/internal/figure"
)

func TestPeriodsAreReadAsPeopleWriteThem(t *testing.T) {
	for _, test := range []struct {
		periodicity figure.Periodicity
		text, want  string
	}{
		{figure.Yearly, "2025", "2025"}, {figure.Yearly, " 2025 ", "2025"}, {figure.Yearly, "2025.0", "2025"}, {figure.Yearly, "Jahr 2025", "2025"}, {figure.Yearly, "Berichtsjahr: 2025", "2025"},
		{figure.Yearly, "année 2025", "2025"}, {figure.Yearly, "anno 2025", "2025"}, {figure.Yearly, "31.12.2025", "2025"}, {figure.Yearly, "per 31.12.2025", "2025"}, {figure.Yearly, "2025-12-31", "2025"},
		{figure.Yearly, "2025-12-31T00:00:00", "2025"}, {figure.Yearly, "1.1.2025 - 31.12.2025", "2025"}, {figure.Yearly, "01.01.–31.12.2025", "2025"}, {figure.Yearly, "31.12.2025 00:00:00", "2025"},
		{figure.Quarterly, "2025-Q3", "2025-Q3"}, {figure.Quarterly, "Q3 2025", "2025-Q3"}, {figure.Quarterly, "q3/2025", "2025-Q3"}, {figure.Quarterly, "Q3/25", "2025-Q3"}, {figure.Quarterly, "2025 Q3", "2025-Q3"}, {figure.Quarterly, "2025/Q3", "2025-Q3"},
		{figure.Quarterly, "3. Quartal 2025", "2025-Q3"}, {figure.Quarterly, "3.Quartal 2025", "2025-Q3"}, {figure.Quarterly, "drittes Quartal 2025", "2025-Q3"}, {figure.Quarterly, "III. Quartal 2025", "2025-Q3"}, {figure.Quarterly, "2025 3. Quartal", "2025-Q3"},
		{figure.Quarterly, "3e trimestre 2025", "2025-Q3"}, {figure.Quarterly, "1er trimestre 2025", "2025-Q1"}, {figure.Quarterly, "troisième trimestre 2025", "2025-Q3"}, {figure.Quarterly, "T3 2025", "2025-Q3"}, {figure.Quarterly, "3° trimestre 2025", "2025-Q3"},
		{figure.Quarterly, "terzo trimestre 2025", "2025-Q3"}, {figure.Quarterly, "3rd quarter 2025", "2025-Q3"}, {figure.Quarterly, "third quarter of 2025", "2025-Q3"}, {figure.Quarterly, "30.09.2025", "2025-Q3"}, {figure.Quarterly, "1.7.2025 bis 30.9.2025", "2025-Q3"},
		{figure.Quarterly, "1.7.-30.9.2025", "2025-Q3"}, {figure.Quarterly, "du 1.7.2025 au 30.9.2025", "2025-Q3"},
		{figure.HalfYearly, "2025-H1", "2025-H1"}, {figure.HalfYearly, "1. Halbjahr 2025", "2025-H1"}, {figure.HalfYearly, "2. Semester 2025", "2025-H2"}, {figure.HalfYearly, "H2 2025", "2025-H2"}, {figure.HalfYearly, "S1 2025", "2025-H1"},
		{figure.HalfYearly, "1er semestre 2025", "2025-H1"}, {figure.HalfYearly, "2e semestre 2025", "2025-H2"}, {figure.HalfYearly, "2° semestre 2025", "2025-H2"}, {figure.HalfYearly, "first half of 2025", "2025-H1"}, {figure.HalfYearly, "30.6.2025", "2025-H1"}, {figure.HalfYearly, "1. HJ 2025", "2025-H1"},
		{figure.Yearly, "", ""}, {figure.Yearly, "bald", ""}, {figure.Yearly, "1999", ""}, {figure.Yearly, "2100", ""}, {figure.Yearly, "12.2025", ""}, {figure.Yearly, "45.13.2025", ""}, {figure.Quarterly, "Q5 2025", ""}, {figure.HalfYearly, "H3 2025", ""},
		{figure.Quarterly, "Q3", ""}, {figure.Quarterly, "3", ""}, {figure.Yearly, "2025/2026", ""}, {figure.Quarterly, "2.7.2025 bis 30.9.2025", ""},
	} {
		period, ok := parsePeriod(test.text, test.periodicity, 0)
		got := ""
		if ok {
			got = period.String()
		}
		if got != test.want {
			t.Errorf("%q (%s) is %q, want %q", test.text, test.periodicity, got, test.want)
		}
	}
}

func TestAQuarterMayStandBesideItsYear(t *testing.T) {
	for _, text := range []string{"3", "Q3", "3.", "3. Quartal", "III. Quartal"} {
		if period, ok := parsePeriod(text, figure.Quarterly, 2025); !ok || period.String() != "2025-Q3" {
			t.Errorf("%q beside 2025 is %s, %t", text, period, ok)
		}
	}
}

// FuzzPeriod: what is read is a period that can be written and read again.
func FuzzPeriod(f *testing.F) {
	for _, text := range []string{"2025", "Q3 2025", "31.12.2025", "1.7.–30.9.2025", "3e trimestre 2025", "IV/2025", "2025-H1", "q", "i", "\xff", "99.99.2099"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, periodicity := range []figure.Periodicity{figure.Yearly, figure.HalfYearly, figure.Quarterly} {
			for _, year := range []figure.Year{0, 2025} {
				period, ok := parsePeriod(text, periodicity, year)
				if !ok {
					continue
				}
				if again, err := figure.ParsePeriod(period.String()); err != nil || again != period {
					t.Fatalf("%q is %s, read again %s (%v)", text, period, again, err)
				}
			}
		}
	})
}
