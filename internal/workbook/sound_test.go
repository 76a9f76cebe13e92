package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// node is XML as it stands, whatever its namespaces.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// all lists the elements of a name, at any depth.
func (n node) all(name string) []node {
	var found []node
	for _, child := range n.Children {
		if child.XMLName.Local == name {
			found = append(found, child)
		}
		found = append(found, child.all(name)...)
	}
	return found
}

// section is the number of entries of a section.
func (n node) section(name string) int {
	for _, child := range n.Children {
		if child.XMLName.Local == name {
			return len(child.Children)
		}
	}
	return 0
}

// inspection looks for what makes Excel call a workbook damaged.
type inspection struct {
	parts  map[string]string
	faults []string
}

func (i *inspection) fault(format string, args ...any) {
	i.faults = append(i.faults, fmt.Sprintf(format, args...))
}

func (i *inspection) parse(name string) node {
	var n node
	if err := xml.Unmarshal([]byte(i.parts[name]), &n); err != nil {
		i.fault("%s: %v", name, err)
	}
	return n
}

func (i *inspection) relations(part string) map[string]string {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	targets := map[string]string{}
	if _, found := i.parts[name]; !found {
		return targets
	}
	for _, r := range i.parse(name).all("Relationship") {
		target := r.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", path.Dir(part), target)
		}
		target = strings.TrimPrefix(target, "/")
		if targets[r.attr("Id")] != "" {
			i.fault("%s: %s twice", name, r.attr("Id"))
		}
		targets[r.attr("Id")] = target
		if _, found := i.parts[target]; !found && r.attr("TargetMode") != "External" {
			i.fault("%s leads to %s, which is not there", name, target)
		}
	}
	return targets
}

// inspect lists what is wrong with the structure of a workbook, by the rules of
// ECMA-376 that concern what marking touches.
func inspect(t testing.TB, workbook []byte) []string {
	t.Helper()
	i := &inspection{parts: map[string]string{}}
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return []string{err.Error()}
	}
	for _, part := range archive.File {
		if _, twice := i.parts[part.Name]; twice {
			i.fault("%s twice", part.Name)
		}
		reader, err := part.Open()
		if err != nil {
			return []string{err.Error()}
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return []string{err.Error()}
		}
		i.parts[part.Name] = string(content)
	}
	typed := map[string]bool{}
	for _, t := range i.parse("[Content_Types].xml").Children {
		name := strings.TrimPrefix(t.attr("PartName"), "/")
		if _, found := i.parts[name]; t.XMLName.Local == "Override" && (!found || typed[name]) {
			i.fault("a type for %s, twice or for nothing", name)
		}
		typed[name], typed["."+t.attr("Extension")] = true, true
	}
	for name := range i.parts {
		if !typed[name] && !typed[path.Ext(name)] && name != "[Content_Types].xml" {
			i.fault("%s has no type", name)
		}
		if strings.HasSuffix(name, ".rels") {
			i.relations(path.Join(path.Dir(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".rels")))
		} else if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".vml") {
			i.parse(name)
		}
	}
	i.list("xl/workbook.xml")
	return i.faults
}

