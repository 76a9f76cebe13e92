package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"kipmonitor/internal/csvtext"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/xlsx"
)

// One file is for one form, one organisation and one period. What the first rows
// say of them holds for all: it is found before the rows are checked, since what a
// row may hold depends on it, and then each row is compared with it.

// context is what a file says of whom and when it is.
type context struct {
	columns []int    // of organisation and period
	last    [][]byte // what stood there in the row above
	faults  []fault  // and what is wrong with it
	fresh   bool     // last is not set yet
	known   map[string][]fault
	further []fault // of the last text that was wrong
}

// establish finds period and organisation: in the columns, above the header, by
// what the caller expects, or from the municipality that a row is about.
func (c *checker) establish() error {
	for i, column := range c.plan.columns {
		if column.role == organisationCell || column.role == periodCell {
			c.context.columns = append(c.context.columns, i)
		}
	}
	c.context.last, c.context.fresh, c.context.known = make([][]byte, len(c.context.columns)), true, map[string][]fault{}
	if err := c.establishPeriod(); err != nil {
		return err
	}
	c.readTitles()
	return c.establishOrganisation()
}

// The first row that says something possible decides: one slip in the first row
// must not make all the others wrong.
func (c *checker) establishPeriod() error {
	type place struct {
		period figure.Period
		row    uint32
		column int
		text   string
	}
	var first place // that can be read
	if c.plan.has(periodCell) {
		before := ""
		err := c.firstRow(func(cells [][]byte, row uint32) bool {
			text, column := c.texts(cells, periodCell)
			if text == "" || text == before {
				return false
			}
			before = text
			period, ok := c.parsePeriods(cells)
			possible := ok && c.periodFault(period).code == ""
			if possible || ok && first.row == 0 {
				first = place{period, row, column, text}
			}
			return possible
		})
		if err != nil {
			return err
		}
	}
	if title := c.title[periodCell]; first.row == 0 && title.text != "" {
		period, ok := parsePeriod(title.text, c.plan.form.Periodicity, 0)
		if !ok {
			c.add(title.row, c.periodUnreadable(title.text, title.column))
			return nil
		}
		first = place{period, title.row, title.column, title.text}
	}
	switch {
	case first.row != 0:
		c.setPeriod(first.period, first.row, first.column, first.text)
	case c.expect.Period.Year != 0:
		c.setPeriod(c.expect.Period, 0, -1, "")
	case c.plan.has(periodCell):
		c.noPeriod = true // said by settle, unless the rows say why
	}
	return nil
}

// firstRow calls do with the rows below the header until it returns true.
func (c *checker) firstRow(do func(cells [][]byte, row uint32) bool) error {
	rows, err := c.plan.rows(c.file)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.file.Name, err)
	}
	for {
		cells, number, err := rows.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, csvtext.ErrRow) || errors.As(err, new(xlsx.Refusal)) {
			return nil // a broken row is reported when the rows are checked
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", c.file.Name, err)
		}
		if number > c.plan.headerRow && !blank(cells) && !c.headsTotals(cells) && do(cells, number) {
			return nil
		}
	}
}

// headsTotals reports whether the first cell that is filled heads a row of totals.
func (c *checker) headsTotals(cells [][]byte) bool {
	for _, cell := range cells {
		text := bytes.TrimSpace(cell)
		if len(text) == 0 {
			continue
		}
		if !bytes.Equal(text, c.firstCell) || c.firstCell == nil {
			c.firstCell, c.firstTotal = append(c.firstCell[:0], text...), c.names.isTotal(string(text))
		}
		return c.firstTotal
	}
	return false
}

// maxPeriods bounds how many different periods are read: a file has one, and the
// reading of what nobody meant as one takes its time.
const maxPeriods = 10_000

// parsePeriods reads the period of a row, which may stand in several columns:
// «Jahr» and «Quartal».
func (c *checker) parsePeriods(cells [][]byte) (figure.Period, bool) {
	if c.periods++; c.periods > maxPeriods {
		return figure.Period{}, false
	}
	var year figure.Year
	var period figure.Period
	found := false
	for pass := range 2 {
		for i, column := range c.plan.columns {
			if column.role != periodCell || i >= len(cells) {
				continue
			}
			text := plain(cells[i])
			if text == "" {
				continue
			}
			read, ok := parsePeriod(text, c.plan.form.Periodicity, year)
			switch {
			case pass == 0 && ok && read.Part == figure.WholeYear:
				year = read.Year
			case pass == 1 && !ok, pass == 1 && found && read.Year != period.Year:
				return figure.Period{}, false
			case pass == 1 && (!found || read.Part != figure.WholeYear):
				period, found = read, true
			}
		}
	}
	return period, found
}

func (c *checker) setPeriod(period figure.Period, row uint32, column int, text string) {
	if wrong := c.periodFault(period); wrong.code != "" {
		wrong.column, wrong.text = column, text
		c.add(row, wrong)
	}
	// Also a wrong period is one by which the rest can be checked.
	c.plan.period, c.report.Period = period, period
}

