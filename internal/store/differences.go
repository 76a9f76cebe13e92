package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

// Differences returns the figures that two submissions of the same year state
// differently, at most limit.
func (s *Store) Differences(ctx context.Context, before, after submission.ID, year figure.Year, limit int) ([]submission.Difference, error) {
	var all []submission.Difference
	err := s.ask(ctx, "differences", parameters{
		"old": string(before), "new": string(after), "year": uint16(year), "limit": uint32(max(limit, 0)),
	}, func(row driver.Rows) error {
		var one submission.Difference
		var keyFigure, measure, sex, age, status, further string
		var municipality uint16
		var was, is *int64
		err := row.Scan(&keyFigure, &municipality, &measure, &sex, &age, &status, &further, &was, &is)
		one.KeyFigure, one.Municipality, one.Measure = figure.KeyFigure(keyFigure), figure.Municipality(municipality), figure.Measure(measure)
		one.Sex, one.Age, one.Status, one.Further = figure.Code(sex), figure.Code(age), figure.Code(status), figure.Further(further)
		one.Old, one.New = (*figure.Decimal)(was), (*figure.Decimal)(is)
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("compare submissions %s and %s: %w", before, after, err)
	}
	return all, nil
}

// Changes counts the figures in which two submissions of the same year differ.
func (s *Store) Changes(ctx context.Context, before, after submission.ID, year figure.Year) (submission.Changes, error) {
	var changes submission.Changes
	err := s.ask(ctx, "changes", parameters{"old": string(before), "new": string(after), "year": uint16(year)}, func(row driver.Rows) error {
		var gone, changed, added uint64
		err := row.Scan(&gone, &changed, &added)
		changes = submission.Changes{Gone: int(gone), Changed: int(changed), Added: int(added)}
		return err
	})
	if err != nil {
		return changes, fmt.Errorf("compare submissions %s and %s: %w", before, after, err)
	}
	return changes, nil
}
