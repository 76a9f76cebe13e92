package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

const day = 24 * time.Hour

// send writes the files of a sheet: none where it is missing, one, or a faulty or
// wrong one first and then another.
func (g *generator) send(s *sheet) []File {
	chance := g.chance("send", s.form.Code, s.organisation.Code, s.period)
	missing := g.parameters.Missing
	if s.period.Year == g.parameters.FirstYear {
		missing *= 2.5 // it was the first year
	}
	if chance.Float64() < missing && s.organisation.Kind != programme.CantonalOffice {
		return nil
	}
	st := g.style(s.organisation.Code)
	due := s.form.DueDays
	at := s.period.End().Add(time.Duration(due/3+chance.IntN(max(due*2/3, 1)))*day + time.Duration(7*60+chance.IntN(600))*time.Minute)
	if chance.Float64() < g.parameters.Late {
		at = at.Add(time.Duration(due/2+5+chance.IntN(30)) * day)
	}
	rows := g.table(s, st)
	file := File{Name: g.name(s, ""), At: at, Form: s.form.Code, Organisation: s.organisation.Code, Period: s.period, Content: st.encode(rows)}
	files := []File{file}
	last := &files[0]
	switch lot := chance.Float64(); {
	case lot < g.parameters.Faulty:
		files[0].Faulty = true
		files[0].Content = st.encode(spoil(chance, s, rows))
		if chance.Float64() < 0.8 {
			again := file
			again.Name, again.At = g.name(s, "_korrigiert"), at.Add(time.Duration(1+chance.IntN(9))*day)
			files = append(files, again)
			last = &files[1]
		}
	case lot < g.parameters.Faulty+g.parameters.Corrected:
		// The first one lacks its last row; the second replaces it.
		if header := headerOf(rows); len(s.rows) > 1 && len(rows) > header+2 && !st.totalled {
			files[0].Content = st.encode(slices.Delete(slices.Clone(rows), header+1, header+2))
			again := file
			again.Name, again.At = g.name(s, "_v2"), at.Add(time.Duration(3+chance.IntN(20))*day)
			files = append(files, again)
			last = &files[1]
		}
	}
	if !last.Faulty && chance.Float64() >= g.parameters.NotAccepted {
		last.Accept = last.At.Add(time.Duration(2+chance.IntN(18))*day + time.Duration(chance.IntN(300))*time.Minute)
	}
	return files
}

func (g *generator) name(s *sheet, suffix string) string {
	return fmt.Sprintf("demo_%s_%s_%s%s.csv", s.form.Code, s.organisation.Code, s.period, suffix)
}

// column is a column of a file.
type column struct {
	header string
	cell   func(l *line) string
	figure figure.KeyFigure
}

// table writes the rows of a sheet, title and header included.
func (g *generator) table(s *sheet, st style) [][]string {
	columns := g.columns(s, st)
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.header
	}
	var rows [][]string
	if st.titled {
		rows = append(rows, []string{s.form.Name.DE + " – Demodaten, keine amtlichen Zahlen"}, []string{s.organisation.Name.DE}, nil)
	}
	if st.long {
		rows = append(rows, g.long(s, st, columns)...)
	} else {
		rows = append(rows, header)
		for _, l := range s.rows {
			row := make([]string, len(columns))
			for i, c := range columns {
				row[i] = c.cell(l)
			}
			rows = append(rows, row)
		}
		if total := g.total(s, st, columns); total != nil {
			rows = append(rows, total)
		}
	}
	if st.padded {
		for i := range rows {
			rows[i] = append(rows[i], "", "")
		}
		rows = append(rows, make([]string, len(header)), make([]string, len(header)))
	}
	return rows
}

