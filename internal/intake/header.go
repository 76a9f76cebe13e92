package intake

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// headerRows is how far down the header may stand: people put titles above it.
const headerRows = 30

// header finds the header row and the form. It returns false where the file
// cannot be read further; the findings say why.
func (c *checker) header() (bool, error) {
	scanner, err := c.plan.scanner(c.file)
	if err != nil {
		return false, c.scanFault(err, 1)
	}
	var best []fit
	var bestHeaders []string
	var sample [][]string
	for len(sample) < headerRows {
		cells, number, err := scanner.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, c.scanFault(err, number)
		}
		headers := copyCells(cells)
		sample = append(sample, headers)
		fits := c.fits(headers)
		if len(fits) > 0 && (len(best) == 0 || fits[0].known > best[0].known) {
			best, bestHeaders, c.plan.headerRow = fits, headers, number
		}
	}
	for i, header := range bestHeaders {
		if personalHeader(header) && best[0].columns[i].role == unknownCell {
			c.report.PersonalData = true
			c.add(Error, "personal_column", c.plan.headerRow, i, header, "", locale.Args{"column": header})
		}
	}
	if c.report.PersonalData {
		return false, nil
	}
	if len(best) == 0 || best[0].known < 2 {
		if c.personalSample(sample) {
			return false, nil
		}
		c.whole(Error, "header_missing", nil)
		return false, nil
	}
	chosen, ok := c.choose(best, sample[min(len(sample), int(c.plan.headerRow)):])
	if !ok {
		return false, nil
	}
	c.use(chosen)
	return c.columns(), nil
}

// personalSample looks for personal data in a file whose header nobody
// understands: a list of persons must be refused as one.
func (c *checker) personalSample(sample [][]string) bool {
	for i, cells := range sample {
		for j, cell := range cells {
			if personalHeader(cell) && i < headerRows && programme.Fold(cell) != "name" {
				c.report.PersonalData = true
				c.add(Error, "personal_column", uint32(i+1), j, "", "", locale.Args{"column": cell})
			}
			if kind := personal(cell); kind != "" {
				c.report.PersonalData = true
				c.add(Error, kind, uint32(i+1), j, "", "", nil)
			}
		}
	}
	return c.report.PersonalData
}

func copyCells(cells [][]byte) []string {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = norm.NFC.String(string(bytes.TrimSpace(cell)))
	}
	return texts
}

// fits returns how the forms fit a header row, the best first.
func (c *checker) fits(headers []string) []fit {
	var fits []fit
	for i := range c.programme.Forms {
		form := &c.programme.Forms[i]
		if c.expect.Form != "" && form.Code != c.expect.Form {
			continue
		}
		if f := fitForm(c.programme, form, headers); f.known > 0 && (f.figures > 0 || f.layout == Long || c.expect.Form != "") {
			fits = append(fits, f)
		}
	}
	slices.SortStableFunc(fits, func(a, b fit) int {
		if a.figures != b.figures {
			return b.figures - a.figures
		}
		if a.known != b.known {
			return b.known - a.known
		}
		return a.missing() - b.missing()
	})
	return fits
}

// missing counts the form's figures that the file has no column for.
func (f fit) missing() int {
	figures := 0
	for _, column := range f.form.Columns {
		if column.Role == programme.FigureColumn {
			figures++
		}
	}
	return figures - f.figures
}

// choose decides for one of the forms that fit the header. In the long layout the
// key figures below the header say which one it is.
func (c *checker) choose(fits []fit, below [][]string) (fit, bool) {
	if c.expect.Form != "" {
		return fits[0], true
	}
	if fits[0].layout == Long {
		return c.chooseLong(fits, below)
	}
	if len(fits) > 1 && fits[1].figures == fits[0].figures && fits[1].known == fits[0].known && fits[1].missing() == fits[0].missing() {
		c.whole(Error, "form_ambiguous", locale.Args{"first": fits[0].form.Name, "second": fits[1].form.Name})
		return fit{}, false
	}
	return fits[0], true
}

