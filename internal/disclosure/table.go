// Package disclosure protects small counts. It is the only maker of a Table, and
// only a Table can be charted, shown or exported, so that protection cannot be
// forgotten: figures go in as a Draft, whose cells nobody can read, and come out
// of Protect as a Table.
package disclosure

import (
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// State says what may be said of a cell.
type State uint8

// The states of a cell.
const (
	Shown         State = iota // Value holds
	Hidden                     // protected: shown as «X»
	Missing                    // no figure was delivered: shown as «–»
	NotApplicable              // the figure cannot exist here: shown as «.»
	NotComputable              // there are figures, but they give no value; Reason says why
)

// Cell is one cell of a protected table. Of a cell that is not Shown, Value is 0.
type Cell struct {
	State       State
	Value       figure.Decimal // a share as a fraction: 0.925
	Unit        figure.Unit
	Provisional bool   // not everything behind it is accepted yet
	Weak        bool   // a share over a small denominator: to be read with care
	Public      bool   // a small count that follows from the figure of the canton: hiding it would protect nobody
	Reason      string // message key of the reason of a NotComputable cell
}

// Header labels a column or row.
type Header struct {
	Code  string // stable, for exports and links: "2025", "m", "2581", "target"
	Label locale.Text
	Total bool // the total of the others in its direction
}

// Row is a row of a protected table.
type Row struct {
	Header
	Cells []Cell // as many as the table has columns
}

// Table is a protected table. Charts take its rows as categories and its columns
// as series. The zero Table is empty.
type Table struct {
	title   locale.Text
	columns []Header
	rows    []Row
	notes   []locale.Text
}

// Title returns what the table shows.
func (t Table) Title() locale.Text { return t.title }

// Columns returns the headers of the columns.
func (t Table) Columns() []Header { return t.columns }

// Rows returns the rows in their order.
func (t Table) Rows() []Row { return t.rows }

// Notes returns the footnotes that travel with the table.
func (t Table) Notes() []locale.Text { return t.notes }

// Hidden counts the cells that are protected.
func (t Table) Hidden() int {
	hidden := 0
	for _, row := range t.rows {
		for _, cell := range row.Cells {
			if cell.State == Hidden {
				hidden++
			}
		}
	}
	return hidden
}
