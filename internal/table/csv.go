package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
)

// CSV writes a table as Excel in Switzerland opens it: semicolons, a byte order
// mark, CRLF. A row of the table is a row of the file: its code, its label, then
// the figures with a point and all their decimals, shares as percentages. The
// header names the unit where a column has one unit; otherwise a column with the
// units follows. The last column says in words what marks mean.
func (w Writer) CSV(out io.Writer, t disclosure.Table) error {
	file, err := NewCSV(out)
	if err != nil {
		return err
	}
	units := columnUnits(t)
	head := []string{w.Language.Say("table.code", nil), w.Language.Say("table.label", nil)}
	for i, column := range t.Columns() {
		label := column.Label.In(w.Language)
		switch {
		case len(units[i]) == 1:
			head = append(head, label+" ["+w.Unit(units[i][0])+"]")
		case len(units[i]) > 1:
			head = append(head, label, label+": "+w.Language.Say("table.unit", nil))
		default:
			head = append(head, label)
		}
	}
	head = append(head, w.Language.Say("table.marks", nil))
	if err := file.Write(head...); err != nil {
		return err
	}
	for _, row := range t.Rows() {
		cells := []string{row.Code, row.Label.In(w.Language)}
		var marks []string
		for i, c := range row.Cells {
			cells = append(cells, w.Exported(c))
			if len(units[i]) > 1 {
				cells = append(cells, w.Unit(c.Unit))
			}
			if spoken := w.Spoken(c); spoken != "" {
				marks = append(marks, t.Columns()[i].Label.In(w.Language)+": "+spoken)
			}
		}
		if err := file.Write(append(cells, strings.Join(marks, "; "))...); err != nil {
			return err
		}
	}
	for _, note := range t.Notes() {
		line := make([]string, len(head)) // all rows of a file are equally long
		line[0] = note.In(w.Language)
		if err := file.Write(line...); err != nil {
			return err
		}
	}
	return file.Close()
}

// Exported writes a figure for a machine, with a point and all its decimals and a
// share as a percentage, or its mark.
func (w Writer) Exported(c disclosure.Cell) string {
	if c.State != disclosure.Shown {
		return w.Text(c)
	}
	if c.Unit == figure.Percent {
		// Two of the four decimals of a fraction go into the percentage.
		return hundredfold(c.Value)
	}
	return c.Value.String()
}

// hundredfold writes a share as a percentage, exactly.
func hundredfold(share figure.Decimal) string {
	if times := share * 100; times/100 == share {
		return times.String()
	}
	// Beyond the range of a Decimal there is room in the text alone.
	return share.String() + "E2"
}

// columnUnits lists the units that stand in each column.
func columnUnits(t disclosure.Table) [][]figure.Unit {
	units := make([][]figure.Unit, len(t.Columns()))
	for _, row := range t.Rows() {
	cells:
		for i, c := range row.Cells {
			if c.Unit == "" {
				continue
			}
			for _, known := range units[i] {
				if known == c.Unit {
					continue cells
				}
			}
			units[i] = append(units[i], c.Unit)
		}
	}
	return units
}

// CSVFile writes rows of texts and numbers that no spreadsheet takes for
// formulas.
type CSVFile struct{ rows *csv.Writer }

// NewCSV begins a file with the byte order mark, by which Excel knows UTF-8.
func NewCSV(out io.Writer) (CSVFile, error) {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return CSVFile{}, fmt.Errorf("write CSV: %w", err)
	}
	rows := csv.NewWriter(out)
	rows.Comma, rows.UseCRLF = ';', true
	return CSVFile{rows}, nil
}

// Write writes a row.
func (f CSVFile) Write(cells ...string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = harmless(cell)
	}
	if err := f.rows.Write(safe); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// Close writes what is left.
func (f CSVFile) Close() error {
	f.rows.Flush()
	if err := f.rows.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// harmless puts an apostrophe before a text that a spreadsheet would take for a
// formula: one that starts with = + - @ in any width, a tab or a line break,
// after blanks or not. A number stays as it is. Source: OWASP, CSV Injection.
func harmless(text string) string {
	if _, err := figure.ParseDecimal(text); err == nil {
		return text
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \u00a0\ufeff"))
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}
