package intake

import (
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// columns checks the header: unknown, doubled and missing columns. It returns
// false where the rows cannot be told.
func (c *checker) columns() bool {
	type same struct {
		role      role
		dimension *programme.Dimension
		keyFigure figure.KeyFigure
	}
	first := map[same]int{}
	readable := true
	for i, column := range c.plan.columns {
		at := func(severity Severity, code, suggestion string, args locale.Args) {
			args["column"] = column.header
			c.add(c.plan.headerRow, fault{severity: severity, code: code, column: i, text: column.header, suggestion: suggestion, args: args})
		}
		if isStruck(column.header) && c.reads(i) {
			at(Error, "text_struck", clip(unstruck(column.header)), locale.Args{"text": clip(column.header)})
		}
		switch column.role {
		case unknownCell:
			c.lost(c.plan.headerRow, i, column.header)
			if unitWords[squeeze(column.header)] {
				c.unitColumns, c.unitSeen = append(c.unitColumns, i), map[unitKey]Severity{}
				if c.plan.layout == Long {
					continue // every unit in it is looked at
				}
			}
			if suggestion := c.suggestHeader(column.header); suggestion != "" {
				at(Warning, "column_unknown", suggestion, locale.Args{})
			} else {
				at(Hint, "column_unknown", "", locale.Args{})
			}
		case ignored, noteCell, formCell, municipalityCell, periodCell:
			// A municipality may have columns for number and name, a period for year
			// and quarter; whether they agree is seen row by row.
		default:
			key := same{column.role, column.dimension, column.keyFigure}
			if other, twice := first[key]; twice {
				at(Error, "column_twice", "", locale.Args{"other": c.plan.header(other)})
				readable = false
				continue
			}
			first[key] = i
		}
	}
	c.headerUnits()
	return c.missingColumns() && readable
}

// missingColumns reports the required columns that the file does not have, all in
// one. It returns false where the rows cannot be told without them.
func (c *checker) missingColumns() bool {
	var names [4][]string
	for i := range c.plan.form.Columns {
		column := &c.plan.form.Columns[i]
		if !c.missingColumn(column) {
			continue
		}
		for i, name := range c.programme.ColumnName(column).All() {
			names[i] = append(names[i], locale.Languages[i].Quote(name))
		}
		c.keyless = c.keyless || column.Role != programme.FigureColumn
	}
	if n := len(names[0]); n > 0 {
		list := locale.Text{DE: strings.Join(names[0], ", "), FR: strings.Join(names[1], ", "), IT: strings.Join(names[2], ", "), EN: strings.Join(names[3], ", ")}
		c.add(c.plan.headerRow, fault{severity: Error, code: "column_missing", column: -1, text: list.DE, args: locale.Args{"columns": list}})
	}
	return !c.keyless || c.plan.layout == Wide
}

// suggestHeader returns the title of the column that was probably meant by an unknown
// one, among those that the file does not have.
func (c *checker) suggestHeader(header string) string {
	known := map[string]string{}
	for i := range c.plan.form.Columns {
		column := &c.plan.form.Columns[i]
		if c.hasColumn(column) {
			continue
		}
		titles := c.programme.ColumnName(column).All()
		for _, name := range c.programme.Headers(column) {
			known[squeeze(name)] = titles[0]
			if slices.Contains(titles[:], name) {
				known[squeeze(name)] = name // in the sender's language
			}
		}
	}
	return suggest(squeeze(header), known, func(name string) string { return name })
}

// missingColumn reports whether the file lacks a required column and what belongs
// in it is not known from elsewhere.
func (c *checker) missingColumn(column *programme.Column) bool {
	if !column.Required {
		return false
	}
	missing := false
	switch column.Role {
	case programme.PeriodColumn:
		missing = !c.plan.has(periodCell) && c.title[periodCell].text == "" && c.expect.Period.Year == 0
	case programme.MunicipalityColumn:
		// Without one, the municipality that sends the file speaks of itself.
		if missing = !c.plan.has(municipalityCell); missing {
			code := c.expect.Organisation
			if i := c.plan.columnOf(organisationCell); i >= 0 || c.title[organisationCell].text != "" {
				code = ""
				missing = !slices.Contains(c.plan.form.OwedBy.Kinds, programme.MunicipalityOffice)
			}
			if office := c.programme.Organisation(code); office != nil {
				missing = office.Kind != programme.MunicipalityOffice
			}
		}
	case programme.MeasureColumn:
		missing = !c.plan.has(measureCell)
	case programme.DimensionColumn:
		missing = !c.hasColumn(column)
	case programme.FigureColumn:
		missing = c.plan.layout == Wide && !c.hasColumn(column)
	}
	return missing
}

// hasColumn reports whether a dimension or a key figure has its column in the file.
func (c *checker) hasColumn(column *programme.Column) bool {
	return slices.ContainsFunc(c.plan.columns, func(p planned) bool {
		switch column.Role {
		case programme.DimensionColumn:
			return p.dimension != nil && p.dimension.Name == column.Dimension
		case programme.FigureColumn:
			return p.role == figureCell && p.keyFigure == column.KeyFigure
		}
		return false
	})
}
