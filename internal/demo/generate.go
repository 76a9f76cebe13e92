package demo

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// File is a file that an organisation would have sent.
type File struct {
	Name         string // begins with "demo_"
	Content      []byte
	At           time.Time // when it came
	Form         figure.Form
	Organisation figure.Organisation
	Period       figure.Period
	// Faulty: it has errors and is to be refused.
	Faulty bool
	// Accept: the coordination office accepts it, at this moment; zero for not.
	Accept time.Time
}

// Generate makes all files, in the order in which they came.
func Generate(p *programme.Programme, parameters Parameters) ([]File, error) {
	end, err := time.Parse(time.DateOnly, parameters.LastPeriodEnd)
	if err != nil {
		return nil, fmt.Errorf("demo.yaml: last_period_end: %w", err)
	}
	g := &generator{p: p, parameters: parameters}
	var files []File
	for f := range p.Forms {
		form := &p.Forms[f]
		for year := parameters.FirstYear; int(year) <= end.Year(); year++ {
			sheets := g.sheets(form, year)
			g.fill(form, year, sheets)
			for _, sheet := range sheets {
				if !sheet.period.End().After(end) {
					files = append(files, g.send(sheet)...)
				}
			}
		}
	}
	files = append(files, g.personal())
	slices.SortStableFunc(files, func(a, b File) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return files, nil
}

type generator struct {
	p          *programme.Programme
	parameters Parameters
}

// chance is a source of chance of its own for a thing with a name, so that what
// is drawn for one thing does not depend on any other.
func (g *generator) chance(names ...any) *rand.Rand {
	hash := fnv.New64a()
	fmt.Fprint(hash, names...)
	return rand.New(rand.NewPCG(g.parameters.Random, hash.Sum64()))
}

// sheet is what one organisation owes for one period.
type sheet struct {
	form         *programme.Form
	organisation *programme.Organisation
	period       figure.Period
	rows         []*line
	figures      []figure.KeyFigure
}

// line is a row of a sheet before it is written.
type line struct {
	municipality figure.Municipality
	measure      figure.Measure
	codes        map[figure.Dimension]figure.Code
	weight       float64
	rank         float64 // its place among the rows of a year, from 0 to 1: flags go by it
	values       map[figure.KeyFigure]figure.Decimal
	missing      map[figure.KeyFigure]bool
}

// maxLines bounds a sheet: a case system exports more, a person does not.
const maxLines = 60

// sheets returns the empty sheets that are owed for a form and a year.
func (g *generator) sheets(form *programme.Form, year figure.Year) []*sheet {
	var sheets []*sheet
	for _, part := range form.Periodicity.Parts() {
		period := figure.Period{Year: year, Part: part}
		for o := range g.p.Organisations {
			organisation := &g.p.Organisations[o]
			if !g.p.Owes(organisation, form, period) {
				continue
			}
			s := &sheet{form: form, organisation: organisation, period: period}
			for _, column := range form.Columns {
				if column.Role == programme.FigureColumn {
					s.figures = append(s.figures, column.KeyFigure)
				}
			}
			s.rows = g.lines(s)
			if len(s.rows) > 0 {
				sheets = append(sheets, s)
			}
		}
	}
	return sheets
}

// lines crosses the measures, municipalities and codes of a sheet, and keeps the
// heaviest of what comes out.
func (g *generator) lines(s *sheet) []*line {
	chance := g.chance("lines", s.form.Code, s.organisation.Code, s.period)
	lines := []*line{{weight: 1, codes: map[figure.Dimension]figure.Code{}}}
	cross := func(choices int, apply func(l *line, choice int) float64) {
		var crossed []*line
		for _, l := range lines {
			for choice := range choices {
				next := &line{municipality: l.municipality, measure: l.measure, codes: map[figure.Dimension]figure.Code{}}
				for name, code := range l.codes {
					next.codes[name] = code
				}
				if weight := apply(next, choice); weight > 0 {
					next.weight = l.weight * weight * (0.7 + 0.6*chance.Float64())
					crossed = append(crossed, next)
				}
			}
		}
		lines = g.cut(crossed, 8*maxLines)
	}
	for _, column := range s.form.Columns {
		switch column.Role {
		case programme.MeasureColumn:
			if column.Required {
				measures := g.measures(s)
				cross(len(measures), func(l *line, i int) float64 { l.measure = measures[i].Code; return 1 })
			}
		case programme.MunicipalityColumn:
			places := g.places(s, column.Required)
			cross(len(places), func(l *line, i int) float64 { l.municipality = places[i].number; return places[i].weight })
		case programme.DimensionColumn:
			dimension := g.p.Dimension(column.Dimension)
			if !column.Required && !g.breaksDown(s, column.Dimension) {
				continue
			}
			cross(len(dimension.Codes), func(l *line, i int) float64 {
				code := dimension.Codes[i].Code
				l.codes[column.Dimension] = code
				return g.weight(s, l, column.Dimension, code)
			})
		}
	}
	limit := maxLines
	if s.organisation.Kind == programme.CantonalOffice {
		limit = 150
	}
	lines = g.cut(lines, limit)
	for _, l := range lines {
		l.values, l.missing = map[figure.KeyFigure]figure.Decimal{}, map[figure.KeyFigure]bool{}
		l.rank = g.chance("rank", s.form.Code, s.organisation.Code, l.municipality, l.measure).Float64()
	}
	return lines
}

// cut keeps the heaviest lines of a sheet. Of a dimension to be spread each code keeps
// its share, of the lines and of their weight; else a rare one would not come at all.
func (g *generator) cut(lines []*line, limit int) []*line {
	if len(lines) <= limit {
		return lines
	}
	for _, name := range g.parameters.Spread {
		dimension := g.p.Dimension(name)
		if dimension == nil || lines[0].codes[name] == "" {
			continue
		}
		total := weightOf(lines)
		var kept []*line
		for _, code := range dimension.Codes {
			share := g.parameters.Weights[name][code.Code]
			own := slices.DeleteFunc(slices.Clone(lines), func(l *line) bool { return l.codes[name] != code.Code })
			own = heaviest(own, int(math.Round(share*float64(limit))))
			weight := weightOf(own)
			for _, l := range own {
				l.weight *= share * total / weight
			}
			kept = append(kept, own...)
		}
		return kept
	}
	return heaviest(lines, limit)
}

func weightOf(lines []*line) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += l.weight
	}
	return sum
}

