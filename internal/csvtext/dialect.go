package csvtext

import "bytes"

// Dialect is how a CSV text separates cells and rows.
type Dialect struct {
	separator byte
	end       byte
	// nested: each row is quoted as a whole, as where a CSV was opened in one column
	// and saved again.
	nested bool
	// named: the first line is «sep=;», which is no row.
	named bool
}

// separators are those that offices use, the most usual first.
var separators = []byte{';', '\t', ',', '|'}

// Dialects returns the ways in which a text may be cut, from its beginning: one
// where Excel left the line «sep=;», otherwise one for each separator that it
// holds. Which of them gives a header row is seen by trying: in a file with
// decimal commas there may be more commas than semicolons. Rows that are quoted as
// a whole come last.
func (s Survey) Dialects(head []byte) []Dialect {
	d := Dialect{separator: ';', end: s.end}
	first := head
	if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
		first = head[:i]
	}
	first = bytes.Trim(first, "\" ")
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
	for _, nested := range []bool{false, true} {
		if nested && bytes.IndexByte(head, '"') < 0 {
			continue
		}
		for _, separator := range separators {
			if bytes.IndexByte(head, separator) >= 0 {
				found = append(found, Dialect{separator: separator, end: d.end, nested: nested})
			}
		}
	}
	if len(found) == 0 {
		return []Dialect{d} // one column: the check will say what is missing
	}
	return found
}

// Separator is what stands between two cells.
func (d Dialect) Separator() byte { return d.separator }

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