func (c *checker) chooseLong(fits []fit, below [][]string) (fit, bool) {
	best, most := fit{}, 0
	for _, f := range fits {
		column := slices.IndexFunc(f.columns, func(p planned) bool { return p.role == keyFigureCell })
		own := map[string]bool{}
		for _, formColumn := range f.form.Columns {
			if formColumn.Role == programme.FigureColumn {
				for _, header := range c.programme.Headers(&formColumn) {
					own[programme.Fold(header)] = true
				}
			}
		}
		hits := 0
		for _, cells := range below {
			if column >= 0 && column < len(cells) && own[programme.Fold(cells[column])] {
				hits++
			}
		}
		if hits > most || (hits == most && hits > 0 && f.known > best.known) {
			best, most = f, hits
		}
	}
	if most == 0 {
		c.whole(Error, "form_unknown", nil)
		return fit{}, false
	}
	return best, true
}

// use makes the plan of a form.
func (c *checker) use(chosen fit) {
	c.plan.form, c.plan.layout, c.plan.columns = chosen.form, chosen.layout, chosen.columns
	c.report.Form, c.report.FormVersion, c.report.Layout = chosen.form.Code, chosen.form.Version, chosen.layout
	figureOf := map[string]figure.KeyFigure{}
	for i := range chosen.form.Columns {
		column := &chosen.form.Columns[i]
		if column.Role == programme.FigureColumn {
			for _, header := range c.programme.Headers(column) {
				if _, taken := figureOf[programme.Fold(header)]; !taken {
					figureOf[programme.Fold(header)] = column.KeyFigure
				}
			}
		}
	}
	c.plan.setFigures(c.programme, func(header string) figure.KeyFigure { return figureOf[headerKey(header)] })
}

// columns checks the header: unknown, doubled and missing columns.
func (c *checker) columns() bool {
	first := map[planned]int{}
	for i, column := range c.plan.columns {
		at := func(severity Severity, code, suggestion string) {
			c.add(severity, code, c.plan.headerRow, i, column.header, suggestion, locale.Args{"column": column.header})
		}
		switch column.role {
		case unknownCell:
			if suggestion := c.suggestHeader(column.header); suggestion != "" {
				at(Warning, "column_unknown", suggestion)
			} else {
				at(Hint, "column_unknown", "")
			}
		case ignored, noteCell, municipalityCell, periodCell:
			// A municipality may have columns for number and name, a period for year
			// and quarter; whether they agree is seen row by row.
		default:
			same := planned{role: column.role, dimension: column.dimension, figure: column.figure}
			if _, twice := first[same]; twice {
				at(Error, "column_twice", "")
			}
			first[same] = i
		}
	}
	for i := range c.plan.form.Columns {
		c.missingColumn(&c.plan.form.Columns[i])
	}
	return c.report.Count(Error) == 0 || c.readable()
}

// readable reports whether the rows can be checked although the header has
// faults: all faults should come at once.
func (c *checker) readable() bool {
	for _, finding := range c.report.Findings {
		if finding.Severity == Error && (finding.Code == "column_twice" || (finding.Code == "column_missing" && c.plan.layout == Long)) {
			return false
		}
	}
	return true
}

func (c *checker) suggestHeader(header string) string {
	known := map[string]string{}
	for i := range c.plan.form.Columns {
		for _, name := range c.programme.Headers(&c.plan.form.Columns[i]) {
			known[programme.Fold(name)] = name
		}
	}
	return suggest(header, known, func(name string) string { return name })
}

