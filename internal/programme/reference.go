package programme

import (
	"errors"
	"strings"

	"kipmonitor/internal/locale"
)

// Reference says where an entry comes from: in the four languages, or in one alone, the
// language of the definition.
type Reference struct {
	text locale.Text
	one  string          // where it stands in one language
	in   locale.Language // the language of that
}

// UnmarshalYAML reads a reference from a text, or from one in each language.
func (r *Reference) UnmarshalYAML(read func(any) error) error {
	if err := read(&r.one); err == nil {
		return nil
	}
	r.one = ""
	if err := read(&r.text); err != nil {
		return err
	}
	for _, text := range r.text.All() {
		if strings.TrimSpace(text) == "" {
			return errors.New("a text in one language is wanted, or one in each of de, fr, it and en")
		}
	}
	return nil
}

// In returns the reference for readers of a language, and the language that it is in.
func (r Reference) In(language locale.Language) (string, locale.Language) {
	if r.one != "" {
		return r.one, r.in
	}
	return r.text.In(language), language
}

// String returns it as it was given, in German where it was given in four languages.
func (r Reference) String() string {
	text, _ := r.In(locale.German)
	return text
}

// referenceLanguages tells the references the language of the definition.
func (p *Programme) referenceLanguages() {
	language, _ := locale.Parse(string(p.Language))
	for i := range p.Indicators {
		p.Indicators[i].Source.in = language
	}
	for i := range p.Targets {
		p.Targets[i].Origin.in = language
	}
}
