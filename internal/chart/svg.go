package chart

import (
	"bytes"
	"slices"
	"strings"
)

// replaceHatch puts the name of the picture before its patterns.
func replaceHatch(shapes []byte, id string) []byte {
	return bytes.ReplaceAll(shapes, []byte("url(#HATCH-"), []byte("url(#"+id+"-"))
}

func sortedTones(tones map[tone]bool) []tone {
	var sorted []tone
	for t := range tones {
		sorted = append(sorted, t)
	}
	slices.Sort(sorted)
	return sorted
}

// draw writes the plot in reading order: the unit, the legend, the axes, and the
// series with their marks. What the marks say themselves is not read out twice.
func (p *plot) draw(c *canvas) {
	c.group("", "")
	p.drawNote(c)
	p.drawLegend(c)
	if len(p.names) > 0 {
		p.drawGrid(c)
	}
	p.drawReference(c)
	p.drawSeams(c)
	c.end()
	for i := range p.layers {
		if l := &p.layers[i]; !l.empty() {
			p.drawLayer(c, l)
		}
	}
}

func (p *plot) drawNote(c *canvas) {
	switch {
	case p.note == "":
	case p.noteTop < 0:
		c.write(float64(p.width)/2, float64(p.height)/2, []string{p.note}, anchorMiddle, fontSize, inkSoft, false, false)
	default:
		c.write(0, float64(p.noteTop)+smallSize/2, []string{p.note}, anchorStart, smallSize, inkSoft, false, false)
	}
}

func (p *plot) drawLegend(c *canvas) {
	places, _ := legendPlaces(p.keys, p.width)
	for i, k := range p.keys {
		x, y := places[i][0], places[i][1]+8
		if k.line {
			c.line(x, y, x+legendMark, y, k.look)
			c.symbol(x+legendMark/2, y, k.look)
		} else {
			c.rect(x, y-6, legendMark, 12, k.look)
		}
		c.write(x+legendMark+5, y, []string{k.name}, anchorStart, fontSize, ink, false, false)
	}
}

// drawGrid draws the ticks of the scale, the names of the categories and the line
// that marks stand on.
func (p *plot) drawGrid(c *canvas) {
	right, foot := float64(p.width-p.right), float64(p.height-p.bottom)
	for i, text := range p.ticks {
		_, y := p.at(0, p.scale.min+float64(i)*p.scale.step, 0)
		c.line(float64(p.left), y, right, y, look{stroke: line, width: 1})
		c.write(float64(p.left)-8, y, []string{text}, anchorEnd, smallSize, inkSoft, false, false)
	}
	base := min(max(0, p.scale.min), p.scale.max)
	if p.nameSize > 0 || p.ticks != nil {
		if x, y := p.at(0, base, 0); p.lying {
			c.line(x, float64(p.top), x, foot, look{stroke: axisLine, width: 1})
		} else {
			c.line(float64(p.left), y, right, y, look{stroke: axisLine, width: 1})
		}
	}
	if p.nameSize == 0 {
		return
	}
	for i, name := range p.names {
		x, y := p.at(i, p.scale.min, 0)
		lines := strings.Split(name, "\n")
		if p.lying {
			c.write(x-8, y, lines, anchorEnd, p.nameSize, ink, false, false)
		} else {
			c.write(x, y+9+float64(p.nameSize)/2, lines, anchorMiddle, p.nameSize, ink, false, false)
		}
	}
}

func (p *plot) drawLayer(c *canvas, l *layer) {
	switch {
	case l.silent:
		c.group("", "")
	case l.name == "":
		c.out = append(c.out, "<g>"...)
	default:
		c.group("graphics-object", l.name)
	}
	switch l.shape {
	case lineShape:
		p.drawLine(c, l)
	case areaShape:
		p.drawArea(c, l)
	}
	for i, m := range l.marks {
		if m.drawn || m.label != nil {
			p.drawMark(c, l, i, m)
		}
	}
	c.end()
}

// drawLine connects the figures that follow each other.
func (p *plot) drawLine(c *canvas, l *layer) {
	var points [][2]float64
	flush := func() {
		if len(points) > 1 {
			c.path(points, false, look{stroke: l.look.stroke, width: l.look.width, dash: l.look.dash})
		}
		points = nil
	}
	for i, m := range l.marks {
		switch {
		case m.drawn:
			x, y := p.at(i, m.to, 0)
			points = append(points, [2]float64{x, y})
		case !l.joined:
			flush()
		}
	}
	flush()
}

