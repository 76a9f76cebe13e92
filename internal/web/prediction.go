package web

import (
	"context"

	"kipmonitor/internal/account"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/submission"
)

// effectRow is an indicator of the canton before and after.
type effectRow struct {
	Before, After dashboard.IndicatorRow
	Moves         bool // to another grade
}

// predict fills in what a submission changes: against what it replaces, and, for who
// decides, in the indicators.
func (s *Server) predict(ctx context.Context, p *submissionPage, by account.Viewer, sent submission.Submission, report intake.Report) error {
	correction, compared, err := s.Submissions.Correction(ctx, sent)
	if err != nil {
		return err
	}
	if compared {
		s.correctionRows(p, correction, sent, report)
	}
	if p.ForCanton = by.May(account.DecideFigures); !p.ForCanton {
		return nil
	}
	changes, err := s.effect(ctx, dashboard.NewEffects(s.Programme, s.Figures, s.Now()), sent)
	if err != nil {
		return err
	}
	for _, change := range changes {
		row := effectRow{dashboard.Row(s.Programme, p.Language, change.Before), dashboard.Row(s.Programme, p.Language, change.After), change.Moves()}
		// A change that rounding hides is none that anybody would see.
		if row.Moves || row.Before.Value != row.After.Value {
			p.Effects = append(p.Effects, row)
		}
	}
	return nil
}

// effect returns what a submission changes in the indicators, or has changed.
func (s *Server) effect(ctx context.Context, effects *dashboard.Effects, sent submission.Submission) ([]dashboard.Change, error) {
	form := s.Programme.Form(sent.Form)
	if form == nil {
		return nil, nil
	}
	if sent.Counts() {
		return effects.Of(ctx, form, sent.Period.Year, s.Assuming(nil, []submission.ID{sent.ID}), true)
	}
	return effects.Of(ctx, form, sent.Period.Year, s.Assuming([]submission.ID{sent.ID}, nil), false)
}

// correctionRows fills in how the figures differ from those that are replaced.
func (s *Server) correctionRows(p *submissionPage, c submission.Correction, sent submission.Submission, report intake.Report) {
	l := p.Language
	p.Compared, p.MoreDifferences = true, c.Gone+c.Changed+c.Added > len(c.Differences)
	if c.Gone > 0 {
		p.Gone = l.Say("correction.gone", locale.Args{"count": c.Gone})
	}
	row := 0
	for _, total := range report.Totals {
		k := s.Programme.KeyFigure(total.KeyFigure)
		if k == nil {
			continue
		}
		if was, given := c.Totals[total.Key()]; given {
			p.Totals[row].InForce = s.Programme.Unit(k.Unit).Write(l, was)
			if total.Given > 0 {
				p.Totals[row].Change = s.changeText(l, k.Unit, total.Value-was)
			}
		}
		row++
	}
	for _, d := range c.Differences {
		p.Differences = append(p.Differences, s.differenceRow(l, d, sent.Period.Year))
	}
}

func (s *Server) changeText(l locale.Language, unit figure.Unit, change figure.Decimal) string {
	text := s.Programme.Unit(unit).Write(l, change)
	if change > 0 {
		text = "+" + text
	}
	return text
}

func (s *Server) differenceRow(l locale.Language, d submission.Difference, year figure.Year) differenceRow {
	row := differenceRow{KeyFigure: string(d.KeyFigure), Of: s.Programme.CellName(l, d.Observation(), year), Old: "–", New: "–", Change: "–", Gone: d.New == nil}
	if row.Of == "" {
		row.Of = l.Say("web.submission.whole", nil)
	}
	k := s.Programme.KeyFigure(d.KeyFigure)
	if k == nil {
		return row
	}
	row.KeyFigure = k.Name.In(l)
	unit := s.Programme.Unit(k.Unit)
	if d.Old != nil {
		row.Old = unit.Write(l, *d.Old)
	}
	if d.New != nil {
		row.New = unit.Write(l, *d.New)
	}
	if change, known := d.Change(); known {
		row.Change = s.changeText(l, k.Unit, change)
	} else if row.Gone {
		row.Change = l.Say("correction.falls_away", nil)
	}
	return row
}
