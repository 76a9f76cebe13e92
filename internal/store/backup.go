package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kipmonitor/internal/programme"
)

// A backup is a folder with two backups of the engine and a manifest. What happened to
// submissions is copied first, and what it speaks of afterwards: since events are written
// last, every submission of the copy has its figures and its file, however many come in
// meanwhile.

// eventTables are the tables that are copied first.
var eventTables = []string{"submission_events", "extensions", "reminders", "accounts", "passes", "audit"}

// recordTables are those that are copied afterwards.
var recordTables = []string{"submissions", "files", "observations", "migrations"}

// Manifest says what a backup holds.
type Manifest struct {
	Made time.Time `json:"made"`
	// Base is the name of the backup that this one adds to; "" for a whole one.
	Base string `json:"base"`
	// Rows of each table that it has at least.
	Rows map[string]uint64 `json:"rows"`
}

const (
	manifestFile = "manifest.json"
	partial      = ".partial"
)

// errNoBackups says that the engine's own means must be used.
var errNoBackups = errors.New("a server is backed up by its own means, such as clickhouse-backup; see docs/server.md")

// wholeEvery is after how long a backup is whole again: those in between hold only what
// came since.
const wholeEvery = 7 * 24 * time.Hour

// Backup writes all that is kept into a new folder of the folder of backups and returns
// its name, while others read and write, and beside it copies of files that belong to the
// data. It is there whole or not at all.
func (s *Store) Backup(ctx context.Context, beside ...string) (name string, err error) {
	if s.engine == nil || s.backups == "" {
		return "", errNoBackups
	}
	s.backupLock.Lock()
	defer s.backupLock.Unlock()
	made := s.now().UTC()
	all, err := Backups(s.backups)
	if err != nil {
		return "", err
	}
	manifest := Manifest{Made: made, Rows: map[string]uint64{}}
	for _, b := range slices.Backward(all) {
		if b.Base == "" {
			if made.Sub(b.Made) < wholeEvery {
				manifest.Base = b.Name
			}
			break
		}
	}
	name = made.Format("2006-01-02T150405Z")
	folder := filepath.Join(s.backups, name+partial)
	if err := errors.Join(os.MkdirAll(s.backups, 0o700), os.RemoveAll(folder), os.Mkdir(folder, 0o700)); err != nil {
		return "", fmt.Errorf("back up: %w", fault(err))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	for _, step := range []struct {
		file   string
		tables []string
	}{{"events", eventTables}, {"records", recordTables}} {
		if err := s.backUp(ctx, filepath.Join(folder, step.file), step.file, step.tables, &manifest); err != nil {
			return "", fmt.Errorf("back up: %w", err)
		}
	}
	for _, path := range beside {
		if err := copyFile(path, filepath.Join(folder, filepath.Base(path))); err != nil {
			return "", fmt.Errorf("back up: %w", err)
		}
	}
	content, err := json.MarshalIndent(manifest, "", " ")
	if err != nil {
		return "", fmt.Errorf("back up: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, manifestFile), content, 0o600); err != nil {
		return "", fmt.Errorf("back up: %w", fault(err))
	}
	if err := os.Rename(folder, filepath.Join(s.backups, name)); err != nil {
		return "", fmt.Errorf("back up: %w", err)
	}
	return name, nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return fault(os.WriteFile(to, content, 0o600))
}

// backUp copies some tables.
func (s *Store) backUp(ctx context.Context, path, file string, tables []string, manifest *Manifest) error {
	for _, table := range tables {
		rows, err := s.rowsOf(ctx, table) // before: the copy has these at least
		if err != nil {
			return err
		}
		manifest.Rows[table] = rows
	}
	statement := "BACKUP TABLE " + strings.Join(tables, ", TABLE ") + " TO File(" + quoted(path) + ")"
	if manifest.Base != "" {
		statement += " SETTINGS base_backup = File(" + quoted(filepath.Join(s.backups, manifest.Base, file)) + ")"
	}
	return s.copying(ctx, statement)
}

// copying runs a statement that copies tables, and reads its answer to the end.
func (s *Store) copying(ctx context.Context, statement string) error {
	rows, err := s.connection.Query(ctx, statement)
	if err != nil {
		return fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, status string
		if err := rows.Scan(&id, &status); err != nil {
			return err
		}
		if status != "BACKUP_CREATED" && status != "RESTORED" {
			return fmt.Errorf("the engine ends a copy with %s", status)
		}
	}
	return fault(rows.Err())
}

// quoted writes a text for a statement.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// A BackupFolder is a backup that is there.
type BackupFolder struct {
	Name string
	Manifest
}

// Backups are those of a folder, the oldest first. What was begun and not finished is
// none.
func Backups(folder string) ([]BackupFolder, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the backups: %w", err)
	}
	var all []BackupFolder
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasSuffix(entry.Name(), partial) {
			continue
		}
		manifest, err := readManifest(filepath.Join(folder, entry.Name()))
		if err != nil {
			continue // not ours, or broken: never a base
		}
		all = append(all, BackupFolder{entry.Name(), manifest})
	}
	slices.SortFunc(all, func(a, b BackupFolder) int { return a.Made.Compare(b.Made) })
	return all, nil
}

