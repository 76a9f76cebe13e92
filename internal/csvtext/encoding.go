package csvtext

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Survey is what one look over all bytes of a file tells, before anything is read.
type Survey struct {
	// Encoding is the name of the encoding, such as «Windows-1252»; "" where the file
	// is no text.
	Encoding string
	// Binary is what the file is, where it is no text: "zip", "ole", "pdf", "nul" (a text
	// with a NUL in its midst), "binary".
	Binary string

	encoding encoding.Encoding // nil: UTF-8
	skip     int64             // length of the byte order mark
	tail     int64             // NUL bytes at the end, as a copy of a block leaves them
	end      byte              // of rows
}

// Look finds the encoding of a file of a size in bytes. That a file is UTF-8 can be
// said only when all of it has been read: the first umlaut may stand in the last row.
// The error is one of reading.
func Look(content io.ReaderAt, size int64) (Survey, error) {
	var s Survey
	reader := io.NewSectionReader(content, 0, size)
	buffer := make([]byte, max(utf8.UTFMax, min(256<<10, size+1)))
	var head []byte
	valid, nulls, kept := true, 0, 0
	var ends lineEnds
	for {
		n, err := io.ReadFull(reader, buffer[kept:])
		chunk := buffer[:kept+n]
		if head == nil {
			head = bytes.Clone(chunk[:min(len(chunk), 4096)])
		}
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return s, err
		}
		if n := bytes.Count(chunk[kept:], []byte{0}); n > 0 || s.tail > 0 {
			nulls += n
			if zeros := trailing(chunk[kept:]); zeros < len(chunk)-kept {
				s.tail = int64(zeros)
			} else {
				s.tail += int64(zeros)
			}
		}
		ends.count(chunk[kept:])
		// A character may be cut at the end of the chunk: keep its beginning.
		cut := len(chunk)
		if !last {
			cut = lastWhole(chunk)
		}
		valid = valid && utf8.Valid(chunk[:cut])
		kept = copy(buffer, chunk[cut:])
		if last {
			break
		}
	}
	s.judge(head, valid, nulls)
	s.end = ends.end()
	if s.encoding == charmap.Windows1252 && s.skip == 0 {
		return s, s.judgeLetters(content, size)
	}
	if s.encoding != nil {
		s.end = mixed // a line feed takes two bytes
	}
	return s, nil
}

// trailing counts the NUL bytes at the end of a text.
func trailing(text []byte) int { return len(text) - len(bytes.TrimRight(text, "\x00")) }

// lineEnds counts by what lines end.
type lineEnds struct {
	feeds, returns, both int  // both: a line feed behind a carriage return
	last                 byte // before the text that is counted next
}

func (e *lineEnds) count(text []byte) {
	if len(text) == 0 {
		return
	}
	feeds := bytes.Count(text, []byte{'\n'})
	e.feeds += feeds
	if returns := bytes.Count(text, []byte{'\r'}); returns > 0 || e.last == '\r' {
		e.returns += returns
		if e.last == '\r' && text[0] == '\n' {
			e.both++
		}
		for i := 1; i < len(text); i++ {
			next := bytes.IndexByte(text[i:], '\n')
			if next < 0 {
				break
			}
			if i += next; text[i-1] == '\r' {
				e.both++
			}
		}
	}
	e.last = text[len(text)-1]
}

// end is what ends a row.
func (e *lineEnds) end() byte {
	switch {
	case e.returns == e.both:
		return '\n'
	case e.feeds == 0:
		return '\r'
	}
	return mixed
}

// marked are the letters with a mark of the languages of the country, but û: at its
// place DOS and Windows have a dash.
const marked = "äöüÄÖÜéèàêâôîçë"

