package report

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/table"
)

// writeWorkbook writes a workbook: a title sheet with where the numbers come
// from, then a sheet for each table. Numbers are numbers, and words are strings:
// no text can become a formula.
func (r Report) writeWorkbook(out io.Writer, language locale.Language) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closing := book.Close(); err == nil {
			err = closing
		}
	}()
	w := workbook{book: book, language: language, writer: table.NewWriter(r.Programme, language), styles: map[string]int{}}
	w.cover(r)
	for _, sheet := range r.Sheets {
		w.sheet(r, sheet)
	}
	if w.err != nil {
		return fmt.Errorf("write the workbook: %w", w.err)
	}
	book.SetActiveSheet(0)
	if err := book.Write(out); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// workbook keeps the first error, so that the cells can be written one after the
// other.
type workbook struct {
	book     *excelize.File
	language locale.Language
	writer   table.Writer
	styles   map[string]int
	err      error
}

func (w *workbook) try(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *workbook) say(key string, args locale.Args) string { return w.language.Say(key, args) }

// text writes a string: it is stored as one, whatever it begins with.
func (w *workbook) text(sheet string, column, row int, text, style string) {
	cell, err := excelize.CoordinatesToCellName(column, row)
	w.try(err)
	w.try(w.book.SetCellStr(sheet, cell, text))
	if style != "" {
		w.try(w.book.SetCellStyle(sheet, cell, cell, w.style(style)))
	}
}

// number writes a cell of a table: a number in the format of its unit, or the
// mark that stands in its place.
func (w *workbook) number(sheet string, column, row int, c disclosure.Cell, bold bool) {
	name, err := excelize.CoordinatesToCellName(column, row)
	w.try(err)
	if c.State != disclosure.Shown {
		w.text(sheet, column, row, w.writer.Text(c), "mark")
		return
	}
	style := "number"
	switch {
	case c.Unit == figure.Percent:
		style = "percent"
	case w.writer.IsMoney(c.Unit):
		style = "money"
	case !c.Value.IsWhole():
		style = "decimals"
	}
	if bold {
		style += " bold"
	}
	w.try(w.book.SetCellFloat(sheet, name, c.Value.Float(), -1, 64))
	w.try(w.book.SetCellStyle(sheet, name, name, w.style(style)))
}

