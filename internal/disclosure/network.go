package disclosure

import (
	"fmt"
	"math"
	"slices"

	"kipmonitor/internal/figure"
)

// network is a table as somebody sees it who wants to work out what is hidden. He
// knows that the parts of each line add up to its total, so one hidden cell can
// change only if others change against it. Every cell belongs to at most two
// lines, one down and one across; as an edge between them it makes the table a
// graph, and the ways in which hidden cells can change together are the cycles of
// this graph. A cell that lies on no cycle is determined. How far a cell can
// change is the greatest flow between its two lines, which is exact for integers.
//
// The idea is the one behind cell suppression by network flows: D. Gusfield, A
// graph theoretic approach to statistical data security, SIAM J. Comput. 17
// (1988); L. H. Cox, Network models for complementary cell suppression, JASA 90
// (1995).
type network struct {
	rule   Rule
	hidden [][]bool // shared with Protect
	cells  []cell
	lines  [][]int // the cells of each line; line 0 is none: nothing is known of its sum
}

type cell struct {
	row, column  int
	name         string
	down, across int // lines
	count        int
	// complement is the rest of the denominator where it is few people; 0 otherwise.
	complement int
	total      bool // enters its lines with the opposite sign
}

// newNetwork takes the protected cells of a draft. The totals of the canton, or of
// its groups, are taken as known even if the table does not show them: they stand
// on other pages. In a table with a total column the totals of both margins are
// breakdowns themselves and may be hidden.
func newNetwork(d *Draft, rule Rule, hidden [][]bool) *network {
	n := &network{rule: rule, hidden: hidden, lines: make([][]int, 1)}
	years, totalRows, totalColumns, grouped := len(d.rows) > 0, 0, 0, false
	for _, row := range d.rows {
		_, err := figure.ParsePeriod(row.Code)
		years = years && (row.Total || err == nil)
		grouped = grouped || row.Groups[0] != ""
		if row.Total {
			totalRows++
		}
	}
	for _, column := range d.columns {
		if column.Total {
			totalColumns++
		}
	}
	down, across := !years || totalRows > 0, years || totalColumns > 0
	var groups [2]map[string]string
	for which := range groups {
		groups[which] = d.known(rule, which)
	}
	numbers := map[string]int{}
	line := func(name string) int {
		if _, there := numbers[name]; !there {
			numbers[name] = len(n.lines)
			n.lines = append(n.lines, nil)
		}
		return numbers[name]
	}
	for r, row := range d.rows {
		for c, value := range row.cells {
			inTotalColumn := d.columns[c].Total
			known := (row.Total || inTotalColumn) && (!down || !across || (row.Total && (inTotalColumn || grouped || totalRows > 1)) || (inTotalColumn && totalColumns > 1))
			if value.State != Shown || !value.Protected || known {
				continue
			}
			one := cell{row: r, column: c, name: row.Code + " " + d.columns[c].Code, count: int(value.count() / figure.Whole(1)), total: row.Total != inTotalColumn}
			if down {
				one.down = line("down " + groups[0][d.group(r, c, 0)])
			}
			if across {
				one.across = line(fmt.Sprintf("across %d %s %t", r, value.Unit, value.Ratio))
			} else if row.Groups[1] != "" {
				one.across = line("across " + groups[1][d.group(r, c, 1)])
			}
			if rest := value.Denominator - value.Count; value.Ratio && rule.small(rest) {
				one.complement = int(rest / figure.Whole(1))
			}
			n.lines[one.down] = append(n.lines[one.down], len(n.cells))
			if one.across != one.down {
				n.lines[one.across] = append(n.lines[one.across], len(n.cells))
			}
			n.cells = append(n.cells, one)
		}
	}
	return n
}

// group names the cells of a column that add up to the sum of a group.
func (d *Draft) group(r, c, which int) string {
	return fmt.Sprintf("%s %s", d.column(r, c), d.rows[r].Groups[which])
}

