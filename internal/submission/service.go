package submission

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
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
	// Of returns the submissions of a form and organisation for some years, with
	// their events, the oldest first.
	Of(ctx context.Context, form figure.Form, organisation figure.Organisation, years ...figure.Year) ([]Submission, error)
	// Submission returns one submission, and false where there is none.
	Submission(ctx context.Context, id ID) (Submission, bool, error)
	// Totals returns the sums of the key figures of a submission.
	Totals(ctx context.Context, s Submission) (map[figure.KeyFigure]figure.Decimal, error)
	// Keep stores the observations that read emits, the file, the submission and
	// last its events. Nothing of it can be seen before all of it is stored.
	Keep(ctx context.Context, s Submission, file intake.File, read func(emit func([]figure.Observation) error) error) error
	// Record adds an event to a submission.
	Record(ctx context.Context, id ID, event Event) error
}

// Service takes files in and decides on them. Make it with NewService.
type Service struct {
	programme *programme.Programme
	records   Records
	now       func() time.Time
	turns     *turns
}

// turns let one file after the other in: what came before is asked, and then
// written, and no other file for the same form and organisation may come
// between. 64 turns are enough that others seldom wait.
type turns [64]sync.Mutex

var seed = maphash.MakeSeed()

func (t *turns) of(form figure.Form, organisation figure.Organisation) *sync.Mutex {
	return &t[maphash.String(seed, string(form)+"\x00"+string(organisation))%uint64(len(t))]
}

// NewService returns the service of a programme over its records, by the clock
// of the machine.
func NewService(p *programme.Programme, records Records) *Service {
	return &Service{programme: p, records: records, now: time.Now, turns: &turns{}}
}

// At returns a service that believes it is another moment: the demo data are
// taken in as if each file had come at its time.
func (s *Service) At(moment time.Time) *Service {
	return &Service{programme: s.programme, records: s.records, now: func() time.Time { return moment }, turns: s.turns}
}

// Check says what is wrong with a file, and changes nothing.
func (s *Service) Check(ctx context.Context, file intake.File, expect intake.Expect) (intake.Report, error) {
	report, err := intake.Check(file, s.programme, expect)
	if err != nil || !named(report) {
		return report, err
	}
	earlier, err := s.records.Of(ctx, report.Form, report.Organisation, report.Period.Before().Year)
	if err != nil {
		return report, err
	}
	return s.compare(ctx, file, report, expect, earlier)
}

// named reports whether a check found out whose figures these are.
func named(report intake.Report) bool {
	return report.Form != "" && report.Organisation != "" && report.Period.Year != 0
}

// compare checks a file again, if there are figures of a year earlier to compare
// it with: only the first check tells whose file it is.
func (s *Service) compare(ctx context.Context, file intake.File, report intake.Report, expect intake.Expect, earlier []Submission) (intake.Report, error) {
	before, found := last(earlier, report.Period.Before())
	if !found || !report.Accepted() {
		return report, nil
	}
	totals, err := s.records.Totals(ctx, before)
	if err != nil || len(totals) == 0 {
		return report, err
	}
	expect.Form, expect.Organisation, expect.Period, expect.Before = report.Form, report.Organisation, report.Period, totals
	return intake.Check(file, s.programme, expect)
}

