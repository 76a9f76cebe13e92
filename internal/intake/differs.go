package intake

import (
	"bytes"

	"kipmonitor/internal/locale"
)

// Each row is compared with what holds for the file.

// compareContext compares a row with what holds for the file, and reports whether
// it differs.
func (c *checker) compareContext(cells [][]byte, row uint32) bool {
	same := !c.context.fresh
	for k, i := range c.context.columns {
		if !same {
			break
		}
		same = bytes.Equal(c.context.last[k], cellAt(cells, i))
	}
	if !same {
		for k, i := range c.context.columns {
			c.context.last[k] = append(c.context.last[k][:0], cellAt(cells, i)...)
		}
		c.context.fresh = false
		c.context.faults = c.remembered(cells)
	}
	differs := false
	for _, wrong := range c.context.faults {
		c.add(row, wrong)
		differs = differs || wrong.severity == Error
	}
	return differs
}

// maxContexts is how many different texts of period and organisation are read. A file
// has one; one with a day in each row has some hundred.
const maxContexts = 2_000

// remembered says what contextFaults says, from memory where the same stood in another
// row. Beyond maxContexts what stands there is counted with what came before.
func (c *checker) remembered(cells [][]byte) []fault {
	key := string(bytes.Join(c.context.last, []byte{0}))
	faults, known := c.context.known[key]
	full := len(c.context.known) == maxContexts
	switch {
	case known:
		return faults
	case full && c.context.further != nil:
		return c.context.further
	}
	if faults = c.contextFaults(cells); len(faults) > 0 {
		c.context.further = faults
	}
	if !full {
		c.context.known[key] = faults
	}
	return faults
}

func cellAt(cells [][]byte, column int) []byte {
	if column < 0 || column >= len(cells) {
		return nil
	}
	return cells[column]
}

// contextFaults says how a row differs from the file. An empty cell means «as
// above».
func (c *checker) contextFaults(cells [][]byte) []fault {
	var faults []fault
	struck := func(text string, column int) {
		wrong := *struckText(text).fault
		wrong.column = column
		faults = append(faults, wrong)
	}
	if text, column := c.texts(cells, periodCell); text != "" {
		period, ok := c.parsePeriods(cells)
		if ok {
			if wrong := c.midnight(text, period, column); wrong.code != "" {
				faults = append(faults, wrong)
			}
		}
		switch {
		case isStruck(text):
			struck(text, column)
		case !ok:
			faults = append(faults, c.periodUnreadable(text, column))
		case period != c.plan.period:
			faults = append(faults, fault{severity: Error, code: "period_differs", column: column, cause: text, text: text,
				args: locale.Args{"text": clip(text), "first": c.plan.period}})
		}
	}
	text, column := c.texts(cells, organisationCell)
	if text == "" {
		return faults
	}
	code, found := c.names.organisation(text, c.plan.period.Year)
	switch first := c.programme.Organisation(c.plan.organisation); {
	case isStruck(text):
		struck(text, column)
	case !found:
		got := c.reader.lookOrganisation(text)
		got.fault.column = column
		faults = append(faults, *got.fault)
	case first != nil && first.Code != code:
		faults = append(faults, fault{severity: Error, code: "organisation_differs", column: column, cause: text, text: text,
			args: locale.Args{"text": clip(text), "first": first.Name}})
	}
	return faults
}

// texts joins what stands in the columns of a role.
func (c *checker) texts(cells [][]byte, r role) (string, int) {
	joined, column := "", -1
	for i := range c.plan.columns {
		if c.plan.columns[i].role != r {
			continue
		}
		if column < 0 {
			column = i
		}
		cell := cellAt(cells, i)
		if text := plain(cell[:min(len(cell), 300)]); text != "" {
			if joined != "" {
				joined += " "
			}
			joined += text
		}
	}
	return joined, column
}
