package chart

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// Options are ECharts options as JSON, of what the picture shows: data and nothing
// that can be executed. <, > and & are escaped, so that they may stand in a script
// element of the type application/json. A colour is the name of a custom property of
// the page, whose value the script of the page puts in its place. Nil says that the
// picture is all there is.
func (c Chart) Options() []byte {
	options := c.drawing.options()
	if options == nil {
		return nil
	}
	encoded, err := json.Marshal(options)
	if err != nil {
		// Options are strings, finite numbers and structs of them.
		panic("chart: options of " + strconv.Quote(c.Title) + ": " + err.Error())
	}
	return encoded
}

// What go-echarts' types lack of ECharts' options stands in the structs below,
// beside what they have.

// point is one datum of a series, with its own look, label and tooltip.
type point struct {
	opts.BarData
	Label      *caption   `json:"label,omitempty"`
	ItemStyle  *itemStyle `json:"itemStyle,omitempty"`
	Symbol     string     `json:"symbol,omitempty"`
	SymbolSize any        `json:"symbolSize,omitempty"`
}

// caption is the text at a datum.
type caption struct {
	opts.Label
	Offset []float64 `json:"offset,omitempty"`
}

type itemStyle struct {
	opts.ItemStyle
	Decal *decal `json:"decal,omitempty"`
}

// decal is the hatching of what is provisional.
type decal struct {
	Symbol   string  `json:"symbol"`
	DashX    []int   `json:"dashArrayX"`
	DashY    []int   `json:"dashArrayY"`
	Rotation float64 `json:"rotation"`
	Color    string  `json:"color"`
}

// nothing is how ECharts is told of a datum without a value: a gap.
const nothing = "-"

