package chart

import (
	"math"
	"strconv"
)

// tone names a colour by what it is for. In a page it is a custom property of the
// stylesheet, so that dark mode, high contrast and print have a palette of their own;
// in a picture of its own it is the colour below.
type tone string

// The tones. Each has a contrast of at least 3 : 1 on paper, and text has 4.5 : 1 (a
// test holds both).
const (
	paper    tone = "paper"
	ink      tone = "ink"
	inkSoft  tone = "ink-soft"
	line     tone = "line"      // grid: decoration, not needed to read a figure
	axisLine tone = "axis-line" // what bars stand on
	track    tone = "track"     // the part of a whole that is not there; labelled
	accent   tone = "accent"
	light    tone = "light" // of the accent: what is provisional, what is expected
	target   tone = "target"
	onDark   tone = "on-dark" // text on a dark and on a light colour
	onLight  tone = "on-light"
)

// seriesTones differ in lightness as well as in hue, one after the other, so that
// neighbours can be told apart in grey print and by people who see colours
// differently.
var seriesTones = []tone{accent, "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8"}

// gradeTones are those of the grades on the pages, by their codes.
var gradeTones = map[string]tone{
	"reached":    "reached",
	"on_track":   "on-track",
	"at_risk":    "at-risk",
	"off_track":  "off-track",
	"not_judged": "not-judged",
}

// palette is the look on white paper. site.css holds the same colours for the pages,
// and others for dark screens (a test compares the two).
var palette = map[tone]string{
	paper: "#ffffff", ink: "#17242c", inkSoft: "#4a5b66", line: "#d5dce0", axisLine: "#7b8a93", track: "#e4eaed",
	accent: "#0b5774", light: "#5b9db8", target: "#a3480a", onDark: "#ffffff", onLight: "#17242c",
	"series-2": "#c9761c", "series-3": "#6f3d6b", "series-4": "#4d9a8c", "series-5": "#374b58",
	"series-6": "#8f9a2e", "series-7": "#a8261c", "series-8": "#8795a0",
	"reached": "#1c6b4a", "on-track": "#5fa564", "at-risk": "#d9930d", "off-track": "#a8261c", "not-judged": "#8595a0",
}

// onTone is the colour of text that can be read on a tone.
func onTone(t tone) tone {
	if contrast(palette[onDark], palette[t]) >= 4.5 {
		return onDark
	}
	return onLight
}

// themed is how a page writes a tone.
func (t tone) themed() string { return "var(--chart-" + string(t) + ")" }

// token is how options write a tone: the script of the page puts the colour of the
// page in its place.
func (t tone) token() string { return "--chart-" + string(t) }

// fontFamily is the type of the pages.
const fontFamily = `system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif`

// fontSize is that of all texts of a chart but the smaller ones, in pixels.
const (
	fontSize  = 13
	smallSize = 12
)

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(a, b string) float64 {
	lighter, darker := max(luminance(a), luminance(b)), min(luminance(a), luminance(b))
	return (lighter + 0.05) / (darker + 0.05)
}

func luminance(colour string) float64 {
	channel := func(from int) float64 {
		value, err := strconv.ParseUint(colour[from:from+2], 16, 8)
		if err != nil {
			return 0
		}
		share := float64(value) / 255
		if share <= 0.04045 {
			return share / 12.92
		}
		return math.Pow((share+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(1) + 0.7152*channel(3) + 0.0722*channel(5)
}
