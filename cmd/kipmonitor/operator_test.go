package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatAnOperatorGetsWrongIsSaidInALine(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	missing, data := filepath.Join(folder, "missing"), filepath.Join(folder, "data")
	for name, test := range map[string]struct {
		environment map[string]string
		args        []string
		code        int
		says        string
	}{
		"a folder of the definition that is not there": {nil, []string{"--seed", missing}, 1, "--seed: stat " + missing},
		"a file in its place":                          {nil, []string{"--seed", file}, 1, "ist kein Ordner"},
		"a folder of boards that is not there":         {nil, []string{"--dashboards", missing}, 1, "--dashboards: stat " + missing},
		"an option without its dashes":                 {nil, []string{"address", "127.0.0.1:0"}, 2, "«address»"},
		"an address without a port":                    {nil, []string{"--address", "nonsense"}, 1, "ein Rechner und ein Port"},
		"half a mail server, with demo data too":       {map[string]string{"KIPMONITOR_SMTP": "smtps://mail.example.ch"}, nil, 1, "KIPMONITOR_MAIL_FROM"},
		"a mail server that cannot be read":            {map[string]string{"KIPMONITOR_SMTP": "nonsense", "KIPMONITOR_MAIL_FROM": "kip@example.ch"}, nil, 1, "mail server"},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range test.environment {
				t.Setenv(key, value)
			}
			var stdout, stderr bytes.Buffer
			code := run(append([]string{"serve", "--data", data}, test.args...), &stdout, &stderr)
			if said := stderr.String(); code != test.code || !strings.Contains(said, test.says) || strings.Count(said, "\n") != 1 {
				t.Errorf("exit code %d, said %q", code, said)
			}
		})
	}
}
