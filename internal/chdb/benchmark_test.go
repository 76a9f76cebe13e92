package chdb_test

import (
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func BenchmarkTrivialQuery(b *testing.B) {
	connection := connect(b, embedded())
	for b.Loop() {
		one[uint8](b, connection, "SELECT 1")
	}
}

// A single row that is on the disk when the statement ends, as every row of the
// product is.
func BenchmarkDurableRow(b *testing.B) {
	connection := connect(b, embedded())
	must(b, connection.Exec(b.Context(), "CREATE OR REPLACE TABLE durable (i UInt64, s String) ENGINE = MergeTree ORDER BY i SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"))
	for b.Loop() {
		must(b, connection.Exec(b.Context(), "INSERT INTO durable VALUES (1, 'one')"))
	}
}

const million = 1_000_000

// Columns at once: row by row the driver alone takes a third of a second more.
func BenchmarkMillionRowsByBatch(b *testing.B) {
	connection := connect(b, embedded())
	numbers, texts := make([]uint64, million), make([]string, million)
	for i := range million {
		numbers[i], texts[i] = uint64(i), "a short text"
	}
	for b.Loop() {
		must(b, connection.Exec(b.Context(), "CREATE OR REPLACE TABLE batch (i UInt64, s String) ENGINE = MergeTree ORDER BY i"))
		batch, err := connection.PrepareBatch(b.Context(), "INSERT INTO batch")
		must(b, err)
		must(b, batch.Column(0).Append(numbers))
		must(b, batch.Column(1).Append(texts))
		must(b, batch.Send())
	}
}

func BenchmarkMillionRowsInsideTheEngine(b *testing.B) {
	connection := connect(b, embedded())
	for b.Loop() {
		must(b, connection.Exec(b.Context(), "CREATE OR REPLACE TABLE inside (i UInt64, s String) ENGINE = MergeTree ORDER BY i"))
		must(b, connection.Exec(b.Context(), "INSERT INTO inside SELECT number, 'a short text' FROM numbers({rows:UInt64})", clickhouse.Named("rows", million)))
	}
}

func BenchmarkMillionRowsRead(b *testing.B) {
	connection := connect(b, embedded())
	for b.Loop() {
		rows, err := connection.Query(b.Context(), "SELECT number, 'a short text' FROM numbers({rows:UInt64})", clickhouse.Named("rows", million))
		must(b, err)
		var number uint64
		var text string
		for rows.Next() {
			must(b, rows.Scan(&number, &text))
		}
		must(b, rows.Err())
	}
}
