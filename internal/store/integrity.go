package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

// Damage is a difference between what was acknowledged and what the engine holds.
type Damage struct {
	Table      string
	Year       figure.Year   // of observations; 0: all of the table
	Submission submission.ID // whose figures they are; "": not known
	What       locale.Text   // what is wrong, in a sentence
}

// Verify compares what the engine holds with what was acknowledged: the parts that it
// left out as broken, the rows of every table, the checksums of the files of its parts,
// and the number and checksum of each submission's figures. From then on, what reads a
// damaged table is refused, until Verify finds it whole again. Nothing is changed but
// the count of a table that has none yet.
func (s *Store) Verify(ctx context.Context) ([]Damage, error) {
	var found []Damage
	for _, check := range []func(context.Context) ([]Damage, error){s.missingRows, s.unreadableParts, s.brokenSubmissions} {
		damages, err := check(ctx)
		if err != nil {
			return nil, fmt.Errorf("compare the data with what was acknowledged: %w", err)
		}
		found = append(found, damages...)
	}
	aside, err := s.brokenParts(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare the data with what was acknowledged: %w", err)
	}
	for _, part := range aside {
		// A part of which all rows lie in another one too, as after a merge, is no loss.
		counted := s.acknowledged != nil && !s.acknowledged.adopted
		if !counted || slices.ContainsFunc(found, func(d Damage) bool { return d.Table == part.Table }) {
			found = append(found, part)
		}
	}
	s.damageLock.Lock()
	defer s.damageLock.Unlock()
	s.damages, s.verifiedAt = found, s.now()
	return found, nil
}

// VerifyAfter verifies the data unless that was done within a time. What is damaged is
// refused when it is asked for.
func (s *Store) VerifyAfter(ctx context.Context, within time.Duration) error {
	s.damageLock.Lock()
	at := s.verifiedAt
	s.damageLock.Unlock()
	if !at.IsZero() && s.now().Sub(at) < within {
		return nil
	}
	_, err := s.Verify(ctx)
	return err
}

// Damages are what the last Verify found.
func (s *Store) Damages() []Damage {
	s.damageLock.Lock()
	defer s.damageLock.Unlock()
	return slices.Clone(s.damages)
}

// brokenParts asks for the parts that the engine has put aside.
func (s *Store) brokenParts(ctx context.Context) ([]Damage, error) {
	var found []Damage
	err := s.inspect(ctx, "broken_parts", nil, func(row driver.Rows) error {
		var table, part, reason string
		if err := row.Scan(&table, &part, &reason); err != nil {
			return err
		}
		table = strings.TrimSuffix(table, "_local")
		found = append(found, Damage{Table: table, Year: yearOfPart(table, part),
			What: locale.Every("integrity.part_put_aside", locale.Args{"table": table, "part": part, "reason": reason})})
		return nil
	})
	return found, err
}

// missingRows compares the rows of each table with those that were acknowledged.
func (s *Store) missingRows(ctx context.Context) ([]Damage, error) {
	if s.acknowledged == nil {
		return nil, nil
	}
	var found []Damage
	for _, table := range countedTables {
		expected := s.acknowledged.of(table) // before: what comes meanwhile is no loss
		held, err := s.rowsOf(ctx, table)
		if err != nil {
			return nil, err
		}
		if held < expected {
			found = append(found, Damage{Table: table,
				What: locale.Every("integrity.rows_missing", locale.Args{"table": table, "missing": int(expected - held), "rows": int(expected)})})
		}
	}
	return found, nil
}

// heldRows are the rows of each table.
func (s *Store) heldRows(ctx context.Context) (map[string]uint64, error) {
	held := map[string]uint64{}
	for _, table := range countedTables {
		rows, err := s.rowsOf(ctx, table)
		if err != nil {
			return nil, err
		}
		held[table] = rows
	}
	return held, nil
}

func (s *Store) rowsOf(ctx context.Context, table string) (rows uint64, err error) {
	err = s.connection.QueryRow(ctx, "SELECT count() FROM "+table).Scan(&rows)
	return rows, fault(err)
}

// unreadableParts lets the engine compare the files of each part with their checksums.
// Over a cluster each node does so itself.
func (s *Store) unreadableParts(ctx context.Context) ([]Damage, error) {
	if s.cluster != "" {
		return nil, nil
	}
	var found []Damage
	for _, table := range countedTables {
		parts, err := s.failedParts(ctx, table)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			found = append(found, Damage{Table: table, Year: yearOfPart(table, p.name),
				What: locale.Every("integrity.part_unreadable", locale.Args{"table": table, "part": p.name, "reason": p.reason})})
		}
	}
	return found, nil
}

type failedPart struct{ name, reason string }

func (s *Store) failedParts(ctx context.Context, table string) (failed []failedPart, err error) {
	rows, err := s.connection.Query(ctx, "CHECK TABLE "+table+" SETTINGS check_query_single_value_result = 0")
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var path, message string
		var passed uint8
		if err := rows.Scan(&path, &passed, &message); err != nil {
			return nil, err
		}
		if passed == 0 {
			failed = append(failed, failedPart{name: path, reason: firstLine(message)})
		}
	}
	return failed, fault(rows.Err())
}

