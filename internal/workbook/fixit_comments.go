package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/table"
)

// A comment of a cell stands in two parts: its text in one, and in the other the
// shape in which it is shown, in a language of drawing that is older (VML).

// comments writes the comments of a sheet and the drawing of their shapes.
func (m *marks) comments() (comments, drawing string) {
	var texts, shapes strings.Builder
	author := m.title.In(m.language)
	for i, place := range m.sorted() {
		at := m.cells[place]
		text := strings.Join(at.texts, "\n\n")
		name, _ := excelize.CoordinatesToCellName(int(place.Column), int(place.Row)) // intake has read that far
		fmt.Fprintf(&texts, `<comment ref="%s" authorId="0"><text>%s%s</text></comment>`, name, run(author+":\n", true), run(text, false))
		shapes.WriteString(shape(i, place, min(36+16*table.Lines(text, 40), 400)))
	}
	// The numbers of shapes come in blocks of 1024.
	blocks := "1"
	for i := 2; (i-1)*1024 <= len(m.cells)+1; i++ {
		blocks += "," + strconv.Itoa(i)
	}
	return xml.Header + `<comments xmlns="` + mainSpace + `"><authors><author>` + xmlText(author) + `</author></authors><commentList>` + texts.String() + `</commentList></comments>`,
		`<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">` +
			`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="` + blocks + `"/></o:shapelayout>` +
			`<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>` +
			shapes.String() + `</xml>`
}

// run is a piece of a comment's text.
func run(text string, bold bool) string {
	weight := ""
	if bold {
		weight = "<b/>"
	}
	return `<r><rPr>` + weight + `<sz val="9"/><color rgb="FF` + ink + `"/><rFont val="Arial"/></rPr><t xml:space="preserve">` + cellText(text) + `</t></r>`
}