// periodFault says why a file cannot be for a period; its code is empty where it
// can.
func (c *checker) periodFault(period figure.Period) fault {
	form, p := c.plan.form, c.programme
	first, last := max(form.From, p.DataFrom), p.LastYear
	if form.To != 0 {
		last = min(last, form.To)
	}
	wrong := fault{severity: Error}
	switch {
	case c.expect.Period.Year != 0 && period != c.expect.Period:
		wrong.code, wrong.args = "period_expected", locale.Args{"text": period, "expected": c.expect.Period}
	case period.Periodicity() != form.Periodicity:
		wrong.code, wrong.args = "period_kind", locale.Args{"text": period, "example": c.examplePeriod()}
	case period.Year < first || period.Year > last:
		wrong.code, wrong.args = "period_outside", locale.Args{"text": period, "from": yearText(first), "to": yearText(last)}
	}
	return wrong
}

func (c *checker) examplePeriod() string {
	return figure.Period{Year: max(c.programme.FirstYear, c.plan.form.From), Part: c.plan.form.Periodicity.Parts()[0]}.String()
}

func (c *checker) periodUnreadable(text string, column int) fault {
	code := "period_unreadable"
	if dayOrMonth(simplify(text), c.plan.form.Periodicity) {
		code = "period_day_first"
	}
	return fault{severity: Error, code: code, column: column, cause: text, text: text, args: locale.Args{"text": clip(text), "example": c.examplePeriod()}}
}

func (c *checker) establishOrganisation() error {
	found := false
	if c.plan.has(organisationCell) {
		var first figure.Organisation
		var firstRow uint32
		var firstColumn int
		var firstText, before string
		err := c.firstRow(func(cells [][]byte, row uint32) bool {
			text, column := c.texts(cells, organisationCell)
			if text == "" || text == before {
				return false
			}
			before = text
			if c.organisations++; c.organisations > maxContexts {
				return true // nobody knows any of them
			}
			code, ok := c.names.organisation(text, c.plan.period.Year)
			possible := ok && c.organisationFault(code, text).code == ""
			if possible || ok && first == "" {
				first, firstRow, firstColumn, firstText = code, row, column, text
			}
			return possible
		})
		if err != nil {
			return err
		}
		if found = first != ""; found {
			c.setOrganisation(first, firstRow, firstColumn, firstText)
		}
	}
	if title := c.title[organisationCell]; !found && title.text != "" {
		if code, ok := c.names.organisation(title.text, c.plan.period.Year); ok {
			c.setOrganisation(code, title.row, title.column, title.text)
			found = true
		}
	}
	if !found && c.expect.Organisation != "" {
		c.setOrganisation(c.expect.Organisation, 0, -1, string(c.expect.Organisation))
		found = true
	}
	if !found && c.plan.has(municipalityCell) && slices.Contains(c.plan.form.OwedBy.Kinds, programme.MunicipalityOffice) {
		return c.firstRow(func(cells [][]byte, row uint32) bool {
			for i := range c.plan.columns {
				if c.plan.columns[i].role != municipalityCell || i >= len(cells) {
					continue
				}
				text := plain(cells[i])
				if number, known, agree := c.names.municipality(text, c.plan.period.Year); known && agree {
					c.setOrganisation(programme.MunicipalityCode(number), row, i, text)
					return true
				}
			}
			return false
		})
	}
	return nil
}

func (c *checker) setOrganisation(code figure.Organisation, row uint32, column int, text string) {
	if office := c.programme.Organisation(code); office != nil && c.merged(office) {
		return // said where the municipality stands
	}
	if wrong := c.organisationFault(code, text); wrong.code != "" {
		wrong.column = column
		c.add(row, wrong)
	}
	if c.programme.Organisation(code) != nil {
		c.plan.organisation, c.report.Organisation = code, code
	}
}

// organisationFault says why a file cannot be that of an organisation; its code is
// empty where it can.
func (c *checker) organisationFault(code figure.Organisation, text string) fault {
	office := c.programme.Organisation(code)
	wrong := fault{severity: Error, cause: text, text: text}
	switch expected := c.programme.Organisation(c.expect.Organisation); {
	case office == nil:
		wrong.code, wrong.args = "organisation_unknown", locale.Args{"text": clip(text)}
	case expected != nil && expected.Code != code:
		wrong.code, wrong.args = "organisation_expected", locale.Args{"text": clip(text), "expected": expected.Name}
	case c.plan.period.Year != 0 && !c.findings.has("period_") && !c.programme.Owes(office, c.plan.form, c.plan.period):
		wrong.code, wrong.args = "form_not_owed", locale.Args{"organisation": office.Name, "form": c.plan.form.Name, "period": c.plan.period}
	}
	return wrong
}

// merged reports whether an organisation is a municipality that no longer exists
// in the period and is named in a column of municipalities.
func (c *checker) merged(office *programme.Organisation) bool {
	return office.Kind == programme.MunicipalityOffice && c.plan.has(municipalityCell) && c.plan.period.Year != 0 &&
		c.programme.MunicipalityIn(office.Municipality, c.plan.period.Year) == nil
}

// yearText keeps a year from being written as a number of thousands.
func yearText(year figure.Year) string { return strconv.Itoa(int(year)) }
