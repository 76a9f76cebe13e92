package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/demo"
)

// site is the real program on a free port, with a part of the demo data.
type site struct {
	app     *app
	pages   *fiber.App
	address string // http://127.0.0.1:…
	host    string
	browser context.Context
	axe     string
}

// newSite puts the program together as `serve` does.
func newSite(t testing.TB) *site {
	t.Helper()
	o, app, files := withDemoFiles(t)
	var some []demo.File
	for _, file := range files {
		canton := file.Organisation == "AGS" && file.Period.Year >= 2024
		municipality := strings.HasPrefix(string(file.Organisation), "G258") && file.Period.Year >= 2024
		courses := file.Organisation == "ECAP" && file.Period.Year == 2025
		if canton || municipality || courses {
			some = append(some, file)
		}
	}
	_, err := demo.Load(t.Context(), app.submissions, some, nil, time.Now(), func() {})
	must(t, err)
	must(t, app.ensureDemoAccounts(t.Context()))
	pages, err := o.newPages(app, access{demo: true}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = pages.Listener(listener) }()
	t.Cleanup(func() { _ = pages.ShutdownWithTimeout(5 * time.Second) })
	return &site{app: app, pages: pages, address: "http://" + listener.Addr().String(), host: listener.Addr().String()}
}

// demoCoordination is the demo account of the coordination office.
const demoCoordination = "koordination@demo.invalid"

// logIn logs a tab in as a demo account, on the page that people see. Other tabs of the
// browser are logged in with it.
func (s *site) logIn(t *testing.T, tab context.Context, email string) {
	t.Helper()
	must(t, chromedp.Run(tab, network.ClearBrowserCookies(), chromedp.Navigate(s.address+"/de/login"),
		chromedp.Click(`//input[@value="`+email+`"]/..//button`, chromedp.BySearch), chromedp.WaitVisible(`.site-person a[href="/de/account"]`, chromedp.ByQuery)))
}

var formToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// client is a person who is logged in as a demo account, or nobody, and the token that
// the forms of that person bring back.
func (s *site) client(t testing.TB, email string) (client *http.Client, csrf string) {
	t.Helper()
	return demoClient(t, s.address, email)
}

func demoClient(t testing.TB, address, email string) (client *http.Client, csrf string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	token := func(path string) string {
		response, err := client.Get(address + path)
		must(t, err)
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		must(t, err)
		found := formToken.FindSubmatch(content)
		if found == nil {
			t.Fatalf("%s has no form: status %d", path, response.StatusCode)
		}
		return string(found[1])
	}
	if email == "" {
		return client, token("/de/login")
	}
	response, err := client.PostForm(address+"/de/login/demo", url.Values{"csrf": {token("/de/login")}, "email": {email}})
	must(t, err)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		t.Fatalf("logging in as %s: status %d", email, response.StatusCode)
	}
	return client, token("/de/account")
}

// open starts a browser for the site, logged in as the coordination office.
func (s *site) open(t *testing.T) {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Fatal("the browser tests need Chromium: install it (as root on Debian: make browser)")
	}
	axe, err := os.ReadFile(filepath.Join("..", "..", "node_modules", "axe-core", "axe.min.js"))
	must(t, err)
	s.axe = string(axe)
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(60*time.Second))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	t.Cleanup(stop)
	browser, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	must(t, chromedp.Run(browser))
	s.browser = browser
	s.logIn(t, browser, demoCoordination)
}

// complaints gathers what a page does that it should not.
type complaints struct {
	lock  sync.Mutex
	lines []string
}

func (c *complaints) add(format string, args ...any) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

