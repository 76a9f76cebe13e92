package indicator

import (
	"slices"
	"strconv"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Basis says on which municipalities a breakdown stands.
type Basis uint8

// The bases.
const (
	AsReported           Basis = iota // the municipalities of the reporting year
	TodaysMunicipalities              // those of today: merged ones are added to their successor
)

// Part is an indicator for one code of a dimension.
type Part struct {
	Code  string // of the dimension; a municipality by its number; "" for what is not broken down
	Label locale.Text
	// Rest: what the total has beyond the parts, because some senders do not break
	// their figures down.
	Rest  bool
	Value Value
}

// Breakdown returns the parts of an indicator by a dimension, in the order of the
// definition: every code of the dimensions of persons and every municipality,
// district or region, known or not; of other dimensions those for which there
// are figures. A last part holds what is not broken down, if there is any.
func Breakdown(p *programme.Programme, i *programme.Indicator, dimension figure.Dimension, year figure.Year, evidence Evidence, basis Basis) []Part {
	f := newFormula(p, i)
	codeOf := func(sum figure.Sum) string { return f.codeOn(sum, View{dimension, basis}, year, evidence) }
	numerators := f.tallies(i.Numerator, dimension, year, evidence, codeOf)
	denominators := f.tallies(i.Denominator, dimension, year, evidence, codeOf)
	placesOf := year
	if basis == TodaysMunicipalities {
		placesOf = max(year, figure.Year(evidence.Today.Year()))
	}
	var parts []Part
	rest := remainder{
		numerator:   f.total(i.Numerator, year, evidence),
		denominator: f.total(i.Denominator, year, evidence),
	}
	for _, part := range f.codes(dimension, placesOf) {
		numerator, denominator := numerators[part.Code], denominators[part.Code]
		if numerator == nil && denominator == nil && !part.always {
			continue
		}
		rest.subtract(numerator, denominator)
		part.Value = f.value(year, evidence, orNone(numerator), orNone(denominator))
		parts = append(parts, part.Part)
	}
	if rest.remains(f.ratio) {
		parts = append(parts, Part{Label: restLabel(), Rest: true, Value: f.value(year, evidence, rest.numerator, rest.denominator)})
	}
	return parts
}

// Line is the series of one part of a breakdown.
type Line struct {
	Part           // of the last year for which the part is there; its Value belongs to that year
	Values []Value // one a year; the zero Value with reason NoData where the part is not there
}

// BreakdownSeries returns the parts of an indicator for several years.
func BreakdownSeries(p *programme.Programme, i *programme.Indicator, dimension figure.Dimension, years []figure.Year, evidence Evidence, basis Basis) []Line {
	var lines []Line
	for n, year := range years {
		for _, part := range Breakdown(p, i, dimension, year, evidence, basis) {
			at := slices.IndexFunc(lines, func(l Line) bool { return l.Code == part.Code && l.Rest == part.Rest })
			if at < 0 {
				at = len(lines)
				lines = append(lines, Line{Values: make([]Value, len(years))})
				for m := range years {
					lines[at].Values[m] = Value{Indicator: i.ID, Year: years[m], Unit: i.Unit, Reason: NoData, Ratio: part.Value.Ratio, Share: part.Value.Share, Protected: part.Value.Protected}
				}
			}
			lines[at].Part = part
			lines[at].Values[n] = part.Value
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		switch {
		case a.Rest == b.Rest:
			return 0
		case a.Rest:
			return 1
		}
		return -1
	})
	return lines
}

func orNone(t *tally) tally {
	if t == nil {
		return tally{}
	}
	return *t
}

// remainder is what the total has beyond the parts.
type remainder struct {
	numerator, denominator tally
}

func (r *remainder) subtract(numerator, denominator *tally) {
	r.numerator.subtract(numerator)
	r.denominator.subtract(denominator)
}

func (t *tally) subtract(part *tally) {
	if part != nil {
		t.exact.Sub(&t.exact, &part.exact)
		t.missing -= min(t.missing, part.missing)
	}
}

// remains reports whether there is something beyond the parts. Parts that are
// larger than their total contradict it, and nothing can be said of a rest.
func (r *remainder) remains(ratio bool) bool {
	n, d := r.numerator.exact.Sign(), r.denominator.exact.Sign()
	if r.numerator.reason != "" || r.denominator.reason != "" || !r.numerator.known {
		return false
	}
	if ratio {
		return r.denominator.known && d > 0 && n >= 0
	}
	return n > 0
}

func restLabel() locale.Text { return every("indicator.rest") }

// every is a message in all languages.
func every(key string) locale.Text {
	say := func(l locale.Language) string { return l.Say(key, nil) }
	return locale.Text{DE: say(locale.German), FR: say(locale.French), IT: say(locale.Italian), EN: say(locale.English)}
}

// candidate is a part that a breakdown may have.
type candidate struct {
	Part
	always bool // even without figures
}

// codes returns the codes of a dimension in the order of the definition.
func (f formula) codes(dimension figure.Dimension, year figure.Year) []candidate {
	var found []candidate
	add := func(code string, label locale.Text, always bool) {
		found = append(found, candidate{Part{Code: code, Label: label}, always})
	}
	switch dimension {
	case Municipality:
		for n := range f.p.Municipalities {
			m := &f.p.Municipalities[n]
			in := f.p.MunicipalityIn(m.Number, year)
			// A municipality that is gone stays where somebody still reports by it.
			if in == m || (in == nil && f.p.MunicipalityLast(m.Number) == m) {
				add(strconv.Itoa(int(m.Number)), locale.Text{DE: m.Name, FR: m.Name, IT: m.Name, EN: m.Name}, in != nil)
			}
		}
	case District:
		for _, district := range f.p.Districts() {
			add(district, locale.Text{DE: district, FR: district, IT: district, EN: district}, true)
		}
	case Region:
		for _, region := range f.p.Regions {
			add(region.Code, region.Name, true)
		}
	case Provider:
		for _, kind := range together {
			add(string(kind), every("indicator.together."+string(kind)), false)
		}
		for _, organisation := range f.p.Organisations {
			if !slices.Contains(together, organisation.Kind) {
				add(string(organisation.Code), organisation.Name, false)
			}
		}
	case Measure:
		for _, measure := range f.p.Measures {
			add(string(measure.Code), measure.Name, false)
		}
	default:
		person := dimension == figure.Sex || dimension == figure.Age || dimension == figure.Status
		if known := f.p.Dimension(dimension); known != nil {
			for _, code := range known.Codes {
				add(string(code.Code), code.Name, person)
			}
		}
	}
	return found
}

// place returns the municipality, district or region of a municipality in a
// year; "" where it is not known.
func (f formula) place(name figure.Dimension, number figure.Municipality, year figure.Year) string {
	if number == 0 {
		return ""
	}
	if name == Municipality {
		return strconv.Itoa(int(number))
	}
	m := f.p.MunicipalityIn(number, year)
	if m == nil {
		m = f.p.MunicipalityLast(number)
	}
	switch {
	case m == nil:
		return ""
	case name == District:
		return m.District
	}
	return m.Region
}
