package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/workbook"
)

// TestAClerkGetsToTheReceiptInFourScreensByKeyboardOnAPhone takes the way of a
// municipality: log in, choose the filled template, confirm, receipt. Every control
// is reached by Tab and used by Enter or Space, and each screen passes axe.
func TestAClerkGetsToTheReceiptInFourScreensByKeyboardOnAPhone(t *testing.T) {
	s := newSite(t)
	s.open(t)
	path := filepath.Join(t.TempDir(), "jahresmeldung.csv")
	must(t, os.WriteFile(path, filledTemplate(t, s.app.programme), 0o600))
	tab, complaints := s.tab(t)
	tab, stop := context.WithTimeout(tab, 90*time.Second)
	defer stop()
	screens := 0
	screen := func() {
		t.Helper()
		screens++
		s.inspect(t, tab)
	}
	must(t, chromedp.Run(tab, chromedp.ActionFunc(func(ctx context.Context) error {
		return emulation.SetDeviceMetricsOverride(390, 844, 2, true).Do(ctx)
	})))
	must(t, chromedp.Run(tab, network.ClearBrowserCookies()))

	// 1: log in.
	must(t, chromedp.Run(tab, chromedp.Navigate(s.address+"/de/login")))
	screen()
	tabTo(t, tab, `[...document.querySelectorAll("form")].find((f) => f.querySelector('input[value="`+demoSender+`"]')).querySelector("button")`)
	press(t, tab, kb.Enter, "#file")

	// 2: choose the file. Browsers open a dialogue of the system for the field, which
	// only takes the place of setting the file here.
	screen()
	tabTo(t, tab, `document.querySelector("#file")`)
	must(t, chromedp.Run(tab, chromedp.SetUploadFiles("#file", []string{path}, chromedp.ByQuery)))
	tabTo(t, tab, `document.querySelector("form[data-upload] button[type=submit]")`)
	press(t, tab, kb.Enter, "#confirm")

	// 3: what would count, and the confirmation.
	screen()
	for {
		var left bool
		must(t, chromedp.Run(tab, chromedp.Evaluate(`[...document.querySelectorAll("textarea[name^=explain]")].some((field) => field.value === "")`, &left)))
		if !left {
			break
		}
		tabTo(t, tab, `[...document.querySelectorAll("textarea[name^=explain]")].find((field) => field.value === "")`)
		must(t, chromedp.Run(tab, input.InsertText("Wir zählen seit Januar anders.")))
	}
	tabTo(t, tab, `document.querySelector("input[name=confirmed]")`)
	must(t, chromedp.Run(tab, chromedp.KeyEvent(" ")))
	tabTo(t, tab, `document.querySelector("#confirm button[type=submit]")`)
	press(t, tab, kb.Enter, ".tag-submitted")

	// 4: the receipt.
	screen()
	var text string
	must(t, chromedp.Run(tab, chromedp.Text("main", &text, chromedp.ByQuery)))
	for _, word := range []string{"Eingereicht", demoSender, "Beleg (PDF)", "Prüfsumme", "Jahresmeldung der Gemeinde, Version 1"} {
		if !strings.Contains(text, word) {
			t.Errorf("the receipt does not say %q", word)
		}
	}
	sums, err := s.app.store.Sums(t.Context(), figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2025}, By: figure.ByOrganisation})
	must(t, err)
	if !slices.ContainsFunc(sums, func(sum figure.Sum) bool { return sum.Organisation == "G2546" && sum.Value == figure.Whole(210) }) {
		t.Errorf("the figures do not count: %+v", sums)
	}
	if screens > 4 {
		t.Errorf("%d screens", screens)
	}
	for _, line := range complaints.lines {
		t.Error(line)
	}
}

// filledTemplate is the template of a municipality with numbers in it.
func filledTemplate(t *testing.T, p *programme.Programme) []byte {
	t.Helper()
	var out strings.Builder
	must(t, workbook.WriteTemplate(&out, p, workbook.Template{Form: "municipality_year", Organisation: "G2546", Period: figure.Period{Year: 2025}, Format: workbook.CSV, Language: "de"}))
	lines := strings.Split(out.String(), "\r\n")
	top := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Gemeinde;") })
	if top < 0 {
		t.Fatalf("the template has no header:\n%s", out.String())
	}
	values := map[string]string{"Neu Zugezogene aus dem Ausland": "210", "davon mit Erstinformation": "190", "Erstinformationsgespräche": "50", "davon innert 90 Tagen": "40",
		"davon mit Thema Diskriminierungsschutz": "30", "Beratungsgespräche": "70", "Personen mit besonderem Integrationsbedarf": "20", "davon innert 12 Monaten zugewiesen": "15"}
	header, row := strings.Split(lines[top], ";"), strings.Split(lines[top+1], ";")
	for i, name := range header {
		if value, found := values[name]; found {
			row[i] = value
		}
	}
	lines[top+1] = strings.Join(row, ";")
	return []byte(strings.Join(lines, "\r\n"))
}

// tabTo presses Tab until an element has the focus.
func tabTo(t *testing.T, tab context.Context, element string) {
	t.Helper()
	for range 150 {
		var there bool
		must(t, chromedp.Run(tab, chromedp.Evaluate(`document.activeElement === (`+element+`)`, &there)))
		if there {
			return
		}
		must(t, chromedp.Run(tab, chromedp.KeyEvent(kb.Tab)))
	}
	t.Fatalf("no Tab leads to %s", element)
}

// press presses a key and waits for what comes next.
func press(t *testing.T, tab context.Context, key, next string) {
	t.Helper()
	must(t, chromedp.Run(tab, chromedp.KeyEvent(key), chromedp.WaitVisible(next, chromedp.ByQuery)))
}
