package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// survey is what one look over all bytes tells, before anything is read.
type survey struct {
	encoding encoding.Encoding // nil: UTF-8
	name     string
	skip     int64  // length of the byte order mark
	binary   string // what it is, where it is no text: "zip", "ole", "pdf", "binary"
}

// digest begins to hash a file and returns what waits for the SHA-256.
func digest(file File) (wait func() (string, error)) {
	var sum string
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		hash := sha256.New()
		// Not longer than the file, for most are short.
		buffer := make([]byte, max(1, min(256<<10, file.Size)))
		if _, err = io.CopyBuffer(hash, struct{ io.Reader }{io.NewSectionReader(file.Content, 0, file.Size)}, buffer); err != nil {
			err = fmt.Errorf("read %s: %w", file.Name, err)
			return
		}
		sum = hex.EncodeToString(hash.Sum(nil))
	}()
	return func() (string, error) {
		<-done
		return sum, err
	}
}

// look finds the encoding of a file. That a file is UTF-8 can be said only
// when all of it has been seen: the first umlaut may stand in the last row.
func look(file File) (survey, error) {
	var s survey
	reader := io.NewSectionReader(file.Content, 0, file.Size)
	buffer := make([]byte, max(utf8.UTFMax, min(256<<10, file.Size+1)))
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
			return s, fmt.Errorf("read %s: %w", file.Name, err)
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

func (s *survey) judge(head []byte, valid bool, nulls int) {
	utf16 := func(order unicode.Endianness, name string, mark int64) {
		s.encoding, s.name, s.skip = unicode.UTF16(order, unicode.IgnoreBOM), name, mark
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		s.binary = "zip"
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		s.binary = "ole"
	case bytes.HasPrefix(head, []byte("%PDF")):
		s.binary = "pdf"
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		s.name, s.skip = "UTF-8 (BOM)", 3
		if !valid {
			s.encoding, s.name = charmap.Windows1252, "Windows-1252 (BOM)"
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
		s.binary = "binary"
	case valid:
		s.name = "UTF-8"
	default:
		// Excel in a Swiss Windows saves «CSV» like this.
		s.encoding, s.name = charmap.Windows1252, "Windows-1252"
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

// text returns the content of a file as UTF-8 without a byte order mark.
func (s survey) text(file File) io.Reader {
	reader := io.NewSectionReader(file.Content, s.skip, max(0, file.Size-s.skip))
	if s.encoding == nil {
		return reader
	}
	return transform.NewReader(reader, s.encoding.NewDecoder())
}
