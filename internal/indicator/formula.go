package indicator

import (
	"math/big"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// formula is an indicator with what follows from its definition.
type formula struct {
	p         *programme.Programme
	indicator *programme.Indicator
	ratio     bool
	share     bool   // the numerator is part of the denominator
	protected bool   // counts people
	counted   bool   // the denominator counts whole units
	filtered  bool   // some term counts only some codes
	listed    bool   // the numerator picks rows of what the denominator adds up
	fault     Reason // the units do not go together
	// paired are the figures that a form asks for beside each other: a row counts only
	// where all of them are known. Empty where none does.
	paired []figure.KeyFigure
}

func newFormula(p *programme.Programme, i *programme.Indicator) formula {
	f := formula{p: p, indicator: i, ratio: len(i.Denominator) > 0}
	numerator, one := f.unit(i.Numerator)
	denominator, oneToo := f.unit(i.Denominator)
	switch {
	case !one || !oneToo:
		f.fault = UnitMismatch
	case f.ratio && i.Unit == figure.Percent && numerator != denominator:
		f.fault = UnitMismatch
	case !f.ratio && numerator != i.Unit:
		f.fault = UnitMismatch
	}
	for _, unit := range []figure.Unit{numerator, denominator} {
		if known := p.Unit(unit); known != nil {
			f.protected = f.protected || known.Protected
		}
	}
	if unit := p.Unit(denominator); unit != nil {
		f.counted = unit.Whole
	}
	for _, term := range slices.Concat(i.Numerator, i.Denominator) {
		f.filtered = f.filtered || len(term.Filter) > 0
	}
	f.paired = f.pairs()
	f.share, f.listed = f.ratio, f.ratio
	for _, term := range i.Numerator {
		f.share = f.share && factor(term) <= figure.Whole(1) && slices.ContainsFunc(i.Denominator, func(whole programme.Term) bool {
			return f.partOf(term, whole)
		})
		f.listed = f.listed && len(term.Filter) > 0 && slices.ContainsFunc(i.Denominator, func(whole programme.Term) bool {
			return term.KeyFigure == whole.KeyFigure && within(term, whole)
		})
	}
	return f
}

// pairs returns the figures of a ratio, where at least two of them stand in one form.
func (f formula) pairs() []figure.KeyFigure {
	if !f.ratio {
		return nil
	}
	var figures []figure.KeyFigure
	for _, term := range slices.Concat(f.indicator.Numerator, f.indicator.Denominator) {
		if !slices.Contains(figures, term.KeyFigure) {
			figures = append(figures, term.KeyFigure)
		}
	}
	for i, id := range figures {
		for _, form := range f.p.FormsOf(id) {
			if slices.ContainsFunc(figures[i+1:], func(other figure.KeyFigure) bool { return slices.Contains(f.p.FormsOf(other), form) }) {
				return figures
			}
		}
	}
	return nil
}

// unit returns the unit of the terms, and whether they have no other.
func (f formula) unit(terms []programme.Term) (unit figure.Unit, one bool) {
	for n, term := range terms {
		k := f.p.KeyFigure(term.KeyFigure)
		if k == nil || (n > 0 && k.Unit != unit) {
			return unit, false
		}
		unit = k.Unit
	}
	return unit, true
}

// partOf reports whether what a term counts is counted by the whole too.
func (f formula) partOf(term, whole programme.Term) bool {
	if !within(term, whole) || factor(whole) != figure.Whole(1) {
		return false
	}
	id := term.KeyFigure
	for range f.p.KeyFigures {
		if id == whole.KeyFigure {
			return true
		}
		k := f.p.KeyFigure(id)
		if k == nil || k.PartOf == "" {
			return false
		}
		id = k.PartOf
	}
	return false
}

// within reports whether every row that the term counts passes the filter of the
// whole.
func within(term, whole programme.Term) bool {
	for name, codes := range whole.Filter {
		some, filtered := term.Filter[name]
		if !filtered {
			return false
		}
		for _, code := range some {
			if !slices.Contains(codes, code) {
				return false
			}
		}
	}
	return true
}

func factor(term programme.Term) figure.Decimal {
	if term.Factor == 0 {
		return figure.Whole(1)
	}
	return term.Factor
}

// forms returns the forms that deliver the figures of the indicator.
func (f formula) forms() []figure.Form {
	var forms []figure.Form
	for _, term := range slices.Concat(f.indicator.Numerator, f.indicator.Denominator) {
		for _, form := range f.p.FormsOf(term.KeyFigure) {
			if !slices.Contains(forms, form.Code) {
				forms = append(forms, form.Code)
			}
		}
	}
	return forms
}

// tally is the sum of a numerator or denominator.
type tally struct {
	known bool
	// exact counts hundred-millionths: ten-thousandths times the factor, which has
	// four places too. Nothing is rounded before the end.
	exact         big.Int
	missing       uint64
	organisations uint64 // that gave figures for the term with the most; a lower bound where dimensions are asked
	provisional   bool
	reason        Reason
	unpaired      bool            // something of it does not count for the ratio
	incomplete    map[string]bool // submissions in which a figure of the ratio is missing
}

// decimal returns the sum, rounded half away from zero, and whether it fits.
func (t *tally) decimal() (figure.Decimal, bool) {
	return rounded(&t.exact, big.NewInt(int64(figure.Whole(1))))
}

// total adds up terms for the canton.
func (f formula) total(terms []programme.Term, year figure.Year, evidence Evidence) tally {
	byCode := f.tallies(terms, "", year, evidence, func(figure.Sum) string { return "" })
	if whole := byCode[""]; whole != nil {
		return *whole
	}
	return tally{}
}

// tallies adds up terms apart by what codeOf says of each sum, from the answers
// that tell the dimension apart.
func (f formula) tallies(terms []programme.Term, dimension figure.Dimension, year figure.Year, evidence Evidence, codeOf func(figure.Sum) string) map[string]*tally {
	found := map[string]*tally{}
	for _, term := range terms {
		k := f.p.KeyFigure(term.KeyFigure)
		if k == nil {
			continue
		}
		counters := map[string]*counter{}
		for _, sum := range evidence.sums(term.KeyFigure, year, f.need(term, dimension), f.paired) {
			if !f.passes(term, sum) {
				continue
			}
			code := codeOf(sum)
			if found[code] == nil {
				found[code] = &tally{}
			}
			if counters[code] == nil {
				counters[code] = &counter{}
			}
			found[code].add(sum, factor(term))
			counters[code].add(sum)
		}
		for code, counter := range counters {
			found[code].organisations = max(found[code].organisations, counter.organisations())
			if reason := counter.refusal(k.Additivity); reason != "" {
				found[code].reason = reason
			}
		}
	}
	return found
}

func (t *tally) add(sum figure.Sum, factor figure.Decimal) {
	t.missing += sum.Missing
	for _, unpaired := range sum.Unpaired {
		t.unpaired = t.unpaired || unpaired.Given > 0
		for _, id := range unpaired.Incomplete {
			if t.incomplete == nil {
				t.incomplete = map[string]bool{}
			}
			t.incomplete[id] = true
		}
	}
	if sum.Given == 0 {
		return
	}
	t.known = true
	t.provisional = t.provisional || sum.Provisional
	product := new(big.Int).Mul(big.NewInt(int64(sum.Value)), big.NewInt(int64(factor)))
	t.exact.Add(&t.exact, product)
}

// passes reports whether a sum is of the codes that the term counts.
func (f formula) passes(term programme.Term, sum figure.Sum) bool {
	for name, codes := range term.Filter {
		if !slices.Contains(codes, figure.Code(f.code(sum, name))) {
			return false
		}
	}
	return true
}

// counter tells who delivered a term, for the rule of distinct persons.
type counter struct {
	most      uint64 // organisations behind one sum
	mostParts uint64
	codes     map[figure.Organisation]bool
	parts     map[figure.Part]bool
}

func (c *counter) add(sum figure.Sum) {
	if sum.Given == 0 {
		return
	}
	if c.codes == nil {
		c.codes, c.parts = map[figure.Organisation]bool{}, map[figure.Part]bool{}
	}
	c.most, c.mostParts = max(c.most, sum.Organisations), max(c.mostParts, sum.Parts)
	c.codes[sum.Organisation], c.parts[sum.Period.Part] = true, true
}

func (c *counter) organisations() uint64 { return max(c.most, uint64(len(c.codes))) }

// refusal says why figures of distinct persons cannot be added up here. Questions
// asks for such figures by part of the year, and by organisation where each
// counts its own, so that the counts are exact.
func (c *counter) refusal(additivity programme.Additivity) Reason {
	switch {
	case additivity == programme.DistinctProvider && c.organisations() > 1:
		return DistinctOverOrganisations
	case additivity != programme.DistinctProvider && additivity != programme.DistinctResidence:
		return ""
	case max(c.mostParts, uint64(len(c.parts))) > 1:
		return DistinctOverParts
	}
	return ""
}
