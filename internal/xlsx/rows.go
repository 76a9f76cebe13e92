package xlsx

import (
	"io"
	"strconv"
)

// The bounds of a sheet: those of Excel, but for the columns.
const (
	maxSheetRow    = 1 << 20
	maxSheetColumn = 1 << 14
	maxRowBytes    = 8 << 20
	// MaxColumns is how many columns may hold something.
	MaxColumns = 1000
	// TopRows is how many rows at the top are handed out even where nothing stands in
	// them: titles and headers are looked for there, by their place.
	TopRows = 30
	// maxTexts bounds what the cells say, all together, each time that a sheet is
	// read, and of all sheets while one is chosen: a long text may be shared by
	// millions of cells, and each is looked at.
	maxTexts = 96 << 20
)

// Rows reads the rows of a sheet, from top to bottom. Rows in which nothing stands are
// left out, but for those at the top, which count when the header is looked for.
type Rows struct {
	book   *Book
	tokens *tokens
	begun  bool // within the rows
	ended  bool

	row     uint32 // handed out last
	read    uint32 // read last
	waiting bool   // the row read last comes after rows that were left out
	cells   [][]byte
	arena   []byte // texts of the row that are no shared ones
	columns []columnWidth
	texts   *int // bytes handed out so far

	computed bool     // of the sheet
	ranges   []Range  // of merged cells, that begin further down
	over     []merged // the row read last
	remarks  []Remark
	hidden   bool // nobody sees the row
	// Whether nobody sees rows and columns that say nothing of it.
	flat, narrow bool
}

// columnWidth says of columns, from 0, whether nobody sees them.
type columnWidth struct {
	first, last int
	hidden      bool
}

// Rows starts at the first row of a sheet. spent counts the bytes of text that are
// handed out, over all sheets that are read with it; nil: for this reading alone.
func (b *Book) Rows(content io.ReaderAt, size int64, s *Sheet, spent *int) (*Rows, error) {
	a, err := openArchive(content, size)
	if err != nil {
		return nil, err
	}
	reader, err := a.open(s.part, maxSheet)
	if err != nil {
		return nil, err
	}
	if spent == nil {
		spent = new(int)
	}
	return &Rows{book: b, tokens: newTokens(reader), texts: spent, ranges: s.ranges, computed: s.computed}, nil
}

// Next returns the cells of the next row, which are valid until the next call, and its
// number as Excel shows it, from 1. The error is io.EOF at the end, a Refusal, or one
// of reading the file.
func (s *Rows) Next() ([][]byte, uint32, error) {
	for !s.waiting {
		if err := s.readRow(); err != nil {
			return nil, s.read + 1, err
		}
		s.waiting = len(s.cells) > 0
	}
	if s.row+1 < s.read && s.row < TopRows {
		s.row++
		return nil, s.row, nil
	}
	s.waiting, s.row = false, s.read
	return s.cells, s.row, nil
}

// Hidden reports whether nobody sees the row that was handed out last.
func (s *Rows) Hidden() bool { return s.hidden && s.row == s.read }

// Remarks are what is to be known of cells in the row that was handed out last beside
// their text.
func (s *Rows) Remarks() []Remark {
	if s.row != s.read {
		return nil // an empty row above the one that was read
	}
	return s.remarks
}

// ColumnHidden reports whether nobody sees a column, from 0; it is known once a row
// was handed out.
func (s *Rows) ColumnHidden(column int) bool {
	for _, c := range s.columns {
		if c.first <= column && column <= c.last {
			return c.hidden
		}
	}
	return s.narrow
}

