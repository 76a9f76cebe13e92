package disclosure

import (
	"cmp"
	"math"
	"slices"

	"kipmonitor/internal/figure"
)

// cover hides what protects a target from an opponent with the least loss; false where
// nothing does.
func (g *guard) cover(t *target, opponent figure.Organisation) bool {
	s := newSystem(g.p, opponent, g.p.related(t.count), nil, true)
	start := newProgram(s.upper, s.equations)
	rise, fall := g.p.room(newKnowledge(g.p, opponent).foreign(t))
	best, least := []candidate(nil), math.Inf(1)
	for _, way := range [][2]int{{1, rise}, {-1, fall}} {
		if found, price := s.plan(t, way[0], way[1], start.copy()); len(found) > 0 && price < least {
			best, least = found, price
		}
	}
	version := g.p.version
	for _, c := range best {
		g.p.hide(c.count, c.row, false)
	}
	return g.p.version > version || g.p.small(newKnowledge(g.p, opponent).foreign(t)) && t.part < 0 && g.hideZero(t)
}

// hideZero hides a zero of a table where nothing else can cover a small count: it may
// then be none. A zero that shares most sums with the target is taken.
func (g *guard) hideZero(t *target) bool {
	shared := func(r *row) int {
		n := 0
		for _, sum := range g.p.rows {
			if !sum.public && sum != r && sum != t.row && contains(sum.groups, r.groups) && contains(sum.groups, t.row.groups) {
				n++
			}
		}
		return n
	}
	implied := func(r *row) bool { // by another zero that stands there
		return slices.ContainsFunc(g.p.rows, func(sum *row) bool {
			return sum != r && contains(sum.groups, r.groups) && g.p.known(t.count, sum) && g.p.sum(t.count, sum) == 0
		})
	}
	var best *row
	for _, c := range t.row.cells {
		if c.table.numerator != t.count || c.table.denominator >= 0 || c.table.zeros {
			continue
		}
		for _, r := range g.p.rows {
			if g.p.sum(t.count, r) == 0 && g.p.known(t.count, r) && r.in(c.table.view) && g.p.given(t.count, r) && !g.p.lifted(t.count, r) && !implied(r) &&
				(best == nil || shared(r) > shared(best)) {
				best = r
			}
		}
	}
	if best == nil {
		return false
	}
	g.p.hide(t.count, best, false)
	return true
}

// in reports whether a row stands in tables of a view.
func (r *row) in(view string) bool {
	return slices.ContainsFunc(r.labels, func(l label) bool { return l.view == view })
}

func contains(all, some []int) bool {
	return !slices.ContainsFunc(some, func(n int) bool { return !slices.Contains(all, n) })
}

// plan returns what must be hidden so that a target can move by some people, and the
// price.
func (s *system) plan(t *target, sign, by int, program *program) ([]candidate, float64) {
	weights := make([]float64, len(s.upper))
	for n, price := range s.prices {
		weights[n] = -price
	}
	s.aim(t, sign, by, program, weights)
	value := program.climb(weights)
	if value < prize*(float64(by)-0.5) {
		return nil, 0
	}
	var found []candidate
	for n, moved := range program.solution() {
		if c, pays := s.pays[n]; pays && moved > tiny && !slices.Contains(found, c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.row.labels[0].code, b.row.labels[0].code), cmp.Compare(a.count, b.count))
	})
	return found, prize*float64(by) - value
}
