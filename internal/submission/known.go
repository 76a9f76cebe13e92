package submission

import (
	"context"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
)

// known gathers what the rules of a file's form need to know besides the file, and how
// its figures, which read hands out, stand to earlier ones; earlier are the submissions
// of the same form and organisation for its year and the one before. A file with errors
// is not compared with anything.
func (s *Service) known(ctx context.Context, report intake.Report, earlier []Submission, read emitted) (intake.Known, error) {
	var known intake.Known
	if !report.Accepted() || !named(report) {
		return known, nil
	}
	var err error
	if known.Change, err = s.change(ctx, report, earlier, read); err != nil {
		return known, err
	}
	if before, found := last(earlier, report.Period.Before()); found {
		totals, err := s.records.Totals(ctx, before)
		if err != nil {
			return known, err
		}
		known.Before = totals
	}
	known.Others = map[figure.Form]map[figure.KeyFigure]figure.Decimal{}
	peers := 0
	for _, rule := range s.programme.RulesOf(report.Form, report.Period) {
		switch rule.Kind {
		case programme.FormsRule:
			other := rule.Other
			if other == report.Form {
				other = rule.Form
			}
			if _, done := known.Others[other]; done {
				continue
			}
			totals, err := s.other(ctx, s.programme.Form(other), report)
			if err != nil {
				return known, err
			}
			known.Others[other] = totals
		case programme.PeersRule:
			peers = max(peers, rule.Peers)
		}
	}
	if peers == 0 {
		return known, nil
	}
	for _, period := range []figure.Period{report.Period, report.Period.Before()} {
		if known.Peers, err = s.peers(ctx, report, period); err != nil || len(known.Peers) >= peers {
			break
		}
	}
	return known, err
}

// peers returns the totals of the other organisations for a period.
func (s *Service) peers(ctx context.Context, report intake.Report, period figure.Period) (map[figure.Organisation]map[figure.KeyFigure]figure.Decimal, error) {
	all, err := s.records.TotalsInForce(ctx, report.Form, "", period.Year)
	if err != nil {
		return nil, err
	}
	totals := map[figure.Organisation]map[figure.KeyFigure]figure.Decimal{}
	for organisation, parts := range all {
		if sums, sent := parts[period.Part]; sent && organisation != report.Organisation {
			totals[organisation] = sums
		}
	}
	return totals, nil
}

// other returns the totals of another form of the file's organisation that cover
// the file's period: those of the same period or of the year around it, or of all
// parts of it, where each of them is there. Of parts only flows are summed; a stock
// is that of the last part, and distinct persons of several parts are not known.
func (s *Service) other(ctx context.Context, form *programme.Form, report intake.Report) (map[figure.KeyFigure]figure.Decimal, error) {
	all, err := s.records.TotalsInForce(ctx, form.Code, report.Organisation, report.Period.Year)
	if err != nil {
		return nil, err
	}
	sent := all[report.Organisation]
	covering := parts(form.Periodicity, report.Period)
	totals := map[figure.KeyFigure]figure.Decimal{}
	for _, column := range form.Columns {
		k := s.programme.KeyFigure(column.KeyFigure)
		if k == nil {
			continue
		}
		asked := covering
		switch {
		case k.Additivity == programme.Stock && len(covering) > 1:
			asked = covering[len(covering)-1:]
		case k.Additivity != programme.Flow && len(covering) > 1:
			continue
		}
		if value, complete := sumOf(sent, asked, k.ID); complete {
			totals[k.ID] = value
		}
	}
	return totals, nil
}

func sumOf(sent map[figure.Part]map[figure.KeyFigure]figure.Decimal, asked []figure.Part, id figure.KeyFigure) (figure.Decimal, bool) {
	var sum figure.Decimal
	for _, part := range asked {
		value, known := sent[part][id]
		if !known {
			return 0, false
		}
		var err error
		if sum, err = sum.Add(value); err != nil {
			return 0, false
		}
	}
	return sum, len(asked) > 0
}

// parts returns the parts of a year of a periodicity that lie within a period, or
// the one around it.
func parts(periodicity figure.Periodicity, period figure.Period) []figure.Part {
	var within []figure.Part
	for _, part := range periodicity.Parts() {
		if (figure.Period{Year: period.Year, Part: part}).Within(period, period) {
			within = append(within, part)
		}
	}
	if within != nil {
		return within
	}
	around := slices.IndexFunc(periodicity.Parts(), func(part figure.Part) bool {
		whole := figure.Period{Year: period.Year, Part: part}
		return period.Within(whole, whole)
	})
	if around < 0 {
		return nil
	}
	return periodicity.Parts()[around : around+1]
}

// Known returns what is known besides the file of a submission, as the rules of
// its form need it.
func (s *Service) Known(ctx context.Context, one Submission) (intake.Known, error) {
	report, err := one.Checked()
	if err != nil {
		return intake.Known{}, err
	}
	report.Form, report.Organisation, report.Period = one.Form, one.Organisation, one.Period
	earlier, err := s.records.Of(ctx, one.Form, one.Organisation, one.Period.Before().Year, one.Period.Year)
	if err != nil {
		return intake.Known{}, err
	}
	// What came later is none of what was known when the file came.
	earlier = slices.DeleteFunc(earlier, func(other Submission) bool {
		return other.ID == one.ID || one.Is(Submitted) && !other.At(Submitted).Before(one.At(Submitted))
	})
	return s.known(ctx, report, earlier, func(emit func([]figure.Observation) error) error {
		return s.records.EachFigure(ctx, one, func(o figure.Observation) error { return emit([]figure.Observation{o}) })
	})
}
