package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/pquerna/otp/totp"

	"kipmonitor/internal/account"
	"kipmonitor/internal/api"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
	"kipmonitor/internal/web"
)

// withAPI adds what programs are answered to a site.
func withAPI(s *site, config *web.Config) {
	programs, err := api.New(api.Config{Programme: shared.programme, Figures: shared.store, Submissions: submission.NewService(shared.programme, shared.store),
		Identify: s.accounts.TokenViewer, Audit: shared.store.Audit, Address: func(c *fiber.Ctx) string { return web.Address(c, false) },
		Log: config.Log, Release: "test", Now: s.now, QueryTime: time.Minute, Uploads: s.t.TempDir(), Turns: upload.NewTurns()})
	must(s.t, err)
	config.API, config.APIProblem = programs.Mount, programs.AnswerProblem
}

// raw sends bytes as they are and returns the answer.
func (s *site) raw(text string) *http.Response {
	s.t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
	must(s.t, err)
	s.t.Cleanup(func() { _ = connection.Close() })
	must(s.t, connection.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = io.WriteString(connection, text)
	must(s.t, err)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		s.t.Fatalf("%.120q: %v", text, err)
	}
	return response
}

func TestWhateverGoesWrongUnderTheAPIIsAProblemDocument(t *testing.T) {
	s := newSite(t, withAPI)
	host := "Host: " + strings.TrimPrefix(s.address, "http://") + "\r\n"
	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"no such version":      {"GET /api/v2/forms HTTP/1.1\r\n" + host + "\r\n", 404},
		"the root":             {"GET /api HTTP/1.1\r\n" + host + "\r\n", 404},
		"no such operation":    {"GET /api/v1/nothing HTTP/1.1\r\n" + host + "\r\n", 404},
		"another method":       {"DELETE /api/v1/forms HTTP/1.1\r\n" + host + "\r\n", 405},
		"another host":         {"GET /api/v2/forms HTTP/1.1\r\nHost: evil.example\r\n\r\n", 404},
		"no token":             {"GET /api/v1/forms HTTP/1.1\r\n" + host + "\r\n", 401},
		"two lengths":          {"POST /api/v1/submissions HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
		"long lines":           {"GET /api/v1/forms HTTP/1.1\r\n" + host + "X-Long: " + strings.Repeat("x", 9<<10) + "\r\n\r\n", 431},
		"lines without an end": {"GET /api/v1/forms HTTP/1.1\r\n" + host + "X-Long: " + strings.Repeat("x", 40<<10) + "\r\n\r\n", 431},
	} {
		response := s.raw(test.request)
		body, _ := io.ReadAll(response.Body)
		if response.StatusCode != test.status || response.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(string(body), `"code"`) {
			t.Errorf("%s: status %d, %s: %.200s", name, response.StatusCode, response.Header.Get("Content-Type"), body)
		}
	}
}

func TestARequestOfTwoLengthsIsRefusedOnPagesToo(t *testing.T) {
	s := newSite(t, nil)
	host := "Host: " + strings.TrimPrefix(s.address, "http://") + "\r\n"
	for name, lines := range map[string]string{
		"two lengths":            "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"the same in small":      "Content-Length: 3\r\ncontent-length: 4\r\n\r\nabcd",
		"a list":                 "Content-Length: 3, 4\r\n\r\nabcd",
		"a length and in chunks": "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		if response := s.raw("POST /de/login HTTP/1.1\r\n" + host + lines); response.StatusCode != 400 || !response.Close {
			t.Errorf("%s: status %d, closed %v", name, response.StatusCode, response.Close)
		}
	}
}

func TestUnderHTTPSTheBrowserComesBackOverTLSAlone(t *testing.T) {
	s := newSite(t, func(_ *site, config *web.Config) {
		config.PublicURL = &url.URL{Scheme: "https", Host: "kip.example.ch"}
	})
	for _, path := range []string{"/de/login", "/de/nowhere", "/static/nothing"} {
		if got := s.browser().get(path); got.header.Get("Strict-Transport-Security") != "max-age=31536000" {
			t.Errorf("%s: %v", path, got.header)
		}
	}
	if got := newSite(t, nil).browser().get("/de/login"); got.header.Get("Strict-Transport-Security") != "" {
		t.Error("without TLS the browser is told to use it")
	}
}

func TestARefusedRightIsInTheAuditAndTheAuditStaysShort(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Reader)
	for range 25 {
		if got := b.get("/de/people"); got.status != http.StatusForbidden {
			t.Fatalf("status %d", got.status)
		}
	}
	entries, err := shared.store.AuditEntries(t.Context(), account.EntryFilter{Person: email, Action: account.RightRefused})
	must(t, err)
	if len(entries) != 2 || entries[0].Object != "GET /de/people" || entries[0].Detail != "10 ×" || entries[0].Address == "" {
		t.Errorf("the audit has %+v", entries)
	}
}