func heaviest(lines []*line, limit int) []*line {
	if len(lines) <= limit {
		return lines
	}
	slices.SortStableFunc(lines, func(a, b *line) int { return cmp.Compare(b.weight, a.weight) })
	return lines[:limit]
}

// breaksDown decides for an organisation, once for a form and year, whether it
// breaks its figures down by a dimension of persons. Those who report cases
// always do; of the municipalities some.
func (g *generator) breaksDown(s *sheet, name figure.Dimension) bool {
	if s.organisation.Kind != programme.MunicipalityOffice {
		return name == figure.Sex || name == figure.Age || name == figure.Status
	}
	population, _ := g.p.PopulationOf(s.organisation.Municipality, s.period.Year)
	style := g.chance("breakdown", s.organisation.Code).Float64()
	switch name {
	case figure.Sex:
		return style < 0.45
	case figure.Status:
		return style < 0.2 && population.Total > 2500
	}
	return false
}

func (g *generator) weight(s *sheet, l *line, name figure.Dimension, code figure.Code) float64 {
	switch name {
	case "funding_area":
		// Beside a measure, its area.
		if m := g.p.Measure(l.measure); m != nil {
			if figure.Code(m.Area) == code {
				return 1
			}
			return 0
		}
	case "structure_area":
		if own := s.organisation.StructureArea; own != "" {
			if own == code {
				return 1
			}
			return 0
		}
	case "mandatory":
		// A municipality has an obligation or has not.
		with := g.chance("mandatory", s.organisation.Code).Float64() < 0.35
		if with == (code == g.p.Dimension(name).Codes[0].Code) {
			return 1
		}
		return 0
	}
	if weights, given := g.parameters.Weights[name]; given {
		return weights[code]
	}
	return 0.4 + 1.2*g.chance("code", s.form.Code, name, code).Float64()
}

func (g *generator) measures(s *sheet) []*programme.Measure {
	var found []*programme.Measure
	for i := range g.p.Measures {
		m := &g.p.Measures[i]
		areas := s.form.OwedBy.MeasureAreas
		own := m.Organisation == s.organisation.Code || (s.organisation.Kind == programme.CantonalOffice && len(areas) == 0)
		running := s.period.Year >= m.Start && s.period.Year <= m.End
		if own && running && (len(areas) == 0 || slices.Contains(areas, m.Area)) {
			found = append(found, m)
		}
	}
	return found
}

// place is a municipality and how much of everything happens there.
type place struct {
	number figure.Municipality
	weight float64
}

// places returns the municipalities of a sheet: its own, all of them for the
// canton, the larger ones around for a provider.
func (g *generator) places(s *sheet, required bool) []place {
	if s.organisation.Kind == programme.MunicipalityOffice {
		return []place{{s.organisation.Municipality, g.size(s.organisation.Municipality, s.period.Year)}}
	}
	var all []place
	for i := range g.p.Municipalities {
		m := &g.p.Municipalities[i]
		if g.p.MunicipalityIn(m.Number, s.period.Year) == m {
			all = append(all, place{m.Number, g.size(m.Number, s.period.Year)})
		}
	}
	if s.organisation.Kind == programme.CantonalOffice && required && !s.hasDimensions() {
		for i := range all {
			all[i].weight = 1 // a row for each, none left out
		}
		return all
	}
	chance := g.chance("places", s.form.Code, s.organisation.Code)
	for i := range all {
		all[i].weight *= 0.3 + chance.Float64()
	}
	slices.SortFunc(all, func(a, b place) int { return int(b.weight*1000) - int(a.weight*1000) })
	return all[:min(8+chance.IntN(8), len(all))]
}

func (s *sheet) hasDimensions() bool {
	return slices.ContainsFunc(s.form.Columns, func(c programme.Column) bool { return c.Role == programme.DimensionColumn })
}

// size is the population of a municipality, in thousands.
func (g *generator) size(number figure.Municipality, year figure.Year) float64 {
	population, _ := g.p.PopulationOf(number, year)
	return max(float64(population.Total)/1000, 0.03)
}

// personal is a list of persons, which must be refused and not kept. The numbers
// are valid in form and belong to nobody.
func (g *generator) personal() File {
	text := "Demodaten;;\r\nName;Vorname;AHV-Nr.\r\n"
	for i := range 3 {
		digits := fmt.Sprintf("75600000000%d", i)
		sum := 0
		for j, d := range digits {
			sum += int(d-'0') * (1 + 2*(j%2))
		}
		text += fmt.Sprintf("Muster%d;Person;756.0000.0000.%d%d\r\n", i+1, i, (10-sum%10)%10)
	}
	return File{Name: "demo_personenliste.csv", Content: []byte(text), At: time.Date(int(g.parameters.FirstYear)+3, 2, 3, 9, 12, 0, 0, time.UTC), Faulty: true}
}
