package chdb_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ClickHouse/clickhouse-go/v2"

	"kipmonitor/internal/chdb"
)

func Example() {
	engine, err := chdb.Open(chdb.Options{Folder: "data"})
	if err != nil {
		fmt.Println(err) // plain words where the library is missing or the folder in use
		return
	}
	defer engine.Close()
	connection, err := clickhouse.Open(&clickhouse.Options{
		Protocol:      clickhouse.HTTP,
		Addr:          []string{"embedded:0"},
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) { return engine, nil },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer connection.Close()
	var version string
	err = connection.QueryRow(context.Background(), "SELECT version()").Scan(&version)
	fmt.Println(version, err)
}
