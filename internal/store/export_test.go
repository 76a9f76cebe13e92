package store

import (
	"context"

	"kipmonitor/internal/chdb"
)

// Engine is the embedded engine, for tests that speak to it through a socket.
func (s *Store) Engine() *chdb.Engine { return s.engine }

// Exec runs a statement of a test.
func (s *Store) Exec(ctx context.Context, sql string) error { return s.connection.Exec(ctx, sql) }

// Count returns the one number of a query of a test.
func (s *Store) Count(ctx context.Context, sql string) (n uint64, err error) {
	err = s.connection.QueryRow(ctx, sql).Scan(&n)
	return n, err
}
