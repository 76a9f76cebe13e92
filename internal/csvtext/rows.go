package csvtext

import (
	"bytes"
	"errors"
	"io"
)

// maxLine bounds a row of a file; a quote that is never closed would otherwise
// swallow the rest of the file.
const maxLine = 1 << 20

// ErrRow says that a row is longer than a megabyte, or that its quote is not closed:
// where the next row begins is not known.
var ErrRow = errors.New("row too long or quote not closed")

// Rows reads the rows of a CSV text. It allocates nothing per row. A row is
// what Excel counts as one: a line break within quotes does not end it. A quote
// opens a cell only at its beginning; elsewhere it is a letter like another.
type Rows struct {
	reader    io.Reader
	separator byte
	end       byte // '\n', '\r' in files of old Macs, or mixed
	nested    bool // rows that are quoted as a whole are cut once more
	buffer    []byte
	from, to  int // the unread part of the buffer
	eof       bool
	row       uint32
	lines     int // that the row takes
	cells     [][]byte
	scratch   []byte // unquoted text of cells that hold a doubled quote
	inner     []byte // of a row that is quoted as a whole
}

// mixed is the end of rows in a text where some end with a carriage return alone
// and others with a line feed, as where two systems wrote into one file.
const mixed byte = 0

// Rows starts at the first row of the text of a file. The line «sep=;» is none, for
// Excel does not show it.
func (s Survey) Rows(content io.ReaderAt, size int64, d Dialect) (*Rows, error) {
	r := newRows(s.Text(content, size), d.separator, d.end)
	r.nested = d.nested
	if d.named {
		if _, _, err := r.Next(); err != nil {
			return nil, err
		}
		r.row = 0
	}
	return r, nil
}

func newRows(reader io.Reader, separator, end byte) *Rows {
	return &Rows{reader: reader, separator: separator, end: end, buffer: make([]byte, 256<<10)}
}

// Next returns the cells of the next row, which are valid until the next call, and
// its number as Excel shows it, from 1. The error is io.EOF at the end, ErrRow, or
// one of reading.
func (r *Rows) Next() ([][]byte, uint32, error) {
	line, quoted, err := r.line()
	if err != nil {
		return nil, r.row + 1, err
	}
	r.row++
	r.cells, r.lines = r.cells[:0], 1
	if quoted {
		r.lines += bytes.Count(line, []byte{'\n'}) + bytes.Count(line, []byte{'\r'}) - bytes.Count(line, []byte("\r\n"))
		r.split(line)
		if r.nested && len(r.cells) == 1 && bytes.IndexByte(r.cells[0], r.separator) >= 0 {
			// Behind the quote stand the separators of the columns that are empty.
			r.inner = append(r.inner[:0], bytes.TrimRight(r.cells[0], ";\t,| ")...)
			r.cells = r.cells[:0]
			r.split(r.inner)
		}
		return r.cells, r.row, nil
	}
	for {
		i := bytes.IndexByte(line, r.separator)
		if i < 0 {
			r.cells = append(r.cells, line)
			return r.cells, r.row, nil
		}
		r.cells = append(r.cells, line[:i])
		line = line[i+1:]
	}
}

// Lines returns how many lines the last row takes: more than one where a line break
// stands within quotes.
func (r *Rows) Lines() int { return r.lines }

// line returns the text of the next row without its end, and whether a quote is
// in it.
func (r *Rows) line() (line []byte, quoted bool, err error) {
	searched := 0
	for {
		unread := r.buffer[r.from:r.to]
		i := r.indexEnd(unread[searched:])
		if i >= 0 || r.eof {
			length := searched + i
			if i < 0 {
				length = len(unread)
			}
			if quoted = bytes.IndexByte(unread[:length], '"') >= 0; quoted {
				if length, err = r.quotedEnd(); err != nil {
					return nil, true, err
				}
			} else if len(unread) == 0 {
				return nil, false, io.EOF
			}
			if r.end == mixed {
				// A line feed may follow the carriage return, in what is not read yet.
				for !r.eof && r.from+length+1 >= r.to {
					if err := r.fill(); err != nil {
						return nil, false, err
					}
				}
			}
			line = r.buffer[r.from : r.from+length]
			r.from = min(r.from+length+1, r.to)
			if r.end == mixed && r.from < r.to && r.buffer[r.from-1] == '\r' && r.buffer[r.from] == '\n' {
				r.from++
			}
			return bytes.TrimSuffix(line, []byte{'\r'}), quoted, nil
		}
		if len(unread) > maxLine {
			return nil, false, ErrRow
		}
		searched = len(unread)
		if err := r.fill(); err != nil {
			return nil, false, err
		}
	}
}

