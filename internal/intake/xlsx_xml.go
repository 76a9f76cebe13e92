package intake

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// token is what tokens finds.
type token uint8

const (
	textToken  token = iota
	startToken       // <c>; also <c/>, which is followed by an endToken of its own
	endToken
)

// maxToken bounds a tag or a text: a cell holds 32,767 letters at most.
const maxToken = 1 << 20

// tokens cuts XML into tags and texts. It knows what sheets need: prefixes of
// names are left out, comments and instructions are skipped, and a document type,
// which could define entities, is refused. It allocates nothing per token; what it
// returns is valid until the next call.
type tokens struct {
	reader   io.Reader
	buffer   []byte
	from, to int
	eof      bool
	closing  bool // the tag that was returned last is closed by its own «/»
	depth    int  // open tags

	name       []byte // of the tag, without its prefix
	attributes []byte // of the tag, as they stand there
	text       []byte
	literal    bool // the text stood in CDATA
}

func newTokens(reader io.Reader) *tokens {
	return &tokens{reader: reader, buffer: make([]byte, 64<<10)}
}

var errBroken = refuse("file_broken")

// next returns the next token, or io.EOF where all tags are closed.
func (t *tokens) next() (token, error) {
	if t.closing {
		t.closing = false
		t.depth--
		return endToken, nil
	}
	for {
		if t.from == t.to {
			if err := t.fill(); err != nil {
				return 0, err
			}
			if t.from == t.to {
				if t.depth != 0 {
					return 0, errBroken
				}
				return 0, io.EOF
			}
		}
		if t.buffer[t.from] != '<' {
			length, err := t.find('<', 0)
			if err != nil {
				return 0, err
			}
			t.text, t.literal = t.buffer[t.from:t.from+length], false
			t.from += length
			return textToken, nil
		}
		length, err := t.find('>', 1)
		if err != nil {
			return 0, err
		}
		if t.from+length >= t.to {
			return 0, errBroken
		}
		switch t.buffer[t.from+1] {
		case '/':
			t.name = t.buffer[t.from+2 : t.from+length]
			for len(t.name) > 0 && isBlank(t.name[len(t.name)-1]) {
				t.name = t.name[:len(t.name)-1]
			}
			t.name = localName(t.name)
			t.from += length + 1
			if t.depth--; t.depth < 0 {
				return 0, errBroken
			}
			return endToken, nil
		case '?':
			if err := t.skipTo("?>"); err != nil {
				return 0, err
			}
		case '!':
			found, err := t.declaration()
			if err != nil || found {
				return textToken, err
			}
		default:
			return startToken, t.tag(length)
		}
	}
}

// tag reads a start tag, of which the first «>» is known: within quotes it does not
// end the tag.
func (t *tokens) tag(length int) error {
	for i, quote := 1, byte(0); ; i++ {
		if i == length {
			if quote == 0 {
				break
			}
			var err error
			if length, err = t.find('>', length+1); err != nil {
				return err
			}
			if t.from+length >= t.to {
				return errBroken
			}
			if length > maxToken {
				return refuse("file_too_large")
			}
		}
		switch c := t.buffer[t.from+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		}
	}
	tag := t.buffer[t.from+1 : t.from+length]
	t.from += length + 1
	if last := len(tag) - 1; last >= 0 && tag[last] == '/' {
		tag, t.closing = tag[:last], true
	}
	end := 0
	for end < len(tag) && !isBlank(tag[end]) {
		end++
	}
	if end == 0 {
		return errBroken
	}
	t.name, t.attributes = localName(tag[:end]), tag[end:]
	t.depth++
	return nil
}

