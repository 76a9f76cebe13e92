package submission

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"kipmonitor/internal/account"
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
	// EachFigure hands out the figures of a submission one by one.
	EachFigure(ctx context.Context, s Submission, do func(figure.Observation) error) error
	// TotalsInForce returns the totals of a form for the parts of a year, of one
	// organisation or, where it is empty, of all; only those of which no part is
	// missing.
	TotalsInForce(ctx context.Context, form figure.Form, organisation figure.Organisation, year figure.Year) (map[figure.Organisation]map[figure.Part]map[figure.KeyFigure]figure.Decimal, error)
	// Changes counts the figures in which two submissions of a year differ.
	Changes(ctx context.Context, before, after ID, year figure.Year) (Changes, error)
	// Differences returns what two submissions of a year state differently, at most limit,
	// what goes first.
	Differences(ctx context.Context, before, after ID, year figure.Year, limit int) ([]Difference, error)
	// Keep stores the observations that read emits, the file, the submission, the lines
	// of the audit and last its events. Nothing of it can be seen before all of it is stored.
	Keep(ctx context.Context, s Submission, file intake.File, read func(emit func([]figure.Observation) error) error, lines ...account.Entry) error
	// Record adds events to a submission, all or none, once the audit has its lines.
	Record(ctx context.Context, id ID, lines []account.Entry, events ...Event) error
	// Extend records later due dates, once the audit has its lines.
	Extend(ctx context.Context, lines []account.Entry, extensions ...Extension) error
	// Remind records reminders, once the audit has its lines.
	Remind(ctx context.Context, lines []account.Entry, reminders ...Reminder) error
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
	earlier, err := s.records.Of(ctx, report.Form, report.Organisation, report.Period.Before().Year, report.Period.Year)
	if err != nil {
		return report, err
	}
	return s.compare(ctx, file, report, earlier)
}

// named reports whether a check found out whose figures these are.
func named(report intake.Report) bool {
	return report.Form != "" && report.Organisation != "" && report.Period.Year != 0
}

// compare holds the report of a file against what is known besides it.
func (s *Service) compare(ctx context.Context, file intake.File, report intake.Report, earlier []Submission) (intake.Report, error) {
	known, err := s.known(ctx, report, earlier, func(emit func([]figure.Observation) error) error {
		return intake.Read(file, s.programme, report, emit)
	})
	if err != nil {
		return report, err
	}
	return intake.Compare(report, s.programme, known), nil
}

// Receive checks a file and keeps it: as one that waits for its sender to submit
// it, or as refused where it has errors. Of a file with personal data nothing is
// kept but that it came. A file that says again what is in force, what waits or
// what was refused just before changes nothing.
func (s *Service) Receive(ctx context.Context, file intake.File, expect intake.Expect, by account.Viewer) (Receipt, error) {
	return s.take(ctx, file, expect, by, nil)
}

// Take receives a file and submits it at once. Where a finding asks for an
// explanation and has none, the file waits as after Receive.
func (s *Service) Take(ctx context.Context, file intake.File, expect intake.Expect, by account.Viewer, explanations Explanations) (Receipt, error) {
	if explanations == nil {
		explanations = Explanations{}
	}
	return s.take(ctx, file, expect, by, explanations)
}

