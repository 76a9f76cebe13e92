package intake

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"kipmonitor/internal/locale"
)

func TestEveryCodeIsExplainedAndHasAMessage(t *testing.T) {
	page, err := os.ReadFile("../../docs/files.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, code := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(string(page), -1) {
		explained[code[1]] = true
	}
	for _, key := range locale.Keys() {
		if code, found := strings.CutPrefix(key, "intake."); found && code != "did_you_mean" && !explained[code] {
			t.Errorf("docs/files.md does not explain %s", code)
		}
	}
	for _, row := range strings.Split(string(page), "\n") {
		cells := strings.Split(row, "|")
		if len(cells) != 6 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		for _, code := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			if !locale.Knows("intake." + code[1]) {
				t.Errorf("docs/files.md explains %s, which has no message", code[1])
			}
		}
	}
}
