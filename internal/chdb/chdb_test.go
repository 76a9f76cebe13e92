package chdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"kipmonitor/internal/chdb"
)

// The engine boots once per process: all tests share it.
var engine *chdb.Engine
var folder string

func TestMain(m *testing.M) {
	if other := os.Getenv("CHDB_TEST_OPEN"); other != "" {
		library, err := chdb.Find()
		if err == nil {
			_, err = chdb.Open(chdb.Options{Library: library, Folder: other})
		}
		fmt.Println(err)
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "chdb"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	open()
	defer func() { _ = engine.Close() }()
	return m.Run()
}

func open() {
	library, err := chdb.Find()
	if err != nil {
		panic(err)
	}
	if engine, err = chdb.Open(chdb.Options{Library: library, Folder: folder}); err != nil {
		panic(err)
	}
}

func connect(t testing.TB, transport func(*http.Transport) (http.RoundTripper, error), address string) driver.Conn {
	t.Helper()
	connection, err := clickhouse.Open(&clickhouse.Options{
		Protocol: clickhouse.HTTP, Addr: []string{address}, TransportFunc: transport,
		Settings: clickhouse.Settings{"prefer_column_name_to_alias": 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// both runs a test in process and through a socket.
func both(t *testing.T, test func(t *testing.T, connection driver.Conn)) {
	t.Run("in process", func(t *testing.T) {
		test(t, connect(t, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0"))
	})
	t.Run("over HTTP", func(t *testing.T) {
		server := httptest.NewServer(engine)
		defer server.Close()
		test(t, connect(t, nil, strings.TrimPrefix(server.URL, "http://")))
	})
}

func TestEveryTypeComesBackAsItWent(t *testing.T) {
	both(t, func(t *testing.T, connection driver.Conn) {
		ctx := t.Context()
		must(t, connection.Exec(ctx, `CREATE OR REPLACE TABLE types (s String, l LowCardinality(String), u UUID, t DateTime64(3, 'UTC'),
			d Decimal(18, 4), n Nullable(Int64), a Array(String), b Bool, i UInt16) ENGINE = MergeTree ORDER BY i`))
		id, now := uuid.New(), time.Now().UTC().Truncate(time.Millisecond)
		batch, err := connection.PrepareBatch(ctx, "INSERT INTO types")
		must(t, err)
		for i := range 3 {
			number := int64(i)
			must(t, batch.Append("O'Brien\\ «ü»\n", "low", id, now, decimal.New(125_000, -4), &number, []string{"a", "b"}, true, uint16(i)))
		}
		must(t, batch.Send())
		rows, err := connection.Query(ctx, "SELECT s, l, u, t, d, n, a, b, i FROM types ORDER BY i")
		must(t, err)
		count := 0
		for rows.Next() {
			var s, l string
			var u uuid.UUID
			var moment time.Time
			var d decimal.Decimal
			var n *int64
			var a []string
			var b bool
			var i uint16
			must(t, rows.Scan(&s, &l, &u, &moment, &d, &n, &a, &b, &i))
			if s != "O'Brien\\ «ü»\n" || l != "low" || u != id || !moment.Equal(now) || d.String() != "12.5" || *n != int64(count) || len(a) != 2 || !b {
				t.Errorf("row %d: %q %q %v %v %v %v %v %v", count, s, l, u, moment, d, *n, a, b)
			}
			count++
		}
		must(t, rows.Err())
		if count != 3 {
			t.Errorf("%d rows, want 3", count)
		}
	})
}

func TestParametersAreNeverSQL(t *testing.T) {
	for _, value := range []string{"plain", "it's", `back\slash`, "tab\there", "line\nbreak", "«Zürich»", "'; DROP TABLE types; --", ""} {
		both(t, func(t *testing.T, connection driver.Conn) {
			var got string
			must(t, connection.QueryRow(t.Context(), "SELECT {value:String}", clickhouse.Named("value", value)).Scan(&got))
			if got != value {
				t.Errorf("got %q, want %q", got, value)
			}
		})
	}
	both(t, func(t *testing.T, connection driver.Conn) {
		var got []string
		must(t, connection.QueryRow(t.Context(), "SELECT {values:Array(String)}", clickhouse.Named("values", []string{"it's", "b"})).Scan(&got))
		if len(got) != 2 || got[0] != "it's" {
			t.Errorf("got %q", got)
		}
	})
}

func TestAFaultIsTheDriversException(t *testing.T) {
	both(t, func(t *testing.T, connection driver.Conn) {
		for _, sql := range []string{"SELECT * FROM nowhere", "SELECT throwIf(number = 3000000) FROM numbers(4000000)", "CREATE NONSENSE"} {
			rows, err := connection.Query(t.Context(), sql)
			if err == nil {
				for rows.Next() {
				}
				err = rows.Err()
			}
			var exception *clickhouse.Exception
			if !errors.As(err, &exception) || exception.Code == 0 {
				t.Errorf("%s: got %v, want an exception with a code", sql, err)
			}
		}
	})
}

func TestAnEndedContextStopsTheStatement(t *testing.T) {
	both(t, func(t *testing.T, connection driver.Conn) {
		for _, sql := range []string{
			"SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
			"SELECT number FROM numbers(1000000000000)",
		} {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(200*time.Millisecond, cancel)
			start := time.Now()
			rows, err := connection.Query(ctx, sql)
			if err == nil {
				for rows.Next() {
				}
				err = rows.Err()
			}
			if err == nil {
				t.Errorf("%s: no error", sql)
			}
			if time.Since(start) > 20*time.Second {
				t.Errorf("%s: stopped after %v only", sql, time.Since(start))
			}
		}
		var one uint8
		must(t, connection.QueryRow(t.Context(), "SELECT 1").Scan(&one))
	})
	// Nothing goes on running behind the scenes.
	connection := connect(t, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0")
	var running uint64
	for range 100 {
		must(t, connection.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query LIKE '%1000000000000%' AND query NOT LIKE '%system.processes%'").Scan(&running))
		if running == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%d statements still run", running)
}

func TestASettingOfOneStatementDoesNotReachTheNext(t *testing.T) {
	connection := connect(t, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0")
	ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_result_rows": 5, "result_overflow_mode": "throw"}))
	rows, err := connection.Query(ctx, "SELECT number FROM numbers(100)")
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
	}
	if err == nil {
		t.Error("the setting was not applied")
	}
	for range 20 {
		var count uint64
		must(t, connection.QueryRow(t.Context(), "SELECT count() FROM (SELECT number FROM numbers(100))").Scan(&count))
	}
}

func TestManyAtOnce(t *testing.T) {
	connection := connect(t, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0")
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			var got uint64
			if err := connection.QueryRow(t.Context(), "SELECT sum(number) * {i:UInt64} FROM numbers(10000)", clickhouse.Named("i", i)).Scan(&got); err != nil || got != 49995000*uint64(i) {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
	group.Wait()
}

func TestASecondProcessIsRefused(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "CHDB_TEST_OPEN="+folder)
	output, err := command.CombinedOutput()
	must(t, err)
	if !strings.Contains(string(output), chdb.ErrInUse.Error()) {
		t.Errorf("got %q", output)
	}
}

func TestDataOutliveTheEngine(t *testing.T) {
	connection := connect(t, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0")
	must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE kept (i UInt16) ENGINE = MergeTree ORDER BY i"))
	must(t, connection.Exec(t.Context(), "INSERT INTO kept VALUES (7)"))
	must(t, engine.Close())
	open()
	connection = connect(t, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0")
	var got uint16
	must(t, connection.QueryRow(t.Context(), "SELECT i FROM kept").Scan(&got))
	if got != 7 {
		t.Errorf("got %d", got)
	}
}

func TestAMissingLibrarySaysWhatToDo(t *testing.T) {
	t.Setenv(chdb.LibraryVariable, "/nowhere/libchdb.so")
	if _, err := chdb.Find(); err == nil || !strings.Contains(err.Error(), chdb.LibraryVariable) {
		t.Errorf("got %v", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkTrivialQuery(b *testing.B) {
	connection := connect(b, func(*http.Transport) (http.RoundTripper, error) { return engine, nil }, "embedded:0")
	for b.Loop() {
		var one uint8
		must(b, connection.QueryRow(b.Context(), "SELECT 1").Scan(&one))
	}
}