// indexEnd is where the first end of a row stands, or -1.
func (r *Rows) indexEnd(text []byte) int {
	if r.end == mixed {
		return bytes.IndexAny(text, "\r\n")
	}
	return bytes.IndexByte(text, r.end)
}

// quotedEnd returns the length of the next row, where line breaks within quotes
// belong to it.
func (r *Rows) quotedEnd() (int, error) {
	const (
		start  = iota // of a cell, or blanks there
		plain         // in a cell without quotes, or behind the closing quote
		open          // within quotes
		closed        // behind a quote within quotes: the end of it, or a doubled one
	)
	state, length := start, 0
	for {
		for ; length < r.to-r.from; length++ {
			switch c := r.buffer[r.from+length]; {
			case state == open:
				if c == '"' {
					state = closed
				}
			case c == r.separator:
				state = start
			case c == r.end, r.end == mixed && (c == '\r' || c == '\n'):
				return length, nil
			case c == '"' && state == start, c == '"' && state == closed:
				state = open
			case c != ' ' || state != start:
				state = plain
			}
		}
		if r.eof {
			if state == open {
				return 0, ErrRow
			}
			return length, nil
		}
		if length > maxLine {
			return 0, ErrRow
		}
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads more, moving the unread part to the front and growing the buffer
// where it is full.
func (r *Rows) fill() error {
	if r.from > 0 {
		r.to = copy(r.buffer, r.buffer[r.from:r.to])
		r.from = 0
	}
	if r.to == len(r.buffer) {
		r.buffer = append(r.buffer, make([]byte, len(r.buffer))...)
	}
	n, err := r.reader.Read(r.buffer[r.to:])
	r.to += n
	if errors.Is(err, io.EOF) {
		r.eof = true
		return nil
	}
	return err
}

// split cuts a line that holds quotes.
func (r *Rows) split(line []byte) {
	r.scratch = r.scratch[:0]
	if cap(r.scratch) < len(line) {
		// Cells point into it, so it must not move while the row is split.
		r.scratch = make([]byte, 0, 2*len(line))
	}
	for {
		trimmed := bytes.TrimLeft(line, " ")
		if len(trimmed) == 0 || trimmed[0] != '"' {
			i := bytes.IndexByte(line, r.separator)
			if i < 0 {
				r.cells = append(r.cells, line)
				return
			}
			r.cells = append(r.cells, line[:i])
			line = line[i+1:]
			continue
		}
		start := len(r.scratch)
		rest := trimmed[1:]
		for {
			i := bytes.IndexByte(rest, '"')
			if i < 0 {
				r.scratch, rest = append(r.scratch, rest...), nil
				break
			}
			r.scratch = append(r.scratch, rest[:i]...)
			rest = rest[i+1:]
			if len(rest) == 0 || rest[0] != '"' {
				break
			}
			r.scratch = append(r.scratch, '"')
			rest = rest[1:]
		}
		// What stands between the closing quote and the separator belongs to the cell.
		i := bytes.IndexByte(rest, r.separator)
		if i < 0 {
			r.scratch = append(r.scratch, rest...)
			r.cells = append(r.cells, r.scratch[start:len(r.scratch):len(r.scratch)])
			return
		}
		r.scratch = append(r.scratch, rest[:i]...)
		r.cells = append(r.cells, r.scratch[start:len(r.scratch):len(r.scratch)])
		line = rest[i+1:]
	}
}
