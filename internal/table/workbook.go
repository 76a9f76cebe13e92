package table

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// Style is the look of a cell of a workbook.
type Style string

// The styles of texts. Numbers take theirs from their unit.
const (
	TitleStyle  Style = "title"
	HeadStyle   Style = "head"
	FigureStyle Style = "figure head" // the header of a column of figures
	WordsStyle  Style = "words"
	BoldStyle   Style = "bold"
	NoteStyle   Style = "note"
	noticeStyle Style = "notice"
	markStyle   Style = "mark"
)

// Workbook writes figures into an Excel file: numbers as numbers in the format of
// their unit, words as text that cannot become a formula. It keeps its first
// error until Write, so that cells can be written one after the other.
type Workbook struct {
	writer Writer
	file   *excelize.File
	footer string
	styles map[Style]int
	sheets []Sheet
	err    error
}

// NewWorkbook begins a workbook with a footer for each printed page.
func (w Writer) NewWorkbook(footer string) *Workbook {
	return &Workbook{writer: w, file: excelize.NewFile(), footer: footer, styles: map[Style]int{}}
}

// XLSX writes a table as a workbook of one sheet.
func (w Writer) XLSX(out io.Writer, t disclosure.Table) error {
	book := w.NewWorkbook(t.Title().In(w.Language))
	book.Table(t)
	return book.Write(out)
}

// Table adds a sheet that holds a table and its notes.
func (b *Workbook) Table(t disclosure.Table) {
	language := b.writer.Language
	sheet := b.Sheet(language.Say("table.sheet", nil))
	sheet.Text(1, 1, t.Title().In(language), TitleStyle)
	const head = 3
	sheet.Text(1, head, language.Say("table.code", nil), HeadStyle)
	sheet.Text(2, head, language.Say("table.label", nil), HeadStyle)
	sheet.Width(1, 12)
	sheet.Width(2, 40)
	units := columnUnits(t)
	column := 3
	unitColumn := make([]int, len(units))
	for i, header := range t.Columns() {
		label := header.Label.In(language)
		if len(units[i]) == 1 {
			label += " [" + b.writer.Unit(units[i][0]) + "]"
		}
		sheet.Text(column, head, label, FigureStyle)
		sheet.Width(column, 16)
		column++
		if len(units[i]) > 1 {
			sheet.Text(column, head, language.Say("table.unit", nil), HeadStyle)
			unitColumn[i] = column
			column++
		}
	}
	line := head
	for _, row := range t.Rows() {
		line++
		style := WordsStyle
		if row.Total {
			style = BoldStyle
		}
		sheet.Text(1, line, row.Code, style)
		sheet.Text(2, line, row.Label.In(language), style)
		column := 3
		for i, c := range row.Cells {
			sheet.Cell(column, line, c, row.Total)
			column++
			if unitColumn[i] > 0 {
				sheet.Text(column, line, b.writer.Unit(c.Unit), style)
				column++
			}
		}
	}
	sheet.Freeze(2, head)
	line++
	for _, note := range t.Notes() {
		line++
		sheet.Text(1, line, note.In(language), NoteStyle)
	}
	for _, legend := range b.writer.Legend(t) {
		line++
		sheet.Text(1, line, legend, NoteStyle)
	}
}

// Write ends the workbook and writes it.
func (b *Workbook) Write(out io.Writer) error {
	for _, sheet := range b.sheets {
		sheet.setHeights()
	}
	if b.err == nil {
		b.file.SetActiveSheet(0)
		_, b.err = b.file.WriteTo(out)
	}
	b.try(b.file.Close())
	if b.err != nil {
		return fmt.Errorf("write the workbook: %w", b.err)
	}
	return nil
}

func (b *Workbook) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Sheet is a sheet of a workbook. Columns and rows count from 1.
type Sheet struct {
	book   *Workbook
	name   string
	widths map[int]float64        // of the columns, in letters
	words  map[int]map[int]string // by row and column: the texts that wrap
}

// Sheet adds a sheet. Its name has at most 31 letters and none of : \ / ? * [ ].
func (b *Workbook) Sheet(name string) Sheet {
	if len(b.sheets) == 0 {
		b.try(b.file.SetSheetName("Sheet1", name))
	} else {
		_, err := b.file.NewSheet(name)
		b.try(err)
	}
	b.try(FitPage(b.file, name, b.footer))
	sheet := Sheet{b, name, map[int]float64{}, map[int]map[int]string{}}
	b.sheets = append(b.sheets, sheet)
	return sheet
}

// FitPage makes a sheet of a workbook print on A4 across, as wide as the paper and as
// long as it is, with a footer and the numbers of the pages. A footer over 110 letters
// is cut.
func FitPage(file *excelize.File, sheet, footer string) error {
	if letters := []rune(footer); len(letters) > 110 {
		footer = string(letters[:109]) + "…"
	}
	// The blank keeps a footer that begins with a digit from being read as its size.
	footer = "&L&8 " + strings.ReplaceAll(footer, "&", "&&") + "&R&8 &P / &N"
	landscape, wide, high, a4, fit := "landscape", 1, 0, 9, true
	side, above, below, foot := 0.4, 0.5, 0.7, 0.3 // inches
	return errors.Join(
		file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}),
		file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &above, Bottom: &below, Header: &foot, Footer: &foot}),
		file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: footer}),
	)
}

func (s Sheet) at(column, row int) string {
	cell, err := excelize.CoordinatesToCellName(column, row)
	s.book.try(err)
	return cell
}

