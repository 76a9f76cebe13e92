package chart

import (
	"strconv"
	"strings"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// Grouped shows the parts of figures beside each other.
//
// Rows are the categories, columns the parts, in one unit. Rows that are years
// stand upright, any others lie. Columns with the code of a grade take its colour.
func (f Frame) Grouped(t disclosure.Table) Chart { return f.parts(t, false) }

// Stacked shows the parts of figures upon each other, where together they are a
// whole. Rows and columns are those of Grouped; a column that is a total is not drawn.
func (f Frame) Stacked(t disclosure.Table) Chart { return f.parts(t, true) }

func (f Frame) parts(t disclosure.Table, stacked bool) Chart {
	unit, values := unitAndValues(t)
	if len(values) == 0 {
		return f.empty(f.title(t))
	}
	g := group{Frame: f, t: t, upright: yearsOnly(t), stacked: stacked, unit: unit}
	for i, column := range t.Columns() {
		if !column.Total {
			g.columns = append(g.columns, i)
		}
	}
	scale := exactScale(g.heights())
	if g.upright {
		scale = newScale(append(g.heights(), 0), true, unit)
	}
	g.plot = &plot{width: f.Size.width(), lying: !g.upright, names: rowLabels(t, f), nameSize: fontSize, scale: scale, right: 12}
	return g.chart()
}

// group is a chart of several series of bars.
type group struct {
	Frame
	*plot
	t       disclosure.Table
	columns []int // that are parts
	upright bool
	stacked bool
	unit    figure.Unit
	lacking [][]string // of each row, the parts of its stack that are not shown
}

// heights returns how far the bars reach.
func (g group) heights() []float64 {
	var heights []float64
	for _, row := range g.t.Rows() {
		sum := 0.0
		for _, i := range g.columns {
			if row.Cells[i].State == disclosure.Shown {
				sum += row.Cells[i].Value.Float()
				heights = append(heights, row.Cells[i].Value.Float())
			}
		}
		if g.stacked {
			heights = append(heights, sum)
		}
	}
	return heights
}

// groupShare is the part of the room of a category that its bars take.
const groupShare = 0.76

func (g group) chart() Chart {
	for n, i := range g.columns {
		header := g.t.Columns()[i]
		g.keys = append(g.keys, key{name: g.headerLabel(header), look: look{fill: toneOf(header.Code, n)}})
	}
	g.top = legendHeight(g.keys, g.width) + 12
	text := g.scaleUnit(g.scale, g.unit)
	if !g.upright && text != "" {
		text = g.Writer.Unit(g.unit) // the figures beside lying bars are written in full
	}
	if text != "" {
		g.note, g.noteTop = text, g.top-4
		g.top += 20
	}
	if g.upright {
		g.stand()
	} else {
		g.lie()
	}
	bars := len(g.columns)
	if g.stacked {
		bars = 1
	}
	slot := g.step() * groupShare / float64(bars)
	begins := make([]float64, len(g.names))
	g.lacking = make([][]string, len(g.names))
	for n, i := range g.columns {
		l := layer{shape: barShape, name: g.keys[n].name, look: look{fill: g.keys[n].look.fill, stroke: paper, width: 1}, thickness: slot / 1.04}
		if g.stacked {
			l.stack = "whole"
		} else {
			l.offset = (float64(n) - float64(bars-1)/2) * slot
		}
		g.bars(&l, i, begins)
		g.layers = append(g.layers, l)
	}
	ends := layer{shape: textShape}
	for row, parts := range g.lacking {
		m := mark{to: begins[row]}
		if len(parts) > 0 {
			text := strings.Join(parts, ", ")
			m.label, m.spoken = newLabel(text, g.outside(), inkSoft), spoken(g.headerLabel(g.t.Rows()[row].Header)+" · "+text)
		}
		ends.marks = append(ends.marks, m)
	}
	g.layers = append(g.layers, ends)
	return g.plot.finish(g.title(g.t), g.groupAlt(g.t))
}

// stand makes room for upright bars over a scale.
func (g group) stand() {
	g.height = 340
	if g.Size == Narrow {
		g.height = 300
	}
	g.ticks = g.labels(g.scale, g.unit)
	g.left, g.bottom = widest(g.ticks, smallSize)+14, 32
	g.top += 10
}

// lie makes room for lying bars with figures beside them.
func (g group) lie() {
	column, size := 190.0, fontSize
	if g.Size == Narrow {
		column, size = 110, smallSize
	}
	g.names, g.left = wrapAll(g.names, float64(size), column, 3)
	g.nameSize = size
	g.right, g.bottom = g.roomForFigures(), 8
	rowHeight := 54
	if !g.stacked {
		rowHeight = max(14+18*len(g.columns), rowHeight)
	}
	g.height = g.top + g.bottom + rowHeight*len(g.names)
}

// bars fills in the bars of a part; begins is where the next one of a stack stands.
func (g group) bars(l *layer, column int, begins []float64) {
	for row, r := range g.t.Rows() {
		c := r.Cells[column]
		m := mark{}
		text, name := g.short(c), g.headerLabel(r.Header)+" · "+l.name
		if g.upright {
			text = strings.ReplaceAll(text, "\u202f%", "") // stands at the scale
		}
		switch {
		case c.State == disclosure.Shown:
			m = mark{drawn: true, to: c.Value.Float(), spoken: spoken(name, g.Writer.Full(c.Value, c.Unit), g.Writer.Spoken(c))}
			if g.stacked {
				m.from, m.to = begins[row], begins[row]+c.Value.Float()
				begins[row] = m.to
			}
			if c.Provisional {
				m.look = provisional(l.look.fill)
			}
			m.label = g.labelOf(l, text, m)
		case c.State != disclosure.NotApplicable && g.stacked:
			// A part that is not shown has no length: what the bar lacks stands at its end.
			g.lacking[row] = append(g.lacking[row], l.name+" "+text)
		case c.State != disclosure.NotApplicable:
			// There is no bar: the mark stands on the line.
			m = mark{label: newLabel(text, g.outside(), inkSoft), spoken: spoken(name, g.Writer.Spoken(c))}
		}
		l.marks = append(l.marks, m)
	}
}

// labelOf is the figure at a bar, where it has room.
func (g group) labelOf(l *layer, text string, m mark) *label {
	room := g.length(m.to-m.from) - 6
	switch {
	case g.stacked && !g.upright && textWidth(text, smallSize) <= room, g.stacked && g.upright && room > smallSize && textWidth(text, smallSize) <= l.thickness:
		t := newLabel(text, inside, onTone(l.look.fill))
		t.halo = m.look != nil
		if g.upright {
			t.dy = g.length(m.to-m.from) / 2
		} else {
			t.dx = -g.length(m.to-m.from) / 2
		}
		if t.halo {
			t.tone = ink
		}
		return t
	case g.stacked:
		return nil
	case g.upright && textWidth(text, smallSize) <= l.thickness*1.05, !g.upright && l.thickness >= smallSize-2:
		return newLabel(text, g.outside(), ink)
	}
	return nil
}

// length is that of an amount on the scale, in pixels.
func (g group) length(amount float64) float64 {
	room := g.high()
	if g.lying {
		room = g.wide()
	}
	return amount / (g.scale.max - g.scale.min) * room
}

// toneOf gives a part its colour: that of its grade, that of what was reached
// beside what was planned, or the next of the palette.
func toneOf(code string, n int) tone {
	switch code {
	case Actual:
		return accent
	case Target:
		return light
	}
	if t, found := gradeTones[code]; found {
		return t
	}
	return seriesTones[n%len(seriesTones)]
}

func (g group) outside() side {
	if g.upright {
		return above
	}
	return rightOf
}

// roomForFigures is what the figures beside lying bars take.
func (g group) roomForFigures() int {
	if g.stacked {
		return 12
	}
	texts := []string{""}
	for _, row := range g.t.Rows() {
		for _, i := range g.columns {
			texts = append(texts, g.short(row.Cells[i]))
		}
	}
	return widest(texts, smallSize)*107/100 + 14
}

// yearsOnly reports whether all rows are years.
func yearsOnly(t disclosure.Table) bool {
	for _, row := range t.Rows() {
		if year, err := strconv.Atoi(row.Code); err != nil || year < 1900 || year > 2199 {
			return false
		}
	}
	return true
}
