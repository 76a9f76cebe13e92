package programme

import (
	"slices"
	"strings"

	"kipmonitor/internal/figure"
)

// ComputedFigures are the key figures that the program computes itself, where the
// definition has them with system: true: on deliveries, first uploads, measures and
// indicators. docs/programme.md says what each counts.
var ComputedFigures = []figure.KeyFigure{
	"deliveries_owed", "deliveries_accepted", "deliveries_due", "deliveries_on_time", "rows_first_upload", "rows_faultless_first_upload",
	"measures_running", "measures_with_goals", "indicators_reported", "indicators_without_break",
}

func (l *loader) keyFigure(p *Programme, k *KeyFigure) {
	at := l.places[k]
	if k.System && !slices.Contains(ComputedFigures, k.ID) {
		l.fault(at.at("system"), "the program computes no key figure %s, only %s", k.ID, joined(ComputedFigures))
	}
	l.texts(at, "name", k.Name)
	l.texts(at, "definition", k.Definition)
	choice(l, at, "additivity", k.Additivity, Flow, Stock, DistinctResidence, DistinctProvider)
	if k.Unit == figure.Percent {
		l.fault(at.at("unit"), "%s: a share is not delivered but computed", k.ID)
	} else if p.Unit(k.Unit) == nil {
		l.fault(at.at("unit"), "there is no unit %q", k.Unit)
	}
	if p.Area(k.Area) == nil {
		l.fault(at.at("area"), "there is no area %q", k.Area)
	}
	if k.Max < 0 {
		l.fault(at.at("max"), "max: %s is below 0", k.Max)
	}
	if k.PartOf != "" {
		l.partOf(p, k)
	}
}

// partOf checks the whole that a key figure is part of.
func (l *loader) partOf(p *Programme, k *KeyFigure) {
	at := l.places[k].at("part_of")
	whole := p.KeyFigure(k.PartOf)
	if whole == nil {
		l.fault(at, "there is no key figure %q", k.PartOf)
		return
	}
	if whole.Unit != k.Unit {
		l.fault(at, "%s counts %s and cannot be part of %s, which counts %s", k.ID, k.Unit, whole.ID, whole.Unit)
	}
	for range p.KeyFigures {
		if whole == nil || whole.ID == k.ID {
			break
		}
		whole = p.KeyFigure(whole.PartOf)
	}
	if whole != nil {
		l.fault(at, "%s is part of itself", k.ID)
		return
	}
	forms := p.FormsOf(k.ID)
	together := func(f *Form) bool { return slices.Contains(p.FormsOf(k.PartOf), f) }
	if len(forms) > 0 && !slices.ContainsFunc(forms, together) {
		l.fault(at, "no form has both %s and %s, so that nobody could compare them", k.ID, k.PartOf)
	}
}

func (l *loader) indicator(p *Programme, i *Indicator) {
	at := l.places[i]
	l.texts(at, "name", i.Name)
	l.texts(at, "definition", i.Definition)
	l.texts(at, "deliverer", i.Deliverer)
	l.needs(at, "source", i.Source.String())
	l.standing(at, i.Standing)
	choice(l, at, "kind", i.Kind, Output, Outcome, Quality, Finance, Context)
	choice(l, at, "aggregation", i.Aggregation, Sum, Ratio, Snapshot, Distinct, WeightedMean, Cohort)
	choice(l, at, "direction", i.Direction, Higher, Lower, Band, Neutral)
	if p.Area(i.Area) == nil {
		l.fault(at.at("area"), "there is no area %q", i.Area)
	}
	if p.Unit(i.Unit) == nil {
		l.fault(at.at("unit"), "there is no unit %q", i.Unit)
	}
	if i.CohortYears < 0 || (i.CohortYears > 0 && i.Aggregation != Cohort) {
		l.fault(at.at("cohort_years"), "cohort_years is for the aggregation cohort, and not below 0")
	}
	if len(i.Numerator) == 0 {
		l.fault(at, "the numerator is missing")
	}
	numerator := l.terms(p, at.at("numerator"), i.Numerator)
	denominator := l.terms(p, at.at("denominator"), i.Denominator)
	l.units(i, numerator, denominator)
	l.additivity(p, i)
	l.breakdowns(p, i)
}

// terms checks the summands of a numerator or denominator and returns their
// common unit.
func (l *loader) terms(p *Programme, at place, terms []Term) figure.Unit {
	var unit figure.Unit
	for n, term := range terms {
		at := at.at(n)
		k := p.KeyFigure(term.KeyFigure)
		if k == nil {
			l.fault(at.at("key_figure"), "there is no key figure %q", term.KeyFigure)
			continue
		}
		if unit != "" && unit != k.Unit {
			l.fault(at.at("key_figure"), "%s counts %s and cannot be added to %s", k.ID, k.Unit, unit)
		} else {
			unit = k.Unit
		}
		forms := p.FormsOf(k.ID)
		if len(forms) == 0 && !k.System {
			l.fault(at.at("key_figure"), "nobody delivers %s: no form has it", k.ID)
		}
		for name, codes := range term.Filter {
			l.filter(p, at.at("filter", string(name)), k, forms, name, codes)
		}
	}
	return unit
}

