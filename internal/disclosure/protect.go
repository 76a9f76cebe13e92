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

// Protect returns a table of the canton, of which nothing is hidden. Breakdowns are
// protected by their Publication.
func (d *Draft) Protect() Table {
	table := Table{title: d.title, columns: d.columns, notes: d.notes}
	for _, row := range d.rows {
		cells := make([]Cell, len(row.cells))
		for c, value := range row.cells {
			cells[c] = Standard.cell(value, false)
		}
		table.rows = append(table.rows, Row{row.Header, cells})
	}
	return table
}

// hides reports whether a cell gives away few people by itself.
func (rule Rule) hides(v Value) bool {
	if v.State != Shown || !v.Protected {
		return false
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
