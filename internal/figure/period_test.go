package figure

import (
	"testing"
	"time"
)

func TestPeriodsAreReadWrittenAndHaveTheirDays(t *testing.T) {
	for _, c := range []struct {
		text        string
		period      Period
		periodicity Periodicity
		start, end  string
	}{
		{"2025", Period{2025, WholeYear}, Yearly, "2025-01-01", "2025-12-31"},
		{"2025-H1", Period{2025, FirstHalf}, HalfYearly, "2025-01-01", "2025-06-30"},
		{"2025-H2", Period{2025, SecondHalf}, HalfYearly, "2025-07-01", "2025-12-31"},
		{"2024-Q1", Period{2024, FirstQuarter}, Quarterly, "2024-01-01", "2024-03-31"},
		{"2024-Q2", Period{2024, SecondQuarter}, Quarterly, "2024-04-01", "2024-06-30"},
		{"2024-Q3", Period{2024, ThirdQuarter}, Quarterly, "2024-07-01", "2024-09-30"},
		{"2024-Q4", Period{2024, FourthQuarter}, Quarterly, "2024-10-01", "2024-12-31"},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, err := ParsePeriod(c.text)
			if err != nil || got != c.period {
				t.Errorf("read as %+v, %v", got, err)
			}
			if c.period.String() != c.text {
				t.Errorf("written %q", c.period)
			}
			if c.period.Periodicity() != c.periodicity {
				t.Errorf("periodicity %s", c.period.Periodicity())
			}
			if start, end := c.period.Start().Format(time.DateOnly), c.period.End().Format(time.DateOnly); start != c.start || end != c.end {
				t.Errorf("from %s to %s, want %s to %s", start, end, c.start, c.end)
			}
			if before := c.period.Before(); before.Year != c.period.Year-1 || before.Part != c.period.Part {
				t.Errorf("the period before is %s", before)
			}
		})
	}
}

func TestThePartsOfAYearCoverItWithoutAGap(t *testing.T) {
	for _, periodicity := range []Periodicity{Yearly, HalfYearly, Quarterly} {
		next := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, part := range periodicity.Parts() {
			period := Period{2024, part}
			if !period.Start().Equal(next) || period.Periodicity() != periodicity {
				t.Errorf("%s starts on %s, want %s", period, period.Start(), next)
			}
			next = period.End().AddDate(0, 0, 1)
		}
		if next.Year() != 2025 || next.YearDay() != 1 {
			t.Errorf("the parts of %s end before %s", periodicity, next)
		}
	}
	if parts := Periodicity("monthly").Parts(); parts != nil {
		t.Errorf("a periodicity that does not exist has the parts %v", parts)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{"2025", "2025-H1", "2025-Q4", "2025-Q5", "1999", "2100", "25", "2025-", "2025Q1", "+025", "2025-h1", "2025-H1 ", "２０２５"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		period, err := ParsePeriod(text)
		if err == nil && period.String() != text {
			t.Errorf("%q was read as %s", text, period)
		}
		if err == nil && (period.Year < 2000 || period.Year > 2099) {
			t.Errorf("%q has the year %d", text, period.Year)
		}
	})
}

func TestAPeriodLiesWithinASpanOfOthers(t *testing.T) {
	for _, c := range []struct {
		from, period, to string
		within           bool
	}{
		{"", "2024", "", true}, {"2024", "2024", "2024", true}, {"2024", "2023", "", false}, {"", "2025", "2024", false},
		{"2024", "2024-Q1", "", true}, {"2024-Q3", "2024-H2", "", true}, {"2024-Q3", "2024", "", false}, {"", "2024-Q4", "2024", true}, {"", "2024", "2024-Q4", true}, {"", "2024", "2024-Q3", false},
	} {
		var from, to Period
		if c.from != "" {
			from, _ = ParsePeriod(c.from)
		}
		if c.to != "" {
			to, _ = ParsePeriod(c.to)
		}
		period, _ := ParsePeriod(c.period)
		if got := period.Within(from, to); got != c.within {
			t.Errorf("%s from %q to %q: %t", c.period, c.from, c.to, got)
		}
	}
}
