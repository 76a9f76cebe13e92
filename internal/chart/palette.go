package chart

// One look for all charts. The colours are those of the pages (site.css); each
// has a contrast of at least 3 : 1 on white, and text has 4.5 : 1 (a test holds
// both). The series colours differ in lightness as well as in hue, one after the
// other, so that neighbours can be told apart in grey print and by people who
// see colours differently.
const (
	paper    = "#ffffff"
	ink      = "#17242c"
	inkSoft  = "#4a5b66"
	line     = "#d5dce0" // grid: decoration, not needed to read a figure
	axisLine = "#7b8a93"
	track    = "#e4eaed" // the part of a whole that is not there; labelled
	accent   = "#0b5774"
	light    = "#5b9db8" // of the accent: what is provisional, what is expected
	target   = "#a3480a"
)

var seriesColours = []string{accent, "#c9761c", "#6f3d6b", "#4d9a8c", "#374b58", "#8f9a2e", "#a8261c", "#8795a0"}

// gradeColours are those of the grades on the pages.
var gradeColours = map[string]string{
	"reached":    "#1c6b4a",
	"on_track":   "#5fa564",
	"at_risk":    "#d9930d",
	"off_track":  "#a8261c",
	"not_judged": "#8595a0",
}

// fontFamily is the type of the pages. ECharts writes it into an attribute as it
// is, so that no double quotes may stand in it.
const fontFamily = `system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif`

// fontSize is that of all texts of a chart but the smaller ones, in pixels.
const (
	fontSize  = 13
	smallSize = 12
)
