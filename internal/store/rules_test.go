package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/store"
)

var (
	columnName = regexp.MustCompile(`(?m)^    ([a-z_0-9]+) +[A-Z]`)
	alias      = regexp.MustCompile(`\bAS\s+([a-z_0-9]+)`)
	plainSum   = regexp.MustCompile(`\b(?:sum|avg)(?:If)?\(\s*([a-z_]+)`)
)

// rules returns what is wrong with the SQL of a query.
func rules(sql string, columns []string) []string {
	var faults []string
	for _, found := range alias.FindAllStringSubmatch(sql, -1) {
		if slices.Contains(columns, found[1]) {
			faults = append(faults, "the alias "+found[1]+" is a column too: a condition may mean either")
		}
	}
	for _, found := range plainSum.FindAllStringSubmatch(sql, -1) {
		if !strings.HasSuffix(found[1], "_count") {
			faults = append(faults, "a plain sum of "+found[1]+" makes 0 of nothing: use sumOrNull")
		}
	}
	if !strings.HasPrefix(sql, "-- ") {
		faults = append(faults, "it does not say what a row is")
	}
	return faults
}

func TestQueriesKeepTheRules(t *testing.T) {
	var columns []string
	for _, path := range glob(t, "schema/*.sql") {
		for _, found := range columnName.FindAllStringSubmatch(read(t, path), -1) {
			columns = append(columns, found[1])
		}
	}
	if !slices.Contains(columns, "value") || !slices.Contains(columns, "submission") {
		t.Fatalf("the columns of the schema are not found: %v", columns)
	}
	for _, path := range glob(t, "query/*.sql") {
		for _, fault := range rules(read(t, path), columns) {
			t.Errorf("%s: %s", path, fault)
		}
	}
	for _, sql := range []string{
		"-- A row is a sum.\nSELECT year + 1 AS year FROM observations",
		"-- A row is a sum.\nSELECT sum(value) FROM observations",
		"-- A row is a sum.\nSELECT avgIf(value, mark = 0) FROM observations",
		"SELECT 1",
	} {
		if len(rules(sql, columns)) == 0 {
			t.Errorf("nothing is wrong with %q", sql)
		}
	}
}

func TestTheEngineParsesTheStatementsOfACluster(t *testing.T) {
	statements, err := store.ClusterStatements("kip")
	must(t, err)
	if len(statements) < 2*(len(store.Tables)+1) {
		t.Errorf("%d statements for %d tables", len(statements), len(store.Tables)+1)
	}
	for _, sql := range statements {
		if !strings.Contains(sql, "ON CLUSTER 'kip'") || strings.Contains(sql, "{{") {
			t.Errorf("not for a cluster: %s", sql)
		}
		if !strings.Contains(sql, "ReplicatedMergeTree(") && !strings.Contains(sql, "Distributed('kip'") && !strings.Contains(sql, "ALTER TABLE") {
			t.Errorf("neither replicated nor distributed: %s", sql)
		}
		if err := shared.store.Parse(t.Context(), sql); err != nil {
			t.Errorf("%s\n%v", sql, err)
		}
	}
	if err := shared.store.Parse(t.Context(), "CREATE TABLE x ON CLUSTER"); err == nil {
		t.Error("the parser lets everything pass")
	}
}

func TestATableIsMadeOnceHoweverOftenTheProgramStarts(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		before, err := s.Count(t.Context(), "SELECT count() FROM migrations")
		must(t, err)
		must(t, s.Migrate(t.Context()))
		after, err := s.Count(t.Context(), "SELECT count() FROM migrations")
		must(t, err)
		if before != after || before == 0 {
			t.Errorf("%d changes noted before, %d after", before, after)
		}
	})
}

func TestTablesOfANewerReleaseAreLeftAlone(t *testing.T) {
	s := shared.store
	must(t, s.Exec(t.Context(), "INSERT INTO migrations (number, name) VALUES (9999, 'future')"))
	defer func() {
		must(t, s.Exec(t.Context(), "ALTER TABLE migrations DELETE WHERE number = 9999 SETTINGS mutations_sync = 1"))
	}()
	if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer release") {
		t.Errorf("got %v", err)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	must(t, err)
	if len(paths) == 0 {
		t.Fatalf("no file is like %s", pattern)
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return string(content)
}