// declaration skips a comment and returns CDATA as a text.
func (t *tokens) declaration() (found bool, err error) {
	for t.to-t.from < len("<![CDATA[") && !t.eof {
		if err := t.fill(); err != nil {
			return false, err
		}
	}
	switch rest := t.buffer[t.from:t.to]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		t.from += len("<!--")
		return false, t.skipTo("-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		t.from += len("<![CDATA[")
		for from := 0; ; {
			i := bytes.Index(t.buffer[t.from+from:t.to], []byte("]]>"))
			if i >= 0 {
				t.text, t.literal = t.buffer[t.from:t.from+from+i], true
				t.from += from + i + 3
				return true, nil
			}
			from = max(0, t.to-t.from-2)
			if t.eof {
				return false, errBroken
			}
			if from > maxToken {
				return false, refuse("file_too_large")
			}
			if err := t.fill(); err != nil {
				return false, err
			}
		}
	}
	return false, refuse("file_xml") // a document type
}

// skipTo moves behind a mark, however far it is.
func (t *tokens) skipTo(mark string) error {
	for {
		if i := bytes.Index(t.buffer[t.from:t.to], []byte(mark)); i >= 0 {
			t.from += i + len(mark)
			return nil
		}
		if t.eof {
			return errBroken
		}
		t.from = max(t.from, t.to-len(mark)+1)
		if err := t.fill(); err != nil {
			return err
		}
	}
}

// find returns how far a letter stands from the beginning of what is unread; where
// there is none, how much there is.
func (t *tokens) find(letter byte, from int) (int, error) {
	for {
		unread := t.buffer[t.from:t.to]
		if from < len(unread) {
			if i := bytes.IndexByte(unread[from:], letter); i >= 0 {
				return from + i, nil
			}
			from = len(unread)
		}
		if t.eof {
			return len(unread), nil
		}
		if len(unread) > maxToken {
			return 0, refuse("file_too_large")
		}
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads more, moving the unread part to the front and growing the buffer
// where it is full.
func (t *tokens) fill() error {
	if t.eof {
		return nil
	}
	if t.from > 0 {
		t.to = copy(t.buffer, t.buffer[t.from:t.to])
		t.from = 0
	}
	if t.to == len(t.buffer) {
		t.buffer = append(t.buffer, make([]byte, len(t.buffer))...)
	}
	n, err := t.reader.Read(t.buffer[t.to:])
	t.to += n
	if errors.Is(err, io.EOF) {
		t.eof = true
		return nil
	}
	return err
}

// skip moves behind the end of the tag that was returned last.
func (t *tokens) skip() error {
	for depth := t.depth; t.depth >= depth; {
		if _, err := t.next(); err != nil {
			return unexpected(err)
		}
	}
	return nil
}

// unexpected makes the end of a part an error where something is still open.
func unexpected(err error) error {
	if err == io.EOF {
		return errBroken
	}
	return err
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// localName is a name without its prefix.
func localName(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

// attribute cuts the first attribute off; its value still holds its entities.
func attribute(attributes []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(attributes) && isBlank(attributes[i]) {
		i++
	}
	start := i
	for i < len(attributes) && attributes[i] != '=' && !isBlank(attributes[i]) {
		i++
	}
	name = attributes[start:i]
	for i < len(attributes) && (isBlank(attributes[i]) || attributes[i] == '=') {
		i++
	}
	if len(name) == 0 || i == len(attributes) || attributes[i] != '"' && attributes[i] != '\'' {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(attributes[i+1:], attributes[i])
	if end < 0 {
		return nil, nil, nil, false
	}
	return name, attributes[i+1 : i+1+end], attributes[i+end+2:], true
}

// attribute returns an attribute of the tag by its local name, with entities
// replaced, or "".
func (t *tokens) attribute(local string) string {
	for rest := t.attributes; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			return ""
		}
		if string(localName(name)) == local {
			return string(appendUnescaped(nil, value))
		}
		rest = after
	}
}

// appendUnescaped appends a text with its entities replaced. What is no entity of
// XML stays as it is.
func appendUnescaped(to, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(to, text...)
		}
		to, text = append(to, text[:i]...), text[i:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		r := rune(-1)
		if end > 0 {
			r = entity(text[1:end])
		}
		if r < 0 {
			to, text = append(to, '&'), text[1:]
			continue
		}
		to, text = utf8.AppendRune(to, r), text[end+1:]
	}
}

func entity(name []byte) rune {
	switch string(name) {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if len(name) < 2 || name[0] != '#' {
		return -1
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	return number(digits, base)
}

// number reads the number of a letter, or returns -1.
func number(digits []byte, base rune) rune {
	if len(digits) == 0 || len(digits) > 8 {
		return -1
	}
	var r rune
	for _, c := range digits {
		d := rune(-1)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		}
		if d < 0 || d >= base || r > utf8.MaxRune {
			return -1
		}
		r = r*base + d
	}
	if !utf8.ValidRune(r) {
		return -1
	}
	return r
}

// unescapeLetters undoes, in place, how letters that XML cannot hold are written in
// a workbook: _x000D_. What was appended before start is left as it is.
func unescapeLetters(text []byte, start int) []byte {
	i := bytes.Index(text[start:], []byte("_x"))
	if i < 0 {
		return text
	}
	out := text[:start+i]
	for rest := text[start+i:]; len(rest) > 0; {
		if len(rest) >= 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_' {
			if r := number(rest[2:6], 16); r >= 0 {
				// A letter takes at most three of the seven bytes that it is read from.
				out = utf8.AppendRune(out, r)
				rest = rest[7:]
				continue
			}
		}
		out = append(out, rest[0])
		rest = rest[1:]
	}
	return out
}
