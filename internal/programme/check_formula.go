package programme

import (
	"fmt"
	"slices"

	"kipmonitor/internal/figure"
)

func (l *loader) keyFigure(p *Programme, k *KeyFigure) {
	at := l.places[k]
	l.texts(at, "name", k.Name)
	l.texts(at, "definition", k.Definition)
	if p.Unit(k.Unit) == nil || k.Unit == figure.Percent {
		l.fault(at, "%s: no unit %q to count in", k.ID, k.Unit)
	}
	if p.Area(k.Area) == nil {
		l.fault(at, "%s: no area %q", k.ID, k.Area)
	}
	if !slices.Contains([]Additivity{Flow, Stock, DistinctResidence, DistinctProvider}, k.Additivity) {
		l.fault(at, "%s: no additivity %q", k.ID, k.Additivity)
	}
	if k.PartOf == "" {
		return
	}
	whole := p.KeyFigure(k.PartOf)
	if whole == nil {
		l.fault(at, "%s: no key figure %q that it could be part of", k.ID, k.PartOf)
		return
	}
	if whole.Unit != k.Unit {
		l.fault(at, "%s counts %s and cannot be part of %s, which counts %s", k.ID, k.Unit, whole.ID, whole.Unit)
	}
	for steps := 0; whole != nil && whole.PartOf != ""; steps++ {
		if whole.ID == k.ID || steps > len(p.KeyFigures) {
			l.fault(at, "%s is part of itself", k.ID)
			return
		}
		whole = p.KeyFigure(whole.PartOf)
	}
}

func (l *loader) indicator(p *Programme, i *Indicator) {
	at := l.places[i]
	l.texts(at, "name", i.Name)
	l.texts(at, "definition", i.Definition)
	l.texts(at, "deliverer", i.Deliverer)
	l.standing(at, i.Standing)
	if p.Area(i.Area) == nil {
		l.fault(at, "no area %q", i.Area)
	}
	if !slices.Contains([]Kind{Output, Outcome, Quality, Finance, Context}, i.Kind) {
		l.fault(at, "no kind of indicator %q", i.Kind)
	}
	if !slices.Contains([]Aggregation{Sum, Ratio, Snapshot, Distinct, WeightedMean, Cohort}, i.Aggregation) {
		l.fault(at, "no aggregation %q", i.Aggregation)
	}
	if !slices.Contains([]Direction{Higher, Lower, Band, Neutral}, i.Direction) {
		l.fault(at, "no direction %q", i.Direction)
	}
	if p.Unit(i.Unit) == nil {
		l.fault(at, "no unit %q", i.Unit)
	}
	if i.Source == "" {
		l.fault(at, "%s: the source is missing", i.ID)
	}
	for _, name := range i.Dimensions {
		if p.Dimension(name) == nil {
			l.fault(at, "no dimension %q", name)
		}
	}
	numerator := l.terms(p, i, "numerator", i.Numerator)
	denominator := l.terms(p, i, "denominator", i.Denominator)
	if len(i.Numerator) == 0 {
		l.fault(at, "%s: the numerator is missing", i.ID)
	}
	l.aggregation(p, i, numerator, denominator)
}

// terms checks the summands of a formula and returns their common unit.
func (l *loader) terms(p *Programme, i *Indicator, part string, terms []Term) figure.Unit {
	at := l.places[i]
	var unit figure.Unit
	for _, term := range terms {
		k := p.KeyFigure(term.KeyFigure)
		if k == nil {
			l.fault(at, "%s, %s: no key figure %q", i.ID, part, term.KeyFigure)
			continue
		}
		if unit != "" && unit != k.Unit {
			l.fault(at, "%s, %s: %s and %s cannot be added", i.ID, part, unit, k.Unit)
		}
		unit = k.Unit
		forms := p.FormsOf(k.ID)
		if len(forms) == 0 && !k.System {
			l.fault(at, "%s, %s: nobody delivers %s: no form has it", i.ID, part, k.ID)
		}
		for name, codes := range term.Filter {
			l.filter(p, fmt.Sprintf("%s, %s", i.ID, part), at, forms, name, codes)
		}
	}
	return unit
}

func (l *loader) filter(p *Programme, where string, at place, forms []*Form, name figure.Dimension, codes []figure.Code) {
	dimension := p.Dimension(name)
	if dimension == nil {
		l.fault(at, "%s: no dimension %q", where, name)
		return
	}
	for _, code := range codes {
		if dimension.Code(code) == nil {
			l.fault(at, "%s: the dimension %s has no code %q", where, name, code)
		}
	}
	for _, form := range forms {
		if !form.Has(name) {
			l.fault(at, "%s: the form %s, which delivers it, has no dimension %s", where, form.Code, name)
		}
	}
}