func (s *Service) take(ctx context.Context, file intake.File, expect intake.Expect, by account.Viewer, explanations Explanations) (Receipt, error) {
	ctx = Sending(ctx)
	expect, err := scoped(expect, by)
	if err != nil {
		return Receipt{}, err
	}
	report, err := intake.Check(file, s.programme, expect)
	if err != nil || !named(report) || !by.Sees(report.Organisation) {
		// A sender's file that speaks of another organisation leaves nothing there.
		return Receipt{Report: report}, err
	}
	turn := s.turns.of(report.Form, report.Organisation)
	turn.Lock()
	defer turn.Unlock()
	earlier, err := s.records.Of(ctx, report.Form, report.Organisation, report.Period.Before().Year, report.Period.Year)
	if err != nil {
		return Receipt{}, err
	}
	if report, err = s.compare(ctx, file, report, earlier); err != nil {
		return Receipt{}, err
	}
	same, found := repeats(earlier, report, s.programme.Fingerprint)
	if found && (same.State() != Received || explanations == nil) {
		return Receipt{Submission: same, Report: report, Known: same.State() != Received}, nil
	}
	receipt := Receipt{Report: report, New: !found}
	if found {
		receipt.Submission = same
		if receipt.Unexplained = unexplained(report.Findings, explanations); len(receipt.Unexplained) == 0 {
			receipt.Submission, err = s.record(ctx, by, same, s.submitting(same, report, by, explanations)...)
		}
		return receipt, err
	}
	if receipt.Submission, err = s.describe(file, report, by); err != nil {
		return Receipt{}, err
	}
	if report.Accepted() && explanations != nil {
		if receipt.Unexplained = unexplained(report.Findings, explanations); len(receipt.Unexplained) == 0 {
			receipt.Submission.Events = append(receipt.Submission.Events, s.submitting(receipt.Submission, report, by, explanations)...)
		}
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
	lines := []account.Entry{by.Line(s.now(), account.SubmissionReceived, string(receipt.Submission.ID), receipt.Submission.FileName)}
	if receipt.Submission.Is(Submitted) {
		lines = append(lines, by.Line(s.now(), account.SubmissionSubmitted, string(receipt.Submission.ID), ""))
	}
	if err := s.records.Keep(ctx, receipt.Submission, file, read, lines...); err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// scoped makes sure that a sender sends for the own organisation alone.
func scoped(expect intake.Expect, by account.Viewer) (intake.Expect, error) {
	if !by.May(account.SendFigures) {
		return expect, problem.New(problem.Forbidden, "right_missing", nil)
	}
	if by.Role == account.Sender {
		if expect.Organisation != "" && expect.Organisation != by.Organisation {
			return expect, problem.New(problem.Forbidden, "right_missing", nil)
		}
		expect.Organisation = by.Organisation
	}
	return expect, nil
}

// submitting makes the events by which a submission begins to count.
func (s *Service) submitting(one Submission, report intake.Report, by account.Viewer, explanations Explanations) []Event {
	at := s.after(one)
	var events []Event
	add := func(event Event) {
		event.At, event.By = at, by.Email
		events = append(events, event)
		at = at.Add(time.Microsecond)
	}
	for _, finding := range report.Findings {
		if finding.Explain {
			add(Event{Kind: Explained, Finding: finding.Key(), Reason: explanations.of(finding)})
		}
	}
	for _, id := range report.Held {
		add(Event{Kind: Held, Finding: string(id)})
	}
	add(Event{Kind: Submitted})
	return events
}

// after is the present moment, or just after the last event of a submission: two
// events never have the same time, so that their order can be told.
func (s *Service) after(one Submission) time.Time {
	now := s.now().UTC().Truncate(time.Microsecond)
	if n := len(one.Events); n > 0 && !now.After(one.Events[n-1].At) {
		return one.Events[n-1].At.Add(time.Microsecond)
	}
	return now
}

// Submit makes the figures of a received file count: the sender confirms that
// they are complete and correct. It may be asked twice.
func (s *Service) Submit(ctx context.Context, id ID, by account.Viewer, explanations Explanations) (Submission, error) {
	return s.decide(ctx, id, by, account.SendFigures, func(one Submission) ([]Event, error) {
		switch {
		case one.Counts():
			return nil, nil
		case one.State() != Received:
			return nil, decided(one)
		case one.Definition != s.programme.Fingerprint:
			return nil, problem.New(problem.Conflict, "draft_outdated", locale.Args{"file": one.FileName})
		}
		earlier, err := s.records.Of(ctx, one.Form, one.Organisation, one.Period.Year)
		if err != nil {
			return nil, err
		}
		if changedSince(earlier, one) {
			return nil, problem.New(problem.Conflict, "draft_outdated", locale.Args{"file": one.FileName})
		}
		report, err := one.Checked()
		if err != nil {
			return nil, err
		}
		if err := explained(report.Findings, explanations); err != nil {
			return nil, err
		}
		return s.submitting(one, report, by, explanations), nil
	})
}

// changedSince reports whether other figures are in force for the period of a draft than
// when it was checked: what it takes away would be something else.
func changedSince(all []Submission, draft Submission) bool {
	return slices.ContainsFunc(all, func(other Submission) bool {
		if other.ID == draft.ID || other.Period != draft.Period || !other.Is(Submitted) {
			return false
		}
		return slices.ContainsFunc(other.Events, func(e Event) bool {
			return (e.Kind == Submitted || e.Kind == Returned || e.Kind == Withdrawn) && draft.first(Received).before(e)
		})
	})
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

// repeats returns the submission that a file says again: the one in force, the
// latest one where that waits or was refused and the check comes out the same.
func repeats(earlier []Submission, report intake.Report, definition string) (Submission, bool) {
	if report.PersonalData {
		return Submission{}, false
	}
	if same, found := last(earlier, report.Period); found && report.Accepted() && same.SHA256 == report.SHA256 {
		return same, true
	}
	wanted := Refused
	if report.Accepted() {
		wanted = Received
	}
	var latest Submission
	for _, s := range earlier {
		if s.Period == report.Period && !s.first(Received).before(latest.first(Received)) {
			latest = s
		}
	}
	return latest, latest.ID != "" && latest.State() == wanted && latest.SHA256 == report.SHA256 && latest.Definition == definition
}

// describe makes the submission of a file that was checked.
func (s *Service) describe(file intake.File, report intake.Report, by account.Viewer) (Submission, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Submission{}, fmt.Errorf("name a submission: %w", err)
	}
	now := s.now().UTC().Truncate(time.Microsecond)
	one := Submission{
		ID: ID(id.String()), Form: report.Form, FormVersion: report.FormVersion, Organisation: report.Organisation, Period: report.Period,
		Rows: report.Rows, FaultyRows: report.FaultyRows, Definition: s.programme.Fingerprint,
		Events: []Event{{Kind: Received, At: now, By: by.Email}},
	}
	refused := Event{Kind: Refused, At: now.Add(time.Microsecond), By: by.Email}
	if report.PersonalData {
		// Not even the name is kept: people name files after persons.
		refused.Reason = ReasonPersonalData
		one.Events = append(one.Events, refused)
		return one, nil
	}
	if one.Report, err = json.Marshal(report); err != nil {
		return Submission{}, fmt.Errorf("keep the check of a submission: %w", err)
	}
	one.FileName, one.SHA256, one.Size = file.Name, report.SHA256, file.Size
	if report.Accepted() {
		one.Observations = report.Observations
	} else {
		one.Events = append(one.Events, refused)
	}
	return one, nil
}

// ReasonPersonalData is the reason of a file that was refused because it holds
// personal data, and was not kept.
const ReasonPersonalData = "personal_data"
