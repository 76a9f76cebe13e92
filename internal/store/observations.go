package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"kipmonitor/internal/figure"
)

// Codes are sent as plain strings: the engine finds their dictionaries faster
// than the driver does.
var observationColumns = []column{
	{Name: "key_figure", Type: "String"}, {Name: "year", Type: "UInt16"}, {Name: "submission", Type: "UUID"},
	{Name: "municipality", Type: "UInt16"}, {Name: "measure", Type: "String"}, {Name: "sex", Type: "String"},
	{Name: "age", Type: "String"}, {Name: "status", Type: "String"}, {Name: "further", Type: "String"},
	{Name: "margins", Type: "UInt8"}, {Name: "mark", Type: "UInt8"}, {Name: "ten_thousandths", Type: "Int64"},
	{Name: "sheet", Type: "String"}, {Name: "source_row", Type: "UInt32"}, {Name: "source_column", Type: "UInt16"},
}

// blockRows is how many observations go into one insert: few large blocks make
// few parts to write and sync.
const blockRows = 1 << 18

// keepObservations stores what read emits, block by block. While one block is
// sent, the next is filled.
func (s *Store) keepObservations(ctx context.Context, id uuid.UUID, year figure.Year, read func(emit func([]figure.Observation) error) error) error {
	group, ctx := errgroup.WithContext(ctx)
	full, empty := make(chan *block), make(chan *block, 2)
	empty <- &block{}
	empty <- &block{}
	group.Go(func() error {
		for b := range full {
			if err := s.insert(ctx, "observations", observationColumns, b.fill); err != nil {
				return err
			}
			b.reset()
			empty <- b
		}
		return nil
	})
	group.Go(func() error {
		defer close(full)
		current := <-empty
		send := func() error {
			select {
			case full <- current:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			select {
			case current = <-empty:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			return nil
		}
		err := read(func(observations []figure.Observation) error {
			current.add(observations, id, year)
			if len(current.keyFigures) < blockRows {
				return nil
			}
			return send()
		})
		if err != nil || len(current.keyFigures) == 0 {
			return err
		}
		return send()
	})
	return group.Wait()
}

// block holds observations by column, as the driver takes them.
type block struct {
	keyFigures, measures, sexes, ages, statuses, furthers, sheets []string
	years, municipalities, sourceColumns                          []uint16
	submissions                                                   []uuid.UUID
	margins, marks                                                []uint8
	values                                                        []int64
	sourceRows                                                    []uint32
}

func (b *block) add(observations []figure.Observation, id uuid.UUID, year figure.Year) {
	for i := range observations {
		o := &observations[i]
		b.keyFigures = append(b.keyFigures, string(o.KeyFigure))
		b.years = append(b.years, uint16(year))
		b.submissions = append(b.submissions, id)
		b.municipalities = append(b.municipalities, uint16(o.Municipality))
		b.measures = append(b.measures, string(o.Measure))
		b.sexes = append(b.sexes, string(o.Sex))
		b.ages = append(b.ages, string(o.Age))
		b.statuses = append(b.statuses, string(o.Status))
		b.furthers = append(b.furthers, string(o.Further))
		b.margins = append(b.margins, uint8(o.Margins))
		b.marks = append(b.marks, uint8(o.Mark))
		b.values = append(b.values, int64(o.Value))
		b.sheets = append(b.sheets, o.Cell.Sheet)
		b.sourceRows = append(b.sourceRows, o.Cell.Row)
		b.sourceColumns = append(b.sourceColumns, o.Cell.Column)
	}
}

// fill gives the columns to the driver, in the order of observationColumns.
func (b *block) fill(batch driver.Batch) error {
	for i, values := range []any{b.keyFigures, b.years, b.submissions, b.municipalities, b.measures, b.sexes, b.ages, b.statuses,
		b.furthers, b.margins, b.marks, b.values, b.sheets, b.sourceRows, b.sourceColumns} {
		if err := batch.Column(i).Append(values); err != nil {
			return err
		}
	}
	return nil
}

func (b *block) reset() {
	*b = block{
		keyFigures: b.keyFigures[:0], measures: b.measures[:0], sexes: b.sexes[:0], ages: b.ages[:0],
		statuses: b.statuses[:0], furthers: b.furthers[:0], sheets: b.sheets[:0],
		years: b.years[:0], municipalities: b.municipalities[:0], sourceColumns: b.sourceColumns[:0],
		submissions: b.submissions[:0], margins: b.margins[:0], marks: b.marks[:0],
		values: b.values[:0], sourceRows: b.sourceRows[:0],
	}
}
