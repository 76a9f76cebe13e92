package intake

import (
	"math"
	"slices"
	"strconv"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// settle ends the check when all rows are known: what can be said only of the
// file as a whole.
func (c *checker) settle() error {
	if c.report.Rows == 0 {
		c.whole(Error, "no_rows", nil)
		return nil
	}
	if c.noPeriod && !c.findings.has("period_") {
		c.whole(Error, "period_missing", nil)
	}
	if c.plan.organisation == "" && !c.findings.has("organisation_", "municipality_") {
		c.whole(Error, "organisation_missing", nil)
	}
	if c.plan.layout == Long {
		c.partsOfLong()
		c.rulesOfLong()
	}
	if c.plan.slices.several {
		if err := c.reread(); err != nil {
			return err
		}
	}
	c.compareStated()
	c.plan.alone = c.alone()
	c.settleNameless()
	c.settleUnassigned()
	c.settleTicks()
	given := false
	for i, total := range c.totals {
		if total.Given+total.Missing+total.NotApplicable == 0 {
			continue
		}
		given = given || total.Given+total.NotApplicable > 0
		c.report.Totals = append(c.report.Totals, c.apart(c.plan.figures[i], total)...)
	}
	if !given && c.findings.errors == 0 {
		// That each of them is empty goes without saying.
		c.findings.list = slices.DeleteFunc(c.findings.list, func(f Finding) bool { return f.Code == "figure_empty" })
		c.whole(Error, "no_figures", nil)
	}
	return nil
}

// partsOfLong checks, in the long layout, that no part exceeds its whole: the two
// stand in different rows.
func (c *checker) partsOfLong() {
	if c.seen.values == nil {
		return
	}
	wrong := c.seen.where(func(place int, key uint64) bool {
		whole := c.wholeOf(key, place)
		return whole >= 0 && c.seen.values[whole] >= 0 && c.seen.values[place] > c.seen.values[whole]
	})
	for _, place := range wrong {
		key := c.seen.keys[place] - 1
		c.partTooLarge(c.seen.rows[place], c.plan.columnOf(valueCell), figureOf(key), c.seen.values[place], c.seen.values[c.wholeOf(key, place)])
	}
}

// wholeOf returns the place of the figure that one is part of, where both are
// given; otherwise -1.
func (c *checker) wholeOf(key uint64, place int) int {
	if c.seen.marks[place] != figure.Given {
		return -1
	}
	whole := c.plan.whole[figureOf(key)]
	if whole < 0 {
		return -1
	}
	place = c.seen.find(key&^figureMask | uint64(whole+1)<<figureShift)
	if place < 0 || c.seen.marks[place] != figure.Given {
		return -1
	}
	return place
}

// reread goes through the rows again, now that it is known how each figure is
// broken down: it compares parts with their stated total, and sums what will
// count.
func (c *checker) reread() error {
	c.totals, c.accounts = make([]Total, len(c.plan.figures)), accounts{}
	p := newParts()
	err := c.plan.each(c.file, c.programme, func(_ *reader, m *row) error {
		if m.faulty {
			return nil
		}
		margin := m.margin()
		for i := range m.figures {
			f := &m.figures[i]
			if f.amount.fault != "" {
				f.amount.mark = figure.Missing
			}
			key := m.sliceKey(f.figure)
			if c.plan.slices.margins(key, margin).Has(0) {
				c.count(m, f)
			}
			if present := c.plan.slices.presentIn(key); present&(present-1) != 0 {
				p.add(present, m, margin, f)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// What stands there twice, or belongs to another file, is no second cause.
	if !c.keyless && !c.findings.has("duplicate", "period_differs", "organisation_differs") {
		c.compareParts(p)
	}
	return nil
}

// statedTotal is a figure in a row of totals.
type statedTotal struct {
	figure, column int
	row            uint32
	value          figure.Decimal
	running, since figure.Decimal // what the rows above add up to, all and those since the last total
	above, from    int            // rows of figures above; the first of them since the last total
}

// maxStated bounds the rows of totals that are compared.
const maxStated = 10_000

// state keeps the figures of a row of totals, to compare them with the sums.
func (c *checker) state(m *row) {
	for _, f := range m.figures {
		if f.amount.fault == "" && f.amount.mark == figure.Given && len(c.stated) < maxStated {
			c.stated = append(c.stated, statedTotal{figure: f.figure, column: f.column, row: m.number, value: f.amount.value,
				running: c.running[f.figure], since: c.since[f.figure], above: c.report.Rows, from: c.from})
		}
	}
	clear(c.since)
	c.from = 0
}

// same reports whether a stated total is a sum. Amounts that were rounded may each have
// taken half a unit of their last decimal off it.
func (c *checker) same(s statedTotal, sum figure.Decimal) bool {
	slack := figure.Decimal(0)
	if n := c.rounded[s.figure]; n > 0 {
		slack = figure.Decimal(n+1) * figure.Decimal(math.Pow10(figure.Places-c.plan.units[s.figure].Decimals)/2)
	}
	return (s.value - sum).Abs() <= slack
}

// compareStated compares the rows of totals with what they can be the sum of: all rows
// above, or those since the last row of totals; at the top or the bottom of the table
// the figures of the file as they count.
func (c *checker) compareStated() {
	for _, s := range c.stated {
		total := c.totals[s.figure]
		within := s.above > 0 && s.above < c.report.Rows // rows follow it, and it sums those above
		if c.same(s, s.running) || c.same(s, s.since) || c.same(s, total.Value) && !within {
			continue
		}
		sum := total.Value
		if within && s.from > 0 {
			sum = s.since
		}
		// Where figures are missing the stated total may know more.
		if (total.Missing > 0 || c.incomplete) && s.value > sum {
			continue
		}
		k := c.plan.figures[s.figure]
		wrong := fault{severity: Error, code: "total_differs", column: s.column, cause: string(k.ID), text: s.value.String(), args: locale.Args{
			"figure": k.Name, "stated": s.value, "sum": sum}}
		if within && s.from > 0 {
			wrong.code, wrong.cause = "total_differs_above", strconv.Itoa(int(s.row))
			wrong.args["rows"] = strconv.Itoa(s.from)
			if int(s.row) > s.from+1 {
				wrong.args["rows"] = strconv.Itoa(s.from) + "–" + strconv.Itoa(int(s.row-1))
			}
		}
		c.add(s.row, wrong)
	}
}
