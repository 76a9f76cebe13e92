package disclosure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// attacker works out hidden cells from what a published table shows: every line
// of parts adds up to its total, counts are whole and not negative, and zeros are
// not hidden unless there was nothing else to hide. He tries every table that
// fits. Nothing of the protecting code is used.
type attacker struct {
	lines  []attackLine
	least  int
	most   int     // the whole of the table
	of     [][]int // the equations of each unknown
	values []int   // -1 while not set
	budget int     // of the search; where it ends, the value counts as possible
}

// attackLine says that the unknowns, each times its sign, add up to rest.
type attackLine struct {
	unknowns []int
	signs    []int
	rest     int
}

// attack returns for every hidden cell the values that it could have, up to as
// many as it takes to be uncertain.
func attack(table Table, wholes map[int]int, least, most int) map[[2]int][]int {
	unknown := map[[2]int]int{}
	var places [][2]int
	for r, row := range table.rows {
		for c, cell := range row.Cells {
			if cell.State == Hidden {
				unknown[[2]int{r, c}] = len(places)
				places = append(places, [2]int{r, c})
			}
		}
	}
	a := attacker{least: least, most: most, of: make([][]int, len(places)), values: make([]int, len(places))}
	line := func(cells [][2]int, total *[2]int, known int) {
		e := attackLine{rest: known}
		for _, place := range cells {
			if u, is := unknown[place]; is {
				e.unknowns, e.signs = append(e.unknowns, u), append(e.signs, 1)
			} else {
				e.rest -= int(table.rows[place[0]].Cells[place[1]].Value / figure.Whole(1))
			}
		}
		if total != nil {
			if u, is := unknown[*total]; is {
				e.unknowns, e.signs = append(e.unknowns, u), append(e.signs, -1)
			} else {
				e.rest += int(table.rows[total[0]].Cells[total[1]].Value / figure.Whole(1))
			}
		}
		for _, u := range e.unknowns {
			a.of[u] = append(a.of[u], len(a.lines))
		}
		a.lines = append(a.lines, e)
	}
	for c := range table.columns {
		var parts [][2]int
		var total *[2]int
		for r, row := range table.rows {
			if row.Total {
				total = &[2]int{r, c}
			} else {
				parts = append(parts, [2]int{r, c})
			}
		}
		if whole, known := wholes[c]; known {
			line(parts, nil, whole)
		} else if total != nil {
			line(parts, total, 0)
		}
	}
	for r := range table.rows {
		var parts [][2]int
		var total *[2]int
		for c, column := range table.columns {
			if column.Total {
				total = &[2]int{r, c}
			} else {
				parts = append(parts, [2]int{r, c})
			}
		}
		if total != nil {
			line(parts, total, 0)
		}
	}
	result := map[[2]int][]int{}
	for u, place := range places {
		for value := least; value <= most && len(result[place]) < 2; value++ {
			for v := range a.values {
				a.values[v] = -1
			}
			a.values[u], a.budget = value, 20_000
			if a.possible(u) && a.search(0) {
				result[place] = append(result[place], value)
			}
		}
	}
	return result
}

// search reports whether there is a table with the values that are set.
func (a *attacker) search(u int) bool {
	for u < len(a.values) && a.values[u] >= 0 {
		u++
	}
	if a.budget--; u == len(a.values) || a.budget < 0 {
		return true
	}
	for value := a.least; value <= a.most; value++ {
		a.values[u] = value
		if a.possible(u) && a.search(u+1) {
			return true
		}
	}
	a.values[u] = -1
	return false
}

// possible reports whether the equations of an unknown can still hold.
func (a *attacker) possible(u int) bool {
	for _, l := range a.of[u] {
		e := a.lines[l]
		low, high := 0, 0
		for n, v := range e.unknowns {
			least, most := a.least, a.most
			if a.values[v] >= 0 {
				least, most = a.values[v], a.values[v]
			}
			if e.signs[n] < 0 {
				least, most = -most, -least
			}
			low, high = low+least, high+most
		}
		if e.rest < low || e.rest > high {
			return false
		}
	}
	return true
}

func count(n int) Value {
	return Value{State: Shown, Value: figure.Whole(int64(n)), Unit: "persons", Protected: true}
}

