// Package locale speaks the four languages of the program: texts of the
// programme definition, messages of the program itself, numbers, dates and
// periods as the Swiss write them.
package locale

// Language is one of the four languages, by its ISO 639-1 code.
type Language string

// The languages, German first: it is the language of the canton and what
// everything falls back to.
const (
	German  Language = "de"
	French  Language = "fr"
	Italian Language = "it"
	English Language = "en"
)

// Languages lists the four in the order of the language switch.
var Languages = [...]Language{German, French, Italian, English}

// Parse returns the language of a code such as "fr" and whether it is one of
// the four.
func Parse(code string) (Language, bool) {
	for _, language := range Languages {
		if code == string(language) {
			return language, true
		}
	}
	return German, false
}

// Text is a text of the programme definition in the four languages.
type Text struct {
	DE string `yaml:"de" json:"de"`
	FR string `yaml:"fr" json:"fr"`
	IT string `yaml:"it" json:"it"`
	EN string `yaml:"en" json:"en"`
}

// In returns the text in a language, or in German where it is missing.
func (t Text) In(language Language) string {
	text := map[Language]string{German: t.DE, French: t.FR, Italian: t.IT, English: t.EN}[language]
	if text == "" {
		return t.DE
	}
	return text
}

// Quote puts a text between the quotation marks of the language: «…», in English “…”.
func (l Language) Quote(text string) string {
	if l == English {
		return "“" + text + "”"
	}
	return "«" + text + "»"
}

// All returns the four texts in the order of Languages, for the matching of
// headers and codes.
func (t Text) All() [4]string { return [4]string{t.DE, t.FR, t.IT, t.EN} }
