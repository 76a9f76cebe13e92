package intake

import (
	"bytes"
	"errors"
	"io"
)

// source hands out the rows of a table one after the other: the cells, valid until
// the next call, and the number of the row as Excel shows it, from 1; io.EOF at
// the end. A CSV text is one, a sheet of a workbook another: everything behind it
// is the same for both.
type source interface {
	next() (cells [][]byte, row uint32, err error)
}

// maxLine bounds a row of a file; a quote that is never closed would otherwise
// swallow the rest of the file.
const maxLine = 1 << 20

// errLine says that a row is longer than maxLine, or its quote is not closed.
var errLine = errors.New("row too long")

// scanner reads the rows of a CSV text. It allocates nothing per row. A row is
// what Excel counts as one: a line break within quotes does not end it. A quote
// opens a cell only at its beginning; elsewhere it is a letter like another.
type scanner struct {
	reader    io.Reader
	separator byte
	end       byte // '\n', or '\r' in files of old Macs
	buffer    []byte
	from, to  int // the unread part of the buffer
	eof       bool
	row       uint32
	cells     [][]byte
	scratch   []byte // unquoted text of cells that hold a doubled quote
}

func newScanner(reader io.Reader, separator, end byte) *scanner {
	return &scanner{reader: reader, separator: separator, end: end, buffer: make([]byte, 256<<10)}
}

func (s *scanner) next() ([][]byte, uint32, error) {
	line, quoted, err := s.line()
	if err != nil {
		return nil, s.row + 1, err
	}
	s.row++
	s.cells = s.cells[:0]
	if quoted {
		s.split(line)
		return s.cells, s.row, nil
	}
	for {
		i := bytes.IndexByte(line, s.separator)
		if i < 0 {
			s.cells = append(s.cells, line)
			return s.cells, s.row, nil
		}
		s.cells = append(s.cells, line[:i])
		line = line[i+1:]
	}
}

// line returns the text of the next row without its end, and whether a quote is
// in it.
func (s *scanner) line() (line []byte, quoted bool, err error) {
	searched := 0
	for {
		unread := s.buffer[s.from:s.to]
		i := bytes.IndexByte(unread[searched:], s.end)
		if i >= 0 || s.eof {
			length := searched + i
			if i < 0 {
				length = len(unread)
			}
			if quoted = bytes.IndexByte(unread[:length], '"') >= 0; quoted {
				if length, err = s.quotedEnd(); err != nil {
					return nil, true, err
				}
			} else if len(unread) == 0 {
				return nil, false, io.EOF
			}
			line = s.buffer[s.from : s.from+length]
			s.from = min(s.from+length+1, s.to)
			return bytes.TrimSuffix(line, []byte{'\r'}), quoted, nil
		}
		if len(unread) > maxLine {
			return nil, false, errLine
		}
		searched = len(unread)
		if err := s.fill(); err != nil {
			return nil, false, err
		}
	}
}

// quotedEnd returns the length of the next row, where line breaks within quotes
// belong to it.
func (s *scanner) quotedEnd() (int, error) {
	const (
		start  = iota // of a cell, or blanks there
		plain         // in a cell without quotes, or behind the closing quote
		open          // within quotes
		closed        // behind a quote within quotes: the end of it, or a doubled one
	)
	state, length := start, 0
	for {
		for ; length < s.to-s.from; length++ {
			switch c := s.buffer[s.from+length]; {
			case state == open:
				if c == '"' {
					state = closed
				}
			case c == s.separator:
				state = start
			case c == s.end:
				return length, nil
			case c == '"' && state == start, c == '"' && state == closed:
				state = open
			case c != ' ' || state != start:
				state = plain
			}
		}
		if s.eof {
			if state == open {
				return 0, errLine
			}
			return length, nil
		}
		if length > maxLine {
			return 0, errLine
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads more, moving the unread part to the front and growing the buffer
// where it is full.
func (s *scanner) fill() error {
	if s.from > 0 {
		s.to = copy(s.buffer, s.buffer[s.from:s.to])
		s.from = 0
	}
	if s.to == len(s.buffer) {
		s.buffer = append(s.buffer, make([]byte, len(s.buffer))...)
	}
	n, err := s.reader.Read(s.buffer[s.to:])
	s.to += n
	if errors.Is(err, io.EOF) {
		s.eof = true
		return nil
	}
	return err
}

// split cuts a line that holds quotes.
func (s *scanner) split(line []byte) {
	s.scratch = s.scratch[:0]
	if cap(s.scratch) < len(line) {
		// Cells point into it, so it must not move while the row is split.
		s.scratch = make([]byte, 0, 2*len(line))
	}
	for {
		trimmed := bytes.TrimLeft(line, " ")
		if len(trimmed) == 0 || trimmed[0] != '"' {
			i := bytes.IndexByte(line, s.separator)
			if i < 0 {
				s.cells = append(s.cells, line)
				return
			}
			s.cells = append(s.cells, line[:i])
			line = line[i+1:]
			continue
		}
		start := len(s.scratch)
		rest := trimmed[1:]
		for {
			i := bytes.IndexByte(rest, '"')
			if i < 0 {
				s.scratch, rest = append(s.scratch, rest...), nil
				break
			}
			s.scratch = append(s.scratch, rest[:i]...)
			rest = rest[i+1:]
			if len(rest) == 0 || rest[0] != '"' {
				break
			}
			s.scratch = append(s.scratch, '"')
			rest = rest[1:]
		}
		// What stands between the closing quote and the separator belongs to the cell.
		i := bytes.IndexByte(rest, s.separator)
		if i < 0 {
			s.scratch = append(s.scratch, rest...)
			s.cells = append(s.cells, s.scratch[start:len(s.scratch):len(s.scratch)])
			return
		}
		s.scratch = append(s.scratch, rest[:i]...)
		s.cells = append(s.cells, s.scratch[start:len(s.scratch):len(s.scratch)])
		line = rest[i+1:]
	}
}

// dialect is how a CSV text separates cells and rows.
type dialect struct {
	separator byte
	end       byte
	// named: the first line is «sep=;», which is no row.
	named bool
}

// separators are those that offices use, the most usual first.
var separators = []byte{';', '\t', ','}

// dialects returns the ways in which a text may be cut, from its beginning: one
// where Excel left the line «sep=;», otherwise one for each separator that it
// holds. Which of them gives a header row is seen by trying: in a file with
// decimal commas there may be more commas than semicolons.
func dialects(head []byte) []dialect {
	d := dialect{separator: ';', end: '\n'}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		d.end = '\r'
	}
	first, _, _ := bytes.Cut(head, []byte{d.end})
	first = bytes.Trim(first, "\" \r\n")
	if len(first) >= 4 && bytes.EqualFold(first[:4], []byte("sep=")) {
		d.named = true
		switch named := string(first[4:]); named {
		case "\t", `\t`, "":
			d.separator = '\t'
		default:
			d.separator = named[0]
		}
		return []dialect{d}
	}
	var found []dialect
	for _, separator := range separators {
		if bytes.IndexByte(head, separator) >= 0 {
			found = append(found, dialect{separator: separator, end: d.end})
		}
	}
	if len(found) == 0 {
		return []dialect{d} // one column: the check will say what is missing
	}
	return found
}

// name is the separator as the report names it.
func (d dialect) name() string {
	if d == (dialect{}) {
		return "" // a sheet has none
	}
	if d.separator == '\t' {
		return "tab"
	}
	return string(rune(d.separator))
}
