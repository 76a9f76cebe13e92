package intake

import (
	"bytes"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// reader turns the cells of a row into codes and figures, by a plan. Check and
// Read use the same one; faults are reported to Check alone.
type reader struct {
	programme *programme.Programme
	names     *names
	plan      *plan
	fault     func(severity Severity, code string, row uint32, column int, text, suggestion string, args locale.Args)
	// keep is called with what stands in a cell that is no code and no figure, and
	// may hold personal data.
	suspicious func(row uint32, column int, text string)

	municipalities *numbering[figure.Municipality]
	measures       *numbering[figure.Measure]
	furthers       *numbering[figure.Further]
	caches         []cache // by column
	furtherOf      map[[4]uint8]uint64
	furtherColumns []int
	hasMeasure     bool

	out row
}

// cache remembers what the cells of a column mean; most cells repeat.
type cache struct {
	last   []byte
	result meaning
	known  map[string]meaning
}

// meaning is what a cell was found to say.
type meaning struct {
	number uint64 // of the code; for a dimension its place in the list, from 1
	ok     bool
	total  bool
}

// row is a row of a file, read.
type row struct {
	number  uint32
	key     uint64 // without the key figure
	sex     uint8  // place in the list of codes, from 1; 0: not broken down
	age     uint8
	status  uint8
	total   bool // a row of totals
	faulty  bool
	figures []cellFigure
}

type cellFigure struct {
	figure int // index in plan.figures
	column int
	amount amount
}

func newReader(p *programme.Programme, n *names, pl *plan) *reader {
	r := &reader{programme: p, names: n, plan: pl,
		municipalities: newNumbering[figure.Municipality](municipalityBits), measures: newNumbering[figure.Measure](measureBits),
		furthers: newNumbering[figure.Further](furtherBits), caches: make([]cache, len(pl.columns)), furtherOf: map[[4]uint8]uint64{}}
	for i, column := range pl.columns {
		r.caches[i].known = map[string]meaning{}
		if column.role == furtherCell {
			r.furtherColumns = append(r.furtherColumns, i)
		}
	}
	r.hasMeasure = pl.has(measureCell)
	return r
}

func (m row) margin() figure.Margin {
	var margin figure.Margin
	if m.sex != 0 {
		margin |= figure.BySex
	}
	if m.age != 0 {
		margin |= figure.ByAge
	}
	if m.status != 0 {
		margin |= figure.ByStatus
	}
	return margin
}

// sliceKey is the key without the dimensions of persons, for a key figure.
func (m row) sliceKey(index int) uint64 {
	return m.key&^personMask | uint64(index+1)<<figureShift
}

// read reads a row. The result is valid until the next call; ok is false for an
// empty row.
func (r *reader) read(cells [][]byte, number uint32) (out *row, ok bool) {
	if blank(cells) {
		return nil, false
	}
	r.out = row{number: number, figures: r.out.figures[:0]}
	m := &r.out
	var municipality, measure uint64
	var further [4]uint8
	furtherIndex := 0
	var longFigure = -1
	valueColumn := -1
	for i := range r.plan.columns {
		column := &r.plan.columns[i]
		var cell []byte
		if i < len(cells) {
			cell = cells[i]
		}
		switch column.role {
		case figureCell:
			m.figures = append(m.figures, cellFigure{figure: column.figure, column: i, amount: parseAmount(cell, r.plan.units[column.figure])})
		case valueCell:
			valueColumn = i
		case keyFigureCell:
			got := r.look(i, cell, number, r.lookKeyFigure)
			m.faulty = m.faulty || !got.ok
			longFigure = int(got.number) - 1
		case municipalityCell:
			got := r.look(i, cell, number, r.lookMunicipality)
			m.faulty = m.faulty || !got.ok
			m.total = m.total || got.total
			if municipality != 0 && got.ok && got.number != 0 && municipality != got.number {
				r.report(Error, "municipality_differs", number, i, string(cell), "", locale.Args{
					"number": r.programme.MunicipalityLast(r.municipalities.codes[municipality]).Name})
				m.faulty = true
			}
			if got.number != 0 {
				municipality = got.number
			}
		case measureCell:
			got := r.look(i, cell, number, r.lookMeasure)
			m.faulty = m.faulty || !got.ok
			m.total = m.total || got.total
			measure = got.number
		case sexCell, ageCell, statusCell, furtherCell:
			got := r.look(i, cell, number, r.lookCode)
			m.faulty = m.faulty || !got.ok
			switch column.role {
			case sexCell:
				m.sex = uint8(got.number)
			case ageCell:
				m.age = uint8(got.number)
			case statusCell:
				m.status = uint8(got.number)
			default:
				further[furtherIndex] = uint8(got.number)
				furtherIndex++
			}
		case noteCell, unknownCell:
			if len(cell) > 5 && r.suspicious != nil {
				r.suspicious(number, i, string(cell))
			}
		}
	}
	if r.plan.layout == Long && longFigure >= 0 {
		var cell []byte
		if valueColumn < len(cells) {
			cell = cells[valueColumn]
		}
		m.figures = append(m.figures, cellFigure{figure: longFigure, column: valueColumn, amount: parseAmount(cell, r.plan.units[longFigure])})
	}
	m.key = municipality<<municipalityShift | measure<<measureShift | r.further(further, number)<<furtherShift |
		uint64(m.sex)<<sexShift | uint64(m.age)<<ageShift | uint64(m.status)<<statusShift
	return m, true
}

func blank(cells [][]byte) bool {
	for _, cell := range cells {
		if len(cell) > 0 && len(bytes.TrimSpace(cell)) > 0 {
			return false
		}
	}
	return true
}

// further numbers a combination of further dimensions.
func (r *reader) further(codes [4]uint8, row uint32) uint64 {
	if len(r.furtherColumns) == 0 {
		return 0
	}
	if number, found := r.furtherOf[codes]; found {
		return number
	}
	named := map[figure.Dimension]figure.Code{}
	for i, column := range r.furtherColumns {
		if codes[i] != 0 {
			dimension := r.plan.columns[column].dimension
			named[dimension.Name] = dimension.Codes[codes[i]-1].Code
		}
	}
	number, ok := r.furthers.number(figure.NewFurther(named))
	if !ok {
		r.report(Error, "too_many_combinations", row, r.furtherColumns[0], "", "", nil)
	}
	r.furtherOf[codes] = number
	return number
}

// look finds what a cell means: as the cell above it, as one seen before, or by
// looking it up. A fault is reported for every cell that has it.
func (r *reader) look(column int, cell []byte, row uint32, find func(column int, text string, row uint32) meaning) meaning {
	c := &r.caches[column]
	if c.result.ok && bytes.Equal(cell, c.last) {
		return c.result
	}
	if known, found := c.known[string(cell)]; found && known.ok {
		c.last, c.result = append(c.last[:0], cell...), known
		return known
	}
	result := find(column, strings.TrimSpace(string(cell)), row)
	// The codes are few; what is not a code may be endless.
	if len(c.known) < 1<<16 {
		c.known[string(cell)] = result
	}
	c.last, c.result = append(c.last[:0], cell...), result
	return result
}

func (r *reader) report(severity Severity, code string, row uint32, column int, text, suggestion string, args locale.Args) {
	if r.fault != nil {
		r.fault(severity, code, row, column, text, suggestion, args)
	}
}

func (r *reader) lookMunicipality(column int, text string, row uint32) meaning {
	if isTotal(text) {
		return meaning{ok: true, total: true}
	}
	if text == "" {
		if r.optional(programme.MunicipalityColumn) {
			return meaning{ok: true}
		}
		r.report(Error, "municipality_missing", row, column, "", "", nil)
		return meaning{}
	}
	number, found := r.names.municipality(text)
	if !found {
		suggestion := suggest(municipalityKey(text), r.names.municipalities, func(m figure.Municipality) string { return r.programme.MunicipalityLast(m).Name })
		r.report(Error, "municipality_unknown", row, column, text, suggestion, locale.Args{"text": text})
		return meaning{}
	}
	year := r.plan.period.Year
	if year != 0 && r.programme.MunicipalityIn(number, year) == nil {
		last := r.programme.MunicipalityLast(number)
		if successor := r.programme.Successor(number, year); successor != 0 {
			name := r.programme.MunicipalityLast(successor).Name
			r.report(Error, "municipality_merged", row, column, text, name, locale.Args{
				"text": last.Name, "successor": name, "number": yearText(figure.Year(successor)), "since": yearText(last.ValidTo + 1)})
		} else {
			r.report(Error, "municipality_not_in_year", row, column, text, "", locale.Args{"text": last.Name, "year": yearText(year)})
		}
		return meaning{}
	}
	if office := r.programme.Organisation(r.plan.organisation); office != nil && office.Kind == programme.MunicipalityOffice && office.Municipality != number {
		r.report(Error, "municipality_foreign", row, column, text, "", locale.Args{"text": text, "organisation": office.Name})
		return meaning{}
	}
	n, _ := r.municipalities.number(number)
	return meaning{number: n, ok: true}
}

func (r *reader) lookMeasure(column int, text string, row uint32) meaning {
	if isTotal(text) {
		return meaning{ok: true, total: true}
	}
	if text == "" {
		if r.optional(programme.MeasureColumn) {
			return meaning{ok: true}
		}
		r.report(Error, "measure_missing", row, column, "", "", nil)
		return meaning{}
	}
	code, found := r.names.measures[programme.Fold(text)]
	if !found {
		suggestion := suggest(text, r.names.measures, func(m figure.Measure) string { return string(m) })
		r.report(Error, "measure_unknown", row, column, text, suggestion, locale.Args{"text": text})
		return meaning{}
	}
	measure := r.programme.Measure(code)
	if year := r.plan.period.Year; year != 0 && (year < measure.Start || year > measure.End) {
		r.report(Error, "measure_not_running", row, column, text, "", locale.Args{"text": measure.Name, "from": yearText(measure.Start), "to": yearText(measure.End)})
		return meaning{}
	}
	office := r.programme.Organisation(r.plan.organisation)
	if office != nil && office.Kind != programme.CantonalOffice && measure.Organisation != office.Code {
		r.report(Error, "measure_foreign", row, column, text, "", locale.Args{"text": measure.Name, "organisation": office.Name})
		return meaning{}
	}
	n, ok := r.measures.number(code)
	return meaning{number: n, ok: ok}
}

func (r *reader) lookCode(column int, text string, row uint32) meaning {
	planned := &r.plan.columns[column]
	dimension := planned.dimension
	persons := planned.role != furtherCell
	if persons && isAll(text) {
		return meaning{ok: true}
	}
	folded := programme.Fold(text)
	for i := range dimension.Codes {
		code := &dimension.Codes[i]
		if folded == programme.Fold(string(code.Code)) {
			return meaning{number: uint64(i + 1), ok: true}
		}
	}
	spellings := map[string]int{}
	for i := range dimension.Codes {
		names := dimension.Codes[i].Name.All()
		for _, spelling := range append(names[:], dimension.Codes[i].Also...) {
			spellings[programme.Fold(spelling)] = i
		}
	}
	if i, found := spellings[folded]; found {
		return meaning{number: uint64(i + 1), ok: true}
	}
	if text == "" {
		if r.optionalDimension(dimension.Name) {
			return meaning{ok: true}
		}
		r.report(Error, "code_missing", row, column, "", "", locale.Args{"dimension": dimension.Title})
		return meaning{}
	}
	suggestion := suggest(text, spellings, func(i int) string { return dimension.Codes[i].Name.DE })
	r.report(Error, "code_unknown", row, column, text, suggestion, locale.Args{"text": text, "dimension": dimension.Title, "codes": codeList(dimension)})
	return meaning{}
}

func codeList(dimension *programme.Dimension) string {
	var codes []string
	for i, code := range dimension.Codes {
		if i == 12 {
			codes = append(codes, "…")
			break
		}
		codes = append(codes, string(code.Code))
	}
	return strings.Join(codes, ", ")
}

func (r *reader) lookKeyFigure(column int, text string, row uint32) meaning {
	id, found := r.names.keyFigures[programme.Fold(text)]
	// A name may belong to figures of several forms: the form's own comes first.
	for i, candidate := range r.plan.figures {
		k := r.programme.KeyFigure(candidate)
		names := k.Name.All()
		for _, name := range append(append(names[:], string(k.ID)), k.Also...) {
			if programme.Fold(name) == programme.Fold(text) {
				return meaning{number: uint64(i + 1), ok: true}
			}
		}
	}
	if text == "" {
		r.report(Error, "key_figure_missing", row, column, "", "", nil)
	} else if found {
		r.report(Error, "key_figure_of_other_form", row, column, text, "", locale.Args{"text": r.programme.KeyFigure(id).Name, "form": r.plan.form.Name})
	} else {
		own := map[string]figure.KeyFigure{}
		for _, candidate := range r.plan.figures {
			own[programme.Fold(r.programme.KeyFigure(candidate).Name.DE)] = candidate
			own[programme.Fold(string(candidate))] = candidate
		}
		suggestion := suggest(text, own, func(id figure.KeyFigure) string { return r.programme.KeyFigure(id).Name.DE })
		r.report(Error, "key_figure_unknown", row, column, text, suggestion, locale.Args{"text": text})
	}
	return meaning{}
}

// optional reports whether the form's column of a role may be empty.
func (r *reader) optional(role programme.Role) bool {
	for _, column := range r.plan.form.Columns {
		if column.Role == role {
			return !column.Required
		}
	}
	return true
}

func (r *reader) optionalDimension(name figure.Dimension) bool {
	for _, column := range r.plan.form.Columns {
		if column.Role == programme.DimensionColumn && column.Dimension == name {
			return !column.Required
		}
	}
	return true
}
