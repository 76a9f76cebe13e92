package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/figure"
)

// SetAside takes the parts of observations whose files do not fit their checksums out
// of the table, so that the rest can be read, and returns their names. They stay in the
// engine's folder of detached parts.
func (s *Store) SetAside(ctx context.Context) ([]string, error) {
	if s.cluster != "" {
		return nil, fmt.Errorf("over a cluster each node is repaired by itself")
	}
	parts, err := s.failedParts(ctx, "observations")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range parts {
		if err := s.connection.Exec(ctx, "ALTER TABLE observations DETACH PART '"+p.name+"'"); err != nil {
			return nil, fmt.Errorf("set the part %s aside: %w", p.name, fault(err))
		}
		names = append(names, p.name)
	}
	return names, nil
}

// AcceptLoss takes a table as it is: the parts that lie aside are dropped, and its rows
// are what was acknowledged from now on. After its rows were rebuilt nothing is lost.
func (s *Store) AcceptLoss(ctx context.Context, table string) error {
	names, err := s.asideParts(ctx, table)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.connection.Exec(ctx, "ALTER TABLE "+table+" DROP DETACHED PART '"+name+"' SETTINGS allow_drop_detached = 1"); err != nil {
			return fmt.Errorf("drop the part %s that lies aside: %w", name, fault(err))
		}
	}
	if s.acknowledged == nil || !slices.Contains(countedTables, table) {
		return nil
	}
	rows, err := s.rowsOf(ctx, table)
	if err != nil {
		return err
	}
	return s.acknowledged.take(table, rows)
}

func (s *Store) asideParts(ctx context.Context, table string) (names []string, err error) {
	err = s.inspect(ctx, "broken_parts", nil, func(row driver.Rows) error {
		var of, name, reason string
		if err := row.Scan(&of, &name, &reason); err != nil {
			return err
		}
		if of == table {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// Rebuild replaces what is left of a submission's figures by those that read emits. Its
// events stay as they are.
func (s *Store) Rebuild(ctx context.Context, one BrokenSubmission, read func(emit func([]figure.Observation) error) error) error {
	id, err := uuid.Parse(string(one.ID))
	if err != nil {
		return fmt.Errorf("rebuild submission %s: %w", one.ID, err)
	}
	if one.Held > 0 {
		if err := s.deleteFigures(ctx, []string{id.String()}, one.Held); err != nil {
			return fmt.Errorf("rebuild submission %s: %w", one.ID, err)
		}
	}
	defer s.changed()
	if _, err := s.keepObservations(ctx, id, one.Period.Year, int(one.Expected), read); err != nil {
		return fmt.Errorf("rebuild submission %s: %w", one.ID, err)
	}
	return nil
}
