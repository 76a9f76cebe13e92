package disclosure

import (
	"fmt"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

func share(numerator, denominator int) Value {
	value, _ := figure.FromFloat(float64(numerator) / float64(denominator))
	return Value{State: Shown, Value: value, Unit: figure.Percent, Ratio: true, Protected: true,
		Count: figure.Whole(int64(numerator)), Denominator: figure.Whole(int64(denominator))}
}

// published protects one column of parts with their total and writes what is
// shown, the total last.
func published(parts ...Value) string {
	d := NewDraft(locale.Text{}, true, Header{Code: "2025"})
	for n, part := range parts {
		d.Add(Header{Code: fmt.Sprint("part", n)}, part)
	}
	return strings.Join(strings.Fields(text(d.Protect(Standard))), " ")
}

func TestOneColumn(t *testing.T) {
	cases := []struct {
		name  string
		parts []Value
		want  string
	}{
		{"nothing is hidden where nobody is few", []Value{count(5), count(9), count(0)}, "5 9 0"},
		{"a single small count takes the next smallest with it", []Value{count(3), count(20), count(50)}, "X X 50"},
		{"zeros stay, and are no partner", []Value{count(3), count(0), count(20), count(50)}, "X 0 X 50"},
		{"four is small", []Value{count(4), count(20), count(50)}, "X X 50"},
		{"five is not", []Value{count(5), count(20), count(50)}, "5 20 50"},
		{"two ones would add up to two, which says all", []Value{count(1), count(1), count(20), count(50)}, "X X X 50"},
		{"one and two could only be one and two", []Value{count(1), count(2), count(20)}, "X X X"},
		{"two and two could not be five", []Value{count(2), count(2), count(20)}, "X X X"},
		{"two larger small counts hide each other", []Value{count(4), count(4), count(20)}, "X X 20"},
		{"three small counts whose sum leaves room", []Value{count(4), count(4), count(4), count(20)}, "X X X 20"},
		{"a lone small count among zeros takes one zero with it", []Value{count(3), count(0), count(0)}, "X X 0"},
		{"a share over a small numerator", []Value{share(3, 40), share(30, 60), share(20, 30)}, "X 0.5 X"},
		{"a share over a small rest", []Value{share(38, 40), share(30, 60), share(20, 30)}, "X 0.5 X"},
		{"a share over a small denominator", []Value{share(0, 9), share(30, 60), share(20, 30)}, "X 0.5 X"},
		{"none and all of a larger number are no secret", []Value{share(0, 10), share(60, 60)}, "0 1"},
		{"francs are not people", []Value{{State: Shown, Value: figure.Whole(3), Unit: "chf"}, count(9)}, "3 9"},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			if got := published(one.parts...); got != one.want {
				t.Errorf("published %s, want %s", got, one.want)
			}
		})
	}
}

func TestYearsAreNoPartsOfAWhole(t *testing.T) {
	d := NewDraft(locale.Text{}, true, Header{Code: "2024"}, Header{Code: "2025"})
	d.Add(Header{Code: "m"}, count(3), count(30))
	d.Add(Header{Code: "w"}, count(9), count(40))
	d.Add(Header{Code: "u"}, count(12), count(50))
	if got, want := text(d.Protect(Standard)), "   X  30\n   X  40\n  12  50\n"; got != want {
		t.Errorf("published\n%swant\n%s", got, want)
	}

	trend := NewDraft(locale.Text{}, true, Header{Code: "m"}, Header{Code: "w"}, Header{Code: "u"})
	trend.Add(Header{Code: "2024"}, count(3), count(9), count(12))
	trend.Add(Header{Code: "2025"}, count(30), count(40), count(50))
	if got, want := text(trend.Protect(Standard)), "   X   X  12\n  30  40  50\n"; got != want {
		t.Errorf("published\n%swant\n%s", got, want)
	}
}

func TestPartsAreProtectedWithinTheirGroup(t *testing.T) {
	d := NewDraft(locale.Text{}, true, Header{Code: "2025"})
	d.Add(Header{Code: "2401", Groups: [2]string{"Gäu"}}, count(3))
	d.Add(Header{Code: "2402", Groups: [2]string{"Gäu"}}, count(40))
	d.Add(Header{Code: "2456", Groups: [2]string{"Bucheggberg"}}, count(2))
	d.Add(Header{Code: "2457", Groups: [2]string{"Bucheggberg"}}, count(30))
	d.Add(Header{Code: "2458", Groups: [2]string{"Bucheggberg"}}, count(90))
	d.Add(Header{Code: "total", Total: true}, count(165))
	if got, want := strings.Join(strings.Fields(text(d.Protect(Standard))), " "), "X X X X 90 165"; got != want {
		t.Errorf("published %s, want %s: the sum of each district stands on another page", got, want)
	}
}

