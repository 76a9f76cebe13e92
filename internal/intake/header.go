package intake

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"kipmonitor/internal/csvtext"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/xlsx"
)

const (
	// headerRows is how far down the header may stand: people put titles above it.
	headerRows = xlsx.TopRows
	// maxColumns bounds the header; the widest form has some twenty columns.
	maxColumns = xlsx.MaxColumns
)

// sample is the beginning of a file cut in one way, with the row that looks most
// like a header.
type sample struct {
	dialect csvtext.Dialect
	sheet   *xlsx.Sheet // nil in a text
	rows    [][]string
	numbers []uint32
	widths  []int // of the rows, with the empty cells at their end
	header  int   // index in rows; -1 where there is none
	fits    []fit
}

// better reports whether s makes more sense of the file than other.
func (s *sample) better(other *sample) bool {
	if other == nil || len(other.fits) == 0 || len(s.fits) == 0 {
		return other == nil || len(s.fits) > 0
	}
	a, b := s.fits[0], other.fits[0]
	return cmp.Or(a.known-b.known, a.figures-b.figures) > 0
}

// header finds the header row and the form. It returns false where the file
// cannot be read further; the findings say why.
func (c *checker) header(head []byte) (bool, error) {
	c.headers = programme.Derived(c.programme, headersKey{}, newHeaders)
	if c.expect.Form != "" && c.programme.Form(c.expect.Form) == nil {
		c.whole(Error, "form_not_known", locale.Args{"text": clip(string(c.expect.Form))})
		return false, nil
	}
	find := func() (*sample, error) { return c.cut(head) }
	if c.plan.book != nil {
		find = c.chooseSheet
	}
	best, err := find()
	if err != nil {
		return false, c.scanFault(err, 1)
	}
	c.plan.dialect, c.report.Separator = best.dialect, best.dialect.Name()
	if c.personalSample(best) {
		return false, nil
	}
	if len(best.fits) == 0 || best.fits[0].known < 2 || best.undecided() && c.expect.Form == "" {
		c.noHeader(best)
		return false, nil
	}
	chosen, ok := c.choose(best)
	if !ok {
		return false, nil
	}
	c.plan.headerRow, c.plan.width = best.endOfHeader(), best.widths[best.header]
	if err := c.use(chosen); err != nil {
		return false, err
	}
	c.nameColumn(best)
	if c.personalHeaders(); c.report.PersonalData {
		return false, nil
	}
	c.titles = best.above()
	c.title = c.titleCells(best, chosen.formHeader, c.plan.columns)
	return c.columns(), nil
}

// cut finds the dialect in which a text makes the most sense.
func (c *checker) cut(head []byte) (*sample, error) {
	var best *sample
	for _, d := range c.plan.survey.Dialects(head) {
		s, err := c.sample(d, nil)
		if errors.Is(err, csvtext.ErrRow) {
			err = nil
			if best == nil {
				best = s
			}
		}
		if err != nil {
			return nil, err
		}
		if s.better(best) {
			best = s
		}
	}
	return best, nil
}

// sample reads the beginning of a text, or of a sheet.
func (c *checker) sample(d csvtext.Dialect, sheet *xlsx.Sheet) (*sample, error) {
	s := &sample{dialect: d, sheet: sheet, header: -1}
	pl := *c.plan
	pl.dialect, pl.sheet = d, sheet
	rows, err := pl.rows(c.file)
	if err != nil {
		return s, err
	}
	for len(s.rows) < headerRows {
		cells, number, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err
		}
		texts := copyCells(cells)
		if sheet != nil {
			if texts = c.joinGroups(s, texts, number); !c.mayLook(len(texts)) {
				return s, xlsx.TooLarge
			}
		}
		s.rows, s.numbers, s.widths = append(s.rows, texts), append(s.numbers, number), append(s.widths, len(cells))
		fits := c.fits(texts)
		if len(fits) > 0 && (len(s.fits) == 0 || fits[0].known > s.fits[0].known) {
			s.fits, s.header = fits, len(s.rows)-1
		}
	}
	return s, nil
}

