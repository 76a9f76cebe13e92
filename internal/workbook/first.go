package workbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/table"
)

// addFirst puts an empty sheet before all others.
func (b *book) addFirst() {
	sheet := b.language.Say("workbook.sheet.first", nil)
	sheets := b.file.GetSheetList()
	_, err := b.file.NewSheet(sheet)
	b.try(err)
	b.try(b.file.MoveSheet(sheet, sheets[0]))
}

// first writes the first sheet: the findings, the most useful first, each with a
// link to its first cell.
func (b *book) first(sheet string, report intake.Report, m *marks) {
	say := func(key string, args locale.Args) string { return b.language.Say("workbook."+key, args) }
	for i, width := range []float64{5, 11, 44, 20, 20, 20, 44, 22} {
		b.width(sheet, i+1, width)
	}
	b.text(sheet, 1, 1, say("sheet.first", nil), titleStyle)
	b.text(sheet, 1, 2, say("first.counts", locale.Args{"file": report.FileName,
		"errors": report.Count(intake.Error), "warnings": report.Count(intake.Warning), "hints": report.Count(intake.Hint)}), labelStyle)
	row := 3
	for _, key := range b.advice(report, m) {
		b.text(sheet, 1, row, say("first."+key, locale.Args{"count": m.left, "most": maxMarks}), noteStyle)
		row++
	}
	row++
	for i, key := range []string{"number", "kind", "wrong", "where", "found", "suggestion", "todo", "code"} {
		b.text(sheet, i+1, row, say("first.head."+key, nil), headStyle)
	}
	header := row
	for i, finding := range report.Findings {
		row++
		wrong, todo := sentences(finding.In(b.language))
		b.number(sheet, 1, row, figure.Whole(int64(i+1)), countStyle+"0")
		b.text(sheet, 2, row, say("first."+string(finding.Severity), nil), boldStyle)
		kind := b.at(2, row)
		b.try(b.file.SetCellStyle(sheet, kind, kind, b.marked(b.style(boldStyle), finding.Severity)))
		b.text(sheet, 3, row, wrong, wordsStyle)
		b.where(sheet, row, finding, m)
		b.text(sheet, 5, row, finding.Text, wordsStyle)
		b.text(sheet, 6, row, finding.Suggestion, boldStyle)
		b.text(sheet, 7, row, todo, wordsStyle)
		code := finding.Code
		if finding.Rule != "" {
			code += " " + finding.Rule
		}
		b.text(sheet, 8, row, code, wordsStyle)
		height := max(table.Lines(wrong, 46), table.Lines(todo, 46), table.Lines(finding.Text, 19), table.Lines(finding.Suggestion, 18), 1)
		b.try(b.file.SetRowHeight(sheet, row, min(float64(height)*13.5+4, excelize.MaxRowHeight)))
	}
	b.freeze(sheet, 0, header)
	b.try(table.FitPage(b.file, sheet, report.FileName))
}

// advice lists what the sender should know of this workbook.
func (b *book) advice(report intake.Report, m *marks) []string {
	keys := []string{"how"}
	switch {
	case len(report.Findings) == 0:
		return []string{"nothing"}
	case len(m.cells) == 0:
		keys = []string{"whole"}
	}
	keys = append(keys, "signs")
	if m.left > 0 {
		keys = append(keys, "left")
	}
	if m.silent {
		keys = append(keys, "silent")
	}
	return keys
}

// where says where a finding is, as Excel names cells, with a link to the first.
func (b *book) where(sheet string, row int, finding intake.Finding, m *marks) {
	cell := b.at(4, row)
	if finding.Place.Row == 0 {
		b.text(sheet, 4, row, b.language.Say("workbook.first.file", nil), wordsStyle)
		return
	}
	const most = 4
	var names []string
	for _, place := range append([]figure.Cell{finding.Place}, finding.More...) {
		if len(names) == most {
			break
		}
		names = append(names, b.placeName(place))
	}
	text := strings.Join(names, ", ")
	if rest := finding.Count - len(names); rest > 0 {
		text += " " + b.language.Say("workbook.first.more", locale.Args{"count": rest})
	}
	b.text(sheet, 4, row, text, linkStyle)
	target := b.at(max(int(finding.Place.Column), 1), int(finding.Place.Row))
	b.try(b.file.SetCellHyperLink(sheet, cell, fmt.Sprintf("'%s'!%s", strings.ReplaceAll(m.table, "'", "''"), target), "Location",
		excelize.HyperlinkOpts{Tooltip: &text}))
}

// placeName is «B12», or «Zeile 12» where the row as a whole is meant.
func (b *book) placeName(place figure.Cell) string {
	if place.Column == 0 {
		return b.language.Say("workbook.first.row", locale.Args{"row": strconv.Itoa(int(place.Row))})
	}
	return b.at(int(place.Column), int(place.Row))
}

// abbreviations end with a full stop that ends no sentence; single letters do too.
var abbreviations = []string{"nr", "st", "ca", "bzw", "fr", "no", "art", "abs", "cf", "mio"}

// sentences parts a message into what is wrong and what to do: its first sentence
// and the rest. A full stop within «» or “” or behind a day or an abbreviation ends none.
func sentences(message string) (wrong, todo string) {
	quoted, word := 0, 0 // word is where the last word or number begins
	for i, r := range message {
		switch {
		case r == '«', r == '“':
			quoted++
		case r == '»', r == '”':
			quoted--
		case unicode.IsLetter(r), unicode.IsDigit(r):
			continue
		case (r == '.' || r == '?' || r == '!') && quoted == 0:
			before := strings.ToLower(message[word:i])
			_, err := strconv.Atoi(before)
			short := utf8.RuneCountInString(before) == 1 || err == nil && len(before) == 2 || slices.Contains(abbreviations, before)
			behind := message[i+1:]
			next, _ := utf8.DecodeRuneInString(strings.TrimLeft(behind, " "))
			if strings.HasPrefix(behind, " ") && (unicode.IsUpper(next) || next == '«' || next == '“') && !short {
				return message[:i+1], strings.TrimSpace(behind)
			}
		}
		word = i + utf8.RuneLen(r)
	}
	return message, ""
}