// aggregation holds the rules between the way of computing and the additivity
// and units of the figures.
func (l *loader) aggregation(p *Programme, i *Indicator, numerator, denominator figure.Unit) {
	at := l.places[i]
	share := i.Unit == figure.Percent
	if share && len(i.Denominator) == 0 {
		l.fault(at, "%s is a share and has no denominator", i.ID)
	}
	if !share && len(i.Denominator) == 0 && numerator != "" && i.Unit != numerator {
		l.fault(at, "%s is in %s, and its figures in %s", i.ID, i.Unit, numerator)
	}
	if share && numerator != "" && denominator != "" && numerator != denominator {
		l.fault(at, "%s is a share of %s in %s", i.ID, numerator, denominator)
	}
	for _, term := range append(slices.Clone(i.Numerator), i.Denominator...) {
		k := p.KeyFigure(term.KeyFigure)
		if k == nil {
			continue
		}
		distinct := k.Additivity == DistinctProvider || k.Additivity == DistinctResidence
		switch i.Aggregation {
		case Sum:
			if k.Additivity != Flow {
				l.fault(at, "%s is a sum, and %s is not a flow", i.ID, k.ID)
			}
		case Snapshot:
			if k.Additivity != Stock {
				l.fault(at, "%s is a snapshot, and %s is not a stock", i.ID, k.ID)
			}
		case Distinct:
			if !distinct {
				l.fault(at, "%s counts distinct persons, and %s does not", i.ID, k.ID)
			}
		case Ratio, WeightedMean:
			if len(i.Denominator) == 0 {
				l.fault(at, "%s has no denominator", i.ID)
			}
		}
	}
}

func (l *loader) form(p *Programme, f *Form) {
	at := l.places[f]
	l.texts(at, "name", f.Name)
	l.texts(at, "purpose", f.Purpose)
	if f.Version == "" {
		l.fault(at, "the version is missing")
	}
	if f.Periodicity.Parts() == nil {
		l.fault(at, "no periodicity %q", f.Periodicity)
	}
	if f.DueDays <= 0 {
		l.fault(at, "due_days is missing")
	}
	l.obligation(p, f)
	headers := map[string]int{}
	roles := map[Role]int{}
	figures := map[figure.KeyFigure]bool{}
	for i := range f.Columns {
		c := &f.Columns[i]
		roles[c.Role]++
		switch c.Role {
		case DimensionColumn:
			if d := p.Dimension(c.Dimension); d == nil || d.Derived {
				l.fault(at, "column %d: no dimension %q to deliver", i+1, c.Dimension)
				continue
			}
		case FigureColumn:
			k := p.KeyFigure(c.KeyFigure)
			if k == nil || k.System {
				l.fault(at, "column %d: no key figure %q to deliver", i+1, c.KeyFigure)
				continue
			}
			if figures[k.ID] {
				l.fault(at, "column %d: the key figure %s stands there twice", i+1, k.ID)
			}
			figures[k.ID] = true
		case OrganisationColumn, PeriodColumn, MunicipalityColumn, MeasureColumn, NoteColumn:
		default:
			l.fault(at, "column %d: no role %q", i+1, c.Role)
			continue
		}
		for _, header := range p.Headers(c) {
			key := Fold(header)
			if other, taken := headers[key]; taken && other != i {
				l.fault(at, "columns %d and %d share the header %q", other+1, i+1, header)
			}
			headers[key] = i
		}
	}
	for _, role := range []Role{OrganisationColumn, PeriodColumn} {
		if roles[role] != 1 {
			l.fault(at, "the form wants exactly one column of role %s", role)
		}
	}
	if len(figures) == 0 {
		l.fault(at, "the form has no figure")
	}
}

func (l *loader) obligation(p *Programme, f *Form) {
	at := l.places[f]
	if len(f.OwedBy.Kinds)+len(f.OwedBy.Organisations)+len(f.OwedBy.MeasureAreas) == 0 {
		l.fault(at, "nobody owes the form")
	}
	for _, kind := range f.OwedBy.Kinds {
		if !slices.ContainsFunc(p.Organisations, func(o Organisation) bool { return o.Kind == kind }) {
			l.fault(at, "no organisation of kind %q owes the form", kind)
		}
	}
	for _, code := range f.OwedBy.Organisations {
		if p.Organisation(code) == nil {
			l.fault(at, "no organisation %q owes the form", code)
		}
	}
	for _, area := range f.OwedBy.MeasureAreas {
		if p.Area(area) == nil {
			l.fault(at, "no area %q", area)
		}
	}
}
