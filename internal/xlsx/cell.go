package xlsx

import (
	"bytes"
	"unicode/utf8"
)

// The types of cells (ECMA-376 part 1, 18.18.11).
const (
	numberCell = iota
	sharedCell
	textCell
	boolCell
)

// readCell reads the cell whose tag was returned last and returns its column.
func (s *Rows) readCell(before int) (int, error) {
	column, kind, style, ok := s.cellHead(before)
	if !ok || column >= maxSheetColumn {
		return 0, Broken
	}
	start := len(s.arena)
	formula, value, err := s.cellContent(kind)
	if err != nil {
		return 0, err
	}
	if formula {
		switch text := s.arena[start:]; {
		case !value, len(text) == 0 && (kind != textCell || s.book.calculates), kind == numberCell && s.book.calculates && isZero(text):
			s.remarks = append(s.remarks, Remark{Column: column, Kind: Uncomputed})
			return column, s.put(column, []byte{'='})
		case kind == numberCell && !s.book.chained && !s.computed && isZero(text):
			s.remarks = append(s.remarks, Remark{Column: column, Kind: Doubtful})
		}
	}
	if len(s.arena) == start {
		return column, nil
	}
	if !utf8.Valid(s.arena[start:]) {
		return 0, Broken
	}
	look := plainStyle
	if style < len(s.book.styles) {
		look = s.book.styles[style]
	}
	text, err := s.meant(start, kind, look.number, column)
	if err != nil {
		return 0, err
	}
	if look.font != 0 {
		start := len(s.arena)
		s.arena = look.font.in(append(s.arena, text...), start)
		text = s.arena[start:len(s.arena):len(s.arena)]
	}
	return column, s.put(column, text)
}

// cellHead reads the attributes of a cell; false where its place is not behind the one
// before.
func (s *Rows) cellHead(before int) (column, kind, style int, ok bool) {
	column, kind = before+1, numberCell
	for rest := s.tokens.attributes; ; {
		name, value, after, found := attribute(rest)
		if !found {
			return column, kind, style, true
		}
		if len(name) == 1 {
			switch name[0] {
			case 'r':
				var row uint32
				if row, column, found = cellReference(value); !found || row != s.read || column <= before {
					return 0, 0, 0, false
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
}

// cellContent reads a cell to its end and puts its value at the end of the arena.
func (s *Rows) cellContent(kind int) (formula, value bool, err error) {
	t, start, inText := s.tokens, len(s.arena), false
	for depth := t.depth; t.depth >= depth; {
		found, err := t.next()
		if err != nil {
			return false, false, unexpected(err)
		}
		switch {
		case found == textToken:
			if inText {
				s.arena = t.appendText(s.arena)
			}
			if len(s.arena) > maxRowBytes {
				return false, false, TooLarge
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
				return false, false, err
			}
		case string(t.name) == "f":
			formula = true
			fallthrough
		default:
			if err := t.skip(); err != nil {
				return false, false, err
			}
		}
	}
	return formula, value, nil
}

// isZero reports whether a stored result is 0, as libraries write it that compute
// nothing: «0», «0.0».
func isZero(text []byte) bool {
	return len(bytes.Trim(text, "0.")) == 0 && bytes.IndexByte(text, '0') >= 0
}

// meant is what the value at the end of the arena says by the type and the format of
// its cell.
func (s *Rows) meant(start, kind int, format *numberFormat, column int) ([]byte, error) {
	text := s.arena[start:len(s.arena):len(s.arena)]
	switch kind {
	case sharedCell:
		text = bytes.TrimSpace(text)
		i := ordinal(text, maxStringCount)
		if i == 0 && string(text) != "0" {
			return nil, Broken
		}
		var found bool
		if text, found = s.book.strings.at(i); !found {
			return nil, Broken
		}
	case boolCell:
		switch string(text) {
		case "1", "true":
			return []byte("TRUE"), nil
		case "0", "false":
			return []byte("FALSE"), nil
		}
		return text, nil
	case numberCell:
		if format.plain && isPlain(text) {
			return text, nil
		}
		start := len(s.arena)
		out, remark, shown := appendNumber(s.arena, text, format, s.book.since1904)
		if s.arena = out; remark != 0 {
			s.remarks = append(s.remarks, Remark{Column: column, Kind: remark, Shown: shown})
		}
		return s.arena[start:len(s.arena):len(s.arena)], nil
	}
	if f := format.texts; f != nil && len(text) > 0 && (f.before != "" || f.behind != "") {
		start := len(s.arena)
		s.arena = append(append(append(s.arena, f.before...), text...), f.behind...)
		remark := Dressed
		if alters(f.before, f.behind) {
			remark = Altered
		}
		s.remarks = append(s.remarks, Remark{Column: column, Kind: remark})
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
