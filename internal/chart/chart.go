// Package chart draws protected tables. Its functions turn a disclosure.Table into a
// description of a chart with an alternative text; from the description come the
// picture that stands in a page, prints and is exported, and the ECharts options from
// which a script makes it interactive:
//
//	frame := chart.Frame{Writer: table.NewWriter(p, locale.German), Size: chart.Wide}
//	trend := frame.Trend(years)
//	page := trend.SVG()        // colours of the page
//	file := trend.Picture()    // colours of its own
//	live := trend.Options()    // the same, for ECharts
//
// Colours, type and spacing are the same in all charts (palette.go). Nothing is
// told by colour alone, and a figure that is hidden or missing is never drawn as
// a zero.
package chart

import (
	"crypto/sha256"
	"encoding/hex"

	"kipmonitor/internal/table"
)

// Size is the width that a chart is drawn for. Its height follows from what it
// shows.
type Size uint8

// The sizes.
const (
	Wide   Size = iota // 640 pixels: half a wide screen, a sheet of paper
	Narrow             // 360 pixels: a phone
)

func (s Size) width() int {
	if s == Narrow {
		return 360
	}
	return 640
}

// Frame is what a chart is drawn into: a language with its way of writing
// numbers, and a size.
type Frame struct {
	Writer table.Writer
	Size   Size
}

// Chart is a chart that can be drawn.
type Chart struct {
	// Title is the title of the table, Alt what the chart shows, in sentences.
	Title, Alt string
	// Width and Height are pixels.
	Width, Height int

	drawing drawing
}

// drawing is what a chart is drawn from.
type drawing interface {
	// draw writes the shapes and texts.
	draw(c *canvas)
	// options are ECharts options: strings, finite numbers and structs of them; nil
	// where the picture is all there is.
	options() any
}

// finish makes a chart of its description.
func (p *plot) finish(title, alt string) Chart {
	return Chart{Title: title, Alt: alt, Width: p.width, Height: p.height, drawing: p}
}

// id names the elements of a picture, so that no two charts of a page share a name.
func (c Chart) id(picture []byte) string {
	hash := sha256.Sum256(append([]byte(c.Title+"\x00"+c.Alt), picture...))
	return "c" + hex.EncodeToString(hash[:5])
}

// empty is the chart of a table without a single figure.
func (f Frame) empty(title string) Chart {
	text := f.Writer.Language.Say("chart.empty", nil)
	p := &plot{width: f.Size.width(), height: 96, note: text, noteTop: -1}
	return p.finish(title, title+": "+text)
}
