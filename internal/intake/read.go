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
		return errors.New("read observations: the file was not accepted by Check")
	}
	persons := map[role]*programme.Dimension{}
	for _, column := range pl.columns {
		persons[column.role] = column.dimension
	}
	code := func(r role, key uint64, shift int) figure.Code {
		if number := key >> shift & (1<<personBits - 1); number != 0 {
			return persons[r].Codes[number-1].Code
		}
		return ""
	}
	sheet := report.Sheet
	batch := make([]figure.Observation, 0, batchSize+len(pl.columns))
	err := pl.each(file, p, func(r *reader, m *row) error {
		margin := m.margin()
		observation := figure.Observation{
			Municipality: r.municipalities.codes[m.key>>municipalityShift&(1<<municipalityBits-1)],
			Measure:      r.measures.codes[m.key>>measureShift&(1<<measureBits-1)],
			Further:      r.furthers.codes[m.key>>furtherShift&(1<<furtherBits-1)],
		}
		if margin != 0 {
			observation.Sex = code(sexCell, m.key, sexShift)
			observation.Age = code(ageCell, m.key, ageShift)
			observation.Status = code(statusCell, m.key, statusShift)
		}
		for i := range m.figures {
			f := &m.figures[i]
			observation.Cell = figure.Cell{Sheet: sheet, Row: m.number, Column: uint16(min(f.column+1, 65535))}
			observation.KeyFigure = pl.figures[f.figure].ID
			observation.Value, observation.Mark = f.amount.value, f.amount.mark
			observation.Margins = pl.slices.margins(m.sliceKey(f.figure), margin)
			batch = append(batch, observation)
		}
		if len(batch) < batchSize {
			return nil
		}
		err := emit(batch)
		batch = batch[:0]
		return err
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return emit(batch)
}

// Rows hands out the rows of a text file that Check has looked at, as they stand in
// it, whether they were understood or not; header is true for the one with the
// headers. The slice is used again after do returns.
func Rows(file File, report Report, do func(row uint32, header bool, cells [][]byte) error) error {
	pl := report.plan
	if pl == nil || pl.survey.binary != "" || pl.dialect == (dialect{}) {
		return errors.New("read rows: the file is no table of text")
	}
	rows, err := pl.rows(file)
	if err != nil {
		return fmt.Errorf("read %s again: %w", file.Name, err)
	}
	for {
		cells, number, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s again, row %d: %w", file.Name, number, err)
		}
		if err := do(number, number == pl.headerRow, cells); err != nil {
			return err
		}
	}
}

// each reads the rows of the file again by a finished plan; rows of totals are
// left out. Numbers are given to codes in the same order as in the first pass, so
// that the keys are the same.
func (pl *plan) each(file File, p *programme.Programme, do func(*reader, *row) error) error {
	rows, err := pl.rows(file)
	if err != nil {
		return fmt.Errorf("read %s again: %w", file.Name, err)
	}
	r := newReader(p, pl.names, pl)
	for {
		cells, number, err := rows.next()
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
