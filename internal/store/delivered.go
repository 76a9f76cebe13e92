package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

// Observations returns all figures of a submission, in the order of its file.
func (s *Store) Observations(ctx context.Context, one submission.Submission) ([]figure.Observation, error) {
	var all []figure.Observation
	err := s.EachFigure(ctx, one, func(o figure.Observation) error {
		all = append(all, o)
		return nil
	})
	return all, err
}

// EachFigure hands out the figures of a submission one by one, in the order of its file.
func (s *Store) EachFigure(ctx context.Context, one submission.Submission, do func(figure.Observation) error) error {
	err := s.ask(ctx, "observations", parameters{"submission": string(one.ID), "year": uint16(one.Period.Year)}, func(row driver.Rows) error {
		var o figure.Observation
		var keyFigure, measure, sex, age, status, further string
		var municipality uint16
		var margins, mark uint8
		var value int64
		if err := row.Scan(&keyFigure, &municipality, &measure, &sex, &age, &status, &further, &margins, &mark, &value,
			&o.Cell.Sheet, &o.Cell.Row, &o.Cell.Column); err != nil {
			return err
		}
		o.KeyFigure, o.Municipality, o.Measure = figure.KeyFigure(keyFigure), figure.Municipality(municipality), figure.Measure(measure)
		o.Sex, o.Age, o.Status, o.Further = figure.Code(sex), figure.Code(age), figure.Code(status), figure.Further(further)
		o.Margins, o.Mark, o.Value = figure.Margins(margins), figure.Mark(mark), figure.Decimal(value)
		return do(o)
	})
	if err != nil {
		return fmt.Errorf("read the figures of submission %s: %w", one.ID, err)
	}
	return nil
}

// Scope returns the municipalities and measures that a submission has figures of.
func (s *Store) Scope(ctx context.Context, one submission.Submission) (municipalities []figure.Municipality, measures []figure.Measure, err error) {
	err = s.ask(ctx, "scope", parameters{"submission": string(one.ID), "year": uint16(one.Period.Year)}, func(row driver.Rows) error {
		var numbers []uint16
		var codes []string
		err := row.Scan(&numbers, &codes)
		for _, number := range numbers {
			municipalities = append(municipalities, figure.Municipality(number))
		}
		for _, code := range codes {
			measures = append(measures, figure.Measure(code))
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find what submission %s is about: %w", one.ID, err)
	}
	return municipalities, measures, nil
}
