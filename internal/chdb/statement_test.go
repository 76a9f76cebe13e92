package chdb_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

func wantCode(t *testing.T, err error, code int32) {
	t.Helper()
	var exception *clickhouse.Exception
	if !errors.As(err, &exception) || exception.Code != code {
		t.Errorf("got %v, want an exception with code %d", err, code)
	}
}

func TestAFaultIsTheDriversException(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		for sql, code := range map[string]int32{
			"SELECT * FROM nowhere": 60,
			"SELECT throwIf(number = 3000000, 'too many') FROM numbers(4000000)": 395,
			"CREATE NONSENSE":                               62,
			"SHOW CREATE TABLE nowhere":                     390,
			"SELECT 1 SETTINGS max_execution_time = 'long'": 72,
			"SELECT sum(number) FROM numbers(1e12) SETTINGS max_execution_time = 0.1":          159,
			"SELECT groupArray(number) FROM numbers(1e8) SETTINGS max_memory_usage = 10000000": 241,
		} {
			_, err := drain(connection.Query(t.Context(), sql))
			t.Run(sql, func(t *testing.T) { wantCode(t, err, code) })
		}
		wantCode(t, connection.Exec(t.Context(), "INSERT INTO nowhere VALUES (1)"), 60)
	})
}

func TestAStatementHasASessionOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_result_rows": 5}))
		_, err := drain(connection.Query(ctx, "SELECT number FROM numbers(100)"))
		wantCode(t, err, 396)
		ctx = clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"readonly": 1}))
		wantCode(t, connection.Exec(ctx, "CREATE TABLE never (i UInt8) ENGINE = Memory"), 164)
		ctx = clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"no_such_setting": 1}))
		wantCode(t, connection.Exec(ctx, "SELECT 1"), 115)
		must(t, connection.Exec(t.Context(), "CREATE DATABASE IF NOT EXISTS elsewhere"))
		must(t, connection.Exec(t.Context(), "SET max_result_rows = 5"))
		must(t, connection.Exec(t.Context(), "USE elsewhere"))
		must(t, connection.Exec(t.Context(), "CREATE TEMPORARY TABLE brief (i UInt8)"))
		for range 2 * connections {
			if count, err := drain(connection.Query(t.Context(), "SELECT number FROM numbers(100)")); count != 100 || err != nil {
				t.Errorf("%d rows, %v", count, err)
			}
			if got := one[string](t, connection, "SELECT currentDatabase()"); got != "default" {
				t.Errorf("database %s", got)
			}
			if got := one[uint64](t, connection, "SELECT count() FROM system.tables WHERE is_temporary"); got != 0 {
				t.Errorf("%d temporary tables", got)
			}
		}
	})
}

func TestTheDatabaseOfAClientHoldsForItsStatements(t *testing.T) {
	plain := connect(t, embedded())
	must(t, plain.Exec(t.Context(), "CREATE DATABASE IF NOT EXISTS `odd``name`"))
	options := embedded()
	options.Auth.Database = "odd`name"
	odd := connect(t, options)
	for range 2 * connections {
		if got := one[string](t, odd, "SELECT currentDatabase()"); got != "odd`name" {
			t.Errorf("database %s", got)
		}
		if got := one[string](t, plain, "SELECT currentDatabase()"); got != "default" {
			t.Errorf("database %s", got)
		}
	}
	options.Auth.Database = "nowhere"
	wantCode(t, connect(t, options).Ping(t.Context()), 81)
}

func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				var got uint64
				err := connection.QueryRow(t.Context(), "SELECT sum(number) * {i:UInt64} FROM numbers(100000)", clickhouse.Named("i", i)).Scan(&got)
				if err != nil || got != 4999950000*uint64(i) {
					t.Errorf("got %d, %v", got, err)
				}
			})
		}
		group.Wait()
	})
}
