package intake

import (
	"bytes"
	"errors"
	"io"
)

// maxLine bounds a row of a file; a quote that is never closed would otherwise
// swallow the rest of the file.
const maxLine = 1 << 20

// errLine says that a row is longer than maxLine, or its quote is not closed.
var errLine = errors.New("row too long")

// scanner reads the rows of a CSV text. It allocates nothing per row: the cells
// of a row are valid until the next one is read. A row is what Excel counts as
// one: a line break within quotes does not end it.
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

// next returns the cells of the next row and its number, from 1; io.EOF at the
// end.
func (s *scanner) next() ([][]byte, uint32, error) {
	line, err := s.line()
	if err != nil {
		return nil, s.row + 1, err
	}
	s.row++
	s.cells = s.cells[:0]
	if bytes.IndexByte(line, '"') >= 0 {
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

// line returns the next line without its end, joined with those after it as long
// as a quote is open.
func (s *scanner) line() ([]byte, error) {
	searched, quotes := 0, 0
	for {
		i := bytes.IndexByte(s.buffer[s.from+searched:s.to], s.end)
		if i >= 0 {
			stop := s.from + searched + i
			quotes += bytes.Count(s.buffer[s.from+searched:stop], []byte{'"'})
			searched = stop + 1 - s.from
			if quotes%2 == 1 {
				if searched > maxLine {
					return nil, errLine
				}
				continue
			}
			line := s.buffer[s.from:stop]
			s.from = stop + 1
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		if s.eof {
			if s.from == s.to {
				return nil, io.EOF
			}
			quotes += bytes.Count(s.buffer[s.from+searched:s.to], []byte{'"'})
			if quotes%2 == 1 {
				return nil, errLine
			}
			line := s.buffer[s.from:s.to]
			s.from = s.to
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		if s.to-s.from > maxLine {
			return nil, errLine
		}
		quotes += bytes.Count(s.buffer[s.from+searched:s.to], []byte{'"'})
		searched = s.to - s.from
		if err := s.fill(); err != nil {
			return nil, err
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

// sniff finds the dialect from the beginning of a text: the line «sep=;» where
// Excel left one, otherwise the separator that stands most often in the line
// that has most of it.
func sniff(head []byte) dialect {
	d := dialect{separator: ';', end: '\n'}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		d.end = '\r'
	}
	first, _, _ := bytes.Cut(head, []byte{d.end})
	first = bytes.Trim(bytes.TrimSpace(first), `"`)
	if len(first) == 5 && bytes.EqualFold(first[:4], []byte("sep=")) {
		d.separator, d.named = first[4], true
		return d
	}
	if bytes.EqualFold(first, []byte("sep=")) || bytes.EqualFold(first, []byte(`sep=\t`)) {
		d.separator, d.named = '\t', true
		return d
	}
	best := 0
	for _, separator := range []byte{';', '\t', ','} {
		if most := mostInALine(head, separator, d.end); most > best {
			d.separator, best = separator, most
		}
	}
	return d
}

// mostInALine counts a separator outside quotes in the line that has most of it.
func mostInALine(head []byte, separator, end byte) int {
	most, here, quoted := 0, 0, false
	for _, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == separator:
			here++
			most = max(most, here)
		case c == end:
			here = 0
		}
	}
	return most
}
