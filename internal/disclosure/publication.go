package disclosure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kipmonitor/internal/figure"
)

// Publication is everything of a year that is read side by side and counts the same
// people: tables of the same counts by municipality, district and region, or by
// provider and measure, and of shares beside their counts. What is hidden is decided
// for all of them together, against somebody who reads them all and, besides, knows
// the figures of one contributor, his own.
//
// Counts are added up from groups of people that have all their codes in common: a
// row of a table is a sum of groups. Rows of two tables that are the same groups are
// one row, and are hidden in both or in none.
type Publication struct {
	rule      Rule
	views     []string
	counts    []*quantity
	wholes    [][2]int // part and whole
	tables    []table
	groups    []group
	numbers   map[string]int // of groups, by their codes
	rows      []*row
	derived   map[string]bool
	places    map[place]*shownCell
	exposures []Exposure
	settled   bool
	version   int // rises with every cell that is hidden
}

// Exposure is a small count that stays hidden from the readers of the tables although
// a contributor can work it out: nothing is left to hide, for the sums of the canton
// are public.
type Exposure struct {
	Count, View, Code string
	Contributor       figure.Organisation
}

type label struct{ view, code string }

// place is where a cell stands: a table, a view, and the code of a row.
type place struct{ table, view, code string }

// quantity is a number that tables show, group by group.
type quantity struct {
	name    string
	people  bool
	amounts []int                         // by group; none where nothing is given
	shares  []map[figure.Organisation]int // of the contributors, by group
}

// group is people who have all codes in common, one for each view.
type group struct{ codes []string }

// table shows a count by a view, or the ratio of two.
type table struct {
	name, view             string
	numerator, denominator int // counts; the denominator is −1 where there is none
	share                  bool
	zeros                  bool // a zero had to be hidden in it
}

// row is some groups whose sum tables show.
type row struct {
	labels []label
	groups []int
	cells  []*shownCell
	public bool // all of it: the canton as a whole
}

// shownCell is a place of a table.
type shownCell struct {
	table  *table
	row    *row
	hidden bool
	must   bool // hidden for its own sake, and not to cover another
	public bool // it follows from the figure of the canton, whatever is hidden
}

// NewPublication begins a publication with the views by which its tables tell people
// apart.
func NewPublication(rule Rule, views ...string) *Publication {
	return &Publication{rule: rule, views: views, numbers: map[string]int{}, derived: map[string]bool{}, places: map[place]*shownCell{}}
}

// Derived says that a view follows from another one, as the municipalities of today
// from those that reported: its rows are hidden before those of others.
func (p *Publication) Derived(view string) { p.derived[view] = true }

// Count adds a count and returns its number; people says whether it counts people or
// contacts with them, and is to be protected.
func (p *Publication) Count(name string, people bool) int {
	p.counts = append(p.counts, &quantity{name: name, people: people})
	return len(p.counts) - 1
}

// PartOf says that everybody whom a count counts is counted by another one too.
func (p *Publication) PartOf(part, whole int) { p.wholes = append(p.wholes, [2]int{part, whole}) }

// Add adds people to a count: those who have these codes, one for each view, and were
// reported by a contributor; "" is nobody who could look at the tables as an opponent.
func (p *Publication) Add(number int, contributor figure.Organisation, amount figure.Decimal, codes ...string) {
	key := strings.Join(codes, "\x00")
	at, there := p.numbers[key]
	if !there {
		at = len(p.groups)
		p.numbers[key] = at
		p.groups = append(p.groups, group{slices.Clone(codes)})
	}
	c, whole := p.counts[number], int(amount/figure.Whole(1))
	c.grow(at + 1)
	c.amounts[at] = max(c.amounts[at], 0) + whole
	if contributor != "" && whole > 0 {
		if c.shares[at] == nil {
			c.shares[at] = map[figure.Organisation]int{}
		}
		c.shares[at][contributor] += whole
	}
}

// none is the amount of a group of which nothing is given.
const none = -1

// grow makes room for some groups.
func (c *quantity) grow(groups int) {
	for len(c.amounts) < groups {
		c.amounts, c.shares = append(c.amounts, none), append(c.shares, nil)
	}
}

