package disclosure

import (
	"fmt"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// Value is a cell of a draft, as it was computed.
type Value struct {
	State State          // Shown, Missing, NotApplicable or NotComputable
	Value figure.Decimal // a share as a fraction
	Unit  figure.Unit
	// Ratio: Value is Count over Denominator. Otherwise Value itself is the count
	// to protect, and Count and Denominator are not read.
	Ratio       bool
	Count       figure.Decimal
	Denominator figure.Decimal
	// Protected: people, or contacts with them, are counted. False for what is
	// public in itself, such as a target, or the value of the canton beside that of
	// a municipality.
	Protected   bool
	Provisional bool
	Reason      string // message key of the reason of a NotComputable cell
}

// Draft is a table that is not protected yet. Nobody can read its cells.
type Draft struct {
	title   locale.Text
	columns []Header
	rows    []draftRow
	notes   []locale.Text
}

type draftRow struct {
	Header
	cells []Value
}

// NewDraft begins a table. One of values of the canton becomes a Table by Protect; one
// that tells people apart, by municipality, sex, age, status or anything else, by the
// Publication that it is a part of.
func NewDraft(title locale.Text, columns ...Header) *Draft {
	return &Draft{title: title, columns: columns}
}

// Add adds a row with a cell for each column. It panics for another number of
// cells, which only our own code could give.
func (d *Draft) Add(row Header, cells ...Value) {
	if len(cells) != len(d.columns) {
		panic(fmt.Sprintf("disclosure: row %q has %d cells for %d columns", row.Code, len(cells), len(d.columns)))
	}
	d.rows = append(d.rows, draftRow{row, cells})
}

// Note adds a footnote.
func (d *Draft) Note(note locale.Text) { d.notes = append(d.notes, note) }
