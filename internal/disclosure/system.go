package disclosure

import (
	"math"
	"slices"

	"kipmonitor/internal/figure"
)

// system is how the counts that bear on each other can move, for all that an opponent
// knows: every count in a group up and down, so that the sums that are known stay.
//
// Where it is priced, what is shown can move too, for the price of hiding it: the
// cheapest way in which a target can move says what to hide (J. P. Kelly, B. L. Golden,
// A. A. Assad, Cell suppression: disclosure protection for sensitive tabular data,
// Networks 22, 1992).
type system struct {
	p         *Publication
	opponent  figure.Organisation
	priced    bool
	counts    []int
	near      []bool
	upper     []float64
	prices    []float64
	columns   []int             // by count and group, the unknown that moves it up; the next one moves it down
	pays      map[int]candidate // what must be hidden if an unknown moves
	equations []equation
	limit     int // the number of the equation that bounds the target
	start     *program
}

// fixed is the column of what cannot move.
const fixed = -1

// candidate is a count in a row that could be hidden to cover another.
type candidate struct {
	row   *row
	count int
}

// newSystem takes the groups that are near; nil for all.
func newSystem(p *Publication, opponent figure.Organisation, counts []int, near []bool, priced bool) *system {
	s := &system{p: p, opponent: opponent, priced: priced, counts: counts, near: near,
		columns: make([]int, len(p.counts)*len(p.groups)), pays: map[int]candidate{}}
	for n := range s.columns {
		s.columns[n] = fixed
	}
	for _, number := range counts {
		if p.counts[number].people {
			s.addCount(number)
		}
	}
	for _, w := range p.wholes {
		if slices.Contains(counts, w[0]) {
			s.addPart(w[0], w[1])
		}
	}
	// The last equation keeps a target from moving further than it needs to.
	slack := s.unknown(math.Inf(1), 0)
	s.limit = len(s.equations)
	s.equations = append(s.equations, equation{terms: []term{{slack, 1}}})
	return s
}

// unknown adds an unknown with its upper bound and its price for each person.
func (s *system) unknown(upper, price float64) int {
	s.upper, s.prices = append(s.upper, upper), append(s.prices, price)
	return len(s.upper) - 1
}

// addCount adds how the groups of a count can move, and the sums that are known.
func (s *system) addCount(number int) {
	p, c := s.p, s.p.counts[number]
	single := make([]*row, len(p.groups))
	stays := make([]bool, len(p.groups))
	for _, r := range p.rows {
		if len(r.groups) == 1 {
			single[r.groups[0]] = r
		}
		if (!s.priced || p.lifted(number, r)) && p.known(number, r) && (len(r.groups) == 1 || p.sum(number, r) == 0) {
			for _, at := range r.groups {
				stays[at] = true
			}
		}
	}
	for at := range p.groups {
		amount := c.amounts[at]
		own := c.shares[at][s.opponent]
		if amount == none || stays[at] || own > 0 && own == amount || s.near != nil && !s.near[at] {
			continue
		}
		r, price, pays := single[at], 0.0, false
		if r != nil && p.known(number, r) {
			price, pays = p.price(number, r), true
		}
		least := own
		if r != nil && amount > 0 && (pays || p.noZero(number, r)) {
			least = max(own, 1)
		}
		up := s.unknown(math.Inf(1), price)
		down := s.unknown(float64(amount-least), price)
		s.columns[number*len(p.groups)+at] = up
		if pays {
			s.pays[up], s.pays[down] = candidate{r, number}, candidate{r, number}
		}
	}
	for _, r := range p.rows {
		if len(r.groups) > 1 && p.known(number, r) {
			s.addSum(number, r)
		}
	}
}

// addSum adds a sum that is known: it stays, or is paid for.
func (s *system) addSum(number int, r *row) {
	var e equation
	for _, at := range r.groups {
		s.move(&e, number, at, 1)
	}
	if len(e.terms) == 0 {
		return
	}
	most, price := 0.0, 0.0
	if s.priced && !r.public && !s.p.lifted(number, r) {
		most, price = math.Inf(1), s.p.price(number, r)
		above := s.unknown(most, price)
		s.pays[above] = candidate{r, number}
		e.terms = append(e.terms, term{above, -1})
	}
	below := s.unknown(most, price)
	if most > 0 {
		s.pays[below] = candidate{r, number}
	}
	e.terms = append(e.terms, term{below, 1})
	s.equations = append(s.equations, e)
}

// addPart adds that a part is nowhere more than its whole, nor what others reported of
// it more than what they reported of the whole.
func (s *system) addPart(part, whole int) {
	for at := range s.p.groups {
		a, b := s.p.counts[part], s.p.counts[whole]
		if !tied(a, b, at) || b.amounts[at] < a.amounts[at] || s.near != nil && !s.near[at] {
			continue
		}
		rest := b.amounts[at] - a.amounts[at]
		own := min(rest, max(0, b.shares[at][s.opponent]-a.shares[at][s.opponent]))
		e := equation{sum: float64(rest - own)}
		s.move(&e, part, at, 1)
		s.move(&e, whole, at, -1)
		if len(e.terms) > 0 {
			e.terms = append(e.terms, term{s.unknown(math.Inf(1), 0), 1})
			s.equations = append(s.equations, e)
		}
	}
}

// move adds to an equation how a count in a group moves; nothing where it cannot.
func (s *system) move(e *equation, number, group int, sign float64) {
	if up := s.columns[number*len(s.p.groups)+group]; up != fixed {
		e.terms = append(e.terms, term{up, sign}, term{up + 1, -sign})
	}
}

// aim bounds the target of a programme, which is moved by some people at most, and
// gives weights to what moves it. It reports whether anything does.
func (s *system) aim(t *target, sign, by int, program *program, weights []float64) bool {
	var e equation
	for _, at := range t.row.groups {
		if t.part < 0 {
			s.move(&e, t.count, at, float64(sign))
		} else {
			s.move(&e, s.p.wholes[t.part][1], at, float64(sign))
			s.move(&e, t.count, at, -float64(sign))
		}
	}
	line := program.rows[s.limit]
	for _, term := range e.terms {
		line[term.unknown] += term.times
		weights[term.unknown] += prize * term.times
	}
	line[len(line)-1] = float64(by)
	return len(e.terms) > 0
}

// prize is what a target pays for each person that it moves, more than anything that
// could be hidden for it.
const prize = 1e5

// witness returns how the counts move in a solution, and whether by whole numbers.
func (s *system) witness(solution []float64) (w witness, whole bool) {
	for _, number := range s.counts {
		for at := range s.p.groups {
			up := s.columns[number*len(s.p.groups)+at]
			if up == fixed {
				continue
			}
			by, near := round(solution[up] - solution[up+1])
			if !near {
				return nil, false
			}
			if by != 0 {
				w = append(w, shift{number, at, by})
			}
		}
	}
	return w, true
}

// price is what hiding a count in a row costs for each person that it moves: the cells
// that are lost, smaller ones before larger ones, and zeros last.
func (p *Publication) price(number int, r *row) float64 {
	sum := p.sum(number, r)
	if !slices.ContainsFunc(r.labels, func(l label) bool { return !p.derived[l.view] }) {
		return 0.1
	}
	price := float64(p.cost(number, r)) * (1 + math.Log1p(float64(sum))/10)
	if sum == 0 {
		price *= 20
	}
	return price
}
