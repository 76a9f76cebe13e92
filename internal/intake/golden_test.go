package intake

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The files under testdata/files are as offices would send them for the definition
// that stands in the program; beside each stands the report of its check.
func TestFilesOfOfficesAreJudgedAsBefore(t *testing.T) {
	files, err := filepath.Glob("testdata/files/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			report, err := Check(File{Name: filepath.Base(name), Size: int64(len(content)), Content: bytes.NewReader(content)}, whole(), Expect{})
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(report); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".csv") + ".json"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("the report has changed; see it with -update and git diff:\n%s", got.String())
			}
			if strings.HasPrefix(filepath.Base(name), "gut_") != report.Accepted() {
				t.Errorf("accepted: %t", report.Accepted())
			}
			holds(t, whole(), content)
		})
	}
}
