package intake

import (
	"slices"

	"kipmonitor/internal/figure"
)

// Layout says how the figures stand in a file.
type Layout string

// The layouts.
const (
	Wide Layout = "wide" // a column for each key figure
	Long Layout = "long" // a row for each figure, with columns «Kennzahl» and «Wert»
)

// Total is the sum of a key figure in a file, as it will count: parts and their
// stated total are not added up.
type Total struct {
	KeyFigure figure.KeyFigure `json:"key_figure"`
	// Account is that of the finance grid, for spending: each account has a total of its
	// own.
	Account figure.Code    `json:"account,omitempty"`
	Value   figure.Decimal `json:"value"`
	Given   int            `json:"given"`   // figures that are there
	Missing int            `json:"missing"` // figures marked as missing
	// NotApplicable are figures that cannot exist here, as the sender says.
	NotApplicable int `json:"not_applicable"`
	// Before is the sum of the year before, where it is known.
	Before *figure.Decimal `json:"before,omitempty"`
}

// Key names the total among those of a submission.
func (t Total) Key() figure.KeyFigure { return t.KeyFigure.In(t.Account) }

// Report is what Check says of a file. Its JSON is described in docs/files.md.
type Report struct {
	FileName     string              `json:"file"`
	Size         int64               `json:"size"`
	SHA256       string              `json:"sha256"`
	Encoding     string              `json:"encoding"`
	Separator    string              `json:"separator"`
	Sheet        string              `json:"sheet,omitempty"` // that was read, of a workbook
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
	// Held are key figures that lie above a bound of plausibility: they do not count
	// before somebody has accepted them.
	Held     []figure.KeyFigure `json:"held,omitempty"`
	Findings []Finding          `json:"findings"`
	// PersonalData: the file holds personal data and must not be kept.
	PersonalData bool `json:"personal_data"`
	// Verdict is Accepted, for whoever reads the JSON.
	Verdict bool `json:"accepted"`

	plan *plan // how to read it, for Read
}

// Accepted reports whether the file can be taken in: it was understood, and
// nothing in it is an error.
func (r Report) Accepted() bool { return r.Form != "" && r.Count(Error) == 0 }

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

// Asking returns how many findings ask their sender for an explanation.
func (r Report) Asking() int {
	count := 0
	for _, finding := range r.Findings {
		if finding.Explain {
			count++
		}
	}
	return count
}

// TakesAway reports whether the file leaves out figures of the version in force when it
// was checked.
func (r Report) TakesAway() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == goneCode })
}
