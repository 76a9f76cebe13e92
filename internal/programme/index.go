package programme

import (
	"slices"

	"kipmonitor/internal/figure"
)

// index finds entries by their codes. Load fills it.
type index struct {
	areas          map[AreaCode]*Area
	units          map[figure.Unit]*Unit
	dimensions     map[figure.Dimension]*Dimension
	keyFigures     map[figure.KeyFigure]*KeyFigure
	indicators     map[string]*Indicator
	measures       map[figure.Measure]*Measure
	organisations  map[figure.Organisation]*Organisation
	regions        map[string]*Region
	municipalities map[figure.Municipality][]*Municipality
	forms          map[figure.Form]*Form
}

// makeIndex fills the look-up tables. Of two entries with one code the first
// counts; the check reports the second.
func (p *Programme) makeIndex() {
	p.derived = &derived{byKey: map[any]any{}}
	p.index = index{
		areas:          byCode(p.Areas, func(a *Area) AreaCode { return a.Code }),
		units:          byCode(p.Units, func(u *Unit) figure.Unit { return u.Code }),
		dimensions:     byCode(p.Dimensions, func(d *Dimension) figure.Dimension { return d.Name }),
		keyFigures:     byCode(p.KeyFigures, func(k *KeyFigure) figure.KeyFigure { return k.ID }),
		indicators:     byCode(p.Indicators, func(i *Indicator) string { return i.ID }),
		measures:       byCode(p.Measures, func(m *Measure) figure.Measure { return m.Code }),
		organisations:  byCode(p.Organisations, func(o *Organisation) figure.Organisation { return o.Code }),
		regions:        byCode(p.Regions, func(r *Region) string { return r.Code }),
		forms:          byCode(p.Forms, func(f *Form) figure.Form { return f.Code }),
		municipalities: map[figure.Municipality][]*Municipality{},
	}
	for i := range p.Municipalities {
		m := &p.Municipalities[i]
		p.index.municipalities[m.Number] = append(p.index.municipalities[m.Number], m)
	}
	for _, states := range p.index.municipalities {
		slices.SortFunc(states, func(a, b *Municipality) int { return int(a.ValidFrom) - int(b.ValidFrom) })
	}
}

func byCode[T any, C comparable](entries []T, code func(*T) C) map[C]*T {
	found := make(map[C]*T, len(entries))
	for i := range entries {
		if _, twice := found[code(&entries[i])]; !twice {
			found[code(&entries[i])] = &entries[i]
		}
	}
	return found
}

// Area returns the area of a code, or nil.
func (p *Programme) Area(code AreaCode) *Area { return p.index.areas[code] }

// Unit returns the unit of a code, or nil. The unit figure.Percent is known to
// every programme.
func (p *Programme) Unit(code figure.Unit) *Unit { return p.index.units[code] }

// Dimension returns the dimension of a name, or nil.
func (p *Programme) Dimension(name figure.Dimension) *Dimension { return p.index.dimensions[name] }

// KeyFigure returns the key figure of an id, or nil.
func (p *Programme) KeyFigure(id figure.KeyFigure) *KeyFigure { return p.index.keyFigures[id] }

// Indicator returns the indicator of an id, or nil.
func (p *Programme) Indicator(id string) *Indicator { return p.index.indicators[id] }

// Measure returns the measure of a code, or nil.
func (p *Programme) Measure(code figure.Measure) *Measure { return p.index.measures[code] }

// Organisation returns the organisation of a code, or nil.
func (p *Programme) Organisation(code figure.Organisation) *Organisation {
	return p.index.organisations[code]
}

// Region returns the social region of a code, or nil.
func (p *Programme) Region(code string) *Region { return p.index.regions[code] }

// Form returns the form of a code, or nil.
func (p *Programme) Form(code figure.Form) *Form { return p.index.forms[code] }

// MunicipalityIn returns the state of a municipality in a year, or nil where it
// did not exist then.
func (p *Programme) MunicipalityIn(number figure.Municipality, year figure.Year) *Municipality {
	for _, state := range p.index.municipalities[number] {
		if state.ValidFrom <= year && (state.ValidTo == 0 || year <= state.ValidTo) {
			return state
		}
	}
	return nil
}

// MunicipalityLast returns the latest state of a municipality, or nil where the
// number is not known at all.
func (p *Programme) MunicipalityLast(number figure.Municipality) *Municipality {
	states := p.index.municipalities[number]
	if len(states) == 0 {
		return nil
	}
	return states[len(states)-1]
}

// Successor returns the municipality that stands for number in a year: itself
// while it exists, else the one it was merged into. 0 where there is none.
func (p *Programme) Successor(number figure.Municipality, year figure.Year) figure.Municipality {
	for range p.Municipalities {
		if p.MunicipalityIn(number, year) != nil {
			return number
		}
		last := p.MunicipalityLast(number)
		if last == nil || last.Successor == 0 {
			return 0
		}
		number = last.Successor
	}
	return 0
}

// IndicatorsOf returns the indicators of an area in their order.
func (p *Programme) IndicatorsOf(area AreaCode) []*Indicator {
	var found []*Indicator
	for i := range p.Indicators {
		if p.Indicators[i].Area == area {
			found = append(found, &p.Indicators[i])
		}
	}
	return found
}