// Table says that a table shows a count by a view, or the ratio of a count to a
// denominator; −1 for none. Share: the count is part of the denominator.
func (p *Publication) Table(name, view string, numerator, denominator int, share bool) {
	p.tables = append(p.tables, table{name: name, view: view, numerator: numerator, denominator: denominator, share: share})
}

// Protect returns the table that may be shown of a draft by a view, each of whose columns
// is one of the publication's tables, by name. The draft is not changed.
func (p *Publication) Protect(d *Draft, view string, names ...string) Table {
	p.settle()
	protected := Table{title: d.title, columns: d.columns, notes: d.notes}
	for _, line := range d.rows {
		cells := make([]Cell, len(line.cells))
		for c, value := range line.cells {
			place, there := p.places[place{names[c], view, line.Code}]
			if there = there && !line.Total; !there {
				place = &shownCell{}
			}
			// What is no part of the publication is hidden by the rule alone.
			hide := place.hidden || !line.Total && p.rule.hides(value) && !place.public
			cells[c] = p.rule.cell(value, hide && value.State == Shown && value.Protected)
			cells[c].Public = place.public && p.rule.hides(value) && cells[c].State == Shown
		}
		protected.rows = append(protected.rows, Row{line.Header, cells})
	}
	return protected
}

// Exposures returns what contributors can still work out.
func (p *Publication) Exposures() []Exposure {
	p.settle()
	return p.exposures
}

// Burden counts the cells that are hidden for their own sake, and those that cover
// them.
func (p *Publication) Burden() (primary, secondary int) {
	p.settle()
	for _, r := range p.rows {
		for _, c := range r.cells {
			switch {
			case c.hidden && c.must:
				primary++
			case c.hidden:
				secondary++
			}
		}
	}
	return primary, secondary
}

// settle decides what is hidden, once.
func (p *Publication) settle() {
	if p.settled {
		return
	}
	p.settled = true
	for _, c := range p.counts {
		c.grow(len(p.groups))
	}
	p.makeRows()
	p.begin()
	newGuard(p).protect()
}

// begin hides what gives few people away by itself, and nothing else.
func (p *Publication) begin() {
	for _, r := range p.rows {
		for _, c := range r.cells {
			c.hidden, c.must, c.table.zeros = false, false, false
		}
	}
	for _, r := range p.rows {
		for _, c := range r.cells {
			p.hideSmall(c)
		}
	}
}

// makeRows puts the rows of all tables together, and the canton as a whole.
func (p *Publication) makeRows() {
	bySet := map[string]*row{}
	for v, view := range p.views {
		groups := map[string][]int{}
		var codes []string
		for g := range p.groups {
			code := p.groups[g].codes[v]
			if groups[code] == nil {
				codes = append(codes, code)
			}
			groups[code] = append(groups[code], g)
		}
		slices.Sort(codes)
		for _, code := range codes {
			set := fmt.Sprint(groups[code])
			if bySet[set] == nil {
				bySet[set] = &row{groups: groups[code]}
				p.rows = append(p.rows, bySet[set])
			}
			r := bySet[set]
			r.labels = append(r.labels, label{view, code})
		}
	}
	for t := range p.tables {
		for _, r := range p.rows {
			for _, l := range r.labels {
				if l.view == p.tables[t].view && p.shows(&p.tables[t], r) {
					c := &shownCell{table: &p.tables[t], row: r}
					r.cells = append(r.cells, c)
					p.places[place{p.tables[t].name, l.view, l.code}] = c
				}
			}
		}
	}
	slices.SortStableFunc(p.rows, func(a, b *row) int { return cmp.Compare(len(a.groups), len(b.groups)) })
	all := &row{public: true}
	for g := range p.groups {
		all.groups = append(all.groups, g)
	}
	if same := bySet[fmt.Sprint(all.groups)]; same != nil {
		same.public = true
	} else {
		p.rows = append(p.rows, all)
	}
}

// shows reports whether a table has a number in a row.
func (p *Publication) shows(t *table, r *row) bool {
	given := p.given(t.numerator, r)
	if t.denominator < 0 {
		return given
	}
	return p.sum(t.denominator, r) > 0 && (given || p.given(t.denominator, r))
}

func (p *Publication) given(number int, r *row) bool {
	return slices.ContainsFunc(r.groups, func(g int) bool { return p.counts[number].amounts[g] != none })
}

