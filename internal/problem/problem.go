// Package problem is the one error that a user may read. Every other error is
// the operator's: it is logged, and the user is told that something went wrong
// on our side.
package problem

import (
	"errors"
	"net/http"
	"syscall"

	"kipmonitor/internal/locale"
)

// Kind says how a problem is answered: by HTTP status and exit code.
type Kind string

// The kinds of problems.
const (
	Invalid      Kind = "invalid"      // the request or file is wrong
	NotFound     Kind = "not_found"    // what was asked for does not exist (for this user)
	Unauthorized Kind = "unauthorized" // nobody knows who asks: log in first
	Forbidden    Kind = "forbidden"    // the user may not do this
	Conflict     Kind = "conflict"     // it is not possible in the present state
	TooLarge     Kind = "too_large"    // a limit is exceeded
	TooMany      Kind = "too_many"     // too many tries in a short time; wait
	Unavailable  Kind = "unavailable"  // a part that is needed does not answer; try again
)

var statusOf = map[Kind]int{
	Invalid:      http.StatusBadRequest,
	NotFound:     http.StatusNotFound,
	Unauthorized: http.StatusUnauthorized,
	Forbidden:    http.StatusForbidden,
	Conflict:     http.StatusConflict,
	TooLarge:     http.StatusRequestEntityTooLarge,
	TooMany:      http.StatusTooManyRequests,
	Unavailable:  http.StatusServiceUnavailable,
}

// Status is the HTTP status of a kind.
func (k Kind) Status() int { return statusOf[k] }

// Error is a problem with a stable code and a message in the user's language.
// The message's key is "problem." + Code.
type Error struct {
	Kind Kind
	Code string // stable, such as "form_unknown"
	Args locale.Args
	Err  error // the operator's cause, never shown; may be nil
}

// New returns a problem of a kind with a code and the arguments of its message.
func New(kind Kind, code string, args locale.Args) *Error {
	return &Error{Kind: kind, Code: code, Args: args}
}

// Because returns a copy of e with its cause.
func (e *Error) Because(err error) *Error {
	copied := *e
	copied.Err = err
	return &copied
}

// Error returns the German message and the cause, for the log.
func (e *Error) Error() string {
	text := e.In(locale.German)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// In returns the message in a language, for the user.
func (e *Error) In(language locale.Language) string {
	return language.Say("problem."+e.Code, e.Args)
}

// From returns the problem in an error's chain, if there is one. A disk that is full is
// one, whoever met it.
func From(err error) (*Error, bool) {
	var found *Error
	if errors.As(err, &found) {
		return found, true
	}
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return New(Unavailable, "disk_full", nil).Because(err), true
		}
	}
	return nil, false
}