// filter asks that every form which delivers the key figure tells the codes
// apart: the figures of a form that does not would be left out silently.
func (l *loader) filter(p *Programme, at place, k *KeyFigure, forms []*Form, name figure.Dimension, codes []figure.Code) {
	dimension := p.Dimension(name)
	if dimension == nil {
		l.fault(at, "there is no dimension %q", name)
		return
	}
	if len(codes) == 0 {
		l.fault(at, "the filter over %s names no code", name)
	}
	for n, code := range codes {
		if dimension.Code(code) == nil {
			l.fault(at.at(n), "the dimension %s has no code %q", name, code)
		}
	}
	for _, form := range forms {
		if !form.Has(name) {
			l.fault(at, "the form %s, which delivers %s, has no dimension %s", form.Code, k.ID, name)
		}
	}
}

// units asks that the unit of the indicator is what its formula gives. An
// unknown key figure has no unit and has been reported.
func (l *loader) units(i *Indicator, numerator, denominator figure.Unit) {
	at := l.places[i]
	ratio := len(i.Denominator) > 0
	switch i.Aggregation {
	case Ratio, WeightedMean, Cohort:
		if !ratio {
			l.fault(at, "the denominator is missing")
			return
		}
	case Sum, Distinct:
		if ratio {
			l.fault(at.at("denominator"), "the aggregation %s has no denominator", i.Aggregation)
			return
		}
	}
	switch {
	case i.Unit == figure.Percent && !ratio:
		l.fault(at.at("unit"), "a share needs a denominator")
	case i.Unit == figure.Percent && numerator != "" && denominator != "" && numerator != denominator:
		l.fault(at.at("unit"), "%s in %s is no share", numerator, denominator)
	case i.Unit != figure.Percent && numerator != "" && numerator != i.Unit:
		l.fault(at.at("unit"), "the unit is %s, and the numerator counts %s", i.Unit, numerator)
	}
}

// additivity holds the way of computing against the way the figures may be
// summed.
func (l *loader) additivity(p *Programme, i *Indicator) {
	at := l.places[i]
	for _, part := range []struct {
		name  string
		terms []Term
	}{{"numerator", i.Numerator}, {"denominator", i.Denominator}} {
		for n, term := range part.terms {
			k := p.KeyFigure(term.KeyFigure)
			if k == nil || word(k.Additivity) == "" {
				continue
			}
			at := at.at(part.name, n, "key_figure")
			switch {
			case i.Aggregation == Snapshot && k.Additivity != Stock:
				l.fault(at, "a snapshot is of stocks, and %s is a %s", k.ID, word(k.Additivity))
			case i.Aggregation == Distinct && k.Additivity != DistinctResidence && k.Additivity != DistinctProvider:
				l.fault(at, "the aggregation distinct is of distinct persons, and %s is a %s", k.ID, word(k.Additivity))
			case i.Aggregation == Sum && k.Additivity != Flow:
				l.fault(at, "a sum is of flows, and %s is a %s", k.ID, word(k.Additivity))
			case (i.Aggregation == Ratio || i.Aggregation == WeightedMean) && k.Additivity == Stock:
				l.fault(at, "%s is a stock: the aggregation must be snapshot", k.ID)
			}
		}
	}
}

func word(a Additivity) string {
	return map[Additivity]string{
		Flow: "flow", Stock: "stock", DistinctResidence: "count of distinct persons", DistinctProvider: "count of distinct persons",
	}[a]
}

// breakdowns asks that an indicator can be broken down as it says.
func (l *loader) breakdowns(p *Programme, i *Indicator) {
	at := l.places[i].at("dimensions")
	for n, name := range i.Dimensions {
		dimension := p.Dimension(name)
		if dimension == nil {
			l.fault(at.at(n), "there is no dimension %q", name)
			continue
		}
		if slices.Contains(i.Dimensions[:n], name) {
			l.fault(at.at(n), "the dimension %s stands there twice", name)
		}
		if dimension.Derived || len(dimension.Codes) == 0 {
			continue
		}
		// One of the figures is enough: the others stand beside as not broken down.
		var delivered, without []string
		for _, term := range i.Numerator {
			forms := p.FormsOf(term.KeyFigure)
			if len(forms) == 0 {
				continue // computed by the program, or reported
			}
			delivered = append(delivered, string(term.KeyFigure))
			if !slices.ContainsFunc(forms, func(f *Form) bool { return tellsApart(f, name) }) {
				without = append(without, string(term.KeyFigure))
			}
		}
		if len(delivered) > 0 && len(without) == len(delivered) {
			l.fault(at.at(n), "no form that delivers %s has the dimension %s", strings.Join(without, ", "), name)
		}
	}
}

// tellsApart reports whether figures of the form can be broken down by a
// dimension: by a column, or because the organisation that owes it has the code.
func tellsApart(f *Form, name figure.Dimension) bool {
	return f.Has(name) || (name == structureArea && slices.Contains(f.OwedBy.Kinds, RegularStructure))
}
