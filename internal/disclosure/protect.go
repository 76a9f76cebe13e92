package disclosure

import (
	"kipmonitor/internal/figure"
)

// Rule holds the thresholds of protection (Regel zum Schutz kleiner Zahlen).
type Rule struct {
	SmallCount      int // counts from 1 to this are hidden; 0 stays
	MinDenominator  int // a ratio over fewer is hidden
	WeakDenominator int // a ratio over fewer is marked as weak
}

// Standard is the rule proposed for the canton: no Swiss act names a number;
// thresholds from 3 to 5 are usual, and the data protection officer decides
// (BStatG Art. 18 Abs. 3; InfoDG). See docs/disclosure.md.
var Standard = Rule{SmallCount: 4, MinDenominator: 10, WeakDenominator: 20}

// Protect returns the table that may be shown. In a breakdown small counts are
// hidden, and so are as many others as it takes that no hidden cell can be worked
// out from the rest. The draft is not changed.
func (d *Draft) Protect(rule Rule) Table {
	known := *d
	known.covered = d.Cover(rule)
	hidden, _ := known.hide(rule)
	table := Table{title: d.title, columns: d.columns, notes: d.notes}
	for r, row := range d.rows {
		cells := make([]Cell, len(row.cells))
		for c, value := range row.cells {
			cells[c] = rule.cell(value, hidden[r][c])
		}
		table.rows = append(table.rows, Row{row.Header, cells})
	}
	return table
}

// hide decides what is hidden, and returns what others then know.
func (d *Draft) hide(rule Rule) (hidden [][]bool, n *network) {
	hidden = make([][]bool, len(d.rows))
	for r, row := range d.rows {
		hidden[r] = make([]bool, len(d.columns))
		for c, cell := range row.cells {
			hidden[r][c] = d.breakdown && rule.hides(cell)
		}
	}
	if d.breakdown {
		n = newNetwork(d, rule, hidden)
		n.protect()
		for d.link(hidden) {
			n.protect()
		}
	}
	return hidden, n
}

// hides reports whether a cell gives away few people by itself.
func (rule Rule) hides(v Value) bool {
	if v.State != Shown || !v.Protected {
		return false
	}
	if v.Covered {
		return true
	}
	if !v.Ratio {
		return rule.small(v.Value)
	}
	// 39 of 40 says as much of the one as 1 of 40.
	return v.Denominator < figure.Whole(int64(rule.MinDenominator)) || rule.small(v.Count) || rule.small(v.Denominator-v.Count)
}

func (rule Rule) small(count figure.Decimal) bool {
	return count > 0 && count < figure.Whole(int64(rule.SmallCount+1))
}

func (rule Rule) cell(v Value, hidden bool) Cell {
	switch {
	case hidden:
		return Cell{State: Hidden, Unit: v.Unit, Provisional: v.Provisional}
	case v.State == Shown:
		weak := v.Ratio && v.Protected && v.Denominator < figure.Whole(int64(rule.WeakDenominator))
		return Cell{State: Shown, Value: v.Value, Unit: v.Unit, Provisional: v.Provisional, Weak: weak}
	}
	return Cell{State: v.State, Unit: v.Unit, Provisional: v.Provisional, Reason: v.Reason}
}

// link hides what a ratio and the counts beside it give away of each other: with
// the denominator and the share stands the numerator. Counts are known by their
// value; that two numbers of a row are equal by chance hides a cell too many and
// never one too few.
func (d *Draft) link(hidden [][]bool) bool {
	changed := false
	for r, row := range d.rows {
		for c, ratio := range row.cells {
			if !ratio.Ratio || !ratio.Protected || ratio.State != Shown {
				continue
			}
			for other, count := range row.cells {
				if count.Ratio || !count.Protected || count.State != Shown {
					continue
				}
				numerator, denominator := count.Value == ratio.Count, count.Value == ratio.Denominator
				switch {
				case (numerator || denominator) && hidden[r][other] && !hidden[r][c]:
					hidden[r][c], changed = true, true
				case numerator && hidden[r][c] && !hidden[r][other] && count.Value != 0:
					hidden[r][other], changed = true, true
				}
			}
		}
	}
	return changed
}
