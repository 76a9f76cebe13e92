package workbook

import (
	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// key is what a row of a template is about.
type key struct {
	municipality     figure.Municipality
	measure          figure.Measure
	sex, age, status figure.Code
	further          figure.Further
}

// line is a row of a template: what it is about, and the figures in it.
type line struct {
	key
	figures map[figure.KeyFigure]figure.Observation
}

func (k key) code(name figure.Dimension) figure.Code {
	switch name {
	case figure.Sex:
		return k.sex
	case figure.Age:
		return k.age
	case figure.Status:
		return k.status
	}
	return k.further.Code(name)
}

func (k *key) set(name figure.Dimension, code figure.Code) {
	switch name {
	case figure.Sex:
		k.sex = code
	case figure.Age:
		k.age = code
	case figure.Status:
		k.status = code
	}
}

const (
	// maxCombinations is how many rows are prepared where every combination of
	// several keys would be one: of more, most would stay empty.
	maxCombinations = 40
	// maxBrokenDown is how many rows are prepared where each is broken down by the
	// dimensions of persons as well.
	maxBrokenDown = 60
)

// prepared are the rows that the organisation is likely to need. There are none
// where nobody can tell.
func (t *template) prepared() []line {
	keys := []key{{}}
	lists, single := 0, false // keys with a choice; the last of them is a list of its own
	further := []map[figure.Dimension]figure.Code{{}}
	derived := false // the funding area follows from the measure
	for i := range t.columns {
		c := &t.columns[i]
		if !c.key() || c.ofPersons() {
			continue
		}
		choices := t.expected(c)
		if c.Role == programme.DimensionColumn && c.Dimension == "funding_area" && keys[0].measure != "" {
			derived = true
			continue
		}
		if len(choices) == 0 {
			if c.Required {
				return nil
			}
			continue
		}
		if len(choices) > 1 {
			lists++
			single = c.Role != programme.DimensionColumn
		}
		var longer []key
		var fuller []map[figure.Dimension]figure.Code
		for k := range keys {
			for _, choice := range choices {
				next, codes := keys[k], map[figure.Dimension]figure.Code{}
				for name, code := range further[k] {
					codes[name] = code
				}
				switch c.Role {
				case programme.MunicipalityColumn:
					next.municipality = choice.municipality
				case programme.MeasureColumn:
					next.measure = choice.measure
				default:
					codes[c.Dimension] = choice.code
				}
				longer, fuller = append(longer, next), append(fuller, codes)
			}
		}
		keys, further = longer, fuller
		if len(keys) > maxCombinations && (lists > 1 || !single) {
			return nil
		}
	}
	for k := range keys {
		if derived {
			further[k]["funding_area"] = t.areaOf(keys[k].measure)
		}
		keys[k].further = figure.NewFurther(further[k])
	}
	return t.brokenDown(keys)
}

// expected lists what a key will be in every file of the organisation: all that it
// answers for. Nothing is expected of an optional key, nor where a choice is open,
// as from which of all municipalities a course has participants.
func (t *template) expected(c *column) []choice {
	switch c.Role {
	case programme.MunicipalityColumn:
		if len(c.choices) == 1 || c.Required && (t.office.Kind == programme.CantonalOffice || t.office.Kind == programme.SocialRegion) {
			return c.choices
		}
	case programme.MeasureColumn:
		if c.Required || len(c.choices) == 1 && t.office.Kind != programme.CantonalOffice {
			return c.choices
		}
	case programme.DimensionColumn:
		if !c.Required {
			return nil
		}
		if c.Dimension == "structure_area" && t.office.StructureArea != "" {
			return []choice{{code: t.office.StructureArea}}
		}
		return c.choices
	}
	return nil
}

func (t *template) areaOf(code figure.Measure) figure.Code {
	area := figure.Code(t.programme.Measure(code).Area)
	if t.programme.Code("funding_area", area) == nil {
		return ""
	}
	return area
}

// brokenDown adds, below each row, those by sex, age and status, where there is
// room for them.
func (t *template) brokenDown(keys []key) []line {
	each := 1
	for i := range t.columns {
		if t.columns[i].ofPersons() {
			each += len(t.columns[i].choices) - 1
		}
	}
	var lines []line
	for _, k := range keys {
		lines = append(lines, line{key: k})
		if len(keys)*each > maxBrokenDown {
			continue
		}
		for i := range t.columns {
			c := &t.columns[i]
			if !c.ofPersons() {
				continue
			}
			for _, choice := range c.choices[1:] {
				part := k
				part.set(c.Dimension, choice.code)
				lines = append(lines, line{key: part})
			}
		}
	}
	return lines
}

// carry puts figures of an earlier period into the rows, and adds rows for them
// where none is prepared. What no longer exists in the period is left out.
func (t *template) carry(values []figure.Observation) {
	index := map[key]int{}
	for i := range t.lines {
		index[t.lines[i].key] = i
	}
	for _, o := range values {
		k := key{o.Municipality, o.Measure, o.Sex, o.Age, o.Status, o.Further}
		if !t.possible(k, o.KeyFigure) {
			continue
		}
		i, found := index[k]
		if !found {
			i = len(t.lines)
			index[k] = i
			t.lines = append(t.lines, line{key: k})
		}
		if t.lines[i].figures == nil {
			t.lines[i].figures = map[figure.KeyFigure]figure.Observation{}
		}
		t.lines[i].figures[o.KeyFigure] = o
		t.carried = true
	}
}

// possible reports whether a figure has a place in the template.
func (t *template) possible(k key, id figure.KeyFigure) bool {
	known := false
	for i := range t.columns {
		c := &t.columns[i]
		known = known || c.Role == programme.FigureColumn && c.KeyFigure == id
		if c.key() && c.text(k) == "" && (c.Required || k.names(c)) {
			return false
		}
	}
	return known
}

// names reports whether the key says anything in a column.
func (k key) names(c *column) bool {
	switch c.Role {
	case programme.MunicipalityColumn:
		return k.municipality != 0
	case programme.MeasureColumn:
		return k.measure != ""
	}
	return k.code(c.Dimension) != ""
}

// text is what stands in a column of a key for a row; "" where the row says
// nothing of it.
func (c *column) text(k key) string {
	for _, choice := range c.choices {
		switch c.Role {
		case programme.MunicipalityColumn:
			if choice.municipality == k.municipality {
				return choice.text
			}
		case programme.MeasureColumn:
			if choice.measure == k.measure {
				return choice.text
			}
		case programme.DimensionColumn:
			if choice.code == k.code(c.Dimension) {
				return choice.text
			}
		}
	}
	return ""
}
