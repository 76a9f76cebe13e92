package chdb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// long statements: one whose time goes by before its first row, one with rows
// without end, and some that have none.
var long = []string{
	"SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
	"SELECT number FROM numbers(1000000000000)",
	"INSERT INTO endless SELECT sipHash64(number) FROM numbers(1000000000000)",
	"EXPLAIN ESTIMATE SELECT (SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1)",
}

func TestAnEndedContextStopsTheStatement(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE endless (i UInt64) ENGINE = MergeTree ORDER BY i"))
		for _, sql := range long {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			start := time.Now()
			_, err := drain(connection.Query(ctx, sql))
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: got %v", sql, err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%s: stopped after %v", sql, took)
			}
		}
		nothingRuns(t)
	})
}

// nothingRuns waits until the engine has no other statement.
func nothingRuns(t *testing.T) {
	t.Helper()
	connection := connect(t, embedded())
	var running uint64
	for range 100 {
		if running = one[uint64](t, connection, "SELECT count() FROM system.processes"); running == 1 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d statements still run", running-1)
}

func TestRowsThatNobodyReadsGiveTheirConnectionBack(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	connection := connect(t, embedded())
	for range connections {
		_, err := connection.Query(ctx, "SELECT number FROM numbers(1000000000000)")
		must(t, err)
	}
	// All connections are taken: waiting for one ends with the context.
	short, end := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer end()
	if _, err := drain(connection.Query(short, "SELECT 1")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	cancel()
	nothingRuns(t)
}
