package report

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/table"
)

// Format is how a report is written.
type Format string

// The formats.
const (
	XLSX Format = "xlsx" // a workbook with a sheet for each table, to read
	CSV  Format = "csv"  // one row a cell, to take further
	JSON Format = "json" // all of it as one document
)

// Formats lists them.
var Formats = [...]Format{XLSX, CSV, JSON}

// ErrFormat says that there is no such format.
var ErrFormat = errors.New("no such format: there are xlsx, csv and json")

// Write writes the report in a format and a language.
func (r Report) Write(out io.Writer, format Format, language locale.Language) error {
	switch format {
	case XLSX:
		return r.writeWorkbook(out, language)
	case CSV:
		return r.writeCSV(out, language)
	case JSON:
		return r.writeJSON(out, language)
	}
	return ErrFormat
}

// states names the state of a cell in CSV and JSON.
var states = map[disclosure.State]string{disclosure.Shown: "shown", disclosure.Hidden: "hidden", disclosure.Missing: "missing",
	disclosure.NotApplicable: "not_applicable", disclosure.NotComputable: "not_computable"}

// writeCSV writes one row a number: sheet, row, column, value, unit, state. Files
// of this shape can be filtered in Excel and read by any program; Excel in
// Switzerland wants the semicolon and the byte order mark.
func (r Report) writeCSV(out io.Writer, language locale.Language) error {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return err
	}
	writer := csv.NewWriter(out)
	writer.Comma, writer.UseCRLF = ';', true
	write := func(cells ...string) error {
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		return writer.Write(cells)
	}
	err := write("year", "sheet", "row", "label", "column", "column_label", "value", "unit", "state", "provisional", "demo", "definition", "data")
	if err != nil {
		return err
	}
	for _, sheet := range r.Sheets {
		for i, row := range sheet.Table.Rows() {
			label := row.Label.In(language)
			for _, words := range sheet.Before {
				if words.Code == "name" {
					label = words.Cells[i].In(language)
				}
			}
			for j, column := range sheet.Table.Columns() {
				cell := row.Cells[j]
				value := ""
				if cell.State == disclosure.Shown {
					value = cell.Value.String()
				}
				err := write(yearText(r.Year), sheet.Code, row.Code, label, column.Code, column.Label.In(language), value, string(cell.Unit),
					states[cell.State], fmt.Sprint(cell.Provisional), fmt.Sprint(r.Programme.Demo), r.Programme.Fingerprint, r.Data)
				if err != nil {
					return err
				}
			}
		}
	}
	writer.Flush()
	return writer.Error()
}

// harmless puts an apostrophe before a text that a spreadsheet would take for a
// formula; a number stays as it is.
func harmless(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := figure.ParseDecimal(text); err == nil {
		return text
	}
	return "'" + text
}

// document is the report as JSON.
type document struct {
	Year       figure.Year     `json:"year"`
	Programme  string          `json:"programme"`
	Canton     string          `json:"canton"`
	Language   locale.Language `json:"language"`
	Demo       bool            `json:"demo"`
	Created    string          `json:"created"`
	Definition string          `json:"definition"` // fingerprint of the programme definition
	Data       string          `json:"data"`       // state of the data
	Sheets     []sheetDocument `json:"sheets"`
}

type sheetDocument struct {
	Code  string        `json:"code"`
	Title string        `json:"title"`
	Notes []string      `json:"notes,omitempty"`
	Rows  []rowDocument `json:"rows"`
}

type rowDocument struct {
	Code  string                  `json:"code"`
	Label string                  `json:"label"`
	Words map[string]string       `json:"words,omitempty"`
	Cells map[string]cellDocument `json:"cells"`
}

type cellDocument struct {
	Value       *figure.Decimal `json:"value"` // null unless shown
	Unit        figure.Unit     `json:"unit,omitempty"`
	State       string          `json:"state"`
	Provisional bool            `json:"provisional,omitempty"`
}

func (r Report) writeJSON(out io.Writer, language locale.Language) error {
	d := document{Year: r.Year, Programme: r.Programme.Name.In(language), Canton: r.Programme.Canton.In(language), Language: language, Demo: r.Programme.Demo,
		Created: r.Created.UTC().Format("2006-01-02T15:04:05Z"), Definition: r.Programme.Fingerprint, Data: r.Data}
	for _, sheet := range r.Sheets {
		one := sheetDocument{Code: sheet.Code, Title: sheet.Title.In(language)}
		for _, note := range sheet.Notes {
			one.Notes = append(one.Notes, note.In(language))
		}
		for i, row := range sheet.Table.Rows() {
			line := rowDocument{Code: row.Code, Label: row.Label.In(language), Cells: map[string]cellDocument{}, Words: map[string]string{}}
			for _, words := range append(append([]Words{}, sheet.Before...), sheet.After...) {
				line.Words[words.Code] = words.Cells[i].In(language)
			}
			for j, column := range sheet.Table.Columns() {
				cell := row.Cells[j]
				c := cellDocument{Unit: cell.Unit, State: states[cell.State], Provisional: cell.Provisional}
				if cell.State == disclosure.Shown {
					c.Value = &cell.Value
				}
				line.Cells[column.Code] = c
			}
			one.Rows = append(one.Rows, line)
		}
		d.Sheets = append(d.Sheets, one)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", " ")
	return encoder.Encode(d)
}

// Line is a row of a sheet as words, for a page.
type Line struct {
	Label  string
	Total  bool
	Before []string
	Cells  []string
	After  []string
}

// Lines writes the rows of a sheet in a language.
func (s Sheet) Lines(writer table.Writer) []Line {
	var lines []Line
	for i, row := range s.Table.Rows() {
		line := Line{Label: row.Label.In(writer.Language), Total: row.Total}
		for _, words := range s.Before {
			line.Before = append(line.Before, words.Cells[i].In(writer.Language))
		}
		for _, cell := range row.Cells {
			line.Cells = append(line.Cells, writer.Text(cell))
		}
		for _, words := range s.After {
			line.After = append(line.After, words.Cells[i].In(writer.Language))
		}
		lines = append(lines, line)
	}
	return lines
}
