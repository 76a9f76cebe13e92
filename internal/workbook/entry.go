package workbook

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/programme"
)

// Entry is a form to be filled in by hand: its columns without organisation and period,
// and its rows.
type Entry struct {
	Columns []EntryColumn
	Rows    []EntryRow
	// TotalsOnly: the form can be broken down by sex, age or status, and these rows are
	// not.
	TotalsOnly bool
	// Open: what a row is of is chosen in some rows, and a file may have more of them.
	Open bool

	template *template
}

// EntryColumn is a column of an entry.
type EntryColumn struct {
	*programme.Column
	Name, Meaning string
	Options       []EntryOption // to choose from; nil for a cell to type into
}

// EntryOption is what may be chosen in a cell: a code as a file may have it, and its name.
type EntryOption struct{ Code, Name string }

// EntryRow is a row of an entry, with what stands in its cells. What a fixed one is of
// cannot be chosen.
type EntryRow struct {
	Cells []string
	Of    string // of what it is, for people; "" where it is chosen, or the form has one row
	Fixed bool
}

// MostEntryRows is how many rows are entered by hand; a form with more is a file.
const MostEntryRows = 150

// spareRows are left to choose where nobody knows what rows there will be.
const spareRows = 5

// NewEntry returns the form of a template to be filled in by hand, with its values. Its
// rows are those of the values and those that the organisation is likely to need, without
// the parts by persons that no value is of; ok is false where there are too many.
func NewEntry(p *programme.Programme, want Template) (entry Entry, ok bool) {
	t := newTemplate(p, p.Form(want.Form), p.Organisation(want.Organisation), want)
	e := Entry{template: t}
	byPersons, ofPersons := false, false
	for i := range t.columns {
		byPersons = byPersons || t.columns[i].ofPersons()
	}
	var lines []line
	for _, l := range t.lines {
		broken := l.sex != "" || l.age != "" || l.status != ""
		if !broken || len(l.figures) > 0 {
			lines, ofPersons = append(lines, l), ofPersons || broken
		}
	}
	e.TotalsOnly = byPersons && !ofPersons
	if ofPersons {
		// An empty total above its parts would be taken for something to fill in.
		lines = slices.DeleteFunc(lines, func(l line) bool { return len(l.figures) == 0 })
	}
	shown := t.columns[:0:0]
	for i := range t.columns {
		if c := &t.columns[i]; !c.ofPersons() || ofPersons {
			shown = append(shown, *c)
		}
	}
	for i := range shown {
		e.Columns = append(e.Columns, t.entryColumn(&shown[i]))
		e.Open = e.Open || t.open(&shown[i])
	}
	for _, l := range lines {
		e.Rows = append(e.Rows, t.entryRow(shown, l))
	}
	if e.Open {
		for range spareRows {
			e.Rows = append(e.Rows, EntryRow{Cells: make([]string, len(shown))})
		}
	}
	return e, len(e.Rows) <= MostEntryRows
}

// open reports whether the rows that are needed cannot be foreseen by a column.
func (t *template) open(c *column) bool {
	return c.key() && !c.ofPersons() && c.Dimension != "funding_area" && len(c.choices) > 1 && len(t.expected(c)) == 0
}

func (t *template) entryColumn(c *column) EntryColumn {
	column := EntryColumn{Column: c.Column, Name: c.header, Meaning: c.meaning}
	for _, choice := range c.choices {
		if code := choice.fileCode(c.Role); code != "" {
			column.Options = append(column.Options, EntryOption{code, choice.text})
		}
	}
	return column
}

// fileCode is a choice as it stands in a file; "" for what is not broken down.
func (c choice) fileCode(role programme.Role) string {
	switch role {
	case programme.MunicipalityColumn:
		return strconv.Itoa(int(c.municipality))
	case programme.MeasureColumn:
		return string(c.measure)
	}
	return string(c.code)
}

func (t *template) entryRow(columns []column, l line) EntryRow {
	row := EntryRow{Fixed: true}
	var of []string
	for i := range columns {
		c := &columns[i]
		cell := ""
		if c.Role == programme.FigureColumn {
			cell = t.written(l.figures[c.KeyFigure])
		}
		for _, choice := range c.choices {
			if c.key() && choice.text == c.text(l.key) {
				if cell = choice.fileCode(c.Role); cell != "" {
					of = append(of, choice.text)
				}
			}
		}
		row.Cells = append(row.Cells, cell)
	}
	row.Of = strings.Join(of, ", ")
	return row
}

// File writes a file of what was typed, by row and column, with the form's own headers.
// A row in which no figure stands says nothing and is left out, unless all are empty.
func (e Entry) File(typed func(row, column int) string) []byte {
	t := e.template
	header := []string{t.programme.ColumnName(t.formColumn(programme.OrganisationColumn)).DE, t.programme.ColumnName(t.formColumn(programme.PeriodColumn)).DE}
	for _, c := range e.Columns {
		header = append(header, t.programme.ColumnName(c.Column).DE)
	}
	rows := [][]string{header}
	for i := range e.Rows {
		row, given := []string{string(t.office.Code), t.period.String()}, false
		for j, c := range e.Columns {
			cell := strings.TrimSpace(typed(i, j))
			given = given || cell != "" && (c.Role == programme.FigureColumn || c.Role == programme.NoteColumn)
			row = append(row, cell)
		}
		if given {
			rows = append(rows, row)
		}
	}
	if len(rows) == 1 && len(e.Rows) > 0 {
		row := []string{string(t.office.Code), t.period.String()}
		for j := range e.Columns {
			row = append(row, strings.TrimSpace(typed(0, j)))
		}
		rows = append(rows, row)
	}
	var content bytes.Buffer
	w := csv.NewWriter(&content)
	w.Comma = ';'
	// Writing to memory does not fail.
	_ = w.WriteAll(rows)
	return content.Bytes()
}

func (t *template) formColumn(role programme.Role) *programme.Column {
	for i := range t.form.Columns {
		if c := &t.form.Columns[i]; c.Role == role {
			return c
		}
	}
	return &programme.Column{Role: role}
}

// Refill puts what stands in a file that File wrote into the rows again: in those that are
// of the same, and in further ones.
func (e *Entry) Refill(file io.Reader) {
	r := csv.NewReader(file)
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		return // a file of that name which was not entered by hand
	}
	places := make([]int, len(e.Columns))
	for j, c := range e.Columns {
		places[j] = slices.Index(rows[0], e.template.programme.ColumnName(c.Column).DE)
	}
	free := 0
	for _, typed := range rows[1:] {
		cells := make([]string, len(e.Columns))
		for j, place := range places {
			if place >= 0 {
				cells[j] = typed[place]
			}
		}
		at := slices.IndexFunc(e.Rows, func(row EntryRow) bool { return row.Fixed && e.sameKey(row.Cells, cells) })
		if at < 0 {
			for free < len(e.Rows) && e.Rows[free].Fixed {
				free++
			}
			if free == len(e.Rows) {
				e.Rows = append(e.Rows, EntryRow{})
			}
			at = free
			free++
		}
		e.Rows[at].Cells = cells
	}
}

// Fixed reports whether what stands in a cell cannot be chosen.
func (e *Entry) Fixed(row, column int) bool {
	role := e.Columns[column].Role
	return e.Rows[row].Fixed && role != programme.FigureColumn && role != programme.NoteColumn
}

func (e *Entry) sameKey(a, b []string) bool {
	for j, c := range e.Columns {
		if c.Role != programme.FigureColumn && c.Role != programme.NoteColumn && a[j] != b[j] {
			return false
		}
	}
	return true
}
