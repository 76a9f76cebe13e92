package workbook

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// book writes cells and keeps the first error until the end, so that they can be
// written one after the other.
type book struct {
	file     *excelize.File
	language locale.Language
	author   string // of our comments
	styles   map[string]int
	err      error
}

func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) write(out io.Writer) error {
	if b.err == nil {
		b.file.SetActiveSheet(0)
		_, b.err = b.file.WriteTo(out)
	}
	b.try(b.file.Close())
	return b.err
}

func (b *book) at(column, row int) string {
	cell, err := excelize.CoordinatesToCellName(column, row)
	b.try(err)
	return cell
}

// text writes a text, which never becomes a formula; "" gives an empty cell with
// its style.
func (b *book) text(sheet string, column, row int, text, style string) {
	cell := b.at(column, row)
	if text != "" {
		b.try(b.file.SetCellStr(sheet, cell, text))
	}
	b.try(b.file.SetCellStyle(sheet, cell, cell, b.style(style)))
}

func (b *book) number(sheet string, column, row int, value figure.Decimal, style string) {
	cell := b.at(column, row)
	b.try(b.file.SetCellFloat(sheet, cell, value.Float(), -1, 64))
	b.try(b.file.SetCellStyle(sheet, cell, cell, b.style(style)))
}

func (b *book) width(sheet string, column int, letters float64) {
	name, err := excelize.ColumnNumberToName(column)
	b.try(err)
	b.try(b.file.SetColWidth(sheet, name, name, letters))
}

// freeze keeps the first columns and rows in sight and repeats the last of the rows
// on every printed page.
func (b *book) freeze(sheet string, columns, rows int) {
	pane := "bottomRight"
	if columns == 0 {
		pane = "bottomLeft"
	}
	b.try(b.file.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: b.at(columns+1, rows+1), ActivePane: pane,
		Selection: []excelize.Selection{{SQRef: b.at(columns+1, rows+1), ActiveCell: b.at(columns+1, rows+1), Pane: pane}}}))
	b.try(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, rows, rows), Scope: sheet}))
}

// The styles of cells. A style of figures ends with its number format.
const (
	titleStyle   = "title"
	labelStyle   = "label"
	factStyle    = "fact"
	noteStyle    = "note"
	noticeStyle  = "notice" // to be seen first
	wordsStyle   = "words"
	boldStyle    = "bold"
	briefStyle   = "brief"
	headStyle    = "head"
	givenStyle   = "given" // filled in already
	totalStyle   = "total" // the same, of a row for all persons together
	inputStyle   = "input"
	figureStyle  = "figure "
	carriedStyle = "carried " // a figure of an earlier period
	countStyle   = "count "
	linkStyle    = "link"
	plainStyle   = "plain" // a text of the sender's
	wholeStyle   = "plain General"
)

// textFormat is Excel's number format for text: what stands in such a cell stays
// text, even when somebody edits it.
const textFormat = 49

const (
	ink  = "17242C"
	soft = "4A5B66"
)

func font(bold bool, size float64, colour string) *excelize.Font {
	return &excelize.Font{Bold: bold, Size: size, Family: "Arial", Color: colour}
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// lines draws the border of a cell.
func lines(colour string, style int) []excelize.Border {
	var borders []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		borders = append(borders, excelize.Border{Type: side, Color: colour, Style: style})
	}
	return borders
}

// style makes a style once.
func (b *book) style(name string) int {
	if id, made := b.styles[name]; made {
		return id
	}
	wrapped := &excelize.Alignment{WrapText: true, Vertical: "top"}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "top"}
	grid := lines("B9C6CE", 1)
	kind, format, _ := strings.Cut(name, " ")
	style := map[string]*excelize.Style{
		titleStyle:  {Font: font(true, 14, ink)},
		labelStyle:  {Font: font(true, 10, ink)},
		factStyle:   {Font: font(false, 10, ink)},
		noteStyle:   {Font: font(false, 10, soft)},
		noticeStyle: {Font: font(true, 10, "4D3800"), Fill: fill("FFF3C4")},
		wordsStyle:  {Font: font(false, 10, ink), Alignment: wrapped},
		boldStyle:   {Font: font(true, 10, ink), Alignment: wrapped},
		briefStyle:  {Font: &excelize.Font{Italic: true, Size: 8, Family: "Arial", Color: soft}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "bottom"}},
		headStyle:   {Font: font(true, 10, ink), Fill: fill("E3EEF3"), Alignment: wrapped, Border: append(grid[:3:3], excelize.Border{Type: "bottom", Color: "0B5774", Style: 2})},
		totalStyle:  {Font: font(true, 10, ink), Fill: fill("F2F5F7"), Alignment: wrapped, Border: grid},
		givenStyle:  {Font: font(false, 10, ink), Fill: fill("F2F5F7"), Alignment: wrapped, Border: grid},
		inputStyle:  {Font: font(false, 10, ink), Alignment: wrapped, Border: grid},
		"figure":    {Font: font(false, 10, ink), Alignment: right, Border: grid},
		"count":     {Font: font(false, 10, ink), Alignment: right},
		linkStyle:   {Font: &excelize.Font{Size: 10, Family: "Arial", Color: "0B5774", Underline: "single"}, Alignment: wrapped},
		plainStyle:  {Font: font(false, 10, ink)},
		"carried":   {Font: &excelize.Font{Italic: true, Size: 10, Family: "Arial", Color: soft}, Alignment: right, Border: grid},
	}[kind]
	switch format {
	case "":
		style.NumFmt = textFormat
	case "General":
	default:
		style.CustomNumFmt = &format
	}
	id, err := b.file.NewStyle(style)
	b.try(err)
	b.styles[name] = id
	return id
}
