package submission_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kipmonitor/internal/account"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

// reminded keeps reminders and nothing else.
type reminded struct {
	submission.Records
	kept    []submission.Reminder
	audited []account.Entry
}

func (r *reminded) Remind(_ context.Context, lines []account.Entry, reminders ...submission.Reminder) error {
	r.kept, r.audited = append(r.kept, reminders...), append(r.audited, lines...)
	return nil
}

func TestAReminderIsSentAndThenRecorded(t *testing.T) {
	p := small(t)
	p.Demo = false
	office := account.Viewer{Email: "koordination@example.ch", Role: account.Coordination}
	letter := submission.Reminder{Organisation: p.Organisations[0].Code, Recipients: []string{"amt@example.ch"}, Subject: " Zahlen ", Text: " Guten Tag "}
	sent := 0
	send := func(_ context.Context, one submission.Reminder) error {
		if one.Subject != "Zahlen" || one.Text != "Guten Tag" || !one.Sent {
			t.Errorf("sent is %+v", one)
		}
		sent++
		return nil
	}
	refused := errors.New("the server refuses")
	for name, test := range map[string]struct {
		change     func(one *submission.Reminder)
		by         account.Viewer
		send       func(context.Context, submission.Reminder) error
		demo       bool
		code       string
		sent, kept int
	}{
		"sent from here": {nil, office, send, false, "", 1, 1},
		"noted, since somebody sent it themselves": {nil, office, nil, false, "", 0, 1},
		"noted with demo data":                     {nil, office, nil, true, "", 0, 1},
		"never sent with demo data":                {nil, office, send, true, "mail_demo", 0, 0},
		"what could not be sent is not recorded":   {nil, office, func(context.Context, submission.Reminder) error { return refused }, false, refused.Error(), 0, 0},
		"by a reader":                              {nil, account.Viewer{Email: "x@example.ch", Role: account.Reader}, send, false, "right_missing", 0, 0},
		"to nobody that is known":                  {func(one *submission.Reminder) { one.Organisation = "nobody" }, office, send, false, "organisation_not_found", 0, 0},
		"without a text":                           {func(one *submission.Reminder) { one.Text = " \n" }, office, send, false, "reminder_text", 0, 0},
		"without a subject":                        {func(one *submission.Reminder) { one.Subject = "" }, office, send, false, "reminder_text", 0, 0},
		"with a text without end":                  {func(one *submission.Reminder) { one.Text = strings.Repeat("x", 30_000) }, office, send, false, "reminder_text", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			records := &reminded{}
			sent, p.Demo = 0, test.demo
			one := letter
			if test.change != nil {
				test.change(&one)
			}
			err := submission.NewService(p, records).Remind(t.Context(), one, test.send, test.by)
			got := ""
			if told, ok := problem.From(err); ok {
				got = told.Code
			} else if err != nil {
				got = err.Error()
			}
			if got != test.code || sent != test.sent || len(records.kept) != test.kept {
				t.Errorf("%q, sent %d, kept %d", got, sent, len(records.kept))
			}
			if len(records.kept) == 1 && (records.kept[0].By != office.Email || records.kept[0].At.IsZero() || records.kept[0].Sent != (test.send != nil)) {
				t.Errorf("kept is %+v", records.kept[0])
			}
			if len(records.audited) != test.kept {
				t.Errorf("the audit has %+v", records.audited)
			}
		})
	}
}
