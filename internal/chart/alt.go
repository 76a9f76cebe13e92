package chart

import (
	"slices"
	"strings"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/locale"
)

// An alternative text says in a few sentences what a chart shows to those who
// see it: the kind of chart and its title, from when to when, the first and the
// last figure, the highest and the lowest, the target, and what is not shown.
// All figures stand in the table beside the chart.

func (f Frame) say(key string, args locale.Args) string {
	return f.Writer.Language.Say("chart.alt."+key, args)
}

// write writes a cell with its unit.
func (f Frame) write(c disclosure.Cell) string {
	text := f.Writer.Full(c.Value, c.Unit)
	if spoken := f.Writer.Spoken(c); spoken != "" {
		text += " (" + spoken + ")"
	}
	return text
}

// spot is a figure with the name of its row.
type spot struct {
	name string
	cell disclosure.Cell
}

// shown returns the figures that a column shows.
func (f Frame) shown(rows []disclosure.Row, column int) []spot {
	var spots []spot
	for _, row := range rows {
		if c := row.Cells[column]; c.State == disclosure.Shown {
			spots = append(spots, spot{f.headerLabel(row.Header), c})
		}
	}
	return spots
}

func byValue(a, b spot) int {
	switch {
	case a.cell.Value < b.cell.Value:
		return -1
	case a.cell.Value > b.cell.Value:
		return 1
	}
	return 0
}

func (f Frame) trendAlt(t disclosure.Table, breaks []Break) string {
	columns, rows := columnsOf(t), t.Rows()
	texts := []string{f.say("trend", locale.Args{
		"title": f.title(t), "from": f.headerLabel(rows[0].Header), "to": f.headerLabel(rows[len(rows)-1].Header)})}
	if column, found := columns[Actual]; found {
		if spots := f.shown(rows, column); len(spots) > 0 {
			first, last := spots[0], spots[len(spots)-1]
			texts = append(texts, f.say("at", locale.Args{"name": first.name, "value": f.write(first.cell)}))
			if len(spots) > 1 {
				texts = append(texts, f.say("at", locale.Args{"name": last.name, "value": f.write(last.cell)}))
			}
			if len(spots) > 2 {
				texts = append(texts, f.extremes(spots))
			}
		}
		texts = append(texts, f.unseen(rows, []int{column})...)
	}
	if column, found := columns[Target]; found {
		if spots := f.shown(rows, column); len(spots) > 0 {
			last := spots[len(spots)-1]
			args := locale.Args{"name": last.name, "value": f.Writer.Full(last.cell.Value, last.cell.Unit)}
			key := "target"
			if upper, found := columns[TargetUpper]; found {
				if ends := f.shown(rows, upper); len(ends) > 0 {
					end := ends[len(ends)-1].cell
					args["upper"], key = f.Writer.Full(end.Value, end.Unit), "target_band"
				}
			}
			texts = append(texts, f.say(key, args))
		}
	}
	if column, found := columns[Forecast]; found {
		if spots := f.shown(rows, column); len(spots) > 0 {
			texts = append(texts, f.expected(rows, columns, spots[len(spots)-1]))
		}
	}
	for _, b := range breaks {
		texts = append(texts, f.say("break", locale.Args{"name": b.Row, "text": b.Text}))
	}
	return strings.Join(texts, " ")
}

func (f Frame) expected(rows []disclosure.Row, columns map[string]int, last spot) string {
	args := locale.Args{"name": last.name, "value": f.Writer.Full(last.cell.Value, last.cell.Unit)}
	low, lowKnown := columns[Low]
	high, highKnown := columns[High]
	for _, row := range rows {
		if !lowKnown || !highKnown || f.headerLabel(row.Header) != last.name {
			continue
		}
		if l, h := row.Cells[low], row.Cells[high]; l.State == disclosure.Shown && h.State == disclosure.Shown {
			args["low"], args["high"] = f.Writer.Amount(l.Value, l.Unit), f.Writer.Amount(h.Value, h.Unit)
			return f.say("forecast_between", args)
		}
	}
	return f.say("forecast", args)
}

func (f Frame) extremes(spots []spot) string {
	lowest, highest := slices.MinFunc(spots, byValue), slices.MaxFunc(spots, byValue)
	return f.say("extremes", locale.Args{
		"high_name": highest.name, "high": f.write(highest.cell), "low_name": lowest.name, "low": f.write(lowest.cell)})
}

// unseen counts what is not shown, by the reason.
func (f Frame) unseen(rows []disclosure.Row, columns []int) []string {
	counts := map[disclosure.State]int{}
	for _, row := range rows {
		for _, column := range columns {
			counts[row.Cells[column].State]++
		}
	}
	var texts []string
	for _, state := range []struct {
		state disclosure.State
		key   string
	}{{disclosure.Hidden, "hidden"}, {disclosure.Missing, "missing"}, {disclosure.NotComputable, "not_computable"}} {
		if n := counts[state.state]; n > 0 {
			texts = append(texts, f.say(state.key, locale.Args{"count": n}))
		}
	}
	return texts
}

