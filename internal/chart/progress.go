package chart

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/locale"
)

// Grade is what is said of a row beside its bar: the code of a grade, which gives
// the colour, and its name, which is written.
type Grade struct{ Code, Name string }

// Progress shows figures against their targets, as lying bars with a mark at the
// target.
//
// Rows are indicators or areas, columns are Actual and Target, in one unit. Where
// the units of the rows differ there is a column Attainment too, and the bars
// show it, with the mark at the whole; Actual and Target are written beside.
// grades gives the grade of a row by its code; it may be nil.
func (f Frame) Progress(t disclosure.Table, grades map[string]Grade) Chart {
	columns := columnsOf(t)
	drawn, mark := Actual, Target
	if _, found := columns[Attainment]; found {
		drawn, mark = Attainment, ""
	}
	unit, values := unitAndValues(t, drawn, mark)
	if len(values) == 0 && len(t.Rows()) == 0 {
		return f.empty(t)
	}
	if mark == "" {
		values = append(values, 1)
	}
	s := newScale(append(values, 0), true, unit)
	if mark == "" {
		// Some room beyond the whole, and no more than needed.
		s.max = min(max(1.2, slices.Max(values)*1.05), 2)
	}
	l := lanes{Frame: f, scale: s}
	at := func(row disclosure.Row, column string) disclosure.Cell {
		if i, found := columns[column]; found {
			return row.Cells[i]
		}
		return disclosure.Cell{State: disclosure.NotApplicable}
	}
	for _, row := range t.Rows() {
		c, aim := at(row, drawn), at(row, Target)
		name := f.headerLabel(row.Header)
		value := f.Writer.Text(at(row, Actual))
		if _, found := columns[Actual]; !found {
			value = f.Writer.Text(c)
		}
		one := lane{name: name, text: value, colour: accent}
		if aim.State == disclosure.Shown {
			one.text = f.Writer.Language.Say("chart.value_of_target", locale.Args{"value": value, "target": f.Writer.Text(aim)})
		}
		spoken := []string{name, one.text}
		if grade, found := grades[row.Code]; found {
			one.text += " · " + grade.Name
			spoken = append(spoken, grade.Name)
			if colour, known := gradeColours[grade.Code]; known {
				one.colour = colour
			}
		}
		if c.State == disclosure.Shown {
			one.parts = []float64{min(c.Value.Float(), s.max)}
		}
		switch {
		case mark == "" && c.State == disclosure.Shown:
			one.mark, one.marked = 1, true
		case mark == Target && aim.State == disclosure.Shown:
			one.mark, one.marked = aim.Value.Float(), true
		}
		one.hints = []*opts.Tooltip{hint(spoken...)}
		l.lanes = append(l.lanes, one)
	}
	return l.chart(f.title(t), f.progressAlt(t, grades))
}

// Coverage shows what was delivered of what was owed.
//
// Rows are areas, forms or organisations; columns are Owed and Delivered and,
// where there is one, Accepted, the part of Delivered that is final.
func (f Frame) Coverage(t disclosure.Table) Chart {
	columns := columnsOf(t)
	owed, known := columns[Owed]
	delivered, given := columns[Delivered]
	if !known || !given || len(t.Rows()) == 0 {
		return f.empty(t)
	}
	accepted, apart := columns[Accepted]
	l := lanes{Frame: f, scale: scale{0, 1, 0.25}}
	for _, row := range t.Rows() {
		name := f.headerLabel(row.Header)
		whole, part := row.Cells[owed], row.Cells[delivered]
		one := lane{name: name, text: f.Writer.Text(part), colour: accent}
		if whole.State == disclosure.Shown && part.State == disclosure.Shown && whole.Value > 0 {
			one.text = f.Writer.Language.Say("chart.of", locale.Args{"part": f.Writer.Text(part), "whole": f.Writer.Text(whole)})
			share := func(c disclosure.Cell) float64 { return min(c.Value.Float()/whole.Value.Float(), 1) }
			one.parts = []float64{share(part)}
			one.hints = []*opts.Tooltip{hint(name, f.headerLabel(t.Columns()[delivered])+": "+one.text)}
			if apart && row.Cells[accepted].State == disclosure.Shown {
				final := share(row.Cells[accepted])
				one.parts = []float64{final, share(part) - final}
				one.hints = []*opts.Tooltip{
					hint(name, f.headerLabel(t.Columns()[accepted])+": "+f.Writer.Text(row.Cells[accepted])),
					one.hints[0],
				}
			}
		}
		l.lanes = append(l.lanes, one)
	}
	if apart {
		l.legend = []string{f.headerLabel(t.Columns()[accepted]), f.Writer.Language.Say("chart.not_accepted", nil), f.Writer.Language.Say("chart.not_delivered", nil)}
	} else {
		l.legend = []string{f.headerLabel(t.Columns()[delivered]), "", f.Writer.Language.Say("chart.not_delivered", nil)}
	}
	return l.chart(f.title(t), f.coverageAlt(t))
}

