package intake

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

	"kipmonitor/internal/csvtext"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/xlsx"
)

// A workbook is read as a text is: its rows come from a sheet instead of from lines.
// What is its own is which sheet that is, merged cells in the header, what nobody
// sees, formulas, and what a workbook may hold beside figures.

// openBook opens a workbook; false where it cannot be read, and the findings say why.
func (c *checker) openBook() (bool, error) {
	if c.plan.survey.Binary == "ole" {
		return false, c.scanFault(xlsx.Compound(c.file.Content, c.file.Size), 1)
	}
	b, err := xlsx.Open(c.file.Content, c.file.Size)
	if err != nil {
		return false, c.scanFault(err, 1)
	}
	for _, sheet := range b.Sheets {
		sheet.Name = clip(sheet.Name)
	}
	c.plan.book = b
	return true, nil
}

// errEmpty says that nothing stands in any sheet.
var errEmpty = errors.New("nothing in the workbook")

// candidate is a sheet that may be the one with the figures.
type candidate struct {
	*sample
	known      int  // columns of its header with a meaning, each meaning once
	understood bool // its header is one of a form
	filled     bool // and figures stand below it
}

// better reports whether a is rather the sheet that is meant.
func (a candidate) better(b candidate) bool {
	rank := func(x candidate) (understood, filled, known, figures int) {
		if x.understood {
			understood, known, figures = 1, x.known, x.fits[0].figures
		}
		if x.filled {
			filled = 1
		}
		return understood, filled, known, figures
	}
	aUnderstood, aFilled, aKnown, aFigures := rank(a)
	bUnderstood, bFilled, bKnown, bFigures := rank(b)
	return cmp.Or(aUnderstood-bUnderstood, aFilled-bFilled, aKnown-bKnown, aFigures-bFigures) > 0
}

// chooseSheet finds the visible sheet that fits a form best. Other sheets with
// figures for a form would be lost, so the file is not read without a word on them.
func (c *checker) chooseSheet() (*sample, error) {
	var best candidate
	var further, hidden []*xlsx.Sheet
	named := c.personalNames()
	c.plan.spent = new(int)
	defer func() { c.plan.spent = nil }()
	expected := c.expect.Form
	for _, sheet := range c.plan.book.Sheets {
		if err := c.plan.book.Survey(c.file.Content, c.file.Size, sheet); err != nil {
			return nil, err
		}
		// Also figures for another form than the expected one are not to be lost.
		c.expect.Form = ""
		one, err := c.candidate(sheet)
		c.expect.Form = expected
		if err != nil {
			return nil, err
		}
		if one.filled && sheet.Hidden {
			hidden = append(hidden, sheet)
		} else if one.filled {
			further = append(further, sheet)
		}
		if sheet.Hidden {
			continue
		}
		if expected != "" {
			if one, err = c.candidate(sheet); err != nil {
				return nil, err
			}
		}
		if len(one.rows) > 0 && (best.sample == nil || one.better(best)) {
			best = one
		}
	}
	if len(hidden) > 0 {
		c.whole(Hint, "sheet_hidden", locale.Args{"sheets": sheetNames(hidden)})
	}
	if best.sample == nil {
		return nil, errEmpty
	}
	c.plan.sheet, c.expectedRows = best.sheet, best.sheet.Rows
	further = slices.DeleteFunc(further, func(s *xlsx.Sheet) bool { return s == best.sheet })
	if best.understood && len(further) > 0 {
		c.whole(Error, "sheet_further", locale.Args{"sheet": best.sheet.Name, "sheets": sheetNames(further)})
	}
	if err := c.personalElsewhere(named); err != nil {
		return nil, err
	}
	c.report.Sheet, c.findings.sheet = best.sheet.Name, best.sheet.Name
	return best.sample, nil
}

// sheetNames lists sheets, their names between quotation marks.
func sheetNames(sheets []*xlsx.Sheet) locale.Text {
	return everyLanguage(func(l locale.Language) string {
		var names []string
		for _, s := range sheets {
			names = append(names, l.Quote(s.Name))
		}
		return strings.Join(names, ", ")
	})
}

// candidate looks at the beginning of a sheet, and for figures in it.
func (c *checker) candidate(sheet *xlsx.Sheet) (candidate, error) {
	s, err := c.sample(csvtext.Dialect{}, sheet)
	if err != nil {
		return candidate{}, err
	}
	one := candidate{sample: s}
	if len(s.fits) > 0 {
		// A sheet that explains a form names one figure again and again.
		one.known = s.fits[0].known
		seen := map[figure.KeyFigure]bool{}
		for _, column := range s.fits[0].columns {
			if column.role == figureCell && seen[column.keyFigure] {
				one.known--
			}
			seen[column.keyFigure] = true
		}
		one.understood = one.known >= 2
	}
	if !one.understood {
		return one, nil
	}
	err = c.eachRow(sheet, func(cells [][]byte, row uint32) bool {
		if row <= s.numbers[s.header] || c.headsTotals(cells) {
			return false
		}
		for i, column := range s.fits[0].columns {
			if column.role == figureCell || column.role == valueCell {
				one.filled = one.filled || isFigure(cellAt(cells, i))
			}
		}
		return one.filled
	})
	return one, err
}

