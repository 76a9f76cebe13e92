package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"kipmonitor/internal/upload"
)

// uploads notes what a tab sends.
type uploads struct {
	lock sync.Mutex
	list []string
}

func watchUploads(tab context.Context) *uploads {
	sent := &uploads{}
	chromedp.ListenTarget(tab, func(event any) {
		if request, ok := event.(*network.EventRequestWillBeSent); ok && request.Request.Method != "GET" {
			sent.lock.Lock()
			defer sent.lock.Unlock()
			sent.list = append(sent.list, request.Request.Method+" "+request.Request.URL)
		}
	})
	return sent
}

func (u *uploads) count() int {
	u.lock.Lock()
	defer u.lock.Unlock()
	return len(u.list)
}

const clerksHeader = "Gemeinde;Periode;arrivals;arrivals_informed;first_talks;first_talks_within_90_days;first_talks_protection_explained;persons_with_need;persons_with_need_assigned\r\n"

func TestAFileIsCheckedInTheBrowserBeforeItIsSent(t *testing.T) {
	s := newSite(t)
	s.open(t)
	tab, noted := s.tab(t)
	tab, stop := context.WithTimeout(tab, 3*time.Minute)
	defer stop()
	sent := watchUploads(tab)
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		must(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	good := write("gemeinde.csv", clerksHeader+"Grenchen;2025;100;90;20;15;12;10;7\r\n")
	faulty := write("fehler.csv", clerksHeader+"Grenchn;2025;100;90;20;15;12;10;7\r\n")
	persons := write("personen.csv", clerksHeader+"Grenchen;2025;100;90;20;15;12;10;7;756.9217.0769.85\r\n")
	// Rows that say the same again: no file to be submitted, but one of two megabytes.
	large := write("gross.csv", clerksHeader+strings.Repeat("Grenchen;2025;100;90;20;15;12;10;7\r\n", 60_000))
	huge := write("riesig.csv", "")
	must(t, os.Truncate(huge, upload.Max+1))

	fresh := func(language string) chromedp.Tasks {
		return chromedp.Tasks{chromedp.Navigate(s.address + "/" + language + "/submissions/new"), chromedp.WaitReady("[data-status]", chromedp.ByQuery)}
	}
	choose := func(path, verdict string) chromedp.Tasks {
		return chromedp.Tasks{chromedp.SetUploadFiles("#file", []string{path}, chromedp.ByQuery),
			chromedp.WaitVisible(fmt.Sprintf("[data-verdict=%q]", verdict), chromedp.ByQuery)}
	}
	var status, shown string
	var disabled bool
	read := chromedp.Tasks{chromedp.TextContent("[data-status]", &status, chromedp.ByQuery), chromedp.Text("[data-results]", &shown, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("form.sheet button[type=submit]").disabled`, &disabled)}
	press := chromedp.Evaluate(`document.querySelector("form.sheet").requestSubmit(); true`, nil)
	pause := chromedp.Sleep(300 * time.Millisecond)

	t.Run("a file with personal data does not leave the computer", func(t *testing.T) {
		for language, want := range map[string]string{"de": "hat Ihren Computer nicht verlassen", "fr": "n’a pas quitté votre ordinateur", "it": "Non ha lasciato il vostro computer", "en": "has not left your computer"} {
			must(t, chromedp.Run(tab, fresh(language), choose(persons, "personal"), read, press, pause))
			if !disabled || !strings.Contains(shown, want) || !strings.Contains(shown, "J2") || !strings.Contains(shown, "personal_ahv") || strings.Contains(shown, "756") {
				t.Errorf("%s: button disabled: %t; shown:\n%s", language, disabled, shown)
			}
			if strings.TrimSpace(status) == "" || !strings.Contains(shown, strings.TrimSpace(status)) {
				t.Errorf("%s: announced: %q", language, status)
			}
		}
		if sent.count() > 0 {
			t.Errorf("sent: %v", sent.list)
		}
		noted.check(t)
	})
	t.Run("another choice takes the refusal back", func(t *testing.T) {
		must(t, chromedp.Run(tab, fresh("de"), choose(persons, "personal"), choose(good, "good"), read))
		if disabled || strings.Contains(shown, "personal_ahv") {
			t.Errorf("button disabled: %t; shown:\n%s", disabled, shown)
		}
	})
	t.Run("errors are named with their place and may be sent all the same", func(t *testing.T) {
		must(t, chromedp.Run(tab, fresh("de"), choose(faulty, "faulty"), read))
		for _, want := range []string{"Die Datei kann so nicht eingereicht werden.", "fehler.csv", "Meinten Sie «Grenchen»?", "Zelle A2", "municipality_unknown"} {
			if !strings.Contains(shown, want) {
				t.Errorf("the page lacks %q:\n%s", want, shown)
			}
		}
		if disabled {
			t.Error("the file cannot be sent")
		}
	})
	t.Run("a good file is summed up, without a sound of the network", func(t *testing.T) {
		for _, width := range []int64{1440, 390} {
			must(t, chromedp.Run(tab, emulation.SetDeviceMetricsOverride(width, 900, 1, width < 600), fresh("de"), choose(good, "good"), read))
			for _, want := range []string{"Die Datei ist in Ordnung.", "Gemeinde Grenchen", "2025", "Summen in der Datei"} {
				if !strings.Contains(shown, want) {
					t.Errorf("the page lacks %q:\n%s", want, shown)
				}
			}
			s.inspect(t, tab)
		}
		if sent.count() > 0 {
			t.Errorf("sent: %v", sent.list)
		}
		noted.check(t)
	})
	t.Run("a file that is dropped is checked too", func(t *testing.T) {
		must(t, chromedp.Run(tab, fresh("de"), chromedp.Evaluate(`(() => {
			const files = new DataTransfer();
			files.items.add(new File(["Name;Vorname;Geburtsdatum\nMuster;Anna;3.4.1985\n"], "liste.csv", {type: "text/csv"}));
			document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
			return true;
		})()`, nil), chromedp.WaitVisible(`[data-verdict="personal"]`, chromedp.ByQuery), read))
		if !disabled || strings.Contains(shown, "Muster") {
			t.Errorf("button disabled: %t; shown:\n%s", disabled, shown)
		}
	})
	t.Run("several files are checked each, and one with personal data keeps all back", func(t *testing.T) {
		must(t, chromedp.Run(tab, fresh("de"), chromedp.SetUploadFiles("#file", []string{good, faulty, persons}, chromedp.ByQuery),
			chromedp.WaitVisible(`[data-verdict="personal"]`, chromedp.ByQuery), read))
		for _, want := range []string{"gemeinde.csv", "fehler.csv", "personen.csv"} {
			if !strings.Contains(shown, want) {
				t.Errorf("the page lacks %q:\n%s", want, shown)
			}
		}
		if !disabled {
			t.Error("the files can be sent")
		}
	})
	t.Run("what is too large is said before it is sent", func(t *testing.T) {
		must(t, chromedp.Run(tab, fresh("de"), chromedp.SetUploadFiles("#file", []string{huge}, chromedp.ByQuery),
			chromedp.WaitVisible(`[data-verdict="too_large"]`, chromedp.ByQuery), read))
		if !disabled || !strings.Contains(shown, "50 MB") {
			t.Errorf("button disabled: %t; shown:\n%s", disabled, shown)
		}
	})
	t.Run("who presses the button at once sends what proves to be good", func(t *testing.T) {
		before := sent.count()
		must(t, chromedp.Run(tab, fresh("de"), chromedp.SetUploadFiles("#file", []string{good}, chromedp.ByQuery), press, chromedp.WaitNotPresent("#file", chromedp.ByQuery)))
		if sent.count() != before+1 {
			t.Errorf("sent: %v", sent.list)
		}
	})
	t.Run("who presses the button at once sends no personal data", func(t *testing.T) {
		before := sent.count()
		must(t, chromedp.Run(tab, fresh("de"), chromedp.SetUploadFiles("#file", []string{persons}, chromedp.ByQuery), press,
			chromedp.WaitVisible(`[data-verdict="personal"]`, chromedp.ByQuery), pause))
		if sent.count() != before {
			t.Errorf("sent: %v", sent.list)
		}
	})
	noted.check(t)
	t.Run("a large file is sent with its progress, and the answer is shown", func(t *testing.T) {
		var answer, bar string
		must(t, chromedp.Run(tab, fresh("de"), choose(large, "faulty"), chromedp.Evaluate(`new MutationObserver(() => {
				const bar = document.querySelector("progress");
				if (bar) sessionStorage.setItem("bar", bar.getAttribute("aria-label") + " " + bar.value);
			}).observe(document.querySelector("form.sheet"), {childList: true, subtree: true, attributes: true}); true`, nil),
			press, chromedp.WaitNotPresent("#file", chromedp.ByQuery), chromedp.WaitVisible("main h1", chromedp.ByQuery), chromedp.Text("main", &answer, chromedp.ByQuery),
			chromedp.Evaluate(`sessionStorage.getItem("bar")`, &bar)))
		if !strings.Contains(answer, "gross.csv") {
			t.Errorf("the answer is:\n%.500s", answer)
		}
		if !strings.HasPrefix(bar, "Wird gesendet") {
			t.Errorf("the bar said %q", bar)
		}
		noted.lock.Lock()
		noted.lines = slices.DeleteFunc(noted.lines, func(line string) bool { return strings.Contains(line, "422") }) // the browser logs the status
		noted.lock.Unlock()
	})
	noted.check(t)
	s.withoutTheCheck(t, good)
	t.Run("a sender's file of somebody else is refused as on the server", func(t *testing.T) {
		s.logIn(t, tab, "ecap@demo.invalid")
		must(t, chromedp.Run(tab, fresh("de"), choose(good, "faulty"), read))
		if !strings.Contains(shown, "form_not_owed") {
			t.Errorf("the page shows:\n%s", shown)
		}
	})
	t.Run("only those who send figures get the definition", func(t *testing.T) {
		address := s.address + "/definition/" + s.app.programme.Fingerprint[:12] + ".zip"
		for email, status := range map[string]int{"ecap@demo.invalid": 200, "steuerung@demo.invalid": 403, "": 303} {
			client, _ := s.client(t, email)
			response, err := client.Get(address)
			must(t, err)
			_ = response.Body.Close()
			if response.StatusCode != status {
				t.Errorf("%q: status %d, want %d", email, response.StatusCode, status)
			}
			if status == 200 && !strings.HasPrefix(response.Header.Get("Cache-Control"), "private, ") {
				t.Errorf("shared caches may keep it: %q", response.Header.Get("Cache-Control"))
			}
		}
	})
}

// inspect looks at the page as it stands after what was done to it.
func (s *site) inspect(t *testing.T, tab context.Context) {
	t.Helper()
	var overflow int64
	var violations []string
	must(t, chromedp.Run(tab,
		chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &overflow),
		chromedp.Evaluate(s.axe+";0", nil),
		chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}).then(
			r => r.violations.map(v => v.id + ": " + v.help + " – " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")))`,
			&violations, func(p *cdpruntime.EvaluateParams) *cdpruntime.EvaluateParams { return p.WithAwaitPromise(true) })))
	if overflow > 0 {
		t.Errorf("the page is %d pixels too wide", overflow)
	}
	for _, violation := range violations {
		t.Error(violation)
	}
}

