package intake

import (
	"errors"
	"fmt"
	"io"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// batchSize is how many observations Read hands out at once.
const batchSize = 1 << 14

// Read hands out the observations of a file that Check accepted, in the order of
// the file, in batches. The slice is used again after emit returns.
func Read(file File, p *programme.Programme, report Report, emit func([]figure.Observation) error) error {
	pl := report.plan
	if pl == nil || !report.Accepted() {
		return errors.New("read observations: the file was not accepted")
	}
	batch := make([]figure.Observation, 0, batchSize)
	err := pl.each(file, p, newNames(p), func(r *reader, m *row) error {
		margin := m.margin()
		for i := range m.figures {
			f := &m.figures[i]
			batch = append(batch, figure.Observation{
				Cell:         figure.Cell{Row: m.number, Column: uint16(f.column + 1)},
				Municipality: r.municipalityOf(m),
				Measure:      r.measures.codes[m.key>>measureShift&(1<<measureBits-1)],
				KeyFigure:    pl.figures[f.figure],
				Sex:          r.person(sexCell, m.sex),
				Age:          r.person(ageCell, m.age),
				Status:       r.person(statusCell, m.status),
				Further:      r.furthers.codes[m.key>>furtherShift&(1<<furtherBits-1)],
				Value:        f.amount.value,
				Mark:         f.amount.mark,
				Margins:      answers[pl.slices.of(m.sliceKey(f.figure))][margin],
			})
		}
		if len(batch) >= batchSize-64 {
			if err := emit(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		return nil
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return emit(batch)
}

// each reads the rows of the file again by a finished plan; rows of totals are
// left out. Numbers are given to codes in the same order as in the first pass, so
// that the keys are the same.
func (pl *plan) each(file File, p *programme.Programme, n *names, do func(*reader, *row) error) error {
	scanner, err := pl.scanner(file)
	if err != nil {
		return fmt.Errorf("read %s again: %w", file.Name, err)
	}
	r := newReader(p, n, pl)
	for {
		cells, number, err := scanner.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s again, row %d: %w", file.Name, number, err)
		}
		if number <= pl.headerRow {
			continue
		}
		m, ok := r.read(cells, number)
		if !ok || m.total {
			continue
		}
		if err := do(r, m); err != nil {
			return err
		}
	}
}

// municipalityOf is the municipality of a row, or that of the organisation where
// a municipality reports on itself and names none.
func (r *reader) municipalityOf(m *row) figure.Municipality {
	number := r.municipalities.codes[m.key>>municipalityShift]
	if number == 0 {
		if office := r.programme.Organisation(r.plan.organisation); office != nil {
			return office.Municipality
		}
	}
	return number
}

// person returns the code of a dimension of persons by its number.
func (r *reader) person(wanted role, number uint8) figure.Code {
	if number == 0 {
		return ""
	}
	for i := range r.plan.columns {
		if r.plan.columns[i].role == wanted {
			return r.plan.columns[i].dimension.Codes[number-1].Code
		}
	}
	return ""
}
