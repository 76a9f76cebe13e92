// Package intake turns the bytes of a sender's file into observations and
// findings. It reads what Swiss offices really produce, and says everything that
// is wrong at once, with row, column and what to do.
//
// Check looks at all of a file and decides; Read then hands out the observations of
// an accepted one, as Check kept them, or where they are too many (maxKept) by
// reading the file again. Memory does not grow with the file beyond a bound
// (MaxRows). The package is pure: it knows no clock, no database
// and no network, and builds for the browser.
package intake

import (
	"io"

	"kipmonitor/internal/figure"
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
}
