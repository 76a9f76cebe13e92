package chdb_test

import (
	"context"
	"testing"
	"time"

	"kipmonitor/internal/chdb"
	"kipmonitor/internal/panics"
)

// A panic anywhere below the driver, which calls from goroutines of its own, is the
// error of that statement; the engine goes on, with all of its connections.
func TestAPanicInTheEngineIsTheErrorOfItsStatement(t *testing.T) {
	connection := connect(t, embedded())
	must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE panicking (i UInt64) ENGINE = MergeTree ORDER BY i"))
	run := map[string]func() error{
		"stream": func() error {
			_, err := drain(connection.Query(t.Context(), "SELECT number FROM numbers(3)"))
			return err
		},
		"fetch": func() error {
			_, err := drain(connection.Query(t.Context(), "SELECT number FROM numbers(3)"))
			return err
		},
		"insert": func() error {
			batch, err := connection.PrepareBatch(t.Context(), "INSERT INTO panicking (i)")
			must(t, err)
			must(t, batch.Append(uint64(1)))
			return batch.Send()
		},
		"query": func() error { return connection.Exec(t.Context(), "OPTIMIZE TABLE panicking") },
	}
	for call, statement := range run {
		for range 2 * connections {
			restore := chdb.Break(t, call)
			err := statement()
			restore()
			if _, panicked := panics.From(err); !panicked {
				t.Fatalf("%s: got %v, want the panic", call, err)
			}
		}
		if err := statement(); err != nil {
			t.Errorf("%s, after the panics: %v", call, err)
		}
	}
	nothingRuns(t)
}

// The reader of rows leaves, and even ending its statement panics, in the driver's own
// goroutine and in the one that watches the context.
func TestAPanicWhileAStatementIsEndedEndsNothingElse(t *testing.T) {
	for range 2 * connections {
		connection := connect(t, embedded())
		ctx, cancel := context.WithCancel(t.Context())
		_, err := connection.Query(ctx, "SELECT number FROM numbers(1000000000000)")
		must(t, err)
		restore := chdb.Break(t, "cancel")
		cancel()
		time.Sleep(50 * time.Millisecond)
		restore()
	}
	connection := connect(t, embedded())
	if got := one[uint64](t, connection, "SELECT toUInt64(7)"); got != 7 {
		t.Errorf("afterwards the engine answers %d", got)
	}
}
