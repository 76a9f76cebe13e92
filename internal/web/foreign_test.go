package web

import (
	"strings"
	"testing"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func TestWhatIsInOneLanguageIsMarkedOnPagesInAnother(t *testing.T) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	marked, translated := 0, 0
	for _, target := range p.Targets {
		if _, language := foreign(locale.German, target.Origin); language != "" {
			t.Errorf("%s: a German page marks %s", target.Indicator, language)
		}
		switch text, language := foreign(locale.French, target.Origin); {
		case language == "de" && !strings.HasPrefix(text, "Proposition"):
			marked++
		case language == "" && strings.HasPrefix(text, "Proposition"):
			translated++
		default:
			t.Errorf("%s: %q is marked %q", target.Indicator, text, language)
		}
	}
	if marked == 0 || translated == 0 {
		t.Errorf("%d origins are marked and %d translated", marked, translated)
	}
}