// shape is the drawing of a comment beside its cell, 290 dots wide where the columns
// are as wide as usual, and as many high as are asked for.
func shape(i int, place figure.Cell, height int) string {
	column, row := int(place.Column), int(place.Row)
	return fmt.Sprintf(`<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;width:217pt;height:%dpt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">`+
		`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>`+
		`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 2, %d, 49, %d, %d</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
		1025+i, height*3/4, i+1, column, max(row-2, 0), column+4, max(row-2, 0)+height/20, height%20, row-1, column-1)
}

// addComments gives a sheet the comments of its marks, where it has none of its own
// and nothing else that is drawn in this way; false where it has.
func (p *parts) addComments(part string, sheet *marked, m *marks) (bool, error) {
	relations, err := p.relations(part)
	if err != nil {
		return false, err
	}
	for _, r := range relations {
		if strings.EqualFold(r.kind, "comments") || strings.EqualFold(r.kind, "threadedComment") {
			return false, nil
		}
		for _, drawing := range sheet.drawings {
			if r.id == drawing.reference() && p.has(r.target) {
				return false, nil
			}
		}
	}
	for _, dangling := range sheet.drawings { // they lead to nothing
		sheet.edits = append(sheet.edits, dangling.gone())
	}
	comments, drawing := m.comments()
	name, shapes := p.free("xl/comments%d.xml"), p.free("xl/drawings/vmlDrawing%d.vml")
	p.set(name, []byte(p.spaced(comments)))
	p.set(shapes, []byte(drawing))
	if err := p.typed(name, commentsType); err != nil {
		return false, err
	}
	if err := p.typed(shapes, drawingType); err != nil {
		return false, err
	}
	if _, err := p.relate(part, "comments", name); err != nil {
		return false, err
	}
	id, err := p.relate(part, "vmlDrawing", shapes)
	if err != nil {
		return false, err
	}
	element := p.spaced(prefixed(fmt.Sprintf(`<legacyDrawing xmlns:r="%s" r:id="%s"/>`, relationSpace, id), sheet.root))
	sheet.edits = append(sheet.edits, edit{sheet.place, sheet.place, element})
	return true, nil
}

var (
	shapePattern  = regexp.MustCompile(`(?s)<v:shape\s.*?</v:shape>`)
	rowPattern    = regexp.MustCompile(`<x:Row>\s*(\d+)\s*</x:Row>`)
	columnPattern = regexp.MustCompile(`<x:Column>\s*(\d+)\s*</x:Column>`)
)

// forgetComments takes our comments of an earlier round off a sheet; the sender's stay.
func (p *parts) forgetComments(part string, title locale.Text) error {
	relations, err := p.relations(part)
	if err != nil {
		return err
	}
	var comments, drawing relation
	for _, r := range relations {
		if r.kind == "comments" && p.has(r.target) {
			comments = r
		}
	}
	if comments.target == "" {
		return nil
	}
	content, err := p.read(comments.target)
	if err != nil {
		return err
	}
	gone, kept, err := ourComments(content, title)
	if err != nil || len(gone) == 0 {
		return err
	}
	sheet, err := p.read(part)
	if err != nil {
		return err
	}
	drawings, err := find(sheet, named("legacyDrawing"))
	if err != nil {
		return err
	}
	for _, r := range relations {
		for _, d := range drawings {
			if r.id == d.reference() && path.Base(r.kind) == "vmlDrawing" {
				drawing = r
			}
		}
	}
	shapes, err := p.read(drawing.target)
	if err != nil {
		return err
	}
	rest := shapePattern.ReplaceAllFunc(shapes, func(shape []byte) []byte {
		row, column := rowPattern.FindSubmatch(shape), columnPattern.FindSubmatch(shape)
		if row != nil && column != nil && gone[string(row[1])+" "+string(column[1])].name != "" {
			return nil
		}
		return shape
	})
	if len(rest) == len(shapes) {
		drawing = relation{} // nothing of ours is drawn there
	}
	if kept == 0 && (drawing.target != "" || len(drawings) == 0) && !bytes.Contains(rest, []byte("ObjectType=")) {
		var edits []edit
		for _, d := range drawings {
			edits = append(edits, d.gone())
		}
		if err := p.change(part, edits); err != nil {
			return err
		}
		if drawing.target == "" {
			return p.unrelate(part, comments)
		}
		return p.unrelate(part, comments, drawing)
	}
	if drawing.target != "" {
		p.set(drawing.target, rest)
	}
	var edits []edit
	for _, comment := range gone {
		edits = append(edits, comment.gone())
	}
	return p.change(comments.target, edits)
}

// ourComments finds our comments in a part, by row and column from 0 as drawings count
// them, and counts the others. Some programs drop the author of a comment; its text
// begins with the name as well, which is the title of the program in any language.
func ourComments(content []byte, title locale.Text) (gone map[string]element, kept int, err error) {
	var names []string
	for _, name := range title.All() {
		names = append(names, xmlText(name))
	}
	authors, err := find(content, named("author"))
	if err != nil {
		return nil, 0, err
	}
	all, err := find(content, named("comment"))
	if err != nil {
		return nil, 0, err
	}
	texts, err := find(content, named("t"))
	if err != nil {
		return nil, 0, err
	}
	gone = map[string]element{}
	for _, comment := range all {
		by := counted(comment.value("authorId"), -1)
		signed := by >= 0 && by < len(authors) && slices.Contains(names, string(authors[by].of(content)))
		for len(texts) > 0 && texts[0].from < comment.from {
			texts = texts[1:]
		}
		if len(texts) > 0 && texts[0].from < comment.until {
			text := string(bytes.TrimPrefix(texts[0].of(content), []byte("<![CDATA[")))
			signed = signed || slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(text, name) })
		}
		column, row, err := excelize.CellNameToCoordinates(comment.value("ref"))
		if !signed || err != nil {
			kept++
			continue
		}
		gone[fmt.Sprintf("%d %d", row-1, column-1)] = comment
	}
	return gone, kept, nil
}
