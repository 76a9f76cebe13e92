package indicator

import (
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// families are the dimensions whose tables tell the same people apart: who knows the
// municipalities knows the districts and regions, who knows the measures knows who runs
// them. Every other dimension stands for itself.
var families = [][]figure.Dimension{
	{Municipality, District, Region},
	{Provider, Measure, StructureArea, FundingArea},
}

func family(dimension figure.Dimension) []figure.Dimension {
	for _, f := range families {
		if slices.Contains(f, dimension) {
			return f
		}
	}
	return []figure.Dimension{dimension}
}

// View is a way to tell people apart in tables.
type View struct {
	Dimension figure.Dimension
	Basis     Basis
}

// Quantity is a number of people, or of something else, that tables show, alone or as
// the numerator or denominator of a ratio.
type Quantity struct {
	Name   string
	People bool // counts people, or contacts with them
}

// Group is what one organisation reported of people who have the same codes in all
// views.
type Group struct {
	Quantity     int // of Beside.Quantities
	Organisation figure.Organisation
	Codes        []string // one for each view; "" for what a view does not tell apart
	Amount       figure.Decimal
}

// Shown is an indicator whose table by a view is read beside the others.
type Shown struct {
	Indicator              *programme.Indicator
	View                   int
	Numerator, Denominator int // quantities; the denominator is −1 where it is no ratio
	Share                  bool
}

// Beside is everything about a year that must be known to protect the tables of an
// indicator by a dimension, and of the indicators that count the same people by the
// same dimension, or by one that says as much.
type Beside struct {
	Views      []View
	Quantities []Quantity
	Parts      [][2]int // quantities of which the first is part of the second
	Tables     []Shown
	Groups     []Group
}

// besides returns the indicators whose tables are read beside those of one by a
// dimension: those of the same key figures, and of their parts and wholes.
func besides(p *programme.Programme, i *programme.Indicator, dimension figure.Dimension) []*programme.Indicator {
	touched := map[figure.KeyFigure]bool{}
	found := []*programme.Indicator{i}
	touch := func(one *programme.Indicator) {
		for _, term := range slices.Concat(one.Numerator, one.Denominator) {
			for k := p.KeyFigure(term.KeyFigure); k != nil && !touched[k.ID]; k = p.KeyFigure(k.PartOf) {
				touched[k.ID] = true
			}
		}
	}
	touch(i)
	for grown := true; grown; {
		grown = false
		for n := range p.Indicators {
			one := &p.Indicators[n]
			shares := slices.ContainsFunc(one.Dimensions, func(d figure.Dimension) bool { return slices.Contains(family(dimension), d) })
			if slices.Contains(found, one) || !shares || !newFormula(p, one).protected {
				continue
			}
			if slices.ContainsFunc(slices.Concat(one.Numerator, one.Denominator), func(term programme.Term) bool {
				for k := p.KeyFigure(term.KeyFigure); k != nil; k = p.KeyFigure(k.PartOf) {
					if touched[k.ID] {
						return true
					}
				}
				return false
			}) {
				touch(one)
				found, grown = append(found, one), true
			}
		}
	}
	slices.SortFunc(found, func(a, b *programme.Indicator) int { return strings.Compare(a.ID, b.ID) })
	return found
}

// besideDimensions returns the dimensions of a family by which one of the indicators
// has a table.
func besideDimensions(indicators []*programme.Indicator, dimension figure.Dimension) []figure.Dimension {
	var found []figure.Dimension
	for _, d := range family(dimension) {
		if slices.ContainsFunc(indicators, func(i *programme.Indicator) bool { return slices.Contains(i.Dimensions, d) }) {
			found = append(found, d)
		}
	}
	return found
}

// besideNeed is what a term must be asked by to know its groups.
func (f formula) besideNeed(term programme.Term, dimensions []figure.Dimension) need {
	n := f.need(term, "")
	for _, d := range dimensions {
		f.include(&n, term.KeyFigure, d)
	}
	n.by |= figure.ByOrganisation
	return n
}

// ReadBeside returns what is read beside the table of an indicator by a dimension, from
// the answers to Questions about that indicator by that dimension.
func ReadBeside(p *programme.Programme, i *programme.Indicator, dimension figure.Dimension, year figure.Year, evidence Evidence) Beside {
	indicators := besides(p, i, dimension)
	dimensions := besideDimensions(indicators, dimension)
	var b Beside
	for _, d := range dimensions {
		b.Views = append(b.Views, View{d, AsReported})
	}
	for _, d := range dimensions {
		if slices.Contains(families[0], d) && evidence.Today.Year() > int(year) {
			b.Views = append(b.Views, View{d, TodaysMunicipalities})
		}
	}
	r := &besideReader{Beside: &b, dimensions: dimensions, year: year, evidence: evidence}
	for _, one := range indicators {
		f := newFormula(p, one)
		numerator, denominator := r.quantity(f, one.Numerator), -1
		if f.ratio {
			denominator = r.quantity(f, one.Denominator)
			if f.share {
				r.part(numerator, denominator)
			}
		}
		for v, view := range b.Views {
			if slices.Contains(one.Dimensions, view.Dimension) {
				b.Tables = append(b.Tables, Shown{one, v, numerator, denominator, f.share})
			}
		}
	}
	return b
}

// besideReader reads what is read beside a table.
type besideReader struct {
	*Beside
	dimensions []figure.Dimension
	year       figure.Year
	evidence   Evidence
}

func (r *besideReader) part(part, whole int) {
	if pair := [2]int{part, whole}; part != whole && !slices.Contains(r.Parts, pair) {
		r.Parts = append(r.Parts, pair)
	}
}

// quantity returns the number of the quantity of some terms. A ratio counts only the
// rows that hold all its parts: where that makes a difference, what it counts is a
// quantity of its own, part of the other.
func (r *besideReader) quantity(f formula, terms []programme.Term) int {
	name := termsName(terms)
	number := len(r.Quantities)
	groups := r.groups(f, number, terms)
	for n := range r.Quantities {
		if r.Quantities[n].Name != name {
			continue
		}
		if sameGroups(r.groupsOf(n), groups) {
			return n
		}
		if f.ratio {
			r.part(number, n)
		} else {
			r.part(n, number)
		}
	}
	unit, _ := f.unit(terms)
	known := f.p.Unit(unit)
	r.Quantities = append(r.Quantities, Quantity{Name: name, People: known != nil && known.Protected})
	r.Groups = append(r.Groups, groups...)
	return number
}

func (r *besideReader) groupsOf(number int) []Group {
	var found []Group
	for _, g := range r.Groups {
		if g.Quantity == number {
			found = append(found, g)
		}
	}
	return found
}

func sameGroups(a, b []Group) bool {
	return slices.EqualFunc(a, b, func(x, y Group) bool {
		return x.Organisation == y.Organisation && x.Amount == y.Amount && slices.Equal(x.Codes, y.Codes)
	})
}

// termsName tells terms from others.
func termsName(terms []programme.Term) string {
	var name strings.Builder
	for _, term := range terms {
		name.WriteString(string(term.KeyFigure) + factor(term).String())
		var filters []string
		for dimension, codes := range term.Filter {
			text := string(dimension)
			for _, code := range codes {
				text += "=" + string(code)
			}
			filters = append(filters, text)
		}
		slices.Sort(filters)
		name.WriteString(strings.Join(filters, ",") + ";")
	}
	return name.String()
}

// groups returns what is known of a quantity, group by group, and at the end what the
// canton has beyond them.
func (r *besideReader) groups(f formula, number int, terms []programme.Term) []Group {
	rest := f.total(terms, r.year, r.evidence)
	var groups []Group
	for _, term := range terms {
		n := f.besideNeed(term, r.dimensions)
		for _, sum := range r.evidence.sums(term.KeyFigure, r.year, n, f.paired) {
			if sum.Given == 0 || !f.passes(term, sum) {
				continue
			}
			group := Group{Quantity: number, Organisation: sum.Organisation}
			for _, view := range r.Views {
				own := sum
				if f.need(term, view.Dimension).by&figure.ByOrganisation == 0 {
					own.Organisation = "" // a place that a sender left open is not its own
				}
				group.Codes = append(group.Codes, f.codeOn(own, view, r.year, r.evidence))
			}
			var t tally
			t.add(sum, factor(term))
			rest.exact.Sub(&rest.exact, &t.exact)
			group.Amount, _ = t.decimal()
			groups = append(groups, group)
		}
	}
	if rest.known && rest.exact.Sign() > 0 {
		amount, _ := rest.decimal()
		groups = append(groups, Group{Quantity: number, Codes: make([]string, len(r.Views)), Amount: amount})
	}
	return groups
}

// codeOn returns the code of a sum in a view.
func (f formula) codeOn(sum figure.Sum, view View, year figure.Year, evidence Evidence) string {
	if today := figure.Year(evidence.Today.Year()); view.Basis == TodaysMunicipalities && sum.Municipality != 0 && today > year {
		if successor := f.p.Successor(sum.Municipality, today); successor != 0 {
			sum.Municipality, sum.Period.Year = successor, today
		}
	}
	return f.code(sum, view.Dimension)
}
