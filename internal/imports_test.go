package internal_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the table of the rooms: what a package of internal/ may use of the
// others. A number goes one way through them, and there is no way back.
var mayImport = map[string][]string{
	"panics":     {},
	"trace":      {"panics"},
	"connection": {},
	"metrics":    {"panics"},
	"health":     {"panics"},
	"figure":     {},
	"locale":     {"figure"},
	"problem":    {"figure", "locale"},
	"programme":  {"figure", "locale"},
	"csvtext":    {},
	"xlsx":       {},
	"intake":     {"csvtext", "figure", "locale", "panics", "programme", "xlsx"},
	"summary":    {"figure", "locale", "programme", "intake"},
	"indicator":  {"figure", "locale", "programme"},
	"disclosure": {"figure", "locale", "programme"},
	"account":    {"figure", "locale", "problem"},
	"submission": {"account", "figure", "locale", "problem", "programme", "intake"},
	"table":      {"figure", "locale", "programme", "disclosure"},
	"chart":      {"figure", "locale", "disclosure", "table"},
	"dashboard":  {"figure", "locale", "programme", "indicator", "disclosure", "chart", "table", "panics"},
	"report":     {"figure", "locale", "programme", "indicator", "disclosure", "table", "dashboard"},
	"receipt":    {"figure", "locale", "programme", "intake", "submission"},
	"chdb":       {"panics"},
	"store":      {"account", "figure", "locale", "problem", "programme", "intake", "submission", "chdb", "panics", "trace"},
	"demo":       {"account", "figure", "locale", "programme", "intake", "submission", "panics"},
	"workbook":   {"figure", "locale", "programme", "intake", "problem", "panics", "table"},
	"rate":       {},
	"mail":       {"figure", "locale", "problem"},
	"upload":     {"figure", "locale", "problem", "intake", "panics"},
	"api":        {"account", "figure", "locale", "problem", "programme", "intake", "submission", "indicator", "disclosure", "table", "dashboard", "rate", "upload", "panics", "trace", "metrics"},
	"web":        {"account", "receipt", "figure", "locale", "problem", "programme", "intake", "submission", "indicator", "disclosure", "chart", "table", "dashboard", "report", "workbook", "rate", "upload", "mail", "panics", "trace", "connection", "health", "metrics"},
}

// Packages for tests alone, which no room imports.
var forTests = []string{"xlsx/xlsxtest"}

func TestEveryRoomUsesOnlyWhatItMay(t *testing.T) {
	output, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	seen := 0
	for {
		var one struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&one); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name, inside := strings.CutPrefix(one.ImportPath, "kipmonitor/internal/")
		if !inside || slices.Contains(forTests, name) {
			continue
		}
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("the package %s is not in the table", name)
		}
		seen++
		for _, path := range one.Imports {
			if used, own := strings.CutPrefix(path, "kipmonitor/internal/"); own && !slices.Contains(allowed, used) {
				t.Errorf("%s imports %s, which it may not", name, used)
			}
		}
	}
	if seen < len(mayImport) {
		t.Errorf("%d packages seen, %d in the table", seen, len(mayImport))
	}
}
