package intake

import (
	"bytes"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// maxFurther is how many dimensions beside those of persons a form may have.
const maxFurther = 6

// reader turns the cells of a row into codes and figures, by a plan. Check and
// Read use the same one; faults are reported to Check alone.
type reader struct {
	programme *programme.Programme
	names     *names
	plan      *plan
	// fault is called with what is wrong with a row, suspicious with a text that is
	// no code and no figure and may be personal data; both are nil in Read.
	fault      func(row uint32, wrong fault)
	suspicious func(row uint32, column int, text []byte)
	lost       func(row uint32, column int, text string) // called with a text that is no code

	municipalities *numbering[figure.Municipality]
	measures       *numbering[figure.Measure]
	furthers       *numbering[figure.Further]
	caches         []cache // by column
	furtherOf      map[[maxFurther]uint16]uint64
	furtherColumns []int
	keyFigures     map[string]int     // by squeezed name: index in plan.figures
	own            uint64             // the number of the municipality that sends the file
	total          map[string]bool    // first cells seen: whether they head totals
	suggestions    int                // looked for so far
	explains       bool               // each place is explained, however many there are
	unexplained    map[string]meaning // by code: the last one that was explained
	notes          int                // rows that held nothing but a remark so far

	out     row
	pending []fault
}

// maxSuggestions bounds the search for what was meant: a file of a million wrong
// names gets the first of them explained.
const maxSuggestions = 300

// cache remembers what the cells of a column mean; most cells repeat.
type cache struct {
	set    bool
	last   []byte
	result meaning
	known  map[string]meaning
}

// The bounds of a cache: what is not a code may be endless.
const (
	cachedTexts  = 1 << 15
	cachedLength = 200
)

// meaning is what a cell was found to say.
type meaning struct {
	number uint64 // of the code; for a dimension its place in the list, from 1
	ok     bool
	total  bool
	fault  *fault
}

// wrong is the meaning of a cell that makes no sense.
func wrong(code, text, suggestion string, args locale.Args) meaning {
	return meaning{fault: &fault{severity: Error, code: code, cause: text, text: text, suggestion: suggestion, args: args}}
}

// row is a row of a file, read.
type row struct {
	number  uint32
	key     uint64 // without the key figure
	total   bool   // a row of totals
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
		furthers: newNumbering[figure.Further](furtherBits), caches: make([]cache, len(pl.columns)),
		furtherOf: map[[maxFurther]uint16]uint64{}, total: map[string]bool{}, unexplained: map[string]meaning{}}
	for i, column := range pl.columns {
		r.caches[i].known = map[string]meaning{}
		if column.role == furtherCell {
			r.furtherColumns = append(r.furtherColumns, i)
		}
	}
	if office := p.Organisation(pl.organisation); office != nil && office.Kind == programme.MunicipalityOffice && !pl.has(municipalityCell) {
		r.own, _ = r.municipalities.number(office.Municipality)
	}
	r.keyFigures = map[string]int{}
	if pl.layout == Long {
		r.nameFigures()
	}
	return r
}

// nameFigures lists the form's own key figures by every name they go under.
func (r *reader) nameFigures() {
	index := 0
	for i := range r.plan.form.Columns {
		column := &r.plan.form.Columns[i]
		if column.Role != programme.FigureColumn {
			continue
		}
		for _, name := range r.programme.Headers(column) {
			if _, taken := r.keyFigures[squeeze(name)]; !taken {
				r.keyFigures[squeeze(name)] = index
			}
		}
		index++
	}
}

// margin returns the dimensions of persons by which the row is broken down.
func (m *row) margin() figure.Margin { return marginOf(m.key) }

// sliceKey is the key without the dimensions of persons, for a key figure.
func (m *row) sliceKey(index int) uint64 {
	return m.key&^personMask | uint64(index+1)<<figureShift
}

