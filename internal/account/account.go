package account

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Account is a person as known at a moment. It is never changed in place: each
// change is a further state, and the latest counts.
type Account struct {
	Email        string // lower-cased; never changes
	Name         string
	Role         Role
	Organisation figure.Organisation // of a sender
	Language     locale.Language
	Active       bool
	Created      time.Time
	Changed      time.Time // when this state began
	ChangedBy    string

	// Subject is the name that the canton's identity provider gives to the
	// person, after the provider's own; "" for who logs in with a password.
	Subject string

	// Password is the argon2id hash; "" before an invitation was accepted.
	Password string
	// Factor is the sealed secret of one-time codes; "" where they are off.
	Factor string
	// FactorStep is the last time step of which a code was used.
	FactorStep int64
	// Recovery are the hashes of the recovery codes that are left.
	Recovery []string
}

// Usable reports whether somebody can log in to the account.
func (a Account) Usable() bool { return a.Active && (a.Password != "" || a.Subject != "") }

// viewer is the person of the account in a session.
func (a Account) viewer() Viewer {
	return Viewer{Email: a.Email, Name: a.Name, Role: a.Role, Organisation: a.Organisation}
}

// maxText bounds names, labels and addresses, in bytes.
const maxText = 200

// ParseEmail returns the form in which an address names an account.
func ParseEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > maxText || !utf8.ValidString(text) {
		return "", problem.New(problem.Invalid, "email", nil)
	}
	return text, nil
}

// readable reports whether a name reads as it is written: it has no control characters,
// and none that turn the direction of the text around, behind which another name could
// hide (Unicode Standard Annex 9: Bidi_Control).
func readable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) })
}

// check says what is wrong with an account that somebody typed in.
func (a Account) check() error {
	switch {
	case !readable(a.Name):
		return problem.New(problem.Invalid, "name_control", nil)
	case strings.TrimSpace(a.Name) == "" || len(a.Name) > maxText:
		return problem.New(problem.Invalid, "name", nil)
	case rights[a.Role] == nil:
		return problem.New(problem.Invalid, "role", nil)
	case (a.Role == Sender) != (a.Organisation != ""):
		return problem.New(problem.Invalid, "role_organisation", nil)
	}
	return nil
}
