package programme

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kipmonitor/internal/locale"
)

// Identity is how the program presents itself to the people of a canton: whatever
// they see of names, notes and words that another canton would say differently. All
// of it may be left out; Load then fills in what says nothing of any canton.
type Identity struct {
	// Title is what the program is called in the head of its pages, in workbooks,
	// receipts and one-time codes.
	Title locale.Text `yaml:"title"`
	// Short names the whole programme in a few letters, beside the numbers of the
	// areas; empty where it has no such name.
	Short locale.Text `yaml:"short"`
	// FileName begins the names of files that people download: «<file_name>-2025.xlsx».
	FileName string `yaml:"file_name"`
	// CantonCode is the code of the canton that people write after the name of a
	// municipality, as in «Wil (SG)»; empty where none is understood.
	CantonCode string `yaml:"canton_code"`
	// Before names the programmes before this one, of which its areas took over others
	// (Area.Predecessor).
	Before locale.Text `yaml:"before"`
	// AllMunicipalities is what files call the sum of all municipalities, beside the
	// name of the canton and the usual words.
	AllMunicipalities locale.Text `yaml:"all_municipalities"`
	// Notes stand in the foot of every page, such as where the population is from.
	Notes []locale.Text `yaml:"notes"`
	// PasswordWords are refused in passwords, beside the words of the names of the
	// canton and its programme.
	PasswordWords []string `yaml:"password_words"`
}

// usualFileName begins the names of files where the definition has no other.
const usualFileName = "monitor"

// complete fills in what the definition leaves out.
func (i *Identity) complete() {
	if i.Title == (locale.Text{}) {
		i.Title = locale.Every("programme.title", nil)
	}
	if i.FileName == "" {
		i.FileName = usualFileName
	}
	if i.Before == (locale.Text{}) {
		i.Before = locale.Every("programme.before", nil)
	}
}

var (
	plainFileName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	cantonCode    = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (l *loader) identity(p *Programme) {
	at := l.places[p]
	l.perhapsTexts(at, "title", p.Title)
	l.perhapsTexts(at, "short", p.Short)
	l.perhapsTexts(at, "before", p.Before)
	l.perhapsTexts(at, "all_municipalities", p.AllMunicipalities)
	for i, note := range p.Notes {
		l.texts(at.at("notes", i), "notes", note)
	}
	for i, code := range p.DemoSenders {
		if p.Organisation(code) == nil {
			l.fault(at.at("demo_senders", i), "demo_senders: there is no organisation %q", code)
		}
	}
	if !plainFileName.MatchString(p.FileName) {
		l.fault(at.at("file_name"), "file_name: %q: only small letters, digits and - may stand in it", p.FileName)
	}
	if p.CantonCode != "" && !cantonCode.MatchString(p.CantonCode) {
		l.fault(at.at("canton_code"), "canton_code: %q is not two capital letters", p.CantonCode)
	}
}

// OwnWords are the words, in small letters, that people of this canton would think of
// first: those of its name, of the programme and of the program, and PasswordWords.
func (p *Programme) OwnWords() []string {
	words := slices.Clone(p.PasswordWords)
	for _, text := range []locale.Text{p.Canton, p.Title, p.Short, p.Before} {
		for _, name := range text.All() {
			words = append(words, strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	// Short words such as «de» are in too many passwords to say anything.
	return slices.DeleteFunc(words, func(word string) bool { return utf8.RuneCountInString(word) < 3 })
}
