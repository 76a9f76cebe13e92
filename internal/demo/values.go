package demo

import (
	"math"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// fill gives the rows of all sheets of a form and year their values: wholes before
// their parts, and every total of the canton spread exactly.
func (g *generator) fill(form *programme.Form, year figure.Year, sheets []*sheet) {
	if len(sheets) == 0 {
		return
	}
	var done []figure.KeyFigure
	figures := slices.Clone(sheets[0].figures)
	for len(figures) > 0 {
		left := len(figures)
		figures = slices.DeleteFunc(figures, func(id figure.KeyFigure) bool {
			spec := g.parameters.Figures[id]
			for _, first := range []figure.KeyFigure{spec.Of, spec.Within, spec.After} {
				if first != "" && first != id && !slices.Contains(done, first) && slices.Contains(sheets[0].figures, first) {
					return false
				}
			}
			g.fillFigure(form, year, sheets, id, spec)
			done = append(done, id)
			return true
		})
		if len(figures) == left {
			return // the parameters refer to each other in a circle
		}
	}
}

func (g *generator) fillFigure(form *programme.Form, year figure.Year, sheets []*sheet, id figure.KeyFigure, spec Figure) {
	k := g.p.KeyFigure(id)
	decimals := g.p.Unit(k.Unit).Decimals
	stock := k.Additivity == programme.Stock
	perPart := map[figure.Part]float64{}
	sum := 0.0
	rows := 0
	for _, s := range sheets {
		for _, l := range s.rows {
			if !g.applies(l, spec) {
				l.missing[id] = true
				continue
			}
			perPart[s.period.Part] += l.weight
			sum += l.weight
			rows++
		}
	}
	if rows == 0 || sum == 0 {
		return
	}
	total := g.parameters.in(spec.Total, year)
	if spec.Total == nil && spec.Of == "" && spec.Flag == nil {
		// A figure that the parameters do not know: a few for each row.
		total = 5 * float64(rows)
	}
	// A figure that several forms deliver is spread over them.
	total /= float64(max(1, len(g.p.FormsOf(id))))
	// What is rounded off in one row is carried to the next, so that the total holds.
	carry := 0.0
	for _, s := range sheets {
		for _, l := range s.rows {
			if l.missing[id] {
				continue
			}
			switch {
			case spec.Flag != nil:
				from := 0.0
				if spec.After != "" {
					from = g.parameters.in(g.parameters.Figures[spec.After].Flag, year)
				}
				if l.rank >= from && l.rank < g.parameters.in(spec.Flag, year) {
					l.values[id] = figure.Whole(1)
				} else {
					l.values[id] = 0
				}
			case spec.Of != "":
				whole, given := l.values[spec.Of]
				if !given || l.missing[spec.Of] {
					l.missing[id] = true
					continue
				}
				carry += whole.Float() * g.parameters.in(spec.Share, year)
				most := math.Inf(1)
				if k.PartOf == spec.Of {
					most = whole.Float()
				}
				if spec.Within != "" {
					most = whole.Float() - l.values[spec.Within].Float()
				}
				l.values[id], carry = rounded(carry, most, decimals)
			default:
				share := l.weight / sum
				if stock {
					share = l.weight / perPart[s.period.Part]
				}
				carry += total * share
				l.values[id], carry = rounded(carry, math.Inf(1), decimals)
			}
		}
	}
}

// rounded takes as much of an amount as can be written, at most most, and leaves
// the rest.
func rounded(amount, most float64, decimals int) (figure.Decimal, float64) {
	step := math.Pow10(decimals)
	if decimals == 2 {
		step = 20 // Rappen come in fives
	}
	value := math.Max(0, math.Min(math.Floor(amount*step+0.5)/step, math.Floor(most*step)/step))
	d, err := figure.FromFloat(value)
	if err != nil {
		return 0, 0
	}
	return d, amount - value
}

func (g *generator) applies(l *line, spec Figure) bool {
	for name, codes := range spec.Only {
		if code, given := l.codes[name]; given && !slices.Contains(codes, code) {
			return false
		}
	}
	return true
}
