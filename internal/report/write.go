package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

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

// writeCSV writes one figure a row, then one text a row, so that files of all
// years and sheets have one shape: they can be filtered in Excel, put below each
// other, and read by any program. A share stands as a percentage, as its unit
// says.
func (r Report) writeCSV(out io.Writer, language locale.Language) error {
	file, err := table.NewCSV(out)
	if err != nil {
		return err
	}
	writer := table.NewWriter(r.Programme, language)
	err = file.Write("year", "sheet", "row", "label", "column", "column_label", "value", "unit", "state", "provisional", "text", "demo", "definition", "data")
	if err != nil {
		return err
	}
	for _, sheet := range r.Sheets {
		for i, row := range sheet.Table.Rows() {
			line := func(column, columnLabel, value, unit, state, provisional, text string) error {
				return file.Write(yearText(r.Year), sheet.Code, row.Code, sheet.name(i).In(language), column, columnLabel, value, unit, state, provisional, text,
					fmt.Sprint(r.Programme.Demo), r.Programme.Fingerprint, r.Data)
			}
			for j, column := range sheet.Table.Columns() {
				cell := row.Cells[j]
				value := ""
				if cell.State == disclosure.Shown {
					value = writer.Exported(cell)
				}
				err := line(column.Code, column.Label.In(language), value, string(cell.Unit), table.StateName(cell.State), fmt.Sprint(cell.Provisional), writer.Spoken(cell))
				if err != nil {
					return err
				}
			}
			for _, words := range sheet.After {
				if text := words.Cells[i].In(language); text != "" {
					if err := line(words.Code, words.Header.In(language), "", "", "text", "", text); err != nil {
						return err
					}
				}
			}
		}
	}
	return file.Close()
}

// name is what a row is called: its name where there is one, else its label.
func (s Sheet) name(row int) locale.Text {
	for _, words := range s.Before {
		if words.Code == "name" {
			return words.Cells[row]
		}
	}
	return s.Table.Rows()[row].Label
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
	Code  string                `json:"code"`
	Label string                `json:"label"`
	Words map[string]string     `json:"words,omitempty"`
	Cells map[string]table.Cell `json:"cells"`
}

func (r Report) writeJSON(out io.Writer, language locale.Language) error {
	d := document{Year: r.Year, Programme: r.Programme.Name.In(language), Canton: r.Programme.Canton.In(language), Language: language, Demo: r.Programme.Demo,
		Created: r.Created.UTC().Format("2006-01-02T15:04:05Z"), Definition: r.Programme.Fingerprint, Data: r.Data}
	writer := table.NewWriter(r.Programme, language)
	for _, sheet := range r.Sheets {
		one := sheetDocument{Code: sheet.Code, Title: sheet.Title.In(language)}
		for _, note := range sheet.Notes {
			one.Notes = append(one.Notes, note.In(language))
		}
		for i, row := range sheet.Table.Rows() {
			line := rowDocument{Code: row.Code, Label: row.Label.In(language), Cells: map[string]table.Cell{}, Words: map[string]string{}}
			for _, words := range append(append([]Words{}, sheet.Before...), sheet.After...) {
				line.Words[words.Code] = words.Cells[i].In(language)
			}
			for j, column := range sheet.Table.Columns() {
				line.Cells[column.Code] = writer.Cell(row.Cells[j])
			}
			one.Rows = append(one.Rows, line)
		}
		d.Sheets = append(d.Sheets, one)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("write the report as JSON: %w", err)
	}
	return nil
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
