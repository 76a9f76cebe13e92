package xlsx

import (
	"bytes"
	"errors"
	"io"
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
					return 0, Broken
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
			return 0, Broken
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
				return 0, Broken
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
				return Broken
			}
			if length > maxToken {
				return TooLarge
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
		return Broken
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
				return false, Broken
			}
			if from > maxToken {
				return false, TooLarge
			}
			if err := t.fill(); err != nil {
				return false, err
			}
		}
	}
	return false, UnusualXML // a document type
}

// skipTo moves behind a mark, however far it is.
func (t *tokens) skipTo(mark string) error {
	for {
		if i := bytes.Index(t.buffer[t.from:t.to], []byte(mark)); i >= 0 {
			t.from += i + len(mark)
			return nil
		}
		if t.eof {
			return Broken
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
			return 0, TooLarge
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

// each calls do with every tag and text that is left, until the part ends.
func (t *tokens) each(do func(found token) error) error {
	for {
		found, err := t.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(found); err != nil {
			return err
		}
	}
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
		return Broken
	}
	return err
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

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
