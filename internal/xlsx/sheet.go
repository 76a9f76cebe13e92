package xlsx

import (
	"cmp"
	"io"
	"slices"
)

// Sheet is one sheet of a workbook. One of charts alone is none.
type Sheet struct {
	Name   string
	Hidden bool
	// Known after Survey: how many rows there are, and the cells that are shown as one,
	// as far as they begin within the first TopRows.
	Rows   int
	Merged []Range

	part   string
	ranges []Range // all cells that are shown as one, from top to bottom
	// computed: a formula has another result than 0, so that somebody has computed it.
	computed bool
}

// Survey looks over a sheet before its rows are read, since merged cells are listed
// behind them.
func (b *Book) Survey(content io.ReaderAt, size int64, s *Sheet) error {
	a, err := openArchive(content, size)
	if err != nil {
		return err
	}
	return a.read(s.part, maxSheet, s.survey)
}

func (s *Sheet) survey(reader io.Reader) error {
	t := newTokens(reader)
	formula, result := false, false // within a cell with a formula, and its result
	err := t.each(func(found token) error {
		switch {
		case found == textToken:
			s.computed = s.computed || result && !isZero(t.text)
			return nil
		case found == endToken:
			result = false
			return nil
		}
		switch string(t.name) {
		case "c":
			formula = false
		case "f":
			formula = true
		case "v":
			result = formula
		case "row":
			s.Rows++
		case "mergeCell":
			if m, ok := mergedRange(t.attribute("ref")); ok {
				if len(s.ranges) >= maxRanges {
					return TooLarge
				}
				s.ranges = append(s.ranges, m)
			}
		}
		return nil
	})
	slices.SortStableFunc(s.ranges, func(a, b Range) int { return cmp.Compare(a.FirstRow, b.FirstRow) })
	for _, m := range s.ranges {
		if m.FirstRow <= TopRows && len(s.Merged) < maxMerged {
			s.Merged = append(s.Merged, m)
		}
	}
	return err
}
