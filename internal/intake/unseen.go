package intake

import (
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/xlsx"
)

// What a workbook does to its figures that nobody sees in their digits: formulas that
// no program has computed, one number in cells that are merged, number formats that
// say something else, rows and columns that are hidden.

// uncomputed reports the formulas of a row that no program has computed, where they
// stand in columns that are read. Nothing else can be said of such a row but whether
// it holds personal data.
func (c *checker) uncomputed(rows source, cells [][]byte, number uint32) bool {
	s, ok := rows.(sheetRows)
	if !ok {
		return false
	}
	found := false
	for _, remark := range s.Remarks() {
		if remark.Kind == xlsx.Uncomputed && c.reads(remark.Column) && (found || !c.headsTotals(cells)) {
			found = true
			c.add(number, fault{severity: Error, code: "formula_uncomputed", column: remark.Column})
		}
	}
	if found {
		c.incomplete = true
		for i, cell := range cells {
			if len(cell) > 0 {
				c.personCell(number, i, cell)
			}
		}
	}
	return found
}

// reads reports whether something is read from a column.
func (c *checker) reads(column int) bool {
	if column >= len(c.plan.columns) {
		return false
	}
	switch c.plan.columns[column].role {
	case ignored, unknownCell, noteCell, formCell:
		return false
	}
	return true
}

// remarks reports what is to be known of the cells of a row that counts beside their
// text, and remembers which texts come from a number format.
func (c *checker) remarks(rows source, cells [][]byte, m *row) {
	c.dressed = c.dressed[:0]
	s, ok := rows.(sheetRows)
	if !ok {
		return
	}
	if s.Hidden() {
		c.add(m.number, fault{severity: Warning, code: "row_hidden", column: -1})
	}
	for _, remark := range s.Remarks() {
		if remark.Kind == xlsx.Dressed {
			c.dressed = append(c.dressed, remark.Column)
		}
		if remark.Column >= len(c.plan.columns) {
			continue
		}
		if role := c.plan.columns[remark.Column].role; role != figureCell && role != valueCell {
			continue
		}
		cell := cellAt(cells, remark.Column)
		text := clip(string(cell[:min(len(cell), 400)]))
		at := func(severity Severity, code string, args locale.Args) {
			c.add(m.number, fault{severity: severity, code: code, column: remark.Column, text: text, args: args})
		}
		switch remark.Kind {
		case xlsx.Doubtful:
			at(Warning, "formula_doubtful", locale.Args{})
		case xlsx.Merged:
			if c.plan.parts(remark.Range, m.number) {
				m.refuse(remark.Column, "figure_merged")
			}
		case xlsx.Altered:
			m.refuse(remark.Column, "number_format")
		case xlsx.Scaled:
			at(Warning, "number_scaled", locale.Args{"text": clip(remark.Shown), "value": text})
		case xlsx.Unseen:
			at(Warning, "number_unseen", locale.Args{"text": text})
		}
	}
}

// refuse makes the number in a column one that cannot be read, with the code of a
// finding.
func (m *row) refuse(column int, code string) {
	for i := range m.figures {
		if f := &m.figures[i]; f.column == column && f.amount.fault == "" && f.amount.mark == figure.Given {
			f.amount.fault = code
		}
	}
}

// hiddenColumns warns of columns that count and that nobody sees.
func (c *checker) hiddenColumns(rows source) {
	s, ok := rows.(sheetRows)
	if !ok || c.report.Rows == 0 {
		return
	}
	for i := range c.plan.columns {
		if c.reads(i) && s.ColumnHidden(i) {
			c.add(c.plan.headerRow, fault{severity: Warning, code: "column_hidden", column: i})
		}
	}
}

// multiples are the words and signs that a number format puts behind a number to say
// that it is shown in thousands or more, squeezed, with the zeros that they stand for.
var multiples = map[string]int64{"tsd": 1_000, "tausend": 1_000, "k": 1_000, "000": 1_000, "milliers": 1_000, "mille": 1_000, "mila": 1_000, "migliaia": 1_000, "thousand": 1_000,
	"mio": 1_000_000, "mill": 1_000_000, "million": 1_000_000, "millionen": 1_000_000, "millions": 1_000_000, "milioni": 1_000_000,
	"mia": 1_000_000_000, "mrd": 1_000_000_000, "milliarden": 1_000_000_000, "milliards": 1_000_000_000, "miliardi": 1_000_000_000}

// multiplied is the number that a text such as «1234 Tsd.» means, or "".
func multiplied(text string) string {
	end := 0
	for end < len(text) && (isDigit(text[end]) || text[end] == '.') {
		end++
	}
	value, err := figure.ParseDecimal(text[:end])
	times := multiples[squeeze(text[end:])]
	if err != nil || times == 0 {
		return ""
	}
	if value, err = value.Times(figure.Whole(times)); err != nil {
		return ""
	}
	return value.String()
}
