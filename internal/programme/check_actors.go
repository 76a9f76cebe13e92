package programme

import "kipmonitor/internal/figure"

func (l *loader) measure(p *Programme, m *Measure) {
	at := l.places[m]
	l.texts(at, "name", m.Name)
	l.perhapsTexts(at, "outcome_goal", m.OutcomeGoal)
	l.perhapsTexts(at, "output_goal", m.OutputGoal)
	l.standing(at, m.Standing)
	choice(l, at, "kind", m.Kind, Advice, Gap, Specific)
	choice(l, at, "state", m.State, Planned, Running, Delayed, Stopped, Finished)
	if p.Area(m.Area) == nil {
		l.fault(at.at("area"), "there is no area %q", m.Area)
	}
	if p.Organisation(m.Organisation) == nil {
		l.fault(at.at("organisation"), "there is no organisation %q", m.Organisation)
	}
	// A measure may have gone on from the programme before.
	if m.Start < p.DataFrom || m.Start > p.LastYear {
		l.fault(at.at("start"), "the start %d is outside the years %d to %d", m.Start, p.DataFrom, p.LastYear)
	}
	if m.End < m.Start || m.End > p.LastYear {
		l.fault(at.at("end"), "the end %d is outside the years %d to %d", m.End, m.Start, p.LastYear)
	}
	for i, id := range m.Indicators {
		if p.Indicator(id) == nil {
			l.fault(at.at("indicators", i), "there is no indicator %q", id)
		}
	}
}

// structureArea is the dimension of the areas of VIntA Art. 4 Abs. 2, which a
// regular structure has as well as a row of a file.
const structureArea figure.Dimension = "structure_area"

func (l *loader) organisation(p *Programme, o *Organisation) {
	at := l.places[o]
	if at.node == nil {
		return // made from municipalities.csv, which is checked itself
	}
	l.texts(at, "name", o.Name)
	l.standing(at, o.Standing)
	// Municipalities are made from municipalities.csv.
	choice(l, at, "kind", o.Kind, RegularStructure, Provider, SocialRegion, CantonalOffice)
	if o.Kind == SocialRegion && o.Region == "" {
		l.fault(at, "region is missing: which social region is %s?", o.Code)
	}
	if o.Region != "" && p.Region(o.Region) == nil {
		l.fault(at.at("region"), "there is no region %q", o.Region)
	}
	if o.Kind == RegularStructure && o.StructureArea == "" {
		l.fault(at, "structure_area is missing: to which area of regular structures does %s belong?", o.Code)
	}
	if o.StructureArea != "" && p.Code(structureArea, o.StructureArea) == nil {
		l.fault(at.at("structure_area"), "the dimension structure_area has no code %q", o.StructureArea)
	}
	l.span(at, o.From, o.To)
}

func (l *loader) checkMunicipalities(p *Programme) {
	for i := range p.Municipalities {
		m := &p.Municipalities[i]
		at := l.places[m]
		if m.Number == 0 {
			l.fault(at, "bfs_nr is missing")
		}
		l.needs(at, "name", m.Name)
		l.needs(at, "district", m.District)
		if m.Region != "" && p.Region(m.Region) == nil {
			l.fault(at, "there is no region %q", m.Region)
		}
		if m.ValidTo != 0 && m.ValidTo < m.ValidFrom {
			l.fault(at, "%s ends in %d, before it begins in %d", m.Name, m.ValidTo, m.ValidFrom)
		}
		for _, other := range p.index.municipalities[m.Number] {
			if l.places[other].line < at.line && overlap(m, other) {
				l.fault(at, "two states of municipality %d are valid at the same time, the other in line %d", m.Number, l.places[other].line)
			}
		}
		l.successor(p, m)
	}
	l.municipalityNames(p)
}

func (l *loader) successor(p *Programme, m *Municipality) {
	at := l.places[m]
	switch {
	case m.ValidTo == 0 && m.Successor != 0:
		l.fault(at, "%s has a successor, and no end", m.Name)
	case m.Successor != 0 && p.MunicipalityLast(m.Successor) == nil:
		l.fault(at, "there is no municipality %d to succeed %s", m.Successor, m.Name)
	case m.ValidTo != 0 && m.Successor == 0 && p.MunicipalityIn(m.Number, m.ValidTo+1) == nil:
		l.fault(at, "%s ends in %d without a successor", m.Name, m.ValidTo)
	case m.ValidTo != 0 && m.Successor != 0 && p.Successor(m.Number, m.ValidTo+1) == 0:
		l.fault(at, "the successors of %s lead to no municipality that is there in %d", m.Name, m.ValidTo+1)
	}
}

// municipalityNames asks that a name means one municipality at any time.
func (l *loader) municipalityNames(p *Programme) {
	first := map[string][]*Municipality{}
	for i := range p.Municipalities {
		m := &p.Municipalities[i]
		for _, spelling := range append([]string{m.Name}, m.Also...) {
			folded := Fold(spelling)
			for _, other := range first[folded] {
				if other.Number != m.Number && overlap(m, other) {
					l.fault(l.places[m], "%q means the municipalities %d and %d", spelling, other.Number, m.Number)
				}
			}
			first[folded] = append(first[folded], m)
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

func (l *loader) checkPopulation(p *Programme) {
	type key struct {
		number figure.Municipality
		year   figure.Year
	}
	seen := map[key]bool{}
	for i := range p.Population {
		n := &p.Population[i]
		at := l.places[n]
		if p.MunicipalityLast(n.Municipality) == nil {
			l.fault(at, "there is no municipality %d", n.Municipality)
		}
		if n.Age0to4+n.Age5to14+n.Age15to24+n.Age25to54+n.Age55plus != n.Total {
			l.fault(at, "the age classes do not add up to the total %d", n.Total)
		}
		if k := (key{n.Municipality, n.Year}); seen[k] {
			l.fault(at, "the population of %d in %d stands there twice", n.Municipality, n.Year)
		} else {
			seen[k] = true
		}
	}
}
