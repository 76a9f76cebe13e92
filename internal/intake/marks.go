package intake

import (
	"bytes"
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// A sign instead of a figure says something, and not the same in every office. How it
// was read is told, once for each sign of a file; words («k. A.») need no explaining.

// seenMark is a sign that stands for a figure, with its finding.
type seenMark struct {
	text    string
	code    string
	finding int // index in the findings; -1 where the report is full
}

// maxMarks is how many signs of a file are told apart.
const maxMarks = 20

// marked notes a sign that was read as no figure, or as zero.
func (c *checker) marked(m *row, f *cellFigure, cells [][]byte) {
	cell := bytes.TrimSpace(cellAt(cells, f.column))
	code := "mark_missing"
	switch {
	case f.amount.mark == figure.NotApplicable:
		code = "mark_not_applicable"
	case f.amount.mark == figure.Given:
		code = "mark_zero"
	case isTick(string(cell)):
		c.tick(m.number, f)
	}
	for i := range c.marks {
		if seen := &c.marks[i]; seen.text == string(cell) && seen.code == code {
			if seen.finding >= 0 {
				c.findings.again(seen.finding, m.number, f.column)
			}
			return
		}
	}
	if len(c.marks) == maxMarks || !isSign(string(cell)) {
		return
	}
	text := string(cell)
	seen := seenMark{text: text, code: code, finding: len(c.findings.list)}
	c.add(m.number, fault{severity: Hint, code: code, column: f.column, cause: text, text: text, args: locale.Args{"text": text}})
	if len(c.findings.list) == seen.finding {
		seen.finding = -1
	}
	c.marks = append(c.marks, seen)
}

// isSign reports whether a text is a sign rather than words.
func isSign(text string) bool {
	return len(text) <= 12 && (strings.Trim(text, "xX") == "" || !strings.ContainsFunc(text, func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}))
}

// isTick reports whether a mark may be a tick in a box.
func isTick(text string) bool { return text == "x" || text == "X" }

// tick is a place in which a sign may mean «yes».
type tick struct {
	row    uint32
	column int
}

// maxTicks bounds how many of them are remembered.
const maxTicks = 10_000

// tick remembers a sign that is «yes» where a column holds but 0 and 1. Of persons it
// is the usual sign for a number that is kept back.
func (c *checker) tick(row uint32, f *cellFigure) {
	if unit := c.plan.units[f.figure]; !unit.Whole || unit.Protected || len(c.ticks) >= maxTicks {
		return
	}
	if c.ticks == nil {
		c.ticks = map[int][]tick{}
	}
	c.ticks[f.figure] = append(c.ticks[f.figure], tick{row, f.column})
}

// settleTicks refuses the signs for «yes» in columns that hold nothing but 0 and 1, and
// takes back that they were read as missing.
func (c *checker) settleTicks() {
	refused := 0
	for index, ticks := range c.ticks {
		if c.totals[index].Given == 0 || c.several[index] {
			continue
		}
		k := c.plan.figures[index]
		refused += len(ticks)
		for _, t := range ticks {
			c.add(t.row, fault{severity: Error, code: "number_tick", column: t.column, cause: string(k.ID), text: "x", args: locale.Args{"text": "x", "figure": k.Name}})
		}
	}
	c.findings.list = slices.DeleteFunc(c.findings.list, func(f Finding) bool {
		return refused > 0 && f.Code == "mark_missing" && isTick(f.Text) && f.Count <= refused
	})
}