// column names the cells of a column that can be added up.
func (d *Draft) column(r, c int) string {
	return fmt.Sprintf("%d %s %t", c, d.rows[r].cells[c].Unit, d.rows[r].cells[c].Ratio)
}

// known returns under which name the sum of each group is known. A group is its
// own, unless its sum is hidden in the table of the groups: then only the sum of
// all such groups of the column is known. What is hidden there follows from the
// same rules, so it is worked out here in the same way.
func (d *Draft) known(rule Rule, which int) map[string]string {
	var order []string
	sums := map[string][]Value{}
	for _, row := range d.rows {
		name := row.Groups[which]
		if row.Total || name == "" {
			continue
		}
		if sums[name] == nil {
			order = append(order, name)
			sums[name] = make([]Value, len(d.columns))
		}
		for c, value := range row.cells {
			if value.State != Shown || !value.Protected {
				continue
			}
			sum := &sums[name][c]
			value.Value += sum.Value // of a ratio never read
			value.Count += sum.Count
			value.Denominator += sum.Denominator
			value.Covered = d.covered[which][name] // else the table of the groups shows what it can
			*sum = value
		}
	}
	groups := NewDraft(d.title, true, d.columns...)
	for _, name := range order {
		groups.Add(Header{Code: name}, sums[name]...)
	}
	names := map[string]string{}
	var table Table
	if len(order) > 0 {
		table = groups.Protect(rule)
	}
	for r, row := range d.rows {
		for c := range row.cells {
			name := d.group(r, c, which)
			names[name] = name
			at := slices.Index(order, row.Groups[which])
			if at >= 0 && !row.Total && table.rows[at].Cells[c].State == Hidden {
				names[name] = d.column(r, c) + " hidden"
			}
		}
	}
	return names
}

// protect hides further cells until none can be worked out.
func (n *network) protect() {
	for i := range n.cells {
		if n.isHidden(i) {
			n.secure(i)
		}
	}
}

func (n *network) isHidden(i int) bool { return n.hidden[n.cells[i].row][n.cells[i].column] }

// secure hides cells on the lines of a hidden cell, and on theirs, until it is
// safe. A cell that was safe stays so when more are hidden, so that each needs
// looking at once.
func (n *network) secure(i int) {
	for !n.safe(i) {
		partner, found := n.partner(i)
		if !found || (n.cells[partner].count == 0 && n.varies(i)) {
			return // nothing is left to hide, or nobody but zeros: more would not help
		}
		n.hidden[n.cells[partner].row][n.cells[partner].column] = true
		n.secure(partner)
	}
}

// safe reports whether a hidden cell may stand: a small count must be able to be
// large for all that others know, and every other must not be certain.
func (n *network) safe(i int) bool {
	one := n.cells[i]
	enough := n.rule.SmallCount + 1
	switch {
	case one.count > 0 && one.count < enough:
		return n.reach(i, true, enough-one.count) == enough-one.count
	case one.complement > 0:
		return n.reach(i, false, enough-one.complement) == enough-one.complement
	}
	return n.varies(i)
}

func (n *network) varies(i int) bool { return n.reach(i, true, 1) > 0 || n.reach(i, false, 1) > 0 }

// partner returns the cell to hide for another: on the line where fewer are
// hidden, one that closes a cycle rather than one that opens a new line, the
// smallest of them. Where nothing is left on its lines, those that they meet are
// looked at, ever further away; a zero is taken only where there is nothing else.
func (n *network) partner(i int) (best int, found bool) {
	for _, zeros := range []bool{false, true} {
		lines := []int{n.cells[i].down, n.cells[i].across}
		if n.hiddenOn(lines[1]) < n.hiddenOn(lines[0]) {
			lines[0], lines[1] = lines[1], lines[0]
		}
		seen := map[int]bool{0: true}
		for len(lines) > 0 {
			line := lines[0]
			lines = lines[1:]
			if seen[line] {
				continue
			}
			seen[line] = true
			if best, found = n.smallest(line, zeros); found {
				return best, true
			}
			for _, j := range n.lines[line] {
				if n.isHidden(j) {
					lines = append(lines, n.cells[j].down+n.cells[j].across-line)
				}
			}
		}
	}
	return 0, false
}

