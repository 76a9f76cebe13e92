package intake

import (
	"errors"
	"fmt"
	"io"

	"kipmonitor/internal/csvtext"
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
	out := &emitter{kept: &pl.kept, plan: pl, sheet: report.Sheet, batch: make([]figure.Observation, 0, min(batchSize, report.Observations)), emit: emit}
	for _, column := range pl.columns {
		switch column.role {
		case sexCell:
			out.sexes = column.dimension.Codes
		case ageCell:
			out.ages = column.dimension.Codes
		case statusCell:
			out.statuses = column.dimension.Codes
		}
	}
	if !pl.kept.full {
		for _, block := range pl.kept.blocks {
			for i := range block {
				if err := out.add(&block[i]); err != nil {
					return err
				}
			}
		}
		return out.flush()
	}
	err := pl.each(file, p, func(r *reader, m *row) error {
		out.kept = &kept{municipalities: r.municipalities, measures: r.measures, furthers: r.furthers}
		for i := range m.figures {
			one := keep(m, &m.figures[i])
			if err := out.add(&one); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.flush()
}

// emitter turns figures into observations and hands them out in batches.
type emitter struct {
	kept                  *kept // what the numbers in keys stand for
	plan                  *plan
	sheet                 string
	sexes, ages, statuses []programme.Code
	batch                 []figure.Observation
	emit                  func([]figure.Observation) error
}

func (e *emitter) add(f *keptFigure) error {
	margin := marginOf(f.key)
	e.batch = append(e.batch, figure.Observation{
		Cell:         figure.Cell{Sheet: e.sheet, Row: f.row, Column: f.column},
		Municipality: e.kept.municipalities.codes[f.key>>municipalityShift&(1<<municipalityBits-1)],
		Measure:      e.kept.measures.codes[f.key>>measureShift&(1<<measureBits-1)],
		Further:      e.kept.furthers.codes[f.key>>furtherShift&(1<<furtherBits-1)],
		KeyFigure:    e.plan.figures[figureOf(f.key)].ID,
		Value:        f.value,
		Mark:         f.mark,
		Margins:      e.plan.slices.margins(f.key&^personMask, margin),
	})
	if margin != 0 {
		o := &e.batch[len(e.batch)-1]
		o.Sex, o.Age, o.Status = personCode(e.sexes, f.key>>sexShift), personCode(e.ages, f.key>>ageShift), personCode(e.statuses, f.key>>statusShift)
	}
	if len(e.batch) < batchSize {
		return nil
	}
	return e.flush()
}

// personCode is the code of a dimension of persons that stands at the end of a
// key, or "".
func personCode(codes []programme.Code, key uint64) figure.Code {
	if number := key & (1<<personBits - 1); number != 0 {
		return codes[number-1].Code
	}
	return ""
}

func (e *emitter) flush() error {
	if len(e.batch) == 0 {
		return nil
	}
	err := e.emit(e.batch)
	e.batch = e.batch[:0]
	return err
}

// ErrNoTable says that a file is no text, or that its rows cannot be told apart, as
// behind a quotation mark that is never closed.
var ErrNoTable = errors.New("the file is no table of text")

// Rows hands out the rows of a text file that Check has looked at, as they stand in
// it, whether they were understood or not; header is true for the one with the
// headers. The slice is used again after do returns.
func Rows(file File, report Report, do func(row uint32, header bool, cells [][]byte) error) error {
	pl := report.plan
	if pl == nil || pl.survey.Binary != "" || pl.dialect == (csvtext.Dialect{}) {
		return ErrNoTable
	}
	rows, err := pl.rows(file)
	if errors.Is(err, csvtext.ErrRow) {
		return ErrNoTable
	}
	if err != nil {
		return fmt.Errorf("read %s again: %w", file.Name, err)
	}
	for {
		cells, number, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, csvtext.ErrRow) {
			return ErrNoTable
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
		cells, number, err := rows.Next()
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
