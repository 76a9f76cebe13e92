package workbook

import (
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// What a sheet of Excel holds.
const (
	maxSheetRows    = 1_048_576
	maxSheetColumns = 16_384
)

// look is what the first rows of a text file tell of how it should look.
type look struct {
	header uint32
	widths []int
}

// markText makes a workbook of the rows of a text file. Each cell holds what the
// file holds: a plain whole number becomes a number, all else stays the text that
// it is, also where a spreadsheet would make a date or a formula of it.
func (b *book) markText(file intake.File, report intake.Report, m *marks) error {
	b.file = excelize.NewFile()
	m.table = b.language.Say("workbook.sheet.data", nil)
	b.try(b.file.SetSheetName("Sheet1", m.table))
	l, err := lookAt(file, report)
	if err != nil {
		return err
	}
	if l.header > 0 {
		b.freeze(m.table, 0, int(l.header))
	}
	b.page(m.table, file.Name)
	for _, place := range m.sorted() {
		b.comment(m.table, b.at(max(int(place.Column), 1), int(place.Row)), m.cells[place])
	}
	if b.err != nil {
		return b.err
	}
	rows, err := b.file.NewStreamWriter(m.table)
	if err != nil {
		return err
	}
	for i, letters := range l.widths {
		b.try(rows.SetColWidth(i+1, i+1, float64(max(9, min(letters+2, 34)))))
	}
	err = intake.Rows(file, report, func(row uint32, header bool, cells [][]byte) error {
		if row > maxSheetRows || len(cells) > maxSheetColumns {
			return problem.New(problem.TooLarge, "fixit_too_large", locale.Args{"rows": maxSheetRows, "columns": maxSheetColumns})
		}
		written := make([]any, len(cells))
		for i, cell := range cells {
			at := m.cells[figure.Cell{Row: row, Column: uint16(i + 1)}]
			if i == 0 && at == nil {
				at = m.cells[figure.Cell{Row: row}]
			}
			written[i] = b.textCell(cell, header, at)
		}
		return rows.SetRow("A"+strconv.Itoa(int(row)), written)
	})
	if err == nil {
		err = rows.Flush()
	}
	b.try(err)
	return b.err
}

// lookAt reads the first rows for the header and the widths of the columns.
func lookAt(file intake.File, report intake.Report) (look, error) {
	var l look
	err := intake.Rows(file, report, func(row uint32, header bool, cells [][]byte) error {
		if header {
			l.header = row
		}
		if row > 300 || l.header == 0 && row > 30 {
			return nil
		}
		for i, cell := range cells[:min(len(cells), 200)] {
			if i == len(l.widths) {
				l.widths = append(l.widths, 0)
			}
			// A title above the table may run over its neighbours.
			if l.header > 0 {
				letters := utf8.RuneCount(cell)
				if header {
					letters = min(letters, 20) // it is broken into lines
				}
				l.widths[i] = max(l.widths[i], letters)
			}
		}
		return nil
	})
	return l, err
}

func (b *book) textCell(cell []byte, header bool, at *mark) any {
	style := ""
	switch {
	case header:
		style = headStyle
	case len(cell) > 0:
		style = plainStyle
	}
	var value any = string(cell)
	if n, err := strconv.ParseInt(string(cell), 10, 64); err == nil && len(cell) <= 15 && strconv.FormatInt(n, 10) == string(cell) {
		value = n
		if style == plainStyle {
			style = ""
		}
	}
	if at != nil {
		return excelize.Cell{StyleID: b.marked(b.style(style), at.severity), Value: value}
	}
	if len(cell) == 0 {
		return nil
	}
	return excelize.Cell{StyleID: b.style(style), Value: value}
}
