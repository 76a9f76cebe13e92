package chart

import (
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// Grouped shows the parts of figures beside each other.
//
// Rows are the categories, columns the parts, in one unit. Rows that are years
// stand upright, any others lie. Columns with the code of a grade take its colour.
func (f Frame) Grouped(t disclosure.Table) Chart {
	unit, values := unitAndValues(t)
	if len(values) == 0 {
		return f.empty(t)
	}
	g := group{Frame: f, t: t, upright: yearsOnly(t), unit: unit}
	if g.upright {
		g.scale = newScale(append(g.heights(), 0), true, unit)
	} else {
		g.scale = exactScale(g.heights())
	}
	return g.chart()
}

// group is a chart of several series of bars.
type group struct {
	Frame
	t         disclosure.Table
	upright   bool
	unit      figure.Unit
	scale     scale
	length    float64 // of the whole scale, in pixels
	thickness float64 // of a bar, in pixels
}

// parts are the columns that are no totals.
func (g group) parts() []int {
	var parts []int
	for i, column := range g.t.Columns() {
		if !column.Total {
			parts = append(parts, i)
		}
	}
	return parts
}

// heights returns how far the bars reach.
func (g group) heights() []float64 {
	var heights []float64
	for _, row := range g.t.Rows() {
		for _, i := range g.parts() {
			if row.Cells[i].State == disclosure.Shown {
				heights = append(heights, row.Cells[i].Value.Float())
			}
		}
	}
	return heights
}

func (g group) chart() Chart {
	width := g.Size.width()
	names := rowLabels(g.t, g.Frame)
	p := plot{right: 12}
	for _, i := range g.parts() {
		p.legend = append(p.legend, legendItem{Name: g.headerLabel(g.t.Columns()[i]), Icon: "rect"})
	}
	p.top = legendHeight(p.legend, width) + 12
	text := g.scaleUnit(g.scale, g.unit)
	if !g.upright && text != "" {
		text = g.Writer.Unit(g.unit) // the figures beside lying bars are written in full
	}
	if text != "" {
		p.note = note(text, p.top-4)
		p.top += 20
	}
	rows := len(names)
	height := 340
	if g.Size == Narrow {
		height = 300
	}
	if g.upright {
		p.y, p.x = g.valueAxes(g.scale, g.unit), []axis{columnsAxis(names)}
		p.left, p.bottom = widest(g.labels(g.scale, g.unit), smallSize)+14, 32
		p.top += 10
		g.length = float64(height - p.top - p.bottom)
		g.thickness = float64(width-p.left-p.right) / float64(max(rows, 1)) * groupShare
	} else {
		column, size := 190.0, float64(fontSize)
		if g.Size == Narrow {
			column, size = 110, smallSize
		}
		names, p.left = wrapAll(names, size, column, 3)
		p.x, p.y = hiddenScale(g.scale), []axis{rowsAxis(names, int(size))}
		p.right, p.bottom = g.roomForFigures(), 8
		rowHeight := max(14+18*len(g.parts()), 54)
		height = p.top + p.bottom + rowHeight*rows
		g.length = float64(width - p.left - p.right)
		g.thickness = float64(rowHeight) * groupShare
	}
	g.thickness /= float64(len(g.parts()))
	for n, i := range g.parts() {
		p.series = append(p.series, g.bars(n, i))
	}
	return finish(p.options(), g.title(g.t), g.groupAlt(g.t), width, height)
}

func (g group) bars(n, column int) series {
	header := g.t.Columns()[column]
	colour := colourOf(header.Code, n)
	var data []point
	for _, row := range g.t.Rows() {
		c := row.Cells[column]
		p := point{BarData: opts.BarData{Value: nothing}}
		text := g.short(c)
		switch {
		case c.State == disclosure.Shown:
			p.Value = c.Value.Float()
			p.Tooltip = hint(g.headerLabel(row.Header)+" · "+g.headerLabel(header), g.Writer.Full(c.Value, c.Unit), g.Writer.Spoken(c))
			if g.fitsBeside(text) {
				p.Label = label(text, g.outside(), ink)
			}
		case c.State != disclosure.NotApplicable:
			// There is no bar: the mark stands on the line.
			p.Value = 0.0
			p.Label = label(text, g.outside(), inkSoft)
			p.Tooltip = hint(g.headerLabel(row.Header)+" · "+g.headerLabel(header), g.Writer.Spoken(c))
		}
		data = append(data, p)
	}
	return series{SingleSeries: charts.SingleSeries{
		Name: g.headerLabel(header), Type: "bar", Data: data, BarCategoryGap: strconv.Itoa(int(math.Round(100*(1-groupShare)))) + "%", BarGap: "4%",
		ItemStyle: &opts.ItemStyle{Color: colour, BorderColor: paper, BorderWidth: 1},
	}, Z: 2}
}

// groupShare is the part of the room of a category that its bars take.
const groupShare = 0.76

// colourOf gives a part its colour: that of its grade, that of what was reached
// beside what was planned, or the next of the palette.
func colourOf(code string, n int) string {
	switch code {
	case Actual:
		return accent
	case Target:
		return light
	}
	if colour, found := gradeColours[code]; found {
		return colour
	}
	return seriesColours[n%len(seriesColours)]
}

func (g group) outside() string {
	if g.upright {
		return "top"
	}
	return "right"
}

func (g group) fitsBeside(text string) bool {
	if g.upright {
		return textWidth(text, smallSize) <= g.thickness*1.2
	}
	return g.thickness >= smallSize-2
}

// roomForFigures is what the figures beside lying bars take.
func (g group) roomForFigures() int {
	texts := []string{""}
	for _, row := range g.t.Rows() {
		for _, i := range g.parts() {
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
