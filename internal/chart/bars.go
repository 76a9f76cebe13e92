package chart

import (
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// Bars shows one figure by category as lying bars, in the order of the table.
//
// Rows are the categories; of the columns the first is shown. A row that is a
// total stands as a line across the bars where it can be compared with them, as
// the share of the whole canton can, and is left to the table where it cannot.
func (f Frame) Bars(t disclosure.Table) Chart { return f.bars(t, false) }

// Ranking is Bars sorted by value, the largest on top. What is hidden or missing
// stands at the end, with its mark. Of many rows, such as those of all
// municipalities, the highest and the lowest are drawn, and the others are counted
// in one line, as is what is not shown: nobody compares a hundred bars. All of them
// stand in the table.
func (f Frame) Ranking(t disclosure.Table) Chart { return f.bars(t, true) }

func (f Frame) bars(t disclosure.Table, sorted bool) Chart {
	var rows, totals []disclosure.Row
	for _, row := range t.Rows() {
		switch {
		case len(row.Cells) == 0:
		case row.Total:
			totals = append(totals, row)
		default:
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return f.empty(t)
	}
	if sorted {
		slices.SortStableFunc(rows, func(a, b disclosure.Row) int { return compare(a.Cells[0], b.Cells[0]) })
	}
	var values []float64
	var unit figure.Unit
	for _, row := range rows {
		if c := row.Cells[0]; c.State == disclosure.Shown {
			values, unit = append(values, c.Value.Float()), c.Unit
		}
	}
	s := exactScale(values)

	drawn, between := rows, 0
	if sorted && len(rows) > manyRows {
		drawn = slices.DeleteFunc(slices.Clone(rows), func(row disclosure.Row) bool { return row.Cells[0].State != disclosure.Shown })
		if len(drawn) > 2*endRows {
			between = len(drawn) - 2*endRows
			drawn = slices.Concat(drawn[:endRows], drawn[len(drawn)-endRows:])
		}
	}
	var bars, marks []point
	var names, texts []string
	add := func(name, text, spoken string, bar point) {
		mark := point{BarData: opts.BarData{Value: nothing}}
		if bar.Value == nothing {
			// The mark stands where the bar would begin; there is no bar.
			mark.Value = 0.0
			mark.Label = label(text, "right", inkSoft)
			mark.Tooltip = hint(name, spoken)
		}
		bars, marks = append(bars, bar), append(marks, mark)
		names, texts = append(names, name), append(texts, text)
	}
	for i, row := range drawn {
		if between > 0 && i == endRows {
			add(f.Writer.Language.Say("chart.between", locale.Args{"count": between}), "…", "", point{BarData: opts.BarData{Value: nothing}})
		}
		c := row.Cells[0]
		name, text := f.headerLabel(row.Header), f.short(c)
		bar := point{BarData: opts.BarData{Value: nothing}}
		if c.State == disclosure.Shown {
			bar.Value = c.Value.Float()
			bar.Label = label(text, "right", ink)
			bar.Label.BackgroundColor = paper
			bar.Tooltip = hint(name, f.Writer.Full(c.Value, c.Unit), f.Writer.Spoken(c))
			if c.Provisional {
				bar.ItemStyle = &opts.ItemStyle{Color: light}
			}
		}
		add(name, text, f.Writer.Spoken(c), bar)
	}
	if len(drawn)+between < len(rows) {
		for _, state := range []disclosure.State{disclosure.Hidden, disclosure.Missing, disclosure.NotApplicable, disclosure.NotComputable} {
			n := 0
			for _, row := range rows {
				if row.Cells[0].State == state {
					n++
				}
			}
			if n > 0 {
				c := disclosure.Cell{State: state}
				name := f.Writer.Language.Say("chart.counted", locale.Args{"what": f.Writer.Spoken(c), "count": n})
				add(name, f.Writer.Text(c), "", point{BarData: opts.BarData{Value: nothing}})
			}
		}
	}

	p := plot{right: widest(texts, smallSize) + 12, bottom: 8, top: 8}
	column, size := 240.0, float64(fontSize)
	if f.Size == Narrow {
		column, size = 132, smallSize
	}
	rowHeight, lines := 26, 2
	if len(names) > manyRows {
		rowHeight, lines = 18, 1
	}
	names, p.left = wrapAll(names, size, column, lines)
	if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "\n") }) {
		rowHeight = 36
	}
	p.y = []axis{rowsAxis(names, int(size))}
	p.x = hiddenScale(s)
	p.series = []series{
		{SingleSeries: charts.SingleSeries{Type: "bar", Data: bars, BarWidth: "62%", ItemStyle: &opts.ItemStyle{Color: accent}}, Z: 2},
		{SingleSeries: charts.SingleSeries{Type: "scatter", Data: marks, Symbol: "rect", SymbolSize: 1, ItemStyle: unseen()}, Z: 3},
	}
	if text := f.Writer.Unit(unit); unit != "" && unit != figure.Percent {
		p.note = note(text, 4)
		p.top += 20
	}
	for _, total := range totals {
		if c := total.Cells[0]; c.State == disclosure.Shown && c.Value.Float() <= slices.Max(append(values, 0)) && len(values) > 1 {
			p.top += 20
			p.series[0].MarkLine = reference(c.Value.Float(), f.headerLabel(total.Header)+" "+f.short(c), s.max)
		}
	}
	height := p.top + p.bottom + rowHeight*len(names)
	return finish(p.options(), f.title(t), f.barsAlt(t, rows, totals), f.Size.width(), height)
}