// drawArea fills what lies between from and to.
func (p *plot) drawArea(c *canvas, l *layer) {
	var upper, lower [][2]float64
	for i, m := range l.marks {
		if m.drawn {
			x, y := p.at(i, m.to, 0)
			upper = append(upper, [2]float64{x, y})
			x, y = p.at(i, m.from, 0)
			lower = append(lower, [2]float64{x, y})
		}
	}
	if len(upper) > 1 {
		slices.Reverse(lower)
		c.path(append(upper, lower...), true, look{fill: l.look.fill, opacity: l.look.opacity})
	}
}

// drawMark draws a bar or a symbol with its label.
func (p *plot) drawMark(c *canvas, l *layer, category int, m mark) {
	named := m.spoken != "" && !l.silent
	if named {
		c.group("graphics-symbol", m.spoken)
	}
	look := l.lookOf(m)
	x, y := p.at(category, m.to, l.offset)
	if m.drawn {
		switch l.shape {
		case barShape:
			p.drawBar(c, l, category, m, look)
		case lineShape, pointShape:
			c.symbol(x, y, look)
		}
	}
	if m.label != nil {
		p.drawLabel(c, l, x, y, m.label, look)
	}
	if named {
		c.end()
	}
}

func (p *plot) drawBar(c *canvas, l *layer, category int, m mark, paint look) {
	x1, y1 := p.at(category, m.from, l.offset)
	x2, y2 := p.at(category, m.to, l.offset)
	if p.lying {
		c.rect(min(x1, x2), y1-l.thickness/2, max(x1, x2)-min(x1, x2), l.thickness, paint)
	} else {
		c.rect(x1-l.thickness/2, min(y1, y2), l.thickness, max(y1, y2)-min(y1, y2), paint)
	}
}

// drawLabel writes the label of a mark beside the point that it stands for.
func (p *plot) drawLabel(c *canvas, l *layer, x, y float64, t *label, paint look) {
	half := 0.0
	if l.shape == lineShape || l.shape == pointShape {
		half = max(paint.size, paint.high) / 2
	}
	a := anchorMiddle
	switch t.side {
	case above:
		y -= half + labelGap + float64(t.size)/2
	case below:
		y += half + labelGap + float64(t.size)/2
	case rightOf:
		x, a = x+half+labelGap, anchorStart
	case leftOf:
		x, a = x-half-labelGap, anchorEnd
	}
	if p.reference != nil && t.side == rightOf && t.text != "" {
		c.rect(x-2, y-float64(t.size)/2-2, textWidth(t.text, float64(t.size))+4, float64(t.size)+4, look{fill: paper})
	}
	c.write(x+t.dx, y+t.dy, []string{t.text}, a, t.size, t.tone, t.bold, t.side != inside || t.halo)
}

// drawReference draws the line across lying bars, with its text above the grid. It
// ends at the line where that stands far to the right, so that it is not cut off.
func (p *plot) drawReference(c *canvas) {
	if p.reference == nil {
		return
	}
	x, _ := p.at(0, p.reference.value, 0)
	c.line(x, float64(p.top), x, float64(p.height-p.bottom), look{stroke: ink, width: 1.5, dash: dashed})
	a := anchorMiddle
	if p.reference.value > p.scale.max*2/3 {
		a = anchorEnd
	}
	c.write(x, float64(p.top)-labelGap-smallSize/2, []string{p.reference.text}, a, smallSize, ink, false, false)
}

// drawSeams draws breaks between categories.
func (p *plot) drawSeams(c *canvas) {
	for _, s := range p.breaks {
		x := float64(p.left) + float64(s.before)*p.step()
		c.line(x, float64(p.top), x, float64(p.height-p.bottom), look{stroke: inkSoft, width: 1.5, dash: dotted})
		a, room := anchorStart, float64(p.width)-x-8
		if room < textWidth(s.text, smallSize) {
			a = anchorEnd
			x -= 10
		}
		c.write(x+5, float64(p.top)-labelGap-smallSize/2, []string{s.text}, a, smallSize, inkSoft, false, true)
	}
}
