package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"kipmonitor/internal/intake"
)

// maxParts bounds the parts of a workbook that are unpacked to be changed, in bytes
// and together: they are held in memory.
const maxParts = 24 << 20

// errTooLarge says that a part cannot be held in memory.
var errTooLarge = errors.New("a part of the workbook is too large to be changed")

// parts are the files that a workbook consists of (ECMA-376 part 2). What is not
// changed is written again as it came, byte for byte.
type parts struct {
	files   []*zip.File
	named   map[string]*zip.File // by the key of their name
	held    map[string][]byte    // what was unpacked, by key
	changed map[string][]byte    // new content by key; nil where the part is gone
	added   []string             // names of new parts
	left    int64                // bytes that may be unpacked yet
	strict  bool                 // its names of namespaces are those of ISO 29500 strict
}

// openParts reads the directory of a workbook. Intake has held its bounds against it.
func openParts(file intake.File) (*parts, error) {
	archive, err := zip.NewReader(file.Content, file.Size)
	if err != nil {
		return nil, err
	}
	p := &parts{files: archive.File, named: map[string]*zip.File{}, held: map[string][]byte{}, changed: map[string][]byte{}, left: maxParts}
	for _, part := range archive.File {
		p.named[partKey(part.Name)] = part
	}
	return p, nil
}

// partKey is the name of a part as parts are compared: without regard to case, and
// written with slashes.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (p *parts) has(name string) bool {
	content, changed := p.changed[partKey(name)]
	if changed {
		return content != nil
	}
	return p.named[partKey(name)] != nil
}

// read returns the content of a part, nil where there is none.
func (p *parts) read(name string) ([]byte, error) {
	if content, changed := p.changed[partKey(name)]; changed {
		return content, nil
	}
	if content, held := p.held[partKey(name)]; held {
		return content, nil
	}
	part := p.named[partKey(name)]
	if part == nil {
		return nil, nil
	}
	content, err := p.begin(part, p.left)
	if err != nil {
		return nil, err
	}
	if p.left -= int64(len(content)); p.left <= 0 {
		return nil, errTooLarge
	}
	p.held[partKey(name)] = content
	return content, nil
}

// begin unpacks the beginning of a part.
func (p *parts) begin(part *zip.File, most int64) ([]byte, error) {
	reader, err := part.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", errBuilt, part.Name, err)
	}
	defer reader.Close()
	content, err := io.ReadAll(io.LimitReader(reader, most))
	if err != nil { // the file itself has been read before, to check it
		return nil, fmt.Errorf("%w: %s: %v", errBuilt, part.Name, err)
	}
	return content, nil
}

// set gives a part another content. One that was not there is new.
func (p *parts) set(name string, content []byte) {
	if _, changed := p.changed[partKey(name)]; !changed && p.named[partKey(name)] == nil {
		p.added = append(p.added, name)
	}
	p.changed[partKey(name)] = content
	delete(p.held, partKey(name))
}

// drop leaves a part out.
func (p *parts) drop(name string) { p.changed[partKey(name)] = nil }

// free is the first name of its kind that no part bears, such as «xl/comments%d.xml».
func (p *parts) free(pattern string) string {
	for i := 1; ; i++ {
		name := fmt.Sprintf(pattern, i)
		if _, changed := p.changed[partKey(name)]; !changed && p.named[partKey(name)] == nil {
			return name
		}
	}
}

