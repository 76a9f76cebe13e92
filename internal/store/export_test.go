package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/chdb"
	"kipmonitor/internal/programme"
)

// Engine is the embedded engine, for tests that speak to it through a socket.
func (s *Store) Engine() *chdb.Engine { return s.engine }

// With is the same store for another definition, which must not be closed.
func (s *Store) With(p *programme.Programme) *Store {
	return &Store{programme: p, connection: s.connection, engine: s.engine, overHTTP: s.overHTTP, packer: s.packer, lanes: s.lanes, observe: s.observe, now: time.Now}
}

// Exec runs a statement of a test.
func (s *Store) Exec(ctx context.Context, sql string) error { return s.connection.Exec(ctx, sql) }

// Count returns the one number of a query of a test.
func (s *Store) Count(ctx context.Context, sql string) (n uint64, err error) {
	err = s.connection.QueryRow(ctx, sql).Scan(&n)
	return n, err
}

// Parse returns the error of the engine's parser for a statement.
func (s *Store) Parse(ctx context.Context, sql string) error {
	var formatted string
	return s.connection.QueryRow(ctx, "SELECT formatQuery(?)", sql).Scan(&formatted)
}

// Tables are the tables of the store.
var Tables = []string{"copies", "submissions", "files", "submission_events", "observations", "extensions", "reminders", "accounts", "passes", "audit"}

// ClusterStatements are those that make the tables of a cluster.
func ClusterStatements(cluster string) ([]string, error) {
	statements := shape(migrationsTable, "migrations", cluster, "kip")
	all, err := migrations(cluster, "kip")
	for _, one := range all {
		statements = append(statements, one.statements...)
	}
	return statements, err
}

// Migrate applies the changes of the tables again.
func (s *Store) Migrate(ctx context.Context) error { return s.migrate(ctx) }

// InsertFile writes rows of files together with those of other callers.
func (s *Store) InsertFile(ctx context.Context, fill func(batch driver.Batch) error) error {
	return s.insertTogether(ctx, "files", fileColumns, fill)
}

// SetClock sets the clock of the store.
func (s *Store) SetClock(now func() time.Time) { s.now = now }
