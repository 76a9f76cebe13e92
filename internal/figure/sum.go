package figure

import "time"

// By is a set of the dimensions by which sums are asked apart.
type By uint16

// The members of By.
const (
	ByOrganisation By = 1 << iota
	ByMunicipality
	ByMeasure
	ByPart    // part of the year; otherwise the sums are by year
	ByFurther // the further dimensions of the form, all of them
)

// Question is what the store is asked: the sums of key figures for years, by
// dimensions, of the submissions that were in force at a moment.
type Question struct {
	Figures []KeyFigure
	Years   []Year
	Margin  Margin    // the dimensions of persons to tell apart
	By      By        // the other dimensions to tell apart
	AsOf    time.Time // the zero time: now
	// Ratios are the figures of ratios, those of the numerator and of the denominator
	// together. Of each sum it is asked as well what does not count for one of them,
	// since another of its figures is not known beside it.
	Ratios [][]KeyFigure
	// Including are the ids of submissions that are taken to be in force although
	// nobody submitted them, Excluding of those taken to be gone: what would be if.
	Including, Excluding []string
}

// Sum answers a Question for one key figure, year and combination of the asked
// dimensions; dimensions that were not asked are at their zero value. A flow is
// summed over the parts of a year; of a snapshot figure the last part that each
// organisation delivered counts.
type Sum struct {
	KeyFigure    KeyFigure
	Period       Period // Part is WholeYear unless asked ByPart
	Organisation Organisation
	Municipality Municipality
	Measure      Measure
	Sex          Code
	Age          Code
	Status       Code
	Further      Further

	Value Decimal // what is given, summed; 0 and not to be read where Given is 0
	// Given, Missing and NotApplicable count the observations by their mark.
	Given, Missing, NotApplicable uint64
	// Organisations and Parts count the distinct organisations and parts of the
	// year that gave a figure: persons counted once per organisation must not be
	// summed over several.
	Organisations, Parts uint64
	// Provisional: at least one submission is not accepted yet.
	Provisional bool
	// Unpaired is what of the sum does not count for the ratios of the question, in their
	// order; nil where all of it counts for each of them.
	Unpaired []Unpaired
}

// Unpaired is what of a sum does not count for a ratio: figures of rows in which another
// figure of the ratio is not known. Shares of unlike wholes would be mixed otherwise.
type Unpaired struct {
	Value Decimal
	Given uint64 // observations
	// Incomplete are the ids of the submissions in which a figure of the ratio is missing.
	Incomplete []string
}

// Coverage counts the submissions of one form for one year against those owed
// (Vollständigkeit).
type Coverage struct {
	Form      Form
	Year      Year
	Owed      int // obligations whose period has ended
	Delivered int // of those, in force
	Accepted  int // of those, accepted
	OnTime    int // of those delivered, first submitted by the due date
}

// Source is one observation behind a value, with the way back to the cell it
// came from (Herkunft).
type Source struct {
	Observation
	Submission   string // id
	Form         Form
	Organisation Organisation
	Period       Period
	FileName     string
	FileSHA256   string
	SubmittedAt  time.Time
	Accepted     bool
}
