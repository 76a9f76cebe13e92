package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATemplateIsWrittenAndCheckedWithoutTheServer(t *testing.T) {
	dir := t.TempDir()
	template := filepath.Join(dir, "vorlage.csv")
	before := writeFile(t, "2025.csv", goodFile)
	var out bytes.Buffer
	if code := runTemplate([]string{"--form", "municipality_year", "--organisation", "G2546", "--period", "2026", "--values", before, "--output", template}, &out, &out); code != 0 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	content, err := os.ReadFile(template)
	if err != nil || !strings.Contains(string(content), "Grenchen;Total;Total;Total;1040;900;") {
		t.Errorf("the template holds, %v:\n%s", err, content)
	}
	if code := runCheck([]string{template}, &out, &out); code != 0 || !strings.Contains(out.String(), "Gemeinde Grenchen · 2026") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}

func TestCheckWritesTheFileWithItsCellsMarked(t *testing.T) {
	dir := t.TempDir()
	bad := writeFile(t, "schlecht.csv", strings.Replace(goodFile, "Grenchen", "Grenchem", 1))
	marked := filepath.Join(dir, "marked.xlsx")
	var out bytes.Buffer
	if code := runCheck([]string{"--fix-it", marked, bad}, &out, &out); code != 1 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	out.Reset()
	if code := runCheck([]string{marked}, &out, &out); code != 1 || !strings.Contains(out.String(), "Meinten Sie «Grenchen»?") || !strings.Contains(out.String(), "A2") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
	personal := writeFile(t, "liste.csv", "Vorname;Nachname;Geburtsdatum\nAnna;Muster;1.1.1990\n")
	none := filepath.Join(dir, "none.xlsx")
	out.Reset()
	if code := runCheck([]string{"--fix-it", none, personal}, &out, &out); code != 1 || !strings.Contains(out.String(), "keine korrigierbare Arbeitsmappe") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
	if _, err := os.Stat(none); !os.IsNotExist(err) {
		t.Errorf("there is a workbook of personal data: %v", err)
	}
}

func TestATemplateThatCannotBeMadeLeavesNoFile(t *testing.T) {
	for name, test := range map[string]struct {
		code int
		args []string
	}{
		"no form":                 {2, []string{"--organisation", "G2546", "--period", "2025"}},
		"a form not known":        {1, []string{"--form", "unfug", "--organisation", "G2546", "--period", "2025"}},
		"a period not owed":       {1, []string{"--form", "municipality_year", "--organisation", "G2546", "--period", "2025-Q1"}},
		"a period that is none":   {2, []string{"--form", "municipality_year", "--organisation", "G2546", "--period", "bald"}},
		"another format":          {2, []string{"--form", "municipality_year", "--organisation", "G2546", "--period", "2025", "--format", "pdf"}},
		"figures of another form": {1, []string{"--form", "early_childhood_year", "--organisation", "G2546", "--period", "2025", "--values", writeFile(t, "alt.csv", goodFile)}},
	} {
		path := filepath.Join(t.TempDir(), "vorlage.xlsx")
		var out bytes.Buffer
		if code := runTemplate(append(test.args, "--output", path), &out, &out); code != test.code {
			t.Errorf("%s: exit code %d: %s", name, code, out.String())
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s: there is a file, %v", name, err)
		}
	}
}
