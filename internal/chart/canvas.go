package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
)

// canvas takes down the shapes and texts of a picture. It knows no style attributes
// and no scripts, so that the picture may stand in a page with `default-src 'self'`.
type canvas struct {
	out     []byte
	themed  bool   // colours are the page's custom properties
	hatch   string // id of the pattern of what is provisional
	hatches map[tone]bool
}

// SVG returns the chart as an element of a page, in the colours of the page. The
// document, its series and each mark have a role and a name (WAI-ARIA Graphics Module).
func (c Chart) SVG() string { return c.picture(true) }

// Picture returns the chart as a file of its own, in fixed colours.
func (c Chart) Picture() string { return c.picture(false) }

func (c Chart) picture(themed bool) string {
	shapes := canvas{themed: themed, hatch: "HATCH", hatches: map[tone]bool{}, out: make([]byte, 0, 8<<10)}
	c.drawing.draw(&shapes)
	// The ids depend on what is drawn, and nothing that is drawn depends on them but
	// the hatching, whose name is put in afterwards.
	id := c.id(shapes.out)
	w := canvas{themed: themed, out: make([]byte, 0, len(shapes.out)+2<<10)}
	w.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" role="graphics-document" aria-labelledby="%[3]s-t" aria-describedby="%[3]s-d" font-family="%[4]s" font-size="%[5]d">`,
		c.Width, c.Height, id, html.EscapeString(fontFamily), fontSize)
	w.printf(`<title id="%[1]s-t">%[2]s</title><desc id="%[1]s-d">%[3]s</desc>`, id, escape(c.Title), escape(c.Alt))
	w.patterns(id, shapes.hatches)
	if len(shapes.hatches) > 0 {
		shapes.out = replaceHatch(shapes.out, id)
	}
	w.out = append(w.out, shapes.out...)
	return string(append(w.out, "</svg>"...))
}

// patterns defines the hatching of each tone that needs it.
func (c *canvas) patterns(id string, tones map[tone]bool) {
	if len(tones) == 0 {
		return
	}
	c.out = append(c.out, "<defs>"...)
	for _, t := range sortedTones(tones) {
		c.printf(`<pattern id="%s-%s" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="%s"/><path d="M0 0V6" stroke="%s" stroke-width="5"/></pattern>`,
			id, t, c.paint(paper), c.paint(t))
	}
	c.out = append(c.out, "</defs>"...)
}

func (c *canvas) printf(format string, args ...any) { c.out = fmt.Appendf(c.out, format, args...) }

// paint writes a tone.
func (c *canvas) paint(t tone) string {
	switch {
	case t == "":
		return "none"
	case c.themed:
		return t.themed()
	}
	return palette[t]
}

// text writes a text as it is.
func (c *canvas) text(s string) { c.out = append(c.out, escape(s)...) }

// escape makes text of a text, without the signs that XML knows not.
func escape(s string) string {
	clean := make([]rune, 0, len(s))
	for _, r := range s {
		if r == '\t' || r == '\n' || r >= ' ' && r != 0xFFFE && r != 0xFFFF {
			clean = append(clean, r)
		}
	}
	return html.EscapeString(string(clean))
}

// number writes a length with at most one decimal.
func (c *canvas) number(x float64) {
	x = math.Round(x*10) / 10
	if x == 0 {
		x = 0 // no minus before nothing
	}
	c.out = strconv.AppendFloat(c.out, x, 'f', -1, 64)
}

// attribute writes a length.
func (c *canvas) attribute(name string, x float64) {
	c.out = append(append(append(c.out, ' '), name...), `="`...)
	c.number(x)
	c.out = append(c.out, '"')
}

// string writes an attribute of text.
func (c *canvas) string(name, value string) {
	c.out = append(append(append(c.out, ' '), name...), `="`...)
	c.text(value)
	c.out = append(c.out, '"')
}

// group opens a part of the picture with a role and a name; an empty role is for what
// is not read out.
func (c *canvas) group(role, name string) {
	c.out = append(c.out, "<g"...)
	if role == "" {
		c.out = append(c.out, ` aria-hidden="true">`...)
		return
	}
	c.string("role", role)
	c.string("aria-label", name)
	c.out = append(c.out, '>')
}

