package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kipmonitor/internal/account"
	"kipmonitor/internal/intake"
)

func TestAPanicOfACommandIsALineAndAnExitCode(t *testing.T) {
	commands = append(commands, command{"explode", func([]string, io.Writer, io.Writer) int { panic("two\nlines") }})
	defer func() { commands = commands[:len(commands)-1] }()
	var stdout, stderr bytes.Buffer
	code := run([]string{"explode"}, &stdout, &stderr)
	if said := stderr.String(); code != 3 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "two") || strings.Contains(said, "goroutine") {
		t.Errorf("exit code %d, said %q", code, said)
	}
}

func TestAPanicOverOneFileDoesNotStopTheOthers(t *testing.T) {
	var paths []string
	for _, name := range []string{"a.csv", "b.csv"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	var stdout, stderr bytes.Buffer
	// Without its service every file is a nil pointer.
	code := importFiles(t.Context(), &app{}, paths, intake.Expect{}, account.Viewer{}, "", &stdout, &stderr)
	if said := stderr.String(); code != 1 || strings.Count(said, "\n") != 2 || !strings.Contains(said, "b.csv") {
		t.Errorf("exit code %d, said %q", code, said)
	}
}
