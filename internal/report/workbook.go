package report

import (
	"io"
	"strings"
	"unicode/utf8"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/table"
)

// writeWorkbook writes a workbook: a title sheet with where the numbers come
// from, then a sheet for each table.
func (r Report) writeWorkbook(out io.Writer, language locale.Language) error {
	footer := r.Programme.Name.In(language) + " – " + yearText(r.Year)
	if r.Programme.Demo {
		footer = language.Say("report.demo", nil) + " · " + footer // first, so that it is never cut
	}
	book := table.NewWriter(r.Programme, language).NewWorkbook(footer)
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
		s.Notice(row, say("demo"))
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

// widths are those of the columns of words, in letters, by their codes: together they
// decide how small the sheet is printed.
var widths = map[string]float64{"name": 36, "unit": 13, "area": 18, "grade": 18, "standing": 11, "note": 52, "definition": 60}

// longestWord is the width of a column, in letters, in which no word is broken.
func longestWord(texts []locale.Text, language locale.Language) float64 {
	longest := 0
	for _, text := range texts {
		for word := range strings.FieldsSeq(text.In(language)) {
			longest = max(longest, utf8.RuneCountInString(word))
		}
	}
	return float64(longest + 3)
}

// write fills the sheet of a table: words, numbers, words.
func (r Report) write(s table.Sheet, sheet Sheet, language locale.Language) {
	s.Text(1, 1, sheet.Title.In(language)+" – "+yearText(r.Year), table.TitleStyle)
	row := 2
	if r.Programme.Demo {
		s.Notice(row, language.Say("report.demo", nil))
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
	longest := 0
	for _, line := range sheet.Table.Rows() {
		longest = max(longest, utf8.RuneCountInString(line.Label.In(language)))
	}
	s.Width(1, float64(min(max(longest+2, 11), 40)))
	column := 2
	words := func(all []Words) {
		for _, one := range all {
			s.Text(column, head, one.Header.In(language), table.HeadStyle)
			s.Width(column, max(widths[one.Code], longestWord(append([]locale.Text{one.Header}, one.Cells...), language)))
			for i, cell := range one.Cells {
				s.Text(column, head+1+i, cell.In(language), table.WordsStyle)
			}
			column++
		}
	}
	words(sheet.Before)
	for i, header := range sheet.Table.Columns() {
		s.Text(column, head, header.Label.In(language), table.FigureStyle)
		s.Width(column, max(13, longestWord([]locale.Text{header.Label}, language)))
		for j, line := range sheet.Table.Rows() {
			s.Cell(column, head+1+j, line.Cells[i], line.Total)
		}
		column++
	}
	words(sheet.After)
	for i, line := range sheet.Table.Rows() {
		style := table.WordsStyle
		if line.Total {
			style = table.BoldStyle
		}
		s.Text(1, head+1+i, line.Label.In(language), style)
	}
	s.Freeze(1, head)
}
