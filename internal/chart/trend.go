package chart

import (
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

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

// Trend shows a figure over the years against its target path.
//
// Rows are years; columns are Actual and, where there are any, Target (and
// TargetUpper, of a band), Forecast, Low and High. A year that is still to come
// is NotApplicable in the column Actual. All cells have one unit.
func (f Frame) Trend(t disclosure.Table) Chart {
	columns := columnsOf(t)
	unit, values := unitAndValues(t, Actual, Target, TargetUpper, Forecast, Low, High)
	if len(values) == 0 {
		return f.empty(t)
	}
	s := newScale(values, false, unit)
	years := rowLabels(t, f)

	d := trend{Frame: f, t: t, columns: columns, years: years, scale: s}
	d.band(Low, High, light, "chart.interval")
	d.band(Target, TargetUpper, target, "chart.target_band")
	d.target()
	d.forecast()
	d.actual()
	d.marks()

	p := plot{series: d.series, legend: d.legend}
	slices.Reverse(p.legend) // drawn from the back to the front
	p.y = f.valueAxes(s, unit)
	p.x = []axis{columnsAxis(years)}
	p.left = widest(f.labels(s, unit), smallSize) + 14
	p.right, p.bottom = 30, 32
	p.top = legendHeight(p.legend, f.Size.width()) + 16
	if text := f.scaleUnit(s, unit); text != "" {
		p.note = note(text, p.top-8)
		p.top += 22
	}
	height := 340
	if f.Size == Narrow {
		height = 290
	}
	return finish(p.options(), f.title(t), f.trendAlt(t), f.Size.width(), height)
}

// trend gathers the series of a trend.
type trend struct {
	Frame
	t       disclosure.Table
	columns map[string]int
	years   []string
	scale   scale
	series  []series
	legend  []legendItem
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

// add appends a series and its entry in the legend.
func (d *trend) add(s series, icon string) {
	d.series = append(d.series, s)
	if s.Name == "" {
		return
	}
	item := legendItem{Name: s.Name, Icon: icon}
	if s.AreaStyle != nil {
		item.ItemStyle = &opts.ItemStyle{Color: s.AreaStyle.Color, Opacity: s.AreaStyle.Opacity}
	}
	d.legend = append(d.legend, item)
}

func (d *trend) actual() {
	column, found := d.columns[Actual]
	if !found {
		return
	}
	var data []point
	for row := range d.t.Rows() {
		c := d.t.Rows()[row].Cells[column]
		p := point{BarData: opts.BarData{Value: nothing}}
		if c.State == disclosure.Shown {
			p.Value = c.Value.Float()
			p.Symbol, p.SymbolSize = "circle", 9
			p.Label = label(d.beside(c), d.side(row), ink)
			p.Label.FontWeight = "600"
			p.Tooltip = hint(d.years[row]+" · "+d.name(Actual), d.Writer.Full(c.Value, c.Unit), d.Writer.Spoken(c))
			p.ItemStyle = &opts.ItemStyle{Color: accent, BorderColor: accent, BorderWidth: 2}
			if c.Provisional {
				p.ItemStyle.Color = paper // hollow: not final
			}
		}
		data = append(data, p)
	}
	d.add(series{
		SingleSeries: charts.SingleSeries{
			Name: d.name(Actual), Type: "line", Data: data, Symbol: "circle", SymbolSize: 9, ShowSymbol: opts.Bool(true),
			LineStyle: &opts.LineStyle{Color: accent, Width: 2.5}, ItemStyle: &opts.ItemStyle{Color: accent},
		}, Z: 5,
	}, "")
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

// side puts the label of a point where it crosses no line: away from a target
// that is near, else outside of the bend of the line itself.
func (d *trend) side(row int) string {
	value := d.cell(row, Actual).Value.Float()
	nearest := math.Inf(1)
	for _, column := range []string{Target, TargetUpper} {
		if aim := d.cell(row, column); aim.State == disclosure.Shown && math.Abs(aim.Value.Float()-value) < math.Abs(nearest) {
			nearest = aim.Value.Float() - value
		}
	}
	if math.Abs(nearest) < (d.scale.max-d.scale.min)*0.15 {
		if nearest > 0 {
			return "bottom"
		}
		return "top"
	}
	higher := 0
	for _, next := range []int{row - 1, row + 1} {
		if next < 0 || next >= len(d.t.Rows()) {
			continue
		}
		if c := d.cell(next, Actual); c.State == disclosure.Shown && c.Value.Float() > value {
			higher++
		}
	}
	if higher == 2 {
		return "bottom"
	}
	return "top"
}

func (d *trend) target() {
	if !d.has(Target) {
		return
	}
	last := -1
	for row := range d.t.Rows() {
		if d.cell(row, Target).State == disclosure.Shown {
			last = row
		}
	}
	data := d.points(Target)
	if last >= 0 {
		c := d.cell(last, Target)
		position := "top"
		if expected := d.cell(last, Forecast); expected.State == disclosure.Shown && expected.Value > c.Value {
			position = "bottom"
		}
		data[last].Label = label(d.short(c), position, target)
		data[last].Label.FontWeight = "600"
	}
	d.add(series{
		SingleSeries: charts.SingleSeries{
			Name: d.name(Target), Type: "line", Data: data, Symbol: "rect", SymbolSize: []int{14, 3}, ShowSymbol: opts.Bool(true), ConnectNulls: opts.Bool(true),
			LineStyle: &opts.LineStyle{Color: target, Width: 2, Type: "dashed"}, ItemStyle: &opts.ItemStyle{Color: target},
		}, Z: 4,
	}, dashes)
	if d.has(TargetUpper) {
		d.add(series{
			SingleSeries: charts.SingleSeries{
				Type: "line", Data: d.points(TargetUpper), Symbol: "rect", SymbolSize: []int{14, 3}, ShowSymbol: opts.Bool(true), ConnectNulls: opts.Bool(true),
				LineStyle: &opts.LineStyle{Color: target, Width: 2, Type: "dashed"}, ItemStyle: &opts.ItemStyle{Color: target},
			}, Z: 4,
		}, "")
	}
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

func (d *trend) points(column string) []point {
	var data []point
	for row := range d.t.Rows() {
		c := d.cell(row, column)
		p := point{BarData: opts.BarData{Value: nothing}}
		if c.State == disclosure.Shown {
			p.Value = c.Value.Float()
			p.Tooltip = hint(d.years[row]+" · "+d.name(column), d.Writer.Full(c.Value, c.Unit))
		}
		data = append(data, p)
	}
	return data
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
	data := d.points(Forecast)
	for row := range data {
		c := d.cell(row, Forecast)
		if c.State != disclosure.Shown {
			continue
		}
		position := "top"
		if aim := d.cell(row, Target); aim.State == disclosure.Shown && aim.Value >= c.Value {
			position = "bottom"
		}
		data[row].Symbol, data[row].SymbolSize = "diamond", 12
		data[row].Label = label(d.short(c), position, inkSoft)
	}
	if start := d.lastBefore(); start >= 0 {
		data[start].Value = d.cell(start, Actual).Value.Float()
		data[start].Symbol = "none"
	}
	d.add(series{
		SingleSeries: charts.SingleSeries{
			Name: d.name(Forecast), Type: "line", Data: data, Symbol: "diamond", SymbolSize: 12, ShowSymbol: opts.Bool(true), ConnectNulls: opts.Bool(true),
			LineStyle: &opts.LineStyle{Color: accent, Width: 2, Type: "dotted"},
			ItemStyle: &opts.ItemStyle{Color: paper, BorderColor: accent, BorderWidth: 2},
		}, Z: 3,
	}, "")
}

// band fills the area between two columns: an invisible line at the lower one,
// and upon it, stacked, an area as high as the difference. The interval of a
// forecast opens from the last figure.
func (d *trend) band(lower, upper, colour, name string) {
	if !d.has(lower) || !d.has(upper) {
		return
	}
	var lows, highs []float64
	start := -1
	if lower == Low {
		start = d.lastBefore()
	}
	for row := range d.t.Rows() {
		low, high := d.cell(row, lower), d.cell(row, upper)
		switch {
		case row == start:
			lows, highs = append(lows, d.cell(row, Actual).Value.Float()), append(highs, d.cell(row, Actual).Value.Float())
		case low.State == disclosure.Shown && high.State == disclosure.Shown:
			lows, highs = append(lows, low.Value.Float()), append(highs, high.Value.Float())
		default:
			lows, highs = append(lows, math.NaN()), append(highs, math.NaN())
		}
	}
	bridge(lows)
	bridge(highs)
	var floor, height []point
	for row := range lows {
		below, between := point{BarData: opts.BarData{Value: nothing}}, point{BarData: opts.BarData{Value: nothing}}
		if !math.IsNaN(lows[row]) {
			below.Value, between.Value = lows[row], highs[row]-lows[row]
		}
		floor, height = append(floor, below), append(height, between)
	}
	invisible := func(data []point) charts.SingleSeries {
		return charts.SingleSeries{
			Type: "line", Stack: name, Data: data, Symbol: "none", ConnectNulls: opts.Bool(true),
			LineStyle: &opts.LineStyle{Width: 0.01, Opacity: opts.Float(0)}, ItemStyle: &opts.ItemStyle{Color: colour},
		}
	}
	d.series = append(d.series, series{SingleSeries: invisible(floor), Z: 1, Silent: true})
	area := invisible(height)
	area.Name = d.Writer.Language.Say(name, nil)
	area.AreaStyle = &opts.AreaStyle{Color: colour, Opacity: opts.Float(0.22)}
	d.add(series{SingleSeries: area, Z: 1, Silent: true}, "roundRect")
}

// bridge fills the gaps between values with a straight line: areas cannot leap
// over a gap.
func bridge(values []float64) {
	last := -1
	for i, value := range values {
		if math.IsNaN(value) {
			continue
		}
		for gap := last + 1; last >= 0 && gap < i; gap++ {
			values[gap] = values[last] + (value-values[last])*float64(gap-last)/float64(i-last)
		}
		last = i
	}
}

// marks writes at the foot of the chart what stands in place of a figure.
func (d *trend) marks() {
	data := make([]point, len(d.t.Rows()))
	found := false
	for row := range data {
		data[row] = point{BarData: opts.BarData{Value: nothing}}
		c := d.cell(row, Actual)
		if _, given := d.columns[Actual]; !given || c.State == disclosure.Shown || c.State == disclosure.NotApplicable {
			continue
		}
		found = true
		data[row].Value = d.scale.min
		data[row].Label = label(d.Writer.Text(c), "top", inkSoft)
		data[row].Tooltip = hint(d.years[row]+" · "+d.name(Actual), d.Writer.Spoken(c))
	}
	if !found {
		return
	}
	d.series = append(d.series, series{
		SingleSeries: charts.SingleSeries{Type: "scatter", Data: data, Symbol: "circle", SymbolSize: 10, ItemStyle: unseen()},
		Z:            6,
	})
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
	wanted := set(columns...)
	var unit figure.Unit
	var values []float64
	for _, row := range t.Rows() {
		for i, c := range row.Cells {
			header := t.Columns()[i]
			if c.State != disclosure.Shown || (len(columns) > 0 && !wanted[header.Code]) || (len(columns) == 0 && header.Total) {
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