// isFigure reports whether a cell holds a number or a formula, and no words.
func isFigure(cell []byte) bool {
	if len(cell) > 60 {
		return false
	}
	for _, currency := range []string{"CHF", "Fr."} {
		cell = bytes.Trim(bytes.TrimPrefix(cell, []byte(currency)), " ")
	}
	return bytes.ContainsAny(cell, "=0123456789") && len(bytes.Trim(cell, "=0123456789'’.,+-–−()% \u00a0\u202f")) == 0
}

// eachRow calls do with the rows of a sheet until it returns true.
func (c *checker) eachRow(sheet *xlsx.Sheet, do func(cells [][]byte, row uint32) bool) error {
	rows, err := c.plan.book.Rows(c.file.Content, c.file.Size, sheet, c.plan.spent)
	if err != nil {
		return err
	}
	for {
		cells, number, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if do(cells, number) {
			return nil
		}
	}
}

// maxSampled bounds the cells at the top of all sheets that are looked at for a header.
const maxSampled = 150_000

// mayLook counts the cells that are looked at for a header.
func (c *checker) mayLook(cells int) bool {
	c.sampled += cells
	return c.sampled <= maxSampled
}

// joinGroups puts the title of a group, which is merged over several columns, before
// those below it that say nothing alone: «Davon» over «informiert».
func (c *checker) joinGroups(s *sample, texts []string, number uint32) []string {
	for i, text := range texts {
		group := slices.IndexFunc(s.sheet.Merged, func(m xlsx.Range) bool {
			return m.LastRow+1 == number && m.FirstColumn < m.LastColumn && m.FirstColumn <= i && i <= m.LastColumn
		})
		if group < 0 || text == "" || c.headers.known[c.headers.key(text)] {
			continue
		}
		m := s.sheet.Merged[group]
		row := int(m.FirstRow) - 1 // all rows at the top are there
		if row < 0 || row >= len(s.rows) || m.FirstColumn >= len(s.rows[row]) {
			continue
		}
		if both := s.rows[row][m.FirstColumn] + " " + text; c.headers.known[c.headers.key(both)] {
			texts[i] = both
		}
	}
	return texts
}

// endOfHeader is the last row of the header, whose cells may be merged over several; a
// row with a number in it is none of it.
func (s *sample) endOfHeader() uint32 {
	row := s.numbers[s.header]
	if s.sheet == nil {
		return row
	}
	end := row
	for _, m := range s.sheet.Merged {
		if m.FirstRow == row && m.FirstColumn < len(s.rows[s.header]) && s.rows[s.header][m.FirstColumn] != "" {
			end = max(end, m.LastRow)
		}
	}
	for i := s.header + 1; i < len(s.rows) && s.numbers[i] <= end; i++ {
		if slices.ContainsFunc(s.rows[i], func(text string) bool { return isFigure([]byte(text)) }) {
			return s.numbers[i] - 1
		}
	}
	return min(end, s.numbers[len(s.numbers)-1])
}

// beside is the column of the cell on the right of another, which may be merged over
// several columns.
func (s *sample) beside(row uint32, column int) int {
	if s.sheet != nil {
		for _, m := range s.sheet.Merged {
			if m.FirstRow <= row && row <= m.LastRow && m.FirstColumn == column {
				return m.LastColumn + 1
			}
		}
	}
	return column + 1
}

// sheetRows are the rows of a sheet as a table has them: below the header, a text that
// is merged over several columns stands in each of them that has a title.
type sheetRows struct {
	*xlsx.Rows
	plan *plan
}

// Next is as Rows.Next.
func (s sheetRows) Next() ([][]byte, uint32, error) {
	cells, row, err := s.Rows.Next()
	if err == nil && s.plan.headerRow > 0 && row > s.plan.headerRow {
		cells, err = s.Spread(s.plan.hasTitle)
	}
	return cells, row, err
}

// hasTitle reports whether a column has a title.
func (pl *plan) hasTitle(column int) bool {
	return column < len(pl.columns) && pl.columns[column].role != ignored
}

// parts reports whether merged cells part a figure among rows or columns of the table.
// Over columns without a title, or rows in which nothing else stands, they do not.
func (pl *plan) parts(m xlsx.Range, row uint32) bool {
	titles := 0
	for column := m.FirstColumn; column <= m.LastColumn && column < len(pl.columns); column++ {
		if pl.hasTitle(column) {
			titles++
		}
	}
	return row > m.FirstRow || titles > 1
}
