package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// Pass is a secret that was handed out: a session, a link, a token. Only its hash
// is kept, which is also its id.
type Pass struct {
	ID      string // SHA-256 of the secret, in hex
	Kind    PassKind
	Email   string // whose it is
	Label   string // of a token: what its owner calls it; of a session: the browser
	Address string // from where it was asked for
	Scopes  []Right
	Issued  time.Time
	Expires time.Time
	Used    time.Time // last; the zero time: never
	Ended   time.Time // the zero time: not
}

// PassKind is what a pass is good for.
type PassKind string

// The kinds of passes.
const (
	Session    PassKind = "session"    // a person who is logged in
	HalfLogin  PassKind = "half_login" // a person whose password was right and whose code is awaited
	Enrolment  PassKind = "enrolment"  // a person whose password was right and who must set up a second factor
	Invitation PassKind = "invitation" // a link by which an invited person sets name and password
	Reset      PassKind = "reset"      // a link by which a person sets a new password
	Token      PassKind = "token"      // a machine
)

// PassEvent is what happened to a pass after it was issued.
type PassEvent string

// The events of a pass.
const (
	Used  PassEvent = "used"
	Ended PassEvent = "ended"
)

// How long passes are good for.
const (
	sessionIdle    = time.Hour
	sessionLimit   = 12 * time.Hour
	halfLoginLimit = 5 * time.Minute
	enrolmentLimit = 15 * time.Minute // an app may have to be installed first
	linkLimit      = 7 * 24 * time.Hour
	// TokenLimit is the longest life of a token.
	TokenLimit = 366 * 24 * time.Hour
	// usedEvery is how exactly the last use is known.
	usedEvery = time.Minute
)

// good reports whether a pass still opens something.
func (p Pass) good(now time.Time) bool {
	if !p.Ended.IsZero() || !now.Before(p.Expires) {
		return false
	}
	return p.Kind != Session || now.Sub(p.lastUse()) < sessionIdle+usedEvery
}

func (p Pass) lastUse() time.Time {
	if p.Used.After(p.Issued) {
		return p.Used
	}
	return p.Issued
}

// tokenPrefix lets people and scanners of source code know a token when they see
// one.
const tokenPrefix = "token_"

// newSecret returns a secret of 256 random bits.
func newSecret() string {
	var bytes [32]byte
	_, _ = rand.Read(bytes[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

// fingerprint is what is kept of a secret. The secrets are random and long, so that
// a fast hash is enough.
func fingerprint(secret string) string {
	hash := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(hash[:])
}

// plausible reports whether a text can be a secret at all, before anybody asks the
// store for it: 43 letters, and of a token its prefix. Earlier ones had a shorter one.
func plausible(secret string) bool {
	return len(secret) >= 43 && len(secret) <= len(tokenPrefix)+43
}