// read reads a row. The result is valid until the next call; ok is false for an
// empty row.
func (r *reader) read(cells [][]byte, number uint32) (out *row, ok bool) {
	if blank(cells) {
		return nil, false
	}
	if column, text := r.note(cells); text != "" {
		if r.fault != nil {
			r.suspicious(number, column, cells[column])
			r.fault(number, r.remark(column, text))
		}
		return nil, false
	}
	r.out = row{number: number, figures: r.out.figures[:0]}
	r.pending = r.pending[:0]
	m := &r.out
	m.total = r.headsTotals(cells)
	var municipality, key uint64
	var further [maxFurther]uint16
	furtherIndex, municipalities, longFigure, valueColumn := 0, 0, -1, -1
	for i := range r.plan.columns {
		column := &r.plan.columns[i]
		cell := cellAt(cells, i)
		switch column.role {
		case figureCell:
			m.figures = append(m.figures, cellFigure{figure: column.figure, column: i, amount: parseAmount(cell, r.plan.units[column.figure])})
		case valueCell:
			valueColumn = i
		case keyFigureCell:
			got := r.look(i, cell, m, r.lookKeyFigure)
			longFigure = int(got.number) - 1
		case municipalityCell:
			got := r.look(i, cell, m, r.lookMunicipality)
			municipalities++
			if municipality != 0 && got.number != 0 && municipality != got.number {
				m.faulty = true
				text := strings.TrimSpace(string(cell))
				r.pending = append(r.pending, fault{severity: Error, code: "municipality_differs", column: i, cause: text, text: text, args: locale.Args{
					"text": clip(text), "other": r.programme.MunicipalityLast(r.municipalities.codes[municipality]).Name}})
			}
			if got.number != 0 {
				municipality = got.number
			}
		case measureCell:
			key |= r.look(i, cell, m, r.lookMeasure).number << measureShift
		case sexCell:
			key |= r.look(i, cell, m, r.lookCode).number << sexShift
		case ageCell:
			key |= r.look(i, cell, m, r.lookCode).number << ageShift
		case statusCell:
			key |= r.look(i, cell, m, r.lookCode).number << statusShift
		case furtherCell:
			further[furtherIndex] = uint16(r.look(i, cell, m, r.lookCode).number)
			furtherIndex++
		case noteCell, unknownCell, ignored, organisationCell, periodCell, formCell:
			if len(cell) > 0 && r.saysTotal(i, cell) && !m.total {
				m.total = true
				if r.fault != nil {
					r.fault(number, fault{severity: Hint, code: "row_total", column: i, cause: "total", text: clip(string(cell)), args: locale.Args{"text": clip(string(cell))}})
				}
			}
			if r.suspicious != nil && len(cell) > 0 {
				r.suspicious(number, i, cell)
			}
		}
	}
	if municipalities > 1 && municipality == 0 && !m.total && !m.faulty && !r.optional(programme.MunicipalityColumn) {
		m.faulty = true
		r.pending = append(r.pending, fault{severity: Error, code: "municipality_missing", column: r.plan.columnOf(municipalityCell)})
	}
	if municipalities == 0 {
		municipality = r.own
	}
	if r.plan.layout == Long && longFigure >= 0 {
		m.figures = append(m.figures, cellFigure{figure: longFigure, column: valueColumn, amount: parseAmount(cellAt(cells, valueColumn), r.plan.units[longFigure])})
	}
	m.key = key | municipality<<municipalityShift | r.further(further, m)<<furtherShift
	r.finish(cells, m)
	return m, true
}

// finish reports what is wrong with a row, unless it is one of totals, in which
// nothing but the figures matters.
func (r *reader) finish(cells [][]byte, m *row) {
	if r.fault != nil && !m.total {
		for _, wrong := range r.pending {
			if wrong.column >= 0 {
				r.suspicious(m.number, wrong.column, cellAt(cells, wrong.column))
				r.lost(m.number, wrong.column, string(cellAt(cells, wrong.column)))
			}
			r.fault(m.number, wrong)
		}
	}
	if r.suspicious != nil {
		for i := len(r.plan.columns); i < len(cells); i++ {
			if len(cells[i]) > 0 {
				r.suspicious(m.number, i, cells[i])
			}
		}
	}
}

// further numbers a combination of further dimensions.
func (r *reader) further(codes [maxFurther]uint16, m *row) uint64 {
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
		m.faulty = true
		r.pending = append(r.pending, fault{severity: Error, code: "too_many_combinations", column: -1})
		return 0
	}
	r.furtherOf[codes] = number
	return number
}

// look finds what a cell means: as the cell above it, as one seen before, or by
// looking it up.
func (r *reader) look(column int, cell []byte, m *row, find func(column int, text string) meaning) meaning {
	c := &r.caches[column]
	result := c.result
	if !c.set || !bytes.Equal(cell, c.last) {
		var found bool
		if result, found = c.known[string(cell)]; !found {
			text := plain(cell)
			if isStruck(text) {
				result = struckText(text)
			} else {
				result = find(column, text)
			}
			// «Kanton» heads a row of totals, but is a source of funds as well: what the
			// column knows comes first.
			role := r.plan.columns[column].role
			if result.fault != nil && role != sexCell && role != ageCell && role != statusCell && r.names.isTotal(text) {
				result = meaning{ok: true, total: true}
			}
			if result.fault != nil && result.fault.column != column {
				wrong := *result.fault
				wrong.column, result.fault = column, &wrong
			}
			if len(cell) <= cachedLength && len(c.known) < cachedTexts && (result.fault == nil || r.suggestions < maxSuggestions) {
				c.known[string(cell)] = result
			}
		}
		c.set, c.last, c.result = true, append(c.last[:0], cell...), result
	}
	m.total = m.total || result.total
	if result.fault != nil {
		m.faulty = true
		r.pending = append(r.pending, *result.fault)
	}
	return result
}
