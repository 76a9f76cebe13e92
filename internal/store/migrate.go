package store

import (
	"context"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// migration is a numbered change of the tables. A change that was applied is
// never edited; a further one is added.
type migration struct {
	number     uint32
	name       string
	statements []string
}

// migrations reads schema/ and shapes the statements for one server or, where a
// cluster is named, for every node of it: replicated tables that hold the data of
// a shard, and a distributed table of the same name to read and write them all.
func migrations(cluster, database string) ([]migration, error) {
	files, err := schemaFiles.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, file := range files {
		content, err := schemaFiles.ReadFile("schema/" + file.Name())
		if err != nil {
			return nil, err
		}
		number, name, _ := strings.Cut(strings.TrimSuffix(file.Name(), ".sql"), "_")
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("schema/%s: the file name does not start with a number", file.Name())
		}
		all = append(all, migration{number: uint32(n), name: name, statements: shape(string(content), name, cluster, database)})
	}
	return all, nil
}

// shardKey spreads the rows of a table over the shards of a cluster: everything
// of one submission lies on one shard, so that it can be joined there.
var shardKey = map[string]string{
	"submissions":       "cityHash64(id)",
	"files":             "cityHash64(sha256)",
	"submission_events": "cityHash64(submission)",
	"observations":      "cityHash64(submission)",
	"extensions":        "1", // few rows
	"reminders":         "1",
	"accounts":          "cityHash64(email)",
	"passes":            "cityHash64(pass)",
	"audit":             "cityHash64(person)",
	"copies":            "1",
	"migrations":        "1",
}

var altered = regexp.MustCompile(`ALTER TABLE (\w+) \{\{cluster\}\}`)

func shape(sql, table, cluster, database string) []string {
	if cluster == "" {
		sql = strings.ReplaceAll(sql, " {{cluster}}", "")
		return []string{strings.ReplaceAll(sql, "{{MergeTree}}", "MergeTree")}
	}
	onCluster := "ON CLUSTER '" + cluster + "'"
	if altered.MatchString(sql) {
		return []string{altered.ReplaceAllString(sql, "ALTER TABLE ${1}_local "+onCluster), altered.ReplaceAllString(sql, "ALTER TABLE ${1} "+onCluster)}
	}
	local := strings.Replace(sql, "TABLE IF NOT EXISTS "+table+" {{cluster}}", "TABLE IF NOT EXISTS "+table+"_local "+onCluster, 1)
	local = strings.ReplaceAll(local, "{{MergeTree}}", "ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')")
	distributed := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s %s AS %s_local\nENGINE = Distributed('%s', '%s', '%s_local', %s)",
		table, onCluster, table, cluster, database, table, shardKey[table])
	return []string{local, distributed}
}

const migrationsTable = `CREATE TABLE IF NOT EXISTS migrations {{cluster}}
(
    number     UInt32,
    name       String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{MergeTree}}
ORDER BY number`

// migrate applies the changes that were not applied yet, in their order. Every
// statement may run twice, so two copies of the program may start at once.
func (s *Store) migrate(ctx context.Context) error {
	if s.cluster != "" {
		// A joined table is on the same shard as its partner, by the sharding keys.
		ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"distributed_ddl_task_timeout": 60}))
	}
	for _, statement := range shape(migrationsTable, "migrations", s.cluster, s.database) {
		if err := s.connection.Exec(ctx, statement); err != nil {
			return err
		}
	}
	var applied []uint32
	if err := s.connection.QueryRow(ctx, "SELECT groupUniqArray(number) FROM migrations").Scan(&applied); err != nil {
		return err
	}
	all, err := migrations(s.cluster, s.database)
	if err != nil {
		return err
	}
	newest := all[len(all)-1].number
	for _, number := range applied {
		if number > newest {
			return fmt.Errorf("they were made by a newer release of the program (change %d; this release knows %d)", number, newest)
		}
	}
	for _, change := range all {
		if slices.Contains(applied, change.number) {
			continue
		}
		for _, statement := range change.statements {
			if err := s.connection.Exec(ctx, statement); err != nil {
				return fmt.Errorf("change %d (%s): %w", change.number, change.name, err)
			}
		}
		if err := s.connection.Exec(ctx, "INSERT INTO migrations (number, name) VALUES ({number:UInt32}, {name:String})",
			clickhouse.Named("number", change.number), clickhouse.Named("name", change.name)); err != nil {
			return fmt.Errorf("note change %d: %w", change.number, err)
		}
	}
	return nil
}
