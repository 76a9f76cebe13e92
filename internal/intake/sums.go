package intake

import (
	"kipmonitor/internal/figure"
)

// Rows without a municipality beside others that have one: they are of none, or are the
// sum of the others, or leave out what stands above them. Which it is nobody can see.

// nameless are such rows, and what the others add up to.
type nameless struct {
	rows   []namelessRow
	count  int              // of all, also those that are not remembered
	named  int              // rows with a municipality
	sums   []figure.Decimal // of these, by key figure
	latest []figure.Decimal // and since the last row without one
	since  int              // rows of which these are
	closed bool             // the last row was one without
}

// namelessRow is a row without a municipality.
type namelessRow struct {
	row     uint32
	isSum   bool // of the rows above it, back to the last one of its kind
	figures []keptFigure
}

// maxNameless is how many rows without a municipality are held against sums.
const maxNameless = 10_000

// noteMunicipality notes a row by whether it has a municipality, where a form does not ask for
// one.
func (c *checker) noteMunicipality(m *row) {
	n := &c.nameless
	if n.sums == nil {
		n.sums, n.latest = make([]figure.Decimal, len(c.plan.figures)), make([]figure.Decimal, len(c.plan.figures))
	}
	if m.key>>municipalityShift != 0 {
		if n.closed {
			clear(n.latest)
			n.since, n.closed = 0, false
		}
		n.named++
		n.since++
		for i := range m.figures {
			if f := &m.figures[i]; f.amount.mark == figure.Given && f.amount.fault == "" {
				n.sums[f.figure] += f.amount.value
				n.latest[f.figure] += f.amount.value
			}
		}
		return
	}
	if n.count++; len(n.rows) < maxNameless {
		row := namelessRow{row: m.number}
		for i := range m.figures {
			row.figures = append(row.figures, keep(m, &m.figures[i]))
		}
		row.isSum = row.equals(n.latest, n.since)
		n.rows = append(n.rows, row)
	}
	n.closed = true
}

// equals reports whether the figures of a row are sums of others: of two rows or more,
// or in two figures or more, for that one figure is that of one other happens.
func (r *namelessRow) equals(sums []figure.Decimal, rows int) bool {
	same := 0
	for _, f := range r.figures {
		if f.mark != figure.Given {
			continue
		}
		if sum := sums[figureOf(f.key)]; f.value != sum {
			return false
		}
		if f.value != 0 {
			same++
		}
	}
	return same > 1 || same == 1 && rows > 1
}

// settleNameless warns of the rows without a municipality.
func (c *checker) settleNameless() {
	n := &c.nameless
	if n.count == 0 || n.named == 0 {
		return
	}
	column := c.plan.columnOf(municipalityCell)
	for i := range n.rows {
		row := &n.rows[i]
		if row.isSum || row.equals(n.sums, n.named) {
			c.add(row.row, fault{severity: Warning, code: "row_sum", column: -1})
			continue
		}
		c.add(row.row, fault{severity: Warning, code: "municipality_blank", column: column})
	}
}
