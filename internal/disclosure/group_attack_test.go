package disclosure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// places is a figure by municipality, each in a district and a region.
type places struct {
	counts []int
	groups [][2]string
	known  []func(m int) bool // the sets of municipalities whose sum is public
}

// determined returns the municipalities among the hidden ones that can have one
// value only.
func (p places) determined(hidden func(m int) bool) []int {
	var hiddenOnes []int
	unknown := map[int]int{}
	least, whole := 1, 0
	for m, n := range p.counts {
		whole += n
		if hidden(m) {
			unknown[m] = len(hiddenOnes)
			hiddenOnes = append(hiddenOnes, m)
			if n == 0 {
				least = 0
			}
		}
	}
	a := attacker{least: least, most: whole, of: make([][]int, len(hiddenOnes)), values: make([]int, len(hiddenOnes))}
	for _, belongs := range p.known {
		var e attackLine
		for _, m := range hiddenOnes {
			if belongs(m) {
				e.rest += p.counts[m]
				e.unknowns, e.signs = append(e.unknowns, unknown[m]), append(e.signs, 1)
				a.of[unknown[m]] = append(a.of[unknown[m]], len(a.lines))
			}
		}
		a.lines = append(a.lines, e)
	}
	var found []int
	for u, m := range hiddenOnes {
		possible := 0
		for value := least; value <= whole && possible < 2; value++ {
			for v := range a.values {
				a.values[v] = -1
			}
			a.values[u], a.budget = value, 20_000
			if a.possible(u) && a.search(0) {
				possible++
			}
		}
		if possible < 2 {
			found = append(found, m)
		}
	}
	return found
}

// Three tables of one figure are published, by municipality, by district and by
// region, and the first is attacked with all of them.
func TestDistrictsAndRegionsDoNotGiveMunicipalitiesAway(t *testing.T) {
	random := rand.New(rand.NewPCG(24, 1))
	for range 1000 {
		p := places{known: []func(int) bool{func(int) bool { return true }}}
		sums := [2]map[string]int{{}, {}}
		publication := NewPublication(Standard, "municipality", "district", "region")
		number := publication.Count("n", true)
		for _, view := range publication.views {
			publication.Table("t", view, number, -1, false)
		}
		d := NewDraft(locale.Text{}, Header{Code: "2025"})
		for m := range 4 + random.IntN(5) {
			p.counts = append(p.counts, random.IntN(12))
			p.groups = append(p.groups, [2]string{fmt.Sprint("district", random.IntN(3)), fmt.Sprint("region", random.IntN(3))})
			for which, name := range p.groups[m] {
				sums[which][name] += p.counts[m]
			}
			d.Add(Header{Code: fmt.Sprint("m", m)}, count(p.counts[m]))
			publication.Add(number, "", figure.Whole(int64(p.counts[m])), fmt.Sprint("m", m), p.groups[m][0], p.groups[m][1])
		}
		table := publication.Protect(d, "municipality", "t")
		for which, view := range []string{"district", "region"} {
			byGroup := NewDraft(locale.Text{}, Header{Code: "2025"})
			for n := range 3 {
				name := fmt.Sprint(view, n)
				byGroup.Add(Header{Code: name}, count(sums[which][name]))
			}
			for _, row := range publication.Protect(byGroup, view, "t").Rows() {
				if row.Cells[0].State == Shown {
					p.known = append(p.known, func(m int) bool { return p.groups[m][which] == row.Code })
				}
			}
		}
		for _, m := range p.determined(func(m int) bool { return table.Rows()[m].Cells[0].State == Hidden }) {
			if small := p.counts[m] > 0 && p.counts[m] <= Standard.SmallCount; !small && slices.Contains(p.determined(func(int) bool { return true }), m) {
				continue // a larger count may follow from the tables of the groups (docs/disclosure.md)
			}
			t.Fatalf("%v of %v: municipality %d can only be %d in\n%s", p.counts, p.groups, m, p.counts[m], text(table))
		}
	}
}
