package chart

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// machine is a JavaScript runtime with ECharts in it. One chart at a time.
type machine struct {
	runtime *goja.Runtime
	chart   goja.Callable
}

// surroundings are what ECharts expects of a browser at load. Nothing is drawn
// later: animation is off, so the timers have nothing to do.
const surroundings = `
var setTimeout = function () { return 0 }, clearTimeout = function () {};
`

const drawFunction = `
echarts.setPlatformAPI({ measureText: function (text, font) { return { width: measure(text || '', font || '') } } });
(function (options, width, height) {
  var chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: width, height: height });
  try {
    chart.setOption(JSON.parse(options));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
})`

// drawingTime bounds the drawing of one chart, which takes some hundredths of a
// second: a machine must not be lost for ever to options that we did not foresee.
const drawingTime = 10 * time.Second

func newMachine(library *goja.Program) (*machine, error) {
	runtime := goja.New()
	if err := runtime.Set("measure", measure); err != nil {
		return nil, fmt.Errorf("set up the chart library: %w", err)
	}
	if _, err := runtime.RunString(surroundings); err != nil {
		return nil, fmt.Errorf("set up the chart library: %w", err)
	}
	if _, err := runtime.RunProgram(library); err != nil {
		return nil, fmt.Errorf("load the chart library: %w", err)
	}
	value, err := runtime.RunString(drawFunction)
	if err != nil {
		return nil, fmt.Errorf("set up the chart library: %w", err)
	}
	draw, ok := goja.AssertFunction(value)
	if !ok {
		return nil, fmt.Errorf("set up the chart library: no function but %s", value)
	}
	return &machine{runtime: runtime, chart: draw}, nil
}

func (m *machine) draw(c Chart) (string, error) {
	timer := time.AfterFunc(drawingTime, func() { m.runtime.Interrupt("took too long") })
	defer timer.Stop()
	svg, err := m.chart(goja.Undefined(), m.runtime.ToValue(string(c.Options)), m.runtime.ToValue(c.Width), m.runtime.ToValue(c.Height))
	if err != nil {
		return "", err
	}
	return svg.String(), nil
}

// measure returns the width of a text in a CSS font such as "bold 13px system-ui",
// as ECharts asks for it.
func measure(text, font string) float64 {
	size := 12.0
	for part := range strings.FieldsSeq(font) {
		if number, found := strings.CutSuffix(part, "px"); found {
			if parsed, err := strconv.ParseFloat(number, 64); err == nil {
				size = parsed
			}
		}
	}
	return textWidth(text, size)
}
