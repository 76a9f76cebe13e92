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

// Moves reports whether the indicator would have another grade.
func (c Change) Moves() bool { return c.Before.Grade != c.After.Grade }

// Effects are what submissions change in the indicators of the canton, as of a day. What
// holds now is asked once for each form and year.
type Effects struct {
	programme *programme.Programme
	now       Figures
	today     time.Time
	known     map[effectKey]Evaluation
}

type effectKey struct {
	form figure.Form
	year figure.Year
}

// NewEffects returns the effects against the figures that hold now.
func NewEffects(p *programme.Programme, now Figures, today time.Time) *Effects {
	return &Effects{programme: p, now: now, today: today, known: map[effectKey]Evaluation{}}
}

// Of returns which indicators fed by a form would have another value or grade in a year
// under other figures than those that hold now. Where the other figures are those without
// a submission that counts, without says so, and what holds now is the state after it.
func (e *Effects) Of(ctx context.Context, form *programme.Form, year figure.Year, other Figures, without bool) ([]Change, error) {
	fed := FedBy(e.programme, form)
	if len(fed) == 0 {
		return nil, nil
	}
	now, known := e.known[effectKey{form.Code, year}]
	var err error
	if !known {
		if now, err = Evaluate(ctx, e.now, e.programme, fed, year, e.today); err != nil {
			return nil, err
		}
		e.known[effectKey{form.Code, year}] = now
	}
	otherwise, err := Evaluate(ctx, other, e.programme, fed, year, e.today)
	if err != nil {
		return nil, err
	}
	before, after := now, otherwise
	if without {
		before, after = otherwise, now
	}
	var changes []Change
	for i, one := range fed {
		a, b := before.Progresses[i], after.Progresses[i]
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