type series struct {
	charts.SingleSeries
	ItemStyle *itemStyle `json:"itemStyle,omitempty"`
	MarkLine  *markLine  `json:"markLine,omitempty"`
	Z         int        `json:"z,omitempty"`
	Silent    bool       `json:"silent,omitempty"`
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
	LineHeight int `json:"lineHeight,omitempty"`
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

// options puts the options of a plot together, by way of go-echarts.
func (p *plot) options() any {
	base := charts.NewBar()
	base.SetGlobalOptions(
		charts.WithAnimation(false),
		charts.WithTitleOpts(p.noteOptions()),
		charts.WithLegendOpts(opts.Legend{
			Show: opts.Bool(len(p.keys) > 0), Left: "0", Top: "0", Padding: 0, ItemWidth: legendMark, ItemHeight: 12, Data: p.legendOptions(),
			TextStyle: &opts.TextStyle{Color: ink.token(), FontSize: fontSize},
		}),
		charts.WithGridOpts(opts.Grid{Top: strconv.Itoa(p.top), Right: strconv.Itoa(p.right), Bottom: strconv.Itoa(p.bottom), Left: strconv.Itoa(p.left)}),
	)
	options := base.JSON()
	delete(options, "toolbox")
	values, categories := p.valueAxes(), []axis{p.categoryAxis()}
	if len(p.breaks) > 0 {
		categories = append(categories, axis{XAxis: opts.XAxis{Type: "value", Show: opts.Bool(false), Min: 0, Max: len(p.names)}})
	}
	if p.lying {
		options["xAxis"], options["yAxis"] = values, categories
	} else {
		options["xAxis"], options["yAxis"] = categories, values
	}
	options["series"] = p.seriesOptions()
	options["textStyle"] = opts.TextStyle{FontFamily: fontFamily, FontSize: fontSize, Color: ink.token()}
	options["tooltip"] = tooltip{
		Tooltip:    opts.Tooltip{Show: opts.Bool(true), Trigger: "item", BorderColor: axisLine.token(), BackgroundColor: paper.token()},
		RenderMode: "richText", Confine: true,
		TextStyle: &opts.TextStyle{Color: ink.token(), FontSize: fontSize},
	}
	options["grid"] = struct {
		opts.Grid
		// The room for labels is worked out here; ECharts need not do it again.
		OuterBoundsMode string `json:"outerBoundsMode"`
	}{base.GridList[0], "none"}
	options["legend"] = struct {
		opts.Legend
		// Hiding a series by a click would leave a picture that says less than its
		// description.
		SelectedMode bool `json:"selectedMode"`
		ItemGap      int  `json:"itemGap"`
	}{options["legend"].(opts.Legend), false, legendGap}
	return options
}

// noteOptions is a small text at the top left of the drawing area, or that there is
// nothing to show, in its middle.
func (p *plot) noteOptions() opts.Title {
	if p.noteTop < 0 {
		return opts.Title{Title: p.note, Left: "center", Top: "middle",
			TitleStyle: &opts.TextStyle{Color: inkSoft.token(), FontSize: fontSize, FontWeight: "normal"}}
	}
	// A title stands five pixels inside of its place.
	return opts.Title{Title: p.note, Left: "-5", Top: strconv.Itoa(p.noteTop - 5),
		TitleStyle: &opts.TextStyle{Color: inkSoft.token(), FontSize: smallSize, FontWeight: "normal"}}
}

func (p *plot) legendOptions() []legendItem {
	var items []legendItem
	for _, k := range p.keys {
		item := legendItem{Name: k.name, Icon: "rect", ItemStyle: &opts.ItemStyle{Color: k.look.fill.token()}}
		if k.look.opacity > 0 {
			item.ItemStyle.Opacity = opts.Float(float32(k.look.opacity))
		}
		if k.line {
			item.Icon, item.ItemStyle = "", nil
			if k.look.dash == dashed {
				item.Icon, item.ItemStyle = dashes, &opts.ItemStyle{Color: k.look.stroke.token()}
			}
		}
		items = append(items, item)
	}
	return items
}

// valueAxes returns the axis that places the values and, where it has ticks, one of
// categories whose labels and lines stand at them. ECharts writes numbers the Swiss way
// only with the help of a function, and functions cannot travel in our options.
func (p *plot) valueAxes() []axis {
	axes := []axis{{
		XAxis:     opts.XAxis{Type: "value", Min: p.scale.min, Max: p.scale.max, SplitLine: &opts.SplitLine{Show: opts.Bool(false)}, AxisTick: hiddenTick(), AxisLine: hiddenLine()},
		AxisLabel: &axisLabel{AxisLabel: opts.AxisLabel{Show: opts.Bool(false)}},
	}}
	if p.ticks == nil {
		return axes
	}
	return append(axes, axis{
		XAxis: opts.XAxis{
			Type: "category", Position: "left", Data: p.ticks, AxisTick: hiddenTick(), AxisLine: hiddenLine(),
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: line.token()}},
		},
		BoundaryGap: opts.Bool(false),
		AxisLabel:   &axisLabel{AxisLabel: opts.AxisLabel{Color: inkSoft.token(), FontSize: smallSize, Interval: "0", Margin: 8}},
	})
}

func hiddenTick() *opts.AxisTick { return &opts.AxisTick{Show: opts.Bool(false)} }
func hiddenLine() *opts.AxisLine { return &opts.AxisLine{Show: opts.Bool(false)} }

func (p *plot) categoryAxis() axis {
	a := axis{XAxis: opts.XAxis{Type: "category", Data: p.names, AxisTick: hiddenTick()}, Z: 4}
	a.AxisLine = &opts.AxisLine{Show: opts.Bool(p.nameSize > 0 || p.ticks != nil), LineStyle: &opts.LineStyle{Color: axisLine.token()}}
	a.AxisLabel = &axisLabel{AxisLabel: opts.AxisLabel{Show: opts.Bool(p.nameSize > 0), Color: ink.token(), FontSize: p.nameSize, Interval: "0", Margin: 9}, LineHeight: p.nameSize + 3}
	if p.lying {
		a.Inverse, a.AxisLabel.Margin = opts.Bool(true), 8
	}
	return a
}

func (p *plot) seriesOptions() []series {
	all := []series{}
	for i := range p.layers {
		l := &p.layers[i]
		switch {
		case l.empty():
		case l.shape == areaShape:
			all = append(all, p.areaOptions(l, i)...)
		default:
			all = append(all, p.layerOptions(l, i))
		}
	}
	if r := p.reference; r != nil && len(all) > 0 {
		all[0].MarkLine = p.referenceOptions(r)
	}
	for _, s := range p.breaks {
		all = append(all, p.seamOptions(s))
	}
	return all
}

