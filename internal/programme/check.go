package programme

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// check holds every rule of the definition.
func (l *loader) check(p *Programme) {
	l.head(p)
	l.identity(p)
	l.codes(p)
	for i := range p.Areas {
		l.area(&p.Areas[i])
	}
	for i := range p.Units {
		l.unit(&p.Units[i])
	}
	l.dimensions(p)
	for i := range p.KeyFigures {
		l.keyFigure(p, &p.KeyFigures[i])
	}
	for i := range p.Indicators {
		l.indicator(p, &p.Indicators[i])
	}
	l.targets(p)
	for i := range p.Caveats {
		l.caveat(p, &p.Caveats[i])
	}
	for i := range p.Measures {
		l.measure(p, &p.Measures[i])
	}
	for i := range p.Organisations {
		l.organisation(p, &p.Organisations[i])
	}
	for i := range p.Regions {
		at := l.places[&p.Regions[i]]
		l.texts(at, "name", p.Regions[i].Name)
		l.standing(at, p.Regions[i].Standing)
	}
	l.checkMunicipalities(p)
	l.checkPopulation(p)
	for i := range p.Forms {
		l.form(p, &p.Forms[i])
	}
	l.countedTwice(p)
	l.rules(p)
	l.finance(p)
}

func (l *loader) head(p *Programme) {
	at := l.places[p]
	l.texts(at, "name", p.Name)
	l.texts(at, "canton", p.Canton)
	if _, known := locale.Parse(string(p.Language)); p.Language != "" && !known {
		l.fault(at.at("language"), "language %q is none of de, fr, it and en", p.Language)
	}
	for _, year := range []struct {
		key   string
		value figure.Year
	}{{"first_year", p.FirstYear}, {"last_year", p.LastYear}, {"data_from", p.DataFrom}, {"baseline", p.Baseline}} {
		if year.value < 2000 || year.value > 2099 {
			l.fault(at.at(year.key), "%s: a year from 2000 to 2099 is wanted", year.key)
		}
	}
	if p.LastYear < p.FirstYear {
		l.fault(at.at("last_year"), "last_year %d is before first_year %d", p.LastYear, p.FirstYear)
	}
	if p.DataFrom > p.FirstYear {
		l.fault(at.at("data_from"), "data_from %d is after first_year %d", p.DataFrom, p.FirstYear)
	}
	if p.Baseline < p.DataFrom || p.Baseline > p.FirstYear {
		l.fault(at.at("baseline"), "baseline %d is not between data_from %d and first_year %d", p.Baseline, p.DataFrom, p.FirstYear)
	}
}

// codes asks that every entry has a code of its own.
func (l *loader) codes(p *Programme) {
	unique(l, p.Areas, "area", "code", func(a *Area) AreaCode { return a.Code })
	unique(l, p.Units, "unit", "code", func(u *Unit) figure.Unit { return u.Code })
	unique(l, p.Dimensions, "dimension", "name", func(d *Dimension) figure.Dimension { return d.Name })
	unique(l, p.KeyFigures, "key figure", "id", func(k *KeyFigure) figure.KeyFigure { return k.ID })
	unique(l, p.Indicators, "indicator", "id", func(i *Indicator) string { return i.ID })
	unique(l, p.Measures, "measure", "code", func(m *Measure) figure.Measure { return m.Code })
	unique(l, p.Organisations, "organisation", "code", func(o *Organisation) figure.Organisation { return o.Code })
	unique(l, p.Regions, "region", "code", func(r *Region) string { return r.Code })
	unique(l, p.Forms, "form", "code", func(f *Form) figure.Form { return f.Code })
}

