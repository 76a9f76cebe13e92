package chart

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"kipmonitor/internal/disclosure"
)

// What go-echarts' types lack of ECharts' options stands in the structs below,
// beside what they have.

// point is one datum of a series, with its own look, label and tooltip.
type point struct {
	opts.BarData
	Label      *caption `json:"label,omitempty"`
	Symbol     string   `json:"symbol,omitempty"`
	SymbolSize any      `json:"symbolSize,omitempty"`
}

// caption is the text at a datum.
type caption struct {
	opts.Label
	Offset []int `json:"offset,omitempty"`
}

// nothing is how ECharts is told of a datum without a value: a gap.
const nothing = "-"

type series struct {
	charts.SingleSeries
	MarkLine *markLine `json:"markLine,omitempty"`
	Z        int       `json:"z,omitempty"`
	Silent   bool      `json:"silent,omitempty"`
}

type markLine struct {
	opts.MarkLines
	Z      int  `json:"z"`
	Silent bool `json:"silent"`
}

type axis struct {
	opts.XAxis
	BoundaryGap types.Bool `json:"boundaryGap,omitempty"`
	AxisLabel   *axisLabel `json:"axisLabel,omitempty"`
	Z           int        `json:"z,omitempty"`
}

type axisLabel struct {
	opts.AxisLabel
	LineHeight int   `json:"lineHeight,omitempty"`
	Padding    []int `json:"padding,omitempty"`
}

type tooltip struct {
	opts.Tooltip
	// Text that is drawn instead of HTML: an HTML tooltip sets style attributes,
	// which the content security policy of the pages forbids.
	RenderMode string          `json:"renderMode"`
	Confine    bool            `json:"confine"`
	TextStyle  *opts.TextStyle `json:"textStyle,omitempty"`
}

type legendItem struct {
	Name      string          `json:"name"`
	Icon      string          `json:"icon,omitempty"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
}

// dashes is the mark of a dashed line in a legend.
const dashes = "path://M0 5h7v2.4H0ZM9.5 5h7v2.4H9.5ZM19 5h7v2.4H19Z"

// plot is what the kinds of charts fill in.
type plot struct {
	top, right, bottom, left int // of the grid, in pixels
	x, y                     []axis
	series                   []series
	legend                   []legendItem
	note                     opts.Title // the unit at the top, or that there is nothing to show
}

// options puts the options of a plot together, by way of go-echarts.
func (p plot) options() map[string]any {
	p.series = slices.DeleteFunc(p.series, func(s series) bool { return s.Name == "" && isEmpty(s.Data) })
	base := charts.NewBar()
	base.SetGlobalOptions(
		charts.WithAnimation(false),
		charts.WithTitleOpts(p.note),
		charts.WithLegendOpts(opts.Legend{
			Show: opts.Bool(len(p.legend) > 0), Left: "0", Top: "0", Padding: 0, ItemWidth: legendMark, ItemHeight: 12, Data: p.legend,
			// Hiding a series by a click would leave a picture that says less than
			// its description.
			SelectedMode: "false",
			TextStyle:    &opts.TextStyle{Color: ink, FontSize: fontSize},
		}),
		charts.WithGridOpts(opts.Grid{Top: pixels(p.top), Right: pixels(p.right), Bottom: pixels(p.bottom), Left: pixels(p.left)}),
	)
	options := base.JSON()
	delete(options, "toolbox")
	options["xAxis"], options["yAxis"], options["series"] = p.x, p.y, p.series
	options["color"] = seriesColours
	options["textStyle"] = opts.TextStyle{FontFamily: fontFamily, FontSize: fontSize, Color: ink}
	options["tooltip"] = tooltip{
		Tooltip:    opts.Tooltip{Show: opts.Bool(true), Trigger: "item", BorderColor: axisLine, BackgroundColor: paper},
		RenderMode: "richText", Confine: true,
		TextStyle: &opts.TextStyle{Color: ink, FontSize: fontSize},
	}
	legend := options["legend"].(opts.Legend)
	legend.SelectedMode = ""
	options["grid"] = struct {
		opts.Grid
		// The room for labels is worked out here; ECharts need not do it again.
		OuterBoundsMode string `json:"outerBoundsMode"`
	}{base.GridList[0], "none"}
	options["legend"] = struct {
		opts.Legend
		SelectedMode bool `json:"selectedMode"`
		ItemGap      int  `json:"itemGap"`
	}{legend, false, legendGap}
	return options
}

// isEmpty reports whether there is nothing to draw of a series.
func isEmpty(data any) bool {
	points, ok := data.([]point)
	return ok && !slices.ContainsFunc(points, func(p point) bool { return p.Value != nothing })
}

func pixels(n int) string { return strconv.Itoa(n) }

// Sizes within a legend, from which its height is worked out.
const (
	legendMark = 26
	legendGap  = 12
	legendLine = 26
)

// legendHeight returns how high the legend gets at a width: ECharts breaks it
// into lines where it does not fit.
func legendHeight(items []legendItem, width int) int {
	if len(items) == 0 {
		return 0
	}
	height, x := legendLine, 0.0
	for _, item := range items {
		wide := legendMark + 5 + textWidth(item.Name, fontSize)
		if x > 0 && x+wide > float64(width) {
			height, x = height+legendLine, 0
		}
		x += wide + legendGap
	}
	return height
}

// note is a small text at the top left of the drawing area: the unit.
func note(text string, top int) opts.Title {
	return opts.Title{
		// A title stands five pixels inside of its place.
		Title: text, Left: "-5", Top: pixels(top - 5),
		TitleStyle: &opts.TextStyle{Color: inkSoft, FontSize: smallSize, FontWeight: "normal"},
	}
}

// hint is the tooltip of a datum.
func hint(lines ...string) *opts.Tooltip {
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	return &opts.Tooltip{Formatter: types.FuncStr(plain(strings.Join(lines, "\n")))}
}

// label is the text at a datum.
func label(text, position, colour string) *caption {
	return &caption{Label: opts.Label{Show: opts.Bool(true), Formatter: plain(text), Position: position, Color: colour, FontSize: smallSize}}
}

// plain takes the braces out of a text that ECharts would read as placeholders
// and styles.
func plain(text string) string { return strings.NewReplacer("{", "(", "}", ")").Replace(text) }

// empty is the chart of a table without a single figure.
func (f Frame) empty(t disclosure.Table) Chart {
	text := f.Writer.Language.Say("chart.empty", nil)
	p := plot{note: opts.Title{
		Title: text, Left: "center", Top: "middle",
		TitleStyle: &opts.TextStyle{Color: inkSoft, FontSize: fontSize, FontWeight: "normal"},
	}}
	title := f.title(t)
	return finish(p.options(), title, title+": "+text, f.Size.width(), 96)
}