func TestDemoLoginsExistOnThisMachineAlone(t *testing.T) {
	must(t, func() error {
		s := newSite(t, nil)
		return s.accounts.EnsureDemo(t.Context(), []account.Account{{Email: "leitung@demo.invalid", Name: "Demo", Role: account.Administrator}})
	}())
	try := func(s *site, headers map[string]string) int {
		b := s.browser()
		b.get("/de/login")
		headers["Content-Type"] = "application/x-www-form-urlencoded"
		fields := url.Values{"csrf": {b.csrf}, "email": {"leitung@demo.invalid"}}
		return b.do("POST", "/de/login/demo", strings.NewReader(fields.Encode()), headers).status
	}
	s := newSite(t, func(_ *site, config *web.Config) { config.DemoLogins = true })
	if got := try(s, map[string]string{}); got != http.StatusSeeOther {
		t.Errorf("on this machine: status %d", got)
	}
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"} {
		if got := try(s, map[string]string{header: "192.0.2.1"}); got != http.StatusNotFound {
			t.Errorf("with %s: status %d", header, got)
		}
	}
	for name, change := range map[string]func(_ *site, config *web.Config){
		"behind a proxy": func(_ *site, config *web.Config) { config.DemoLogins, config.BehindProxy = true, true },
		"with a public address": func(_ *site, config *web.Config) {
			config.DemoLogins, config.PublicURL = true, &url.URL{Scheme: "http", Host: "localhost:1"}
		},
	} {
		if got := try(newSite(t, change), map[string]string{}); got != http.StatusNotFound {
			t.Errorf("%s: status %d", name, got)
		}
	}
}

func TestARoleThatMustHaveASecondFactorSetsItUpWhenLoggingIn(t *testing.T) {
	s := newSite(t, nil)
	before, _ := s.in(account.Coordination)
	s.accounts.RequireFactor(account.Coordination, account.Administrator)
	s.pass(5 * time.Second) // what is remembered of sessions has gone
	if got := before.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("a session without the factor goes on: status %d", got.status)
	}
	email := strings.ToLower(fmt.Sprintf("%s.%s@example.ch", t.Name(), account.Coordination))
	b := s.browser()
	if got := b.logIn(email, good); got.location != "/de/login/factor" {
		t.Fatalf("status %d to %s", got.status, got.location)
	}
	page := b.get("/de/login/factor")
	secret := regexp.MustCompile(`<p class="secret">([A-Z2-7]+)</p>`).FindStringSubmatch(page.body)
	sealed := regexp.MustCompile(`name="sealed" value="([^"]+)"`).FindStringSubmatch(page.body)
	if secret == nil || sealed == nil {
		t.Fatalf("status %d: %s", page.status, page.body)
	}
	if got := b.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("in without a factor: status %d", got.status)
	}
	if got := b.post("/de/login/factor", "sealed", sealed[1], "code", "000000"); got.status != http.StatusBadRequest || b.get("/de/account").status != http.StatusSeeOther {
		t.Errorf("with a wrong code: status %d", got.status)
	}
	b.get("/de/login/factor")
	code, err := totp.GenerateCode(secret[1], s.now())
	must(t, err)
	if got := b.post("/de/login/factor", "sealed", sealed[1], "code", code); got.status != http.StatusOK || strings.Count(got.body, "<li>") < 10 {
		t.Fatalf("with the code: status %d", got.status)
	}
	if got := b.get("/de/account"); got.status != http.StatusOK {
		t.Errorf("not in: status %d", got.status)
	}
	if got := b.post("/de/account/factor/off", "password", good); got.status != http.StatusConflict {
		t.Errorf("turned off: status %d", got.status)
	}
	reader := s.browser()
	if got := reader.logIn(s.person(account.Reader), good); got.location != "/de/" {
		t.Errorf("another role: %s", got.location)
	}
}

func TestOneClientOfAnOfficeLocksNobodyElseOut(t *testing.T) {
	s := newSite(t, nil)
	email := s.person(account.Reader)
	noisy := s.browser()
	noisy.get("/de/login")
	refused := 0
	for range 60 {
		if got := noisy.post("/de/login", "email", "somebody@example.ch", "password", "x"); got.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 30 {
		t.Errorf("of 60 tries of one client %d were refused", refused)
	}
	other := s.browser()
	if got := other.logIn(email, good); got.status != http.StatusSeeOther {
		t.Errorf("another client of the same address: status %d", got.status)
	}
}
