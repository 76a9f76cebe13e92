package intake

import (
	"fmt"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

var (
	persons = &programme.Unit{Code: "persons", Whole: true}
	hours   = &programme.Unit{Code: "hours", Decimals: 2}
	francs  = &programme.Unit{Code: "chf", Decimals: 2, Money: true}
	people  = &programme.Unit{Code: "persons", Whole: true, Name: locale.Text{DE: "Personen", FR: "personnes", IT: "persone", EN: "persons"}}
	spent   = &programme.Unit{Code: "hours", Decimals: 2, Name: locale.Text{DE: "Stunden", FR: "heures", IT: "ore", EN: "hours"}}
	share   = &programme.Unit{Code: figure.Percent}
)

func (a amount) String() string {
	switch {
	case a.fault != "":
		return a.fault
	case a.mark == figure.Missing:
		return "missing"
	case a.mark == figure.NotApplicable:
		return "n/a"
	case a.thousands:
		return a.value.String() + " thousands"
	}
	return a.value.String()
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for _, test := range []struct {
		unit       *programme.Unit
		text, want string
	}{
		{persons, "<5", "number_inexact"}, {persons, "< 5", "number_inexact"}, {persons, "≤ 4", "number_inexact"}, {persons, "unter 5", "number_inexact"},
		{persons, "1-4", "number_inexact"}, {persons, "5 – 10", "number_inexact"}, {persons, "<a", "number"}, {persons, "unter", "number"},
		{persons, "12", "12"}, {persons, " 12 ", "12"}, {persons, "0", "0"}, {persons, "007", "7"}, {persons, "+5", "5"}, {persons, "-5", "-5"},
		{persons, "−5", "-5"}, {persons, "(5)", "-5"}, {persons, "5-", "-5"}, {persons, "- 5", "-5"},
		{persons, "1'234", "1234"}, {persons, "1’234’567", "1234567"}, {persons, "1 234", "1234"}, {persons, "1\u00a0234", "1234"}, {persons, "1\u202f234", "1234"},
		{persons, "1`234", "1234"}, {persons, "1.234.567", "1234567"}, {persons, "1,234,567", "1234567"}, {persons, "12.00", "12"}, {persons, "12,0", "12"}, {persons, "5.", "5"},
		{persons, "1'234.00", "1234"}, {persons, "1.234,0", "1234"}, {persons, "1,234.0", "1234"},
		// One point or comma before three digits.
		{persons, "1.234", "1234 thousands"}, {persons, "1,234", "1234 thousands"}, {persons, "123.456", "123456 thousands"},
		{persons, "1.000", "number_ambiguous"}, {persons, "0.125", "number_decimals"}, {persons, "1234.567", "number_decimals"},
		{hours, "1.500", "number_ambiguous"}, {hours, "1.234", "1234 thousands"}, {hours, "0.250", "0.25"}, {hours, "1'234.567", "number_places"},
		{francs, "12.345", "12345 thousands"}, {share, "0.925", "0.925"}, {share, "0,9251", "0.9251"}, {share, "92,5 %", "0.925"}, {share, "92.5%", "0.925"},
		{share, "92.555 %", "number_places"}, {persons, "92 %", "number_percent"},
		{persons, "4.5", "number_decimals"}, {hours, "4.5", "4.5"}, {hours, "4,25", "4.25"}, {hours, ",5", "0.5"}, {hours, "4.255", "4255 thousands"}, {hours, "14.2555", "number_places"},
		{francs, "CHF 1'234.50", "1234.5"}, {francs, "1'234.–", "1234"}, {francs, "Fr. 20.-", "20"}, {francs, "20.-- CHF", "20"}, {francs, "-1'234.50", "-1234.5"},
		{francs, "CHF -5", "-5"}, {francs, "1'234.50-", "-1234.5"}, {francs, "12,50", "12.5"}, {francs, "1’000’000.05", "1000000.05"},
		// Not numbers.
		{persons, "viele", "number"}, {persons, "ca. 5", "number"}, {persons, "5 Personen", "number"}, {persons, "1e5", "number"}, {persons, "5*", "number"},
		{persons, "31.12.2025", "number"}, {persons, "1.2.3", "number"}, {persons, "1,2,3", "number"}, {persons, "12'34", "number"}, {persons, "1'23'456", "number"}, {persons, "1.234'567", "number"},
		{persons, "1 2", "number"}, {persons, "1..2", "number"}, {persons, "2025-01-01", "number"}, {persons, "079 123 45 67", "number"}, {persons, "0791234567", "number"},
		{persons, "7569217076985", "number"}, {persons, "--5", "number"}, {persons, ",", "number"}, {persons, "CHF 5", "number"},
		{persons, "=A1+A2", "number_formula"}, {persons, "#DIV/0!", "number_formula"}, {persons, "#BEZUG!", "number_formula"}, {persons, "123456789012345678", "number_range"},
		{persons, "123456789012345", "number_range"}, {persons, "99999999999999", "99999999999999"},
		// Missing, and not applicable. Never zero.
		{persons, "", "missing"}, {persons, " ", "missing"}, {persons, "\u00a0", "missing"}, {persons, "–", "missing"}, {persons, "-", "missing"}, {persons, "—", "missing"}, {persons, "n/a", "missing"}, {persons, "N/A", "missing"},
		{persons, "k.A.", "missing"}, {persons, "k. A.", "missing"}, {persons, "X", "missing"}, {persons, "...", "missing"}, {persons, "…", "missing"}, {persons, "#NV", "missing"}, {persons, "?", "missing"},
		// A dash between blanks is how formats of accounts show zero.
		{francs, " -   ", "0"}, {francs, " –  ", "0"}, {francs, " CHF -   ", "0"}, {persons, " -   ", "0"}, {persons, " CHF -   ", "number"}, {francs, " - ", "missing"}, {francs, "- ", "missing"},
		// Computed amounts have more decimals than money.
		{francs, "1234.5678", "1234.57"}, {francs, "1234.5649", "1234.56"}, {francs, "-0.9999", "-1"}, {francs, "1'234.5000", "1234.5"}, {francs, "1.234,567", "number_places"}, {francs, "0.00001", "0"},
		// The unit beside the number.
		{people, "12 Personen", "12"}, {people, "12 pers.", "12"}, {people, "1'234 personnes", "1234"}, {people, "12 TN", "number"}, {people, "12 Tsd. Personen", "number"}, {people, "12 p", "number"}, {people, "Personen", "number"},
		{spent, "15,5 h", "15.5"}, {spent, "15.5 Std.", "15.5"}, {spent, "15 Stunden", "15"}, {spent, "15 min", "number"}, {people, "12 h", "number"}, {people, "12 Personen 3", "number"},
		{persons, ".", "n/a"}, {persons, "nicht anwendbar", "n/a"}, {persons, "entfällt", "n/a"}, {persons, "sans objet", "n/a"},
	} {
		if got := parseAmount([]byte(test.text), test.unit).String(); got != test.want {
			t.Errorf("%q in %s is %s, want %s", test.text, test.unit.Code, got, test.want)
		}
	}
}

func TestWhatIsMissingHasNoValue(t *testing.T) {
	for _, marks := range []map[string]bool{missingMarks, notApplicableMarks} {
		for text := range marks {
			if a := parseAmount([]byte(text), hours); a.mark == figure.Given || a.value != 0 || a.fault != "" {
				t.Errorf("%q is %v", text, a)
			}
		}
	}
}

// FuzzNumber: what is read is what a number written plainly would give, whatever
// the way of writing.
func FuzzNumber(f *testing.F) {
	for _, text := range []string{"", "0", "1'234.50", "1.234", "CHF 5.–", "(3)", "12,5 %", "–", "1 234 567,89", "#NV", "99999999999999.9999", "\xff", "1\u202f2", "-", "--"} {
		f.Add(text, int64(1234567))
	}
	f.Fuzz(func(t *testing.T, text string, n int64) {
		for _, unit := range []*programme.Unit{persons, hours, francs, share} {
			a := parseAmount([]byte(text), unit)
			if a.mark != figure.Given && a.value != 0 {
				t.Fatalf("%q has mark %d and value %s", text, a.mark, a.value)
			}
			if a.fault == "" && unit.Whole && !a.value.IsWhole() {
				t.Fatalf("%q: %s persons", text, a.value)
			}
			if a.fault == "" && a.mark == figure.Given {
				if again := parseAmount([]byte(a.value.String()), unit); again.fault == "" && again.value != a.value {
					t.Fatalf("%q is %s, which is %s", text, a.value, again.value)
				}
			}
		}
		n %= 100_000_000_000
		if n < 0 {
			n = -n
		}
		want := figure.Decimal(n * 100) // two decimals
		whole, cents := fmt.Sprint(n/100), fmt.Sprintf("%02d", n%100)
		for _, apart := range []string{"'", "’", " ", "\u00a0", "\u202f", ""} {
			grouped := ""
			for i, d := range whole {
				if i > 0 && (len(whole)-i)%3 == 0 {
					grouped += apart
				}
				grouped += string(d)
			}
			for _, point := range []string{".", ","} {
				if a := parseAmount([]byte(grouped+point+cents), francs); a.fault != "" || a.value != want {
					t.Fatalf("%s is %s, want %s", grouped+point+cents, a, want)
				}
			}
		}
	})
}
