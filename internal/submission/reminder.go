package submission

import (
	"context"
	"strings"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/problem"
)

// Reminder is a letter to an organisation about figures that it owes (Erinnerung).
type Reminder struct {
	Organisation figure.Organisation
	Recipients   []string // addresses; where it was not sent from here there may be none
	Subject      string
	Text         string
	// Sent: from here. Otherwise somebody noted that they have sent it themselves.
	Sent bool
	By   string // account.Viewer.Email
	At   time.Time
}

// maxLetter bounds the text of a reminder, in bytes.
const maxLetter = 20_000

// Remind records a reminder. Where send is given it is sent first: what could not be
// sent is not recorded as if it had been.
func (s *Service) Remind(ctx context.Context, one Reminder, send func(context.Context, Reminder) error, by account.Viewer) error {
	one.Subject, one.Text = strings.TrimSpace(one.Subject), strings.TrimSpace(one.Text)
	switch {
	case !by.May(account.DecideFigures):
		return problem.New(problem.Forbidden, "right_missing", nil)
	case s.programme.Organisation(one.Organisation) == nil:
		return problem.New(problem.NotFound, "organisation_not_found", nil)
	case one.Subject == "" || one.Text == "" || len(one.Subject)+len(one.Text) > maxLetter:
		return problem.New(problem.Invalid, "reminder_text", nil)
	case send != nil && s.programme.Demo:
		return problem.New(problem.Conflict, "mail_demo", nil)
	}
	one.Sent = send != nil
	if send != nil {
		if err := send(ctx, one); err != nil {
			return err
		}
	}
	one.By, one.At = by.Email, s.now().UTC().Truncate(time.Microsecond)
	// What was sent is recorded even if the caller has left.
	action := account.ReminderNoted
	if one.Sent {
		action = account.ReminderSent
	}
	line := by.Line(one.At, action, string(one.Organisation), strings.Join(one.Recipients, ", "))
	return s.records.Remind(context.WithoutCancel(ctx), []account.Entry{line}, one)
}
