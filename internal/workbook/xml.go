package workbook

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A part of a workbook is changed where it has to be and nowhere else: what is not
// known stays as it is. So a part is not read into a structure and written again, but
// looked through for the places to be changed.

// errBuilt says that a part cannot be unpacked or is not well-formed, so that nobody can
// tell what belongs where in it.
var errBuilt = errors.New("not built as workbooks are")

// tag is a tag of a part.
type tag struct {
	prefix, name string
	attributes   []xml.Attr // of a start tag; the space of a name is its prefix
	end          bool
	empty        bool // closed by its own «/»
	depth        int  // 1 is the root
	from, to     int  // where it stands; the end of an empty tag takes no room
}

// value returns an attribute without a prefix, or "".
func (t tag) value(name string) string {
	for _, a := range t.attributes {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// reference is the attribute that names a relation, whatever its prefix.
func (t tag) reference() string {
	for _, a := range t.attributes {
		if a.Name.Local == "id" {
			return a.Value
		}
	}
	return ""
}

// qualified is the name of an element beside this one, with its prefix.
func (t tag) qualified(name string) string {
	if t.prefix == "" {
		return name
	}
	return t.prefix + ":" + name
}

// with writes the start tag again with other attributes: names and values by turns.
// One whose value is "" is left out.
func (t tag) with(changes ...string) string {
	var b strings.Builder
	b.WriteString("<" + t.qualified(t.name))
	write := func(prefix, name, value string) {
		if prefix != "" {
			name = prefix + ":" + name
		}
		fmt.Fprintf(&b, ` %s="%s"`, name, xmlText(value))
	}
	for _, a := range t.attributes {
		if a.Name.Space != "" || !slices.Contains(changes, a.Name.Local) {
			write(a.Name.Space, a.Name.Local, a.Value)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] != "" {
			write("", changes[i], changes[i+1])
		}
	}
	if t.empty {
		b.WriteByte('/')
	}
	b.WriteByte('>')
	return b.String()
}

// walk visits the tags of a part in their order; each start has its end.
func walk(content []byte, visit func(tag) error) error {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	// Intake takes nothing but UTF-8 and what is part of it.
	decoder.CharsetReader = func(_ string, reader io.Reader) (io.Reader, error) { return reader, nil }
	var open []xml.Name
	rooted := false
	for {
		from := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		if err == io.EOF && len(open) == 0 && rooted {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %v", errBuilt, err)
		}
		t := tag{from: from, to: int(decoder.InputOffset())}
		switch token := token.(type) {
		case xml.StartElement:
			if rooted && len(open) == 0 {
				return fmt.Errorf("%w: several roots", errBuilt)
			}
			open, rooted = append(open, token.Name), true
			t.prefix, t.name, t.attributes = token.Name.Space, token.Name.Local, token.Attr
			t.depth, t.empty = len(open), content[t.to-2] == '/'
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != token.Name {
				return fmt.Errorf("%w: </%s> closes nothing", errBuilt, token.Name.Local)
			}
			t.prefix, t.name, t.end, t.depth = token.Name.Space, token.Name.Local, true, len(open)
			open = open[:len(open)-1]
		default:
			continue
		}
		if err := visit(t); err != nil {
			return err
		}
	}
}

// element is an element with all that stands in it.
type element struct {
	tag
	inner int // where its end tag begins
	until int // where its end tag ends
}

// of is what stands in an element, as it is written.
func (e element) of(content []byte) []byte { return content[e.tag.to:e.inner] }

// find lists the elements that are meant, in their order; none of them stands in
// another.
func find(content []byte, meant func(tag) bool) ([]element, error) {
	var found []element
	open := 0 // the depth of the one that is open
	err := walk(content, func(t tag) error {
		switch {
		case open == 0 && !t.end && meant(t):
			open = t.depth
			found = append(found, element{tag: t})
		case t.end && open > 0 && t.depth == open:
			found[len(found)-1].inner, found[len(found)-1].until, open = t.from, t.to, 0
		}
		return nil
	})
	return found, err
}

// named is for find: the elements of a name, at any depth.
func named(name string) func(tag) bool { return func(t tag) bool { return t.name == name } }

// edit puts a text where something else stood.
type edit struct {
	from, to int
	text     string
}

// append adds a text at the end of what stands in an element.
func (e element) append(text string) edit {
	if e.empty {
		open := e.tag
		open.empty = false
		return edit{e.from, e.until, open.with() + text + "</" + e.qualified(e.name) + ">"}
	}
	return edit{e.inner, e.inner, text}
}

// gone leaves an element out.
func (e element) gone() edit { return edit{e.from, e.until, ""} }

// apply makes edits, none of which may be within another. At one place, what is added
// comes before what is changed, and all else in the order in which it is given.
func apply(content []byte, edits []edit) ([]byte, error) {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.from-b.from, min(a.to-a.from, 1)-min(b.to-b.from, 1)) })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.from < at {
			return nil, fmt.Errorf("%w: two changes at one place", errBuilt)
		}
		out.Write(content[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(content[at:])
	return out.Bytes(), nil
}

// appendToRoot adds elements, whose names have no prefix, at the end of a part.
func appendToRoot(content []byte, text string) ([]byte, error) {
	roots, err := find(content, func(t tag) bool { return t.depth == 1 })
	if err != nil {
		return nil, err
	}
	return apply(content, []edit{roots[0].append(prefixed(text, roots[0].tag))})
}

// prefixed gives our own elements the prefix of a tag, so that they are of the same
// namespace.
func prefixed(text string, like tag) string {
	if like.prefix == "" {
		return text
	}
	return startOfName.ReplaceAllString(text, "${1}"+like.prefix+":${2}")
}

var (
	startOfName = regexp.MustCompile(`(</?)(\w)`)
	escapedSign = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)
)

// xmlText is a text as it stands in XML.
func xmlText(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

// cellText is a text as it stands in the cells and comments of a workbook, where
// «_x000D_» would be read as a letter that XML cannot hold.
func cellText(text string) string {
	return xmlText(escapedSign.ReplaceAllString(text, "_x005F$0"))
}
