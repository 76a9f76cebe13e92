package report

import (
	"io"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/table"
)

// writeWorkbook writes a workbook: a title sheet with where the numbers come
// from, then a sheet for each table.
func (r Report) writeWorkbook(out io.Writer, language locale.Language) error {
	book := table.NewWriter(r.Programme, language).NewWorkbook()
	r.cover(book.Sheet(language.Say("report.cover", nil)), language)
	for _, sheet := range r.Sheets {
		r.write(book.Sheet(sheetName(sheet, language)), sheet, language)
	}
	return book.Write(out)
}

func (r Report) cover(s table.Sheet, language locale.Language) {
	say := func(key string) string { return language.Say("report."+key, nil) }
	s.Width(1, 34)
	s.Width(2, 90)
	s.Text(1, 1, r.Programme.Name.In(language)+" – "+yearText(r.Year), table.TitleStyle)
	row := 2
	if r.Programme.Demo {
		s.Text(1, row, say("demo"), table.NoticeStyle)
		row++
	}
	for _, line := range [][2]string{
		{say("canton"), r.Programme.Canton.In(language)},
		{say("created"), language.DateTime(r.Created)},
		{say("fingerprint"), r.Programme.Fingerprint},
		{say("data"), r.Data},
		{"", ""},
		{say("legend"), say("legend_hidden")},
		{"", say("legend_missing")},
		{"", say("legend_not_applicable")},
		{"", say("legend_not_computable")},
		{"", language.Say("table.legend.weak", nil)},
		{"", language.Say("table.legend.provisional", nil)},
		{say("rule"), say("rule_text")},
	} {
		row++
		s.Text(1, row, line[0], table.BoldStyle)
		s.Text(2, row, line[1], table.WordsStyle)
	}
}

// sheetName is at most 31 letters long, without the signs that Excel forbids.
func sheetName(sheet Sheet, language locale.Language) string {
	switch sheet.Code {
	case "key_figures", "finance", "cofinancing":
		return language.Say("report.sheet."+sheet.Code, nil)
	}
	return sheet.Code
}

// write fills the sheet of a table: words, numbers, words.
func (r Report) write(s table.Sheet, sheet Sheet, language locale.Language) {
	s.Text(1, 1, sheet.Title.In(language)+" – "+yearText(r.Year), table.TitleStyle)
	row := 2
	if r.Programme.Demo {
		s.Text(1, row, language.Say("report.demo", nil), table.NoticeStyle)
		row++
	}
	for _, note := range append(append([]locale.Text{}, sheet.Notes...), sheet.Table.Notes()...) {
		s.Text(1, row, note.In(language), table.NoteStyle)
		row++
	}
	row++
	head := row
	first := "table.code"
	if len(sheet.Before) == 0 {
		first = "table.label" // the rows are called by their labels alone
	}
	s.Text(1, head, language.Say(first, nil), table.HeadStyle)
	s.Width(1, 16)
	if len(sheet.Before) == 0 {
		s.Width(1, 40)
	}
	column := 2
	words := func(all []Words, width float64) {
		for _, one := range all {
			s.Text(column, head, one.Header.In(language), table.HeadStyle)
			s.Width(column, width)
			if one.Code == "name" {
				s.Width(column, 44)
			}
			for i, cell := range one.Cells {
				s.Text(column, head+1+i, cell.In(language), table.WordsStyle)
			}
			column++
		}
	}
	words(sheet.Before, 22)
	for i, header := range sheet.Table.Columns() {
		s.Text(column, head, header.Label.In(language), table.HeadStyle)
		s.Width(column, 14)
		for j, line := range sheet.Table.Rows() {
			s.Cell(column, head+1+j, line.Cells[i], line.Total)
		}
		column++
	}
	words(sheet.After, 40)
	for i, line := range sheet.Table.Rows() {
		style := table.WordsStyle
		if line.Total {
			style = table.BoldStyle
		}
		s.Text(1, head+1+i, line.Label.In(language), style)
	}
	s.Freeze(1, head)
}