// manyRows is the number of rows beyond which bars are drawn close together, and
// a ranking counts what it does not show.
const manyRows = 30

// endRows is how many of the highest and of the lowest rows a long ranking draws.
const endRows = 10

// compare orders cells from the largest figure to the smallest, and those
// without a figure behind them.
func compare(a, b disclosure.Cell) int {
	if a.State != b.State {
		return int(a.State) - int(b.State)
	}
	switch {
	case a.Value > b.Value:
		return -1
	case a.Value < b.Value:
		return 1
	}
	return 0
}

// reference is a line across lying bars at a value, behind their figures. Its text
// ends at the line where that stands far to the right, so that it is not cut off.
func reference(value float64, text string, highest float64) *markLine {
	align := ""
	if value > highest*2/3 {
		align = "right"
	}
	return &markLine{MarkLines: opts.MarkLines{
		Data: []any{opts.MarkLineNameXAxisItem{XAxis: value}},
		MarkLineStyle: opts.MarkLineStyle{
			Symbol: []string{"none", "none"},
			// The axis of the categories is inverted, so that the line starts on top.
			Label:     &opts.Label{Show: opts.Bool(true), Position: "start", Formatter: plain(text), Color: ink, FontSize: smallSize, Align: align},
			LineStyle: &opts.LineStyle{Color: ink, Width: 1.5, Type: "dashed"},
		},
	}, Z: 1, Silent: true}
}

// unseen is the look of a datum that is nothing but its label.
func unseen() *opts.ItemStyle {
	return &opts.ItemStyle{Color: "transparent", Opacity: opts.Float(1)}
}

// rowsAxis is the axis of categories to the left of lying bars.
func rowsAxis(labels []string, size int) axis {
	return axis{
		XAxis:     opts.XAxis{Type: "category", Data: labels, Inverse: opts.Bool(true), AxisTick: hiddenTick(), AxisLine: barLine()},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Color: ink, FontSize: size, Interval: "0", Margin: 8}, LineHeight: size + 3},
		Z:         4,
	}
}

// hiddenScale is the value axis of lying bars whose figures stand beside them.
func hiddenScale(s scale) []axis {
	return []axis{{
		XAxis:     opts.XAxis{Type: "value", Min: s.min, Max: s.max, SplitLine: &opts.SplitLine{Show: opts.Bool(false)}, AxisTick: hiddenTick(), AxisLine: hiddenLine()},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Show: opts.Bool(false)}},
	}}
}

// wrapAll breaks labels into lines and returns how much room they take.
func wrapAll(labels []string, size, width float64, lines int) ([]string, int) {
	wrapped := make([]string, len(labels))
	room := 0
	for i, text := range labels {
		parts := wrap(text, size, width, lines)
		wrapped[i] = strings.Join(parts, "\n")
		room = max(room, widest(parts, size))
	}
	return wrapped, room + 12
}
