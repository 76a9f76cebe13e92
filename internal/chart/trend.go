package chart

import (
	"slices"
	"strings"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// The columns of the tables that charts read, by their codes. Each says at its
// function which of them it takes; columns that it does not know are left to the
// table beside the chart.
const (
	Actual      = "actual"       // what was reached
	Target      = "target"       // what was to be reached; the lower end of a band
	TargetUpper = "target_upper" // the upper end of a band
	Forecast    = "forecast"     // what is to be expected
	Low         = "low"          // ends of the interval of the forecast
	High        = "high"
	Attainment  = "attainment" // the part of the target that was reached
	Owed        = "owed"
	Delivered   = "delivered"
	Accepted    = "accepted"
)

// Break says that the figures of a row and those before it cannot be compared.
type Break struct {
	Row  string // code of the first row behind the break
	Text string // what is written at it
}

// Trend shows a figure over the years against its target path.
//
// Rows are years; columns are Actual and, where there are any, Target (and
// TargetUpper, of a band), Forecast, Low and High. A year that is still to come
// is NotApplicable in the column Actual. All cells have one unit. The line of the
// figures is interrupted at a break.
func (f Frame) Trend(t disclosure.Table, breaks ...Break) Chart {
	unit, values := unitAndValues(t, Actual, Target, TargetUpper, Forecast, Low, High)
	if len(values) == 0 {
		return f.empty(f.title(t))
	}
	d := trend{Frame: f, t: t, columns: columnsOf(t), years: rowLabels(t, f)}
	d.plot = &plot{width: f.Size.width(), height: 340, scale: newScale(values, false, unit), names: d.years, nameSize: fontSize, right: 30, bottom: 32}
	if f.Size == Narrow {
		d.plot.height = 290
	}
	p := d.plot
	p.ticks = f.labels(p.scale, unit)
	p.left = widest(p.ticks, smallSize) + 14
	d.seams(breaks)
	d.band(Low, High, light, "chart.interval")
	d.band(Target, TargetUpper, target, "chart.target_band")
	d.target()
	d.forecast()
	d.actual()
	d.marks()
	slices.Reverse(p.keys) // drawn from the back to the front
	p.top = legendHeight(p.keys, p.width) + 16
	if text := f.scaleUnit(p.scale, unit); text != "" {
		p.note, p.noteTop = text, p.top-8
		p.top += 22
	}
	if p.scale.min > 0 {
		p.note = strings.TrimSpace(p.note + " " + f.Writer.Language.Say("chart.not_from_zero", nil))
		if p.noteTop == 0 {
			p.noteTop = p.top - 8
			p.top += 22
		}
	}
	if len(p.breaks) > 0 {
		p.top += 12
	}
	d.placeLabels()
	return p.finish(f.title(t), f.trendAlt(t, breaks))
}

// trend gathers the layers of a trend.
type trend struct {
	Frame
	*plot
	t       disclosure.Table
	columns map[string]int
	years   []string
}

func (d *trend) name(column string) string {
	return d.t.Columns()[d.columns[column]].Label.In(d.Writer.Language)
}

func (d *trend) cell(row int, column string) disclosure.Cell {
	if at, found := d.columns[column]; found {
		return d.t.Rows()[row].Cells[at]
	}
	return disclosure.Cell{State: disclosure.NotApplicable}
}

// has reports whether a column shows a figure.
func (d *trend) has(column string) bool {
	for row := range d.t.Rows() {
		if d.cell(row, column).State == disclosure.Shown {
			return true
		}
	}
	return false
}

// seams finds the places of the breaks that lie within the figures.
func (d *trend) seams(breaks []Break) {
	for _, b := range breaks {
		for row, header := range d.t.Rows() {
			if header.Code == b.Row && row > 0 {
				d.breaks = append(d.breaks, seam{before: row, text: b.Text})
			}
		}
	}
}

// points are the marks of a column.
func (d *trend) points(column string) []mark {
	marks := make([]mark, len(d.t.Rows()))
	for row := range marks {
		if c := d.cell(row, column); c.State == disclosure.Shown {
			marks[row] = mark{drawn: true, to: c.Value.Float(), spoken: spoken(d.years[row]+" · "+d.name(column), d.Writer.Full(c.Value, c.Unit), d.Writer.Spoken(c))}
		}
	}
	return marks
}

// actual draws the figures: one line for each stretch between two breaks.
func (d *trend) actual() {
	if _, found := d.columns[Actual]; !found {
		return
	}
	paint := look{fill: accent, stroke: accent, width: 2.5, symbol: circle, size: 9}
	marks := d.points(Actual)
	for row := range marks {
		c := d.cell(row, Actual)
		if c.State != disclosure.Shown {
			continue
		}
		marks[row].label = newLabel(d.beside(c), above, ink)
		marks[row].label.bold = true
		if c.Provisional {
			hollow := paint
			hollow.fill, hollow.width = paper, 2 // not final
			marks[row].look = &hollow
		}
	}
	d.keys = append(d.keys, key{name: d.name(Actual), look: paint, line: true})
	ends := []int{0}
	for _, s := range d.breaks {
		ends = append(ends, s.before)
	}
	slices.Sort(ends)
	for i, from := range ends {
		to := len(marks)
		if i+1 < len(ends) {
			to = ends[i+1]
		}
		stretch := make([]mark, len(marks))
		copy(stretch[from:to], marks[from:to])
		d.layers = append(d.layers, layer{shape: lineShape, name: d.name(Actual), look: paint, marks: stretch})
	}
}

// beside is the figure at a point. On a phone the points stand so close that it
// leaves the sign of per cent to the axis.
func (d *trend) beside(c disclosure.Cell) string {
	text := d.short(c)
	if d.Size == Narrow && c.Unit == figure.Percent {
		text = strings.ReplaceAll(text, "\u202f%", "")
	}
	return text
}

func (d *trend) target() {
	if !d.has(Target) {
		return
	}
	paint := look{fill: target, stroke: target, width: 2, dash: dashed, symbol: box, size: 14, high: 3}
	marks := d.points(Target)
	for row := len(marks) - 1; row >= 0; row-- {
		if marks[row].drawn {
			marks[row].label = newLabel(d.short(d.cell(row, Target)), above, target)
			marks[row].label.bold = true
			break
		}
	}
	d.layers = append(d.layers, layer{shape: lineShape, name: d.name(Target), look: paint, joined: true, marks: marks})
	d.keys = append(d.keys, key{name: d.name(Target), look: look{stroke: target, width: 2, dash: dashed}, line: true})
	if d.has(TargetUpper) {
		d.layers = append(d.layers, layer{shape: lineShape, name: d.Writer.Language.Say("chart.target_band", nil), look: paint, joined: true, marks: d.points(TargetUpper)})
	}
}

// lastBefore returns the last row before the first forecast that shows an actual
// figure, or -1: where the forecast starts.
func (d *trend) lastBefore() int {
	last := -1
	for row := range d.t.Rows() {
		if d.cell(row, Forecast).State == disclosure.Shown {
			break
		}
		if d.cell(row, Actual).State == disclosure.Shown {
			last = row
		}
	}
	return last
}

func (d *trend) forecast() {
	if !d.has(Forecast) {
		return
	}
	paint := look{fill: paper, stroke: accent, width: 2, dash: dotted, symbol: diamond, size: 12}
	marks := d.points(Forecast)
	for row := range marks {
		if marks[row].drawn {
			marks[row].label = newLabel(d.short(d.cell(row, Forecast)), above, inkSoft)
			solidEdge := paint
			solidEdge.dash = solid
			marks[row].look = &solidEdge
		}
	}
	if start := d.lastBefore(); start >= 0 {
		unmarked := paint
		unmarked.symbol = noSymbol
		marks[start] = mark{drawn: true, to: d.cell(start, Actual).Value.Float(), look: &unmarked}
	}
	d.layers = append(d.layers, layer{shape: lineShape, name: d.name(Forecast), look: paint, joined: true, marks: marks})
	d.keys = append(d.keys, key{name: d.name(Forecast), look: paint, line: true})
}

// band fills the area between two columns. The interval of a forecast opens from the
// last figure.
func (d *trend) band(lower, upper string, colour tone, name string) {
	if !d.has(lower) || !d.has(upper) {
		return
	}
	start := -1
	if lower == Low {
		start = d.lastBefore()
	}
	marks := make([]mark, len(d.t.Rows()))
	for row := range marks {
		low, high := d.cell(row, lower), d.cell(row, upper)
		switch {
		case row == start:
			value := d.cell(row, Actual).Value.Float()
			marks[row] = mark{drawn: true, from: value, to: value}
		case low.State == disclosure.Shown && high.State == disclosure.Shown:
			marks[row] = mark{drawn: true, from: low.Value.Float(), to: high.Value.Float()}
		}
	}
	paint := look{fill: colour, opacity: 0.22}
	text := d.Writer.Language.Say(name, nil)
	d.layers = append(d.layers, layer{shape: areaShape, name: text, look: paint, marks: marks, silent: true})
	d.keys = append(d.keys, key{name: text, look: paint})
}

// marks writes at the foot of the chart what stands in place of a figure.
func (d *trend) marks() {
	if _, given := d.columns[Actual]; !given {
		return
	}
	marks := make([]mark, len(d.t.Rows()))
	for row := range marks {
		c := d.cell(row, Actual)
		if c.State == disclosure.Shown || c.State == disclosure.NotApplicable {
			continue
		}
		marks[row] = mark{to: d.scale.min, label: newLabel(d.Writer.Text(c), above, inkSoft),
			spoken: spoken(d.years[row]+" · "+d.name(Actual), d.Writer.Spoken(c))}
	}
	d.layers = append(d.layers, layer{shape: textShape, name: d.name(Actual), marks: marks})
}

// columnsOf returns where the columns stand, by their codes.
func columnsOf(t disclosure.Table) map[string]int {
	columns := map[string]int{}
	for i, column := range t.Columns() {
		columns[column.Code] = i
	}
	return columns
}

// rowLabels returns the labels of the rows in the language of the frame.
func rowLabels(t disclosure.Table, f Frame) []string {
	var labels []string
	for _, row := range t.Rows() {
		labels = append(labels, f.headerLabel(row.Header))
	}
	return labels
}

func (f Frame) headerLabel(h disclosure.Header) string {
	if text := h.Label.In(f.Writer.Language); text != "" {
		return text
	}
	return h.Code
}

func (f Frame) title(t disclosure.Table) string { return t.Title().In(f.Writer.Language) }

// unitAndValues returns the figures that the columns show, and the unit of the
// first. Without columns it takes all that are no totals.
func unitAndValues(t disclosure.Table, columns ...string) (figure.Unit, []float64) {
	var unit figure.Unit
	var values []float64
	for _, row := range t.Rows() {
		for i, c := range row.Cells {
			header := t.Columns()[i]
			if c.State != disclosure.Shown || (len(columns) > 0 && !slices.Contains(columns, header.Code)) || (len(columns) == 0 && header.Total) {
				continue
			}
			if unit == "" {
				unit = c.Unit
			}
			values = append(values, c.Value.Float())
		}
	}
	return unit, values
}
