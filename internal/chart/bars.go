package chart

import (
	"slices"
	"strings"

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

// manyRows is the number of rows beyond which bars are drawn close together, and
// a ranking counts what it does not show.
const manyRows = 30

// endRows is how many of the highest and of the lowest rows a long ranking draws.
const endRows = 10

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
		return f.empty(f.title(t))
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
	p := &plot{lying: true, width: f.Size.width(), scale: exactScale(values), bottom: 8, top: 8}
	bars := layer{shape: barShape, look: look{fill: accent}}
	absent := layer{shape: textShape} // what stands in place of a figure; there is no bar
	texts := f.barRows(p, &bars, &absent, rows, sorted)
	p.right = widest(texts, smallSize) + 12
	rowHeight := f.barNames(p)
	bars.thickness = float64(rowHeight) * 0.62
	p.layers = []layer{bars, absent}
	if text := f.Writer.Unit(unit); unit != "" && unit != figure.Percent {
		p.note, p.noteTop = text, 4
		p.top += 20
	}
	for _, total := range totals {
		if c := total.Cells[0]; c.State == disclosure.Shown && c.Value.Float() <= slices.Max(append(values, 0)) && len(values) > 1 {
			p.top += 20
			p.reference = &reference{value: c.Value.Float(), text: f.headerLabel(total.Header) + " " + f.short(c)}
		}
	}
	p.height = p.top + p.bottom + rowHeight*len(p.names)
	return p.finish(f.title(t), f.barsAlt(t, rows, totals))
}

// barRows fills in the names, the bars and what stands in place of one, and returns
// the texts beside them.
func (f Frame) barRows(p *plot, bars, absent *layer, rows []disclosure.Row, sorted bool) (texts []string) {
	drawn, between := rows, 0
	if sorted && len(rows) > manyRows {
		drawn = slices.DeleteFunc(slices.Clone(rows), func(row disclosure.Row) bool { return row.Cells[0].State != disclosure.Shown })
		if len(drawn) > 2*endRows {
			between = len(drawn) - 2*endRows
			drawn = slices.Concat(drawn[:endRows], drawn[len(drawn)-endRows:])
		}
	}
	add := func(name, text string, m mark) {
		bar, mark := m, mark{}
		if !m.drawn {
			bar, mark = mark, m
		}
		p.names, bars.marks, absent.marks, texts = append(p.names, name), append(bars.marks, bar), append(absent.marks, mark), append(texts, text)
	}
	for i, row := range drawn {
		if between > 0 && i == endRows {
			name := f.Writer.Language.Say("chart.between", locale.Args{"count": between})
			add(name, "…", mark{label: newLabel("…", rightOf, inkSoft), spoken: name})
		}
		c := row.Cells[0]
		name, text := f.headerLabel(row.Header), f.short(c)
		m := mark{label: newLabel(text, rightOf, inkSoft), spoken: spoken(name, f.Writer.Spoken(c))}
		if c.State == disclosure.Shown {
			m = mark{drawn: true, to: c.Value.Float(), label: newLabel(text, rightOf, ink), spoken: spoken(name, f.Writer.Full(c.Value, c.Unit), f.Writer.Spoken(c))}
			if c.Provisional {
				m.look = provisional(accent)
			}
		}
		add(name, text, m)
	}
	if len(drawn)+between == len(rows) {
		return texts
	}
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
			add(name, f.Writer.Text(c), mark{label: newLabel(f.Writer.Text(c), rightOf, inkSoft), spoken: name})
		}
	}
	return texts
}

// barNames wraps the names and returns how high a row must be for them.
func (f Frame) barNames(p *plot) (rowHeight int) {
	column, size := 240.0, fontSize
	if f.Size == Narrow {
		column, size = 132, smallSize
	}
	rowHeight, lines := 26, 2
	if len(p.names) > manyRows {
		rowHeight, lines = 18, 1
	}
	p.names, p.left = wrapAll(p.names, float64(size), column, lines)
	p.nameSize = size
	if slices.ContainsFunc(p.names, func(name string) bool { return strings.Contains(name, "\n") }) {
		rowHeight = 36
	}
	return rowHeight
}

// provisional is the look of a bar whose figure is not final: hatched, within an edge.
func provisional(t tone) *look { return &look{fill: t, stroke: t, width: 1, hatched: true} }

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
