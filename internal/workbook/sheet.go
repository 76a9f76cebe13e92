package workbook

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

// The empty rows below the prepared ones: spare ones are drawn, and reach are
// checked and offer their lists.
const (
	spare = 30
	reach = 1000
)

// writeXLSX writes the template as a workbook of three sheets: the table, what
// everything means, and the lists of codes.
func (t *template) writeXLSX(out io.Writer) error {
	b := &book{file: excelize.NewFile(), language: t.language, styles: map[string]int{}}
	data, help, codes := t.say("sheet.data", nil), t.say("sheet.help", nil), t.say("sheet.codes", nil)
	b.try(b.file.SetSheetName("Sheet1", data))
	for _, name := range []string{help, codes} {
		_, err := b.file.NewSheet(name)
		b.try(err)
	}
	lists := t.codesSheet(b, codes)
	t.dataSheet(b, data, lists)
	t.helpSheet(b, help)
	for _, name := range []string{data, help, codes} {
		b.try(table.FitPage(b.file, name, fmt.Sprintf("%s · %s · %s", t.say("version", locale.Args{"form": string(t.form.Code), "version": t.form.Version}), t.office.Name.In(t.language), t.language.Period(t.period))))
	}
	moment := t.period.Start().Format(time.RFC3339)
	b.try(b.file.SetDocProps(&excelize.DocProperties{
		Title: t.form.Name.In(t.language), Subject: t.office.Name.In(t.language), Creator: t.programme.Title.In(t.language), LastModifiedBy: t.programme.Title.In(t.language),
		Keywords: fmt.Sprintf("%s %s %s %s", t.form.Code, t.form.Version, t.office.Code, t.period),
		Created:  moment, Modified: moment, Language: string(t.language), Revision: "1"}))
	return b.write(out)
}

// dataSheet writes the table. lists says where the choices of a column stand.
func (t *template) dataSheet(b *book, sheet string, lists []string) {
	row := 0
	for i, title := range t.titles() {
		row++
		switch {
		case i == 0:
			b.text(sheet, 1, row, title[0], titleStyle)
		case len(title) > 1:
			b.text(sheet, 1, row, title[0], labelStyle)
			b.text(sheet, 2, row, title[1], factStyle)
		case i > 1 && t.carried:
			for j := range t.columns {
				b.text(sheet, j+1, row, "", noticeStyle)
			}
			b.text(sheet, 1, row, title[0], noticeStyle)
		default:
			b.text(sheet, 1, row, title[0], noteStyle)
		}
	}
	row++
	briefs, header := row, row+1
	briefLines, headerLines := 1, 1
	for i := range t.columns {
		c := &t.columns[i]
		width := c.width()
		b.width(sheet, i+1, width)
		b.text(sheet, i+1, briefs, c.brief, briefStyle)
		b.text(sheet, i+1, header, c.header, headStyle)
		briefLines, headerLines = max(briefLines, table.Lines(c.brief, width*1.15)), max(headerLines, table.Lines(c.header, width*1.05))
	}
	b.try(b.file.SetRowHeight(sheet, briefs, float64(briefLines)*11+3))
	b.try(b.file.SetRowHeight(sheet, header, float64(headerLines)*13.5+5))
	last := header + len(t.lines) + spare
	for i := range t.columns {
		c := &t.columns[i]
		for n := header + 1; n <= last; n++ {
			var l line
			if n-header <= len(t.lines) {
				l = t.lines[n-header-1]
			}
			t.cell(b, sheet, c, i+1, n, l, n-header <= len(t.lines))
		}
		t.validate(b, sheet, c, i+1, header+1, lists[i])
	}
	b.freeze(sheet, t.frozen(), header)
	name, err := excelize.ColumnNumberToName(len(t.columns))
	b.try(err)
	b.try(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("'%s'!$A$1:$%s$%d", sheet, name, last), Scope: sheet}))
}

// cell writes a cell of a row; those of rows that are not prepared are empty.
func (t *template) cell(b *book, sheet string, c *column, number, row int, l line, prepared bool) {
	if c.Role != programme.FigureColumn {
		style := inputStyle
		text := ""
		if prepared && c.key() {
			style, text = givenStyle, c.text(l.key)
			switch {
			case text == "":
				style = inputStyle
			case l.sex+l.age+l.status == "" && t.persons():
				style = totalStyle
			}
		}
		b.text(sheet, number, row, text, style)
		return
	}
	format := "#,##0"
	if c.unit.Decimals > 0 {
		format = "#,##0." + strings.Repeat("0", c.unit.Decimals)
	}
	o := l.figures[c.KeyFigure]
	switch o.Mark {
	case figure.Given:
		if o.KeyFigure == "" {
			b.text(sheet, number, row, "", figureStyle+format)
			return
		}
		b.number(sheet, number, row, o.Value, carriedStyle+format)
	default:
		b.text(sheet, number, row, t.written(o), carriedStyle+format)
	}
}

