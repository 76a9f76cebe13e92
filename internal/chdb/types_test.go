package chdb_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

func TestEveryTypeComesBackAsItWent(t *testing.T) {
	type row struct {
		S    string            `ch:"s"`
		L    string            `ch:"l"`
		U    uuid.UUID         `ch:"u"`
		T    time.Time         `ch:"t"`
		D    time.Time         `ch:"d"`
		A    decimal.Decimal   `ch:"a"`
		N    *int64            `ch:"n"`
		M    *decimal.Decimal  `ch:"m"`
		List []string          `ch:"list"`
		Map  map[string]uint64 `ch:"map"`
		I8   int8              `ch:"i8"`
		U16  uint16            `ch:"u16"`
		I32  int32             `ch:"i32"`
		U64  uint64            `ch:"u64"`
		F    float64           `ch:"f"`
		B    bool              `ch:"b"`
	}
	seven, amount := int64(-7), decimal.RequireFromString("-0.0001")
	want := []row{
		{S: "O'Brien\\ «ü»\n\t\x00", L: "low", U: uuid.New(), T: time.Now().UTC().Truncate(time.Millisecond), D: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC),
			A: decimal.RequireFromString("99999999999999.9999"), N: &seven, M: &amount, List: []string{"a", "", "it's"}, Map: map[string]uint64{"x": 1, "y": 1 << 63},
			I8: -128, U16: 65535, I32: -1 << 31, U64: 1<<64 - 1, F: 0.1, B: true},
		{T: time.Unix(0, 0).UTC(), D: time.Unix(0, 0).UTC(), List: []string{}, Map: map[string]uint64{}, A: decimal.RequireFromString("0")},
	}
	each(t, func(t *testing.T, connection driver.Conn) {
		must(t, connection.Exec(t.Context(), `CREATE OR REPLACE TABLE types (s String, l LowCardinality(String), u UUID, t DateTime64(3, 'UTC'), d Date,
			a Decimal(18, 4), n Nullable(Int64), m Nullable(Decimal(18, 4)), list Array(String), map Map(String, UInt64),
			i8 Int8, u16 UInt16, i32 Int32, u64 UInt64, f Float64, b Bool) ENGINE = MergeTree ORDER BY tuple()`))
		batch, err := connection.PrepareBatch(t.Context(), "INSERT INTO types")
		must(t, err)
		for i := range want {
			must(t, batch.AppendStruct(&want[i]))
		}
		must(t, batch.Send())
		var got []row
		must(t, connection.Select(t.Context(), &got, "SELECT * FROM types ORDER BY u16 DESC"))
		if len(got) != len(want) {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
		for i := range got {
			had, err := json.Marshal(want[i])
			must(t, err)
			have, err := json.Marshal(got[i])
			must(t, err)
			if string(have) != string(had) {
				t.Errorf("row %d:\ngot  %s\nwant %s", i, have, had)
			}
		}
	})
}

func TestNoRowsAreNoError(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		count, err := drain(connection.Query(t.Context(), "SELECT number FROM numbers(10) WHERE number > 100"))
		if err != nil || count != 0 {
			t.Errorf("%d rows, %v", count, err)
		}
		var number uint64
		err = connection.QueryRow(t.Context(), "SELECT number FROM numbers(10) WHERE number > 100").Scan(&number)
		if !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("got %v", err)
		}
	})
}

func TestParametersAreValuesAndNeverSQL(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		texts := []string{"plain", "it's", `back\slash`, `\'`, `\N`, "NULL", "tab\there", "line\nbreak\r\n", "«Zürich» 🏔", "'; DROP TABLE types; --", "{value:String}", ""}
		for _, text := range texts {
			if got := one[string](t, connection, "SELECT {value:String}", clickhouse.Named("value", text)); got != text {
				t.Errorf("got %q, want %q", got, text)
			}
		}
		if got := one[[]string](t, connection, "SELECT {values:Array(String)}", clickhouse.Named("values", texts)); !reflect.DeepEqual(got, texts) {
			t.Errorf("got  %q\nwant %q", got, texts)
		}
		if got := one[uint64](t, connection, "SELECT sum(number) FROM numbers(10) WHERE number IN {numbers:Array(UInt64)}", clickhouse.Named("numbers", []uint64{1, 2, 30})); got != 3 {
			t.Errorf("got %d", got)
		}
		if got := one[bool](t, connection, "SELECT {yes:Bool}", clickhouse.Named("yes", true)); !got {
			t.Error("got false")
		}
		moment := time.Date(2026, 3, 29, 2, 30, 0, 123_000_000, time.UTC)
		if got := one[time.Time](t, connection, "SELECT {moment:DateTime64(3, 'UTC')}", clickhouse.Named("moment", "2026-03-29 02:30:00.123")); !got.Equal(moment) {
			t.Errorf("got %v", got)
		}
	})
}

func TestAParameterOfAnotherTypeIsAFault(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		var number uint16
		err := connection.QueryRow(t.Context(), "SELECT {number:UInt16}", clickhouse.Named("number", "many")).Scan(&number)
		wantCode(t, err, 457)
		wantCode(t, connection.QueryRow(t.Context(), "SELECT {number:UInt16}", clickhouse.Named("other", "1")).Scan(&number), 456)
	})
}

func TestStatementsThatChangeTakeParameters(t *testing.T) {
	each(t, func(t *testing.T, connection driver.Conn) {
		must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE noted (s String) ENGINE = MergeTree ORDER BY s"))
		must(t, connection.Exec(t.Context(), "INSERT INTO noted SELECT {text:String}", clickhouse.Named("text", "it's\ttrue")))
		must(t, connection.Exec(t.Context(), "INSERT INTO noted VALUES ({text:String})", clickhouse.Named("text", "too")))
		must(t, connection.Exec(t.Context(), "WITH seen AS (SELECT 'with' AS s) INSERT INTO noted SELECT s FROM seen"))
		if got := one[[]string](t, connection, "SELECT groupArray(s) FROM (SELECT s FROM noted ORDER BY s)"); !reflect.DeepEqual(got, []string{"it's\ttrue", "too", "with"}) {
			t.Errorf("got %q", got)
		}
	})
}
