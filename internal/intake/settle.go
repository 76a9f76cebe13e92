package intake

import (
	"fmt"
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
	if c.plan.organisation == "" && c.report.Count(Error) == 0 {
		c.whole(Error, "organisation_missing", nil)
	}
	if c.plan.layout == Long {
		c.partsOfLong()
	}
	if c.plan.slices.several || len(c.expect.Before) > 0 {
		if err := c.reread(); err != nil {
			return err
		}
	}
	c.statedTotals()
	for i, total := range c.totals {
		if total.Given+total.Missing == 0 {
			continue
		}
		total.KeyFigure = c.plan.figures[i]
		c.report.Totals = append(c.report.Totals, total)
	}
	return nil
}

// partsOfLong checks, in the long layout, that no part exceeds its whole: the two
// stand in different rows.
func (c *checker) partsOfLong() {
	valueColumn := slices.IndexFunc(c.plan.columns, func(p planned) bool { return p.role == valueCell })
	for _, e := range c.seen.entries {
		if e.key == 0 || e.mark != figure.Given {
			continue
		}
		key := e.key - 1
		part := int(key>>figureShift&(1<<figureBits-1)) - 1
		whole := c.plan.whole[part]
		if whole < 0 {
			continue
		}
		w := c.seen.find(key&^((1<<figureBits-1)<<figureShift) | uint64(whole+1)<<figureShift + 1)
		if w != nil && w.mark == figure.Given && e.value > w.value {
			c.partTooLarge(e.row, valueColumn, part, e.value, w.value)
		}
	}
}

// sliceSums are the sums of a slice by margin.
type sliceSums struct {
	sums    [8]figure.Decimal
	given   [8]bool
	missing [8]bool
	first   [8]uint32 // the first row
	column  int
}

// reread goes through the rows again, now that it is known how each figure is
// broken down: it compares parts with their stated total and with the year
// before, and sums what will count.
func (c *checker) reread() error {
	c.totals = make([]Total, len(c.plan.figures))
	several := map[uint64]*sliceSums{}
	err := c.plan.each(c.file, c.programme, c.names, func(_ *reader, m *row) error {
		margin := m.margin()
		for i := range m.figures {
			f := &m.figures[i]
			if f.amount.fault != "" {
				continue
			}
			key := m.sliceKey(f.figure)
			present := c.plan.slices.of(key)
			counts := answers[present][margin].Has(0)
			if counts {
				c.totals[f.figure].count(f.amount)
			}
			if present&(present-1) != 0 {
				c.sumSlice(several, key, margin, m.number, f)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.compareMargins(several)
	c.compareYears()
	return nil
}

func (c *checker) sumSlice(several map[uint64]*sliceSums, key uint64, margin figure.Margin, row uint32, f *cellFigure) {
	s := several[key]
	if s == nil {
		if len(several) >= 200_000 {
			return // bounds the memory; a file of that many broken-down slices is no form of ours
		}
		s = &sliceSums{column: f.column}
		several[key] = s
	}
	if s.first[margin] == 0 {
		s.first[margin] = row
	}
	if f.amount.mark == figure.Given {
		s.sums[margin] += f.amount.value
		s.given[margin] = true
	} else {
		s.missing[margin] = true
	}
}

// compareMargins finds parts that do not add up to the stated total.
func (c *checker) compareMargins(several map[uint64]*sliceSums) {
	keys := make([]uint64, 0, len(several))
	for key := range several {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		s := several[key]
		k := c.programme.KeyFigure(c.plan.figures[key>>figureShift&(1<<figureBits-1)-1])
		for total := figure.Margin(0); total < 8; total++ {
			if !s.given[total] || s.missing[total] {
				continue
			}
			for part := total + 1; part < 8; part++ {
				if !s.given[part] || part&total != total || total != 0 {
					continue
				}
				if s.sums[part] == s.sums[total] || (s.missing[part] && s.sums[part] < s.sums[total]) {
					continue
				}
				c.add(Error, "parts_do_not_add_up", s.first[part], s.column, fmt.Sprintf("%s≠%s", s.sums[part], s.sums[total]), "", locale.Args{
					"figure": k.Name, "parts": s.sums[part], "total": s.sums[total], "row": strconv.Itoa(int(s.first[total]))})
			}
		}
	}
}

// The rule of the jump against the year before: more than half up or down, and
// more than jumpLeast, since small numbers jump every year.
const jumpLeast = 20

func (c *checker) compareYears() {
	for i, id := range c.plan.figures {
		before, found := c.expect.Before[id]
		if !found {
			continue
		}
		c.totals[i].Before = &before
		now := c.totals[i].Value
		change := now - before
		if change < 0 {
			change = -change
		}
		if c.totals[i].Given == 0 || change <= figure.Whole(jumpLeast) || 2*change <= before {
			continue
		}
		c.whole(Warning, "jump", locale.Args{"figure": c.programme.KeyFigure(id).Name, "now": now, "before": before,
			"key": string(id)})
		// Each figure is a cause of its own.
		delete(c.found, findingKey{"jump", "", -1})
	}
}

// statedTotals compares a row of totals with the sums of the rows above it.
func (c *checker) statedTotals() {
	for i, id := range c.plan.figures {
		stated, found := c.stated[i]
		if !found || stated == c.totals[i].Value || c.totals[i].Missing > 0 {
			continue
		}
		place := c.statedPlace[i]
		c.add(Error, "total_differs", place.Row, int(place.Column)-1, stated.String(), "", locale.Args{
			"figure": c.programme.KeyFigure(id).Name, "stated": stated, "sum": c.totals[i].Value})
	}
}
