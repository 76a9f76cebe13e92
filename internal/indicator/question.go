package indicator

import (
	"slices"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// The dimensions that are worked out from the municipality, the organisation or
// the measure.
const (
	Municipality  figure.Dimension = "municipality"
	District      figure.Dimension = "district"
	Region        figure.Dimension = "region"
	Provider      figure.Dimension = "provider"
	Measure       figure.Dimension = "measure"
	StructureArea figure.Dimension = "structure_area"
	FundingArea   figure.Dimension = "funding_area"
)

// together are the kinds of organisations that stand for a place, and are one part of
// the breakdown by provider: each for itself would repeat the table of the places, and
// give away what is hidden there.
var together = []programme.OrganisationKind{programme.MunicipalityOffice, programme.SocialRegion}

// need is what a term must be asked by.
type need struct {
	margin figure.Margin
	by     figure.By
}

// Questions returns what must be asked of the store to compute indicators for
// some years: for the canton and, where a dimension is given, broken down by it.
// Key figures with the same need share a question, so that the overview of all
// indicators takes a handful.
func Questions(p *programme.Programme, indicators []*programme.Indicator, by figure.Dimension, years []figure.Year, asOf time.Time) []figure.Question {
	var needs []need
	figures, ratios := map[need][]figure.KeyFigure{}, map[need][][]figure.KeyFigure{}
	ask := func(id figure.KeyFigure, n need, ratio []figure.KeyFigure) {
		if len(ratio) > 0 && ratioIndex(ratios[n], ratio) < 0 {
			ratios[n] = append(ratios[n], ratio)
		}
		if _, asked := figures[n]; !asked {
			needs = append(needs, n)
		}
		if !slices.Contains(figures[n], id) {
			figures[n] = append(figures[n], id)
		}
	}
	for _, i := range indicators {
		f := newFormula(p, i)
		for _, term := range slices.Concat(i.Numerator, i.Denominator) {
			ask(term.KeyFigure, f.need(term, ""), f.paired)
			if by != "" {
				ask(term.KeyFigure, f.need(term, by), f.paired)
			}
		}
		if by != "" && f.protected {
			askBeside(p, i, by, ask)
		}
	}
	questions := make([]figure.Question, 0, len(needs))
	for _, n := range needs {
		questions = append(questions, figure.Question{Figures: figures[n], Years: years, Margin: n.margin, By: n.by, AsOf: asOf, Ratios: ratios[n]})
	}
	return questions
}

// askBeside asks for what is read beside the tables of an indicator by a dimension, so
// that they can be protected together.
func askBeside(p *programme.Programme, i *programme.Indicator, by figure.Dimension, ask func(figure.KeyFigure, need, []figure.KeyFigure)) {
	indicators := besides(p, i, by)
	dimensions := besideDimensions(indicators, by)
	for _, one := range indicators {
		f := newFormula(p, one)
		for _, term := range slices.Concat(one.Numerator, one.Denominator) {
			ask(term.KeyFigure, f.need(term, ""), f.paired)
			ask(term.KeyFigure, f.besideNeed(term, dimensions), f.paired)
		}
	}
}

// need returns what a term must be asked by: the dimensions of its filter, the
// dimension of the breakdown, and what the rule of distinct persons must see.
func (f formula) need(term programme.Term, dimension figure.Dimension) need {
	var n need
	for name := range term.Filter {
		f.include(&n, term.KeyFigure, name)
	}
	if dimension != "" {
		f.include(&n, term.KeyFigure, dimension)
	}
	if k := f.p.KeyFigure(term.KeyFigure); k != nil {
		switch k.Additivity {
		case programme.DistinctResidence:
			n.by |= figure.ByPart
		case programme.DistinctProvider:
			n.by |= figure.ByPart | figure.ByOrganisation
		}
	}
	return n
}

func (f formula) include(n *need, id figure.KeyFigure, name figure.Dimension) {
	// either asks by one thing for the forms that tell it apart themselves, and by
	// another for those that do not.
	either := func(has func(*programme.Form) bool, by, otherwise figure.By) {
		for _, form := range f.p.FormsOf(id) {
			if has(form) {
				n.by |= by
			} else {
				n.by |= otherwise
			}
		}
	}
	switch name {
	case figure.Sex:
		n.margin |= figure.BySex
	case figure.Age:
		n.margin |= figure.ByAge
	case figure.Status:
		n.margin |= figure.ByStatus
	case Municipality, District, Region:
		either(byMunicipality, figure.ByMunicipality, figure.ByOrganisation)
	case Provider:
		n.by |= figure.ByOrganisation
	case Measure:
		n.by |= figure.ByMeasure
	case StructureArea:
		either(func(form *programme.Form) bool { return form.Has(name) }, figure.ByFurther, figure.ByOrganisation)
	case FundingArea:
		either(func(form *programme.Form) bool { return form.Has(name) }, figure.ByFurther, figure.ByMeasure)
	default:
		n.by |= figure.ByFurther
	}
}

func byMunicipality(form *programme.Form) bool {
	return slices.ContainsFunc(form.Columns, func(c programme.Column) bool { return c.Role == programme.MunicipalityColumn })
}

// code returns the code of a dimension of a sum; "" where it is not told apart.
func (f formula) code(sum figure.Sum, name figure.Dimension) string {
	organisation := f.p.Organisation(sum.Organisation)
	switch name {
	case figure.Sex:
		return string(sum.Sex)
	case figure.Age:
		return string(sum.Age)
	case figure.Status:
		return string(sum.Status)
	case Municipality, District, Region:
		number := sum.Municipality
		if number == 0 && organisation != nil {
			number = organisation.Municipality
		}
		if number == 0 && name == Region && organisation != nil {
			return organisation.Region
		}
		return f.place(name, number, sum.Period.Year)
	case Provider:
		if organisation != nil && slices.Contains(together, organisation.Kind) {
			return string(organisation.Kind)
		}
		return string(sum.Organisation)
	case Measure:
		return string(sum.Measure)
	}
	if code := sum.Further.Code(name); code != "" {
		return string(code)
	}
	if name == StructureArea && organisation != nil {
		return string(organisation.StructureArea)
	}
	if measure := f.p.Measure(sum.Measure); name == FundingArea && measure != nil {
		return string(measure.Area)
	}
	return ""
}

func ratioIndex(ratios [][]figure.KeyFigure, ratio []figure.KeyFigure) int {
	return slices.IndexFunc(ratios, func(other []figure.KeyFigure) bool { return slices.Equal(other, ratio) })
}

// paired is what of a sum counts for a ratio, by its place in the question; a negative
// place is that of no ratio. Its Unpaired are those of this ratio alone.
func paired(sum figure.Sum, place int) figure.Sum {
	if place < 0 || place >= len(sum.Unpaired) {
		sum.Unpaired = nil
		return sum
	}
	unpaired := sum.Unpaired[place]
	sum.Value -= unpaired.Value
	sum.Given -= min(sum.Given, unpaired.Given)
	sum.Unpaired = []figure.Unpaired{unpaired}
	return sum
}

// sums returns the sums of a key figure for a year, as far as they count for a ratio,
// from the answer to exactly this need: sums asked by other dimensions answer another
// question.
func (e Evidence) sums(id figure.KeyFigure, year figure.Year, n need, ratio []figure.KeyFigure) []figure.Sum {
	var found []figure.Sum
	for _, answer := range e.Answers {
		if answer.Margin != n.margin || answer.By != n.by || !slices.Contains(answer.Figures, id) || !slices.Contains(answer.Years, year) {
			continue
		}
		place := ratioIndex(answer.Ratios, ratio)
		for _, sum := range answer.Sums {
			if sum.KeyFigure == id && sum.Period.Year == year {
				found = append(found, paired(sum, place))
			}
		}
		// A second answer to the same question would count everything twice.
		return found
	}
	return nil
}
