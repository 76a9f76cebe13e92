package csvtext

import (
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
	// Binary is what the file is, where it is no text: "zip", "ole", "pdf", "binary".
	Binary string

	encoding encoding.Encoding // nil: UTF-8
	skip     int64             // length of the byte order mark
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
		nulls += bytes.Count(chunk[kept:], []byte{0})
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
	return s, nil
}

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
	case nulls > 0:
		s.Binary = "binary"
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

// Text returns the content of the file as UTF-8 without a byte order mark.
func (s Survey) Text(content io.ReaderAt, size int64) io.Reader {
	reader := io.NewSectionReader(content, s.skip, max(0, size-s.skip))
	if s.encoding == nil {
		return reader
	}
	return transform.NewReader(reader, s.encoding.NewDecoder())
}
