package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/demo"
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

// smallFolder is a data folder with the demo files of some municipalities and the demo
// accounts, closed.
func smallFolder(t *testing.T) string {
	t.Helper()
	o := options{data: t.TempDir()}
	app, err := o.open(t.Context())
	must(t, err)
	must(t, app.ensureDemoAccounts(t.Context()))
	parameters, err := demo.ReadParameters(seed.Files)
	must(t, err)
	all, err := demo.Generate(app.programme, parameters)
	must(t, err)
	var files []demo.File
	for _, file := range all {
		if strings.HasPrefix(string(file.Organisation), "G254") && file.Period.Year >= 2024 {
			files = append(files, file)
		}
	}
	before, err := app.store.Submissions(t.Context(), submission.Filter{})
	must(t, err)
	_, err = demo.Load(t.Context(), app.submissions, files, before, time.Now(), func() {})
	must(t, err)
	must(t, app.close())
	return o.data
}

// told runs a command and returns its exit code and all that it said.
func told(args ...string) (int, string) {
	var stdout, stderr bytes.Buffer
	code := run(args, &stdout, &stderr)
	return code, stdout.String() + stderr.String()
}

// onlyPart is the path of the figures of a part of the year's observations. Parts that it
// was merged from are removed: the engine keeps them for a while, and would take them in
// its place.
func onlyPart(t *testing.T, folder, year string) string {
	t.Helper()
	table, err := filepath.EvalSymlinks(filepath.Join(folder, "clickhouse", "data", "default", "observations"))
	must(t, err)
	folders, err := filepath.Glob(filepath.Join(table, year+"_*"))
	must(t, err)
	var largest string
	widest := -1
	for _, part := range folders {
		var from, to, level int
		if _, err := fmt.Sscanf(filepath.Base(part), year+"_%d_%d_%d", &from, &to, &level); err == nil && to-from > widest {
			largest, widest = part, to-from
		}
	}
	if largest == "" {
		t.Fatal("no part of the table is there")
	}
	var from, to, level int
	_, err = fmt.Sscanf(filepath.Base(largest), year+"_%d_%d_%d", &from, &to, &level)
	must(t, err)
	for _, part := range folders {
		var begin, end, of int
		if _, err := fmt.Sscanf(filepath.Base(part), year+"_%d_%d_%d", &begin, &end, &of); err == nil && part != largest && from <= begin && end <= to {
			must(t, os.RemoveAll(part))
		}
	}
	return filepath.Join(largest, "data.bin")
}

func TestDoctorFindsDamageAndGivesBackTheFigures(t *testing.T) {
	folder := smallFolder(t)
	if code, text := told("doctor", "--data", folder); code != 0 || !strings.Contains(text, "Alles in Ordnung.") {
		t.Fatalf("a sound folder: code %d, %s", code, text)
	}
	report := func() (int, string) { return told("report", "--data", folder, "--year", "2024", "--format", "csv") }
	code, before := report()
	if code != 0 {
		t.Fatal(before)
	}
	for name, harm := range map[string]func(path string) error{
		"cut":     func(path string) error { return os.Truncate(path, 40) },
		"removed": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"flipped": func(path string) error {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content[len(content)/2] ^= 1
			return os.WriteFile(path, content, 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			must(t, harm(onlyPart(t, folder, "2024")))
			if code, text := report(); code == 0 || !strings.Contains(text, "beschädigt") {
				t.Errorf("a report over damaged data: code %d, %s", code, text[:min(len(text), 400)])
			}
			if code, text := told("doctor", "--data", folder); code != 1 || !strings.Contains(text, "--repair") {
				t.Errorf("code %d, %s", code, text)
			}
			if code, text := told("doctor", "--data", folder, "--repair"); code != 0 || !strings.Contains(text, "wiederhergestellt") {
				t.Errorf("code %d, %s", code, text)
			}
			if code, after := report(); code != 0 || after != before {
				t.Errorf("the repaired figures are not those of before: code %d", code)
			}
		})
	}
}

