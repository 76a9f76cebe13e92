package workbook

import (
	"io"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

// writeCSV writes the template with all rows equally long.
func (t *template) writeCSV(out io.Writer) error {
	file, err := table.NewCSV(out)
	if err != nil {
		return err
	}
	write := func(texts []string) {
		if err != nil {
			return
		}
		row := make([]string, max(2, len(t.columns)))
		copy(row, texts)
		err = file.Write(row...)
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
	if err != nil {
		return err
	}
	return file.Close()
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
