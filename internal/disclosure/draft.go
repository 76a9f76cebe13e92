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
	Protected bool
	// Covered: a part of the cell is hidden in another table that is read beside
	// this one, so it must be hidden here too.
	Covered     bool
	Provisional bool
	Reason      string // message key of the reason of a NotComputable cell
}

// count is the number of people that the cell could give away.
func (v Value) count() figure.Decimal {
	if v.Ratio {
		return v.Count
	}
	return v.Value
}

// Draft is a table that is not protected yet. Nobody can read its cells.
type Draft struct {
	title     locale.Text
	breakdown bool
	columns   []Header
	rows      []draftRow
	notes     []locale.Text
	covered   [2]map[string]bool // the groups whose sums Cover hides
}

type draftRow struct {
	Header
	cells []Value
}

// NewDraft begins a table. A breakdown tells people apart, by municipality, sex,
// age, status or anything else, and is protected; values of the canton over the
// years are not. In a breakdown the rows are the parts of a whole, or the
// columns where the rows are years; with a total column both are.
func NewDraft(title locale.Text, breakdown bool, columns ...Header) *Draft {
	return &Draft{title: title, breakdown: breakdown, columns: columns}
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
