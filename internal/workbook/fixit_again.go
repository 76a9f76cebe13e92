package workbook

import (
	"encoding/xml"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A marked workbook comes back corrected, and what is still wrong is marked anew: the
// first sheet, the comments and the marks of the round before have to go. They are
// taken off before anything is read from the workbook, part by part, since the
// programs that save it name and number the parts in their own ways.

// forget takes our marks of an earlier round off a workbook.
func (b *book) forget() {
	var relations []string
	b.file.Pkg.Range(func(name, _ any) bool {
		if strings.HasPrefix(name.(string), "xl/worksheets/_rels/") {
			relations = append(relations, name.(string))
		}
		return true
	})
	for _, name := range relations {
		b.forgetComments(name)
	}
	for i := range b.file.Styles.CellXfs.Xf {
		if style, err := b.file.GetStyle(i); err == nil && isMark(style) {
			none := 0
			b.file.Styles.CellXfs.Xf[i].FillID, b.file.Styles.CellXfs.Xf[i].BorderID = &none, &none
		}
	}
	for _, sheet := range b.file.GetSheetList() {
		comments, err := b.file.GetComments(sheet)
		if err != nil {
			continue
		}
		for _, comment := range comments { // those that stand among the sender's
			text := comment.Text
			for _, run := range comment.Paragraph {
				text += run.Text
			}
			if comment.Author == author || strings.HasPrefix(text, author) {
				b.try(b.file.DeleteComment(sheet, comment.Cell))
			}
		}
		if len(b.file.GetSheetList()) > 1 && slices.Contains(firstSheets(), sheet) {
			b.try(b.file.DeleteSheet(sheet))
		}
	}
}

// isMark reports whether a style is one of our marks.
func isMark(style *excelize.Style) bool {
	if len(style.Fill.Color) == 0 || len(style.Border) == 0 {
		return false
	}
	return slices.ContainsFunc(looks[:], func(l markLook) bool {
		return strings.HasSuffix(strings.ToUpper(style.Fill.Color[0]), l.fill) && strings.HasSuffix(strings.ToUpper(style.Border[0].Color), l.border)
	})
}

// relation is how a sheet names its other parts.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr,omitempty"`
}

var (
	legacyDrawing = regexp.MustCompile(`<(?:\w+:)?legacyDrawing\s[^>]*?(?:/>|>\s*</(?:\w+:)?legacyDrawing>)`)
	otherObject   = regexp.MustCompile(`ObjectType="(?:[^N"]|N[^o"])`)
)

// forgetComments removes the comments of a sheet where all of them are ours. name is
// the part with the sheet's relations.
func (b *book) forgetComments(name string) {
	var list struct {
		XMLName  xml.Name   `xml:"http://schemas.openxmlformats.org/package/2006/relationships Relationships"`
		Relation []relation `xml:"Relationship"`
	}
	if xml.Unmarshal(b.part(name), &list) != nil {
		return
	}
	sheet := "xl/worksheets/" + strings.TrimSuffix(path.Base(name), ".rels")
	var comments, drawing string
	var rest []relation
	for _, r := range list.Relation {
		target := strings.TrimPrefix(path.Join("/xl/worksheets", r.Target), "/")
		if strings.HasPrefix(r.Target, "/") {
			target = strings.TrimPrefix(r.Target, "/")
		}
		switch path.Base(r.Type) {
		case "comments":
			comments = target
		case "vmlDrawing":
			if drawing != "" {
				return // one for the header and footer as well: which is which is not ours to tell
			}
			drawing = target
		default:
			rest = append(rest, r)
		}
	}
	content := b.part(sheet)
	if comments == "" || drawing == "" || !ours(b.part(comments)) || otherObject.Match(b.part(drawing)) || len(legacyDrawing.FindAllIndex(content, 2)) != 1 {
		return
	}
	list.Relation = rest
	kept, err := xml.Marshal(list)
	b.try(err)
	b.file.Pkg.Store(name, append([]byte(xml.Header), kept...))
	b.file.Pkg.Store(sheet, legacyDrawing.ReplaceAll(content, nil))
	const types = "[Content_Types].xml"
	override := regexp.MustCompile(`<Override\b[^>]*"/(?:` + regexp.QuoteMeta(comments) + `|` + regexp.QuoteMeta(drawing) + `)"[^>]*?(?:/>|></Override>)`)
	b.file.Pkg.Store(types, override.ReplaceAll(b.part(types), nil))
	b.file.Pkg.Delete(comments)
	b.file.Pkg.Delete(drawing)
}

func (b *book) part(name string) []byte {
	content, _ := b.file.Pkg.Load(name)
	text, _ := content.([]byte)
	return text
}

// ours reports whether all comments of a part are ours. Some programs drop the author
// of a comment; its text begins with the name as well.
func ours(content []byte) bool {
	var list struct {
		Authors  []string `xml:"authors>author"`
		Comments []struct {
			Author int      `xml:"authorId,attr"`
			Plain  string   `xml:"text>t"`
			Runs   []string `xml:"text>r>t"`
		} `xml:"commentList>comment"`
	}
	if xml.Unmarshal(content, &list) != nil {
		return false
	}
	for _, comment := range list.Comments {
		signed := comment.Author < len(list.Authors) && list.Authors[comment.Author] == author
		if !signed && !strings.HasPrefix(comment.Plain+strings.Join(comment.Runs, ""), author) {
			return false
		}
	}
	return true
}

// takesComments reports whether comments can be added to a sheet. Where the sender
// has comments or buttons of their own, those stay, and ours would endanger them; so
// they would where the parts are numbered in another way than excelize does it.
func (b *book) takesComments(sheet string) bool {
	if comments, err := b.file.GetComments(sheet); err != nil || len(comments) > 0 {
		return false
	}
	if controls, err := b.file.GetFormControls(sheet); err != nil || len(controls) > 0 {
		return false
	}
	count := 1
	b.file.Pkg.Range(func(name, _ any) bool {
		if strings.Contains(name.(string), "xl/comments") {
			count++
		}
		return true
	})
	return b.part(fmt.Sprintf("xl/comments%d.xml", count)) == nil && b.part(fmt.Sprintf("xl/drawings/vmlDrawing%d.vml", count)) == nil
}
