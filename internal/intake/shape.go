package intake

import (
	"bytes"
	"strings"

	"kipmonitor/internal/csvtext"
	"kipmonitor/internal/locale"
)

// Rows of a text that are cut otherwise than they were meant: nothing in them stands in
// its column, or they are not seen as rows at all. None of them is read.

// misshapen reports what is wrong with the shape of a row of a text; true where nothing
// in it can be read.
func (c *checker) misshapen(rows source, cells [][]byte, number uint32) bool {
	text, isText := rows.(*csvtext.Rows)
	commas := isText && c.plan.dialect.Separator() == ','
	wrong := fault{severity: Error, column: -1}
	switch {
	case isText && text.Lines() > 1 && c.swallows(cells):
		wrong.code, wrong.args = "quote_swallows", locale.Args{"count": text.Lines()}
	case len(cells) > len(c.plan.columns) && c.runsOn(cells, commas):
		wrong.code, wrong.args = "row_too_long", locale.Args{"cells": len(cells), "columns": len(c.plan.columns)}
	case commas && c.numberInNote(cells) && c.joint(cells) >= 0:
		i := c.joint(cells)
		wrong.code, wrong.column = "number_cut", i
		wrong.text = string(bytes.TrimSpace(cells[i])) + "," + string(bytes.TrimSpace(cells[i+1]))
		wrong.args = locale.Args{"text": clip(wrong.text)}
	default:
		return false
	}
	c.incomplete = true
	for i, cell := range cells {
		if i < len(c.plan.columns) && len(cell) > 0 {
			c.personCell(number, i, cell)
		} else if kind := personal(cell, true); kind != "" {
			c.person(number, i, kind)
		}
	}
	if !c.report.PersonalData {
		c.add(number, wrong)
	}
	return true
}

// runsOn reports whether a row goes on behind the last header: where more of its cells
// are filled than there are headers, one behind the other. Between commas any cell there
// shows that one was cut, also an empty one behind a number that a comma may have cut.
// A note that stands apart at the side of a table is none of its row.
func (c *checker) runsOn(cells [][]byte, commas bool) bool {
	if commas {
		return len(cells) > c.plan.width && (!blank(cells[c.plan.width:]) || c.joint(cells) >= 0)
	}
	filled := 0
	for _, cell := range cells {
		if len(cell) > 0 && len(bytes.TrimSpace(cell)) > 0 {
			filled++
		}
	}
	return filled > len(c.plan.columns) && len(bytes.TrimSpace(cells[len(c.plan.columns)])) > 0
}

// joint returns the column of a figure that may have been cut by the comma in it, where
// the cell behind it holds the decimals or thousands; -1 where there is none.
func (c *checker) joint(cells [][]byte) int {
	for i := range min(len(cells)-1, len(c.plan.columns)) {
		column := &c.plan.columns[i]
		if column.role != figureCell && column.role != valueCell {
			continue
		}
		whole, rest := bytes.TrimSpace(cells[i]), bytes.TrimSpace(cells[i+1])
		if len(whole) == 0 || len(rest) == 0 || !isDigit(whole[len(whole)-1]) {
			continue
		}
		_, number := digits(rest)
		decimals := column.role == valueCell || !c.plan.units[column.figure].Whole
		thousand, _, _ := bytes.Cut(rest, []byte{'.'})
		_, triple := digits(thousand)
		if decimals && number && len(rest) <= 2 || triple && len(thousand) == 3 && len(whole) <= 3 {
			return i
		}
	}
	return -1
}

// numberInNote reports whether a column of notes holds nothing but a number.
func (c *checker) numberInNote(cells [][]byte) bool {
	for i := range c.plan.columns {
		if c.plan.columns[i].role == noteCell {
			if _, number := digits(bytes.TrimSpace(cellAt(cells, i))); number {
				return true
			}
		}
	}
	return false
}

// swallows reports whether a quoted cell holds whole rows of the table.
func (c *checker) swallows(cells [][]byte) bool {
	for _, cell := range cells {
		lines := bytes.FieldsFunc(cell, func(r rune) bool { return r == '\n' || r == '\r' })
		for i := 1; i < len(lines); i++ {
			if c.plan.isRow(lines[i], c.plan.dialect.Separator()) {
				return true
			}
		}
	}
	return false
}

// isRow reports whether a text looks like a row of the table with a separator: it holds
// as many as the header, or half of them beside at least two numbers.
func (pl *plan) isRow(text []byte, separator byte) bool {
	count := bytes.Count(text, []byte{separator}) + 1
	if count < 3 || 2*count < pl.width || strings.Trim(string(text), ";,|\t \"") == "" {
		return false
	}
	if count >= pl.width {
		return true
	}
	numbers := 0
	for _, cell := range bytes.Split(text, []byte{separator}) {
		if _, number := digits(bytes.Trim(cell, " \"'")); number {
			numbers++
		}
	}
	return numbers >= 2
}

// rowInACell returns the separator of a row that stands in one cell, or 0.
func (pl *plan) rowInACell(text string) byte {
	for _, separator := range []byte(";\t,|") {
		if pl.isRow([]byte(text), separator) {
			return separator
		}
	}
	return 0
}
