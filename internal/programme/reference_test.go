package programme

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/locale"
)

func TestAReferenceIsReadInTheLanguageItIsIn(t *testing.T) {
	for _, c := range []struct {
		name, yaml string
		text       string
		in         locale.Language
	}{
		{"one language", `origin: "Proposition [S2]"`, "Proposition [S2]", locale.French},
		{"four languages", `origin: {de: Vorschlag, fr: proposition, it: proposta, en: proposal}`, "proposta", locale.Italian},
	} {
		var target Target
		if err := yaml.Unmarshal([]byte(c.yaml), &target); err != nil {
			t.Fatal(err)
		}
		p := Programme{Language: locale.French, Targets: []Target{target}}
		p.referenceLanguages()
		if text, in := p.Targets[0].Origin.In(locale.Italian); text != c.text || in != c.in {
			t.Errorf("%s: %q in %s, want %q in %s", c.name, text, in, c.text, c.in)
		}
	}
	for _, wrong := range []string{`origin: {de: Vorschlag}`, `origin: [a]`} {
		var target Target
		if yaml.Unmarshal([]byte(wrong), &target) == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}