func (c *checker) missingColumn(column *programme.Column) {
	if !column.Required {
		return
	}
	name := c.programme.ColumnName(column)
	missing := false
	switch column.Role {
	case programme.OrganisationColumn:
		// It may follow from the municipality, or be known from elsewhere.
		return
	case programme.PeriodColumn:
		missing = !c.plan.has(periodCell) && c.expect.Period.Year == 0
	case programme.MunicipalityColumn:
		office := c.programme.Organisation(c.expect.Organisation)
		missing = !c.plan.has(municipalityCell) && (office == nil || office.Kind != programme.MunicipalityOffice)
	case programme.MeasureColumn:
		missing = !c.plan.has(measureCell)
	case programme.DimensionColumn:
		missing = !slices.ContainsFunc(c.plan.columns, func(p planned) bool { return p.dimension != nil && p.dimension.Name == column.Dimension })
	case programme.FigureColumn:
		index := slices.Index(c.plan.figures, column.KeyFigure)
		missing = c.plan.layout == Wide && !slices.ContainsFunc(c.plan.columns, func(p planned) bool { return p.role == figureCell && p.figure == index })
	}
	if missing {
		c.add(Error, "column_missing", c.plan.headerRow, -1, name.DE, "", locale.Args{"column": name})
	}
}

// context reads whose figures a row holds and of when: every row must say the
// same as the first one and as the caller.
func (c *checker) context(cells [][]byte, row uint32) {
	if blank(cells) {
		return
	}
	c.periodOf(cells, row)
	c.organisationOf(cells, row)
}

func (c *checker) periodOf(cells [][]byte, row uint32) {
	if !c.plan.has(periodCell) {
		if c.plan.period.Year == 0 && c.expect.Period.Year != 0 {
			c.setPeriod(c.expect.Period, row, -1)
		}
		return
	}
	text, column := c.texts(cells, periodCell)
	if text == "" {
		if c.firstCell(cells) {
			return // a row of totals
		}
		if c.expect.Period.Year == 0 {
			c.add(Error, "period_missing", row, column, "", "", nil)
		}
		return
	}
	if text == c.lastPeriod {
		return
	}
	period, ok := c.parsePeriods(cells)
	if !ok {
		c.add(Error, "period_unreadable", row, column, text, "", locale.Args{"text": text, "example": c.examplePeriod()})
		return
	}
	c.lastPeriod = text
	switch {
	case c.plan.period.Year == 0:
		c.setPeriod(period, row, column)
	case period != c.plan.period:
		c.lastPeriod = ""
		c.add(Error, "period_differs", row, column, text, "", locale.Args{"text": text, "first": c.plan.period})
	}
}

// firstCell reports whether the row is one of totals, which has no period.
func (c *checker) firstCell(cells [][]byte) bool {
	for _, cell := range cells {
		if text := strings.TrimSpace(string(cell)); text != "" {
			return isTotal(text)
		}
	}
	return false
}

func (c *checker) parsePeriods(cells [][]byte) (figure.Period, bool) {
	var year figure.Year
	var period figure.Period
	found := false
	for i, column := range c.plan.columns {
		if column.role != periodCell || i >= len(cells) {
			continue
		}
		text := strings.TrimSpace(string(cells[i]))
		if text == "" {
			continue
		}
		read, ok := parsePeriod(text, c.plan.form.Periodicity, year)
		if !ok {
			return figure.Period{}, false
		}
		if read.Part == figure.WholeYear {
			year = read.Year
		}
		if !found || read.Part != figure.WholeYear {
			period = read
		}
		found = true
	}
	return period, found
}

func (c *checker) setPeriod(period figure.Period, row uint32, column int) {
	form, p := c.plan.form, c.programme
	text := period.String()
	first, last := max(form.From, p.DataFrom), p.LastYear
	if form.To != 0 {
		last = min(last, form.To)
	}
	switch {
	case period.Periodicity() != form.Periodicity:
		c.add(Error, "period_kind", row, column, text, "", locale.Args{"text": period, "example": c.examplePeriod()})
		return
	case period.Year < first || period.Year > last:
		c.add(Error, "period_outside", row, column, text, "", locale.Args{"text": period, "from": yearText(first), "to": yearText(last)})
		return
	case c.expect.Period.Year != 0 && period != c.expect.Period:
		c.add(Error, "period_expected", row, column, text, "", locale.Args{"text": period, "expected": c.expect.Period})
		return
	}
	c.plan.period, c.report.Period = period, period
}

