package dashboard

import (
	"context"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/programme"
)

// Figures is what a board asks of the store.
type Figures interface {
	Sums(ctx context.Context, question figure.Question) ([]figure.Sum, error)
	Coverage(ctx context.Context, years []figure.Year, asOf time.Time) ([]figure.Coverage, error)
}

// Ask puts the questions of indicators to the store, two at a time, and returns
// what their values are computed from.
func Ask(ctx context.Context, figures Figures, p *programme.Programme, indicators []*programme.Indicator, by figure.Dimension, years []figure.Year, today time.Time) (indicator.Evidence, error) {
	questions := indicator.Questions(p, indicators, by, years, time.Time{})
	evidence := indicator.Evidence{Answers: make([]indicator.Answer, len(questions)), Today: today}
	group, ctx := panics.WithContext(ctx)
	group.SetLimit(3)
	group.Go(func() (err error) {
		evidence.Coverage, err = figures.Coverage(ctx, years, time.Time{})
		return err
	})
	for i, question := range questions {
		group.Go(func() error {
			sums, err := figures.Sums(ctx, question)
			evidence.Answers[i] = indicator.Answer{Question: question, Sums: sums}
			return err
		})
	}
	return evidence, group.Wait()
}

// Evaluation is all indicators of the canton, held against their targets.
type Evaluation struct {
	Programme  *programme.Programme
	Year       figure.Year
	Evidence   indicator.Evidence
	Progresses []indicator.Progress // in the order of the programme's indicators
}

// Evaluate computes and judges indicators for a year, with their series since
// the first year with data.
func Evaluate(ctx context.Context, figures Figures, p *programme.Programme, indicators []*programme.Indicator, year figure.Year, today time.Time) (Evaluation, error) {
	years := yearsTo(p, max(year, min(figure.Year(today.Year()), p.LastYear)))
	evidence, err := Ask(ctx, figures, p, indicators, "", years, today)
	if err != nil {
		return Evaluation{}, err
	}
	e := Evaluation{Programme: p, Year: year, Evidence: evidence}
	for _, one := range indicators {
		e.Progresses = append(e.Progresses, indicator.Judge(p, one, year, indicator.Series(p, one, years, evidence)))
	}
	return e, nil
}

func yearsTo(p *programme.Programme, last figure.Year) []figure.Year {
	var years []figure.Year
	for year := p.DataFrom; year <= last; year++ {
		years = append(years, year)
	}
	return years
}

// All returns pointers to all indicators of a programme.
func All(p *programme.Programme) []*programme.Indicator {
	all := make([]*programme.Indicator, len(p.Indicators))
	for i := range p.Indicators {
		all[i] = &p.Indicators[i]
	}
	return all
}

// Progress returns the progress of an indicator, and false where it was not
// evaluated.
func (e Evaluation) Progress(id string) (indicator.Progress, bool) {
	for _, progress := range e.Progresses {
		if progress.Indicator == id {
			return progress, true
		}
	}
	return indicator.Progress{}, false
}

// Area returns the progress of an area and how complete its deliveries are.
func (e Evaluation) Area(code programme.AreaCode) (indicator.AreaProgress, indicator.Completeness) {
	return indicator.JudgeArea(e.Programme, code, e.Progresses), indicator.AreaCompleteness(e.Programme, code, e.Year, e.Evidence.Coverage)
}
