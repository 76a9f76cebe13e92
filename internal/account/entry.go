package account

import (
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
}

// Action is what was done, by a stable code.
type Action string

// The actions on accounts. Other packages add their own codes.
const (
	LoggedIn           Action = "login"
	LoginFailed        Action = "login_failed"
	LoginThrottled     Action = "login_throttled"
	LoggedOut          Action = "logout"
	Invited            Action = "account_invited"
	InvitationAccepted Action = "invitation_accepted"
	AccountChanged     Action = "account_changed"
	AccountDeactivated Action = "account_deactivated"
	AccountActivated   Action = "account_activated"
	ResetIssued        Action = "reset_issued"
	PasswordChanged    Action = "password_changed"
	FactorOn           Action = "second_factor_on"
	FactorOff          Action = "second_factor_off"
	RecoveryRenewed    Action = "recovery_codes_renewed"
	SessionEnded       Action = "session_ended"
	TokenIssued        Action = "token_issued"
	TokenRevoked       Action = "token_revoked"
	AuditExported      Action = "audit_exported"
)

// EntryFilter says which entries are wanted. Zero fields mean all.
type EntryFilter struct {
	From, To      time.Time // To itself is not included
	Person        string
	Action        Action
	Object        string // a part of it
	Limit, Offset int
}
