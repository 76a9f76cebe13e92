package chdb_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/chdb"
)

// A process has one engine: all tests share it.
var engine *chdb.Engine
var folder string

// connections of the shared engine; small, so that a test can take them all.
const connections = 4

func TestMain(m *testing.M) {
	if other := os.Getenv("CHDB_TEST_OPEN"); other != "" {
		_, err := chdb.Open(chdb.Options{Folder: other})
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
	if engine, err = open(folder); err != nil {
		panic(err)
	}
	defer func() { _ = engine.Close() }()
	return m.Run()
}

func open(folder string) (*chdb.Engine, error) {
	return chdb.Open(chdb.Options{Folder: folder, Connections: connections})
}

// embedded are the options of a client in process.
func embedded() *clickhouse.Options {
	return &clickhouse.Options{
		Protocol: clickhouse.HTTP, Addr: []string{"embedded:0"},
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) { return engine, nil },
		Settings:      clickhouse.Settings{"prefer_column_name_to_alias": 1},
		MaxOpenConns:  20,
	}
}

func connect(t testing.TB, options *clickhouse.Options) driver.Conn {
	t.Helper()
	connection, err := clickhouse.Open(options)
	must(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// each runs a test in process and through a socket, with and without compression.
func each(t *testing.T, test func(t *testing.T, connection driver.Conn)) {
	t.Run("in process", func(t *testing.T) { test(t, connect(t, embedded())) })
	server := httptest.NewServer(engine)
	defer server.Close()
	for name, method := range map[string]clickhouse.CompressionMethod{
		"over HTTP": clickhouse.CompressionNone, "over HTTP, lz4": clickhouse.CompressionLZ4, "over HTTP, zstd": clickhouse.CompressionZSTD,
	} {
		t.Run(name, func(t *testing.T) {
			options := embedded()
			options.TransportFunc, options.Addr = nil, []string{strings.TrimPrefix(server.URL, "http://")}
			options.Compression = &clickhouse.Compression{Method: method}
			test(t, connect(t, options))
		})
	}
}

// drain reads all rows and returns how many there were.
func drain(rows driver.Rows, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	count := 0
	for rows.Next() {
		count++
	}
	return count, errors.Join(rows.Err(), rows.Close())
}

// one is the only value of a query.
func one[T any](t testing.TB, connection driver.Conn, sql string, arguments ...any) T {
	t.Helper()
	var value T
	if err := connection.QueryRow(t.Context(), sql, arguments...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
