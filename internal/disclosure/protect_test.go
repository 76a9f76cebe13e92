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

// alone protects tables of one column each that are read beside each other, by part;
// places are the district and the region of each part, if their sums are shown too.
func alone(places map[string][2]string, drafts ...*Draft) []Table {
	views := []string{"part"}
	if places != nil {
		views = append(views, "district", "region")
	}
	p := NewPublication(Standard, views...)
	byValues := map[string]int{}
	count := func(d *Draft, of func(Value) figure.Decimal) int {
		var text string
		for _, row := range d.rows {
			text += row.Code + of(row.cells[0]).String() + " "
		}
		if number, there := byValues[text]; there {
			return number
		}
		number := p.Count(text, d.rows[0].cells[0].Protected)
		byValues[text] = number
		for _, row := range d.rows {
			if v := row.cells[0]; !row.Total && v.State == Shown {
				codes := []string{row.Code}
				if places != nil {
					codes = append(codes, places[row.Code][0], places[row.Code][1])
				}
				p.Add(number, "", of(v), codes...)
			}
		}
		return number
	}
	for n, d := range drafts {
		if !d.rows[0].cells[0].Ratio {
			number := count(d, func(v Value) figure.Decimal { return v.Value })
			for _, view := range views {
				p.Table(fmt.Sprint(n), view, number, -1, false)
			}
			continue
		}
		numerator := count(d, func(v Value) figure.Decimal { return v.Count })
		denominator := count(d, func(v Value) figure.Decimal { return v.Denominator })
		p.PartOf(numerator, denominator)
		for _, view := range views {
			p.Table(fmt.Sprint(n), view, numerator, denominator, true)
		}
	}
	var tables []Table
	for n, d := range drafts {
		tables = append(tables, p.Protect(d, "part", fmt.Sprint(n)))
	}
	return tables
}

// published protects one column of parts and writes what is shown.
func published(parts ...Value) string {
	d := NewDraft(locale.Text{}, Header{Code: "2025"})
	for n, part := range parts {
		d.Add(Header{Code: fmt.Sprint("part", n)}, part)
	}
	return strings.Join(strings.Fields(text(alone(nil, d)[0])), " ")
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

func TestYearsAreProtectedEachForItself(t *testing.T) {
	if got, want := published(count(3), count(9), count(12)), "X X 12"; got != want {
		t.Errorf("published %s, want %s", got, want)
	}
	if got, want := published(count(30), count(40), count(50)), "30 40 50"; got != want {
		t.Errorf("published %s, want %s: another year hides nothing in this one", got, want)
	}
}

func TestPartsAreProtectedWithinTheirGroup(t *testing.T) {
	d := NewDraft(locale.Text{}, Header{Code: "2025"})
	places := map[string][2]string{"2401": {"Gäu", "R1"}, "2402": {"Gäu", "R1"}, "2456": {"Bucheggberg", "R2"}, "2457": {"Bucheggberg", "R2"}, "2458": {"Bucheggberg", "R2"}}
	d.Add(Header{Code: "2401"}, count(3))
	d.Add(Header{Code: "2402"}, count(40))
	d.Add(Header{Code: "2456"}, count(2))
	d.Add(Header{Code: "2457"}, count(30))
	d.Add(Header{Code: "2458"}, count(90))
	d.Add(Header{Code: "total", Total: true}, count(165))
	if got, want := strings.Join(strings.Fields(text(alone(places, d)[0])), " "), "X X X X 90 165"; got != want {
		t.Errorf("published %s, want %s: the sum of each district stands on another page", got, want)
	}
}

func TestASmallTotalRisesWithItsPart(t *testing.T) {
	table, _ := protected([][]int{{1, 0}, {20, 30}, {40, 60}}, true)
	want := "   X   0   X\n   X  30   X\n  40  60 100\n  61  90 151\n"
	if got := text(table); got != want {
		t.Errorf("published\n%swant\n%s", got, want)
	}
}

func TestAShareDoesNotGiveItsCountsAway(t *testing.T) {
	informed, arrivals, shares := NewDraft(locale.Text{}, Header{}), NewDraft(locale.Text{}, Header{}), NewDraft(locale.Text{}, Header{})
	row := func(code string, numerator, denominator int) {
		informed.Add(Header{Code: code}, count(numerator))
		arrivals.Add(Header{Code: code}, count(denominator))
		shares.Add(Header{Code: code}, share(numerator, denominator))
	}
	row("a", 3, 41)   // small numerator
	row("b", 12, 42)  // hidden because of a: with its share and denominator it would be known
	row("c", 70, 99)  // nothing
	row("d", 60, 62)  // small rest
	row("e", 80, 120) // nothing
	tables := alone(nil, informed, arrivals, shares)
	for r := range tables[0].Rows() {
		state := func(n int) State { return tables[n].Rows()[r].Cells[0].State }
		if state(0) == Hidden && state(1) == Shown && state(2) == Shown {
			t.Errorf("row %d: the numerator is hidden and follows from denominator and share", r)
		}
		if state(2) == Hidden && state(0) == Shown && state(1) == Shown {
			t.Errorf("row %d: the share is hidden and follows from its counts", r)
		}
	}
	if last := 4; tables[0].Rows()[last].Cells[0].State != Shown || tables[2].Rows()[last].Cells[0].State != Shown {
		t.Errorf("row e is hidden without need\n%s", text(tables[0]))
	}
}

func TestValuesOfTheCantonAreNotHidden(t *testing.T) {
	d := NewDraft(locale.Text{}, Header{Code: "value"})
	d.Add(Header{Code: "2025"}, count(3))
	d.Add(Header{Code: "2026"}, share(9, 15))
	table := d.Protect()
	if got := text(table); got != "   3\n 0.6\n" {
		t.Errorf("published %s", got)
	}
	if table.Rows()[0].Cells[0].Weak || !table.Rows()[1].Cells[0].Weak {
		t.Error("want a share over fewer than 20 marked as weak, and no count")
	}
}

func TestAHiddenCellCarriesNoNumber(t *testing.T) {
	d := NewDraft(locale.Text{DE: "Titel"}, Header{Code: "2025"})
	d.Add(Header{Code: "a"}, count(3))
	d.Add(Header{Code: "b"}, count(7))
	d.Add(Header{Code: "c"}, Value{State: Missing, Unit: "persons", Protected: true})
	d.Add(Header{Code: "d"}, Value{State: NotComputable, Value: figure.Whole(3), Reason: "indicator.reason.no_denominator"})
	d.Note(locale.Text{DE: "Fussnote"})
	table := alone(nil, d)[0]
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

// The largest view: all municipalities with their districts and regions, two counts and
// the share of one in the other, each municipality an opponent.
func BenchmarkProtectMunicipalities(b *testing.B) {
	for b.Loop() {
		p := NewPublication(Standard, "municipality", "district", "region")
		whole, part := p.Count("arrivals", true), p.Count("informed", true)
		p.PartOf(part, whole)
		for m := range 107 {
			office := figure.Organisation(fmt.Sprint("G", m))
			codes := []string{fmt.Sprint(2401 + m), fmt.Sprint("d", m/11), fmt.Sprint("r", m%13)}
			n := (m * m * 7) % 60
			p.Add(whole, office, figure.Whole(int64(n+m%9)), codes...)
			p.Add(part, office, figure.Whole(int64(n)), codes...)
		}
		for _, view := range p.views {
			p.Table("informed", view, part, -1, false)
			p.Table("share", view, part, whole, true)
		}
		p.Burden()
	}
}
