package programme

import (
	"slices"

	"kipmonitor/internal/figure"
)

func (l *loader) form(p *Programme, f *Form) {
	at := l.places[f]
	l.texts(at, "name", f.Name)
	l.texts(at, "purpose", f.Purpose)
	l.needs(at, "version", f.Version)
	choice(l, at, "periodicity", f.Periodicity, figure.Yearly, figure.HalfYearly, figure.Quarterly)
	l.span(at, f.From, f.To)
	if f.DueDays <= 0 {
		l.fault(at.at("due_days"), "due_days: a number of days after the end of the period is wanted")
	}
	l.obligation(p, f)
	roles := map[Role]int{}
	figures := map[figure.KeyFigure]int{}
	dimensions := map[figure.Dimension]int{}
	for i := range f.Columns {
		c := &f.Columns[i]
		at := at.at("columns", i)
		roles[c.Role]++
		l.column(p, at, c)
		if first, twice := figures[c.KeyFigure]; c.Role == FigureColumn && twice {
			l.fault(at.at("key_figure"), "the key figure %s stands in the columns %d and %d", c.KeyFigure, first+1, i+1)
		} else {
			figures[c.KeyFigure] = i
		}
		if first, twice := dimensions[c.Dimension]; c.Role == DimensionColumn && twice {
			l.fault(at.at("dimension"), "the dimension %s stands in the columns %d and %d", c.Dimension, first+1, i+1)
		} else {
			dimensions[c.Dimension] = i
		}
	}
	for _, role := range []Role{OrganisationColumn, PeriodColumn} {
		if roles[role] != 1 {
			l.fault(at.at("columns"), "exactly one column with the role %s is wanted, not %d", role, roles[role])
		}
	}
	for _, role := range []Role{MunicipalityColumn, MeasureColumn, NoteColumn} {
		if roles[role] > 1 {
			l.fault(at.at("columns"), "at most one column with the role %s is wanted, not %d", role, roles[role])
		}
	}
	if roles[FigureColumn] == 0 {
		l.fault(at.at("columns"), "the form has no figure")
	}
	l.headers(p, f)
}

func (l *loader) column(p *Programme, at place, c *Column) {
	choice(l, at, "role", c.Role, OrganisationColumn, PeriodColumn, MunicipalityColumn, MeasureColumn, DimensionColumn, FigureColumn, NoteColumn)
	l.perhapsTexts(at, "name", c.Name)
	switch c.Role {
	case DimensionColumn:
		if d := p.Dimension(c.Dimension); d == nil {
			l.fault(at.at("dimension"), "there is no dimension %q", c.Dimension)
		} else if d.Derived {
			l.fault(at.at("dimension"), "the dimension %s is worked out and not delivered", c.Dimension)
		}
		// A sender may break persons down or not, see Column.Required.
		if c.Required && slices.Contains([]figure.Dimension{figure.Sex, figure.Age, figure.Status}, c.Dimension) {
			l.fault(at.at("required"), "the dimension %s of persons is never required", c.Dimension)
		}
	case FigureColumn:
		if k := p.KeyFigure(c.KeyFigure); k == nil {
			l.fault(at.at("key_figure"), "there is no key figure %q", c.KeyFigure)
		} else if k.System {
			l.fault(at.at("key_figure"), "the program computes %s itself; no form asks for it", c.KeyFigure)
		}
	}
	if c.Role != DimensionColumn && c.Dimension != "" {
		l.fault(at.at("dimension"), "only a column with the role dimension has a dimension")
	}
	if c.Role != FigureColumn && c.KeyFigure != "" {
		l.fault(at.at("key_figure"), "only a column with the role figure has a key figure")
	}
}

// headers asks that a header in a file can mean one column only.
func (l *loader) headers(p *Programme, f *Form) {
	meaning := map[string]int{}
	reported := map[[2]int]bool{}
	for i := range f.Columns {
		for _, header := range p.Headers(&f.Columns[i]) {
			folded := Fold(header)
			other, taken := meaning[folded]
			if !taken {
				meaning[folded] = i
				continue
			}
			if pair := [2]int{other, i}; other != i && !reported[pair] && !l.sameSubject(f, other, i) {
				l.fault(l.places[f].at("columns", i), "the header %q means the columns %d and %d", header, other+1, i+1)
				reported[pair] = true
			}
		}
	}
}

// sameSubject: a repeated key figure or dimension has been reported as such.
func (l *loader) sameSubject(f *Form, a, b int) bool {
	first, second := f.Columns[a], f.Columns[b]
	return first.Role == second.Role && first.KeyFigure == second.KeyFigure && first.Dimension == second.Dimension
}

func (l *loader) obligation(p *Programme, f *Form) {
	at := l.places[f].at("owed_by")
	if len(f.OwedBy.Kinds)+len(f.OwedBy.Organisations)+len(f.OwedBy.MeasureAreas) == 0 {
		l.fault(at, "nobody owes the form")
	}
	for i, kind := range f.OwedBy.Kinds {
		if !slices.ContainsFunc(p.Organisations, func(o Organisation) bool { return o.Kind == kind }) {
			l.fault(at.at("kinds", i), "there is no organisation of the kind %q", kind)
		}
	}
	for i, code := range f.OwedBy.Organisations {
		if p.Organisation(code) == nil {
			l.fault(at.at("organisations", i), "there is no organisation %q", code)
		}
	}
	for i, area := range f.OwedBy.MeasureAreas {
		if p.Area(area) == nil {
			l.fault(at.at("measure_areas", i), "there is no area %q", area)
		}
	}
}

// countedTwice asks that no organisation delivers a key figure by two forms for
// the same year: both would be summed.
func (l *loader) countedTwice(p *Programme) {
	for i := range p.Forms {
		second := &p.Forms[i]
		for n, column := range second.Columns {
			if column.Role != FigureColumn {
				continue
			}
			for _, first := range p.FormsOf(column.KeyFigure) {
				if first == second {
					break // pairs with the forms that follow are seen from there
				}
				if organisation, year := owesBoth(p, first, second); organisation != nil {
					l.fault(l.places[second].at("columns", n, "key_figure"), "%s would be counted twice: %s owes it by the form %s in %d as well",
						column.KeyFigure, organisation.Code, first.Code, year)
				}
			}
		}
	}
}

// owesBoth returns an organisation that owes both forms, and for which year.
func owesBoth(p *Programme, a, b *Form) (*Organisation, figure.Year) {
	owes := func(o *Organisation, f *Form, year figure.Year) bool {
		return slices.ContainsFunc(f.Periodicity.Parts(), func(part figure.Part) bool {
			return p.Owes(o, f, figure.Period{Year: year, Part: part})
		})
	}
	for year := p.DataFrom; year <= min(p.LastYear, 2099); year++ {
		for i := range p.Organisations {
			if o := &p.Organisations[i]; owes(o, a, year) && owes(o, b, year) {
				return o, year
			}
		}
	}
	return nil, 0
}