// judgeLetters tells a text of DOS (CP850), as older case systems write it, and one
// of an old Mac from one of Windows: by the letters with a mark that stand between
// others, where Windows has no quotes and no dots. What is not clear is of Windows.
func (s *Survey) judgeLetters(content io.ReaderAt, size int64) error {
	candidates := [...]struct {
		encoding *charmap.Charmap
		name     string
		letters  [256]bool
		count    int
	}{{encoding: charmap.Windows1252, name: "Windows-1252"}, {encoding: charmap.CodePage850, name: "CP850"}, {encoding: charmap.Macintosh, name: "Mac Roman"}}
	for i := range candidates {
		for _, letter := range marked {
			if code, ok := candidates[i].encoding.EncodeRune(letter); ok {
				candidates[i].letters[code] = true
			}
		}
	}
	reader := bufio.NewReaderSize(io.NewSectionReader(content, 0, size), 64<<10)
	before := byte(' ')
	for {
		c, err := reader.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if c >= utf8.RuneSelf {
			next, _ := reader.Peek(1)
			if isLetter(before) && len(next) > 0 && isLetter(next[0]) {
				for i := range candidates {
					if candidates[i].letters[c] {
						candidates[i].count++
					}
				}
			}
		}
		before = c
	}
	windows, dos, mac := candidates[0].count, candidates[1].count, candidates[2].count
	switch {
	case windows > 0:
	case dos > mac:
		s.encoding, s.Encoding = candidates[1].encoding, candidates[1].name
	case mac > dos:
		s.encoding, s.Encoding = candidates[2].encoding, candidates[2].name
	}
	return nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func lastWhole(chunk []byte) int {
	for back := 1; back <= utf8.UTFMax && back <= len(chunk); back++ {
		if utf8.RuneStart(chunk[len(chunk)-back]) {
			if utf8.FullRune(chunk[len(chunk)-back:]) {
				return len(chunk)
			}
			return len(chunk) - back
		}
	}
	return len(chunk)
}

func (s *Survey) judge(head []byte, valid bool, nulls int) {
	utf16 := func(order unicode.Endianness, name string, mark int64) {
		s.encoding, s.Encoding, s.skip = unicode.UTF16(order, unicode.IgnoreBOM), name, mark
	}
	if s.tail > 0 && int64(nulls) == s.tail && trailing(head) < len(head) {
		nulls = 0
		head = head[:len(head)-trailing(head)]
	} else {
		s.tail = 0
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		s.Binary = "zip"
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		s.Binary = "ole"
	case bytes.HasPrefix(head, []byte("%PDF")):
		s.Binary = "pdf"
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		s.Encoding, s.skip = "UTF-8 (BOM)", 3
		if !valid {
			s.encoding, s.Encoding = charmap.Windows1252, "Windows-1252 (BOM)"
		}
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		utf16(unicode.LittleEndian, "UTF-16 LE (BOM)", 2)
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		utf16(unicode.BigEndian, "UTF-16 BE (BOM)", 2)
	case nulls > 0 && zeros(head, 1) > len(head)/4:
		utf16(unicode.LittleEndian, "UTF-16 LE", 0)
	case nulls > 0 && zeros(head, 0) > len(head)/4:
		utf16(unicode.BigEndian, "UTF-16 BE", 0)
	case nulls > 0 && bytes.ContainsAny(head, "\x01\x02\x03\x04\x05\x06\x07\x08"), nulls > 10 && zeros(head, 0)+zeros(head, 1) > len(head)/100:
		s.Binary = "binary"
	case nulls > 0:
		s.Binary = "nul"
	case valid:
		s.Encoding = "UTF-8"
	default:
		// Excel in a Swiss Windows saves «CSV» like this.
		s.encoding, s.Encoding = charmap.Windows1252, "Windows-1252"
	}
}

// zeros counts the NUL bytes at even (0) or odd (1) places.
func zeros(head []byte, parity int) int {
	count := 0
	for i := parity; i < len(head); i += 2 {
		if head[i] == 0 {
			count++
		}
	}
	return count
}

// Old reports whether the encoding is one of DOS or an old Mac, which was told by its
// letters.
func (s Survey) Old() bool {
	return s.encoding == charmap.CodePage850 || s.encoding == charmap.Macintosh
}

// Text returns the content of the file as UTF-8 without a byte order mark.
func (s Survey) Text(content io.ReaderAt, size int64) io.Reader {
	reader := io.NewSectionReader(content, s.skip, max(0, size-s.skip-s.tail))
	if s.encoding == nil {
		return reader
	}
	return transform.NewReader(reader, s.encoding.NewDecoder())
}