func TestASmallTotalRisesWithItsPart(t *testing.T) {
	d, _ := draft([][]int{{1, 0}, {20, 30}, {40, 60}}, true)
	want := "   X   0   X\n   X  30   X\n  40  60 100\n  61  90 151\n"
	if got := text(d.Protect(Standard)); got != want {
		t.Errorf("published\n%swant\n%s", got, want)
	}
}

func TestAShareDoesNotGiveItsCountsAway(t *testing.T) {
	d := NewDraft(locale.Text{}, true, Header{Code: "informed"}, Header{Code: "arrivals"}, Header{Code: "share"})
	row := func(code string, numerator, denominator int) {
		d.Add(Header{Code: code}, count(numerator), count(denominator), share(numerator, denominator))
	}
	row("a", 3, 41)   // small numerator
	row("b", 12, 42)  // hidden because of a: with its share and denominator it would be known
	row("c", 70, 99)  // nothing
	row("d", 60, 62)  // small rest
	row("e", 80, 120) // nothing
	table := d.Protect(Standard)
	for r, row := range table.Rows() {
		numerator, denominator, share := row.Cells[0].State, row.Cells[1].State, row.Cells[2].State
		if numerator == Hidden && denominator == Shown && share == Shown {
			t.Errorf("row %d: the numerator is hidden and follows from denominator and share\n%s", r, text(table))
		}
		if share == Hidden && numerator == Shown && denominator == Shown {
			t.Errorf("row %d: the share is hidden and follows from its counts\n%s", r, text(table))
		}
	}
	if last := table.Rows()[4]; last.Cells[0].State != Shown || last.Cells[2].State != Shown {
		t.Errorf("row e is hidden without need\n%s", text(table))
	}
}

func TestValuesOfTheCantonAreNotHidden(t *testing.T) {
	d := NewDraft(locale.Text{}, false, Header{Code: "value"})
	d.Add(Header{Code: "2025"}, count(3))
	d.Add(Header{Code: "2026"}, share(9, 15))
	table := d.Protect(Standard)
	if got := text(table); got != "   3\n 0.6\n" {
		t.Errorf("published %s", got)
	}
	if table.Rows()[0].Cells[0].Weak || !table.Rows()[1].Cells[0].Weak {
		t.Error("want a share over fewer than 20 marked as weak, and no count")
	}
}

func TestAHiddenCellCarriesNoNumber(t *testing.T) {
	d := NewDraft(locale.Text{DE: "Titel"}, true, Header{Code: "2025"})
	d.Add(Header{Code: "a"}, count(3))
	d.Add(Header{Code: "b"}, count(7))
	d.Add(Header{Code: "c"}, Value{State: Missing, Unit: "persons", Protected: true})
	d.Add(Header{Code: "d"}, Value{State: NotComputable, Value: figure.Whole(3), Reason: "indicator.reason.no_denominator"})
	d.Note(locale.Text{DE: "Fussnote"})
	table := d.Protect(Standard)
	for _, row := range table.Rows() {
		if row.Cells[0].State != Shown && row.Cells[0].Value != 0 {
			t.Errorf("row %s: state %d with the number %s", row.Code, row.Cells[0].State, row.Cells[0].Value)
		}
	}
	if table.Hidden() != 2 || table.Rows()[2].Cells[0].State != Missing || table.Rows()[3].Cells[0].Reason == "" {
		t.Errorf("want two hidden cells, and missing and not computable ones as they were: %+v", table.Rows())
	}
	if table.Title().DE != "Titel" || len(table.Notes()) != 1 {
		t.Error("title or note is lost")
	}
	if d.rows[0].cells[0].Value != figure.Whole(3) {
		t.Error("the draft was changed")
	}
}

func BenchmarkProtectMunicipalitiesOverSixYears(b *testing.B) {
	var years []Header
	for year := 2022; year < 2028; year++ {
		years = append(years, Header{Code: fmt.Sprint(year)})
	}
	d := NewDraft(locale.Text{}, true, years...)
	for m := range 107 {
		var cells []Value
		for y := range years {
			cells = append(cells, count((m*m*7+y*13)%60))
		}
		d.Add(Header{Code: fmt.Sprint(2401 + m), Groups: [2]string{fmt.Sprint(m / 11), fmt.Sprint(m % 13)}}, cells...)
	}
	for b.Loop() {
		d.Protect(Standard)
	}
}