func (w *workbook) style(name string) int {
	if id, made := w.styles[name]; made {
		return id
	}
	format := func(code string, bold bool) *excelize.Style {
		return &excelize.Style{CustomNumFmt: &code, Font: &excelize.Font{Bold: bold, Size: 10, Family: "Arial"}, Alignment: &excelize.Alignment{Vertical: "top"}}
	}
	styles := map[string]*excelize.Style{
		"title":         {Font: &excelize.Font{Bold: true, Size: 14, Family: "Arial"}},
		"head":          {Font: &excelize.Font{Bold: true, Size: 10, Family: "Arial"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E3EEF3"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Border: []excelize.Border{{Type: "bottom", Color: "0B5774", Style: 2}}},
		"words":         {Font: &excelize.Font{Size: 10, Family: "Arial"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
		"bold":          {Font: &excelize.Font{Bold: true, Size: 10, Family: "Arial"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
		"demo":          {Font: &excelize.Font{Bold: true, Size: 10, Family: "Arial", Color: "8A5A00"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF3C4"}}},
		"mark":          {Font: &excelize.Font{Size: 10, Family: "Arial", Color: "4A5B66"}, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top"}},
		"number":        format("#,##0", false),
		"number bold":   format("#,##0", true),
		"decimals":      format("#,##0.0#", false),
		"decimals bold": format("#,##0.0#", true),
		"percent":       format("0.0 %", false),
		"percent bold":  format("0.0 %", true),
		"money":         format("#,##0.00", false),
		"money bold":    format("#,##0.00", true),
	}
	id, err := w.book.NewStyle(styles[name])
	w.try(err)
	w.styles[name] = id
	return id
}

func (w *workbook) cover(r Report) {
	name := w.say("report.cover", nil)
	w.try(w.book.SetSheetName("Sheet1", name))
	w.try(w.book.SetColWidth(name, "A", "A", 34))
	w.try(w.book.SetColWidth(name, "B", "B", 90))
	w.text(name, 1, 1, r.Programme.Name.In(w.language)+" – "+yearText(r.Year), "title")
	row := 2
	if r.Programme.Demo {
		w.text(name, 1, row, w.say("report.demo", nil), "demo")
		row++
	}
	row++
	for _, line := range [][2]string{
		{w.say("report.canton", nil), r.Programme.Canton.In(w.language)},
		{w.say("report.created", nil), w.language.DateTime(r.Created)},
		{w.say("report.fingerprint", nil), r.Programme.Fingerprint},
		{w.say("report.data", nil), r.Data},
		{"", ""},
		{w.say("report.legend", nil), w.say("report.legend_hidden", nil)},
		{"", w.say("report.legend_missing", nil)},
		{"", w.say("report.legend_not_applicable", nil)},
		{"", w.say("report.legend_not_computable", nil)},
		{w.say("report.rule", nil), w.say("report.rule_text", nil)},
	} {
		w.text(name, 1, row, line[0], "bold")
		w.text(name, 2, row, line[1], "words")
		row++
	}
}

// sheetNames are at most 31 letters long, without the signs that Excel forbids.
func sheetName(sheet Sheet, language locale.Language) string {
	switch sheet.Code {
	case "key_figures", "finance", "cofinancing":
		return language.Say("report.sheet."+sheet.Code, nil)
	}
	return sheet.Code
}

func (w *workbook) sheet(r Report, sheet Sheet) {
	name := sheetName(sheet, w.language)
	_, err := w.book.NewSheet(name)
	w.try(err)
	w.text(name, 1, 1, sheet.Title.In(w.language)+" – "+yearText(r.Year), "title")
	row := 2
	if r.Programme.Demo {
		w.text(name, 1, row, w.say("report.demo", nil), "demo")
		row++
	}
	for _, note := range append(append([]locale.Text{}, sheet.Notes...), sheet.Table.Notes()...) {
		w.text(name, 1, row, note.In(w.language), "")
		row++
	}
	row++
	head := row
	w.text(name, 1, row, "", "head")
	column := 2
	width := func(column int, wide float64) {
		letter, err := excelize.ColumnNumberToName(column)
		w.try(err)
		w.try(w.book.SetColWidth(name, letter, letter, wide))
	}
	width(1, 16)
	if len(sheet.Before) == 0 {
		width(1, 40)
	}
	for _, words := range sheet.Before {
		width(column, 22)
		if words.Code == "name" {
			width(column, 44)
		}
		w.text(name, column, row, words.Header.In(w.language), "head")
		column++
	}
	for _, header := range sheet.Table.Columns() {
		width(column, 14)
		w.text(name, column, row, header.Label.In(w.language), "head")
		column++
	}
	for _, words := range sheet.After {
		width(column, 40)
		w.text(name, column, row, words.Header.In(w.language), "head")
		column++
	}
	for i, line := range sheet.Table.Rows() {
		row++
		column = 2
		style := "words"
		if line.Total {
			style = "bold"
		}
		w.text(name, 1, row, line.Label.In(w.language), style)
		for _, words := range sheet.Before {
			w.text(name, column, row, words.Cells[i].In(w.language), style)
			column++
		}
		for _, cell := range line.Cells {
			w.number(name, column, row, cell, line.Total)
			column++
		}
		for _, words := range sheet.After {
			w.text(name, column, row, words.Cells[i].In(w.language), style)
			column++
		}
	}
	below, err := excelize.CoordinatesToCellName(2, head+1)
	w.try(err)
	w.try(w.book.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: head, TopLeftCell: below, ActivePane: "bottomRight"}))
	landscape, fit := "landscape", 1
	w.try(w.book.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &fit}))
}
