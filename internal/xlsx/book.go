package xlsx

import (
	"io"
	"path"
	"strings"
)

// The bounds of a workbook's list of sheets and of its texts in comments.
const (
	// MaxSheets is how many sheets there may be.
	MaxSheets  = 100
	maxComment = 1 << 20 // bytes
)

// Book is what is known of a workbook beside the rows of its sheets. It holds no
// file: its content is given again to whoever reads a sheet.
type Book struct {
	Sheets []*Sheet

	strings   *sharedStrings
	styles    []cellStyle
	since1904 bool     // days are counted from 1904, as on old Macs
	comments  []string // parts
	// Whether stored results of formulas can be believed: calculates says that they are
	// to be computed anew when the workbook is opened, chained that a program has put
	// down in which order it has computed them.
	calculates, chained bool
}

// relation leads from a part to another.
type relation struct {
	id, kind, target string
	external         bool
}

// Open reads what holds for a workbook, of a size in bytes, as a whole. The error is a
// Refusal where the workbook cannot or must not be read.
func Open(content io.ReaderAt, size int64) (*Book, error) {
	a, err := openArchive(content, size)
	if err != nil {
		return nil, err
	}
	if err := a.kind(); err != nil {
		return nil, err
	}
	b := &Book{strings: &sharedStrings{}}
	main := "xl/workbook.xml"
	relations, err := a.relations("")
	if err != nil {
		return nil, err
	}
	for _, r := range relations {
		if r.kind == "officeDocument" {
			if main, err = resolve("", r.target); err != nil {
				return nil, err
			}
		}
	}
	if relations, err = a.relations(main); err != nil {
		return nil, err
	}
	parts := map[string]string{} // of sheets, by the id of the relation
	for _, r := range relations {
		if r.external {
			continue
		}
		name, err := resolve(main, r.target)
		if err != nil {
			return nil, err
		}
		switch r.kind {
		case "worksheet":
			parts[r.id] = name
		case "sharedStrings":
			err = a.read(name, maxStrings, func(reader io.Reader) (err error) { b.strings, err = readStrings(reader, a.size(name)); return err })
		case "calcChain":
			b.chained = b.chained || a.has(name)
		case "styles":
			err = a.read(name, maxStyles, func(reader io.Reader) (err error) { b.styles, err = readStyles(reader); return err })
		}
		if err != nil {
			return nil, err
		}
	}
	for name := range a.parts {
		if folder, last := path.Split(name); strings.HasSuffix(last, ".xml") && (strings.HasPrefix(last, "comments") || strings.HasSuffix(folder, "/comments/") || strings.HasSuffix(folder, "/threadedcomments/")) {
			b.comments = append(b.comments, name)
		}
	}
	return b, a.read(main, maxPart, func(reader io.Reader) error { return b.readSheets(reader, parts) })
}

// readSheets reads the list of sheets. One without a part of its own is a sheet of
// charts or the like.
func (b *Book) readSheets(reader io.Reader, parts map[string]string) error {
	t := newTokens(reader)
	err := t.each(func(found token) error {
		if found != startToken {
			return nil
		}
		switch string(t.name) {
		case "workbookPr":
			b.since1904 = isTrue([]byte(t.attribute("date1904")))
		case "calcPr":
			b.calculates = isTrue([]byte(t.attribute("fullCalcOnLoad"))) || t.attribute("calcCompleted") == "0" || t.attribute("calcCompleted") == "false"
		case "sheet":
			part := parts[t.attribute("id")]
			if part == "" {
				return nil
			}
			if len(b.Sheets) == MaxSheets {
				return TooLarge
			}
			state := t.attribute("state")
			b.Sheets = append(b.Sheets, &Sheet{Name: t.attribute("name"), part: part, Hidden: state == "hidden" || state == "veryHidden"})
		}
		return nil
	})
	if err == nil && len(b.Sheets) == 0 {
		return Broken
	}
	return err
}

// Comments calls do with each comment on cells, and the name of the part that it
// stands in. Its text may be cut into runs, which are put together.
func (b *Book) Comments(content io.ReaderAt, size int64, do func(part string, text []byte)) error {
	a, err := openArchive(content, size)
	if err != nil {
		return err
	}
	for _, part := range b.comments {
		err := a.read(part, maxPart, func(reader io.Reader) error {
			t := newTokens(reader)
			var text []byte
			return t.each(func(found token) error {
				switch name := string(t.name); {
				case found == textToken:
					if text = t.appendText(text); len(text) > maxComment {
						return TooLarge
					}
				case name == "comment" || name == "threadedComment":
					do(part[strings.LastIndexByte(part, '/')+1:], text)
					text = text[:0]
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