// BrokenSubmission is a submission whose figures are not those that were acknowledged.
type BrokenSubmission struct {
	ID           submission.ID
	Form         figure.Form
	Organisation figure.Organisation
	Period       figure.Period
	SHA256       string // of its file
	Expected     uint64 // figures that were acknowledged
	Held         uint64 // figures that are left, or too many
}

// BrokenSubmissions are those whose figures are not those that were acknowledged.
func (s *Store) BrokenSubmissions(ctx context.Context) ([]BrokenSubmission, error) {
	broken, err := s.differing(ctx)
	if err != nil || len(broken) == 0 {
		return nil, err
	}
	// A file that came in while the engine looked at one table after the other may seem
	// to lack figures: what is broken still is at a second look.
	again, err := s.differing(ctx)
	return slices.DeleteFunc(broken, func(one BrokenSubmission) bool {
		return !slices.ContainsFunc(again, func(other BrokenSubmission) bool { return other.ID == one.ID })
	}), err
}

func (s *Store) differing(ctx context.Context) ([]BrokenSubmission, error) {
	var broken []BrokenSubmission
	err := s.inspect(ctx, "broken_submissions", nil, func(row driver.Rows) error {
		var one BrokenSubmission
		var id uuid.UUID
		var form, organisation string
		var year uint16
		var part uint8
		var changed bool
		if err := row.Scan(&id, &form, &organisation, &year, &part, &one.SHA256, &one.Expected, &one.Held, &changed); err != nil {
			return err
		}
		one.ID, one.Form, one.Organisation = submission.ID(id.String()), figure.Form(form), figure.Organisation(organisation)
		one.Period = figure.Period{Year: figure.Year(year), Part: figure.Part(part)}
		broken = append(broken, one)
		return nil
	})
	return broken, err
}

// Digests are the checksums that were acknowledged, by submission. Submissions of before
// there were checksums have none.
func (s *Store) Digests(ctx context.Context) (map[submission.ID]Digest, error) {
	digests := map[submission.ID]Digest{}
	err := s.inspect(ctx, "digests", nil, func(row driver.Rows) error {
		var id uuid.UUID
		var d Digest
		err := row.Scan(&id, &d.Rows, &d.Sum)
		digests[submission.ID(id.String())] = d
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the checksums of submissions: %w", err)
	}
	return digests, nil
}

func (s *Store) brokenSubmissions(ctx context.Context) ([]Damage, error) {
	broken, err := s.BrokenSubmissions(ctx)
	if err != nil {
		// A part whose files do not fit their checksums cannot be read: that was said.
		if parts, checkErr := s.unreadableParts(ctx); checkErr == nil && len(parts) > 0 {
			return nil, nil
		}
		return nil, err
	}
	var found []Damage
	for _, one := range broken {
		found = append(found, Damage{Table: "observations", Year: one.Period.Year, Submission: one.ID,
			What: locale.Every("integrity.figures_differ", locale.Args{"organisation": string(one.Organisation), "form": string(one.Form),
				"period": one.Period, "expected": int(one.Expected), "held": int(one.Held)})})
	}
	return found, nil
}

// yearOfPart is the year of a part of observations, which are kept by year; 0 where the
// name does not tell.
func yearOfPart(table, part string) figure.Year {
	if table != "observations" {
		return 0
	}
	var year figure.Year
	if found := partYear.FindStringSubmatch(part); found != nil {
		if _, err := fmt.Sscan(found[1], &year); err != nil {
			return 0
		}
	}
	return year
}

var partYear = regexp.MustCompile(`(?:^|_)((?:19|20|21)\d\d)_\d+_\d+_\d+`)

// tablesOf are the tables that a statement reads.
func tablesOf(sql string) []string {
	var tables []string
	for _, found := range readTable.FindAllStringSubmatch(sql, -1) {
		if slices.Contains(countedTables, found[1]) && !slices.Contains(tables, found[1]) {
			tables = append(tables, found[1])
		}
	}
	return tables
}

var readTable = regexp.MustCompile(`\b(?:FROM|JOIN)\s+(\w+)`)

// intact refuses a statement that reads what is damaged. A statement that names its
// years is refused only where one of them is. What tells the state of the data is not:
// it shows no figure.
func (s *Store) intact(name, sql string, values parameters) error {
	damages := s.Damages()
	if len(damages) == 0 || name == "version" {
		return nil
	}
	tables := tablesOf(sql)
	for _, d := range damages {
		if slices.Contains(tables, d.Table) && touches(values, d.Year) {
			return problem.New(problem.Unavailable, "data_damaged", nil).Because(fmt.Errorf("query %s: %s", name, d.What.EN))
		}
	}
	return nil
}

// touches reports whether the parameters of a statement ask for a year, or for all.
func touches(values parameters, year figure.Year) bool {
	if year == 0 {
		return true
	}
	if one, given := values["year"].(uint16); given {
		return one == uint16(year)
	}
	if several, given := values["years"].(string); given && several != "[]" {
		return slices.Contains(strings.Split(strings.Trim(several, "[]"), ","), fmt.Sprint(year))
	}
	return true
}