func (p *plot) layerOptions(l *layer, z int) series {
	s := series{SingleSeries: charts.SingleSeries{Name: l.name}, Z: z + 1, Silent: l.silent, ItemStyle: styleOptions(l.look)}
	switch l.shape {
	case lineShape:
		s.Type, s.ShowSymbol, s.ConnectNulls = "line", opts.Bool(true), opts.Bool(l.joined)
		s.LineStyle = &opts.LineStyle{Color: l.look.stroke.token(), Width: float32(l.look.width), Type: l.look.dash.name()}
		s.Symbol, s.SymbolSize = symbolOptions(l.look)
	case barShape:
		s.Type, s.BarWidth, s.Stack = "bar", strconv.FormatFloat(l.thickness, 'f', 2, 64), l.stack
		s.BarGap = p.barGap(l)
	case pointShape:
		s.Type = "scatter"
		s.Symbol, s.SymbolSize = symbolOptions(l.look)
	case textShape:
		s.Type, s.Symbol, s.SymbolSize = "scatter", "rect", 1
		s.ItemStyle = &itemStyle{ItemStyle: opts.ItemStyle{Color: "transparent", Opacity: opts.Float(1)}}
	}
	var data []point
	for i, m := range l.marks {
		data = append(data, p.pointOptions(l, i, m))
	}
	s.Data = data
	return s
}

// barGap is the room between the bars of a category, as ECharts wants it: in parts of
// a bar. Bars of one place lie over each other.
func (p *plot) barGap(l *layer) string {
	for i := range p.layers {
		if other := &p.layers[i]; other.shape == barShape && other.offset != l.offset {
			nearest := math.Abs(other.offset - l.offset)
			for j := range p.layers {
				if third := &p.layers[j]; third.shape == barShape && third.offset != l.offset {
					nearest = min(nearest, math.Abs(third.offset-l.offset))
				}
			}
			return strconv.FormatFloat((nearest/l.thickness-1)*100, 'f', 2, 64) + "%"
		}
	}
	return "-100%"
}

func (p *plot) pointOptions(l *layer, category int, m mark) point {
	o := point{BarData: opts.BarData{Value: nothing}}
	if m.drawn || m.label != nil {
		o.Value = m.to
		if l.stack != "" {
			o.Value = m.to - m.from
		}
	}
	if m.look != nil {
		o.ItemStyle = styleOptions(*m.look)
		if l.shape == lineShape || l.shape == pointShape {
			o.Symbol, o.SymbolSize = symbolOptions(*m.look)
		}
	}
	if l.shape == lineShape && !m.drawn {
		o.Value = nothing
	}
	if m.label != nil {
		o.Label = labelOptions(m.label)
		if p.reference != nil && m.label.side == rightOf {
			o.Label.BackgroundColor = paper.token() // the line is not to run through it
		}
	}
	if m.spoken != "" && !l.silent {
		o.Tooltip = &opts.Tooltip{Formatter: types.FuncStr(plain(strings.ReplaceAll(m.spoken, ", ", "\n")))}
	}
	return o
}

func styleOptions(l look) *itemStyle {
	s := &itemStyle{}
	if l.fill != "" {
		s.Color = l.fill.token()
	}
	if l.opacity > 0 {
		s.Opacity = opts.Float(float32(l.opacity))
	}
	if l.stroke != "" && (l.stroke != l.fill || l.hatched) {
		s.BorderColor, s.BorderWidth = l.stroke.token(), float32(l.width)
	}
	if l.hatched {
		s.Decal = &decal{Symbol: "rect", DashX: []int{1, 0}, DashY: []int{1, 5}, Rotation: -math.Pi / 4, Color: paper.token()}
	}
	return s
}

func symbolOptions(l look) (string, any) {
	name := [...]string{noSymbol: "none", circle: "circle", diamond: "diamond", box: "rect"}[l.symbol]
	if l.high > 0 {
		return name, []float64{l.size, l.high}
	}
	return name, l.size
}

