package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/panics"
)

// blockRows is how many observations go into one insert. Larger blocks make
// fewer parts to write and sync; smaller ones take less memory.
const blockRows = 1 << 17

// senders is how many blocks are sent at the same time: the engine works on one
// block with one core for most of the time.
const senders = 2

// keepObservations stores what read emits, block by block; about so many
// observations are expected. While some blocks are sent, the next is filled.
func (s *Store) keepObservations(ctx context.Context, id uuid.UUID, year figure.Year, expected int, read func(emit func([]figure.Observation) error) error) (Digest, error) {
	var digest Digest
	group, ctx := panics.WithContext(ctx)
	full, empty := make(chan *block), make(chan *block, senders+1)
	for range senders + 1 {
		empty <- &block{}
	}
	for range senders {
		group.Go(func() error {
			for b := range full {
				// A few rows go together with those of others, as the texts they are.
				columns, write := b.columns(false), s.insertTogether
				if len(b.values) > smallRows {
					columns, write = b.columns(s.overHTTP), s.insert
				}
				err := write(ctx, "observations", columns, func(batch driver.Batch) error { return b.appendTo(batch, columns) })
				if err != nil {
					return err
				}
				b.reset()
				empty <- b
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(full)
		current := <-empty
		send := func() (err error) {
			if err = give(ctx, full, current); err == nil {
				current, err = take(ctx, empty)
			}
			return err
		}
		err := read(func(observations []figure.Observation) error {
			current.reserve(expected)
			current.add(observations, id, year, &digest)
			if !current.full() {
				return nil
			}
			return send()
		})
		if err != nil || len(current.values) == 0 {
			return err
		}
		return give(ctx, full, current)
	})
	err := group.Wait()
	return digest, err
}

func give(ctx context.Context, to chan<- *block, b *block) error {
	select {
	case to <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func take(ctx context.Context, from <-chan *block) (*block, error) {
	select {
	case b := <-from:
		return b, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// block holds observations by column, as the driver takes them.
type block struct {
	keyFigures, measures, sexes, ages, statuses, furthers, sheets codes
	years, municipalities, sourceColumns                          []uint16
	submissions                                                   []uuid.UUID
	margins, marks                                                []uint8
	values                                                        []int64
	sourceRows                                                    []uint32
}

// reserve makes room for so many observations, or for as many as a block takes.
func (b *block) reserve(expected int) {
	if b.values != nil {
		return
	}
	n := min(expected, blockRows+blockRows/8)
	for _, c := range []*codes{&b.keyFigures, &b.measures, &b.sexes, &b.ages, &b.statuses, &b.furthers, &b.sheets} {
		c.rows = make([]int16, 0, n)
	}
	b.years, b.municipalities, b.sourceColumns = make([]uint16, 0, n), make([]uint16, 0, n), make([]uint16, 0, n)
	b.submissions, b.margins, b.marks = make([]uuid.UUID, 0, n), make([]uint8, 0, n), make([]uint8, 0, n)
	b.values, b.sourceRows = make([]int64, 0, n), make([]uint32, 0, n)
}

func (b *block) add(observations []figure.Observation, id uuid.UUID, year figure.Year, digest *Digest) {
	for i := range observations {
		o := &observations[i]
		codes := b.keyFigures.add(string(o.KeyFigure))
		b.years = append(b.years, uint16(year))
		b.submissions = append(b.submissions, id)
		b.municipalities = append(b.municipalities, uint16(o.Municipality))
		codes += measureFactor * b.measures.add(string(o.Measure))
		codes += sexFactor * b.sexes.add(string(o.Sex))
		codes += ageFactor * b.ages.add(string(o.Age))
		codes += statusFactor * b.statuses.add(string(o.Status))
		codes += furtherFactor * b.furthers.add(string(o.Further))
		b.margins = append(b.margins, uint8(o.Margins))
		b.marks = append(b.marks, uint8(o.Mark))
		b.values = append(b.values, int64(o.Value))
		codes += sheetFactor * b.sheets.add(o.Cell.Sheet)
		b.sourceRows = append(b.sourceRows, o.Cell.Row)
		b.sourceColumns = append(b.sourceColumns, o.Cell.Column)
		digest.add(o, codes)
	}
}

func (b *block) full() bool {
	return len(b.values) >= blockRows || len(b.furthers.names) >= mostCodes || len(b.measures.names) >= mostCodes
}

// columns returns the columns of the insert with the types in which they are
// sent.
func (b *block) columns(overHTTP bool) []column {
	return []column{
		{Name: "key_figure", Type: b.keyFigures.kind(overHTTP)}, {Name: "year", Type: "UInt16"}, {Name: "submission", Type: "UUID"},
		{Name: "municipality", Type: "UInt16"}, {Name: "measure", Type: b.measures.kind(overHTTP)}, {Name: "sex", Type: b.sexes.kind(overHTTP)},
		{Name: "age", Type: b.ages.kind(overHTTP)}, {Name: "status", Type: b.statuses.kind(overHTTP)}, {Name: "further", Type: b.furthers.kind(overHTTP)},
		{Name: "margins", Type: "UInt8"}, {Name: "mark", Type: "UInt8"}, {Name: "ten_thousandths", Type: "Int64"},
		{Name: "sheet", Type: b.sheets.kind(overHTTP)}, {Name: "source_row", Type: "UInt32"}, {Name: "source_column", Type: "UInt16"},
	}
}

// appendTo gives the columns to the driver, in their order and types.
func (b *block) appendTo(batch driver.Batch, columns []column) error {
	for i, values := range []any{&b.keyFigures, b.years, b.submissions, b.municipalities, &b.measures, &b.sexes, &b.ages, &b.statuses,
		&b.furthers, b.margins, b.marks, b.values, &b.sheets, b.sourceRows, b.sourceColumns} {
		if c, coded := values.(*codes); coded {
			values = c.as(columns[i].Type)
		}
		if err := batch.Column(i).Append(values); err != nil {
			return fmt.Errorf("column %s: %w", columns[i].Name, err)
		}
	}
	return nil
}

func (b *block) reset() {
	for _, c := range []*codes{&b.keyFigures, &b.measures, &b.sexes, &b.ages, &b.statuses, &b.furthers, &b.sheets} {
		c.reset()
	}
	b.years, b.municipalities, b.sourceColumns = b.years[:0], b.municipalities[:0], b.sourceColumns[:0]
	b.submissions, b.margins, b.marks = b.submissions[:0], b.margins[:0], b.marks[:0]
	b.values, b.sourceRows = b.values[:0], b.sourceRows[:0]
}

// codes is a column of texts of which few are distinct: each is numbered. Over
// HTTP, which the embedded engine speaks, the numbers are sent, as those of an
// enumeration made for the block; that takes half the time of sending texts. The
// native protocol sends the types of the table, and the texts themselves.
type codes struct {
	numbers map[string]int16
	names   []string
	hashes  []uint64 // of the names
	rows    []int16
	last    string // most codes come again in the next row
	number  int16
}

// mostCodes bounds the distinct codes of a block, to what an Enum16 holds after
// one more batch of observations.
const mostCodes = 1 << 12

// add appends a code and returns its hash.
func (c *codes) add(code string) uint64 {
	if code != c.last || len(c.rows) == 0 {
		number, known := c.numbers[code]
		if !known {
			if c.numbers == nil {
				c.numbers = map[string]int16{}
			}
			number = int16(len(c.names))
			c.numbers[code] = number
			c.names = append(c.names, code)
			c.hashes = append(c.hashes, xxhash.Sum64String(code))
		}
		c.last, c.number = code, number
	}
	c.rows = append(c.rows, c.number)
	return c.hashes[c.number]
}

// kind is the type of the column: an enumeration, or plain text where the
// protocol wants it or a name holds what the driver does not read in a type.
func (c *codes) kind(overHTTP bool) string {
	if !overHTTP || slices.ContainsFunc(c.names, func(name string) bool { return strings.ContainsAny(name, `'\`) }) {
		return textType
	}
	var kind strings.Builder
	kind.WriteString("Enum16(")
	for i, name := range c.names {
		if i > 0 {
			kind.WriteByte(',')
		}
		fmt.Fprintf(&kind, "'%s'=%d", name, i)
	}
	kind.WriteByte(')')
	return kind.String()
}

const textType = "String"

// as returns the values for a column of the type.
func (c *codes) as(kind string) any {
	if kind != textType {
		return c.rows
	}
	texts := make([]string, len(c.rows))
	for i, number := range c.rows {
		texts[i] = c.names[number]
	}
	return texts
}

func (c *codes) reset() {
	clear(c.numbers)
	c.names, c.hashes, c.rows = c.names[:0], c.hashes[:0], c.rows[:0]
}
