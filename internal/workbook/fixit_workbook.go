package workbook

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Intake has refused what a workbook must not hold. To mark one, all of it must be in
// memory, and its tables take there some twenty times what they take as XML.
const (
	maxUnpacked = 64 << 20
	maxTables   = 16 << 20
)

// markWorkbook opens the sender's own workbook and marks its cells. Everything else
// in it stays as it is.
func (b *book) markWorkbook(file intake.File, m *marks) error {
	fault := problem.New(problem.Invalid, "fixit_no_table", locale.Args{"file": file.Name})
	archive, err := zip.NewReader(file.Content, file.Size)
	if err != nil {
		return fault.Because(err)
	}
	var all, tables uint64
	for _, part := range archive.File {
		if all += part.UncompressedSize64; strings.HasSuffix(part.Name, ".xml") {
			tables += part.UncompressedSize64
		}
	}
	if all > maxUnpacked || tables > maxTables {
		return problem.New(problem.TooLarge, "fixit_too_large", nil)
	}
	opened, err := excelize.OpenReader(io.NewSectionReader(file.Content, 0, file.Size), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return fault.Because(err)
	}
	b.file = opened
	b.forget()
	b.addFirst()
	takes := map[string]bool{} // by sheet: whether comments can be added
	m.settle(b.firstFilled)
	for _, place := range m.sorted() {
		at := m.cells[place]
		cell := b.at(int(place.Column), int(place.Row))
		id, err := opened.GetCellStyle(place.Sheet, cell)
		b.try(err)
		b.try(opened.SetCellStyle(place.Sheet, cell, cell, b.marked(id, at.severity)))
		if _, asked := takes[place.Sheet]; !asked {
			takes[place.Sheet] = b.takesComments(place.Sheet)
		}
		if takes[place.Sheet] {
			b.comment(place.Sheet, cell, at)
		} else {
			m.silent = true
		}
		if b.err != nil {
			break
		}
	}
	return b.err
}

// firstFilled is the first column of a row in which something stands.
func (b *book) firstFilled(place figure.Cell) uint16 {
	const most = 50
	for column := 1; column <= most; column++ {
		if text, err := b.file.GetCellValue(place.Sheet, b.at(column, int(place.Row))); err == nil && strings.TrimSpace(text) != "" {
			return uint16(column)
		}
	}
	return 1
}

// firstSheets are the names of the first sheet in the four languages.
func firstSheets() []string {
	var names []string
	for _, language := range locale.Languages {
		names = append(names, language.Say("workbook.sheet.first", nil))
	}
	return names
}

// markLook is how a marked cell looks: by its colour, and on paper without colours by
// its border.
type markLook struct {
	severity     intake.Severity
	fill, border string
	line         int // of Excel's kinds of lines
}

var looks = [...]markLook{
	{intake.Error, "FFD9D4", "B42318", 5},   // a thick line
	{intake.Warning, "FFF0B8", "8A6100", 8}, // a dashed one
	{intake.Hint, "DDF0F8", "0B5774", 4},    // a dotted one
}

// marked is a style with the mark of a severity on it; the font and the number
// format stay as they are.
func (b *book) marked(id int, severity intake.Severity) int {
	name := fmt.Sprintf("marked %s %d", severity, id)
	if made, found := b.styles[name]; found {
		return made
	}
	style, err := b.file.GetStyle(id)
	if err != nil {
		b.try(err)
		return id
	}
	l := looks[slices.IndexFunc(looks[:], func(l markLook) bool { return l.severity == severity })]
	style.Fill, style.Border = fill(l.fill), lines(l.border, l.line)
	made, err := b.file.NewStyle(style)
	b.try(err)
	b.styles[name] = made
	return made
}
