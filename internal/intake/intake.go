// Package intake turns the bytes of a sender's file into observations and
// findings. It reads what Swiss offices really produce, and says everything that
// is wrong at once, with row, column and what to do.
//
// A file is read twice: Check looks at all of it and decides; Read then hands
// out the observations of an accepted file. Memory does not grow with the file
// beyond a bound (MaxRows). The package is pure: it knows no clock, no database
// and no network, and builds for the browser.
package intake

import (
	"io"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// MaxRows bounds a file: what is remembered of each row, to find duplicates, then
// fits into 100 MB. A municipality sends some hundred rows.
const MaxRows = 2_000_000

// File is a file as it came in.
type File struct {
	Name    string
	Size    int64 // bytes
	Content io.ReaderAt
}

// Expect is what is known of a file beside its content; what is zero must stand
// in the file itself, and what is given must agree with it.
type Expect struct {
	Form         figure.Form
	Organisation figure.Organisation
	Period       figure.Period
	// Before are the sums of the same form and organisation a year earlier, for
	// the comparison; nil where there are none.
	Before map[figure.KeyFigure]figure.Decimal
}

// Severity says what a finding means for the file.
type Severity string

// The severities: an error keeps the file out, a warning asks for an
// explanation, a hint informs.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Hint    Severity = "hint"
)

// Finding is one cause, found in one or more places.
type Finding struct {
	Severity   Severity      `json:"severity"`
	Code       string        `json:"code"`
	Place      figure.Cell   `json:"place"` // the first; row 0 means the file as a whole
	Column     string        `json:"column,omitempty"`
	Text       string        `json:"text,omitempty"`       // as it stands in the cell
	Suggestion string        `json:"suggestion,omitempty"` // what was probably meant
	Args       locale.Args   `json:"-"`
	Count      int           `json:"count"`          // in how many places
	More       []figure.Cell `json:"more,omitempty"` // the next places, at most maxPlaces
	Message    string        `json:"message"`        // German, for whoever reads the JSON
}

// maxPlaces is how many places a finding names; all are counted.
const maxPlaces = 10

// maxFindings is how many causes a report lists; further ones are counted by a
// last finding.
const maxFindings = 200

// In returns the message of the finding in a language: what is wrong, and what
// to do.
func (f Finding) In(language locale.Language) string {
	text := language.Say("intake."+f.Code, f.Args)
	if f.Suggestion != "" {
		text += " " + language.Say("intake.did_you_mean", locale.Args{"suggestion": f.Suggestion})
	}
	return text
}

// Layout says how the figures stand in a file.
type Layout string

// The layouts.
const (
	Wide Layout = "wide" // a column for each key figure
	Long Layout = "long" // a row for each figure, with columns «Kennzahl» and «Wert»
)

// Total is the sum of a key figure in a file, as it will count.
type Total struct {
	KeyFigure figure.KeyFigure `json:"key_figure"`
	Value     figure.Decimal   `json:"value"`
	Given     int              `json:"given"`   // figures that are there
	Missing   int              `json:"missing"` // figures marked as missing
	// Before is the sum of the year before, where it is known.
	Before *figure.Decimal `json:"before,omitempty"`
}

// Report is what Check says of a file.
type Report struct {
	FileName     string              `json:"file"`
	Size         int64               `json:"size"`
	SHA256       string              `json:"sha256"`
	Encoding     string              `json:"encoding"`
	Separator    string              `json:"separator"`
	Layout       Layout              `json:"layout"`
	Form         figure.Form         `json:"form"`
	FormVersion  string              `json:"form_version"`
	Organisation figure.Organisation `json:"organisation"`
	Period       figure.Period       `json:"-"`
	PeriodText   string              `json:"period"`
	Rows         int                 `json:"rows"`
	FaultyRows   int                 `json:"faulty_rows"`
	Observations int                 `json:"observations"`
	Totals       []Total             `json:"totals"`
	Findings     []Finding           `json:"findings"`
	// PersonalData: the file holds personal data and must not be kept.
	PersonalData bool `json:"personal_data"`
	// Verdict is Accepted, for whoever reads the JSON.
	Verdict bool `json:"accepted"`

	plan *plan // how to read it, for Read
}

// Accepted reports whether the file can be taken in: nothing in it is an error.
func (r Report) Accepted() bool {
	for _, finding := range r.Findings {
		if finding.Severity == Error {
			return false
		}
	}
	return r.Form != ""
}

// Count returns how many findings, by cause, have a severity.
func (r Report) Count(severity Severity) int {
	count := 0
	for _, finding := range r.Findings {
		if finding.Severity == severity {
			count++
		}
	}
	return count
}
