package web

import (
	"context"
	"strings"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/submission"
)

// effectRow is an indicator of the canton before and after.
type effectRow struct {
	Before, After dashboard.IndicatorRow
	Moves         bool // to another grade
}

// effects fills in which indicators of the canton would have another value or
// grade.
func (s *Server) effects(ctx context.Context, p *submissionPage, before, after dashboard.Figures, one submission.Submission) error {
	form := s.Programme.Form(one.Form)
	if form == nil {
		return nil
	}
	changes, err := dashboard.Effect(ctx, before, after, s.Programme, form, one.Period.Year, s.Now())
	if err != nil {
		return err
	}
	for _, change := range changes {
		row := effectRow{dashboard.Row(s.Programme, p.Language, change.Before), dashboard.Row(s.Programme, p.Language, change.After), change.Before.Grade != change.After.Grade}
		// A change that rounding hides is none that anybody would see.
		if row.Moves || row.Before.Value != row.After.Value {
			p.Effects = append(p.Effects, row)
		}
	}
	return nil
}

// cellLabel says of what a figure is: municipality, measure, persons, further
// dimensions.
func (s *Server) cellLabel(l locale.Language, d submission.Difference, year figure.Year) string {
	var parts []string
	if m := s.Programme.MunicipalityIn(d.Municipality, year); m != nil {
		parts = append(parts, m.Name)
	}
	if d.Measure != "" {
		parts = append(parts, string(d.Measure))
	}
	codes := "sex=" + string(d.Sex) + ";age=" + string(d.Age) + ";status=" + string(d.Status) + ";" + string(d.Further)
	for pair := range strings.SplitSeq(codes, ";") {
		name, code, _ := strings.Cut(pair, "=")
		if code == "" {
			continue
		}
		parts = append(parts, s.codeName(l, figure.Dimension(name), figure.Code(code)))
	}
	if len(parts) == 0 {
		return l.Say("web.submission.whole", nil)
	}
	return strings.Join(parts, ", ")
}

func (s *Server) codeName(l locale.Language, name figure.Dimension, code figure.Code) string {
	if dimension := s.Programme.Dimension(name); dimension != nil {
		for _, one := range dimension.Codes {
			if one.Code == code {
				return one.Name.In(l)
			}
		}
	}
	return string(code)
}