func (f Frame) barsAlt(t disclosure.Table, rows, totals []disclosure.Row) string {
	texts := []string{f.say("bars", locale.Args{"title": f.title(t), "count": len(rows)})}
	spots := f.shown(rows, 0)
	switch {
	case len(spots) > 4:
		texts = append(texts, f.extremes(spots))
	default:
		texts = append(texts, f.list(spots)...)
	}
	for _, total := range totals {
		if c := total.Cells[0]; c.State == disclosure.Shown {
			texts = append(texts, f.say("at", locale.Args{"name": f.headerLabel(total.Header), "value": f.write(c)}))
		}
	}
	return strings.Join(append(texts, f.unseen(rows, []int{0})...), " ")
}

func (f Frame) list(spots []spot) []string {
	var texts []string
	for _, one := range spots {
		texts = append(texts, f.say("at", locale.Args{"name": one.name, "value": f.write(one.cell)}))
	}
	return texts
}

func (f Frame) groupAlt(t disclosure.Table) string {
	rows := t.Rows()
	texts := []string{f.say("parts", locale.Args{"title": f.title(t), "count": len(rows)})}
	if yearsOnly(t) {
		texts[0] = f.say("parts_over_time", locale.Args{
			"title": f.title(t), "from": f.headerLabel(rows[0].Header), "to": f.headerLabel(rows[len(rows)-1].Header)})
	}
	var parts []int
	for i, column := range t.Columns() {
		if column.Total {
			spots := f.shown(rows, i)
			for _, one := range ends(spots) {
				texts = append(texts, f.say("at", locale.Args{"name": f.headerLabel(column) + " " + one.name, "value": f.write(one.cell)}))
			}
			continue
		}
		parts = append(parts, i)
	}
	for _, i := range parts {
		name := f.headerLabel(t.Columns()[i])
		spots := f.shown(rows, i)
		switch {
		case len(spots) == 0:
		case yearsOnly(t) && len(spots) > 1:
			first, last := spots[0], spots[len(spots)-1]
			texts = append(texts, f.say("from_to", locale.Args{
				"name": name, "first_name": first.name, "first": f.write(first.cell), "last_name": last.name, "last": f.write(last.cell)}))
		case len(spots) == 1:
			texts = append(texts, f.say("at", locale.Args{"name": name + ", " + spots[0].name, "value": f.write(spots[0].cell)}))
		default:
			highest := slices.MaxFunc(spots, byValue)
			texts = append(texts, f.say("most", locale.Args{"name": name, "high_name": highest.name, "high": f.write(highest.cell)}))
		}
	}
	return strings.Join(append(texts, f.unseen(rows, parts)...), " ")
}

// ends returns the first and the last.
func ends(spots []spot) []spot {
	if len(spots) > 2 {
		return []spot{spots[0], spots[len(spots)-1]}
	}
	return spots
}

func (f Frame) progressAlt(t disclosure.Table, grades map[string]Grade) string {
	columns, rows := columnsOf(t), t.Rows()
	texts := []string{f.say("progress", locale.Args{"title": f.title(t), "count": len(rows)})}
	column, found := columns[Actual]
	if !found {
		column, found = columns[Attainment]
	}
	if !found {
		return texts[0]
	}
	for _, row := range rows {
		c := row.Cells[column]
		value := strings.TrimSuffix(f.Writer.Spoken(c), ".")
		if c.State == disclosure.Shown {
			value = f.write(c)
			if aim, found := columns[Target]; found && row.Cells[aim].State == disclosure.Shown {
				value = f.Writer.Language.Say("chart.value_of_target", locale.Args{"value": value, "target": f.Writer.Text(row.Cells[aim])})
			}
		}
		text := f.headerLabel(row.Header) + ": " + value
		if grade, known := grades[row.Code]; known {
			text += ", " + grade.Name
		}
		texts = append(texts, text+".")
	}
	return strings.Join(texts, " ")
}

func (f Frame) coverageAlt(t disclosure.Table) string {
	columns := columnsOf(t)
	texts := []string{f.say("coverage", locale.Args{"title": f.title(t), "count": len(t.Rows())})}
	for _, row := range t.Rows() {
		texts = append(texts, f.headerLabel(row.Header)+": "+f.Writer.Language.Say("chart.of", locale.Args{
			"part": f.Writer.Text(row.Cells[columns[Delivered]]), "whole": f.Writer.Text(row.Cells[columns[Owed]])})+".")
	}
	return strings.Join(texts, " ")
}