func readManifest(folder string) (manifest Manifest, err error) {
	content, err := os.ReadFile(filepath.Join(folder, manifestFile))
	if err == nil {
		err = json.Unmarshal(content, &manifest)
	}
	if err != nil {
		return manifest, fmt.Errorf("%s is no backup: %w", folder, err)
	}
	return manifest, nil
}

// PruneBackups removes the oldest backups, but for the latest so many and those that they
// add to, and what was begun and never finished. It returns the names of those that went.
func (s *Store) PruneBackups(keep int) ([]string, error) {
	s.backupLock.Lock()
	defer s.backupLock.Unlock()
	all, err := Backups(s.backups)
	if err != nil || len(all) <= keep {
		return nil, err
	}
	needed := map[string]bool{}
	for _, b := range all[len(all)-keep:] {
		needed[b.Name], needed[b.Base] = true, true
	}
	var gone []string
	for _, b := range all {
		if needed[b.Name] {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.backups, b.Name)); err != nil {
			return gone, fmt.Errorf("remove the backup %s: %w", b.Name, err)
		}
		gone = append(gone, b.Name)
	}
	unfinished, err := filepath.Glob(filepath.Join(s.backups, "*"+partial))
	for _, folder := range unfinished {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return gone, err
}

// Restore makes a data folder of a backup, with the files that lie beside its tables. The
// folder must not hold data yet. What the backup has less than it says is damage, which
// Verify finds.
func Restore(ctx context.Context, from, folder string, p *programme.Programme, beside ...string) (err error) {
	manifest, err := readManifest(from)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(filepath.Join(folder, "clickhouse")); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s holds data already: restore into a new folder", folder)
	}
	from, err = filepath.Abs(from)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	s, err := connect(Config{Folder: folder, Backups: filepath.Dir(from)}, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for file, tables := range map[string][]string{"events": eventTables, "records": recordTables} {
		statement := "RESTORE TABLE " + strings.Join(tables, ", TABLE ") + " FROM File(" + quoted(filepath.Join(from, file)) + ")"
		if manifest.Base != "" {
			statement += " SETTINGS base_backup = File(" + quoted(filepath.Join(filepath.Dir(from), manifest.Base, file)) + ")"
		}
		if err := s.copying(ctx, statement); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	for _, name := range beside {
		if err := copyFile(filepath.Join(from, name), filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("restore: %w", err)
		}
	}
	count := &acknowledged{path: filepath.Join(folder, acknowledgedName), rows: manifest.Rows}
	delete(count.rows, "migrations")
	return count.write()
}
