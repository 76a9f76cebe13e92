package chart

import (
	"math"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// scale is a value axis: its ends and the step between its ticks.
type scale struct{ min, max, step float64 }

// newScale returns a scale of round ticks over the values. A scale of bars starts
// at zero, for their length is what is read; one of lines may start higher where
// all values are far from zero.
func newScale(values []float64, fromZero bool, unit figure.Unit) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	if fromZero || low >= 0 && low < high*0.5 || low == high {
		low, high = min(low, 0), max(high, 0)
	}
	if low == high {
		high = 1
	}
	const ticks = 4
	step := roundStep((high - low) / ticks)
	if unit != figure.Percent && step < 1 && high > 10 {
		step = 1
	}
	if !fromZero && low > 0 {
		low -= (high - low) * 0.05 // no line runs along the axis
	}
	s := scale{min: math.Floor(low/step+1e-9) * step, max: math.Ceil(high/step-1e-9) * step, step: step}
	// A share has no more than the whole; leave the axis there.
	if unit == figure.Percent && high <= 1 && s.max > 1 {
		s.max = 1
		s.min = 1 - math.Ceil((1-s.min)/step-1e-9)*step
	}
	return s
}

// exactScale reaches from zero to the outermost values. It is for bars without
// ticks, whose figures stand beside them.
func exactScale(values []float64) scale {
	s := scale{}
	for _, v := range values {
		s.min, s.max = min(s.min, v), max(s.max, v)
	}
	if s.min == s.max {
		s.max = 1
	}
	return s
}

// roundStep returns the next of 1, 2, 2.5, 5, 10 times a power of ten.
func roundStep(wanted float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(wanted)))
	for _, factor := range []float64{1, 2, 2.5, 5} {
		if wanted <= factor*power*(1+1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// labels writes the ticks from the lowest to the highest.
func (f Frame) labels(s scale, unit figure.Unit) []string {
	millions := f.Writer.IsMoney(unit) && s.max >= 1e6
	step := s.step
	switch {
	case unit == figure.Percent:
		step *= 100
	case millions:
		step /= 1e6
	}
	decimals := 0
	for decimals < 2 && math.Abs(step*math.Pow(10, float64(decimals))-math.Round(step*math.Pow(10, float64(decimals)))) > 1e-6 {
		decimals++
	}
	var labels []string
	for i := 0; i <= int(math.Round((s.max-s.min)/s.step)); i++ {
		at := s.min + float64(i)*s.step
		if millions {
			at /= 1e6
		}
		value, err := figure.FromFloat(at)
		if err != nil {
			value = 0
		}
		if unit == figure.Percent {
			labels = append(labels, f.Writer.Language.Percent(value, decimals))
		} else {
			labels = append(labels, f.Writer.Language.Number(value, decimals))
		}
	}
	return labels
}

// scaleUnit is what stands above a value axis: the unit of its numbers.
func (f Frame) scaleUnit(s scale, unit figure.Unit) string {
	switch {
	case unit == figure.Percent:
		return ""
	case f.Writer.IsMoney(unit) && s.max >= 1e6:
		return f.Writer.Language.Say("chart.millions_of", locale.Args{"unit": f.Writer.Unit(unit)})
	}
	return f.Writer.Unit(unit)
}

// widest returns the width of the widest text, in whole pixels.
func widest(texts []string, size float64) int {
	widest := 0.0
	for _, text := range texts {
		widest = max(widest, textWidth(text, size))
	}
	return int(math.Ceil(widest))
}

// short writes an amount as it stands beside a bar or a point: millions of francs
// as such, and without the name of the currency, which stands at the axis.
func (f Frame) short(c disclosure.Cell) string {
	if c.State == disclosure.Shown && f.Writer.IsMoney(c.Unit) {
		text := f.Writer.Language.Number(c.Value, 0)
		if million := figure.Whole(1_000_000); c.Value >= million || c.Value <= -million {
			text = f.Writer.Language.Say("chart.million", locale.Args{"number": f.Writer.Language.Number(c.Value/1_000_000, 2)})
		}
		if c.Provisional {
			text += " p"
		}
		return text
	}
	return f.Writer.Text(c)
}
