package dashboard

import (
	"context"
	"slices"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/programme"
)

// Change is an indicator that would stand otherwise.
type Change struct {
	Indicator     *programme.Indicator
	Before, After indicator.Progress
}

// Effect returns which indicators fed by a form would have another value or grade
// in a year if the figures were others.
func Effect(ctx context.Context, before, after Figures, p *programme.Programme, form *programme.Form, year figure.Year, today time.Time) ([]Change, error) {
	fed := FedBy(p, form)
	if len(fed) == 0 {
		return nil, nil
	}
	was, err := Evaluate(ctx, before, p, fed, year, today)
	if err != nil {
		return nil, err
	}
	would, err := Evaluate(ctx, after, p, fed, year, today)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for i, one := range fed {
		a, b := was.Progresses[i], would.Progresses[i]
		if a.Grade != b.Grade || a.Value.Known != b.Value.Known || a.Value.Value != b.Value.Value {
			changes = append(changes, Change{one, a, b})
		}
	}
	return changes, nil
}

// FedBy returns the indicators computed from a key figure of a form.
func FedBy(p *programme.Programme, form *programme.Form) []*programme.Indicator {
	var fed []*programme.Indicator
	for i := range p.Indicators {
		one := &p.Indicators[i]
		if slices.ContainsFunc(slices.Concat(one.Numerator, one.Denominator), func(term programme.Term) bool {
			return slices.ContainsFunc(form.Columns, func(c programme.Column) bool {
				return c.Role == programme.FigureColumn && c.KeyFigure == term.KeyFigure
			})
		}) {
			fed = append(fed, one)
		}
	}
	return fed
}