func (c *canvas) end() { c.out = append(c.out, "</g>"...) }

// open begins an element that a look paints.
func (c *canvas) open(element string) { c.out = append(append(c.out, '<'), element...) }

// close ends it with its paint.
func (c *canvas) close(l look) {
	switch {
	case l.hatched && l.fill != "":
		c.hatches[l.fill] = true
		c.printf(` fill="url(#%s-%s)"`, c.hatch, l.fill)
	default:
		c.string("fill", c.paint(l.fill))
	}
	if l.opacity > 0 {
		c.printf(` fill-opacity="%g"`, l.opacity)
	}
	if l.stroke != "" {
		c.string("stroke", c.paint(l.stroke))
		c.attribute("stroke-width", l.width)
		if l.dash != solid {
			c.string("stroke-dasharray", l.dash.pattern())
		}
	}
	c.out = append(c.out, "/>"...)
}

func (c *canvas) rect(x, y, width, height float64, l look) {
	c.open("rect")
	c.attribute("x", x)
	c.attribute("y", y)
	c.attribute("width", width)
	c.attribute("height", height)
	c.close(l)
}

// line is a straight line.
func (c *canvas) line(x1, y1, x2, y2 float64, l look) {
	c.open(`path d="M`)
	c.point(x1, y1)
	c.out = append(c.out, 'L')
	c.point(x2, y2)
	c.out = append(c.out, '"')
	c.close(look{stroke: l.stroke, width: l.width, dash: l.dash})
}

func (c *canvas) point(x, y float64) {
	c.number(x)
	c.out = append(c.out, ' ')
	c.number(y)
}

// path draws through points; a closed one is filled.
func (c *canvas) path(points [][2]float64, closed bool, l look) {
	c.open(`path d="`)
	for i, at := range points {
		c.out = append(c.out, "ML"[min(i, 1)])
		c.point(at[0], at[1])
	}
	if closed {
		c.out = append(c.out, 'Z')
	}
	c.out = append(c.out, '"')
	c.close(l)
}

// symbol draws the symbol of a look around a point. A symbol of one colour has no edge.
func (c *canvas) symbol(x, y float64, l look) {
	if l.dash = solid; l.stroke == l.fill {
		l.stroke = ""
	}
	half, high := l.size/2, l.high/2
	if l.high == 0 {
		high = half
	}
	switch l.symbol {
	case circle:
		c.open("circle")
		c.attribute("cx", x)
		c.attribute("cy", y)
		c.attribute("r", half)
		c.close(l)
	case diamond:
		c.path([][2]float64{{x, y - high}, {x + half, y}, {x, y + high}, {x - half, y}}, true, l)
	case box:
		c.rect(x-half, y-high, 2*half, 2*high, l)
	}
}

// anchor says on which side of its place a text stands.
type anchor string

const (
	anchorStart  anchor = "start"
	anchorMiddle anchor = "middle"
	anchorEnd    anchor = "end"
)

// lineHeight is that of wrapped names.
func lineHeight(size int) float64 { return float64(size + 3) }

// write sets lines of text around a height. A halo of paper keeps it legible over
// lines.
func (c *canvas) write(x, y float64, lines []string, a anchor, size int, t tone, bold, halo bool) {
	// A letter stands about a third of its size below its middle.
	y += float64(size)*0.35 - float64(len(lines)-1)*lineHeight(size)/2
	for i, text := range lines {
		c.open("text")
		c.attribute("x", x)
		c.attribute("y", y+float64(i)*lineHeight(size))
		if a != anchorStart {
			c.string("text-anchor", string(a))
		}
		if size != fontSize {
			c.printf(` font-size="%d"`, size)
		}
		if bold {
			c.string("font-weight", "600")
		}
		c.string("fill", c.paint(t))
		if halo {
			c.printf(` stroke="%s" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`, c.paint(paper))
		}
		c.out = append(c.out, '>')
		c.text(text)
		c.out = append(c.out, "</text>"...)
	}
}
