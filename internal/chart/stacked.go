package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// Stacked shows how figures are made up of their parts, one bar upon the other.
//
// Rows are the categories, columns the parts, in one unit; a column that is a
// total is written at the end of the bar. Rows that are years stand upright, any
// others lie. Columns with the code of a grade take its colour.
func (f Frame) Stacked(t disclosure.Table) Chart { return f.columns(t, true) }

// Grouped shows the parts beside each other. The table is as for Stacked.
func (f Frame) Grouped(t disclosure.Table) Chart { return f.columns(t, false) }

func (f Frame) columns(t disclosure.Table, stacked bool) Chart {
	unit, values := unitAndValues(t)
	if len(values) == 0 {
		return f.empty(t)
	}
	g := group{Frame: f, t: t, stacked: stacked, upright: yearsOnly(t), unit: unit}
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
	t                disclosure.Table
	stacked, upright bool
	unit             figure.Unit
	scale            scale
	length           float64 // of the whole scale, in pixels
	thickness        float64 // of a bar, in pixels
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
		sum := 0.0
		for _, i := range g.parts() {
			if row.Cells[i].State != disclosure.Shown {
				continue
			}
			value := row.Cells[i].Value.Float()
			if !g.stacked {
				heights = append(heights, value)
			}
			sum += value
		}
		if g.stacked {
			heights = append(heights, sum)
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
		g.thickness = float64(width-p.left-p.right) / float64(max(rows, 1)) * g.share()
	} else {
		column, size := 190.0, float64(fontSize)
		if g.Size == Narrow {
			column, size = 110, smallSize
		}
		names, p.left = wrapAll(names, size, column, 3)
		p.x, p.y = hiddenScale(g.scale), []axis{rowsAxis(names, int(size))}
		p.right, p.bottom = g.roomForTotals(), 8
		rowHeight := 40
		if !g.stacked {
			rowHeight = max(14+18*len(g.parts()), 54)
		}
		height = p.top + p.bottom + rowHeight*rows
		g.length = float64(width - p.left - p.right)
		g.thickness = float64(rowHeight) * g.share()
	}
	if !g.stacked {
		g.thickness /= float64(len(g.parts()))
	}
	for n, i := range g.parts() {
		p.series = append(p.series, g.bars(n, i))
	}
	if g.stacked {
		p.series = append(p.series, g.ends())
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
			if !g.stacked && g.fitsBeside(text) {
				p.Label = label(text, g.outside(), ink)
			}
			if g.stacked && g.fitsInside(c.Value.Float(), text) {
				p.Label = label(text, "inside", textOn(colour))
			}
		case !g.stacked && c.State != disclosure.NotApplicable:
			// There is no bar: the mark stands on the line.
			p.Value = 0.0
			p.Label = label(text, g.outside(), inkSoft)
			p.Tooltip = hint(g.headerLabel(row.Header)+" · "+g.headerLabel(header), g.Writer.Spoken(c))
		}
		data = append(data, p)
	}
	s := series{SingleSeries: charts.SingleSeries{
		Name: g.headerLabel(header), Type: "bar", Data: data, BarCategoryGap: g.gap(),
		ItemStyle: &opts.ItemStyle{Color: colour, BorderColor: paper, BorderWidth: 1},
	}, Z: 2}
	if g.stacked {
		s.Stack = "parts"
		s.BarMaxWidth = "72"
	} else {
		s.BarGap = "4%"
	}
	return s
}

// share is the part of the room of a category that its bars take.
func (g group) share() float64 {
	if g.stacked {
		return 0.6
	}
	return 0.76
}

func (g group) gap() string { return strconv.Itoa(int(math.Round(100*(1-g.share())))) + "%" }

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

// fitsInside reports whether a text has room within its part of a bar.
func (g group) fitsInside(value float64, text string) bool {
	length := value / (g.scale.max - g.scale.min) * g.length
	across := min(g.thickness, 72)
	if g.upright {
		return length >= smallSize+4 && textWidth(text, smallSize) <= across-4
	}
	return textWidth(text, smallSize) <= length-6 && across >= smallSize
}

func (g group) fitsBeside(text string) bool {
	if g.upright {
		return textWidth(text, smallSize) <= g.thickness*1.2
	}
	return g.thickness >= smallSize-2
}

// ends is an empty bar upon the others, which carries the total, and the marks of
// the parts that are not shown.
func (g group) ends() series {
	var data []point
	for r := range g.t.Rows() {
		p := point{BarData: opts.BarData{Value: 0.0}}
		if text := g.end(r); text != "" {
			p.Label = label(text, g.outside(), ink)
			p.Label.FontWeight = "600"
		}
		data = append(data, p)
	}
	return series{SingleSeries: charts.SingleSeries{Type: "bar", Stack: "parts", Data: data, BarMaxWidth: "72", ItemStyle: &opts.ItemStyle{Color: paper}}, Z: 3, Silent: true}
}

func (g group) end(r int) string {
	row := g.t.Rows()[r]
	var texts []string
	for i, column := range g.t.Columns() {
		if column.Total && row.Cells[i].State == disclosure.Shown {
			texts = append(texts, g.short(row.Cells[i]))
		}
	}
	marks := map[string]bool{}
	for _, i := range g.parts() {
		c := row.Cells[i]
		if c.State == disclosure.Shown || c.State == disclosure.NotApplicable {
			continue
		}
		if mark := g.Writer.Text(c); !marks[mark] {
			marks[mark] = true
			texts = append(texts, mark)
		}
	}
	return strings.Join(texts, " + ")
}

func (g group) roomForTotals() int {
	texts := []string{""}
	if g.stacked {
		for r := range g.t.Rows() {
			texts = append(texts, g.end(r))
		}
	} else {
		for _, row := range g.t.Rows() {
			for _, i := range g.parts() {
				texts = append(texts, g.short(row.Cells[i]))
			}
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

// textOn returns the colour of text on a ground: white or ink, whichever has
// more contrast.
func textOn(ground string) string {
	if contrast(paper, ground) >= contrast(ink, ground) {
		return paper
	}
	return ink
}

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(a, b string) float64 {
	lighter, darker := max(luminance(a), luminance(b)), min(luminance(a), luminance(b))
	return (lighter + 0.05) / (darker + 0.05)
}

func luminance(colour string) float64 {
	channel := func(from int) float64 {
		value, err := strconv.ParseUint(colour[from:from+2], 16, 8)
		if err != nil {
			return 0
		}
		share := float64(value) / 255
		if share <= 0.04045 {
			return share / 12.92
		}
		return math.Pow((share+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(1) + 0.7152*channel(3) + 0.0722*channel(5)
}