// Owes reports whether an organisation owes a form for a period.
func (p *Programme) Owes(organisation *Organisation, form *Form, period figure.Period) bool {
	year := period.Year
	if period.Periodicity() != form.Periodicity || !within(year, form.From, form.To) ||
		!within(year, organisation.From, organisation.To) {
		return false
	}
	for _, kind := range form.OwedBy.Kinds {
		if organisation.Kind == kind {
			return true
		}
	}
	for _, code := range form.OwedBy.Organisations {
		if organisation.Code == code {
			return true
		}
	}
	for _, area := range form.OwedBy.MeasureAreas {
		for i := range p.Measures {
			m := &p.Measures[i]
			if m.Organisation == organisation.Code && m.Area == area && within(year, m.Start, m.End) {
				return true
			}
		}
	}
	return false
}

// FormsOf returns the forms that have a column for a key figure.
func (p *Programme) FormsOf(id figure.KeyFigure) []*Form {
	var found []*Form
	for i := range p.Forms {
		for _, column := range p.Forms[i].Columns {
			if column.Role == FigureColumn && column.KeyFigure == id {
				found = append(found, &p.Forms[i])
				break
			}
		}
	}
	return found
}

// TargetOf returns the target of an indicator for a year that was decided last,
// and whether there is one.
func (p *Programme) TargetOf(indicator string, year figure.Year) (Target, bool) {
	var latest Target
	found := false
	for _, target := range p.Targets {
		if target.Indicator == indicator && target.Year == year && (!found || target.Decided >= latest.Decided) {
			latest, found = target, true
		}
	}
	return latest, found
}

func within(year, from, to figure.Year) bool {
	return (from == 0 || from <= year) && (to == 0 || year <= to)
}

// Code returns a code of the dimension, or nil.
func (d *Dimension) Code(code figure.Code) *Code {
	for i := range d.Codes {
		if d.Codes[i].Code == code {
			return &d.Codes[i]
		}
	}
	return nil
}

// Has reports whether the form has a column of a dimension.
func (f *Form) Has(name figure.Dimension) bool {
	for _, column := range f.Columns {
		if column.Role == DimensionColumn && column.Dimension == name {
			return true
		}
	}
	return false
}

// Code returns a code of a dimension, or nil.
func (p *Programme) Code(name figure.Dimension, code figure.Code) *Code {
	if dimension := p.Dimension(name); dimension != nil {
		return dimension.Code(code)
	}
	return nil
}

// Districts returns the districts (Bezirke) in the order of the municipalities.
func (p *Programme) Districts() []string {
	var districts []string
	for _, m := range p.Municipalities {
		if !slices.Contains(districts, m.District) {
			districts = append(districts, m.District)
		}
	}
	return districts
}

// MunicipalitiesIn returns the municipalities that existed in a year, each in
// its state of that year.
func (p *Programme) MunicipalitiesIn(year figure.Year) []*Municipality {
	var found []*Municipality
	for i := range p.Municipalities {
		if m := &p.Municipalities[i]; p.MunicipalityIn(m.Number, year) == m {
			found = append(found, m)
		}
	}
	return found
}

// MunicipalitiesFor returns those of a year that an organisation may have figures of:
// a municipality of itself, a social region of its own ones, others of all.
func (p *Programme) MunicipalitiesFor(office *Organisation, year figure.Year) []*Municipality {
	return slices.DeleteFunc(p.MunicipalitiesIn(year), func(m *Municipality) bool {
		switch office.Kind {
		case MunicipalityOffice:
			return m.Number != office.Municipality
		case SocialRegion:
			return m.Region != office.Region
		}
		return false
	})
}

// MeasuresFor returns the measures that an organisation reports in a form for a year:
// of those that run in it, its own, of the areas that the form is about; the canton
// speaks of everybody's.
func (p *Programme) MeasuresFor(office *Organisation, form *Form, year figure.Year) []*Measure {
	var found []*Measure
	for i := range p.Measures {
		m := &p.Measures[i]
		own := m.Organisation == office.Code || office.Kind == CantonalOffice
		running := m.Start <= year && (m.End == 0 || year <= m.End)
		asked := len(form.OwedBy.MeasureAreas) == 0 || slices.Contains(form.OwedBy.MeasureAreas, m.Area)
		if own && running && asked {
			found = append(found, m)
		}
	}
	return found
}

// PopulationOf returns the population of a municipality at the end of a year or,
// where no later figure is there, of the latest year before; ok is false where
// there is none.
func (p *Programme) PopulationOf(number figure.Municipality, year figure.Year) (latest Population, ok bool) {
	for _, population := range p.Population {
		if population.Municipality == number && population.Year <= year && population.Year >= latest.Year {
			latest, ok = population, true
		}
	}
	return latest, ok
}

// CaveatsOf returns the footnotes of an indicator.
func (p *Programme) CaveatsOf(indicator string) []Caveat {
	var found []Caveat
	for _, caveat := range p.Caveats {
		if caveat.Indicator == indicator {
			found = append(found, caveat)
		}
	}
	return found
}

// CaveatsIn returns the footnotes of an indicator that hold in a year.
func (p *Programme) CaveatsIn(indicator string, year figure.Year) []Caveat {
	return slices.DeleteFunc(p.CaveatsOf(indicator), func(c Caveat) bool { return c.From > year })
}