// Text writes a text.
func (s Sheet) Text(column, row int, text string, style Style) {
	cell := s.at(column, row)
	s.book.try(s.book.file.SetCellStr(s.name, cell, text))
	s.book.try(s.book.file.SetCellStyle(s.name, cell, cell, s.book.style(style)))
	if style == HeadStyle || style == FigureStyle || style == WordsStyle || style == BoldStyle {
		if s.words[row] == nil {
			s.words[row] = map[int]string{}
		}
		s.words[row][column] = text
	}
}

// usualWidth is that of a column whose width was not set, in letters.
const usualWidth = 9.0

// setHeights makes each row as high as its longest text: not every program does so
// when it opens the workbook.
func (s Sheet) setHeights() {
	for row, texts := range s.words {
		lines := 1
		for column, text := range texts {
			lines = max(lines, Lines(text, cmp.Or(s.widths[column], usualWidth)))
		}
		if lines > 1 {
			s.book.try(s.book.file.SetRowHeight(s.name, row, min(float64(lines)*13+2, excelize.MaxRowHeight)))
		}
	}
}

// Notice writes what is to be seen first, such as that the figures are demo data, in
// colour over the first columns of a row.
func (s Sheet) Notice(row int, text string) {
	s.Text(1, row, text, noticeStyle)
	s.book.try(s.book.file.MergeCell(s.name, s.at(1, row), s.at(3, row)))
}

// Cell writes a figure, or the mark that stands in its place.
func (s Sheet) Cell(column, row int, c disclosure.Cell, bold bool) {
	if c.State != disclosure.Shown {
		s.Text(column, row, s.book.writer.Text(c), markStyle)
		return
	}
	format := "#,##0"
	switch {
	case c.Unit == figure.Percent:
		format = "0." + strings.Repeat("0", s.book.writer.Decimals(c.Value, c.Unit)) + "%"
	case s.book.writer.IsMoney(c.Unit) && !c.Value.IsWhole():
		format = "#,##0.00"
	case s.book.writer.Decimals(c.Value, c.Unit) > 0:
		format = "#,##0." + strings.Repeat("0", s.book.writer.Decimals(c.Value, c.Unit))
	}
	// Marks of a figure travel with its format, so that it stays a number.
	if c.Weak {
		format = `"("` + format + `")"`
	}
	if c.Provisional {
		format += `" ` + provisionalMark + `"`
	}
	cell := s.at(column, row)
	s.book.try(s.book.file.SetCellFloat(s.name, cell, c.Value.Float(), -1, 64))
	s.book.try(s.book.file.SetCellStyle(s.name, cell, cell, s.book.number(format, bold)))
}

// Width sets the width of a column, in letters.
func (s Sheet) Width(column int, letters float64) {
	name, err := excelize.ColumnNumberToName(column)
	s.book.try(err)
	s.book.try(s.book.file.SetColWidth(s.name, name, name, letters))
	s.widths[column] = letters
}

// Lines is how many lines a text takes in a cell that holds width letters, at least
// one.
func Lines(text string, width float64) int {
	width = max(width, 1)
	lines, used := 1, 0.0
	for word := range strings.FieldsSeq(text) {
		letters := float64(utf8.RuneCountInString(word))
		if used > 0 && used+1+letters > width {
			lines++
			used = 0
		}
		if used > 0 {
			used++
		}
		used += letters
		for used > width { // a long word is cut
			lines++
			used -= width
		}
	}
	return lines
}

// Freeze keeps the first columns and rows in sight, and repeats the rows on every
// printed page.
func (s Sheet) Freeze(columns, rows int) {
	s.book.try(s.book.file.SetPanes(s.name, &excelize.Panes{
		Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: s.at(columns+1, rows+1), ActivePane: "bottomRight"}))
	s.book.try(s.book.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", s.name, rows, rows), Scope: s.name}))
}

// textFormat is Excel's number format for text: what stands in such a cell stays text,
// even when somebody edits it.
const textFormat = 49

func (b *Workbook) style(name Style) int {
	font := func(bold bool, size float64, colour string) *excelize.Font {
		return &excelize.Font{Bold: bold, Size: size, Family: "Arial", Color: colour}
	}
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	wrapped := &excelize.Alignment{WrapText: true, Vertical: "top", Horizontal: "left", Indent: 1}
	head := excelize.Style{Font: font(true, 10, "17242C"), Fill: fill("E3EEF3"), Alignment: wrapped, Border: []excelize.Border{{Type: "bottom", Color: "0B5774", Style: 2}}}
	figureHead := head
	figureHead.Alignment = &excelize.Alignment{WrapText: true, Vertical: "top", Horizontal: "right"}
	styles := map[Style]*excelize.Style{
		TitleStyle:  {Font: font(true, 14, "17242C")},
		HeadStyle:   &head,
		FigureStyle: &figureHead,
		WordsStyle:  {Font: font(false, 10, "17242C"), Alignment: wrapped},
		BoldStyle:   {Font: font(true, 10, "17242C"), Alignment: wrapped},
		NoteStyle:   {Font: font(false, 10, "4A5B66")},
		noticeStyle: {Font: font(true, 10, "4D3800"), Fill: fill("FFF3C4")},
		markStyle:   {Font: font(false, 10, "4A5B66"), Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top"}},
	}
	style := styles[name]
	style.NumFmt = textFormat
	return b.kept(name, style)
}

func (b *Workbook) number(format string, bold bool) int {
	return b.kept(Style(fmt.Sprint("number ", format, bold)), &excelize.Style{
		CustomNumFmt: &format, Font: &excelize.Font{Bold: bold, Size: 10, Family: "Arial", Color: "17242C"}, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top"},
	})
}

// kept makes a style once.
func (b *Workbook) kept(name Style, style *excelize.Style) int {
	if id, made := b.styles[name]; made {
		return id
	}
	id, err := b.file.NewStyle(style)
	b.try(err)
	b.styles[name] = id
	return id
}