func TestWhatIsWrongWithAFolderIsSaidInALine(t *testing.T) {
	folder := smallFolder(t)
	key := filepath.Join(folder, "accounts.key")
	content, err := os.ReadFile(key)
	must(t, err)
	refused := func(name, says string) {
		t.Helper()
		if code, text := told("report", "--data", folder, "--year", "2024"); code != 1 || !strings.Contains(text, says) || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: code %d, said %q", name, code, text)
		}
	}
	must(t, os.Remove(key))
	refused("a missing key", "accounts.key fehlt")
	must(t, os.WriteFile(key, content[:10], 0o600))
	refused("a short key", "accounts.key ist kein Schlüssel")
	must(t, os.WriteFile(key, content, 0o600))

	link := filepath.Join(folder, "clickhouse", "store", "restored")
	must(t, os.Symlink("/nowhere", link))
	refused("a link that leads nowhere", link)
	must(t, os.Remove(link))

	// The table of accounts loses a part: nobody becomes the first administrator of it.
	var store string
	must(t, filepath.WalkDir(filepath.Join(folder, "clickhouse", "data", "default"), func(at string, entry fs.DirEntry, err error) error {
		if entry.Name() == "accounts" {
			store, err = filepath.EvalSymlinks(at)
		}
		return err
	}))
	parts, err := filepath.Glob(filepath.Join(store, "all_*"))
	must(t, err)
	for _, part := range parts {
		must(t, os.RemoveAll(part))
	}
	if code, text := told("serve", "--data", folder, "--address", "127.0.0.1:0"); code != 1 || !strings.Contains(text, "beschädigt") || strings.Contains(text, "/link/") {
		t.Errorf("code %d, %s", code, text)
	}
	if code, text := told("doctor", "--data", folder, "--repair"); code != 1 || !strings.Contains(text, "Sicherung") {
		t.Errorf("code %d, %s", code, text)
	}
}

func TestABackupIsRestoredOnAnotherMachine(t *testing.T) {
	folder := smallFolder(t)
	code, made := told("backup", "--data", folder)
	if code != 0 {
		t.Fatal(made)
	}
	_, before := told("report", "--data", folder, "--year", "2024", "--format", "csv")
	elsewhere := filepath.Join(t.TempDir(), "backup")
	must(t, os.CopyFS(elsewhere, os.DirFS(strings.TrimSpace(made))))
	restored := filepath.Join(t.TempDir(), "data")
	if code, text := told("restore", "--from", elsewhere, "--data", restored); code != 0 || !strings.Contains(text, "Alles in Ordnung.") {
		t.Fatalf("code %d, %s", code, text)
	}
	if code, after := told("report", "--data", restored, "--year", "2024", "--format", "csv"); code != 0 || after != before {
		t.Errorf("the restored figures are others: code %d", code)
	}
	if code, text := told("restore", "--from", elsewhere, "--data", restored); code != 1 || !strings.Contains(text, "holds data already") {
		t.Errorf("restored over data: code %d, %s", code, text)
	}
}

func TestTheHourOfTheBackupIsSwiss(t *testing.T) {
	t.Setenv(backupAtVariable, "02:30")
	for now, want := range map[string]string{
		"2026-01-10T00:00:00Z": "2026-01-10T01:30:00Z",
		"2026-07-10T00:30:00Z": "2026-07-11T00:30:00Z",
		"2026-07-10T12:00:00Z": "2026-07-11T00:30:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		must(t, err)
		if next, err := nextBackup(at); err != nil || next.UTC().Format(time.RFC3339) != want {
			t.Errorf("after %s at %s, %v; want %s", now, next.UTC().Format(time.RFC3339), err, want)
		}
	}
	t.Setenv(backupAtVariable, "half past two")
	if _, err := nextBackup(time.Now()); err == nil {
		t.Error("any text is taken for an hour")
	}
}

func TestBackupAndDoctorAskTheRunningServer(t *testing.T) {
	folder := smallFolder(t)
	o := options{data: folder}
	app, err := o.open(t.Context())
	must(t, err)
	must(t, o.openDoor(t.Context(), app, slog.New(slog.DiscardHandler)))
	t.Cleanup(func() { must(t, app.close()) })
	code, made := told("backup", "--data", folder)
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(made), "manifest.json")); code != 0 || err != nil {
		t.Errorf("code %d, %s, %v", code, made, err)
	}
	if code, text := told("doctor", "--data", folder); code != 0 || !strings.Contains(text, "Alles in Ordnung.") {
		t.Errorf("code %d, %s", code, text)
	}
	if code, text := told("doctor", "--data", folder, "--repair"); code != 1 || !strings.Contains(text, "halten Sie ihn an") {
		t.Errorf("code %d, %s", code, text)
	}
}