func copyCells(cells [][]byte) []string {
	texts := make([]string, min(len(cells), maxColumns))
	for i := range texts {
		texts[i] = plain(cells[i][:min(len(cells[i]), 4000)])
	}
	for len(texts) > 0 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	return texts
}

// repaired undoes what happens to UTF-8 that was once read as Windows-1252 and
// saved again: «mÃ¤nnlich».
func repaired(text string) string {
	if !strings.ContainsAny(text, "ÃÂâ") {
		return text
	}
	once, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil || !utf8.ValidString(once) {
		return text
	}
	return once
}

// fits returns how the forms fit a header row, the best first.
func (c *checker) fits(texts []string) []fit {
	keys := make([]string, len(texts))
	known := 0
	for i, text := range texts {
		if keys[i] = c.headers.key(text); c.headers.known[keys[i]] {
			known++
		}
	}
	if known == 0 {
		return nil
	}
	var fits []fit
	for _, form := range c.headers.forms {
		if c.expect.Form != "" && form.form.Code != c.expect.Form {
			continue
		}
		if f := fitForm(c.programme, form, texts, keys); f.known > 0 && (f.figures > 0 || f.layout == Long || c.expect.Form != "" || f.mostly()) {
			fits = append(fits, f)
		}
	}
	slices.SortStableFunc(fits, func(a, b fit) int {
		return cmp.Or(b.figures-a.figures, b.known-a.known, a.missing()-b.missing())
	})
	return fits
}

// undecided reports whether no figure tells which form is meant, and several fit.
func (s *sample) undecided() bool {
	f := s.fits
	return f[0].layout == Wide && f[0].figures == 0 && len(f) > 1 && f[1].figures == 0 && f[1].known == f[0].known
}

// mostly reports whether most of the headers are those of a form, though none is of a
// figure: at least three.
func (f fit) mostly() bool {
	filled, unknown := 0, 0
	for _, column := range f.columns {
		if column.role != ignored {
			filled++
		}
		if column.role == unknownCell {
			unknown++
		}
	}
	return f.known >= 3 && unknown > 0 && 2*f.known > filled
}

// choose decides for one of the forms that fit the header. In the long layout the
// key figures below the header say which one it is; where two forms have the same
// columns, period and organisation do.
func (c *checker) choose(s *sample) (fit, bool) {
	fits := s.fits
	if c.expect.Form != "" {
		return fits[0], true
	}
	if fits[0].layout == Long {
		if fits = c.fitsLong(s); len(fits) == 0 {
			c.whole(Error, "form_unknown", nil)
			return fit{}, false
		}
	} else {
		same := 1
		for same < len(fits) && fits[same].figures == fits[0].figures && fits[same].known == fits[0].known && fits[same].missing() == fits[0].missing() {
			same++
		}
		fits = fits[:same]
	}
	if len(fits) == 1 {
		return fits[0], true
	}
	var possible []fit
	for _, f := range fits {
		if c.possible(f, s) {
			possible = append(possible, f)
		}
	}
	if len(possible) == 1 {
		return possible[0], true
	}
	if len(possible) > 1 {
		fits = possible
	}
	c.whole(Error, "form_ambiguous", locale.Args{"first": fits[0].form.Name, "second": fits[1].form.Name})
	return fit{}, false
}

// fitsLong returns the forms that have the most of the key figures below the
// header.
func (c *checker) fitsLong(s *sample) []fit {
	var best []fit
	most := 0
	for _, f := range s.fits {
		column := slices.IndexFunc(f.columns, func(p planned) bool { return p.role == keyFigureCell })
		if f.layout != Long || column < 0 {
			continue
		}
		hits := 0
		for _, cells := range s.rows[s.header+1:] {
			if column >= len(cells) {
				continue
			}
			if j, found := f.meaning[squeeze(cells[column])]; found && f.form.Columns[j].Role == programme.FigureColumn {
				hits++
			}
		}
		switch {
		case hits == 0 || hits < most:
		case hits > most || f.known > best[0].known:
			best, most = []fit{f}, hits
		case f.known == best[0].known:
			best = append(best, f)
		}
	}
	return best
}