// withoutTheCheck sends a file where the check in the browser cannot run: the plain
// form does the same.
func (s *site) withoutTheCheck(t *testing.T, path string) {
	for name, prepare := range map[string]chromedp.Action{
		"no WebAssembly in the worker": network.SetBlockedURLs([]string{"*checker.wasm"}),
		"no definition":                network.SetBlockedURLs([]string{"*/definition/*"}),
		"no worker":                    network.SetBlockedURLs([]string{"*worker.js"}),
		"no script at all":             emulation.SetScriptExecutionDisabled(true),
	} {
		t.Run(name, func(t *testing.T) {
			tab, _ := s.tab(t)
			tab, stop := context.WithTimeout(tab, time.Minute)
			defer stop()
			var answer string
			must(t, chromedp.Run(tab, prepare, chromedp.Navigate(s.address+"/de/submissions/new"), chromedp.SetUploadFiles("#file", []string{path}, chromedp.ByQuery),
				chromedp.Click("form.sheet button[type=submit]", chromedp.ByQuery), chromedp.WaitNotPresent("#file", chromedp.ByQuery),
				chromedp.WaitVisible("main h1", chromedp.ByQuery), chromedp.Text("main", &answer, chromedp.ByQuery)))
			if !strings.Contains(answer, "Gemeinde Grenchen") {
				t.Errorf("the server answers:\n%.500s", answer)
			}
		})
	}
}
