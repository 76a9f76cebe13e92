package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/options.md anew")

// TestTheOptionsAreDocumentedAsTheyAre holds docs/options.md against the program.
func TestTheOptionsAreDocumentedAsTheyAre(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Befehle, Optionen und Umgebungsvariablen\n\nGemacht aus dem Programm (`go test ./cmd/kipmonitor -run Options -update`): was hier steht, zeigt auch `kipmonitor BEFEHL --help`.\n" +
		"Rückgabewerte: 0 getan, 1 nicht getan, mit dem Grund in einer Zeile, 2 der Aufruf war nicht verständlich, 3 ein Fehler im Programm selbst.\n")
	for _, one := range commands {
		fmt.Fprintf(&page, "\n## kipmonitor %s\n\n%s.\n", one.name, strings.ToUpper(one.summary()[:1])+one.summary()[1:])
		var stderr bytes.Buffer
		if one.name == "version" {
			continue
		}
		if code := run([]string{one.name, "--help"}, &stderr, &stderr); code != 0 {
			t.Errorf("%s --help: exit code %d", one.name, code)
		}
		_, options, _ := strings.Cut(stderr.String(), "\n")
		fmt.Fprintf(&page, "\n```\n%s```\n", options)
		for _, option := range regexp.MustCompile(`(?m)^  --(\S+)`).FindAllStringSubmatch(options, -1) {
			if _, found := examples[option[1]]; !found {
				t.Errorf("%s --%s has no example (options.go)", one.name, option[1])
			}
		}
	}
	page.WriteString("\n## Umgebungsvariablen\n\nEin Name mit KIPMONITOR_, den es nicht gibt, hält den Start an. Was geheim ist, gehört in eine Datei mit den Rechten 0600, nicht in die Befehlszeile.\n\n| Name | Bedeutung | ohne Angabe | Beispiel |\n| --- | --- | --- | --- |\n")
	for _, one := range variables {
		example := ""
		if one.example != "" {
			example = "`" + one.example + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", one.name, one.meaning, one.otherwise, example)
	}
	const path = "../../docs/options.md"
	if *update {
		must(t, os.WriteFile(path, []byte(page.String()), 0o644))
	}
	there, err := os.ReadFile(path)
	must(t, err)
	if string(there) != page.String() {
		t.Errorf("%s is not what the program says: run `go test ./cmd/kipmonitor -run Options -update`", path)
	}
}

// TestEveryVariableThatIsReadIsInTheList looks through the code.
func TestEveryVariableThatIsReadIsInTheList(t *testing.T) {
	output, err := exec.Command("grep", "-rhoE", `"KIPMONITOR_[A-Z_]+"`, "--include=*.go", "--exclude=*_test.go", "..", "../../internal").Output()
	must(t, err)
	for name := range strings.FieldsSeq(string(output)) {
		name = strings.Trim(name, `"`)
		if strings.HasSuffix(name, "_") || name == "KIPMONITOR_GALLERY" {
			continue
		}
		if !slices.ContainsFunc(variables, func(v variable) bool { return v.name == name }) {
			t.Errorf("%s is read, and not in the list (variables.go)", name)
		}
	}
	if !slices.IsSortedFunc(variables, func(a, b variable) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the variables are not in the order of the alphabet")
	}
}

func TestAMisspeltVariableStopsTheStartWithASuggestion(t *testing.T) {
	for name, meant := range map[string]string{"KIPMONITOR_PUBLICURL": "KIPMONITOR_PUBLIC_URL", "KIPMONITOR_CLICKHOSE": "KIPMONITOR_CLICKHOUSE", "KIPMONITOR_LOGLEVEL": "KIPMONITOR_LOG_LEVEL"} {
		t.Setenv(name, "secret")
		var stdout, stderr bytes.Buffer
		code := run([]string{"serve", "--data", t.TempDir()}, &stdout, &stderr)
		if said := stderr.String(); code != 2 || !strings.Contains(said, name) || !strings.Contains(said, meant) || strings.Contains(said, "secret") || strings.Count(said, "\n") != 1 {
			t.Errorf("exit code %d, said %q", code, said)
		}
		must(t, os.Unsetenv(name))
	}
}

func TestTheHelpOfACommandShowsNoPassword(t *testing.T) {
	t.Setenv("KIPMONITOR_CLICKHOUSE", "clickhouse://kip:geheim@host:9000/kip")
	var out bytes.Buffer
	if code := run([]string{"serve", "--help"}, &out, &out); code != 0 || strings.Contains(out.String(), "geheim") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}

func TestTheLogIsAsTheEnvironmentWantsIt(t *testing.T) {
	t.Setenv("KIPMONITOR_LOG_LEVEL", "debug")
	t.Setenv("KIPMONITOR_LOG_FORMAT", "json")
	var out bytes.Buffer
	log, err := newLog(&out)
	must(t, err)
	log.Debug("a line")
	if !strings.HasPrefix(out.String(), `{"time":`) {
		t.Errorf("the log has %q", out.String())
	}
	t.Setenv("KIPMONITOR_LOG_LEVEL", "loud")
	if code := run([]string{"check", "x.csv"}, &out, &out); code != 2 || !strings.Contains(out.String(), "debug, info, warn, error") {
		t.Errorf("exit code %d, said %q", code, out.String())
	}
}

func TestTheVersionIsSaidWithCommitAndDate(t *testing.T) {
	version, commit, committed = "v1.2.3", "8e2b86103c1a4d5e6f70", "2026-11-28T12:00:00Z"
	defer func() { version, commit, committed = "", "", "" }()
	for _, call := range []string{"version", "--version"} {
		var out bytes.Buffer
		if code := run([]string{call}, &out, &out); code != 0 || strings.TrimSuffix(strings.TrimSpace(out.String()), "+") != "kipmonitor v1.2.3 (8e2b86103c1a, 28.11.2026)" {
			t.Errorf("%s says %q", call, out.String())
		}
	}
}

// The link of the first administrator goes to a screen or into a file, and never where a
// journal keeps it.
func TestTheFirstLinkLiesInAFileForItsUserAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	o := options{data: folder}
	app, err := o.open(t.Context())
	must(t, err)
	defer func() { _ = app.close() }()
	var out bytes.Buffer
	must(t, o.offerFirstLink(t.Context(), app, "https://kip.example.ch", &out))
	if strings.Contains(out.String(), "/link/") || !strings.Contains(out.String(), firstLinkFile) {
		t.Errorf("said %q", out.String())
	}
	path := filepath.Join(folder, firstLinkFile)
	info, err := os.Stat(path)
	must(t, err)
	text, err := os.ReadFile(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 || !strings.Contains(string(text), "https://kip.example.ch/de/link/") {
		t.Errorf("%v: %s", info.Mode(), text)
	}
}
