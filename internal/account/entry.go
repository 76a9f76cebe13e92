package account

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kipmonitor/internal/figure"
)

// Entry is a line of the audit: who did what, when, from where.
type Entry struct {
	At           time.Time
	Person       string // e-mail address; "" for nobody who is known
	Organisation figure.Organisation
	Address      string // IP address
	Action       Action
	Object       string // what it was done to: an account, a submission, a file
	Detail       string
	Request      string // id of the request, as in the log; "" outside of the server
}

// Line makes the line of the audit for what the viewer does.
func (v Viewer) Line(at time.Time, action Action, object, detail string) Entry {
	if v.Via != "" {
		detail = strings.TrimSuffix(v.Via+": "+detail, ": ")
	}
	return Entry{At: at, Person: v.Email, Organisation: v.Organisation, Address: v.Address, Action: action,
		Object: bounded(object), Detail: bounded(detail)}
}

// Times writes how often something happened in an hour.
func Times(count int) string { return strconv.Itoa(count) + " ×" }

// maxDetail bounds what a line of the audit holds of a text that somebody typed, in
// letters: a reason fits, which may have 2,000.
const maxDetail = 2500

func bounded(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if runes := []rune(text); len(runes) > maxDetail {
		return string(runes[:maxDetail]) + "…"
	}
	return text
}

// Ledger keeps the lines of the audit.
type Ledger interface {
	// Audit adds lines.
	Audit(ctx context.Context, entries ...Entry) error
}

// Action is what was done, by a stable code.
type Action string

// The actions, all of them.
const (
	LoggedIn            Action = "login"
	LoginFailed         Action = "login_failed"
	LoginThrottled      Action = "login_throttled"
	LoggedOut           Action = "logout"
	Invited             Action = "account_invited"
	InvitationAccepted  Action = "invitation_accepted"
	AccountChanged      Action = "account_changed"
	AccountDeactivated  Action = "account_deactivated"
	AccountActivated    Action = "account_activated"
	ResetIssued         Action = "reset_issued"
	PasswordChanged     Action = "password_changed"
	FactorOn            Action = "second_factor_on"
	FactorOff           Action = "second_factor_off"
	RecoveryRenewed     Action = "recovery_codes_renewed"
	SessionEnded        Action = "session_ended"
	TokenIssued         Action = "token_issued"
	TokenRevoked        Action = "token_revoked"
	RightRefused        Action = "right_refused"
	AuditExported       Action = "audit_exported"
	SubmissionReceived  Action = "submission_received"
	SubmissionSubmitted Action = "submission_submitted"
	SubmissionWithdrawn Action = "submission_withdrawn"
	SubmissionAccepted  Action = "submission_accepted"
	SubmissionReturned  Action = "submission_returned"
	FileDownloaded      Action = "file_downloaded"
	DueDateExtended     Action = "due_date_extended"
	DeliveriesExported  Action = "deliveries_exported"
	ReminderSent        Action = "reminder_sent"
	ReminderNoted       Action = "reminder_noted"
	ReportExported      Action = "report_exported"
)

var actions = []Action{
	LoggedIn, LoginFailed, LoginThrottled, LoggedOut, Invited, InvitationAccepted, AccountChanged, AccountDeactivated, AccountActivated, ResetIssued,
	PasswordChanged, FactorOn, FactorOff, RecoveryRenewed, SessionEnded, TokenIssued, TokenRevoked, RightRefused, AuditExported,
	SubmissionReceived, SubmissionSubmitted, SubmissionWithdrawn, SubmissionAccepted, SubmissionReturned, FileDownloaded,
	DueDateExtended, DeliveriesExported, ReminderSent, ReminderNoted, ReportExported,
}

// Actions returns all actions; each has a name in the messages.
func Actions() []Action { return slices.Clone(actions) }

// EntryFilter says which entries are wanted. Zero fields mean all.
type EntryFilter struct {
	From, To      time.Time // To itself is not included
	Person        string
	Action        Action
	Object        string // a part of it
	Limit, Offset int
}
