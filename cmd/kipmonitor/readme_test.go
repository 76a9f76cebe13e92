package main

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kipmonitor/internal/account"
)

// The commands of the README that are about files work as they are written, in their
// order, while the server holds the data folder.
func TestTheCommandsOfTheReadmeWorkWhileTheProgramServes(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	block := regexp.MustCompile("(?s)```sh\n(build/kipmonitor template.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("the README has no commands about files any more")
	}
	folder := t.TempDir()
	o := options{data: filepath.Join(folder, "data")}
	app, err := o.open(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = app.close() })
	must(t, app.ensureDemoAccounts(t.Context()))
	_, err = o.newPages(app, access{demo: true}, slog.New(slog.DiscardHandler))
	must(t, err)
	must(t, o.openDoor(t.Context(), app, slog.New(slog.DiscardHandler)))
	t.Chdir(folder)
	ran := 0
	for line := range strings.Lines(string(block[1])) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
		words := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(command, -1)
		for i := range words {
			words[i] = strings.Trim(words[i], `"`)
		}
		if len(words) == 0 {
			continue
		}
		if words[0] != "build/kipmonitor" {
			output, err := exec.Command(words[0], words[1:]...).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v: %s", command, err, output)
			}
			continue
		}
		var stdout, stderr bytes.Buffer
		if code := run(words[1:], &stdout, &stderr); code != 0 {
			t.Fatalf("%s: exit code %d\n%s%s", command, code, stdout.String(), stderr.String())
		}
		ran++
	}
	if ran < 6 {
		t.Errorf("only %d commands were run", ran)
	}
	if info, err := os.Stat("kip-2025.xlsx"); err != nil || info.Size() < 10_000 {
		t.Errorf("the report: %v", err)
	}
	entries, err := app.store.AuditEntries(t.Context(), account.EntryFilter{})
	must(t, err)
	var actions []string
	for _, entry := range entries {
		if entry.Detail == "command line" || strings.HasPrefix(entry.Detail, "command line: ") {
			actions = append(actions, string(entry.Action))
		}
	}
	if len(actions) != 2 {
		t.Errorf("the audit has %+v", entries)
	}
	t.Run("only the server's own user reaches it", func(t *testing.T) {
		info, err := os.Stat("data/local")
		must(t, err)
		if info.Mode().Perm() != 0o700 {
			t.Errorf("the folder of the socket has the mode %v", info.Mode())
		}
	})
	t.Run("a refused file says why, and what fails has the exit code of failing", func(t *testing.T) {
		must(t, os.WriteFile("falsch.csv", []byte("a;b\n1;2\n"), 0o600))
		var stdout, stderr bytes.Buffer
		if code := run([]string{"import", "falsch.csv", "fehlt.csv"}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "nicht eingelesen") || !strings.Contains(stderr.String(), "diese Datei gibt es nicht") {
			t.Errorf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
		}
		if code := run([]string{"report", "--year", "1999"}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "1999") {
			t.Errorf("exit code %d: %s", code, stderr.String())
		}
	})
}