// Take checks a file and takes it in, whole or not at all. A file with errors is
// not taken in: the receipt's report says why, and that it came is recorded. Of a
// file with personal data nothing else is kept. A file that says again what is in
// force, or what was refused just before, changes nothing.
func (s *Service) Take(ctx context.Context, file intake.File, expect intake.Expect, by string) (Receipt, error) {
	report, err := intake.Check(file, s.programme, expect)
	if err != nil || !named(report) {
		return Receipt{Report: report}, err
	}
	turn := s.turns.of(report.Form, report.Organisation)
	turn.Lock()
	defer turn.Unlock()
	earlier, err := s.records.Of(ctx, report.Form, report.Organisation, report.Period.Before().Year, report.Period.Year)
	if err != nil {
		return Receipt{}, err
	}
	if report, err = s.compare(ctx, file, report, expect, earlier); err != nil {
		return Receipt{}, err
	}
	if same, found := repeats(earlier, report); found {
		return Receipt{Submission: same, Report: report, Known: true}, nil
	}
	receipt := Receipt{Report: report}
	if receipt.Submission, err = s.describe(file, report, by); err != nil {
		return Receipt{}, err
	}
	read := func(emit func([]figure.Observation) error) error {
		if !report.Accepted() {
			return nil
		}
		return intake.Read(file, s.programme, report, emit)
	}
	if report.PersonalData {
		file = intake.File{}
	}
	if err := s.records.Keep(ctx, receipt.Submission, file, read); err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// last returns the submission of a period that is in force.
func last(submissions []Submission, period figure.Period) (Submission, bool) {
	for _, s := range InForce(submissions) {
		if s.Period == period {
			return s, true
		}
	}
	return Submission{}, false
}

// repeats returns the submission that a file says again: the one in force, or
// the latest one where that was refused and is refused again.
func repeats(earlier []Submission, report intake.Report) (Submission, bool) {
	if report.Accepted() {
		same, found := last(earlier, report.Period)
		return same, found && same.SHA256 == report.SHA256
	}
	for _, s := range slices.Backward(earlier) {
		if s.Period == report.Period {
			return s, s.State() == Refused && s.SHA256 == report.SHA256
		}
	}
	return Submission{}, false
}

// describe makes the submission of a file that was checked.
func (s *Service) describe(file intake.File, report intake.Report, by string) (Submission, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Submission{}, fmt.Errorf("name a submission: %w", err)
	}
	now := s.now().UTC()
	outcome := Event{Kind: Submitted, At: now.Add(time.Microsecond), By: by}
	if !report.Accepted() {
		outcome.Kind = Refused
	}
	one := Submission{
		ID: ID(id.String()), Form: report.Form, FormVersion: report.FormVersion, Organisation: report.Organisation, Period: report.Period,
		Rows: report.Rows, FaultyRows: report.FaultyRows, Definition: s.programme.Fingerprint,
	}
	if report.PersonalData {
		// Not even the name is kept: people name files after persons.
		outcome.Reason = ReasonPersonalData
		one.Events = []Event{{Kind: Received, At: now, By: by}, outcome}
		return one, nil
	}
	if one.Report, err = json.Marshal(report); err != nil {
		return Submission{}, fmt.Errorf("keep the check of a submission: %w", err)
	}
	one.FileName, one.SHA256, one.Size = file.Name, report.SHA256, file.Size
	if report.Accepted() {
		one.Observations = report.Observations
	}
	one.Events = []Event{{Kind: Received, At: now, By: by}, outcome}
	return one, nil
}

// ReasonPersonalData is the reason of a file that was refused because it holds
// personal data, and was not kept.
const ReasonPersonalData = "personal_data"

// Accept makes the figures of a submission final.
func (s *Service) Accept(ctx context.Context, id ID, by string) error {
	return s.decide(ctx, id, Event{Kind: Accepted, By: by})
}

// Return gives a submission back to its sender, with a reason.
func (s *Service) Return(ctx context.Context, id ID, by, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return problem.New(problem.Invalid, "reason_missing", nil)
	}
	return s.decide(ctx, id, Event{Kind: Returned, By: by, Reason: reason})
}

// Withdraw takes a submission back.
func (s *Service) Withdraw(ctx context.Context, id ID, by, reason string) error {
	return s.decide(ctx, id, Event{Kind: Withdrawn, By: by, Reason: reason})
}

// decide records an event of a submission that counts and is not decided yet; an
// accepted one can still be withdrawn or returned.
func (s *Service) decide(ctx context.Context, id ID, event Event) error {
	one, found, err := s.records.Submission(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		return problem.New(problem.NotFound, "submission_unknown", nil)
	}
	turn := s.turns.of(one.Form, one.Organisation)
	turn.Lock()
	defer turn.Unlock()
	// What was read before the turn may have been decided meanwhile.
	if one, _, err = s.records.Submission(ctx, id); err != nil {
		return err
	}
	if !one.Counts() || (event.Kind == Accepted && one.Is(Accepted)) {
		return problem.New(problem.Conflict, "submission_decided", locale.Args{"file": one.FileName})
	}
	event.At = s.now().UTC()
	return s.records.Record(ctx, id, event)
}
