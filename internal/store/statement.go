package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
)

//go:embed query/*.sql
var queryFiles embed.FS

// parameters are the values of a query's {name:Type} places.
type parameters map[string]any

// ask runs a query of query/ and hands out its rows, unless it reads what is damaged. It
// ends after QueryLimit at the latest.
func (s *Store) ask(ctx context.Context, name string, values parameters, each func(row driver.Rows) error) error {
	sql, err := query(name)
	if err != nil {
		return err
	}
	if err := s.intact(name, sql, values); err != nil {
		return err
	}
	return s.run(ctx, name, sql, values, each)
}

// inspect is ask for those who look after the data: it reads what is damaged too.
func (s *Store) inspect(ctx context.Context, name string, values parameters, each func(row driver.Rows) error) error {
	sql, err := query(name)
	if err != nil {
		return err
	}
	return s.run(ctx, name, sql, values, each)
}

func (s *Store) run(ctx context.Context, name, sql string, values parameters, each func(row driver.Rows) error) (err error) {
	start := time.Now()
	defer func() { err = fault(err); s.observe(name, time.Since(start), err) }()
	ctx, cancel := context.WithTimeout(ctx, QueryLimit)
	defer cancel()
	leave, err := s.lanes.enter(ctx, laneOf(ctx, name))
	if err != nil {
		return err
	}
	defer leave()
	named := make([]any, 0, len(values))
	for place, value := range values {
		named = append(named, clickhouse.Named(place, value))
	}
	rows, err := s.connection.Query(ctx, sql, named...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// query is the SQL of a file of query/. Which submissions count is said once, in
// in_force.sql, and stands where another file says {{in_force}}.
func query(name string) (string, error) {
	sql, err := queryFiles.ReadFile("query/" + name + ".sql")
	if err != nil {
		return "", err
	}
	inForce, err := queryFiles.ReadFile("query/in_force.sql")
	if err != nil {
		return "", err
	}
	return strings.Replace(string(sql), "{{in_force}}", string(inForce), 1), nil
}

// column is a column of an insert with the type in which its values are sent;
// told to the driver, which would ask for them before each batch otherwise.
type column = clickhouse.ColumnNameAndType

// insert writes rows into a table in one block: all of them or none.
func (s *Store) insert(ctx context.Context, table string, columns []column, fill func(batch driver.Batch) error) (err error) {
	start := time.Now()
	defer func() { err = fault(err); s.observe("insert "+table, time.Since(start), err) }()
	ctx, cancel := context.WithTimeout(ctx, QueryLimit)
	defer cancel()
	leave, err := s.lanes.enter(ctx, writing)
	if err != nil {
		return err
	}
	defer leave()
	ctx = clickhouse.Context(ctx, clickhouse.WithColumnNamesAndTypes(columns))
	batch, err := s.connection.PrepareBatch(ctx, insertInto(table, columns))
	if err != nil {
		return err
	}
	// A panic must not keep the connection that the batch has.
	if err := panics.Try(func() error { return fill(batch) }); err != nil {
		return errors.Join(err, batch.Abort())
	}
	rows := batch.Rows()
	if err := batch.Send(); err != nil {
		return err
	}
	if s.acknowledged != nil {
		s.acknowledged.add(table, rows)
	}
	return nil
}

func insertInto(table string, columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ")"
}

// fault turns what the engine says into a problem that a user may read, where
// there is something to do about it.
func fault(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, told := problem.From(err); told {
		return err
	}
	var exception *clickhouse.Exception
	code := int32(0)
	if errors.As(err, &exception) {
		code = exception.Code
	}
	text := err.Error()
	switch {
	case code == 243, errors.Is(err, syscall.ENOSPC), strings.Contains(text, "No space left on device"), strings.Contains(text, "File too large"):
		return problem.New(problem.Unavailable, "disk_full", nil).Because(err)
	case code == 159, code == 160, code == 394, errors.Is(err, context.DeadlineExceeded):
		return problem.New(problem.Unavailable, "query_time", nil).Because(err)
	case code == 241:
		return problem.New(problem.Unavailable, "query_memory", nil).Because(err)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, clickhouse.ErrAcquireConnTimeout):
		return problem.New(problem.Unavailable, "database_unreachable", nil).Because(err)
	}
	return err
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// momentFormat writes a DateTime64(6, 'UTC'), which is as fine as a clock's
// moments are kept.
const momentFormat = "2006-01-02 15:04:05.000000"

// moment is the value of an {as_of:DateTime64(6, 'UTC')}; the zero time stands
// for the end of all days.
func moment(t time.Time) string {
	if t.IsZero() {
		return "2200-01-01 00:00:00.000000"
	}
	return t.UTC().Format(momentFormat)
}

// texts turns codes of any kind into the strings of an Array(String).
func texts[T ~string](codes []T) []string {
	all := make([]string, len(codes))
	for i, code := range codes {
		all[i] = string(code)
	}
	return all
}

// numbers is the text of an array of whole numbers.
func numbers[T ~uint16 | ~uint8](values []T) string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = fmt.Sprint(uint16(value))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// uuids reads ids; those that are none name nothing and are left out.
func uuids[T ~string](ids []T) []string {
	all := make([]string, 0, len(ids))
	for _, id := range ids {
		if _, err := uuid.Parse(string(id)); err == nil {
			all = append(all, string(id))
		}
	}
	return all
}
