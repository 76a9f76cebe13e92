package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

// LastReminders returns the last reminder of each organisation that was reminded.
func (s *Store) LastReminders(ctx context.Context) (map[figure.Organisation]submission.Reminder, error) {
	all := map[figure.Organisation]submission.Reminder{}
	err := s.ask(ctx, "last_reminders", nil, func(row driver.Rows) error {
		var one submission.Reminder
		var organisation string
		err := row.Scan(&organisation, &one.At, &one.By, &one.Sent, &one.Recipients, &one.Subject, &one.Text)
		one.Organisation, one.At = figure.Organisation(organisation), one.At.UTC()
		all[one.Organisation] = one
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list reminders: %w", err)
	}
	return all, nil
}

var reminderColumns = []column{
	{Name: "organisation", Type: "String"}, {Name: "at", Type: "DateTime64(6, 'UTC')"}, {Name: "person", Type: "String"}, {Name: "sent", Type: "Bool"},
	{Name: "recipients", Type: "Array(String)"}, {Name: "subject", Type: "String"}, {Name: "letter", Type: "String"},
	{Name: "sequence", Type: "UInt64"},
}

// Remind records reminders, once the audit has its lines.
func (s *Store) Remind(ctx context.Context, lines []account.Entry, reminders ...submission.Reminder) error {
	if err := s.Audit(ctx, lines...); err != nil {
		return fmt.Errorf("record a reminder: %w", err)
	}
	sequence, err := s.nextSequences(ctx, len(reminders))
	if err != nil {
		return fmt.Errorf("record a reminder: %w", err)
	}
	defer s.changed()
	err = s.insertTogether(ctx, "reminders", reminderColumns, func(batch driver.Batch) error {
		for i, one := range reminders {
			if err := batch.Append(string(one.Organisation), one.At, one.By, one.Sent, append([]string{}, one.Recipients...), one.Subject, one.Text, sequence+uint64(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record a reminder: %w", err)
	}
	return nil
}
