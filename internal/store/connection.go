package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"kipmonitor/internal/chdb"
)

// QueryLimit bounds every statement beyond the caller's own deadline.
const QueryLimit = 60 * time.Second

// oldest is the oldest release that knows everything that the statements use.
var oldest = [2]uint64{24, 8}

// settings hold on every connection.
var settings = clickhouse.Settings{
	// Without it `SELECT year + 1 AS year … WHERE year = 2024` filters by the
	// alias, and sums another year than it says.
	"prefer_column_name_to_alias": 1,
	"max_execution_time":          int(QueryLimit.Seconds()),
	// The figures of a canton are small beside a machine; more threads than these
	// take memory and give nothing.
	"max_threads": 2,
}

// clusterSettings hold beside them where the tables are spread over a cluster.
var clusterSettings = clickhouse.Settings{
	// An insert returns when every shard has its rows, not when they wait for it.
	"distributed_foreground_insert": 1,
	// Most replicas have an insert before it counts. Otherwise the events of a
	// submission could reach a replica before its figures: half a submission.
	"insert_quorum": "auto",
	// What belongs to one submission lies on one shard: it is joined there.
	"distributed_product_mode": "local",
}

func (s *Store) options(config Config) (*clickhouse.Options, error) {
	if config.Address != "" {
		return s.serverOptions(config)
	}
	if err := soundLinks(config.Folder); err != nil {
		return nil, err
	}
	var arguments []string
	if config.Backups != "" {
		folder, err := filepath.Abs(config.Backups)
		if err != nil {
			return nil, fmt.Errorf("folder of the backups: %w", err)
		}
		s.backups, arguments = folder, []string{"--backups.allowed_path=" + folder}
	}
	library, err := chdb.Find()
	if err != nil {
		return nil, err
	}
	s.engine, err = chdb.Open(chdb.Options{Library: library, Folder: filepath.Join(config.Folder, "clickhouse"), Arguments: arguments, Connections: connections})
	if err != nil {
		return nil, err
	}
	return &clickhouse.Options{
		Protocol:      clickhouse.HTTP,
		Addr:          []string{"embedded:0"},
		Settings:      settings,
		MaxOpenConns:  connections,
		MaxIdleConns:  connections,
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) { return s.engine, nil },
	}, nil
}

// The error of url.Parse repeats the address, and with it the password.
var errAddress = errors.New("the address of the database server is not readable; it looks like clickhouse://user:password@host:9000/database")

func (s *Store) serverOptions(config Config) (*clickhouse.Options, error) {
	address, err := url.Parse(config.Address)
	if err != nil || address.Host == "" || !slices.Contains([]string{"clickhouse", "clickhouses", "http", "https"}, address.Scheme) {
		return nil, errAddress
	}
	query := address.Query()
	s.cluster = query.Get("cluster")
	query.Del("cluster")
	if address.Scheme == "clickhouses" {
		address.Scheme = "clickhouse"
		query.Set("secure", "true")
	}
	address.RawQuery = query.Encode()
	options, err := clickhouse.ParseDSN(address.String())
	if err != nil {
		return nil, errAddress
	}
	// What the address sets goes before what we think right.
	asked := options.Settings
	options.Settings = maps.Clone(settings)
	if s.cluster != "" {
		maps.Copy(options.Settings, clusterSettings)
	}
	maps.Copy(options.Settings, asked)
	options.DialTimeout = dialTime
	options.MaxOpenConns = max(options.MaxOpenConns, connections)
	return options, nil
}

const dialTime = 10 * time.Second

// ready says in plain words why the engine cannot be used, or migrates it.
func (s *Store) ready(ctx context.Context, config Config) error {
	ctx, cancel := context.WithTimeout(ctx, QueryLimit)
	defer cancel()
	version, err := s.connection.ServerVersion()
	if err != nil {
		return s.unreachable(config, err)
	}
	if v := version.Version; v.Major < oldest[0] || (v.Major == oldest[0] && v.Minor < oldest[1]) {
		return fmt.Errorf("the database server is too old: it is ClickHouse %d.%d, and %d.%d or later is needed", v.Major, v.Minor, oldest[0], oldest[1])
	}
	if err := s.migrate(ctx); err != nil {
		return fmt.Errorf("bring the tables of the database up to date: %w", fault(err))
	}
	return nil
}

// unreachable says why a server did not let us in, without its password.
func (s *Store) unreachable(config Config, err error) error {
	if config.Address == "" {
		return fmt.Errorf("the embedded database does not answer: %w", err)
	}
	host := "the database server"
	if address, fault := url.Parse(config.Address); fault == nil {
		host = "the database server " + address.Host
	}
	var exception *clickhouse.Exception
	var network net.Error
	switch {
	case errors.As(err, &exception) && refusals[exception.Code]:
		return fmt.Errorf("%s refuses the user name or the password", host)
	case errors.As(err, &exception):
		return fmt.Errorf("%s refuses the connection: %s", host, firstLine(exception.Message))
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%s does not answer within %v", host, dialTime)
	}
	return fmt.Errorf("%s cannot be reached: %s", host, firstLine(err.Error()))
}

// refusals are the exceptions that mean a wrong name or password: unknown user,
// wrong password, password needed, address not allowed, authentication failed.
var refusals = map[int32]bool{192: true, 193: true, 194: true, 195: true, 516: true}
