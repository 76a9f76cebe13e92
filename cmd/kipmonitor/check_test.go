package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodFile = "Gemeinde;Jahr;arrivals;arrivals_informed;first_talks;first_talks_within_90_days;first_talks_protection_explained;persons_with_need;persons_with_need_assigned\nGrenchen;2025;1'040;900;800;700;600;50;n/a\n"

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckSaysWhatAFileHoldsAndWhatIsWrong(t *testing.T) {
	good := writeFile(t, "gut.csv", goodFile)
	bad := writeFile(t, "schlecht.csv", strings.Replace(goodFile, "Grenchen", "Grenchem", 1))
	for _, test := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"a file without fault", []string{good}, 0, []string{"gut.csv: in Ordnung", "Gemeinde Grenchen · 2025", "Zeilen: 1, Zahlen: 7", "1’040", "(fehlend: 1)"}},
		{"a file with a fault", []string{bad}, 1, []string{"schlecht.csv: so nicht möglich", "Fehler:", "Meinten Sie «Grenchen»?", "A2", "[municipality_unknown]"}},
		{"both", []string{good, bad}, 1, []string{"gut.csv: in Ordnung", "schlecht.csv: so nicht möglich"}},
		{"in French", []string{"--language", "fr", bad}, 1, []string{"Erreur:", "Vouliez-vous dire «Grenchen»?"}},
		{"what the caller expects", []string{"--period", "2024", good}, 1, []string{"[period_expected]"}},
		{"a file that there is not", []string{filepath.Join(t.TempDir(), "fehlt.csv")}, 1, []string{"diese Datei gibt es nicht"}},
		{"no file", nil, 2, []string{"Aufruf:"}},
		{"an option that there is not", []string{"--unfug", good}, 2, nil},
		{"a language that there is not", []string{"--language", "rm", good}, 2, nil},
		{"a period that is none", []string{"--period", "bald", good}, 2, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(append([]string{"check"}, test.args...), &out, &out); code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, out.String())
			}
			for _, text := range test.says {
				if !strings.Contains(out.String(), text) {
					t.Errorf("does not say %q:\n%s", text, out.String())
				}
			}
		})
	}
}

func TestCheckWritesJSONForPrograms(t *testing.T) {
	path := writeFile(t, "schlecht.csv", strings.Replace(goodFile, "Grenchen", "Grenchem", 1))
	var out bytes.Buffer
	if code := runCheck([]string{"--json", path}, &out, &out); code != 1 {
		t.Fatalf("exit code %d\n%s", code, out.String())
	}
	var report struct {
		File     string
		Accepted bool
		Findings []struct {
			Severity, Code, Text, Suggestion string
			Message                          struct{ DE, FR string }
			Place                            struct{ Row, Column int }
			Count                            int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if report.File != "schlecht.csv" || report.Accepted || len(report.Findings) != 1 {
		t.Fatalf("%+v", report)
	}
	if f := report.Findings[0]; f.Code != "municipality_unknown" || f.Severity != "error" || f.Place.Row != 2 || f.Place.Column != 1 || f.Suggestion != "Grenchen" || f.Text != "Grenchem" || f.Count != 1 ||
		!strings.Contains(f.Message.DE, "Meinten Sie «Grenchen»?") || !strings.Contains(f.Message.FR, "Vouliez-vous dire «Grenchen»?") {
		t.Errorf("%+v", f)
	}
}
