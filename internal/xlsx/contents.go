package xlsx

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

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
		return t.each(func(found token) error {
			if found == startToken && string(t.name) == "Relationship" {
				kind := t.attribute("Type")
				list = append(list, relation{id: t.attribute("Id"), kind: kind[strings.LastIndexByte(kind, '/')+1:],
					target: t.attribute("Target"), external: t.attribute("TargetMode") == "External"})
			}
			return nil
		})
	})
	return list, err
}

// kind refuses an archive that is no workbook, and a workbook with something in it
// that does more than hold figures: macros, links to other files, embedded objects.
func (a *archive) kind() error {
	if a.has("mimetype") && a.has("META-INF/manifest.xml") {
		return OpenDocument
	}
	if !a.has("[Content_Types].xml") {
		return NoWorkbook
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
		return Binary
	case holds(in("vbaproject", "macrosheets/", "dialogsheets/"), "macroenabled", "vbaproject", "macrosheet", "dialogsheet"):
		return Macros
	case !holds(in(), "spreadsheetml.sheet.main", "spreadsheetml.template.main"):
		return NoWorkbook
	case holds(in("externallinks/", "connections.xml", "querytables/"), "externallink", "connections+xml", "querytable"):
		return Links
	case holds(in("embeddings/", "activex/"), "oleobject", "activex"):
		return Embedded
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
		return t.each(func(found token) error {
			if found != startToken {
				return nil
			}
			kind := strings.ToLower(t.attribute("ContentType"))
			switch string(t.name) {
			case "Override":
				types[kind], named[partKey(t.attribute("PartName"))] = true, true
			case "Default":
				usual["."+strings.ToLower(t.attribute("Extension"))] = kind
			}
			return nil
		})
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
				return Macros
			case kind == "oleobject", kind == "package", kind == "control", kind == "activexcontrolbinary":
				return Embedded
			case strings.HasPrefix(kind, "externallink"), r.external && kind != "hyperlink":
				return Links
			}
		}
	}
	return nil
}

// Compound tells what an OLE compound file, of a size in bytes, is: a workbook behind
// a password is one with a stream of this name, anything else is as old as such files
// are. It returns Password or Old, or an error of reading.
func Compound(content io.ReaderAt, size int64) error {
	name := []byte{}
	for _, letter := range "EncryptedPackage" {
		name = append(name, byte(letter), 0)
	}
	reader := io.NewSectionReader(content, 0, size)
	buffer, kept := make([]byte, 256<<10), 0
	for {
		n, err := io.ReadFull(reader, buffer[kept:])
		if bytes.Contains(buffer[:kept+n], name) {
			return Password
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return Old
		}
		if err != nil {
			return err
		}
		kept = copy(buffer, buffer[kept+n-len(name):])
	}
}