// plainCode: codes stand in files, addresses and keys of stored figures.
var plainCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]*$`)

// unique refuses missing, unusable and repeated codes. Codes that differ only in
// capital letters are the same: people write them both ways.
func unique[T any, C ~string](l *loader, entries []T, what, key string, code func(*T) C) {
	first := map[string]place{}
	for i := range entries {
		c, at := code(&entries[i]), l.places[&entries[i]].at(key)
		folded := Fold(string(c))
		before, twice := first[folded]
		switch {
		case c == "":
			l.fault(at, "the %s has no %s", what, key)
		case !plainCode.MatchString(string(c)):
			l.fault(at, "the %s %q: only letters, digits and _ . + - may stand in a %s", what, c, key)
		case twice && at.node == nil:
			// What the program makes itself stands behind the entries of the files.
			l.fault(before, "the %s %s is given by the program", what, c)
		case twice:
			l.fault(at, "the %s %s stands there twice, first in %s:%d", what, c, before.file, before.line)
		default:
			first[folded] = at
		}
	}
}

// texts asks for all four languages.
func (l *loader) texts(at place, key string, text locale.Text) {
	for i, t := range text.All() {
		if strings.TrimSpace(t) == "" {
			language := string(locale.Languages[i])
			l.fault(at.at(key, language), "%s: the text in %s is missing", key, language)
		}
	}
}

// perhapsTexts asks for all four languages or none.
func (l *loader) perhapsTexts(at place, key string, text locale.Text) {
	if text != (locale.Text{}) {
		l.texts(at, key, text)
	}
}

// needs asks for a text that is not in languages.
func (l *loader) needs(at place, key, text string) {
	if strings.TrimSpace(text) == "" {
		l.fault(at.at(key), "%s is missing", key)
	}
}

// choice asks for one of a few words.
func choice[T ~string](l *loader, at place, key string, value T, allowed ...T) {
	if slices.Contains(allowed, value) {
		return
	}
	l.fault(at.at(key), "%s: %q is none of %s", key, value, joined(allowed))
}

func (l *loader) standing(at place, s Standing) {
	choice(l, at, "standing", s, Law, Federal, Cantonal, Proposal)
}

// span asks that a span of years does not end before it begins.
func (l *loader) span(at place, from, to figure.Year) {
	if to != 0 && to < from {
		l.fault(at.at("to"), "the end %d is before the beginning %d", to, from)
	}
}

func (l *loader) area(a *Area) {
	at := l.places[a]
	l.texts(at, "name", a.Name)
	l.texts(at, "short", a.Short)
	for i, predecessor := range a.Predecessor {
		l.needs(at.at("predecessor", i), "number", predecessor.Number)
		l.texts(at.at("predecessor", i), "name", predecessor.Name)
	}
}

func (l *loader) unit(u *Unit) {
	at := l.places[u]
	l.texts(at, "name", u.Name)
	if u.Decimals < 0 || u.Decimals > figure.Places {
		l.fault(at.at("decimals"), "decimals: %d is not a number from 0 to %d", u.Decimals, figure.Places)
	}
	if u.Whole && u.Decimals > 0 {
		l.fault(at.at("decimals"), "a whole unit has no decimals")
	}
}

// derivedDimensions are those that the program works out from the municipality, the
// organisation and the measure.
var derivedDimensions = []figure.Dimension{"municipality", "district", "region", "provider", "measure"}

// joined lists codes for a message.
func joined[T ~string](codes []T) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = string(code)
	}
	return strings.Join(words, ", ")
}

func (l *loader) dimensions(p *Programme) {
	for _, name := range []figure.Dimension{figure.Sex, figure.Age, figure.Status} {
		if d := p.Dimension(name); d == nil || d.Derived {
			l.fault(place{file: "dimensions.yaml", line: 1}, "the dimension %s of persons, with codes, is missing", name)
		}
	}
	for i := range p.Dimensions {
		d := &p.Dimensions[i]
		at := l.places[d]
		l.texts(at, "title", d.Title)
		if worked := slices.Contains(derivedDimensions, d.Name); d.Derived && !worked {
			l.fault(at.at("derived"), "the program works out no dimension %s, only %s", d.Name, joined(derivedDimensions))
		} else if worked && !d.Derived && len(d.Codes) > 0 {
			l.fault(at, "the dimension %s is worked out by the program: derived: true is wanted", d.Name)
		}
		if d.Derived && len(d.Codes) > 0 {
			l.fault(at.at("codes"), "the derived dimension %s has no codes of its own", d.Name)
		}
		if !d.Derived && len(d.Codes) == 0 {
			l.fault(at, "the dimension %s has no codes", d.Name)
		}
		l.dimensionCodes(d)
	}
}

// dimensionCodes asks that every spelling means one code.
func (l *loader) dimensionCodes(d *Dimension) {
	meaning := map[string]int{}
	for i, code := range d.Codes {
		at := l.places[d].at("codes", i)
		l.texts(at, "name", code.Name)
		if code.Code == "" {
			l.fault(at, "the code is missing")
			continue
		}
		// Further dimensions are stored as "level=A2;course=evening" (figure.Further).
		if strings.ContainsAny(string(code.Code), "=;") {
			l.fault(at.at("code"), "the code %q: = and ; cannot stand in a code", code.Code)
		}
		name := code.Name.All()
		spellings := append(append([]string{string(code.Code)}, name[:]...), code.Also...)
		for _, spelling := range spellings {
			folded := Fold(spelling)
			if folded == "" {
				continue
			}
			if other, taken := meaning[folded]; taken && other != i {
				l.fault(at, "%s: %q means %s and %s", d.Name, spelling, d.Codes[other].Code, code.Code)
				continue
			}
			meaning[folded] = i
		}
	}
}

func (l *loader) targets(p *Programme) {
	type key struct {
		indicator string
		year      figure.Year
		decided   string
	}
	first := map[key]place{}
	for i := range p.Targets {
		t := &p.Targets[i]
		at := l.places[t]
		l.standing(at, t.Standing)
		l.needs(at, "origin", t.Origin.String())
		if !at.has("value") {
			l.fault(at, "value is missing")
		}
		if t.Year < p.FirstYear || t.Year > p.LastYear {
			l.fault(at.at("year"), "the year %d is outside the programme", t.Year)
		}
		if _, err := time.Parse(time.DateOnly, t.Decided); err != nil {
			l.fault(at.at("decided"), "decided: %q is not a day such as 2024-01-01", t.Decided)
		}
		k := key{t.Indicator, t.Year, t.Decided}
		if before, twice := first[k]; twice {
			l.fault(at, "the target of %s for %d, decided on %s, stands there twice, first in %s:%d", t.Indicator, t.Year, t.Decided, before.file, before.line)
		} else {
			first[k] = at
		}
		if indicator := p.Indicator(t.Indicator); indicator == nil {
			l.fault(at.at("indicator"), "there is no indicator %q", t.Indicator)
		} else {
			l.target(at, t, indicator)
		}
	}
}

func (l *loader) target(at place, t *Target, indicator *Indicator) {
	switch {
	case indicator.Direction == Neutral:
		l.fault(at.at("indicator"), "the indicator %s is neutral and has no target", t.Indicator)
	case indicator.Direction == Band && t.Upper < t.Value:
		l.fault(at.at("upper"), "the upper end %s of the band is below its lower end %s", t.Upper, t.Value)
	case indicator.Direction != Band && t.Upper != 0:
		l.fault(at.at("upper"), "only an indicator with the direction band has an upper end")
	}
	if indicator.Unit != figure.Percent {
		return
	}
	for _, share := range []struct {
		key   string
		value figure.Decimal
	}{{"value", t.Value}, {"upper", t.Upper}} {
		l.share(at, share.key, share.value)
	}
	if t.Baseline != nil {
		l.share(at, "baseline", *t.Baseline)
	}
}

// share refuses a share written as 95: shares are fractions, and ten times the
// whole is more than any of the programme reaches.
func (l *loader) share(at place, key string, value figure.Decimal) {
	if value > figure.Whole(10) || value < 0 {
		l.fault(at.at(key), "%s: a share is written as 0.95, not as %s", key, value)
	}
}

func (l *loader) caveat(p *Programme, c *Caveat) {
	at := l.places[c]
	if p.Indicator(c.Indicator) == nil {
		l.fault(at.at("indicator"), "there is no indicator %q", c.Indicator)
	}
	l.texts(at, "text", c.Text)
	l.needs(at, "source", c.Source)
	if c.Break && c.From == 0 {
		l.fault(at.at("break"), "a break needs the year from which the series is comparable")
	}
}
