package xlsx

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"
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

// Rows reads the rows of a sheet, from top to bottom. Rows in which nothing stands are left out,
// but for those at the top, which count when the header is looked for.
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
	columns []hiddenColumns
	texts   *int // bytes handed out so far

	hidden     bool  // nobody sees the row
	uncomputed []int // columns of formulas whose result does not stand in the file
}

// hiddenColumns are columns of a sheet that nobody sees, from 0.
type hiddenColumns struct{ first, last int }

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
	return &Rows{book: b, tokens: newTokens(reader), texts: spent}, nil
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
func (s *Rows) Hidden() bool { return s.hidden }

// Uncomputed are the columns, from 0, of the formulas in the row that was handed out
// last whose result does not stand in the file.
func (s *Rows) Uncomputed() []int { return s.uncomputed }

// ColumnHidden reports whether nobody sees a column, from 0; it is known once a row
// was handed out.
func (s *Rows) ColumnHidden(column int) bool {
	return slices.ContainsFunc(s.columns, func(h hiddenColumns) bool { return h.first <= column && column <= h.last })
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
		}
	}
	return io.EOF
}

// column notes which columns are hidden.
func (s *Rows) column() {
	hidden, first, last := false, 0, 0
	for rest := s.tokens.attributes; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			break
		}
		switch string(name) {
		case "hidden":
			hidden = isTrue(value)
		case "min":
			first = ordinal(value, maxSheetColumn)
		case "max":
			last = ordinal(value, maxSheetColumn)
		}
		rest = after
	}
	if hidden && first > 0 && len(s.columns) < MaxColumns {
		s.columns = append(s.columns, hiddenColumns{first - 1, last - 1})
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
	s.cells, s.arena, s.uncomputed, s.hidden = s.cells[:0], s.arena[:0], s.uncomputed[:0], false
	number := int(s.read) + 1
	for rest := s.tokens.attributes; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			number = ordinal(value, maxSheetRow)
		case "hidden":
			s.hidden = isTrue(value)
		}
		rest = after
	}
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
			return nil
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

// The types of cells (ECMA-376 part 1, 18.18.11).
const (
	numberCell = iota
	sharedCell
	textCell
	boolCell
)

// readCell reads the cell whose tag was returned last and returns its column.
func (s *Rows) readCell(before int) (int, error) {
	t := s.tokens
	column, kind, style := before+1, numberCell, 0
	for rest := t.attributes; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			break
		}
		if len(name) == 1 {
			switch name[0] {
			case 'r':
				var row uint32
				var ok bool
				if row, column, ok = cellReference(value); !ok || row != s.read || column <= before {
					return 0, Broken
				}
			case 's':
				style = ordinal(value, maxStyleCount)
			case 't':
				switch string(value) {
				case "s":
					kind = sharedCell
				case "b":
					kind = boolCell
				case "n":
				default: // str, inlineStr, e: errors are read as they are shown; d: ISO 8601
					kind = textCell
				}
			}
		}
		rest = after
	}
	if column >= maxSheetColumn {
		return 0, Broken
	}
	start := len(s.arena)
	formula, value, inText := false, false, false
	for depth := t.depth; t.depth >= depth; {
		found, err := t.next()
		if err != nil {
			return 0, unexpected(err)
		}
		switch {
		case found == textToken:
			if inText {
				s.arena = t.appendText(s.arena)
			}
			if len(s.arena) > maxRowBytes {
				return 0, TooLarge
			}
		case found == endToken:
			if inText && kind == textCell {
				s.arena = unescapeLetters(s.arena, start)
			}
			inText = false
		case string(t.name) == "v":
			value, inText = true, true
			s.arena = s.arena[:start]
		case string(t.name) == "is":
			value = true
			if s.arena, err = t.richText(s.arena[:start], maxRowBytes); err != nil {
				return 0, err
			}
		case string(t.name) == "f":
			formula = true
			fallthrough
		default:
			if err := t.skip(); err != nil {
				return 0, err
			}
		}
	}
	text := s.arena[start:len(s.arena):len(s.arena)]
	if formula && (!value || len(text) == 0 && kind != textCell) {
		s.uncomputed = append(s.uncomputed, column)
		return column, s.put(column, []byte{'='})
	}
	if len(text) == 0 {
		return column, nil
	}
	if !utf8.Valid(text) {
		return 0, Broken
	}
	text, err := s.meant(text, kind, style)
	if err != nil {
		return 0, err
	}
	return column, s.put(column, text)
}

// meant is what a value says by the type and the format of its cell.
func (s *Rows) meant(text []byte, kind, style int) ([]byte, error) {
	switch kind {
	case sharedCell:
		text = bytes.TrimSpace(text)
		i := ordinal(text, maxStringCount)
		if i == 0 && string(text) != "0" {
			return nil, Broken
		}
		shared, found := s.book.strings.at(i)
		if !found {
			return nil, Broken
		}
		return shared, nil
	case boolCell:
		switch string(text) {
		case "1", "true":
			return []byte("TRUE"), nil
		case "0", "false":
			return []byte("FALSE"), nil
		}
	case numberCell:
		format := plainNumber
		if style < len(s.book.kinds) {
			format = s.book.kinds[style]
		}
		if format == plainNumber && isPlain(text) {
			return text, nil
		}
		start := len(s.arena)
		s.arena = appendNumber(s.arena, text, format, s.book.since1904)
		return s.arena[start:len(s.arena):len(s.arena)], nil
	}
	return text, nil
}

// put sets a cell of the row.
func (s *Rows) put(column int, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if column >= MaxColumns {
		return TooWide
	}
	if *s.texts += len(text); *s.texts > maxTexts {
		return TooLarge
	}
	for len(s.cells) <= column {
		s.cells = append(s.cells, nil)
	}
	s.cells[column] = text
	return nil
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
