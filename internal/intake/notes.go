package intake

import (
	"bytes"
	"strings"

	"kipmonitor/internal/locale"
)

// Rows that hold no figures of their own: remarks, and totals.

// maxNotes is how many rows of a file can be notes.
const maxNotes = 20

// note returns the text of a row that holds nothing but a remark, as people write
// below a table: «Stand 31.12.2025». It is the only one in its row and no name or
// code of its column, nor close to one; "" where the row is none.
func (r *reader) note(cells [][]byte) (column int, text string) {
	column = -1
	for i, cell := range cells {
		if len(cell) > 0 && len(bytes.TrimSpace(cell)) > 0 {
			if column >= 0 {
				return -1, ""
			}
			column = i
		}
	}
	if column < 0 || column >= len(r.plan.columns) || r.notes >= maxNotes {
		return -1, ""
	}
	text = plain(cells[column])
	if r.names.isTotal(text) {
		return -1, ""
	}
	unknown := func(got meaning) bool {
		return got.fault != nil && strings.HasSuffix(got.fault.code, "_unknown") && got.fault.suggestion == ""
	}
	is := false
	switch r.plan.columns[column].role {
	case organisationCell:
		is = unknown(r.lookOrganisation(text))
	case municipalityCell:
		is = unknown(r.lookMunicipality(column, text))
	case measureCell:
		is = unknown(r.lookMeasure(column, text))
	case sexCell, ageCell, statusCell, furtherCell:
		is = unknown(r.lookCode(column, text))
	case noteCell, unknownCell, ignored:
		is = true
	}
	if !is {
		return -1, ""
	}
	r.notes++
	return column, text
}

// remark says how a row was read that holds nothing but a text.
func (r *reader) remark(column int, text string) fault {
	wrong := fault{severity: Hint, code: "row_note", column: column, cause: text, text: clip(text), args: locale.Args{"text": clip(text)}}
	if separator := r.plan.rowInACell(text); separator != 0 {
		wrong.severity, wrong.code, wrong.args["sign"] = Error, "row_separator", string(rune(separator))
		if separator == '\t' {
			wrong.args["sign"] = "Tab"
		}
	} else if share, other := otherUnit(text); other && !share {
		wrong.severity, wrong.code, wrong.args["unit"] = Warning, "unit_title", r.plan.unitNames()
	}
	return wrong
}

// saysTotal reports whether a cell of a column that tells no rows apart says that its
// row holds totals.
func (r *reader) saysTotal(column int, cell []byte) bool {
	c := &r.caches[column]
	if c.set && bytes.Equal(cell, c.last) {
		return c.result.total
	}
	total := false
	if len(cell) <= 60 {
		text := plain(cell)
		switch r.plan.columns[column].role {
		case organisationCell, periodCell:
			total = r.names.isTotal(text)
		default:
			total = begins(text, r.names.stems) && isTotalWord(text)
		}
	}
	c.set, c.last, c.result.total = true, append(c.last[:0], cell...), total
	return total
}

func blank(cells [][]byte) bool {
	for _, cell := range cells {
		if len(cell) > 0 && len(bytes.TrimSpace(cell)) > 0 {
			return false
		}
	}
	return true
}

// headsTotals reports whether the first filled cell of a row, if it is not one of a
// dimension or of figures, says that the row holds totals. What a dimension knows
// comes first: «Kanton» is a source of funds as well.
func (r *reader) headsTotals(cells [][]byte) bool {
	for i, cell := range cells {
		if len(cell) == 0 {
			continue
		}
		if i < len(r.plan.columns) {
			switch r.plan.columns[i].role {
			case sexCell, ageCell, statusCell, furtherCell, figureCell, valueCell:
				return false
			}
		}
		if len(cell) > 60 {
			return false
		}
		total, seen := r.total[string(cell)]
		if !seen {
			text := strings.TrimSpace(string(cell))
			if text == "" {
				continue
			}
			total = r.names.isTotal(text)
			if len(r.total) < cachedTexts {
				r.total[string(cell)] = total
			}
		}
		return total
	}
	return false
}
