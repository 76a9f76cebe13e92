package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

// Extensions returns the later due dates granted for the years up to a moment,
// the oldest first; the zero time is now.
func (s *Store) Extensions(ctx context.Context, years []figure.Year, asOf time.Time) ([]submission.Extension, error) {
	var all []submission.Extension
	err := s.ask(ctx, "extensions", parameters{"years": numbers(years), "as_of": moment(asOf)}, func(row driver.Rows) error {
		var one submission.Extension
		var form, organisation string
		var year uint16
		var part uint8
		err := row.Scan(&form, &organisation, &year, &part, &one.Due, &one.Reason, &one.By, &one.At)
		one.Form, one.Organisation = figure.Form(form), figure.Organisation(organisation)
		one.Period = figure.Period{Year: figure.Year(year), Part: figure.Part(part)}
		one.Due, one.At = one.Due.UTC(), one.At.UTC()
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list extensions: %w", err)
	}
	return all, nil
}

var extensionColumns = []column{
	{Name: "form", Type: "String"}, {Name: "organisation", Type: "String"}, {Name: "year", Type: "UInt16"}, {Name: "part", Type: "UInt8"},
	{Name: "due", Type: "Date32"}, {Name: "reason", Type: "String"}, {Name: "person", Type: "String"}, {Name: "at", Type: "DateTime64(6, 'UTC')"},
	{Name: "sequence", Type: "UInt64"},
}

// Extend records later due dates, once the audit has its lines.
func (s *Store) Extend(ctx context.Context, lines []account.Entry, extensions ...submission.Extension) error {
	if err := s.Audit(ctx, lines...); err != nil {
		return fmt.Errorf("record an extension: %w", err)
	}
	sequence, err := s.nextSequences(ctx, len(extensions))
	if err != nil {
		return fmt.Errorf("record an extension: %w", err)
	}
	defer s.changed()
	err = s.insertTogether(ctx, "extensions", extensionColumns, func(batch driver.Batch) error {
		for i, one := range extensions {
			if err := batch.Append(string(one.Form), string(one.Organisation), uint16(one.Period.Year), uint8(one.Period.Part),
				one.Due, one.Reason, one.By, one.At, sequence+uint64(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record an extension: %w", err)
	}
	return nil
}