// tab opens a page of the browser that notes console errors, exceptions, policy
// violations and requests to other hosts.
func (s *site) tab(t *testing.T) (context.Context, *complaints) {
	t.Helper()
	tab, end := chromedp.NewContext(s.browser)
	t.Cleanup(end)
	tab, stop := context.WithTimeout(tab, 10*time.Minute)
	t.Cleanup(stop)
	noted := &complaints{}
	chromedp.ListenTarget(tab, func(event any) {
		switch e := event.(type) {
		case *cdpruntime.EventConsoleAPICalled:
			if e.Type == cdpruntime.APITypeError || e.Type == cdpruntime.APITypeWarning {
				noted.add("console: %s", e.Args[0].Value)
			}
		case *cdpruntime.EventExceptionThrown:
			noted.add("exception: %s", e.ExceptionDetails.Text)
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.LevelError {
				noted.add("log: %s %s", e.Entry.Text, e.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			if address := e.Request.URL; !strings.HasPrefix(address, s.address) && !strings.HasPrefix(address, "data:") {
				noted.add("request to another host: %s", address)
			}
		}
	})
	must(t, chromedp.Run(tab, network.Enable(), cdplog.Enable(), cdpruntime.Enable()))
	return tab, noted
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var pagesToVisit = []string{
	"/", "/?year=2024", "/?year=2026", "/areas/FB1", "/areas/FB2", "/areas/FB6", "/indicators", "/indicators/FB1-02", "/indicators/FB1-02?by=municipality&basis=today",
	"/indicators/FB2-01?by=level", "/indicators/QE-01", "/indicators/FIN-02", "/coverage", "/deliveries", "/deliveries?state=all&year=2025", "/deliveries?view=list&year=2025", "/deliveries/reminders?organisation=G2546&year=2025", "/rules", "/report", "/method", "/submissions/new", "/account", "/audit", "/nowhere",
}

func TestPagesInABrowser(t *testing.T) {
	s := newSite(t)
	s.open(t)
	tab, noted := s.tab(t)
	for _, language := range []string{"de", "fr", "it", "en"} {
		for _, path := range pagesToVisit {
			if language != "de" && strings.Contains(path, "?") {
				continue
			}
			for _, width := range []int64{1440, 390} {
				if language != "de" && width == 1440 {
					continue
				}
				t.Run(fmt.Sprintf("%s%s at %d", language, path, width), func(t *testing.T) {
					s.look(t, tab, noted, "/"+language+path, width)
				})
			}
		}
	}
	t.Run("a chart becomes interactive when it is pointed at", func(t *testing.T) {
		var live bool
		must(t, chromedp.Run(tab, emulation.SetDeviceMetricsOverride(1440, 1000, 1, false), chromedp.Navigate(s.address+"/de/areas/FB2"),
			chromedp.Evaluate(`document.querySelector("[data-chart]").dispatchEvent(new PointerEvent("pointerenter")); true`, nil),
			chromedp.WaitVisible(".live canvas", chromedp.ByQuery),
			chromedp.Evaluate(`document.querySelector(".live canvas").width > 0`, &live)))
		if !live {
			t.Error("the canvas is empty")
		}
		noted.check(t)
	})
	t.Run("the keyboard reaches the content first", func(t *testing.T) {
		var first string
		must(t, chromedp.Run(tab, chromedp.Navigate(s.address+"/de/"), chromedp.KeyEvent("\t"), chromedp.Evaluate(`document.activeElement.getAttribute("href")`, &first)))
		if first != "#main" {
			t.Errorf("the first tab stop is %q, want the skip link", first)
		}
	})
	t.Run("the overview prints", func(t *testing.T) {
		var paper []byte
		must(t, chromedp.Run(tab, chromedp.Navigate(s.address+"/de/"), chromedp.ActionFunc(func(ctx context.Context) (err error) {
			paper, _, err = cdppage.PrintToPDF().WithPreferCSSPageSize(true).WithPrintBackground(true).Do(ctx)
			return err
		})))
		if !bytes.HasPrefix(paper, []byte("%PDF")) || len(paper) < 20_000 {
			t.Errorf("the PDF has %d bytes", len(paper))
		}
	})
}

func (c *complaints) check(t *testing.T) {
	t.Helper()
	c.lock.Lock()
	defer c.lock.Unlock()
	for _, line := range c.lines {
		t.Error(line)
	}
	c.lines = nil
}

// look opens a page and looks for everything that must not be there.
func (s *site) look(t *testing.T, tab context.Context, noted *complaints, path string, width int64) {
	t.Helper()
	var overflow int64
	var text, axe string
	err := chromedp.Run(tab,
		emulation.SetDeviceMetricsOverride(width, 900, 1, width < 600),
		chromedp.Navigate(s.address+path),
		chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &overflow),
		chromedp.Evaluate(`document.body.innerText`, &text),
		chromedp.Evaluate(s.axe+";0", nil),
		chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}).then(
			r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " – " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", "))))`,
			&axe, func(p *cdpruntime.EvaluateParams) *cdpruntime.EvaluateParams { return p.WithAwaitPromise(true) }),
	)
	must(t, err)
	if overflow > 0 {
		t.Errorf("%s is %d pixels too wide", path, overflow)
	}
	for _, word := range []string{"[web.", "[chart.", "[table.", "[indicator.", "[report.", "[intake.", "[account.", "[deliveries.", "[rules.", "[problem.", "%!"} {
		if strings.Contains(text, word) {
			t.Errorf("%s shows a message that is missing: %.60q", path, text[strings.Index(text, word):])
		}
	}
	var violations []string
	must(t, json.Unmarshal([]byte(axe), &violations))
	for _, violation := range violations {
		t.Errorf("%s: %s", path, violation)
	}
	if strings.HasSuffix(path, "/nowhere") {
		noted.lock.Lock()
		noted.lines = nil // the browser logs the 404 that we asked for
		noted.lock.Unlock()
		return
	}
	noted.check(t)
}

func TestAClerkSeesWhatIsWrongInAFile(t *testing.T) {
	s := newSite(t)
	s.open(t)
	tab, noted := s.tab(t)
	path := filepath.Join(t.TempDir(), "fehler.csv")
	header := "Gemeinde;Periode;arrivals;arrivals_informed;first_talks;first_talks_within_90_days;first_talks_protection_explained;persons_with_need;persons_with_need_assigned\r\n"
	must(t, os.WriteFile(path, []byte(header+"Olten;2025;100;90;20;15;12;10;7\r\nOltn;2025;100;190;20;15;12;10;7\r\n"), 0o600))
	var text string
	must(t, chromedp.Run(tab, chromedp.Navigate(s.address+"/de/submissions/new"), chromedp.SetUploadFiles("#file", []string{path}, chromedp.ByQuery),
		chromedp.Submit("form[data-upload]", chromedp.ByQuery), chromedp.WaitVisible(".tag-refused", chromedp.ByQuery), chromedp.Text("main", &text, chromedp.ByQuery)))
	for _, want := range []string{"kann so nicht eingereicht werden", "Meinten Sie «Olten»?", "A3", "Datei mit markierten Stellen", "SHA-256"} {
		if !strings.Contains(text, want) {
			t.Errorf("the findings lack %q:\n%s", want, text)
		}
	}
	noted.check(t)
}

func TestWhatTheServerRefuses(t *testing.T) {
	s := newSite(t)
	client, csrf := s.client(t, demoCoordination)
	send := func(method, path string, headers map[string]string, body string) *http.Response {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, s.address+path, strings.NewReader(body))
		must(t, err)
		request.Header.Set("X-CSRF-Token", csrf)
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		if host, given := headers["Host"]; given {
			request.Host = host
		}
		response, err := client.Do(request)
		must(t, err)
		t.Cleanup(func() { _ = response.Body.Close() })
		return response
	}
	for name, one := range map[string]struct {
		method, path string
		headers      map[string]string
		body         string
		status       int
	}{
		"a form of another site":      {"POST", "/de/submissions", map[string]string{"Sec-Fetch-Site": "cross-site"}, "token=x", 403},
		"another origin":              {"POST", "/de/submissions", map[string]string{"Origin": "https://example.org"}, "token=x", 403},
		"a name that points here":     {"GET", "/de/", map[string]string{"Host": "evil.example"}, "", 403},
		"an upload without a file":    {"POST", "/de/submissions", nil, "x", 400},
		"an id that is a path":        {"POST", "/de/submissions/..%2F..%2Fetc%2Fpasswd/submit", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "confirmed=1", 404},
		"a submission that is unkown": {"GET", "/de/submissions/nothing", nil, "", 404},
		"a year that is none":         {"GET", "/de/?year=1848", nil, "", 404},
		"a language that is none":     {"GET", "/xx/", nil, "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			if response := send(one.method, one.path, one.headers, one.body); response.StatusCode != one.status {
				t.Errorf("status %d, want %d", response.StatusCode, one.status)
			}
		})
	}
	t.Run("a page that the browser has is not sent again", func(t *testing.T) {
		first := send("GET", "/de/", nil, "")
		tag := first.Header.Get("ETag")
		if tag == "" || first.StatusCode != 200 {
			t.Fatalf("status %d, tag %q", first.StatusCode, tag)
		}
		if again := send("GET", "/de/", map[string]string{"If-None-Match": tag}, ""); again.StatusCode != 304 {
			t.Errorf("status %d, want 304", again.StatusCode)
		}
	})
	t.Run("every page has the security headers", func(t *testing.T) {
		response := send("GET", "/de/method", nil, "")
		if got := response.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'self'") || strings.Contains(got, "unsafe") {
			t.Errorf("content security policy %q", got)
		}
	})
	broken := options{seed: "/nowhere"}
	if _, err := broken.loadProgramme(); err == nil {
		t.Error("a missing definition is taken for one")
	}
}
