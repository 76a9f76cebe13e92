package table

import (
	"encoding/json"
	"fmt"
	"io"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// The names in JSON are stable: programs read them.

// document is a table as JSON.
type document struct {
	Title    string           `json:"title"`
	Language string           `json:"language"`
	Columns  []headerDocument `json:"columns"`
	Rows     []rowDocument    `json:"rows"`
	Notes    []string         `json:"notes,omitempty"`
}

type headerDocument struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Total bool   `json:"total,omitempty"` // the total of the others in its direction
}

type rowDocument struct {
	headerDocument
	Cells []Cell `json:"cells"` // in the order of the columns
}

// Cell is a cell in JSON. Value is a decimal in a string, exact, with a share as
// a fraction; it is null unless the state is "shown".
type Cell struct {
	State       string          `json:"state"` // shown, hidden, missing, not_applicable, not_computable
	Value       *figure.Decimal `json:"value"`
	Unit        figure.Unit     `json:"unit,omitempty"`
	Provisional bool            `json:"provisional,omitempty"`
	Weak        bool            `json:"weak,omitempty"`
	Reason      string          `json:"reason,omitempty"` // in words, of a cell that is not computable
}

// JSON writes a table as one document.
func (w Writer) JSON(out io.Writer, t disclosure.Table) error {
	d := document{Title: t.Title().In(w.Language), Language: string(w.Language), Columns: []headerDocument{}, Rows: []rowDocument{}}
	for _, column := range t.Columns() {
		d.Columns = append(d.Columns, w.header(column))
	}
	for _, row := range t.Rows() {
		one := rowDocument{headerDocument: w.header(row.Header)}
		for _, cell := range row.Cells {
			one.Cells = append(one.Cells, w.Cell(cell))
		}
		d.Rows = append(d.Rows, one)
	}
	for _, note := range t.Notes() {
		d.Notes = append(d.Notes, note.In(w.Language))
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func (w Writer) header(h disclosure.Header) headerDocument {
	return headerDocument{h.Code, h.Label.In(w.Language), h.Total}
}

// Cell returns a cell as it stands in JSON.
func (w Writer) Cell(c disclosure.Cell) Cell {
	cell := Cell{State: StateName(c.State), Unit: c.Unit, Provisional: c.Provisional, Weak: c.Weak}
	if c.State == disclosure.Shown {
		cell.Value = &c.Value
	}
	if c.State == disclosure.NotComputable {
		cell.Reason = w.Spoken(c)
	}
	return cell
}

// StateName is the name of a state in exports.
func StateName(s disclosure.State) string {
	switch s {
	case disclosure.Shown:
		return "shown"
	case disclosure.Hidden:
		return "hidden"
	case disclosure.Missing:
		return "missing"
	case disclosure.NotApplicable:
		return "not_applicable"
	}
	return "not_computable"
}
