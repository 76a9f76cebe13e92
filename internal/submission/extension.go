package submission

import (
	"context"
	"strings"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/problem"
)

// Extension is a later due date that the coordination office grants an
// organisation for one form and period (Fristerstreckung).
type Extension struct {
	Form         figure.Form
	Organisation figure.Organisation
	Period       figure.Period
	Due          time.Time // the new last day, at midnight UTC
	Reason       string
	By           string // account.Viewer.Email
	At           time.Time
}

// Extend grants a later due date, with a reason. It must be owed, and the date
// must lie after the one that holds by the form.
func (s *Service) Extend(ctx context.Context, one Extension, by account.Viewer) error {
	form, office := s.programme.Form(one.Form), s.programme.Organisation(one.Organisation)
	switch {
	case !by.May(account.DecideFigures):
		return problem.New(problem.Forbidden, "right_missing", nil)
	case form == nil || office == nil || !s.programme.Owes(office, form, one.Period):
		return problem.New(problem.NotFound, "obligation_unknown", nil)
	case strings.TrimSpace(one.Reason) == "":
		return problem.New(problem.Invalid, "reason_missing", nil)
	case reasonFault(one.Reason, 1) != nil:
		return reasonFault(one.Reason, 1)
	case !one.Due.After(one.Period.End()):
		return problem.New(problem.Invalid, "due_too_early", nil)
	}
	one.Reason, one.By, one.At = strings.TrimSpace(one.Reason), by.Email, s.now().UTC().Truncate(time.Microsecond)
	object := string(one.Form) + " " + string(one.Organisation) + " " + one.Period.String()
	line := by.Line(one.At, account.DueDateExtended, object, one.Due.Format(time.DateOnly)+": "+one.Reason)
	return s.records.Extend(ctx, []account.Entry{line}, one)
}
