package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kipmonitor/internal/locale"
)

// TestMain has the command line speak German, whatever the machine's language is.
func TestMain(m *testing.M) {
	if err := os.Setenv("LC_ALL", "de_CH.UTF-8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestARunSpeaksTheLanguageOfItsOptionOrEnvironment(t *testing.T) {
	for _, c := range []struct {
		name            string
		args            []string
		all, kind, lang string
		want            locale.Language
	}{
		{"nothing said", []string{"check"}, "", "", "", locale.German},
		{"the environment", []string{"check"}, "", "", "fr_CH.UTF-8", locale.French},
		{"a language without a country", []string{"check"}, "", "", "it", locale.Italian},
		{"a language that we do not speak", []string{"check"}, "", "", "rm_CH.UTF-8", locale.German},
		{"none in particular", []string{"check"}, "C.UTF-8", "", "fr_CH.UTF-8", locale.German},
		{"the one for messages goes first", []string{"check"}, "", "en_GB", "fr_CH", locale.English},
		{"the one for all goes first", []string{"check"}, "it_CH", "en_GB", "fr_CH", locale.Italian},
		{"the option goes first", []string{"check", "--language", "en"}, "it_CH", "", "", locale.English},
		{"the option with a sign", []string{"check", "-language=fr", "a.csv"}, "", "", "", locale.French},
		{"a file of that name", []string{"check", "--", "--language", "fr"}, "", "", "", locale.German},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.kind)
		t.Setenv("LANG", c.lang)
		if got := languageOf(c.args); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// german are words that a run in another language may not write.
var german = regexp.MustCompile(`\b(Aufruf|Befehl|Optionen|Ohne Angabe|Beispiel|Datei|Ordner|gibt es nicht|gehört|nicht eingelesen|Fehler|Warnung|Zahlen|keine|für)\b`)

func TestARunSpeaksOneLanguage(t *testing.T) {
	folder := t.TempDir()
	wrong := filepath.Join(folder, "x.csv")
	must(t, os.WriteFile(wrong, []byte("Gemeinde;Periode\nOlten;2025\n"), 0o600))
	calls := [][]string{{}, {"help"}, {"nothing"}, {"check", "--nothing"}, {"check", "--form"}, {"serve", "word"}, {"backup", "word"}, {"doctor", "word"},
		{"report", "--year", "viele"}, {"check", "--json=2", "x"}, {"check", "--=x"}, {"check", wrong, filepath.Join(folder, "none.csv")}, {"check", "--period", "25", wrong},
		{"import"}, {"template"}, {"report"}, {"restore"}, {"demo", "word"}, {"check", "--fix-it", "x", "y", "z"}, {"check", "--seed", filepath.Join(folder, "x.csv"), wrong},
		{"restore", "--from", wrong, "--data", filepath.Join(folder, "new")}}
	for _, one := range commands {
		if one.name != "version" {
			calls = append(calls, []string{one.name, "--help"})
		}
	}
	for _, language := range []string{"fr", "it", "en"} {
		t.Setenv("LC_ALL", language+"_CH.UTF-8")
		for _, call := range calls {
			var out bytes.Buffer
			run(call, &out, &out)
			text := strings.ReplaceAll(out.String(), "Neuer Standort seit März", "")
			if text == "" || strings.Contains(text, "[command") {
				t.Errorf("%s %v: %q", language, call, text)
			}
			if word := german.FindString(text); word != "" {
				t.Errorf("%s %v writes %q: %s", language, call, word, text)
			}
			if language != "en" && regexp.MustCompile(`flag (provided|needs)|invalid value|bad flag|is no folder`).MatchString(text) {
				t.Errorf("%s %v writes English: %s", language, call, text)
			}
		}
	}
}

func TestALanguageThatIsNoneIsRefused(t *testing.T) {
	var out bytes.Buffer
	if code := run([]string{"check", "--language", "rm", "x.csv"}, &out, &out); code != 2 || !strings.Contains(out.String(), "«rm» ist keine Angabe zur Option --language") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}
