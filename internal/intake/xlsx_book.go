package intake

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

// The bounds of looking for the sheet with the figures: how many sheets there may
// be, and how many cells at the top of all of them.
const (
	maxSheets  = 100
	maxSampled = 150_000
)

// book is what is known of a workbook beside the rows of its sheets. It holds no
// file: its content is given again to whoever reads a sheet.
type book struct {
	sheets    []*sheet
	strings   *sharedStrings
	kinds     []numberKind // by cell format
	since1904 bool         // days are counted from 1904, as on old Macs
	comments  []string     // parts
	looked    *int         // bytes of texts handed out while the sheet is chosen; then nil
	sampled   int          // cells at the top of sheets
}

// sheet is one sheet of a workbook.
type sheet struct {
	name   string
	part   string
	hidden bool

	// Known when the sheet was surveyed:
	rows   int
	merged []mergedCell // at the beginning of the sheet
}

// relation leads from a part to another.
type relation struct {
	id, kind, target string
	external         bool
}

// openBook reads what holds for a workbook as a whole. The error is a refusal where
// the workbook cannot or must not be read.
func openBook(file File) (*book, error) {
	a, err := openArchive(file)
	if err != nil {
		return nil, err
	}
	if err := a.kind(); err != nil {
		return nil, err
	}
	b := &book{strings: &sharedStrings{}}
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
		case "styles":
			err = a.read(name, maxStyles, func(reader io.Reader) (err error) { b.kinds, err = readStyles(reader); return err })
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

func (a *archive) read(name string, limit int64, do func(io.Reader) error) error {
	reader, err := a.open(name, limit)
	if err != nil {
		return err
	}
	return do(reader)
}

// readSheets reads the list of sheets. One without a part of its own is a sheet of
// charts or the like.
func (b *book) readSheets(reader io.Reader, parts map[string]string) error {
	t := newTokens(reader)
	for {
		found, err := t.next()
		if err == io.EOF {
			if len(b.sheets) == 0 {
				return errBroken
			}
			return nil
		}
		if err != nil {
			return err
		}
		if found != startToken {
			continue
		}
		switch string(t.name) {
		case "workbookPr":
			value := t.attribute("date1904")
			b.since1904 = value == "1" || value == "true"
		case "sheet":
			part := parts[t.attribute("id")]
			if part == "" {
				continue
			}
			if len(b.sheets) == maxSheets {
				return refuse("file_too_large")
			}
			state := t.attribute("state")
			b.sheets = append(b.sheets, &sheet{name: clip(t.attribute("name")), part: part, hidden: state == "hidden" || state == "veryHidden"})
		}
	}
}

// relations reads where a part leads to; "" is the archive as a whole.
func (a *archive) relations(part string) ([]relation, error) {
	folder, name := path.Split(part)
	name = folder + "_rels/" + name + ".rels"
	if !a.has(name) {
		return nil, nil
	}
	return a.readRelations(name)
}

func (a *archive) readRelations(name string) ([]relation, error) {
	var list []relation
	err := a.read(name, maxPart, func(reader io.Reader) error {
		t := newTokens(reader)
		for {
			found, err := t.next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if found == startToken && string(t.name) == "Relationship" {
				kind := t.attribute("Type")
				list = append(list, relation{id: t.attribute("Id"), kind: kind[strings.LastIndexByte(kind, '/')+1:],
					target: t.attribute("Target"), external: t.attribute("TargetMode") == "External"})
			}
		}
	})
	return list, err
}

// kind refuses an archive that is no workbook, and a workbook with something in it
// that does more than hold figures: macros, links to other files, embedded objects.
func (a *archive) kind() error {
	if a.has("mimetype") && a.has("META-INF/manifest.xml") {
		return refuse("file_ods")
	}
	if !a.has("[Content_Types].xml") {
		return refuse("file_zip")
	}
	types, err := a.types()
	if err != nil {
		return err
	}
	holds := func(part func(string) bool, words ...string) bool {
		for name := range a.parts {
			if part(name) {
				return true
			}
		}
		for name := range types {
			for _, word := range words {
				if strings.Contains(name, word) {
					return true
				}
			}
		}
		return false
	}
	in := func(folders ...string) func(string) bool {
		return func(name string) bool {
			for _, folder := range folders {
				if strings.HasPrefix(name, folder) || strings.Contains(name, "/"+folder) {
					return true
				}
			}
			return false
		}
	}
	switch {
	case holds(in("xl/workbook.bin"), "sheet.binary"):
		return refuse("file_xlsb")
	case holds(in("vbaproject", "macrosheets/", "dialogsheets/"), "macroenabled", "vbaproject", "macrosheet", "dialogsheet"):
		return refuse("file_macros")
	case !holds(in(), "spreadsheetml.sheet.main", "spreadsheetml.template.main"):
		return refuse("file_zip")
	case holds(in("externallinks/", "connections.xml", "querytables/"), "externallink", "connections+xml", "querytable"):
		return refuse("file_links")
	case holds(in("embeddings/", "activex/"), "oleobject", "activex"):
		return refuse("file_embedded")
	}
	return a.leadsOut()
}

// types are the types of content that the parts have, in small letters. A type that
// is announced for a kind of part counts where there is such a part: some programs
// announce macros in every workbook.
func (a *archive) types() (map[string]bool, error) {
	types, named, usual := map[string]bool{}, map[string]bool{}, map[string]string{}
	err := a.read("[Content_Types].xml", maxPart, func(reader io.Reader) error {
		t := newTokens(reader)
		for {
			found, err := t.next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if found != startToken {
				continue
			}
			kind := strings.ToLower(t.attribute("ContentType"))
			switch string(t.name) {
			case "Override":
				types[kind], named[partKey(t.attribute("PartName"))] = true, true
			case "Default":
				usual["."+strings.ToLower(t.attribute("Extension"))] = kind
			}
		}
	})
	for name := range a.parts {
		if kind := usual[path.Ext(name)]; kind != "" && !named[name] {
			types[kind] = true
		}
	}
	return types, err
}

// leadsOut refuses what leads out of the workbook by its relations; links to click
// on are fine.
func (a *archive) leadsOut() error {
	for name := range a.parts {
		if !strings.HasSuffix(name, ".rels") {
			continue
		}
		relations, err := a.readRelations(name)
		if err != nil {
			return err
		}
		for _, r := range relations {
			switch kind := strings.ToLower(r.kind); {
			case kind == "vbaproject", kind == "xlmacrosheet", kind == "xlintlmacrosheet", kind == "dialogsheet":
				return refuse("file_macros")
			case kind == "oleobject", kind == "package", kind == "control", kind == "activexcontrolbinary":
				return refuse("file_embedded")
			case strings.HasPrefix(kind, "externallink"), r.external && kind != "hyperlink":
				return refuse("file_links")
			}
		}
	}
	return nil
}

// oleKind tells what an OLE compound file is: a workbook behind a password is one
// with a stream of this name, anything else is as old as such files are.
func oleKind(file File) (string, error) {
	name := []byte{}
	for _, letter := range "EncryptedPackage" {
		name = append(name, byte(letter), 0)
	}
	reader := io.NewSectionReader(file.Content, 0, file.Size)
	buffer, kept := make([]byte, 256<<10), 0
	for {
		n, err := io.ReadFull(reader, buffer[kept:])
		if bytes.Contains(buffer[:kept+n], name) {
			return "file_password", nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return "file_xls", nil
		}
		if err != nil {
			return "", err
		}
		kept = copy(buffer, buffer[kept+n-len(name):])
	}
}
