package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// Orphans counts the figures that a cancelled import or a kill has left behind, which no
// query sees, and those of them that are older than a moment.
type Orphans struct{ Rows, Old uint64 }

// Orphans returns what is left behind, and counts as old what came before a moment.
func (s *Store) Orphans(ctx context.Context, before time.Time) (Orphans, error) {
	orphans, _, err := s.orphans(ctx, before)
	return orphans, err
}

// RemoveOrphans removes what was left behind before a moment, and returns how many
// figures that were. What is on its way now is not touched.
func (s *Store) RemoveOrphans(ctx context.Context, before time.Time) (uint64, error) {
	orphans, ids, err := s.orphans(ctx, before)
	if err != nil || orphans.Old == 0 {
		return 0, err
	}
	if err := s.deleteFigures(ctx, ids, orphans.Old); err != nil {
		return 0, fmt.Errorf("remove what cancelled imports left behind: %w", err)
	}
	return orphans.Old, nil
}

func (s *Store) orphans(ctx context.Context, before time.Time) (orphans Orphans, old []string, err error) {
	err = s.inspect(ctx, "orphans", nil, func(row driver.Rows) error {
		var id uuid.UUID
		var rows uint64
		if err := row.Scan(&id, &rows); err != nil {
			return err
		}
		orphans.Rows += rows
		// Ids are UUIDs of version 7, which begin with the time of their making
		// (RFC 9562, 5.7); the age of others is not known.
		if id.Version() == 7 {
			seconds, nanoseconds := id.Time().UnixTime()
			if time.Unix(seconds, nanoseconds).Before(before) {
				orphans.Old += rows
				old = append(old, id.String())
			}
		}
		return nil
	})
	if err != nil {
		return Orphans{}, nil, fmt.Errorf("look for what cancelled imports left behind: %w", err)
	}
	return orphans, old, nil
}

// deleteFigures removes the figures of submissions, so many rows, and waits until they
// are gone.
func (s *Store) deleteFigures(ctx context.Context, ids []string, rows uint64) error {
	table := "observations"
	if s.cluster != "" {
		table = "observations_local ON CLUSTER '" + s.cluster + "'"
	}
	if s.acknowledged != nil {
		s.acknowledged.remove("observations", rows)
	}
	// The ids are written by us.
	statement := "ALTER TABLE " + table + " DELETE WHERE submission IN ('" + strings.Join(ids, "', '") + "') SETTINGS mutations_sync = 2"
	return fault(s.connection.Exec(ctx, statement))
}