func (i *inspection) list(main string) {
	list, targets := i.parse(main), map[string]string{}
	formats, texts := 0, 0
	all := i.relations(main)
	for _, r := range i.parse(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels")).all("Relationship") {
		switch target := all[r.attr("Id")]; path.Base(r.attr("Type")) {
		case "worksheet":
			targets[r.attr("Id")] = target
		case "styles":
			formats = i.styles(target, i.parse(target))
		case "sharedStrings":
			texts = len(i.parse(target).all("si"))
		}
	}
	sheets, names, numbers, selected := list.all("sheet"), map[string]bool{}, map[string]bool{}, 0
	for _, sheet := range sheets {
		name, number := strings.ToLower(sheet.attr("name")), sheet.attr("sheetId")
		if names[name] || numbers[number] || len(utf16.Encode([]rune(name))) > 31 || name == "" || strings.ContainsAny(name, `:\/?*[]`) {
			i.fault("the sheet %q, number %s", name, number)
		}
		names[name], numbers[number] = true, true
		part := targets[sheet.attr("id")]
		content := i.parse(part)
		if content.XMLName.Local != "worksheet" {
			i.fault("the sheet %q leads to %q", name, part)
			continue
		}
		for _, view := range content.all("sheetView") {
			if selected += counted(view.attr("tabSelected"), 0); view.attr("tabSelected") == "true" {
				selected++
			}
		}
		i.sheet(part, content, formats, texts)
	}
	if selected > 1 {
		i.fault("%d sheets are selected", selected)
	}
	for _, name := range list.all("definedName") {
		if counted(name.attr("localSheetId"), 0) >= len(sheets) {
			i.fault("a name of the sheet %s", name.attr("localSheetId"))
		}
	}
}

func (i *inspection) sheet(part string, content node, formats, texts int) {
	for _, c := range content.all("c") {
		if value := c.all("v"); c.attr("t") == "s" && len(value) == 1 && counted(value[0].Text, 0) >= texts {
			i.fault("%s: the text %s of %d", part, value[0].Text, texts)
		}
	}
	last := 0
	for _, row := range content.all("row") {
		number := counted(row.attr("r"), last+1)
		if number <= last {
			i.fault("%s: row %d after %d", part, number, last)
		}
		last = number
		column := 0
		for _, c := range row.Children {
			if c.XMLName.Local != "c" {
				continue
			}
			at := column + 1
			if reference := c.attr("r"); reference != "" {
				letters := strings.TrimRight(reference, "0123456789")
				if at = 0; strings.TrimPrefix(reference, letters) != strconv.Itoa(number) {
					i.fault("%s: the cell %s in row %d", part, reference, number)
				}
				for _, letter := range letters {
					at = at*26 + int(letter-'A') + 1
				}
			}
			if at <= column {
				i.fault("%s: column %d after %d", part, at, column)
			}
			if column = at; counted(c.attr("s"), 0) >= max(formats, 1) {
				i.fault("%s: the format %s of %d", part, c.attr("s"), formats)
			}
		}
	}
	order := []string{"sheetData", "dataValidations", "hyperlinks", "pageMargins", "pageSetup", "headerFooter", "drawing", "legacyDrawing", "tableParts", "extLst"}
	before := -1
	for _, child := range content.Children {
		if at := slices.Index(order, child.XMLName.Local); at >= 0 {
			if at <= before {
				i.fault("%s: %s comes too late", part, child.XMLName.Local)
			}
			before = at
		}
	}
	targets := i.relations(part)
	for _, drawing := range content.all("legacyDrawing") {
		if targets[drawing.attr("id")] == "" {
			i.fault("%s: a drawing that is not there", part)
		}
	}
	comments := map[string]bool{}
	for _, target := range targets {
		if !strings.Contains(target, "comments") {
			continue
		}
		for _, comment := range i.parse(target).all("comment") {
			if comments[comment.attr("ref")] {
				i.fault("%s: two comments on %s", part, comment.attr("ref"))
			}
			comments[comment.attr("ref")] = true
		}
	}
}

func (i *inspection) styles(part string, content node) (formats int) {
	for _, section := range content.Children {
		if count := section.attr("count"); count != "" && count != strconv.Itoa(len(section.Children)) {
			i.fault("%s: %s of %s are %d", part, count, section.XMLName.Local, len(section.Children))
		}
	}
	for _, xf := range content.all("xf") {
		for attribute, section := range map[string]string{"fontId": "fonts", "fillId": "fills", "borderId": "borders"} {
			if counted(xf.attr(attribute), 0) >= content.section(section) {
				i.fault("%s: %s %s of %d", part, attribute, xf.attr(attribute), content.section(section))
			}
		}
	}
	return content.section("cellXfs")
}