func (g *generator) columns(s *sheet, st style) []column {
	var columns []column
	for i := range s.form.Columns {
		c := &s.form.Columns[i]
		header := g.p.ColumnName(c).In(st.language)
		switch c.Role {
		case programme.OrganisationColumn:
			columns = append(columns, column{header: header, cell: func(*line) string { return string(s.organisation.Code) }})
		case programme.PeriodColumn:
			columns = append(columns, column{header: header, cell: func(*line) string { return st.period(s.period) }})
		case programme.MunicipalityColumn:
			columns = append(columns, column{header: header, cell: func(l *line) string { return st.municipality(g.p, l.municipality) }})
		case programme.MeasureColumn:
			columns = append(columns, column{header: header, cell: func(l *line) string { return string(l.measure) }})
		case programme.DimensionColumn:
			dimension := g.p.Dimension(c.Dimension)
			columns = append(columns, column{header: header, cell: func(l *line) string { return g.code(st, dimension, l) }})
		case programme.FigureColumn:
			if st.ids {
				header = string(c.KeyFigure)
			}
			money := g.p.Unit(g.p.KeyFigure(c.KeyFigure).Unit).Money
			columns = append(columns, column{header: header, figure: c.KeyFigure, cell: func(l *line) string {
				value, given := l.values[c.KeyFigure]
				if !given || l.missing[c.KeyFigure] {
					return st.missing
				}
				return st.number(value, money)
			}})
		}
	}
	if st.shuffled && !st.long {
		g.chance("columns", s.organisation.Code, s.form.Code).Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	}
	return columns
}

// code writes a code of a dimension, by its short form or by its name.
func (g *generator) code(st style, dimension *programme.Dimension, l *line) string {
	code, given := l.codes[dimension.Name]
	if !given {
		return ""
	}
	if st.ids || st.language != locale.German {
		return string(code)
	}
	return dimension.Code(code).Name.DE
}

// long writes a row for each figure.
func (g *generator) long(s *sheet, st style, columns []column) [][]string {
	var header []string
	for _, c := range columns {
		if c.figure == "" {
			header = append(header, c.header)
		}
	}
	rows := [][]string{append(header, "Kennzahl", "Wert")}
	for _, l := range s.rows {
		var keys []string
		for _, c := range columns {
			if c.figure == "" {
				keys = append(keys, c.cell(l))
			}
		}
		for _, c := range columns {
			if c.figure != "" {
				rows = append(rows, append(slices.Clone(keys), c.header, c.cell(l)))
			}
		}
	}
	return rows
}

// total is a row of totals, as people put below a list of municipalities; nil
// where the sheet has none.
func (g *generator) total(s *sheet, st style, columns []column) []string {
	places := slices.IndexFunc(s.form.Columns, func(c programme.Column) bool { return c.Role == programme.MunicipalityColumn })
	if !st.totalled || places < 0 || len(s.rows) < 3 || s.hasDimensions() {
		return nil
	}
	row := make([]string, len(columns))
	named := false
	for i, c := range columns {
		if c.figure == "" {
			if !named && c.header == g.p.ColumnName(&s.form.Columns[places]).In(st.language) {
				row[i], named = "Total", true
			}
			continue
		}
		var sum figure.Decimal
		for _, l := range s.rows {
			sum += l.values[c.figure]
		}
		row[i] = st.number(sum, g.p.Unit(g.p.KeyFigure(c.figure).Unit).Money)
	}
	return row
}

// headerOf returns the index of the header row.
func headerOf(rows [][]string) int {
	for i, row := range rows {
		if len(row) > 2 && row[0] != "" && row[1] != "" {
			return i
		}
	}
	return 0
}

// spoil makes one of the mistakes that people make.
func spoil(chance *rand.Rand, s *sheet, rows [][]string) [][]string {
	spoiled := make([][]string, len(rows))
	for i := range rows {
		spoiled[i] = slices.Clone(rows[i])
	}
	header := headerOf(rows)
	first := spoiled[header+1]
	last := len(first) - 1
	for last > 0 && (first[last] == "" || strings.Trim(first[last], "0123456789'’\u202f.,") != "") {
		last--
	}
	switch chance.IntN(5) {
	case 0:
		first[last] = "-" + strings.TrimPrefix(first[last], "-") + "9"
		if s.signed() {
			first[last] = "ca. 12"
		}
	case 1:
		first[last] = "ca. 12"
	case 2:
		spoiled = append(spoiled, slices.Clone(first))
		if len(spoiled) > header+2 {
			spoiled = append(spoiled[:header+2:header+2], append([][]string{slices.Clone(first)}, rows[header+2:]...)...)
		}
	case 3:
		first[last] = "85%"
	default:
		// Every cell of the period says another year.
		for i, cell := range first {
			if strings.Contains(cell, figure.Period{Year: s.period.Year}.String()) {
				first[i] = strings.ReplaceAll(cell, figure.Period{Year: s.period.Year}.String(), "2019")
			}
		}
	}
	return spoiled
}

func (s *sheet) signed() bool { return slices.Contains(s.figures, "expenditure") }