func (p *Publication) sum(number int, r *row) int {
	sum := 0
	for _, g := range r.groups {
		sum += max(p.counts[number].amounts[g], 0)
	}
	return sum
}

// foreign returns how much of a row comes from others than a contributor.
func (p *Publication) foreign(number int, r *row, contributor figure.Organisation) int {
	sum := p.sum(number, r)
	for _, g := range r.groups {
		sum -= p.counts[number].shares[g][contributor]
	}
	return sum
}

// known reports whether a table shows a count in a row.
func (p *Publication) known(number int, r *row) bool {
	return r.public || slices.ContainsFunc(r.cells, func(c *shownCell) bool { return c.counts(number) && !c.hidden })
}

// lifted reports whether a count of a row is shown since it follows from the figures of
// the canton.
func (p *Publication) lifted(number int, r *row) bool {
	return slices.ContainsFunc(r.cells, func(c *shownCell) bool { return c.public && c.counts(number) })
}

// counts reports whether a cell tells a count.
func (c *shownCell) counts(number int) bool {
	return c.table.numerator == number || c.table.denominator == number
}

// concealed reports whether a count belongs in a row of some table, and none shows it.
func (p *Publication) concealed(number int, r *row) bool {
	return !p.known(number, r) && slices.ContainsFunc(r.cells, func(c *shownCell) bool { return c.counts(number) })
}

// noZero reports whether a hidden count cannot be 0: a table shows its zeros, and none
// had to be hidden.
func (p *Publication) noZero(number int, r *row) bool {
	return p.concealed(number, r) && p.sum(number, r) > 0 && slices.ContainsFunc(r.cells, func(c *shownCell) bool {
		return c.table.numerator == number && c.table.denominator < 0 && !c.table.zeros
	})
}

// hide hides every cell of a row that tells a count.
func (p *Publication) hide(number int, r *row, must bool) {
	for _, c := range r.cells {
		if !c.counts(number) || c.public {
			continue
		}
		if !c.hidden {
			p.version++
		}
		c.hidden, c.must = true, c.must || must
		if p.sum(number, r) == 0 {
			c.table.zeros = true
		}
	}
}

// hideSmall hides a cell that gives few people away by itself, and what else would
// show them in the same row.
func (p *Publication) hideSmall(c *shownCell) {
	t, r := c.table, c.row
	if r.public {
		c.public = true // one part is all of the canton
		return
	}
	for _, number := range []int{t.numerator, t.denominator} {
		if number >= 0 && p.counts[number].people && (p.small(p.sum(number, r)) || p.dominated(number, r)) {
			p.hide(number, r, true)
		}
	}
	if t.denominator < 0 {
		return
	}
	n, d := p.sum(t.numerator, r), p.sum(t.denominator, r)
	rest := t.share && p.small(d-n)
	if d < p.rule.MinDenominator || p.small(n) || p.small(d-n) {
		c.hidden, c.must = true, true
	}
	if rest && p.known(t.numerator, r) && p.known(t.denominator, r) {
		// Both stand in tables of their own: the one goes that costs fewer cells.
		number := t.denominator
		if p.cost(t.numerator, r) <= p.cost(t.denominator, r) {
			number = t.numerator
		}
		p.hide(number, r, true)
	}
}

// cost returns how many cells would be hidden with a count.
func (p *Publication) cost(number int, r *row) int {
	cost := 0
	for _, c := range r.cells {
		if c.counts(number) && !c.hidden {
			cost++
		}
	}
	return cost
}

func (p *Publication) small(n int) bool { return n > 0 && n <= p.rule.SmallCount }

// dominated reports whether a contributor of a row, who takes off what it reported
// itself, is left with few people of others. This is the p % rule for counts: what
// the largest contributor learns of the others by subtraction must not be too near
// to them, and near is here a number of people (Hundepool et al., Handbook on
// Statistical Disclosure Control, ESSnet SDC 2010, section 4.2.2).
func (p *Publication) dominated(number int, r *row) bool {
	for _, g := range r.groups {
		for contributor := range p.counts[number].shares[g] {
			if p.small(p.foreign(number, r, contributor)) {
				return true
			}
		}
	}
	return false
}