func labelOptions(t *label) *caption {
	position := [...]string{above: "top", below: "bottom", rightOf: "right", leftOf: "left", inside: "inside"}[t.side]
	c := &caption{Label: opts.Label{Show: opts.Bool(true), Formatter: plain(t.text), Position: position, Color: t.tone.token(), FontSize: float32(t.size)}}
	if t.bold {
		c.FontWeight = "600"
	}
	if t.dx != 0 || t.dy != 0 {
		c.Offset = []float64{t.dx, t.dy}
	}
	return c
}

// areaOptions fills the area between two lines: an invisible one at the lower end,
// and upon it, stacked, an area as high as the difference. Gaps are bridged, for areas
// cannot leap over them.
func (p *plot) areaOptions(l *layer, z int) []series {
	lows, highs := make([]float64, len(l.marks)), make([]float64, len(l.marks))
	for i, m := range l.marks {
		lows[i], highs[i] = math.NaN(), math.NaN()
		if m.drawn {
			lows[i], highs[i] = m.from, m.to
		}
	}
	bridge(lows)
	bridge(highs)
	invisible := func(data []point) series {
		return series{Z: z + 1, Silent: true, SingleSeries: charts.SingleSeries{
			Type: "line", Stack: "area " + strconv.Itoa(z), Data: data, Symbol: "none", ConnectNulls: opts.Bool(true),
			LineStyle: &opts.LineStyle{Width: 0.01, Opacity: opts.Float(0)},
		}, ItemStyle: &itemStyle{ItemStyle: opts.ItemStyle{Color: l.look.fill.token()}}}
	}
	var floor, height []point
	for i := range lows {
		low, between := point{BarData: opts.BarData{Value: nothing}}, point{BarData: opts.BarData{Value: nothing}}
		if !math.IsNaN(lows[i]) {
			low.Value, between.Value = lows[i], highs[i]-lows[i]
		}
		floor, height = append(floor, low), append(height, between)
	}
	area := invisible(height)
	area.Name = l.name
	area.AreaStyle = &opts.AreaStyle{Color: l.look.fill.token(), Opacity: opts.Float(float32(l.look.opacity))}
	return []series{invisible(floor), area}
}

// bridge fills the gaps between values with a straight line.
func bridge(values []float64) {
	last := -1
	for i, value := range values {
		if math.IsNaN(value) {
			continue
		}
		for gap := last + 1; last >= 0 && gap < i; gap++ {
			values[gap] = values[last] + (value-values[last])*float64(gap-last)/float64(i-last)
		}
		last = i
	}
}

func (p *plot) referenceOptions(r *reference) *markLine {
	align := ""
	if r.value > p.scale.max*2/3 {
		align = "right"
	}
	return &markLine{MarkLines: opts.MarkLines{
		Data: []any{opts.MarkLineNameXAxisItem{XAxis: r.value}},
		MarkLineStyle: opts.MarkLineStyle{
			Symbol: []string{"none", "none"},
			// The axis of the categories is inverted, so that the line starts on top.
			Label:     &opts.Label{Show: opts.Bool(true), Position: "start", Formatter: plain(r.text), Color: ink.token(), FontSize: smallSize, Align: align},
			LineStyle: &opts.LineStyle{Color: ink.token(), Width: 1.5, Type: "dashed"},
		},
	}, Z: 9, Silent: true}
}

// seamOptions draws the breaks as upright lines between two categories, on an axis of
// their own: a category axis knows no place between two categories.
func (p *plot) seamOptions(before seam) series {
	foot := point{BarData: opts.BarData{Value: []float64{float64(before.before), p.scale.min}}}
	head := point{BarData: opts.BarData{Value: []float64{float64(before.before), p.scale.max}}, Label: labelOptions(newLabel(before.text, above, inkSoft))}
	head.Label.Align = "left"
	return series{SingleSeries: charts.SingleSeries{
		Type: "line", XAxisIndex: 1, Data: []point{foot, head}, Symbol: "circle", SymbolSize: 1, ShowSymbol: opts.Bool(true),
		LineStyle: &opts.LineStyle{Color: inkSoft.token(), Width: 1.5, Type: "dotted"},
	}, Silent: true, Z: 9}
}

// plain takes the braces out of a text that ECharts would read as placeholders
// and styles.
func plain(text string) string { return strings.NewReplacer("{", "(", "}", ")").Replace(text) }