// smallest returns the cell of a line that is best hidden next.
func (n *network) smallest(line int, zeros bool) (best int, found bool) {
	opens, least := true, math.MaxInt
	for _, j := range n.lines[line] {
		one := n.cells[j]
		if n.isHidden(j) || (one.count == 0) != zeros {
			continue
		}
		other := one.down + one.across - line
		new := other != 0 && n.hiddenOn(other) == 0
		// Of two that are equal the name decides and not the order of the rows, so
		// that every table of the same figures hides the same.
		better := one.count < least || (one.count == least && one.name < n.cells[best].name)
		if !found || (opens && !new) || (opens == new && better) {
			best, found, opens, least = j, true, new, one.count
		}
	}
	return best, found
}

func (n *network) hiddenOn(line int) int {
	hidden := 0
	for _, i := range n.lines[line] {
		if n.isHidden(i) {
			hidden++
		}
	}
	return hidden
}

// reach returns how far, up to a limit, a hidden cell can rise (or fall) while
// the hidden cells about it change so that every line keeps its sum.
func (n *network) reach(i int, rise bool, limit int) int {
	if !rise {
		limit = min(limit, n.slack(i))
	}
	change := map[int]int{} // of the other cells, in the sign of the lines
	reached := 0
	for reached < limit {
		path := n.path(i, rise != n.cells[i].total, change)
		if path == nil {
			break
		}
		for _, step := range path {
			change[step.cell] += step.by
		}
		reached++
	}
	return reached
}

type step struct {
	cell, by int
	before   int // the step before in the search; -1 for none
	to       int // line
}

// path finds a chain of hidden cells from the line across of a cell back to its
// line down, which balances a change of the cell by one, in the sign of the
// lines: along it the cells fall and rise in turn.
func (n *network) path(i int, rise bool, change map[int]int) []step {
	from, to := n.cells[i].across, n.cells[i].down
	// Lines across and down are numbered apart, but line 0 stands for both: only
	// one of the two directions can be without lines.
	type visit struct {
		line     int
		isAcross bool
	}
	seen := map[visit]bool{{from, true}: true}
	var steps []step
	queue := []visit{{from, true}}
	before := map[visit]int{{from, true}: -1}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		by := 1
		if at.isAcross == rise {
			by = -1
		}
		for _, j := range n.lines[at.line] {
			one := n.cells[j]
			if j == i || !n.isHidden(j) || !n.can(j, by, change[j]) {
				continue
			}
			next := visit{one.down, false}
			if !at.isAcross {
				next = visit{one.across, true}
			}
			if seen[next] {
				continue
			}
			seen[next] = true
			steps = append(steps, step{cell: j, by: by, before: before[at], to: next.line})
			before[next] = len(steps) - 1
			if !next.isAcross && next.line == to {
				var path []step
				for at := len(steps) - 1; at >= 0; at = steps[at].before {
					path = append(path, steps[at])
				}
				return path
			}
			queue = append(queue, next)
		}
	}
	return nil
}

// can reports whether a hidden cell that has changed already can change by one
// more, in the sign of the lines. Counts have no upper bound.
func (n *network) can(i, by, changed int) bool {
	if n.cells[i].total {
		by, changed = -by, -changed
	}
	return by > 0 || n.slack(i)+changed > 0
}

// slack returns how far a hidden cell can fall. Zeros are shown, so that a hidden
// count is known to be at least 1, unless a zero had to be hidden on its lines.
func (n *network) slack(i int) int {
	one := n.cells[i]
	if one.count == 0 {
		return 0
	}
	for _, line := range []int{one.down, one.across} {
		if line == 0 {
			continue
		}
		for _, j := range n.lines[line] {
			if n.cells[j].count == 0 && n.isHidden(j) {
				return one.count
			}
		}
	}
	return one.count - 1
}
