package csvtext

import "bytes"

// Dialect is how a CSV text separates cells and rows.
type Dialect struct {
	separator byte
	end       byte
	// named: the first line is «sep=;», which is no row.
	named bool
}

// separators are those that offices use, the most usual first.
var separators = []byte{';', '\t', ','}

// Dialects returns the ways in which a text may be cut, from its beginning: one
// where Excel left the line «sep=;», otherwise one for each separator that it
// holds. Which of them gives a header row is seen by trying: in a file with
// decimal commas there may be more commas than semicolons.
func Dialects(head []byte) []Dialect {
	d := Dialect{separator: ';', end: '\n'}
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
		return []Dialect{d}
	}
	var found []Dialect
	for _, separator := range separators {
		if bytes.IndexByte(head, separator) >= 0 {
			found = append(found, Dialect{separator: separator, end: d.end})
		}
	}
	if len(found) == 0 {
		return []Dialect{d} // one column: the check will say what is missing
	}
	return found
}

// Name is the separator as the report names it.
func (d Dialect) Name() string {
	if d == (Dialect{}) {
		return "" // what is no text has none
	}
	if d.separator == '\t' {
		return "tab"
	}
	return string(rune(d.separator))
}
