package workbook

import (
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// column is a column of a template.
type column struct {
	*programme.Column
	header  string
	brief   string // what to write, in a few words
	meaning string // what the column is about, in a sentence or two
	choices []choice
	figure  *programme.KeyFigure // of a figure
	unit    *programme.Unit      // of a figure
}

// choice is what may stand in a cell: a text that intake reads, and its code.
type choice struct {
	text         string
	municipality figure.Municipality
	measure      figure.Measure
	code         figure.Code
}

func (t *template) column(form *programme.Column) column {
	c := column{Column: form, header: t.programme.ColumnName(form).In(t.language)}
	switch form.Role {
	case programme.MunicipalityColumn:
		c.brief, c.meaning = t.say("brief.choose", nil), t.say("meaning.municipality", nil)
		for _, m := range t.programme.MunicipalitiesFor(t.office, t.period.Year) {
			c.choices = append(c.choices, choice{text: m.Name, municipality: m.Number})
		}
	case programme.MeasureColumn:
		c.brief, c.meaning = t.say("brief.choose", nil), t.say("meaning.measure", nil)
		for _, m := range t.programme.MeasuresFor(t.office, t.form, t.period.Year) {
			c.choices = append(c.choices, choice{text: string(m.Code) + " " + m.Name.In(t.language), measure: m.Code})
		}
	case programme.DimensionColumn:
		c.brief = t.say("brief.choose", nil)
		dimension := t.programme.Dimension(form.Dimension)
		if c.ofPersons() {
			c.brief = t.say("brief.choose_or_total", locale.Args{"total": t.say("total", nil)})
			c.choices = append(c.choices, choice{text: t.say("total", nil)})
		}
		c.meaning = t.say("meaning.dimension", locale.Args{"dimension": dimension.Title})
		for i := range dimension.Codes {
			c.choices = append(c.choices, choice{text: dimension.Codes[i].Name.In(t.language), code: dimension.Codes[i].Code})
		}
	case programme.FigureColumn:
		c.figure = t.programme.KeyFigure(form.KeyFigure)
		c.unit = t.programme.Unit(c.figure.Unit)
		c.meaning = c.figure.Definition.In(t.language)
		key := "brief.number"
		if c.unit.Whole {
			key = "brief.whole"
		}
		c.brief = t.say(key, locale.Args{"unit": c.unit.Name})
	case programme.NoteColumn:
		c.brief, c.meaning = t.say("brief.note", nil), t.say("meaning.note", nil)
	}
	if !form.Required && form.Role != programme.NoteColumn {
		c.brief += " " + t.say("brief.optional", nil)
	}
	return c
}

// ofPersons reports whether the column is one of the dimensions by which a sender
// may break a figure down, or not.
func (c *column) ofPersons() bool {
	return c.Role == programme.DimensionColumn &&
		(c.Dimension == figure.Sex || c.Dimension == figure.Age || c.Dimension == figure.Status)
}

// key reports whether the column tells rows apart.
func (c *column) key() bool {
	return c.Role == programme.MunicipalityColumn || c.Role == programme.MeasureColumn || c.Role == programme.DimensionColumn
}

// explained is the meaning with what may be chosen, for a file that has no
// drop-down lists.
func (c *column) explained() string {
	text := c.meaning + " – " + c.brief
	if len(c.choices) == 0 {
		return text
	}
	const most = 12
	var names []string
	for _, choice := range c.choices[:min(len(c.choices), most)] {
		names = append(names, choice.text)
	}
	if len(c.choices) > most {
		names = append(names, "…")
	}
	return text + ": " + strings.Join(names, ", ")
}
