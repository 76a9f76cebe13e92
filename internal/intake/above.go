package intake

import "kipmonitor/internal/programme"

// In a column that may stay empty an empty cell means «none», and in the tables of many
// offices «as above». Where the second is possible, the figures would lose their measure.

// unassigned are the rows without a measure below one that has one.
type unassigned struct {
	rows    []unassignedRow
	measure uint64 // of the last row that has one, as in a key
}

// unassignedRow is such a row, with its key as it would be with the measure above.
type unassignedRow struct {
	row uint32
	key uint64
}

// maxUnassigned is how many of them are remembered.
const maxUnassigned = 10_000

const measureMask = (1<<measureBits - 1) << measureShift

// mayLackMeasure reports whether a form asks for a measure where there is one.
func (c *checker) mayLackMeasure() bool {
	return c.plan.has(measureCell) && c.reader.optional(programme.MeasureColumn)
}

// noteMeasure notes a row by whether it has a measure.
func (c *checker) noteMeasure(m *row) {
	u := &c.unassigned
	if measure := m.key & measureMask; measure != 0 {
		u.measure = measure
		return
	}
	if u.measure == 0 || len(m.figures) == 0 || len(u.rows) == maxUnassigned {
		return
	}
	key := m.key | u.measure
	if c.plan.layout == Long {
		key |= uint64(m.figures[0].figure+1) << figureShift
	}
	u.rows = append(u.rows, unassignedRow{m.number, key})
}

// settleUnassigned warns of the rows without a measure, where they can mean the one
// above: not if that row stands there too, in any of them.
func (c *checker) settleUnassigned() {
	for _, row := range c.unassigned.rows {
		if c.seen.find(row.key) >= 0 {
			return
		}
	}
	column := c.plan.columnOf(measureCell)
	for _, row := range c.unassigned.rows {
		c.add(row.row, fault{severity: Warning, code: "measure_blank", column: column})
	}
}
