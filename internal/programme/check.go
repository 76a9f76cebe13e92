package programme

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// makeIndex fills the look-up tables. Of two entries with one code the first
// counts; check reports the second.
func (p *Programme) makeIndex() {
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

// check holds every rule of the definition.
func (l *loader) check(p *Programme) {
	at := place{file: "programme.yaml", line: 1}
	l.texts(at, "name", p.Name)
	l.texts(at, "canton", p.Canton)
	if p.FirstYear == 0 || p.LastYear < p.FirstYear || p.DataFrom == 0 || p.DataFrom > p.FirstYear || p.Baseline == 0 {
		l.fault(at, "first_year, last_year, data_from and baseline do not make a programme: %d, %d, %d, %d", p.FirstYear, p.LastYear, p.DataFrom, p.Baseline)
	}
	l.checkLists(p)
	for i := range p.KeyFigures {
		l.keyFigure(p, &p.KeyFigures[i])
	}
	for i := range p.Indicators {
		l.indicator(p, &p.Indicators[i])
	}
	l.checkTargets(p)
	for i := range p.Caveats {
		c := &p.Caveats[i]
		if p.Indicator(c.Indicator) == nil {
			l.fault(l.places[c], "no indicator %q", c.Indicator)
		}
		l.texts(l.places[c], "text", c.Text)
	}
	for i := range p.Measures {
		l.measure(p, &p.Measures[i])
	}
	for i := range p.Organisations {
		l.organisation(p, &p.Organisations[i])
	}
	l.checkMunicipalities(p)
	for i := range p.Forms {
		l.form(p, &p.Forms[i])
	}
}

// checkLists holds what areas, units, dimensions and regions have in common: a
// code of their own and names in every language.
func (l *loader) checkLists(p *Programme) {
	unique(l, p.Areas, "area", func(a *Area) AreaCode { return a.Code })
	unique(l, p.Units, "unit", func(u *Unit) figure.Unit { return u.Code })
	unique(l, p.Dimensions, "dimension", func(d *Dimension) figure.Dimension { return d.Name })
	unique(l, p.KeyFigures, "key figure", func(k *KeyFigure) figure.KeyFigure { return k.ID })
	unique(l, p.Indicators, "indicator", func(i *Indicator) string { return i.ID })
	unique(l, p.Measures, "measure", func(m *Measure) figure.Measure { return m.Code })
	unique(l, p.Organisations, "organisation", func(o *Organisation) figure.Organisation { return o.Code })
	unique(l, p.Regions, "region", func(r *Region) string { return r.Code })
	unique(l, p.Forms, "form", func(f *Form) figure.Form { return f.Code })
	for i := range p.Areas {
		a := &p.Areas[i]
		l.texts(l.places[a], "name", a.Name)
		l.texts(l.places[a], "short", a.Short)
		for _, predecessor := range a.Predecessor {
			l.texts(l.places[a], "predecessor "+predecessor.Number, predecessor.Name)
		}
	}
	for i := range p.Units {
		u := &p.Units[i]
		l.texts(l.places[u], "name", u.Name)
		if u.Decimals < 0 || u.Decimals > figure.Places || (u.Whole && u.Decimals > 0) {
			l.fault(l.places[u], "unit %s cannot have %d decimals", u.Code, u.Decimals)
		}
	}
	for i := range p.Regions {
		l.texts(l.places[&p.Regions[i]], "name", p.Regions[i].Name)
		l.standing(l.places[&p.Regions[i]], p.Regions[i].Standing)
	}
	for i := range p.Dimensions {
		d := &p.Dimensions[i]
		l.texts(l.places[d], "title", d.Title)
		if d.Derived == (len(d.Codes) > 0) {
			l.fault(l.places[d], "dimension %s: either derived or with codes", d.Name)
		}
		spellings := map[string]figure.Code{}
		for _, code := range d.Codes {
			l.texts(l.places[d], "code "+string(code.Code), code.Name)
			if code.Code == "" || strings.ContainsAny(string(code.Code), "=;") {
				l.fault(l.places[d], "dimension %s: the code %q is empty or has one of = ;", d.Name, code.Code)
			}
			for _, spelling := range append(append([]string{string(code.Code)}, code.Also...), texts(code.Name)...) {
				key := Fold(spelling)
				if other, taken := spellings[key]; taken && other != code.Code {
					l.fault(l.places[d], "dimension %s: %q means both %s and %s", d.Name, spelling, other, code.Code)
				}
				spellings[key] = code.Code
			}
		}
	}
}

// Fold reduces a header, code or name to what people mean by it: composed (NFC),
// lower case, without stray blanks, and with ae for ä and the like, so that
// spellings of different systems meet.
func Fold(text string) string {
	folded := strings.ToLower(norm.NFC.String(text))
	folded = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "\u00a0", " ", "\u202f", " ", "–", "-", "’", "'", "_", " ").Replace(folded)
	return strings.Join(strings.Fields(folded), " ")
}

func texts(t locale.Text) []string {
	all := t.All()
	return all[:]
}

func unique[T any, C ~string](l *loader, entries []T, what string, code func(*T) C) {
	seen := map[C]bool{}
	for i := range entries {
		c := code(&entries[i])
		if c == "" {
			l.fault(l.places[&entries[i]], "the %s has no code", what)
		} else if seen[c] {
			l.fault(l.places[&entries[i]], "the %s %s stands there twice", what, c)
		}
		seen[c] = true
	}
}

