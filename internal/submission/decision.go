package submission

import (
	"context"
	"slices"
	"strings"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Accept makes the figures of a submission final. Nobody accepts what they
// submitted themselves, nor what a later submission has put out of force meanwhile.
func (s *Service) Accept(ctx context.Context, id ID, by account.Viewer) (Submission, error) {
	return s.decide(ctx, id, by, account.DecideFigures, func(one Submission) ([]Event, error) {
		switch {
		case !one.Counts() || one.Is(Accepted):
			return nil, decided(one)
		case one.By(Submitted) == by.Email && by.Email != "":
			return nil, problem.New(problem.Forbidden, "own_submission", locale.Args{"file": one.FileName})
		}
		sent, err := s.records.Of(ctx, one.Form, one.Organisation, one.Period.Year)
		if err != nil {
			return nil, err
		}
		if now, found := last(sent, one.Period); found && now.ID != one.ID {
			return nil, problem.New(problem.Conflict, "submission_corrected", locale.Args{"file": one.FileName, "now": now.FileName})
		}
		return []Event{{Kind: Accepted}}, nil
	})
}

// Return gives a submission back to its sender, with a reason; an accepted one
// too.
func (s *Service) Return(ctx context.Context, id ID, by account.Viewer, reason string) (Submission, error) {
	return s.decide(ctx, id, by, account.DecideFigures, func(one Submission) ([]Event, error) {
		if !one.Counts() {
			return nil, decided(one)
		}
		if strings.TrimSpace(reason) == "" {
			return nil, problem.New(problem.Invalid, "reason_missing", nil)
		}
		if err := reasonFault(reason, 1); err != nil {
			return nil, err
		}
		return []Event{{Kind: Returned, Reason: strings.TrimSpace(reason)}}, nil
	})
}

// Withdraw takes a submission back. A sender may do that until it is accepted;
// afterwards the coordination office returns it.
func (s *Service) Withdraw(ctx context.Context, id ID, by account.Viewer, reason string) (Submission, error) {
	return s.decide(ctx, id, by, account.SendFigures, func(one Submission) ([]Event, error) {
		if !one.Counts() && one.State() != Received || by.Role == account.Sender && one.Is(Accepted) {
			return nil, decided(one)
		}
		if reason = strings.TrimSpace(reason); reason != "" {
			if err := reasonFault(reason, 1); err != nil {
				return nil, err
			}
		}
		return []Event{{Kind: Withdrawn, Reason: reason}}, nil
	})
}

func decided(one Submission) error {
	return problem.New(problem.Conflict, "submission_decided", locale.Args{"file": one.FileName})
}

// Find returns a submission that the viewer may see; one of another organisation
// does not exist for a sender.
func (s *Service) Find(ctx context.Context, id ID, by account.Viewer) (Submission, error) {
	one, found, err := s.records.Submission(ctx, id)
	if err == nil && (!found || !by.Sees(one.Organisation)) {
		err = problem.New(problem.NotFound, "submission_unknown", nil)
	}
	return one, err
}

// decide records the events that follow from the present state of a submission.
// What is decided is what stands once it is this caller's turn.
func (s *Service) decide(ctx context.Context, id ID, by account.Viewer, right account.Right, follow func(Submission) ([]Event, error)) (Submission, error) {
	ctx = Sending(ctx)
	if !by.May(right) {
		return Submission{}, problem.New(problem.Forbidden, "right_missing", nil)
	}
	one, err := s.Find(ctx, id, by)
	if err != nil {
		return one, err
	}
	turn := s.turns.of(one.Form, one.Organisation)
	turn.Lock()
	defer turn.Unlock()
	if one, err = s.Find(ctx, id, by); err != nil {
		return one, err
	}
	events, err := follow(one)
	if err != nil || len(events) == 0 {
		return one, err
	}
	for i := range events {
		if events[i].At.IsZero() {
			events[i].At, events[i].By = s.after(one), by.Email
		}
	}
	return s.record(ctx, by, one, events...)
}

// actions are what the audit calls the events that somebody brings about.
var actions = map[EventKind]account.Action{
	Submitted: account.SubmissionSubmitted, Accepted: account.SubmissionAccepted,
	Returned: account.SubmissionReturned, Withdrawn: account.SubmissionWithdrawn,
}

// record adds events to a submission, with their lines of the audit, and returns it with
// them.
func (s *Service) record(ctx context.Context, by account.Viewer, one Submission, events ...Event) (Submission, error) {
	var lines []account.Entry
	for _, event := range events {
		if action, known := actions[event.Kind]; known {
			lines = append(lines, by.Line(s.now(), action, string(one.ID), event.Reason))
		}
	}
	if err := s.records.Record(ctx, one.ID, lines, events...); err != nil {
		return one, err
	}
	one.Events = append(slices.Clone(one.Events), events...)
	return one, nil
}
