package chart

import (
	"slices"

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
	drawn, marked := Actual, Target
	if _, found := columns[Attainment]; found {
		drawn, marked = Attainment, ""
	}
	unit, values := unitAndValues(t, drawn, marked)
	if len(values) == 0 && len(t.Rows()) == 0 {
		return f.empty(f.title(t))
	}
	if marked == "" {
		values = append(values, 1)
	}
	s := newScale(append(values, 0), true, unit)
	if marked == "" {
		// Some room beyond the whole, and no more than needed.
		s.max = min(max(1.2, slices.Max(values)*1.05), 2)
	}
	ls := lanes{Frame: f, scale: s}
	at := func(row disclosure.Row, column string) disclosure.Cell {
		if i, found := columns[column]; found {
			return row.Cells[i]
		}
		return disclosure.Cell{State: disclosure.NotApplicable}
	}
	for _, row := range t.Rows() {
		c, aim := at(row, drawn), at(row, Target)
		value := f.Writer.Text(at(row, Actual))
		if _, found := columns[Actual]; !found {
			value = f.Writer.Text(c)
		}
		l := lane{name: f.headerLabel(row.Header), text: value, fill: accent}
		if aim.State == disclosure.Shown {
			l.text = f.Writer.Language.Say("chart.value_of_target", locale.Args{"value": value, "target": f.Writer.Text(aim)})
		}
		l.spoken = []string{spoken(l.name, l.text)}
		if grade, found := grades[row.Code]; found {
			l.spoken[0] = spoken(l.spoken[0], grade.Name)
			l.text += " · " + grade.Name
			if t, known := gradeTones[grade.Code]; known {
				l.fill = t
			}
		}
		if c.State == disclosure.Shown {
			l.parts = []float64{min(c.Value.Float(), s.max)}
			l.provisional = c.Provisional
		}
		switch {
		case marked == "" && c.State == disclosure.Shown:
			l.mark, l.marked = 1, true
		case marked == Target && aim.State == disclosure.Shown:
			l.mark, l.marked = aim.Value.Float(), true
		}
		ls.lanes = append(ls.lanes, l)
	}
	return ls.chart(f.title(t), f.progressAlt(t, grades))
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
		return f.empty(f.title(t))
	}
	accepted, apart := columns[Accepted]
	ls := lanes{Frame: f, scale: scale{0, 1, 0.25}}
	for _, row := range t.Rows() {
		whole, part := row.Cells[owed], row.Cells[delivered]
		l := lane{name: f.headerLabel(row.Header), text: f.Writer.Text(part), fill: accent}
		if whole.State == disclosure.Shown && part.State == disclosure.Shown && whole.Value > 0 {
			l.text = f.Writer.Language.Say("chart.of", locale.Args{"part": f.Writer.Text(part), "whole": f.Writer.Text(whole)})
			share := func(c disclosure.Cell) float64 { return min(c.Value.Float()/whole.Value.Float(), 1) }
			l.parts = []float64{share(part)}
			l.spoken = []string{spoken(l.name, f.headerLabel(t.Columns()[delivered])+": "+l.text)}
			if apart && row.Cells[accepted].State == disclosure.Shown {
				l.parts = []float64{share(row.Cells[accepted]), share(part)}
				l.spoken = []string{spoken(l.name, f.headerLabel(t.Columns()[accepted])+": "+f.Writer.Text(row.Cells[accepted])), l.spoken[0]}
			}
		} else {
			l.spoken = []string{spoken(l.name, l.text)}
		}
		ls.lanes = append(ls.lanes, l)
	}
	ls.legend = [3]string{f.headerLabel(t.Columns()[delivered]), "", f.Writer.Language.Say("chart.not_delivered", nil)}
	if apart {
		ls.legend[0], ls.legend[1] = f.headerLabel(t.Columns()[accepted]), f.Writer.Language.Say("chart.not_accepted", nil)
	}
	return ls.chart(f.title(t), f.coverageAlt(t))
}

// lanes are lying bars on a track, each with a text above it that tells all.
type lanes struct {
	Frame
	scale  scale
	lanes  []lane
	legend [3]string // of the first part, the second, the track
}

