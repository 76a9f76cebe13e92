package chart

import (
	"slices"
	"strings"
)

// plot describes a chart on a grid: categories along one side, values along the
// other, and layers of marks from the back to the front. Both pictures are written
// from it, the still one (svg.go) and the options of the interactive one (options.go).
// All lengths are pixels.
type plot struct {
	width, height            int
	top, right, bottom, left int  // what surrounds the grid
	lying                    bool // categories run down the page, values to the right
	names                    []string
	nameSize                 int // type size of the names; 0 leaves them out
	scale                    scale
	ticks                    []string // labels of the scale; nil where figures stand beside the marks
	layers                   []layer
	keys                     []key // the legend
	note                     string
	noteTop                  int
	reference                *reference
	breaks                   []seam
}

// layer is one series: a mark for each category.
type layer struct {
	shape  shape
	name   string // of the series; "" for one that has none
	look   look
	joined bool // a line or an area leaps over categories without a figure
	marks  []mark

	thickness float64 // of bars
	offset    float64 // of the middle of a bar from the middle of its category
	stack     string  // bars with the same stack stand on each other
	silent    bool    // is read with another layer: has no name of its own
}

// shape is how a layer is drawn.
type shape uint8

const (
	lineShape  shape = iota
	areaShape        // between from and to
	barShape         // from from to to
	pointShape       // a symbol at to
	textShape        // nothing but the label
)

// look is the paint of a layer or of a mark.
type look struct {
	fill, stroke tone
	width        float64 // of the stroke
	dash         dash
	opacity      float64 // of the fill; 0 means whole
	hatched      bool    // provisional
	symbol       symbol
	size, high   float64 // of the symbol; high 0 means as high as wide
}

type dash uint8

const (
	solid dash = iota
	dashed
	dotted
)

// pattern is the length of strokes and gaps as SVG writes it.
func (d dash) pattern() string { return [...]string{"", "7 4", "2 4"}[d] }

// name is the pattern as ECharts knows it.
func (d dash) name() string { return [...]string{"solid", "dashed", "dotted"}[d] }

type symbol uint8

const (
	noSymbol symbol = iota
	circle
	diamond
	box
)

// mark is what stands at one category.
type mark struct {
	drawn    bool // there is a figure; else the label alone is written
	from, to float64
	look     *look  // where it differs from that of its layer
	label    *label // nil for none
	spoken   string // what the mark says to those who hear the page, and in a tooltip
}

// side is where a label stands.
type side uint8

const (
	above side = iota
	below
	rightOf
	leftOf
	inside
)

// label is the text at a mark.
type label struct {
	text   string
	side   side
	tone   tone
	size   int
	bold   bool
	halo   bool // over what is drawn, which an inner label else stands on
	dx, dy float64
}

func newLabel(text string, s side, t tone) *label {
	return &label{text: text, side: s, tone: t, size: smallSize}
}

// key is an entry of the legend.
type key struct {
	name string
	look look
	line bool // drawn as a piece of line, else as a box
}

// reference is a line across all categories at a value, with its text at the top.
type reference struct {
	value float64
	text  string
}

// seam is a break between a category and the one before it: figures on its two sides
// cannot be compared.
type seam struct {
	before int // the first category behind it
	text   string
}

// labelGap is the room between a mark and its label.
const labelGap = 5

func (p *plot) wide() float64 { return float64(p.width - p.left - p.right) }
func (p *plot) high() float64 { return float64(p.height - p.top - p.bottom) }

// step is the room of a category.
func (p *plot) step() float64 {
	if p.lying {
		return p.high() / float64(max(len(p.names), 1))
	}
	return p.wide() / float64(max(len(p.names), 1))
}

// at returns the point of a value at a category, moved by an offset along the
// categories.
func (p *plot) at(category int, value, offset float64) (x, y float64) {
	middle := (float64(category)+0.5)*p.step() + offset
	share := (value - p.scale.min) / (p.scale.max - p.scale.min)
	if p.lying {
		return float64(p.left) + share*p.wide(), float64(p.top) + middle
	}
	return float64(p.left) + middle, float64(p.top) + (1-share)*p.high()
}

// lookOf is the paint of a mark.
func (l *layer) lookOf(m mark) look {
	if m.look != nil {
		return *m.look
	}
	return l.look
}

// empty reports whether nothing of a layer is to be seen.
func (l *layer) empty() bool {
	return !slices.ContainsFunc(l.marks, func(m mark) bool { return m.drawn || m.label != nil })
}

// spoken joins what is told of a mark.
func spoken(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// Sizes within a legend, from which its height is worked out.
const (
	legendMark = 26
	legendGap  = 12
	legendLine = 26
)

// legendPlaces returns where the entries of a legend begin at a width, and its height:
// what does not fit into a line goes to the next one.
func legendPlaces(keys []key, width int) (places [][2]float64, height int) {
	if len(keys) == 0 {
		return nil, 0
	}
	height = legendLine
	x := 0.0
	for _, k := range keys {
		room := legendMark + 5 + textWidth(k.name, fontSize)
		if x > 0 && x+room > float64(width) {
			height, x = height+legendLine, 0
		}
		places = append(places, [2]float64{x, float64(height - legendLine)})
		x += room + legendGap
	}
	return places, height
}

func legendHeight(keys []key, width int) int {
	_, height := legendPlaces(keys, width)
	return height
}
