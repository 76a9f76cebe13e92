package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// States returns how many submissions there are, by state (submission.State).
func (s *Store) States(ctx context.Context) (map[string]uint64, error) {
	all := map[string]uint64{}
	err := s.ask(ctx, "states", nil, func(row driver.Rows) error {
		var state string
		var count uint64
		err := row.Scan(&state, &count)
		all[state] = count
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count the submissions: %w", err)
	}
	return all, nil
}

// Parts returns how many parts each table has, and how many bytes they take.
func (s *Store) Parts(ctx context.Context) (parts, size map[string]uint64, err error) {
	parts, size = map[string]uint64{}, map[string]uint64{}
	err = s.ask(ctx, "parts", nil, func(row driver.Rows) error {
		var table string
		var count, bytes uint64
		err := row.Scan(&table, &count, &bytes)
		parts[table], size[table] = count, bytes
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("count the parts of the tables: %w", err)
	}
	return parts, size, nil
}

// Memory returns how much memory the engine has taken, in bytes.
func (s *Store) Memory(ctx context.Context) (int64, error) {
	var memory int64
	if err := s.ask(ctx, "memory", nil, func(row driver.Rows) error { return row.Scan(&memory) }); err != nil {
		return 0, fmt.Errorf("ask for the memory of the database: %w", err)
	}
	return memory, nil
}
