// Package chart draws protected tables. Its functions turn a disclosure.Table
// into the options of an ECharts chart with an alternative text, and a Renderer
// draws the options as an SVG on the server, with the same ECharts that makes
// the chart interactive in the browser:
//
//	frame := chart.Frame{Writer: table.NewWriter(p, locale.German), Size: chart.Wide}
//	trend := frame.Trend(years)
//	svg, err := renderer.SVG(ctx, trend)
//
// Colours, type and spacing are the same in all charts (palette.go). Nothing is
// told by colour alone, and a figure that is hidden or missing is never drawn as
// a zero.
package chart

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

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
	// Options are ECharts options as JSON: data and nothing that can be executed.
	// <, > and & are escaped, so that they may stand in a script element of the
	// type application/json. They hold text of the house alone.
	Options []byte
	// Title is the title of the table, Alt what the chart shows, in sentences.
	Title, Alt    string
	Width, Height int
	// Hash names the chart: the same hash, the same picture.
	Hash string
}

// finish makes a chart of its options.
func finish(options any, title, alt string, width, height int) Chart {
	encoded, err := json.Marshal(options)
	if err != nil {
		// Options are strings, finite numbers and structs of them.
		panic(fmt.Sprintf("chart: options of %q: %v", title, err))
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%d %d %q %q ", width, height, title, alt)
	hash.Write(encoded)
	return Chart{
		Options: encoded, Title: title, Alt: alt, Width: width, Height: height,
		Hash: hex.EncodeToString(hash.Sum(nil)[:16]),
	}
}
