package locale

import (
	"testing"
	"time"

	"kipmonitor/internal/figure"
)

// decimal reads a decimal of a test case.
func decimal(t *testing.T, text string) figure.Decimal {
	t.Helper()
	d, err := figure.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNumbersAreWrittenAsTheSwissWriteThem(t *testing.T) {
	for _, c := range []struct {
		name     string
		value    string
		decimals int
		german   string
		english  string
	}{
		{"no thousands", "999", 0, "999", "999"},
		{"thousands", "1000", 0, "1’000", "1’000"},
		{"millions", "1234567.891", 2, "1’234’567,89", "1’234’567.89"},
		{"the largest number", "922337203685477.5807", 4, "922’337’203’685’477,5807", "922’337’203’685’477.5807"},
		{"the smallest number", "-922337203685477.5808", 0, "−922’337’203’685’478", "−922’337’203’685’478"},
		{"decimals filled with zeros", "12", 2, "12,00", "12.00"},
		{"below one", "0.05", 2, "0,05", "0.05"},
		{"a half rounds up", "2.5", 0, "3", "3"},
		{"a half rounds away from zero", "-2.5", 0, "−3", "−3"},
		{"a half in the decimals", "0.125", 2, "0,13", "0.13"},
		{"less than a half", "2.4999", 0, "2", "2"},
		{"rounding carries into the thousands", "999.95", 1, "1’000,0", "1’000.0"},
		{"negative", "-1234.5", 1, "−1’234,5", "−1’234.5"},
		{"what rounds to zero has no sign", "-0.04", 1, "0,0", "0.0"},
		{"more decimals than there are", "1.5", 9, "1,5000", "1.5000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decimal(t, c.value)
			for language, want := range map[Language]string{German: c.german, French: c.german, Italian: c.german, English: c.english} {
				if got := language.Number(d, c.decimals); got != want {
					t.Errorf("%s: %q, want %q", language, got, want)
				}
			}
		})
	}
}

func TestSharesAreWrittenInHundredths(t *testing.T) {
	for _, c := range []struct {
		share    string
		decimals int
		want     string
	}{
		{"0.925", 1, "92,5\u202f%"},
		{"1", 0, "100\u202f%"},
		{"1.795", 0, "180\u202f%"},
		{"0", 1, "0,0\u202f%"},
		{"-0.0325", 1, "−3,3\u202f%"},
		{"0.0004", 1, "0,0\u202f%"},
		{"0.0005", 1, "0,1\u202f%"},
		{"12.34", 0, "1’234\u202f%"},
	} {
		if got := German.Percent(decimal(t, c.share), c.decimals); got != c.want {
			t.Errorf("%s: %q, want %q", c.share, got, c.want)
		}
	}
	if got := English.Percent(decimal(t, "0.925"), 1); got != "92.5\u202f%" {
		t.Errorf("in English %q", got)
	}
}

func TestMoneyHasAPointInEveryLanguage(t *testing.T) {
	for _, language := range Languages {
		if got := language.Money(decimal(t, "-12345.5"), 2); got != "CHF −12’345.50" {
			t.Errorf("%s: %q", language, got)
		}
	}
	if got := German.Count(1_234_567); got != "1’234’567" {
		t.Errorf("a count is written %q", got)
	}
}

func TestDaysAndTimesAreSwiss(t *testing.T) {
	winter := time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC)
	summer := time.Date(2025, 7, 1, 12, 5, 0, 0, time.UTC)
	if got := German.Date(time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)); got != "01.03.2025" {
		t.Errorf("a day is written %q", got)
	}
	for _, c := range []struct {
		language Language
		at       time.Time
		want     string
	}{
		{German, winter, "01.01.2026, 00.30"},
		{German, summer, "01.07.2025, 14.05"},
		{French, summer, "01.07.2025, 14:05"},
		{Italian, summer, "01.07.2025, 14:05"},
		{English, summer, "01.07.2025, 14:05"},
	} {
		if got := c.language.DateTime(c.at); got != c.want {
			t.Errorf("%s: %q, want %q", c.language, got, c.want)
		}
	}
}

func TestPeriodsAreWrittenAsPeopleSayThem(t *testing.T) {
	for _, c := range []struct {
		language Language
		period   string
		want     string
	}{
		{German, "2025", "2025"},
		{German, "2025-H1", "1. Halbjahr 2025"},
		{French, "2025-H2", "2e semestre 2025"},
		{Italian, "2025-Q3", "3° trimestre 2025"},
		{English, "2025-Q4", "fourth quarter of 2025"},
	} {
		period, err := figure.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.language.Period(period); got != c.want {
			t.Errorf("%s: %q, want %q", c.language, got, c.want)
		}
	}
}

func TestEveryPartOfAYearHasAName(t *testing.T) {
	for _, periodicity := range []figure.Periodicity{figure.HalfYearly, figure.Quarterly} {
		for _, part := range periodicity.Parts() {
			for _, language := range Languages {
				period := figure.Period{Year: 2025, Part: part}
				if got := language.Period(period); got[0] == '[' {
					t.Errorf("%s in %s: %s", period, language, got)
				}
			}
		}
	}
}
