package summary

import (
	"strings"
	"sync"
	"testing"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

var whole = sync.OnceValue(func() *programme.Programme {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	return p
})

const head = "Gemeinde;Periode;arrivals;arrivals_informed;first_talks;first_talks_within_90_days;first_talks_protection_explained;persons_with_need;persons_with_need_assigned\n"

func of(t *testing.T, content string, language locale.Language) Summary {
	t.Helper()
	report, err := intake.Check(intake.File{Name: "meldung.csv", Size: int64(len(content)), Content: strings.NewReader(content)}, whole(), intake.Expect{})
	if err != nil {
		t.Fatal(err)
	}
	return Of(report, whole(), language)
}

func TestAGoodFileIsSummedUp(t *testing.T) {
	s := of(t, head+"Grenchen;2025;1200;1100;20;15;12;10;–\n", locale.German)
	if s.Verdict != Good || s.Title != "Die Datei ist in Ordnung." {
		t.Errorf("verdict %s, %q: %v", s.Verdict, s.Title, s.Findings)
	}
	for _, want := range []Fact{{"Organisation", "Gemeinde Grenchen"}, {"Periode", "2025"}, {"Zeilen", "1"}} {
		if !contains(s.Facts, want) {
			t.Errorf("the facts lack %v: %v", want, s.Facts)
		}
	}
	first, last := s.Totals[0], s.Totals[len(s.Totals)-1]
	if first.Value != "1’200" || last.Value != "– (ohne Angabe: 1)" {
		t.Errorf("totals %v and %v", first, last)
	}
}

func contains(facts []Fact, wanted Fact) bool {
	for _, fact := range facts {
		if fact == wanted {
			return true
		}
	}
	return false
}

func TestAFaultIsNamedWithItsPlaceInTheLanguageOfTheReader(t *testing.T) {
	content := head + "Grenchn;2025;100;190;20;15;12;10;7\n"
	for language, want := range map[locale.Language]string{locale.German: "Zelle A2", locale.French: "Cellule A2", locale.Italian: "Cella A2", locale.English: "Cell A2"} {
		s := of(t, content, language)
		if s.Verdict != Faulty || len(s.Findings) == 0 || s.Findings[0].Places != want || s.Findings[0].Code != "municipality_unknown" {
			t.Errorf("%s: %s %+v", language, s.Verdict, s.Findings)
		}
	}
	if s := of(t, head+"Grenchen;2025;1.234;90;20;15;12;10;7\n", locale.German); s.Verdict != Warned {
		t.Errorf("a file with a warning: %s %+v", s.Verdict, s.Findings)
	}
}

func TestASummaryOfPersonalDataRepeatsNone(t *testing.T) {
	s := of(t, head+"Grenchen;2025;100;756.9217.0769.85;20;15;12;10;7\n", locale.German)
	if s.Verdict != Personal || len(s.Totals) != 0 {
		t.Errorf("verdict %s, totals %v", s.Verdict, s.Totals)
	}
	for _, finding := range s.Findings {
		if strings.Contains(finding.Message, "756") {
			t.Errorf("the number is repeated: %s", finding.Message)
		}
	}
}

func TestEveryVerdictHasItsWords(t *testing.T) {
	for _, verdict := range []Verdict{Good, Warned, Faulty, Personal} {
		if !locale.Knows("checker."+string(verdict)) || !locale.Knows("checker."+string(verdict)+"_text") {
			t.Errorf("%s has no words", verdict)
		}
	}
}
