package workbook

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// writeCSV writes the template as Excel in Switzerland opens it: UTF-8 with a byte
// order mark, semicolons, CRLF. All rows are equally long.
func (t *template) writeCSV(out io.Writer) error {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	rows := csv.NewWriter(out)
	rows.Comma, rows.UseCRLF = ';', true
	write := func(texts []string) {
		row := make([]string, len(t.columns))
		for len(row) < 2 {
			row = append(row, "")
		}
		for i, text := range texts {
			row[i] = harmless(text)
		}
		_ = rows.Write(row) // kept until Flush
	}
	for _, title := range t.titles() {
		write(title)
	}
	var explained, header []string
	for i := range t.columns {
		explained, header = append(explained, t.columns[i].explained()), append(header, t.columns[i].header)
	}
	write(explained)
	write(header)
	for _, line := range t.lines {
		var texts []string
		for i := range t.columns {
			c := &t.columns[i]
			switch {
			case c.Role == programme.FigureColumn:
				texts = append(texts, t.written(line.figures[c.KeyFigure]))
			default:
				texts = append(texts, c.text(line.key))
			}
		}
		write(texts)
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// written is a figure as intake reads it back; "" where none is known.
func (t *template) written(o figure.Observation) string {
	switch {
	case o.KeyFigure == "", o.Mark == figure.Missing:
		return ""
	case o.Mark == figure.NotApplicable:
		return t.say("not_applicable", nil)
	}
	return o.Value.String()
}

// harmless puts an apostrophe before a text that a spreadsheet would take for a
// formula. A number stays as it is. Source: OWASP, CSV Injection.
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
