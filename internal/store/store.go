// Package store is everything that is said to ClickHouse, through clickhouse-go
// alone: what came in, what was decided, and the sums of figures. Nothing is
// updated in place, so that every answer can be given as of a past moment.
//
// Behind the driver stands the embedded engine of package chdb, or a server; the
// SQL is the same. Each query is a file in query/, named after its method; the
// tables are in schema/.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/chdb"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Config says which engine keeps the figures.
type Config struct {
	// Folder of the embedded engine; not used where an address is given.
	Folder string
	// Address of a server: clickhouse://user:password@host:9000/database,
	// clickhouses:// or ?secure=true for TLS, http:// or https:// for the HTTP
	// protocol. cluster=NAME creates the tables on every node of a cluster.
	Address string
	// Observe is told of each statement, by the name of its file or table, how long it
	// took, with its wait, and how it ended; nil: nobody is.
	Observe func(name string, took time.Duration, err error)
	// Backups is the folder of the backups of the embedded engine; "" for none.
	Backups string
}

// Store keeps figures. It is safe for concurrent use. Make it with Open.
type Store struct {
	programme  *programme.Programme
	connection driver.Conn
	engine     *chdb.Engine // nil for a server
	cluster    string
	database   string
	overHTTP   bool // not the native protocol
	packer     packer
	lanes      *lanes
	observe    func(name string, took time.Duration, err error)
	now        func() time.Time

	gatheringLock sync.Mutex
	gatherings    map[string]*gathering // by table and columns

	sequenceLock sync.Mutex
	sequence     uint64 // the last that was given out; 0: not known yet

	acknowledged *acknowledged // nil for a server
	backups      string        // where they lie; "" for none
	backupLock   sync.Mutex
	damageLock   sync.Mutex
	damages      []Damage
	verifiedAt   time.Time

	versionLock sync.Mutex
	version     string
	versionAt   time.Time
}

// Open connects to the engine and brings its tables up to date. It says in one
// line what is wrong where the library is missing, the folder is in use, or the
// server is unreachable, refuses us or is too old.
func Open(ctx context.Context, config Config, p *programme.Programme) (*Store, error) {
	s, err := connect(config, p)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, config); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.engine != nil {
		if err := s.countRows(ctx, config.Folder); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// connect makes the connection, and leaves the tables as they are.
func connect(config Config, p *programme.Programme) (*Store, error) {
	s := &Store{programme: p, now: time.Now, lanes: newLanes(), observe: config.Observe}
	if s.observe == nil {
		s.observe = func(string, time.Duration, error) {}
	}
	var err error
	if s.packer, err = newPacker(); err != nil {
		return nil, err
	}
	options, err := s.options(config)
	if err != nil {
		return nil, err
	}
	s.overHTTP, s.database = options.Protocol == clickhouse.HTTP, cmp.Or(options.Auth.Database, "default")
	s.connection, err = clickhouse.Open(options)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), s.Close())
	}
	return s, nil
}

// countRows begins to count the rows that the engine confirms. Where nobody did before,
// or the count cannot be read, they are taken as they are.
func (s *Store) countRows(ctx context.Context, folder string) error {
	count, err := readAcknowledged(folder)
	if err != nil && !errors.Is(err, errNoCount) {
		return err
	}
	held, fault := s.heldRows(ctx)
	if fault != nil {
		return fmt.Errorf("count the rows of the tables: %w", fault)
	}
	if err := count.raise(held, errors.Is(err, errNoCount)); err != nil {
		return err
	}
	s.acknowledged = count
	return nil
}

// Close ends the connections and, where it is embedded, the engine.
func (s *Store) Close() error {
	var faults []error
	if s.connection != nil {
		faults = append(faults, s.connection.Close())
	}
	if s.engine != nil {
		faults = append(faults, s.engine.Close())
	}
	return errors.Join(faults...)
}

// Ping asks the engine for an answer.
func (s *Store) Ping(ctx context.Context) error {
	var answer uint8
	if err := s.connection.QueryRow(ctx, "SELECT 1").Scan(&answer); err != nil {
		return fmt.Errorf("ask the database: %w", fault(err))
	}
	return nil
}

// Version changes with everything that a figure or a standing depends on: what is taken
// in, decided, extended or reminded of, the definition, and the day in Switzerland, with
// which due dates pass. With a server it may be up to a second old, since another program
// may write there.
func (s *Store) Version(ctx context.Context) (string, error) {
	tables, err := s.tablesVersion(ctx)
	if err != nil {
		return "", fmt.Errorf("ask for the version of the data: %w", err)
	}
	if len(s.Damages()) > 0 {
		tables += "-damaged" // nothing that was made before is shown any longer
	}
	return fmt.Sprintf("%s-%s-%s", tables, s.now().In(locale.Zone()).Format("20060102"), s.programme.Fingerprint[:min(len(s.programme.Fingerprint), 12)]), nil
}

// tablesVersion is the part of the version that is in the tables.
func (s *Store) tablesVersion(ctx context.Context) (string, error) {
	s.versionLock.Lock()
	defer s.versionLock.Unlock()
	age := s.now().Sub(s.versionAt)
	if s.version != "" && (s.engine != nil || age >= 0 && age < time.Second) {
		return s.version, nil
	}
	s.version = ""
	var events string
	var extensions, reminders uint64
	if err := s.ask(ctx, "version", nil, func(row driver.Rows) error { return row.Scan(&events, &extensions, &reminders) }); err != nil {
		return "", err
	}
	s.version, s.versionAt = fmt.Sprintf("%s-%d-%d", events, extensions, reminders), s.now()
	return s.version, nil
}

// changed forgets the version, after something was written.
func (s *Store) changed() {
	s.versionLock.Lock()
	defer s.versionLock.Unlock()
	s.version = ""
}