// lanes are lying bars on a track, each with a text above it that tells all.
type lanes struct {
	Frame
	scale  scale
	lanes  []lane
	legend []string // of the first part, the second, the track
}

type lane struct {
	name, text string
	colour     string
	parts      []float64 // one after the other
	hints      []*opts.Tooltip
	mark       float64
	marked     bool
}

const (
	laneBar  = 14
	laneText = 19 // height of a line of text
	laneGap  = 12 // between the lanes
)

// room is what a name has beside the figures of its lane.
func (l lanes) room(one lane) float64 {
	return float64(l.Size.width()-8) - textWidth(one.text, fontSize)*1.05 - 12
}

func (l lanes) chart(title, alt string) Chart {
	width := l.Size.width()
	p := plot{left: 4, right: 4, bottom: 0}
	// Where a name has no room beside its figures, all have a line of their own.
	lines := 1
	for _, one := range l.lanes {
		if textWidth(one.name, fontSize) > l.room(one) {
			lines = 2
		}
	}
	laneHeight := laneBar + laneGap + lines*laneText
	var names []string
	var first, second, heads, texts, marks []point
	for _, one := range l.lanes {
		name, figures := l.head(one, lines)
		heads, texts = append(heads, name), append(texts, figures)
		names = append(names, one.name)
		nothing := point{BarData: opts.BarData{Value: nothing}}
		parts := [2]point{nothing, nothing}
		for i, value := range one.parts {
			parts[i].Value = value
			parts[i].Tooltip = one.hints[i]
		}
		parts[0].ItemStyle = &opts.ItemStyle{Color: one.colour}
		first, second = append(first, parts[0]), append(second, parts[1])
		mark := nothing
		if one.marked {
			mark.Value = one.mark
		}
		marks = append(marks, mark)
	}
	p.y = []axis{rowsAxis(names, fontSize)}
	p.y[0].AxisLabel.Show = opts.Bool(false)
	p.y[0].AxisLine = hiddenLine()
	p.x = hiddenScale(l.scale)
	stack := func(name, colour string, data []point) series {
		return series{SingleSeries: charts.SingleSeries{
			Name: name, Type: "bar", Stack: "lane", Data: data, BarWidth: pixels(laneBar), ItemStyle: &opts.ItemStyle{Color: colour},
		}, Z: 2}
	}
	legend := append(l.legend, "", "", "")
	p.series = []series{
		stack(legend[0], accent, first),
		stack(legend[1], light, second),
		l.track(legend[2]),
		{SingleSeries: charts.SingleSeries{
			Type: "scatter", Data: marks, Symbol: "rect", SymbolSize: []int{3, laneBar + 6}, ItemStyle: &opts.ItemStyle{Color: ink, Opacity: opts.Float(1)},
		}, Z: 4, Silent: true},
		l.texts(heads),
		l.texts(texts),
	}
	for _, name := range legend {
		if name != "" {
			p.legend = append(p.legend, legendItem{Name: name, Icon: "rect"})
		}
	}
	// A bar stands in the middle of its lane: half of what it needs above it is
	// added on top, and taken away at the foot.
	p.top = legendHeight(p.legend, width) + lines*laneText/2 + 2
	height := p.top + laneHeight*len(l.lanes)
	return finish(p.options(), title, alt, width, height)
}

// track is the ground that a bar runs on, as long as the scale.
func (l lanes) track(name string) series {
	var data []point
	for range l.lanes {
		data = append(data, point{BarData: opts.BarData{Value: l.scale.max}})
	}
	return series{SingleSeries: charts.SingleSeries{
		Name: name, Type: "bar", Data: data, BarWidth: pixels(laneBar), BarGap: "-100%", ItemStyle: &opts.ItemStyle{Color: track},
	}, Z: 1, Silent: true}
}

// texts are data that are nothing but their labels.
func (l lanes) texts(data []point) series {
	return series{SingleSeries: charts.SingleSeries{
		Type: "scatter", Data: data, Symbol: "rect", SymbolSize: 1, ItemStyle: unseen(),
	}, Z: 5, Silent: true}
}

// head returns the texts above a bar: its name at the left, and the figures at the
// right or, in a second line, below the name.
func (l lanes) head(one lane, lines int) (name, figures point) {
	at := func(value float64, text, position string, across, line int) point {
		p := point{BarData: opts.BarData{Value: value}, Label: label(text, position, ink)}
		p.Label.FontSize = fontSize
		p.Label.Offset = []int{across, -laneBar/2 - laneText/2 - laneText*line - 1}
		return p
	}
	if lines == 1 {
		name, figures = at(l.scale.min, one.name, "right", -5, 0), at(l.scale.max, one.text, "left", 5, 0)
	} else {
		name = at(l.scale.min, cut(one.name, fontSize, float64(l.Size.width()-8)), "right", -5, 1)
		figures = at(l.scale.min, one.text, "right", -5, 0)
	}
	figures.Label.FontWeight = "600"
	return name, figures
}