// write packs the workbook.
func (p *parts) write(out io.Writer) error {
	archive := zip.NewWriter(out)
	for _, part := range p.files {
		content, changed := p.changed[partKey(part.Name)]
		var err error
		switch {
		case !changed:
			err = archive.Copy(part)
		case content != nil:
			err = pack(archive, part.Name, content)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range p.added {
		if content := p.changed[partKey(name)]; content != nil {
			if err := pack(archive, name, content); err != nil {
				return err
			}
		}
	}
	return archive.Close()
}

func pack(archive *zip.Writer, name string, content []byte) error {
	part, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}

// relation is how a part names another.
type relation struct {
	id, kind string // kind is the last word of its type
	target   string // the key of the part's name
	element  element
}

const (
	packageSpace  = "http://schemas.openxmlformats.org/package/2006/"
	relationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	mainSpace     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	contentTypes  = "[Content_Types].xml"
	sheetType     = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
	stylesType    = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
	commentsType  = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	drawingType   = "application/vnd.openxmlformats-officedocument.vmlDrawing"
)

// relationsOf is the name of the part that says where a part leads to; of "" it is
// that of the workbook as a whole.
func relationsOf(part string) string {
	folder, name := path.Split(part)
	return folder + "_rels/" + name + ".rels"
}

// real is the name of a part as the archive writes it.
func (p *parts) real(name string) string {
	if part := p.named[partKey(name)]; part != nil {
		return strings.TrimPrefix(strings.ReplaceAll(part.Name, `\`, "/"), "/")
	}
	return name
}

// spaces are how ISO 29500 strict calls the namespaces that we write.
var spaces = strings.NewReplacer(mainSpace, "http://purl.oclc.org/ooxml/spreadsheetml/main",
	relationSpace, "http://purl.oclc.org/ooxml/officeDocument/relationships")

// spaced gives our own elements the namespaces of the workbook.
func (p *parts) spaced(text string) string {
	if p.strict {
		return spaces.Replace(text)
	}
	return text
}

// relations lists where a part leads to within the workbook.
func (p *parts) relations(part string) ([]relation, error) {
	content, err := p.read(relationsOf(part))
	if err != nil || content == nil {
		return nil, err
	}
	found, err := find(content, named("Relationship"))
	if err != nil {
		return nil, err
	}
	var list []relation
	for _, e := range found {
		kind := e.value("Type")
		target := strings.ReplaceAll(e.value("Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = "/" + path.Dir(part) + "/" + target
		}
		if e.value("TargetMode") != "External" {
			list = append(list, relation{id: e.value("Id"), kind: kind[strings.LastIndexByte(kind, '/')+1:], target: partKey(path.Clean(target)), element: e})
		}
	}
	return list, nil
}

// relate adds a relation from a part to another and returns its name.
func (p *parts) relate(part, kind, target string) (string, error) {
	name := relationsOf(p.real(part))
	content, err := p.read(name)
	if err != nil {
		return "", err
	}
	if content == nil {
		content = []byte(xml.Header + `<Relationships xmlns="` + packageSpace + `relationships"/>`)
	}
	id := "kip1"
	for i := 2; bytes.Contains(content, []byte(id)); i++ {
		id = fmt.Sprintf("kip%d", i)
	}
	content, err = appendToRoot(content, p.spaced(fmt.Sprintf(`<Relationship Id="%s" Type="%s/%s" Target="/%s"/>`, id, relationSpace, kind, xmlText(target))))
	if err == nil {
		p.set(name, content)
	}
	return id, err
}

// unrelate takes relations of a part away, and the parts that they lead to.
func (p *parts) unrelate(part string, gone ...relation) error {
	var edits []edit
	for _, r := range gone {
		edits = append(edits, r.element.gone())
		p.drop(r.target)
		if p.has(relationsOf(r.target)) {
			p.drop(relationsOf(r.target))
		}
		if err := p.untype(r.target); err != nil {
			return err
		}
	}
	return p.change(relationsOf(part), edits)
}

// typed says of which type a new part is.
func (p *parts) typed(name, kind string) error {
	content, err := p.read(contentTypes)
	if err != nil {
		return err
	}
	content, err = appendToRoot(content, fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, xmlText(name), kind))
	if err == nil {
		p.set(contentTypes, content)
	}
	return err
}

// untype takes back of which type a part was.
func (p *parts) untype(name string) error {
	content, err := p.read(contentTypes)
	if err != nil {
		return err
	}
	overrides, err := find(content, func(t tag) bool { return t.name == "Override" && partKey(t.value("PartName")) == partKey(name) })
	if err != nil {
		return err
	}
	var edits []edit
	for _, override := range overrides {
		edits = append(edits, override.gone())
	}
	return p.change(contentTypes, edits)
}

// change applies edits to a part.
func (p *parts) change(name string, edits []edit) error {
	if len(edits) == 0 {
		return nil
	}
	content, err := p.read(name)
	if err != nil {
		return err
	}
	if content, err = apply(content, edits); err == nil {
		p.set(name, content)
	}
	return err
}
