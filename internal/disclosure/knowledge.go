package disclosure

import (
	"math"
	"slices"

	"kipmonitor/internal/figure"
)

// knowledge is what an opponent knows of a publication: the sums that tables show, the
// sums of the canton, what is part of what, and, if it is a contributor, what it
// reported itself.
type knowledge struct {
	p        *Publication
	opponent figure.Organisation
	systems  map[int]*system // by the counts that bear on each other
}

func newKnowledge(p *Publication, opponent figure.Organisation) *knowledge {
	return &knowledge{p: p, opponent: opponent, systems: map[int]*system{}}
}

// safe reports whether the opponent cannot work a target out: few people must be able
// to be 5 or more, or none, and any other number must not be certain.
func (k *knowledge) safe(t *target) bool {
	foreign := k.foreign(t)
	if foreign < 0 || foreign == 0 && (k.opponent != nobody || t.part >= 0) {
		return true
	}
	rise, fall := k.p.room(foreign)
	for _, w := range t.witnesses {
		if by := w.moves(k.p, t); (by >= rise || by <= -fall) && k.fits(w) {
			return true
		}
	}
	return k.reach(t, 1, rise) || k.reach(t, -1, fall)
}

// foreign returns what a target is beyond what the opponent reported itself.
func (k *knowledge) foreign(t *target) int {
	foreign := k.p.foreign(t.count, t.row, k.opponent)
	if t.part >= 0 {
		foreign = k.p.foreign(k.p.wholes[t.part][1], t.row, k.opponent) - foreign
	}
	return foreign
}

// room returns by how many people a number must be able to be higher, or lower, to be
// safe: few people are 5 or more, or none, and any other number is another one.
func (p *Publication) room(number int) (rise, fall int) {
	if p.small(number) {
		return p.rule.SmallCount + 1 - number, number
	}
	return 1, 1
}

// reach looks for a witness that a target can be higher (or lower) by some people: first
// among the groups that are in one sum with it, which is quick and nearly always enough.
func (k *knowledge) reach(t *target, sign, by int) bool {
	counts := k.p.related(t.count)
	near := newSystem(k.p, k.opponent, counts, k.p.near(t.row), false)
	if k.find(near, newProgram(near.upper, near.equations), t, sign, by) {
		return true
	}
	root := slices.Min(counts)
	if k.systems[root] == nil {
		k.systems[root] = newSystem(k.p, k.opponent, counts, nil, false)
		k.systems[root].start = newProgram(k.systems[root].upper, k.systems[root].equations)
	}
	return k.find(k.systems[root], k.systems[root].start.copy(), t, sign, by)
}

// near returns the groups that share a sum with a row other than that of the canton.
func (p *Publication) near(target *row) []bool {
	found := make([]bool, len(p.groups))
	for _, r := range p.rows {
		if !r.public && slices.ContainsFunc(target.groups, func(at int) bool { return slices.Contains(r.groups, at) }) {
			for _, at := range r.groups {
				found[at] = true
			}
		}
	}
	return found
}

func (k *knowledge) find(s *system, program *program, t *target, sign, by int) bool {
	weights := make([]float64, len(s.upper))
	if !s.aim(t, sign, by, program, weights) {
		return false
	}
	program.climb(weights)
	w, whole := s.witness(program.solution())
	if !whole || sign*w.moves(k.p, t) < by || !k.fits(w) || !k.balances(w) {
		return false
	}
	t.witnesses = append(t.witnesses, w)
	return true
}

// witness is how counts in groups would differ from what they are.
type witness []shift

type shift struct{ count, group, by int }

// of returns by how much a witness changes a count in a group.
func (w witness) of(count, group int) int {
	for _, s := range w {
		if s.count == count && s.group == group {
			return s.by
		}
	}
	return 0
}

// moves returns by how much a witness changes a target.
func (w witness) moves(p *Publication, t *target) int {
	by := 0
	for _, s := range w {
		if s.count != t.count && (t.part < 0 || s.count != p.wholes[t.part][1]) || !slices.Contains(t.row.groups, s.group) {
			continue
		}
		switch {
		case t.part < 0:
			by += s.by
		case s.count == t.count:
			by -= s.by
		default:
			by += s.by
		}
	}
	return by
}

// fits reports whether a witness stands against this opponent too. What is hidden stays
// hidden, so that the sums that it was once checked against are all that there are.
func (k *knowledge) fits(w witness) bool {
	for _, s := range w {
		c := k.p.counts[s.count]
		amount, own := c.amounts[s.group], c.shares[s.group][k.opponent]
		if own > 0 && own == amount || amount+s.by < own {
			return false
		}
		for _, whole := range k.p.wholes {
			if whole[0] != s.count && whole[1] != s.count {
				continue
			}
			a, b := k.p.counts[whole[0]], k.p.counts[whole[1]]
			if !tied(a, b, s.group) {
				continue
			}
			rest := b.amounts[s.group] - a.amounts[s.group]
			least := max(0, b.shares[s.group][k.opponent]-a.shares[s.group][k.opponent])
			if rest >= 0 && rest+w.of(whole[1], s.group)-w.of(whole[0], s.group) < min(least, rest) {
				return false
			}
		}
	}
	return true
}

// tied reports whether both a part and its whole have a number in a group.
func tied(a, b *quantity, group int) bool {
	return a.people && b.people && a.amounts[group] != none && b.amounts[group] != none
}

// balances checks a witness in whole numbers: every sum that is known stays, and none
// becomes 0 whose zeros would be shown.
func (k *knowledge) balances(w witness) bool {
	for _, r := range k.p.rows {
		for number, c := range k.p.counts {
			if !c.people {
				continue
			}
			by := 0
			for _, s := range w {
				if s.count == number && slices.Contains(r.groups, s.group) {
					by += s.by
				}
			}
			if by != 0 && (k.p.known(number, r) || k.p.noZero(number, r) && k.p.sum(number, r)+by < 1) {
				return false
			}
		}
	}
	return true
}

// round returns the nearest whole number, and whether it is near.
func round(v float64) (int, bool) {
	whole := math.Round(v)
	return int(whole), math.Abs(v-whole) < 1e-5
}
