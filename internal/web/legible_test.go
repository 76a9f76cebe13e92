package web_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"kipmonitor/internal/account"
)

func TestARuleReadsAsASentenceBeforeItFires(t *testing.T) {
	s := newSite(t, nil)
	b, _ := s.in(account.Coordination)
	body := b.get("/de/rules").body
	if !strings.Contains(body, "«Neu Zugezogene aus dem Ausland / davon mit Erstinformation / Erstinformationsgespräche / …»: x, im Vorjahr y.") {
		t.Error("the figures of a rule are not named")
	}
	if strings.Contains(body, "{figure}") || strings.Contains(body, "im Vorjahr …") {
		t.Error("a place for a value is left open")
	}
}

func TestTheOverviewSaysWhatIsInSightAndIsLedByItsLegend(t *testing.T) {
	s := newSite(t, nil)
	b, _ := s.in(account.Reader)
	body := b.get("/de/?year=2025").body
	for _, want := range []string{"Ziele 2027 in Sicht", "Alle Bereiche zusammen", `<ul class="legend" aria-label="Farben und Zeichen der Leiste">`} {
		if !strings.Contains(body, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	if got := b.get("/de/?year=2022").body; !strings.Contains(got, "2022 liegt vor dem Programm") {
		t.Error("a year before the programme is not called one")
	}
}

func TestAnErrorLeadsToAPageThatTheReaderMaySee(t *testing.T) {
	s := newSite(t, nil)
	b, _ := s.in(account.Administrator)
	got := b.get("/de/nowhere")
	link := regexp.MustCompile(`<div class="message-page stack">(?s:.*?)<a href="([^"]+)"`).FindStringSubmatch(got.body)
	if got.status != http.StatusNotFound || link == nil || link[1] != "/de/people" {
		t.Errorf("status %d, the page leads to %v", got.status, link)
	}
}

// A screen reader lists the tables of a page by their names.
func TestEveryTableHasAName(t *testing.T) {
	files, err := os.ReadDir("template")
	must(t, err)
	for _, file := range files {
		content, err := os.ReadFile("template/" + file.Name())
		must(t, err)
		for _, table := range regexp.MustCompile(`<table[^>]*>\s*(<caption)?`).FindAllString(string(content), -1) {
			if !strings.Contains(table, "aria-label") && !strings.Contains(table, "<caption") {
				t.Errorf("%s: %s has no name", file.Name(), table)
			}
		}
	}
}