// protected is what is published of counts by row and by column, the totals last; with a
// total column both are told apart at once, and else each column is a table of its own.
func protected(counts [][]int, totalColumn bool) (table Table, totals []int) {
	columns := len(counts[0])
	totals = make([]int, columns)
	name := func(kind string, n int) string { return fmt.Sprint(kind, n) }
	part := func(p *Publication, number int, view string, codes []string, values []int) []Cell {
		d := NewDraft(locale.Text{}, Header{Code: "2025"})
		for n, code := range codes {
			d.Add(Header{Code: code}, count(values[n]))
		}
		var cells []Cell
		for _, row := range p.Protect(d, view, "t").Rows() {
			cells = append(cells, row.Cells[0])
		}
		return cells
	}
	for r, line := range counts {
		table.rows = append(table.rows, Row{Header: Header{Code: name("r", r)}})
		for c, n := range line {
			totals[c] += n
		}
	}
	last := Row{Header: Header{Code: "total", Total: true}}
	for c := range columns {
		table.columns = append(table.columns, Header{Code: name("c", c)})
	}
	if !totalColumn {
		for c := range columns {
			p := NewPublication(Standard, "row")
			number := p.Count("n", true)
			var codes []string
			var values []int
			for r := range counts {
				p.Add(number, "", figure.Whole(int64(counts[r][c])), name("r", r))
				codes, values = append(codes, name("r", r)), append(values, counts[r][c])
			}
			p.Table("t", "row", number, -1, false)
			for r, cell := range part(p, number, "row", codes, values) {
				table.rows[r].Cells = append(table.rows[r].Cells, cell)
			}
			last.Cells = append(last.Cells, Cell{Value: figure.Whole(int64(totals[c]))})
		}
		table.rows = append(table.rows, last)
		return table, totals
	}
	p := NewPublication(Standard, "cell", "row", "column")
	number := p.Count("n", true)
	for _, view := range p.views {
		p.Table("t", view, number, -1, false)
	}
	whole := 0
	var rowCodes, columnCodes []string
	var rowSums []int
	for r, line := range counts {
		sum := 0
		for c, n := range line {
			p.Add(number, "", figure.Whole(int64(n)), name("r", r)+name("c", c), name("r", r), name("c", c))
			sum += n
		}
		whole += sum
		rowCodes, rowSums = append(rowCodes, name("r", r)), append(rowSums, sum)
	}
	for c := range columns {
		columnCodes = append(columnCodes, name("c", c))
	}
	for r, line := range counts {
		var codes []string
		for c := range line {
			codes = append(codes, name("r", r)+name("c", c))
		}
		table.rows[r].Cells = append(part(p, number, "cell", codes, line), part(p, number, "row", rowCodes, rowSums)[r])
	}
	last.Cells = append(part(p, number, "column", columnCodes, totals), Cell{Value: figure.Whole(int64(whole))})
	table.columns = append(table.columns, Header{Code: "total", Total: true})
	table.rows = append(table.rows, last)
	return table, append(totals, whole)
}

func attackDraft(t *testing.T, counts [][]int, totalColumn bool) {
	t.Helper()
	table, totals := protected(counts, totalColumn)
	wholes := map[int]int{}
	for c, total := range totals {
		// The totals of the canton stand on other pages. The totals of a margin of a
		// table in two directions are a breakdown themselves.
		if !totalColumn || c == len(totals)-1 {
			wholes[c] = total
		}
	}
	// Somebody who knows that no zero is hidden here knows more than he can.
	least := 1
	for r, row := range table.rows {
		for c, cell := range row.Cells {
			value := 0
			switch {
			case r < len(counts) && c < len(counts[0]):
				value = counts[r][c]
			case r < len(counts):
				for _, n := range counts[r] {
					value += n
				}
			default:
				value = totals[c]
			}
			if cell.State == Hidden && value == 0 {
				least = 0
			}
		}
	}
	for place, values := range attack(table, wholes, least, slices.Max(totals)) {
		row, column := place[0], place[1]
		if table.rows[row].Total && (!totalColumn || table.columns[column].Total) {
			continue // known anyway
		}
		if len(values) < 2 && !allHidden(table, row, column, totalColumn) {
			t.Errorf("%v is published as\n%sand the cell in row %d, column %d can only be %v", counts, text(table), row, column, values)
		}
	}
}

// allHidden reports whether nothing is left to hide on the lines of a cell: two
// people in two groups of one.
func allHidden(table Table, row, column int, totalColumn bool) bool {
	for r := range table.rows {
		if (!table.rows[r].Total || (totalColumn && !table.columns[column].Total)) && table.rows[r].Cells[column].State != Hidden {
			return false
		}
	}
	for c := range table.columns {
		if totalColumn && !(table.rows[row].Total && table.columns[c].Total) && table.rows[row].Cells[c].State != Hidden {
			return false
		}
	}
	return true
}

func text(table Table) string {
	var s string
	for _, row := range table.rows {
		for _, cell := range row.Cells {
			if cell.State == Hidden {
				s += "   X"
			} else {
				s += fmt.Sprintf("%4s", cell.Value)
			}
		}
		s += "\n"
	}
	return s
}

func TestNoHiddenCellCanBeWorkedOut(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 18))
	for n := range 1500 {
		rows, columns := 2+random.IntN(3), 1+random.IntN(3)
		counts := make([][]int, rows)
		for r := range counts {
			for range columns {
				number := random.IntN(3 + 6*(n/2%2)) // in half of the tables the totals are small too
				if random.IntN(4) == 0 {
					number = 0
				}
				counts[r] = append(counts[r], number)
			}
		}
		attackDraft(t, counts, n%2 == 0 && columns > 1)
		if t.Failed() {
			return
		}
	}
}

func FuzzNoHiddenCellCanBeWorkedOut(f *testing.F) {
	f.Add([]byte{2, 3, 20, 0, 7, 1, 9, 4, 4})
	f.Add([]byte{1, 0, 0, 3, 0, 0})
	f.Add([]byte{3, 1, 2, 2, 1, 8, 8, 0, 1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 3 || len(data) > 13 {
			return
		}
		columns := 1 + int(data[0]%3)
		var counts [][]int
		for rest := data[1:]; len(rest) >= columns; rest = rest[columns:] {
			var row []int
			for _, b := range rest[:columns] {
				row = append(row, int(b%16))
			}
			counts = append(counts, row)
		}
		if len(counts) < 2 {
			return
		}
		attackDraft(t, counts, data[0] >= 128 && columns > 1)
	})
}