// possible reports whether period and organisation, above the header or in the
// first rows, allow a form.
func (c *checker) possible(f fit, s *sample) bool {
	titles := c.titleCells(s, f.formHeader, f.columns)
	cell := func(texts []string, r role) string {
		for i, column := range f.columns {
			if column.role == r && i < len(texts) && texts[i] != "" {
				return texts[i]
			}
		}
		return ""
	}
	for _, texts := range s.rows[s.header+1:] {
		period := c.expect.Period
		if text := cmp.Or(cell(texts, periodCell), titles[periodCell].text); text != "" {
			read, ok := parsePeriod(text, f.form.Periodicity, 0)
			if !ok {
				continue
			}
			period = read
		}
		if period.Year != 0 && (period.Periodicity() != f.form.Periodicity || period.Year < f.form.From || f.form.To != 0 && period.Year > f.form.To) {
			return false
		}
		code := c.expect.Organisation
		if text := cmp.Or(cell(texts, organisationCell), titles[organisationCell].text); text != "" {
			if named, found := c.names.organisation(text, period.Year); found {
				code = named
			}
		}
		office := c.programme.Organisation(code)
		return office == nil || period.Year == 0 || c.programme.Owes(office, f.form, period)
	}
	return true
}

// use makes the plan of a form.
func (c *checker) use(chosen fit) error {
	c.plan.form, c.plan.layout, c.plan.columns = chosen.form, chosen.layout, chosen.columns
	c.meaning = chosen.meaning
	c.report.Form, c.report.FormVersion, c.report.Layout = chosen.form.Code, chosen.form.Version, chosen.layout
	return c.plan.setFigures(c.programme)
}

// nameColumn reads a column «Name» as that of the municipality where nothing else
// stands in it: an export may have «BFS-Nr.» and «Name» side by side.
func (c *checker) nameColumn(s *sample) {
	for i := range c.plan.columns {
		column := &c.plan.columns[i]
		if key := squeeze(column.header); column.role != unknownCell || key != "name" && key != "nom" && key != "nome" {
			continue
		}
		names := 0
		for _, texts := range s.rows[s.header+1:] {
			if i >= len(texts) || texts[i] == "" || c.names.isTotal(texts[i]) {
				continue
			}
			if _, found := c.names.named(texts[i], 0); !found {
				names = 0
				break
			}
			names++
		}
		if _, has := c.meaning[squeeze("Gemeinde")]; has && names > 0 {
			column.role = municipalityCell
		}
	}
}

// titleCells reads what stands above the header as «Gemeinde: Grenchen» or in two
// cells side by side, for what no column says.
func (c *checker) titleCells(s *sample, form formHeader, columns []planned) map[role]titleCell {
	titles := map[role]titleCell{}
	has := func(r role) bool { return slices.ContainsFunc(columns, func(p planned) bool { return p.role == r }) }
	note := func(label, text string, row, column int) {
		j, found := form.meaning[squeeze(label)]
		if !found || text == "" {
			return
		}
		var p planned
		p.take(c.programme, &form.form.Columns[j])
		if p.role == municipalityCell {
			// A municipality names itself; the form has its organisation from it.
			p.role = organisationCell
		}
		if (p.role == organisationCell || p.role == periodCell) && !has(p.role) {
			if _, twice := titles[p.role]; !twice {
				titles[p.role] = titleCell{text: text, row: s.numbers[row], column: column}
			}
		}
	}
	for i, texts := range s.rows[:s.header] {
		for j, text := range texts {
			if label, value, found := strings.Cut(text, ":"); found && strings.TrimSpace(value) != "" {
				note(label, strings.TrimSpace(value), i, j)
			} else if next := s.beside(s.numbers[i], j); next < len(texts) {
				note(strings.TrimRight(text, ": "), texts[next], i, next)
			}
		}
	}
	return titles
}

// titleCell is a cell above the header that says something of all rows.
type titleCell struct {
	text   string
	row    uint32
	column int
}
