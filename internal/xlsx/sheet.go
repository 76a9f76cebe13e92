package xlsx

import (
	"io"
	"strings"
)

// Sheet is one sheet of a workbook. One of charts alone is none.
type Sheet struct {
	Name   string
	Hidden bool
	// Known after Survey: how many rows there are, and the cells that are shown as one,
	// as far as they begin within the first TopRows.
	Rows   int
	Merged []Range

	part string
}

// Range is a range of cells that is shown as one: the text stands in the first. Rows
// count from 1, columns from 0.
type Range struct {
	FirstRow, LastRow       uint32
	FirstColumn, LastColumn int
}

// maxMerged bounds the merged cells that are remembered: those of a header.
const maxMerged = 1000

// Survey looks over a sheet before its rows are read, since merged cells are listed
// behind them. Only those at the top matter, where the header is.
func (b *Book) Survey(content io.ReaderAt, size int64, s *Sheet) error {
	a, err := openArchive(content, size)
	if err != nil {
		return err
	}
	return a.read(s.part, maxSheet, s.survey)
}

func (s *Sheet) survey(reader io.Reader) error {
	t := newTokens(reader)
	return t.each(func(found token) error {
		if found != startToken {
			return nil
		}
		switch string(t.name) {
		case "row":
			s.Rows++
		case "mergeCell":
			if m, ok := mergedRange(t.attribute("ref")); ok && m.FirstRow <= TopRows && len(s.Merged) < maxMerged {
				s.Merged = append(s.Merged, m)
			}
		}
		return nil
	})
}

// mergedRange reads a range such as A1:B2.
func mergedRange(reference string) (Range, bool) {
	first, last, found := strings.Cut(reference, ":")
	firstRow, firstColumn, ok := cellReference([]byte(first))
	lastRow, lastColumn, also := cellReference([]byte(last))
	return Range{firstRow, lastRow, firstColumn, lastColumn}, found && ok && also
}
