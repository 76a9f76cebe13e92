// Package submission is the life of a file: it is received, and refused or
// submitted; then accepted, returned or withdrawn. It alone decides: the web
// page, the command line and the demo data take a file in by the same call,
// Service.Take.
package submission

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
)

// ID names a submission: a UUID of version 7, so that ids sort by time.
type ID string

// EventKind is what happened to a submission.
type EventKind string

// The events in the life of a submission. A submission counts from Submitted on,
// until it is Returned or Withdrawn; it is provisional until Accepted.
const (
	Received  EventKind = "received"  // the file came in; without another event it waits to be submitted
	Refused   EventKind = "refused"   // the check found errors: nothing was taken in
	Explained EventKind = "explained" // the sender says why a finding is right all the same
	Held      EventKind = "held"      // a key figure lies above a bound of plausibility: it counts from Accepted on
	Submitted EventKind = "submitted" // everything is stored: the figures count
	Accepted  EventKind = "accepted"  // the coordination office accepts the figures
	Returned  EventKind = "returned"  // the coordination office gives it back, with a reason
	Withdrawn EventKind = "withdrawn" // the sender takes it back
)

// Event is one of them, with time, person and reason. Events are never changed.
type Event struct {
	Kind   EventKind
	At     time.Time
	By     string // account.Viewer.Email
	Reason string // or the explanation
	// Finding is the key of the finding that is Explained, or the key figure that is
	// Held.
	Finding string
	// Sequence is the place of the event among all: later ones have a higher one, whatever
	// the clock said. 0: from before it was kept; then the time says the order.
	Sequence uint64
}

// before reports whether an event was recorded before another.
func (e Event) before(other Event) bool {
	return cmp.Or(cmp.Compare(e.Sequence, other.Sequence), e.At.Compare(other.At)) < 0
}

// Submission is one file that came in (Einreichung).
type Submission struct {
	ID           ID
	Form         figure.Form
	FormVersion  string
	Organisation figure.Organisation
	Period       figure.Period
	FileName     string
	SHA256       string // of the file, in hex
	Size         int64  // bytes
	Rows         int    // rows with figures
	FaultyRows   int    // of those, rows with an error
	Observations int    // figures taken in
	Definition   string // fingerprint of the programme definition it was checked by
	Report       []byte // the check, as JSON (intake.Report)
	Events       []Event
}

// Is reports whether an event of a kind happened.
func (s Submission) Is(kind EventKind) bool {
	return slices.ContainsFunc(s.Events, func(e Event) bool { return e.Kind == kind })
}

// first returns the first event of a kind; the zero Event where there is none.
func (s Submission) first(kind EventKind) Event {
	for _, event := range s.Events {
		if event.Kind == kind {
			return event
		}
	}
	return Event{}
}

// At returns when the first event of a kind happened; the zero time for never.
func (s Submission) At(kind EventKind) time.Time { return s.first(kind).At }

// By returns who caused the first event of a kind; "" for nobody.
func (s Submission) By(kind EventKind) string { return s.first(kind).By }

// Explanation returns what the sender said to a finding, or "".
func (s Submission) Explanation(finding string) string {
	for _, event := range s.Events {
		if event.Kind == Explained && event.Finding == finding {
			return event.Reason
		}
	}
	return ""
}

// Checked returns the check of the file as it was made when it came. A file with
// personal data has none.
func (s Submission) Checked() (intake.Report, error) {
	report := intake.Report{Form: s.Form, Organisation: s.Organisation, Period: s.Period}
	if len(s.Report) == 0 {
		return report, nil
	}
	if err := json.Unmarshal(s.Report, &report); err != nil {
		return report, fmt.Errorf("read the check of submission %s: %w", s.ID, err)
	}
	return report, nil
}

// Counts reports whether its figures count: submitted, and neither returned nor
// withdrawn. Of several that count for one form, organisation and period, the
// one submitted last is in force.
func (s Submission) Counts() bool {
	return s.Is(Submitted) && !s.Is(Returned) && !s.Is(Withdrawn)
}

// State is the last thing that happened to it.
func (s Submission) State() EventKind {
	for _, kind := range []EventKind{Withdrawn, Returned, Accepted, Submitted, Refused} {
		if s.Is(kind) {
			return kind
		}
	}
	return Received
}

// Filter says which submissions are asked for; what is empty is no condition.
type Filter struct {
	IDs          []ID
	Organisation figure.Organisation
	Years        []figure.Year
	AsOf         time.Time // the zero time: now
	WithReport   bool      // the check too, which is long
}

// Difference is a figure that two submissions state differently.
type Difference struct {
	KeyFigure    figure.KeyFigure
	Municipality figure.Municipality
	Measure      figure.Measure
	Sex          figure.Code
	Age          figure.Code
	Status       figure.Code
	Further      figure.Further
	Old, New     *figure.Decimal // nil: not given
}

// Receipt is what Take answers.
type Receipt struct {
	Submission Submission
	Report     intake.Report
	// New: a submission was made of the file. Otherwise Submission is that which says
	// the same already, or there is none since the file does not say whose it is.
	New bool
	// Known: this very file was taken in before; nothing was changed.
	Known bool
	// Unexplained are the findings that kept the file from being submitted.
	Unexplained []intake.Finding
}

// InForce returns those submissions that are in force: of all that count for a
// form, organisation and period, the one submitted last.
func InForce(submissions []Submission) []Submission {
	type key struct {
		form         figure.Form
		organisation figure.Organisation
		period       figure.Period
	}
	latest := map[key]int{}
	for i, s := range submissions {
		k := key{s.Form, s.Organisation, s.Period}
		earlier, seen := latest[k]
		if s.Counts() && (!seen || !s.first(Submitted).before(submissions[earlier].first(Submitted))) {
			latest[k] = i
		}
	}
	var inForce []Submission
	for i, s := range submissions {
		if j, found := latest[key{s.Form, s.Organisation, s.Period}]; found && i == j {
			inForce = append(inForce, s)
		}
	}
	return inForce
}
