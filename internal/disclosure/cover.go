package disclosure

import (
	"cmp"
	"maps"
	"slices"

	"kipmonitor/internal/figure"
)

// Cover returns the groups whose sums must be hidden in their own tables, for each of
// the two divisions of the rows, so that the sums of both do not give away a small
// count of this table: where 61 in a district are 60 and 1, and the 60 are alone in
// their region, district and region together say the 1, whatever is hidden here. The
// draft is not changed.
//
// A small count that nothing protects is looked for, and of the groups with hidden
// cells the smallest is covered that helps; where none helps by itself, the smallest
// of its own, or of all.
func (d *Draft) Cover(rule Rule) [2]map[string]bool {
	trial := *d
	trial.covered = [2]map[string]bool{{}, {}}
	for {
		row, exposed := trial.exposed(rule)
		if !exposed {
			return trial.covered
		}
		choice, found := trial.choose(rule, row)
		if !found {
			return trial.covered // nothing is left to cover
		}
		trial.covered[choice.which][choice.name] = true
	}
}

// group is one of the groups of the rows, in one of the two divisions.
type group struct {
	which int
	name  string
	sum   figure.Decimal
}

// exposed returns the first row with a small count that others can work out although
// it is hidden.
func (d *Draft) exposed(rule Rule) (row int, found bool) {
	_, n := d.hide(rule)
	if n == nil {
		return 0, false
	}
	for i, one := range n.cells {
		small := one.count > 0 && one.count <= rule.SmallCount || one.complement > 0
		if small && n.isHidden(i) && !n.safe(i) {
			return one.row, true
		}
	}
	return 0, false
}

// open returns the groups of a row that are not covered.
func (d *Draft) open(row int) []group {
	var groups []group
	for which, name := range d.rows[row].Groups {
		if name != "" && !d.covered[which][name] {
			groups = append(groups, group{which, name, d.sumOf(which, name)})
		}
	}
	return groups
}

func (d *Draft) sumOf(which int, name string) figure.Decimal {
	var sum figure.Decimal
	for _, row := range d.rows {
		if row.Groups[which] == name && len(row.cells) > 0 && row.cells[0].State == Shown {
			sum += row.cells[0].count()
		}
	}
	return sum
}

// choose returns the group to cover for a row that is exposed.
func (d *Draft) choose(rule Rule, row int) (group, bool) {
	hidden, _ := d.hide(rule)
	var candidates []group
	for r := range d.rows {
		if slices.Contains(hidden[r], true) {
			candidates = append(candidates, d.open(r)...)
		}
	}
	smallest := func(a, b group) int {
		return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.name, b.name), a.which-b.which)
	}
	slices.SortFunc(candidates, smallest)
	for _, candidate := range slices.Compact(candidates) {
		trial := *d
		trial.covered = [2]map[string]bool{maps.Clone(d.covered[0]), maps.Clone(d.covered[1])}
		trial.covered[candidate.which][candidate.name] = true
		if next, exposed := trial.exposed(rule); !exposed || next > row {
			return candidate, true
		}
	}
	if own := d.open(row); len(own) > 0 {
		return slices.MinFunc(own, smallest), true
	}
	if len(candidates) > 0 {
		return candidates[0], true
	}
	return group{}, false
}
