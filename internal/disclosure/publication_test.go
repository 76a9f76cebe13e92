package disclosure

import (
	"fmt"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// offices publishes a count by part, each part with the numbers of those who reported it.
func offices(parts ...map[figure.Organisation]int) (shown string, p *Publication) {
	p = NewPublication(Standard, "part")
	p.Table("t", "part", p.Count("persons", true), -1, false)
	d := NewDraft(locale.Text{}, Header{Code: "2025"})
	for n, part := range parts {
		sum := 0
		for office, number := range part {
			p.Add(0, office, figure.Whole(int64(number)), fmt.Sprint("part", n))
			sum += number
		}
		d.Add(Header{Code: fmt.Sprint("part", n)}, count(sum))
	}
	table := p.Protect(d, "part", "t")
	shown = strings.Join(strings.Fields(text(table)), " ")
	for _, row := range table.Rows() {
		if row.Cells[0].Public {
			shown += " public"
		}
	}
	return shown, p
}

func TestContributorsAreOpponents(t *testing.T) {
	type by = map[figure.Organisation]int
	for _, test := range []struct {
		name, want string
		parts      []by
	}{
		{"two offices do not cover each other alone", "X X X 50", []by{{"A": 3}, {"B": 20}, {"C": 30}, {"D": 50}}},
		{"what an office leaves of others must not be few", "X X X 60", []by{{"A": 12, "B": 2}, {"C": 30}, {"D": 40}, {"E": 60}}},
		{"nor is it where others are many", "30 30 40", []by{{"A": 12, "B": 18}, {"C": 30}, {"D": 40}}},
		{"the only part is the figure of the canton", "3 public", []by{{"A": 3}}},
		{"two parts of one each are what the canton's figure says", "1 1 public public", []by{{"A": 1}, {"B": 1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := offices(test.parts...); got != test.want {
				t.Errorf("published %s, want %s", got, test.want)
			}
		})
	}
	if _, p := offices(by{"A": 3}, by{"B": 40}); len(p.Exposures()) == 0 {
		t.Error("of two offices each knows the other by the figure of the canton, and that is not said")
	}
}

func TestTheSamePeopleAreProtectedAlikeByEveryDimension(t *testing.T) {
	p := NewPublication(Standard, "provider", "measure")
	number := p.Count("persons", true)
	p.Table("t", "provider", number, -1, false)
	p.Table("t", "measure", number, -1, false)
	for n, amount := range []int{3, 20, 30, 50, 60} {
		p.Add(number, "", figure.Whole(int64(amount)), fmt.Sprint("provider", n), fmt.Sprint("measure", n))
	}
	hidden := func(view string) (codes string) {
		d := NewDraft(locale.Text{}, Header{Code: "2025"})
		for n, amount := range []int{3, 20, 30, 50, 60} {
			d.Add(Header{Code: fmt.Sprint(view, n)}, count(amount))
		}
		return text(p.Protect(d, view, "t"))
	}
	if byProvider, byMeasure := hidden("provider"), hidden("measure"); byProvider != byMeasure || strings.Count(byProvider, "X") != 2 {
		t.Errorf("by provider\n%sby measure\n%s", byProvider, byMeasure)
	}
}