// validate says, when a cell is chosen, what belongs there, offers the choices and
// warns of what is no figure. A figure may also be marked as not applicable, so that
// a warning can be passed over; a code cannot be anything else.
func (t *template) validate(b *book, sheet string, c *column, number, first int, list string) {
	if c.Role == programme.NoteColumn {
		return
	}
	column, err := excelize.ColumnNumberToName(number)
	b.try(err)
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s%d:%s%d", column, first, column, first+reach-1))
	v.SetInput(shortened(c.header, 32), shortened(c.meaning+" "+c.brief+".", 255))
	if c.Role != programme.FigureColumn {
		v.SetSqrefDropList(list)
		v.SetError(excelize.DataValidationErrorStyleStop, shortened(c.header, 32), shortened(t.say("wrong.choice", nil), 255))
		b.try(b.file.AddDataValidation(sheet, v))
		return
	}
	kind, operator := excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorGreaterThanOrEqual
	if c.unit.Whole {
		kind = excelize.DataValidationTypeWhole
	}
	least, most := 0.0, c.figure.Max.Float()
	message := "wrong.number"
	switch {
	case c.figure.Signed:
		least, message = -1e15, "wrong.signed"
	case c.figure.Max > 0:
		operator, message = excelize.DataValidationOperatorBetween, "wrong.between"
	}
	b.try(v.SetRange(least, most, kind, operator))
	if operator != excelize.DataValidationOperatorBetween {
		v.Formula2 = ""
	}
	v.SetError(excelize.DataValidationErrorStyleWarning, shortened(c.header, 32),
		shortened(t.say(message, locale.Args{"unit": c.unit.Name, "max": c.figure.Max}), 255))
	b.try(b.file.AddDataValidation(sheet, v))
}

// codesSheet writes the lists of choices, two columns each, and returns where the
// drop-down list of each column of the table finds its texts. Their titles are no
// column headers, so that nobody takes the sheet for the table.
func (t *template) codesSheet(b *book, sheet string) []string {
	lists := make([]string, len(t.columns))
	at := 1
	for i := range t.columns {
		c := &t.columns[i]
		if len(c.choices) == 0 {
			continue
		}
		b.text(sheet, at, 1, t.say("list", locale.Args{"column": c.header}), headStyle)
		b.text(sheet, at+1, 1, t.say("list_code", nil), headStyle)
		longest := 12
		for row, choice := range c.choices {
			b.text(sheet, at, row+2, choice.text, wordsStyle)
			code := string(choice.code) + string(choice.measure)
			if choice.municipality != 0 {
				code = fmt.Sprint(choice.municipality)
			}
			b.text(sheet, at+1, row+2, code, wordsStyle)
			longest = max(longest, utf8.RuneCountInString(choice.text))
		}
		b.width(sheet, at, min(float64(longest)+3, 50))
		b.width(sheet, at+1, 14)
		name, err := excelize.ColumnNumberToName(at)
		b.try(err)
		lists[i] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", sheet, name, name, len(c.choices)+1)
		at += 2
	}
	b.freeze(sheet, 0, 1)
	return lists
}

// helpSheet says how to fill in the table and what its columns mean.
func (t *template) helpSheet(b *book, sheet string) {
	for i, width := range []float64{34, 78, 18, 34} {
		b.width(sheet, i+1, width)
	}
	b.text(sheet, 1, 1, t.form.Name.In(t.language), titleStyle)
	row := 2
	total, data := t.say("total", nil), t.say("sheet.data", nil)
	for _, key := range []string{"fill_in", "zero", "totals", "rows", "persons", "send"} {
		row++
		text := t.say("help."+key, locale.Args{"total": total, "sheet": data, "not_applicable": t.say("not_applicable", nil)})
		b.text(sheet, 1, row, text, noteStyle)
	}
	row += 2
	for i, key := range []string{"column", "meaning", "unit", "write"} {
		b.text(sheet, i+1, row, t.say("help.head."+key, nil), headStyle)
	}
	for i := range t.columns {
		c := &t.columns[i]
		row++
		unit := ""
		if c.unit != nil {
			unit = c.unit.Name.In(t.language)
		}
		b.text(sheet, 1, row, c.header, boldStyle)
		b.text(sheet, 2, row, c.meaning, wordsStyle)
		b.text(sheet, 3, row, unit, wordsStyle)
		b.text(sheet, 4, row, c.brief, wordsStyle)
		b.try(b.file.SetRowHeight(sheet, row, 13.5*float64(max(table.Lines(c.header, 32), table.Lines(c.meaning, 80), table.Lines(c.brief, 34)))+4))
	}
}

// persons reports whether the rows may be broken down by dimensions of persons.
func (t *template) persons() bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.ofPersons() })
}

// width is the width of a column in letters.
func (c *column) width() float64 {
	switch c.Role {
	case programme.FigureColumn:
		longest := 0
		for word := range strings.FieldsSeq(c.header) {
			longest = max(longest, utf8.RuneCountInString(word)+2)
		}
		return float64(max(14, min(longest, 26)))
	case programme.NoteColumn:
		return 24
	}
	longest := utf8.RuneCountInString(c.header) + 2
	for _, choice := range c.choices {
		longest = max(longest, utf8.RuneCountInString(choice.text)+2)
	}
	return float64(max(12, min(longest, 26)))
}

// frozen is how many columns stay in sight: those that say what a row is about, as
// far as they leave room for the figures.
func (t *template) frozen() int {
	width := 0.0
	for i := range t.columns {
		if width += t.columns[i].width(); !t.columns[i].key() || width > 70 {
			return i
		}
	}
	return len(t.columns)
}

// shortened cuts a text to the length that Excel allows, in UTF-16 units.
func shortened(text string, most int) string {
	units := utf16.Encode([]rune(text))
	if len(units) <= most {
		return text
	}
	return strings.TrimRight(string(utf16.Decode(units[:most-2])), " ,.;:\uFFFD") + "…"
}
