package workbook

import (
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/table"
)

// What a sheet of Excel holds.
const (
	maxSheetRows    = 1_048_576
	maxSheetColumns = 16_384
)

// look is what the first rows of a text file tell of how it should look.
type look struct {
	header uint32 // its row
	lines  int    // that the header takes
	widths []float64
}

// markText makes a workbook of the rows of a text file. Each cell holds what the
// file holds: a plain whole number becomes a number, all else stays the text that
// it is, also where a spreadsheet would make a date or a formula of it.
func (b *book) markText(file intake.File, report intake.Report, m *marks) error {
	m.table = b.language.Say("workbook.sheet.data", nil)
	b.try(b.file.SetSheetName("Sheet1", m.table))
	b.addFirst()
	l, err := lookAt(file, report)
	if err != nil {
		return err
	}
	if l.header > 0 {
		b.freeze(m.table, 0, int(l.header))
	}
	b.try(table.FitPage(b.file, m.table, file.Name))
	m.settle(func(figure.Cell) uint16 { return 1 })
	for _, place := range m.sorted() {
		b.comment(m.table, b.at(int(place.Column), int(place.Row)), m.cells[place])
	}
	if b.err != nil {
		return b.err
	}
	rows, err := b.file.NewStreamWriter(m.table)
	if err != nil {
		return err
	}
	for i, width := range l.widths {
		b.try(rows.SetColWidth(i+1, i+1, width))
	}
	err = intake.Rows(file, report, func(row uint32, header bool, cells [][]byte) error {
		if row > maxSheetRows || len(cells) > maxSheetColumns {
			return problem.New(problem.TooLarge, "fixit_too_large", nil)
		}
		written := make([]any, len(cells))
		for i, cell := range cells {
			written[i] = b.textCell(cell, header, m.cells[figure.Cell{Row: row, Column: uint16(i + 1)}])
		}
		if header {
			return rows.SetRow("A"+strconv.Itoa(int(row)), written, excelize.RowOpts{Height: float64(l.lines)*13.5 + 5})
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
	l := look{lines: 1}
	var headers []string
	err := intake.Rows(file, report, func(row uint32, header bool, cells [][]byte) error {
		if header {
			l.header = row
		}
		// A title above the table may run over its neighbours.
		if row > 300 || l.header == 0 {
			return nil
		}
		for i, cell := range cells[:min(len(cells), 200)] {
			if i == len(l.widths) {
				l.widths = append(l.widths, 9)
			}
			letters := utf8.RuneCount(cell)
			if header {
				headers = append(headers, string(cell))
				letters = min(letters, 20) // it is broken into lines
			}
			l.widths[i] = max(l.widths[i], float64(min(letters+2, 34)))
		}
		return nil
	})
	for i, text := range headers {
		l.lines = max(l.lines, min(table.Lines(text, l.widths[i]-2), 6))
	}
	return l, err
}

func (b *book) textCell(cell []byte, header bool, at *mark) any {
	if at == nil && len(cell) == 0 && !header {
		return nil
	}
	style := plainStyle
	var value any = string(cell)
	if n, err := strconv.ParseInt(string(cell), 10, 64); err == nil && len(cell) <= 15 && strconv.FormatInt(n, 10) == string(cell) {
		style, value = wholeStyle, n
	}
	if header {
		style = headStyle
	}
	id := b.style(style)
	if at != nil {
		id = b.marked(id, at.severity)
	}
	return excelize.Cell{StyleID: id, Value: value}
}