type lane struct {
	name, text  string
	fill        tone
	provisional bool
	parts       []float64 // where the first and the second end
	spoken      []string  // of the parts
	mark        float64
	marked      bool
}

const (
	laneBar  = 14
	laneText = 19 // height of a line of text
	laneGap  = 12 // between the lanes
)

// room is what a name has beside the figures of its lane.
func (ls lanes) room(l lane) float64 {
	return float64(ls.Size.width()-8) - textWidth(l.text, fontSize)*1.05 - 12
}

func (ls lanes) chart(title, alt string) Chart {
	p := &plot{width: ls.Size.width(), lying: true, left: 4, right: 4, scale: ls.scale}
	// Where a name has no room beside its figures, all have a line of their own.
	lines := 1
	for _, l := range ls.lanes {
		if textWidth(l.name, fontSize) > ls.room(l) {
			lines = 2
		}
	}
	ground := layer{shape: barShape, name: ls.legend[2], look: look{fill: track}, thickness: laneBar, silent: true}
	first := layer{shape: barShape, name: ls.legend[0], look: look{fill: accent}, thickness: laneBar, stack: "lane"}
	second := layer{shape: barShape, name: ls.legend[1], look: look{fill: light}, thickness: laneBar, stack: "lane"}
	aims := layer{shape: pointShape, look: look{fill: ink, stroke: paper, width: 1, symbol: box, size: 5, high: laneBar + 8}, silent: true}
	heads := layer{shape: textShape, silent: true}
	figures := layer{shape: textShape, silent: true}
	for _, l := range ls.lanes {
		p.names = append(p.names, l.name)
		ground.marks = append(ground.marks, mark{drawn: true, to: ls.scale.max})
		parts := [2]mark{}
		for i, end := range l.parts {
			parts[i] = mark{drawn: true, to: end, spoken: l.spoken[i]}
		}
		parts[1].from = parts[0].to
		switch {
		case len(l.parts) == 0:
			parts[0] = mark{spoken: l.spoken[0], label: newLabel("", rightOf, ink)}
		case l.provisional:
			parts[0].look = provisional(l.fill)
		default:
			parts[0].look = &look{fill: l.fill}
		}
		first.marks, second.marks = append(first.marks, parts[0]), append(second.marks, parts[1])
		aims.marks = append(aims.marks, mark{drawn: l.marked, to: l.mark})
		name, text := ls.head(l, lines)
		heads.marks, figures.marks = append(heads.marks, name), append(figures.marks, text)
	}
	p.layers = []layer{ground, first, second, aims, heads, figures}
	for i, fill := range []tone{accent, light, track} {
		if ls.legend[i] != "" {
			p.keys = append(p.keys, key{name: ls.legend[i], look: look{fill: fill}})
		}
	}
	// A bar stands in the middle of its lane: half of what it needs above it is
	// added on top, and taken away at the foot.
	p.top = legendHeight(p.keys, p.width) + lines*laneText/2 + 2
	p.height = p.top + (laneBar+laneGap+lines*laneText)*len(ls.lanes)
	return p.finish(title, alt)
}

// head returns the texts above a bar: its name at the left, and the figures at the
// right or, in a second line, below the name.
func (ls lanes) head(l lane, lines int) (name, figures mark) {
	at := func(value float64, text string, s side, across float64, line int) mark {
		t := newLabel(text, s, ink)
		t.size, t.dx, t.dy = fontSize, across, float64(-laneBar/2-laneText/2-laneText*line-1)
		return mark{to: value, label: t}
	}
	if lines == 1 {
		name, figures = at(ls.scale.min, l.name, rightOf, -labelGap, 0), at(ls.scale.max, l.text, leftOf, labelGap, 0)
	} else {
		name = at(ls.scale.min, cut(l.name, fontSize, float64(ls.Size.width()-8)), rightOf, -labelGap, 1)
		figures = at(ls.scale.min, l.text, rightOf, -labelGap, 0)
	}
	figures.label.bold = true
	return name, figures
}