// readRow reads the next row, or returns io.EOF.
func (s *Rows) readRow() error {
	for !s.ended {
		found, err := s.tokens.next()
		if err != nil {
			// Without rows it is no sheet; with an end missing it is a part of one.
			return unexpected(err)
		}
		if found == textToken {
			continue
		}
		switch name := s.tokens.name; {
		case string(name) == "sheetData":
			s.begun, s.ended = found == startToken, found == endToken
		case found == endToken:
		case s.begun && string(name) == "row":
			return s.readCells()
		case s.begun:
			if err := s.tokens.skip(); err != nil {
				return err
			}
		case string(name) == "col":
			s.column()
		case string(name) == "sheetFormatPr":
			height, width := s.tokens.attribute("defaultRowHeight"), s.tokens.attribute("defaultColWidth")
			s.flat = isTrue([]byte(s.tokens.attribute("zeroHeight"))) || less([]byte(height), leastHeight)
			s.narrow = less([]byte(width), leastWidth)
		}
	}
	return io.EOF
}

// What is lower or narrower is not seen: a pixel is three quarters of a point high, and
// a twelfth of a letter or more wide.
const (
	leastHeight = 0.75 // points
	leastWidth  = 0.08 // letters
)

// less reports whether an attribute is a number smaller than least; false where it is
// not given.
func less(value []byte, least float64) bool {
	if len(value) == 0 || value[0] >= '1' && value[0] <= '9' {
		return false
	}
	number, err := strconv.ParseFloat(string(value), 64)
	return err == nil && number < least
}

// column notes which columns are hidden.
func (s *Rows) column() {
	c := columnWidth{first: -1, last: -1}
	for rest := s.tokens.attributes; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			break
		}
		switch string(name) {
		case "hidden":
			c.hidden = c.hidden || isTrue(value)
		case "width":
			c.hidden = c.hidden || less(value, leastWidth)
		case "min":
			c.first = ordinal(value, maxSheetColumn) - 1
		case "max":
			c.last = ordinal(value, maxSheetColumn) - 1
		}
		rest = after
	}
	if c.first >= 0 && len(s.columns) < MaxColumns {
		s.columns = append(s.columns, c)
	}
}

func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }

// ordinal reads a number from 1 to most, or returns 0.
func ordinal(text []byte, most int) int {
	n := 0
	for _, c := range text {
		if !isDigit(c) || n > most {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	if n > most {
		return 0
	}
	return n
}

// readCells reads the row whose tag was returned last.
func (s *Rows) readCells() error {
	clear(s.cells)
	s.cells, s.arena, s.remarks, s.hidden = s.cells[:0], s.arena[:0], s.remarks[:0], false
	number, laidOut := int(s.read)+1, false
	for rest := s.tokens.attributes; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			number = ordinal(value, maxSheetRow)
		case "hidden":
			s.hidden, laidOut = s.hidden || isTrue(value), true
		case "ht":
			s.hidden, laidOut = s.hidden || less(value, leastHeight), true
		case "spans":
			// Only programs that lay out a row write this, and what they hide they say so.
			laidOut = true
		}
		rest = after
	}
	s.hidden = s.hidden || s.flat && !laidOut
	if number <= int(s.read) || number > maxSheetRow {
		return Broken // rows in another order would be read in another way by others
	}
	s.read = uint32(number)
	column := -1
	for depth := s.tokens.depth; ; {
		found, err := s.tokens.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case s.tokens.depth < depth:
			return s.merge()
		case found != startToken:
		case string(s.tokens.name) == "c":
			if column, err = s.readCell(column); err != nil {
				return err
			}
		default:
			if err := s.tokens.skip(); err != nil {
				return err
			}
		}
	}
}

// cellReference reads a reference such as B12; the column counts from 0.
func cellReference(reference []byte) (row uint32, column int, ok bool) {
	i := 0
	for i < len(reference) && i < 3 && reference[i] >= 'A' && reference[i] <= 'Z' {
		column = column*26 + int(reference[i]-'A') + 1
		i++
	}
	row = uint32(ordinal(reference[i:], maxSheetRow))
	return row, column - 1, column > 0 && column <= maxSheetColumn && row > 0
}