// texts asks for all four languages.
func (l *loader) texts(at place, field string, t locale.Text) {
	for i, text := range t.All() {
		if strings.TrimSpace(text) == "" {
			l.fault(at, "%s: the text in %s is missing", field, locale.Languages[i])
		}
	}
}

func (l *loader) standing(at place, s Standing) {
	if !slices.Contains([]Standing{Law, Federal, Cantonal, Proposal}, s) {
		l.fault(at, "no standing %q", s)
	}
}

func (l *loader) checkTargets(p *Programme) {
	type key struct {
		indicator string
		year      figure.Year
		decided   string
	}
	seen := map[key]bool{}
	for i := range p.Targets {
		t := &p.Targets[i]
		at := l.places[t]
		l.standing(at, t.Standing)
		if t.Origin == "" {
			l.fault(at, "the origin of the target is missing")
		}
		if t.Year < p.FirstYear || t.Year > p.LastYear {
			l.fault(at, "the year %d is outside the programme", t.Year)
		}
		if _, err := time.Parse(time.DateOnly, t.Decided); err != nil {
			l.fault(at, "decided: %q is not a date such as 2024-01-01", t.Decided)
		}
		k := key{t.Indicator, t.Year, t.Decided}
		if seen[k] {
			l.fault(at, "the target of %s for %d decided on %s stands there twice", t.Indicator, t.Year, t.Decided)
		}
		seen[k] = true
		indicator := p.Indicator(t.Indicator)
		switch {
		case indicator == nil:
			l.fault(at, "no indicator %q", t.Indicator)
		case indicator.Direction == Neutral:
			l.fault(at, "the indicator %s is neutral and has no target", t.Indicator)
		case indicator.Direction == Band && t.Upper < t.Value:
			l.fault(at, "the upper end of the band of %s is below the lower", t.Indicator)
		case indicator.Direction != Band && t.Upper != 0:
			l.fault(at, "only an indicator with a band has an upper end")
		}
	}
}

func (l *loader) measure(p *Programme, m *Measure) {
	at := l.places[m]
	l.texts(at, "name", m.Name)
	l.standing(at, m.Standing)
	if p.Area(m.Area) == nil {
		l.fault(at, "no area %q", m.Area)
	}
	if p.Organisation(m.Organisation) == nil {
		l.fault(at, "no organisation %q", m.Organisation)
	}
	if !slices.Contains([]MeasureKind{Advice, Gap, Specific}, m.Kind) {
		l.fault(at, "no kind of measure %q", m.Kind)
	}
	if !slices.Contains([]MeasureState{Planned, Running, Delayed, Stopped, Finished}, m.State) {
		l.fault(at, "no state of measure %q", m.State)
	}
	if m.Start < p.DataFrom || m.End > p.LastYear || m.End < m.Start {
		l.fault(at, "the years %d to %d are outside the programme", m.Start, m.End)
	}
	for _, id := range m.Indicators {
		if p.Indicator(id) == nil {
			l.fault(at, "no indicator %q", id)
		}
	}
}

func (l *loader) organisation(p *Programme, o *Organisation) {
	at, read := l.places[o]
	if !read {
		at = place{file: "municipalities.csv", line: 1}
	}
	l.texts(at, "name of "+string(o.Code), o.Name)
	if !slices.Contains([]OrganisationKind{MunicipalityOffice, RegularStructure, Provider, SocialRegion, CantonalOffice}, o.Kind) {
		l.fault(at, "%s: no kind of organisation %q", o.Code, o.Kind)
	}
	if o.Region != "" && p.Region(o.Region) == nil {
		l.fault(at, "%s: no region %q", o.Code, o.Region)
	}
	if o.Kind == SocialRegion && o.Region == "" {
		l.fault(at, "%s: which social region is it?", o.Code)
	}
	areas := p.Dimension("structure_area")
	if o.StructureArea != "" && (areas == nil || areas.Code(o.StructureArea) == nil) {
		l.fault(at, "%s: no area of regular structures %q", o.Code, o.StructureArea)
	}
}

func (l *loader) checkMunicipalities(p *Programme) {
	for i := range p.Municipalities {
		m := &p.Municipalities[i]
		at := l.places[m]
		if m.Number == 0 || m.Name == "" || m.District == "" {
			l.fault(at, "number, name and district are needed")
		}
		if m.Region != "" && p.Region(m.Region) == nil {
			l.fault(at, "no region %q", m.Region)
		}
		if m.ValidTo != 0 && m.ValidTo < m.ValidFrom {
			l.fault(at, "%s ends before it begins", m.Name)
		}
		for _, other := range p.index.municipalities[m.Number] {
			if other != m && overlap(m, other) && l.places[other].line < at.line {
				l.fault(at, "two states of %d overlap", m.Number)
			}
		}
		if m.Successor == 0 {
			continue
		}
		if m.ValidTo == 0 {
			l.fault(at, "%s has a successor and no end", m.Name)
		} else if p.MunicipalityLast(m.Successor) == nil {
			l.fault(at, "the successor %d does not exist", m.Successor)
		} else if p.Successor(m.Number, m.ValidTo+1) == 0 {
			l.fault(at, "the successor %d does not exist in %d", m.Successor, m.ValidTo+1)
		}
	}
}

func overlap(a, b *Municipality) bool {
	end := func(m *Municipality) figure.Year {
		if m.ValidTo == 0 {
			return 9999
		}
		return m.ValidTo
	}
	return a.ValidFrom <= end(b) && b.ValidFrom <= end(a)
}
