package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/figure"
)

// placeholder is {name}, {de:name} or {name|singular|plural}.
var placeholder = regexp.MustCompile(`\{(?:de:)?([a-z_0-9]*)(?:\|[^|{}]+\|[^|{}]+)?\}`)

func TestEveryMessageStandsInFourLanguagesWithTheSamePlaceholders(t *testing.T) {
	for _, key := range Keys() {
		text := messages()[key]
		want := placeholders(text.DE)
		for i, message := range text.All() {
			language := Languages[i]
			if strings.TrimSpace(message) == "" {
				t.Errorf("%s: no text in %s", key, language)
				continue
			}
			if got := placeholders(message); !slices.Equal(got, want) {
				t.Errorf("%s: the text in %s has the placeholders %v, and in German they are %v", key, language, got, want)
			}
			if rest := placeholder.ReplaceAllString(message, ""); strings.ContainsAny(rest, "{}") {
				t.Errorf("%s: a placeholder of the text in %s is not {name} in small letters: %q", key, language, message)
			}
		}
	}
}

// placeholders returns the names of the arguments of a message, each once.
func placeholders(message string) []string {
	var found []string
	for _, match := range placeholder.FindAllStringSubmatch(message, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestMessagesAreSpeltTheSwissWay(t *testing.T) {
	for _, key := range Keys() {
		for i, message := range messages()[key].All() {
			foreign := "«»"
			if Languages[i] != English {
				foreign = "“”"
			}
			if strings.ContainsAny(message, "ß\"„"+foreign) {
				t.Errorf("%s in %s: ss is wanted, «» and in English “”: %q", key, Languages[i], message)
			}
		}
	}
}

// cantonWords are names that only the definition of a canton may say.
var cantonWords = regexp.MustCompile(`(?i:solothurn|soleure|soletta|\bkip|\bcip\b|\bpic\b)|\bSEM\b|\bBFS\b|\bOFS\b|\bUST\b|\bFSO\b|\bIFK\b|\bAGS\b|\bIIZ\b`)

// executable takes out what the command line is called, and its variables.
var executable = strings.NewReplacer("kipmonitor ", "", "KIPMONITOR_", "")

func TestNoMessageNamesACantonItsProgrammeOrAFederalOffice(t *testing.T) {
	for _, key := range Keys() {
		for i, message := range messages()[key].All() {
			if strings.HasPrefix(key, "command.") {
				message = executable.Replace(message)
			}
			if word := cantonWords.FindString(message); word != "" {
				t.Errorf("%s in %s names %q, which belongs into the definition: %q", key, Languages[i], word, message)
			}
		}
	}
}

func TestMessageFilesHoldNothingButTheFourLanguages(t *testing.T) {
	files, err := messageFiles.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := messageFiles.ReadFile("messages/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		decoder := yaml.NewDecoder(strings.NewReader(string(content)))
		decoder.KnownFields(true)
		var subject map[string]Text
		if err := decoder.Decode(&subject); err != nil {
			t.Errorf("%s: %v", file.Name(), err)
		}
		// The key tells where its message stands. Problems may stand with their subject.
		prefix := strings.TrimSuffix(file.Name(), ".yaml") + "."
		for key := range subject {
			if !strings.HasPrefix(key, prefix) && !strings.HasPrefix(key, "problem.") {
				t.Errorf("%s: the key %s does not start with %s", file.Name(), key, prefix)
			}
		}
	}
}

func TestArgumentsAreWrittenInTheLanguageOfTheMessage(t *testing.T) {
	said := messages()
	said["test.all"] = Text{DE: "{text}|{count}|{amount}|{whole}|{period}|{name}|{year}|{none}", FR: "", EN: "{amount} {name}"}
	t.Cleanup(func() { delete(said, "test.all") })
	args := Args{
		"text": "{count}", "count": 12345, "amount": figure.Decimal(12_345_000), "whole": figure.Whole(-7),
		"period": figure.Period{Year: 2025, Part: figure.FirstHalf}, "name": Text{DE: "Gemeinde", EN: "municipality"}, "year": figure.Year(2025),
	}
	if got, want := German.Say("test.all", args), "{count}|12’345|1’234,5|−7|1. Halbjahr 2025|Gemeinde|2025|{none}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := English.Say("test.all", args), "1’234.5 municipality"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := French.Say("test.all", nil), said["test.all"].DE; got != want {
		t.Errorf("without a French text: %q, want the German %q", got, want)
	}
}

func TestAnUnknownMessageIsShownByItsKey(t *testing.T) {
	if got := German.Say("test.unknown", nil); got != "[test.unknown]" {
		t.Errorf("got %q", got)
	}
	if Knows("test.unknown") || !Knows("period.h1") {
		t.Error("a message is known that is not there, or the other way round")
	}
}

func TestLanguagesAreReadByTheirCode(t *testing.T) {
	for _, language := range Languages {
		if got, ok := Parse(string(language)); got != language || !ok {
			t.Errorf("%s is read as %s, %v", language, got, ok)
		}
	}
	for _, code := range []string{"", "DE", "rm", "de-CH"} {
		if got, ok := Parse(code); ok || got != German {
			t.Errorf("%q is read as %s, %v; want German as the language to fall back to", code, got, ok)
		}
	}
}

// rivals are words that stand beside the one word for a thing: a submission is «envoi»
// and «invio», a verdict «appréciation» and «assessment», an account «account».
var rivals = map[Language]*regexp.Regexp{
	German:  regexp.MustCompile(`Bewertung`),
	French:  regexp.MustCompile(`(?i:évaluation|évaluable|menacé|fonds propres|reçu de|numéro de la livraison|fichier original)`),
	Italian: regexp.MustCompile(`(?i:fondi propri|\bmodul[oi]\b|\bconsegn[ae] (dei|delle)|ricevuta della consegna|questo conto)`),
	English: regexp.MustCompile(`\b(?i:own funds|grades?|graded|judged|municipalities as)\b`),
}

func TestThereIsOneWordForAThing(t *testing.T) {
	for _, key := range Keys() {
		for i, message := range messages()[key].All() {
			if word := rivals[Languages[i]].FindString(message); word != "" {
				t.Errorf("%s in %s: %q has another word here: %q", key, Languages[i], word, message)
			}
		}
	}
}
