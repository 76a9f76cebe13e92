package submission

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
)

// Records is what the service needs of the store.
type Records interface {
	// Of returns the submissions of a form, organisation and period with their
	// events, the oldest first.
	Of(ctx context.Context, form figure.Form, organisation figure.Organisation, period figure.Period) ([]Submission, error)
	// Submission returns one submission, and false where there is none.
	Submission(ctx context.Context, id ID) (Submission, bool, error)
	// Keep stores the observations that read emits, the file, the submission and
	// last its events. Nothing of it can be seen before all of it is stored.
	Keep(ctx context.Context, s Submission, file intake.File, read func(emit func([]figure.Observation) error) error) error
	// Record adds an event to a submission.
	Record(ctx context.Context, id ID, event Event) error
	// Totals returns the sums of the key figures of the submission in force, for
	// the comparison with the year before; none where nothing is in force.
	Totals(ctx context.Context, form figure.Form, organisation figure.Organisation, period figure.Period) (map[figure.KeyFigure]figure.Decimal, error)
}

// Service takes files in and decides on them. Make it with NewService.
type Service struct {
	programme *programme.Programme
	records   Records
	now       func() time.Time
}

// NewService returns the service of a programme over its records, by the clock
// of the machine.
func NewService(p *programme.Programme, records Records) *Service {
	return &Service{programme: p, records: records, now: time.Now}
}

// At returns a service that believes it is another moment: the demo data are
// taken in as if each file had come at its time.
func (s *Service) At(moment time.Time) *Service {
	return &Service{programme: s.programme, records: s.records, now: func() time.Time { return moment }}
}

// Check says what is wrong with a file, and changes nothing.
func (s *Service) Check(ctx context.Context, file intake.File, expect intake.Expect) (intake.Report, error) {
	report, err := intake.Check(file, s.programme, expect)
	if err != nil || report.Form == "" || report.Organisation == "" || report.Period.Year == 0 || !report.Accepted() {
		return report, err
	}
	// Only now is it known whose file this is, and what to compare it with.
	expect.Form, expect.Organisation, expect.Period = report.Form, report.Organisation, report.Period
	if expect.Before, err = s.records.Totals(ctx, report.Form, report.Organisation, report.Period.Before()); err != nil {
		return report, err
	}
	if len(expect.Before) == 0 {
		return report, nil
	}
	return intake.Check(file, s.programme, expect)
}

// Take checks a file and takes it in, whole or not at all. A file with errors is
// not taken in: the receipt's report says why. That it came is recorded, unless
// it holds personal data: of such a file nothing is kept. The same file for the
// same form, organisation and period changes nothing while it is in force.
func (s *Service) Take(ctx context.Context, file intake.File, expect intake.Expect, by string) (Receipt, error) {
	report, err := s.Check(ctx, file, expect)
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Report: report}
	whose := report.Form != "" && report.Organisation != "" && report.Period.Year != 0
	if report.PersonalData || !whose {
		return receipt, nil
	}
	earlier, err := s.records.Of(ctx, report.Form, report.Organisation, report.Period)
	if err != nil {
		return Receipt{}, err
	}
	if same, found := last(earlier); found && same.SHA256 == report.SHA256 && report.Accepted() {
		receipt.Submission, receipt.Known = same, true
		return receipt, nil
	}
	receipt.Submission, err = s.describe(file, report, by)
	if err != nil {
		return Receipt{}, err
	}
	read := func(emit func([]figure.Observation) error) error {
		if !report.Accepted() {
			return nil
		}
		return intake.Read(file, s.programme, report, emit)
	}
	return receipt, s.records.Keep(ctx, receipt.Submission, file, read)
}

// last returns the submission in force.
func last(submissions []Submission) (Submission, bool) {
	for i := len(submissions) - 1; i >= 0; i-- {
		if submissions[i].Counts() {
			return submissions[i], true
		}
	}
	return Submission{}, false
}

func (s *Service) describe(file intake.File, report intake.Report, by string) (Submission, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Submission{}, fmt.Errorf("name a submission: %w", err)
	}
	findings, err := json.Marshal(report)
	if err != nil {
		return Submission{}, fmt.Errorf("keep the check of a submission: %w", err)
	}
	outcome := Submitted
	if !report.Accepted() {
		outcome = Refused
	}
	now := s.now().UTC()
	return Submission{
		ID: ID(id.String()), Form: report.Form, FormVersion: report.FormVersion, Organisation: report.Organisation, Period: report.Period,
		FileName: file.Name, SHA256: report.SHA256, Size: file.Size, Rows: report.Rows, FaultyRows: report.FaultyRows,
		Observations: report.Observations, Definition: s.programme.Fingerprint, Report: findings,
		Events: []Event{{Kind: Received, At: now, By: by}, {Kind: outcome, At: now.Add(time.Microsecond), By: by}},
	}, nil
}

// Accept makes the figures of a submission final.
func (s *Service) Accept(ctx context.Context, id ID, by string) error {
	return s.decide(ctx, id, Event{Kind: Accepted, By: by})
}

// Return gives a submission back to its sender, with a reason.
func (s *Service) Return(ctx context.Context, id ID, by, reason string) error {
	return s.decide(ctx, id, Event{Kind: Returned, By: by, Reason: reason})
}

// Withdraw takes a submission back.
func (s *Service) Withdraw(ctx context.Context, id ID, by, reason string) error {
	return s.decide(ctx, id, Event{Kind: Withdrawn, By: by, Reason: reason})
}

// decide records an event of a submission that counts and is not decided yet; an
// accepted one can still be withdrawn.
func (s *Service) decide(ctx context.Context, id ID, event Event) error {
	submission, found, err := s.records.Submission(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		return problem.New(problem.NotFound, "submission_unknown", nil)
	}
	decided := submission.Is(Accepted) && event.Kind != Withdrawn
	if !submission.Counts() || decided {
		return problem.New(problem.Conflict, "submission_decided", locale.Args{"file": submission.FileName})
	}
	event.At = s.now().UTC()
	return s.records.Record(ctx, id, event)
}
