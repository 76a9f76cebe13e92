package xlsx

import (
	"io"
	"unicode/utf8"
)

// The bounds of the texts that the cells of a workbook share.
const (
	maxStringBytes = 64 << 20
	maxStringCount = 4 << 20
)

// sharedStrings are the texts of a workbook, one behind the other.
type sharedStrings struct {
	texts []byte
	ends  []uint32
}

// at returns a text; false where there is none with the number.
func (s *sharedStrings) at(i int) ([]byte, bool) {
	if i < 0 || i >= len(s.ends) {
		return nil, false
	}
	start := uint32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.texts[start:s.ends[i]:s.ends[i]], true
}

// readStrings reads the shared strings from XML of a size, than which the texts are
// never longer.
func readStrings(reader io.Reader, size uint64) (*sharedStrings, error) {
	s := &sharedStrings{texts: make([]byte, 0, min(size, maxStringBytes))}
	t := newTokens(reader)
	err := t.each(func(found token) (err error) {
		if found != startToken || string(t.name) != "si" {
			return nil
		}
		if s.texts, err = t.richText(s.texts, maxStringBytes); err != nil {
			return err
		}
		if len(s.ends) >= maxStringCount {
			return TooLarge
		}
		s.ends = append(s.ends, uint32(len(s.texts)))
		return nil
	})
	return s, err
}

// richText appends the text within the tag that was returned last: that of its runs
// one behind the other, as their fonts show them, without how the text is pronounced.
// All together must not become longer than most.
func (t *tokens) richText(to []byte, most int) ([]byte, error) {
	start, first, inText := len(to), len(to), false
	var font fontMark
	for depth := t.depth; t.depth >= depth; {
		found, err := t.next()
		if err != nil {
			return to, unexpected(err)
		}
		switch {
		case found == textToken:
			if inText {
				to = t.appendText(to)
			}
		case string(t.name) == "t":
			if inText = found == startToken; inText {
				start = len(to)
			} else {
				to = font.in(unescapeLetters(to, start), start)
			}
		case found == startToken && string(t.name) == "r":
			font = 0
		case found == startToken && string(t.name) == "rPr":
			if font, err = t.font(); err != nil {
				return to, err
			}
		case found == startToken && string(t.name) == "rPh":
			if err := t.skip(); err != nil {
				return to, err
			}
		}
		if len(to) > most {
			return to, TooLarge
		}
	}
	if !utf8.Valid(to[first:]) {
		return to, Broken
	}
	return to, nil
}

// appendText appends the text that was returned last.
func (t *tokens) appendText(to []byte) []byte {
	if t.literal {
		return append(to, t.text...)
	}
	return appendUnescaped(to, t.text)
}
