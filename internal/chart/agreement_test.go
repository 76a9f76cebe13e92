package chart

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kipmonitor/internal/locale"
)

// The options as ECharts reads them, as far as they say where something stands.
type liveOptions struct {
	XAxis, YAxis []liveAxis
	Grid         struct{ Top, Right, Bottom, Left string }
	Title        struct{ Text string }
	Legend       struct{ Data []struct{ Name string } }
	Series       []liveSeries
}

type liveAxis struct {
	Type      string
	Data      []string
	Min, Max  any
	Inverse   bool
	AxisLabel struct{ Show *bool }
}

type liveSeries struct {
	Name, Type, Stack string
	XAxisIndex        int
	Silent            bool
	BarWidth          string
	Data              []struct {
		Value any
		Label struct{ Formatter string }
	}
	MarkLine struct {
		Data  []struct{ XAxis any }
		Label struct{ Formatter string }
	}
}

var textOf = regexp.MustCompile(`<text[^>]*>([^<]*)</text>`)

// texts are all that the interactive chart writes.
func (o liveOptions) texts() []string {
	var all []string
	add := func(texts ...string) {
		for _, text := range texts {
			for line := range strings.SplitSeq(text, "\n") {
				if line != "" {
					all = append(all, line)
				}
			}
		}
	}
	add(o.Title.Text)
	for _, item := range o.Legend.Data {
		add(item.Name)
	}
	for _, axes := range [][]liveAxis{o.XAxis, o.YAxis} {
		for _, a := range axes {
			if a.AxisLabel.Show == nil || *a.AxisLabel.Show {
				add(a.Data...)
			}
		}
	}
	for _, s := range o.Series {
		for _, d := range s.Data {
			add(d.Label.Formatter)
		}
		add(s.MarkLine.Label.Formatter)
	}
	slices.Sort(all)
	return all
}

// box is where ECharts puts the grid.
func (o liveOptions) box(c Chart) (left, top, width, height float64) {
	side := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	left, top = side(o.Grid.Left), side(o.Grid.Top)
	return left, top, float64(c.Width) - left - side(o.Grid.Right), float64(c.Height) - top - side(o.Grid.Bottom)
}

// The still picture and the interactive one are two writings of one description:
// this reads both again and holds them against each other.
func TestThePictureAndTheInteractiveChartAgree(t *testing.T) {
	for _, e := range examples {
		for _, size := range []Size{Wide, Narrow} {
			c := e.chart(frame(locale.German, size))
			var live liveOptions
			if err := json.Unmarshal(c.Options(), &live); err != nil {
				t.Fatal(err)
			}
			svg := c.Picture()
			var still []string
			for _, found := range textOf.FindAllStringSubmatch(svg, -1) {
				if found[1] != "" {
					still = append(still, found[1])
				}
			}
			slices.Sort(still)
			if want := live.texts(); !slices.Equal(still, want) {
				t.Errorf("%s: the picture says\n%q\nthe interactive chart\n%q", e.name, still, want)
			}
			checkPlaces(t, e.name, c, live, svg)
		}
	}
}

// checkPlaces works out where ECharts draws each datum, and looks for it in the
// picture.
func checkPlaces(t *testing.T, name string, c Chart, live liveOptions, svg string) {
	t.Helper()
	places := placesIn(svg)
	left, top, width, height := live.box(c)
	lying := live.YAxis[0].Type == "category"
	values, categories := live.YAxis, live.XAxis
	if lying {
		values, categories = live.XAxis, live.YAxis
	}
	if len(categories) == 0 || values[0].Max == nil {
		return
	}
	low, high := values[0].Min.(float64), values[0].Max.(float64)
	stacks := map[string][]float64{}
	for _, s := range live.Series {
		if s.XAxisIndex == 1 || strings.HasPrefix(s.Stack, "area") {
			continue
		}
		for i, d := range s.Data {
			value, given := d.Value.(float64)
			if !given {
				continue
			}
			if s.Stack != "" {
				if stacks[s.Stack] == nil {
					stacks[s.Stack] = make([]float64, len(s.Data))
				}
				stacks[s.Stack][i] += value
				value = stacks[s.Stack][i]
			}
			if s.Type == "scatter" && d.Label.Formatter != "" || value == 0 {
				continue // a text alone; or nothing to be seen
			}
			share := (value - low) / (high - low)
			x, y := left+(float64(i)+0.5)*width/float64(len(categories[0].Data)), top+(1-share)*height
			if lying {
				x, y = left+share*width, top+(float64(i)+0.5)*height/float64(len(categories[0].Data))
			}
			if !slices.ContainsFunc(places, func(at [2]float64) bool {
				if s.Type == "bar" { // the end of a bar, wherever it stands in its category
					return lying && math.Abs(at[0]-x) < 0.2 || !lying && math.Abs(at[1]-y) < 0.2
				}
				return math.Abs(at[0]-x) < 0.2 && math.Abs(at[1]-y) < 0.2
			}) {
				t.Errorf("%s: %s %q, datum %d stands at %.1f %.1f, where the picture has nothing", name, s.Type, s.Name, i, x, y)
			}
		}
	}
}

var (
	circleAt = regexp.MustCompile(`<circle cx="([-0-9.]+)" cy="([-0-9.]+)"`)
	rectAt   = regexp.MustCompile(`<rect x="([-0-9.]+)" y="([-0-9.]+)" width="([-0-9.]+)" height="([-0-9.]+)"`)
	pathAt   = regexp.MustCompile(`[ML]([-0-9.]+) ([-0-9.]+)`)
)

// placesIn returns the points of a picture: of symbols, ends of bars, and lines.
func placesIn(svg string) [][2]float64 {
	var places [][2]float64
	number := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	for _, m := range circleAt.FindAllStringSubmatch(svg, -1) {
		places = append(places, [2]float64{number(m[1]), number(m[2])})
	}
	for _, m := range pathAt.FindAllStringSubmatch(svg, -1) {
		places = append(places, [2]float64{number(m[1]), number(m[2])})
	}
	for _, m := range rectAt.FindAllStringSubmatch(svg, -1) {
		x, y, w, h := number(m[1]), number(m[2]), number(m[3]), number(m[4])
		places = append(places, [2]float64{x, y}, [2]float64{x + w, y + h}, [2]float64{x + w/2, y + h/2})
	}
	return places
}

// The pages have the colours of the pictures.
func TestTheStylesheetHoldsThePalette(t *testing.T) {
	sheet, err := os.ReadFile("../web/static/site.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{}
	root, _, _ := strings.Cut(string(sheet), "\n}")
	for _, found := range regexp.MustCompile(`--([a-z0-9-]+): ([^;]+);`).FindAllStringSubmatch(root, -1) {
		tokens[found[1]] = found[2]
	}
	for name, want := range palette {
		value := tokens["chart-"+string(name)]
		if inner, found := strings.CutPrefix(value, "var(--"); found {
			value = tokens[strings.TrimSuffix(inner, ")")]
		}
		if value != want {
			t.Errorf("--chart-%s is %q, want %q", name, value, want)
		}
	}
}
