package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
)

func TestTheNounGoesWithItsNumber(t *testing.T) {
	text := Text{
		DE: "{n|# Datei|# Dateien}", FR: "{n} {n|fichier|fichiers}", IT: "{n} {n|riga|righe}", EN: "{n} {n|file|files}",
	}
	for _, c := range []struct {
		name   string
		number any
		want   [4]string
	}{
		{"none: singular in French", 0, [4]string{"0 Dateien", "0 fichier", "0 righe", "0 files"}},
		{"a single one", 1, [4]string{"1 Datei", "1 fichier", "1 riga", "1 file"}},
		{"two", 2, [4]string{"2 Dateien", "2 fichiers", "2 righe", "2 files"}},
		{"eleven", 11, [4]string{"11 Dateien", "11 fichiers", "11 righe", "11 files"}},
		{"a hundred and one", 101, [4]string{"101 Dateien", "101 fichiers", "101 righe", "101 files"}},
		{"a million and one", 1_000_001, [4]string{"1’000’001 Dateien", "1’000’001 fichiers", "1’000’001 righe", "1’000’001 files"}},
		{"a single one less", -1, [4]string{"−1 Datei", "−1 fichier", "−1 riga", "−1 file"}},
		{"one and a half: singular in French", figure.Decimal(15_000), [4]string{"1,5 Dateien", "1,5 fichier", "1,5 righe", "1.5 files"}},
		{"an exact one", figure.Whole(1), [4]string{"1 Datei", "1 fichier", "1 riga", "1 file"}},
		{"what is no number", "–", [4]string{"– Dateien", "– fichiers", "– righe", "– files"}},
	} {
		for i, language := range Languages {
			if got := language.Fill(text, Args{"n": c.number}); got != c.want[i] {
				t.Errorf("%s in %s: %q, want %q", c.name, language, got, c.want[i])
			}
		}
	}
}

func TestWhatNamesNoArgumentStandsAsItIs(t *testing.T) {
	text := Text{DE: "{a} { {b} {b|x|y} {de:b} {a"}
	if got, want := German.Fill(text, Args{"a": "{a}"}), text.DE; got != want {
		t.Errorf("got %q", got)
	}
}

// counted is an argument right before a word.
var counted = regexp.MustCompile(`\{([a-z_]+)\}[ \x{a0}\x{202f}](\p{L}+)`)

// counts are the arguments that are numbers of things, and others the rest of those that
// stand before a word. A limit is far above one.
var (
	counts = strings.Fields("all cells count expected files good held missing old organisations part peers points rows whole")
	others = strings.Fields("accepted at email example file first form free from high_name last limit low low_name max megabytes most name needed next number option organisation other page parts period refused role row since tag taken text unit value variable year")
)

// same are words that are the same for every number, and those that are not counted.
var same = map[Language][]string{
	German:  {"Zeichen", "dazwischen", "ausstehend", "von", "weitere", "abschätzbaren", "bestätigten"},
	French:  {"sur", "en", "de"},
	Italian: {"file", "su", "in", "di", "sulla"},
	English: {"of", "in", "outstanding", "more", "further", "funding", "acknowledged"},
}

// names are keys whose argument has the name of a count and is a name.
var names = []string{"integrity.part_put_aside", "integrity.part_unreadable", "intake.period_expected"}

func TestANounBehindItsNumberHasASingularAndAPlural(t *testing.T) {
	for _, key := range Keys() {
		for i, message := range messages()[key].All() {
			for _, found := range counted.FindAllStringSubmatch(message, -1) {
				name, word := found[1], found[2]
				if !slices.Contains(counts, name) && !slices.Contains(others, name) {
					t.Errorf("%s in %s: say whether {%s} is a count, in counts or others", key, Languages[i], name)
				}
				if slices.Contains(counts, name) && !slices.Contains(same[Languages[i]], word) && !slices.Contains(names, key) {
					t.Errorf("%s in %s writes {%s} before %q for every number: {%s|singular|plural} is wanted", key, Languages[i], name, word, name)
				}
			}
		}
	}
}

// unelided is French «de» and the like before an argument.
var unelided = regexp.MustCompile(`(?i:\b(de|du|que|jusque)) \{([a-z_]+)\}`)

func TestFrenchMessagesLeaveDeToItsName(t *testing.T) {
	for _, key := range Keys() {
		for _, found := range unelided.FindAllStringSubmatch(messages()[key].FR, -1) {
			if name := found[2]; !slices.Contains(counts, name) && !slices.Contains(figuresAlone, name) {
				t.Errorf("%s writes %q, which is wrong before a vowel: {de:%s} is wanted", key, strings.TrimSpace(found[0]), name)
			}
		}
	}
}

// figuresAlone are arguments that begin with a figure.
var figuresAlone = []string{"from", "last", "limit", "max", "most"}