func (c *checker) examplePeriod() string {
	return figure.Period{Year: c.programme.FirstYear, Part: c.plan.form.Periodicity.Parts()[0]}.String()
}

func (c *checker) organisationOf(cells [][]byte, row uint32) {
	text, column := c.texts(cells, organisationCell)
	if text == c.lastOrganisation && c.plan.organisation != "" {
		return
	}
	if text == "" {
		if c.firstCell(cells) || c.plan.organisation != "" {
			return
		}
		c.organisationByDefault(cells, row, column)
		return
	}
	code, found := c.names.organisation(text)
	if !found {
		suggestion := suggest(text, c.names.organisations, func(code figure.Organisation) string { return c.programme.Organisation(code).Name.DE })
		c.add(Error, "organisation_unknown", row, column, text, suggestion, locale.Args{"text": text})
		return
	}
	c.lastOrganisation = text
	if c.plan.organisation != "" && c.plan.organisation != code {
		c.lastOrganisation = ""
		c.add(Error, "organisation_differs", row, column, text, "", locale.Args{"text": text, "first": c.programme.Organisation(c.plan.organisation).Name})
		return
	}
	c.setOrganisation(code, row, column, text)
}

// organisationByDefault takes the organisation that the caller names, or the
// municipality that the row is about, where municipalities owe the form.
func (c *checker) organisationByDefault(cells [][]byte, row uint32, column int) {
	if c.expect.Organisation != "" {
		c.setOrganisation(c.expect.Organisation, row, column, string(c.expect.Organisation))
		return
	}
	if slices.Contains(c.plan.form.OwedBy.Kinds, programme.MunicipalityOffice) {
		if text, _ := c.texts(cells, municipalityCell); text != "" {
			if number, found := c.names.municipality(strings.Fields(text)[0]); found {
				c.setOrganisation(programme.MunicipalityCode(number), row, column, text)
			} else if number, found := c.names.municipality(text); found {
				c.setOrganisation(programme.MunicipalityCode(number), row, column, text)
			}
			return
		}
	}
	c.add(Error, "organisation_missing", 0, -1, "", "", nil)
}

func (c *checker) setOrganisation(code figure.Organisation, row uint32, column int, text string) {
	if c.plan.organisation == code {
		return
	}
	office := c.programme.Organisation(code)
	switch {
	case office == nil:
		c.add(Error, "organisation_unknown", row, column, text, "", locale.Args{"text": text})
		return
	case c.expect.Organisation != "" && c.expect.Organisation != code:
		c.add(Error, "organisation_expected", row, column, text, "", locale.Args{"text": text, "expected": c.programme.Organisation(c.expect.Organisation).Name})
		return
	case c.plan.period.Year != 0 && !c.programme.Owes(office, c.plan.form, c.plan.period):
		c.add(Error, "form_not_owed", row, column, text, "", locale.Args{"organisation": office.Name, "form": c.plan.form.Name, "period": c.plan.period})
		return
	}
	c.plan.organisation, c.report.Organisation = code, code
}

// texts joins what stands in the columns of a role.
func (c *checker) texts(cells [][]byte, r role) (string, int) {
	joined, column := "", -1
	for i := range c.plan.columns {
		if c.plan.columns[i].role != r {
			continue
		}
		if column < 0 {
			column = i
		}
		if i < len(cells) {
			if text := bytes.TrimSpace(cells[i]); len(text) > 0 {
				if joined != "" {
					joined += " "
				}
				joined += string(text)
			}
		}
	}
	return joined, column
}
