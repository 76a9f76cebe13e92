package disclosure

import (
	"slices"

	"kipmonitor/internal/figure"
)

// guard hides further cells of a publication until nobody can work out what is hidden:
// neither who reads all tables, nor a contributor who takes off its own figures.
//
// To say that a cell is safe it shows another set of counts that fits everything that
// is published and everything that the opponent knows, in which the cell is 5 or more
// (or 0, where zeros are hidden too), or at least another number. It is found by linear
// programming (M. Fischetti, J. J. Salazar, Models and algorithms for optimizing cell
// suppression in tabular data with linear constraints, JASA 95, 2000) and checked in
// whole numbers. What is hidden further is chosen cell by cell, the smallest that
// helps.
type guard struct {
	p        *Publication
	targets  []*target
	beyond   map[*target]bool // that nothing protects from the readers
	hopeless map[hopeless]bool
}

// target is a number that must not be worked out: a count in a row, or what is left of
// the whole beside it.
type target struct {
	row       *row
	count     int
	part      int // of Publication.wholes, where what the whole has beyond the count is meant; else −1
	witnesses []witness
}

type hopeless struct {
	target   *target
	opponent figure.Organisation
}

const nobody figure.Organisation = ""

func newGuard(p *Publication) *guard {
	return &guard{p: p, beyond: map[*target]bool{}, hopeless: map[hopeless]bool{}}
}

// protect hides until nothing is found to hide. What follows from the figures of the
// canton whatever is hidden is shown then, and the others are looked at again.
func (g *guard) protect() {
	for {
		g.secure()
		lifted := false
		for _, t := range g.targets {
			if g.beyond[t] {
				lifted = g.lift(t) || lifted
			}
		}
		if !lifted {
			break
		}
		g.targets, g.beyond, g.hopeless = nil, map[*target]bool{}, map[hopeless]bool{}
		g.p.begin()
	}
	for _, t := range g.targets {
		for _, opponent := range g.opponents() {
			if g.hopeless[hopeless{t, opponent}] {
				l := t.row.labels[0]
				g.p.exposures = append(g.p.exposures, Exposure{g.p.counts[t.count].name, l.view, l.code, opponent})
			}
		}
	}
}

// secure goes round all opponents until nothing is hidden any more.
func (g *guard) secure() {
	for {
		version := g.p.version
		g.listTargets()
		for _, opponent := range g.opponents() {
			g.defend(opponent)
		}
		if g.p.version == version {
			return
		}
	}
}

// lift shows a count that nothing protects: it follows from the sums of the canton,
// which are public, and an X would only claim that it does not.
func (g *guard) lift(t *target) (lifted bool) {
	for _, c := range t.row.cells {
		if t.part < 0 && c.counts(t.count) && c.table.denominator < 0 && c.hidden {
			c.hidden, c.public, lifted = false, true, true
		}
	}
	return lifted
}

// listTargets adds what was hidden since.
func (g *guard) listTargets() {
	type key struct {
		row         *row
		count, part int
	}
	have := map[key]bool{}
	for _, t := range g.targets {
		have[key{t.row, t.count, t.part}] = true
	}
	add := func(r *row, number, part int) {
		if !have[key{r, number, part}] {
			have[key{r, number, part}] = true
			g.targets = append(g.targets, &target{row: r, count: number, part: part})
		}
	}
	for _, r := range g.p.rows {
		for number, c := range g.p.counts {
			if c.people && g.p.concealed(number, r) && g.p.given(number, r) {
				add(r, number, -1)
			}
		}
		for _, c := range r.cells {
			t := c.table
			if t.share && g.p.small(g.p.sum(t.denominator, r)-g.p.sum(t.numerator, r)) && g.p.counts[t.numerator].people {
				add(r, t.numerator, slices.Index(g.p.wholes, [2]int{t.numerator, t.denominator}))
			}
		}
	}
}

// opponents are the readers, and each contributor of something that is hidden.
func (g *guard) opponents() []figure.Organisation {
	found := map[figure.Organisation]bool{}
	for _, r := range g.p.rows {
		for number, c := range g.p.counts {
			if !g.p.concealed(number, r) {
				continue
			}
			for _, at := range r.groups {
				for contributor := range c.shares[at] {
					found[contributor] = true
				}
			}
		}
	}
	list := []figure.Organisation{nobody}
	for contributor := range found {
		list = append(list, contributor)
	}
	slices.Sort(list)
	return list
}

// defend makes all targets safe from one opponent.
func (g *guard) defend(opponent figure.Organisation) {
	k := newKnowledge(g.p, opponent)
	for n := 0; n < len(g.targets); n++ {
		t := g.targets[n]
		for !k.safe(t) {
			if g.beyond[t] || g.hopeless[hopeless{t, opponent}] {
				break
			}
			if !g.cover(t, opponent) {
				if opponent == nobody && k.foreign(t) <= g.p.rule.SmallCount {
					g.beyond[t] = true
				}
				g.hopeless[hopeless{t, opponent}] = true
				break
			}
			k = newKnowledge(g.p, opponent)
		}
	}
}

// related returns the counts whose movement bears on one: itself, its parts and wholes,
// and theirs.
func (p *Publication) related(number int) []int {
	found := []int{number}
	for n := 0; n < len(found); n++ {
		for _, w := range p.wholes {
			for side := range w {
				if w[side] == found[n] && !slices.Contains(found, w[1-side]) {
					found = append(found, w[1-side])
				}
			}
		}
	}
	return found
}
