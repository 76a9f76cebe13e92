package xlsx

import (
	"bytes"
	"slices"
	"strings"
)

// Range is a range of cells that is shown as one: the text stands in the first. Rows
// count from 1, columns from 0.
type Range struct {
	FirstRow, LastRow       uint32
	FirstColumn, LastColumn int
}

// The bounds of merged cells.
const (
	maxMerged = 1000    // at the top of a sheet, where the header is
	maxRanges = 1 << 18 // in all of it
)

// mergedRange reads a range such as A1:B2; false for a single cell.
func mergedRange(reference string) (Range, bool) {
	first, last, found := strings.Cut(reference, ":")
	firstRow, firstColumn, ok := cellReference([]byte(first))
	lastRow, lastColumn, also := cellReference([]byte(last))
	m := Range{firstRow, lastRow, firstColumn, lastColumn}
	return m, found && ok && also && first != last && firstRow <= lastRow && firstColumn <= lastColumn && firstColumn < MaxColumns
}

// merged is a range that lies over the row that is read.
type merged struct {
	Range
	text []byte // of its first cell
}

// merge gives the cells of the row that was read the texts of those above that they
// are shown as one with. What stands hidden behind a merged cell is not read. A row in
// which nothing else stands is left empty.
func (s *Rows) merge() error {
	if len(s.over) == 0 && (len(s.ranges) == 0 || s.ranges[0].FirstRow > s.read) {
		return nil
	}
	s.over = slices.DeleteFunc(s.over, func(m merged) bool { return m.LastRow < s.read })
	for len(s.ranges) > 0 && s.ranges[0].FirstRow <= s.read {
		m := s.ranges[0]
		s.ranges = s.ranges[1:]
		// Ranges that overlap are none for Excel; without its first row one says nothing.
		if m.FirstRow == s.read && m.FirstColumn < len(s.cells) && len(s.cells[m.FirstColumn]) > 0 &&
			!slices.ContainsFunc(s.over, func(other merged) bool {
				return other.FirstColumn <= m.LastColumn && m.FirstColumn <= other.LastColumn
			}) {
			s.over = append(s.over, merged{m, bytes.Clone(s.cells[m.FirstColumn])})
		}
	}
	if len(s.cells) == 0 {
		return nil
	}
	for _, m := range s.over {
		if m.FirstRow < s.read {
			if err := s.put(m.FirstColumn, m.text); err != nil {
				return err
			}
		}
		s.remarks = append(s.remarks, Remark{Column: m.FirstColumn, Kind: Merged, Range: m.Range})
	}
	return nil
}

// Spread gives the cells of the row that was handed out last, in the columns that are
// asked for, the texts of those beside them that they are shown as one with, and returns
// the row. Nothing is spread where nothing else stands in the row: that is a remark below
// or above a table.
func (s *Rows) Spread(into func(column int) bool) ([][]byte, error) {
	if s.row != s.read {
		return nil, nil // an empty row above the one that was read
	}
	filled := 0
	for _, cell := range s.cells {
		if len(cell) > 0 {
			filled++
		}
	}
	if filled < 2 {
		return s.cells, nil
	}
	for _, m := range s.over {
		for column := m.FirstColumn + 1; column <= min(m.LastColumn, MaxColumns-1); column++ {
			if !into(column) {
				continue
			}
			if err := s.put(column, m.text); err != nil {
				return nil, err
			}
			s.remarks = append(s.remarks, Remark{Column: column, Kind: Merged, Range: m.Range})
		}
	}
	return s.cells, nil
}
