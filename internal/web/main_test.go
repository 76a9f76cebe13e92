package web_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kipmonitor/dashboards"
	"kipmonitor/internal/account"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
	"kipmonitor/seed"
)

// The engine boots once per process; all tests share it, with accounts of their own.
var shared struct {
	programme *programme.Programme
	store     *store.Store
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if shared.programme, err = programme.Load(seed.Files); err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "web")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	if shared.store, err = store.Open(context.Background(), store.Config{Folder: folder}, shared.programme); err != nil {
		panic(err)
	}
	defer func() { _ = shared.store.Close() }()
	return m.Run()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is the app on a free port, with a clock that a test moves.
type site struct {
	t        *testing.T
	address  string
	accounts *account.Service
	later    atomic.Int64 // how far the clock is ahead
	log      strings.Builder
}

func (s *site) now() time.Time { return time.Now().Add(time.Duration(s.later.Load())) }

func (s *site) pass(d time.Duration) { s.later.Add(int64(d)) }

// newSite starts the app; change sets what a test wants otherwise.
func newSite(t *testing.T, change func(s *site, config *web.Config)) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &site{t: t, address: "http://" + listener.Addr().String()}
	s.accounts, err = account.NewService(shared.store, account.NewKey(), s.now)
	must(t, err)
	boards, err := dashboard.Load(dashboards.Files, shared.programme)
	must(t, err)
	config := web.Config{Programme: shared.programme, Boards: boards, Figures: shared.store, Submissions: submission.NewService(shared.programme, shared.store),
		Accounts: s.accounts, Ledger: shared.store, Log: slog.New(slog.NewTextHandler(&s.log, nil)), Now: s.now, QueryTime: time.Minute, Uploads: t.TempDir()}
	if change != nil {
		change(s, &config)
	}
	app, err := web.New(config)
	must(t, err)
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.ShutdownWithTimeout(5 * time.Second) })
	return s
}

// browser is somebody's browser: it keeps cookies and follows no redirect.
type browser struct {
	*http.Client
	site *site
	csrf string // the token of the last form that was seen
}

func (s *site) browser() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &browser{site: s, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what a server answered.
type answer struct {
	status   int
	location string
	header   http.Header
	body     string
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (b *browser) do(method, path string, body io.Reader, headers map[string]string) answer {
	t := b.site.t
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.site.address + path
	}
	request, err := http.NewRequestWithContext(t.Context(), method, path, body)
	must(t, err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := b.Do(request)
	must(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	must(t, err)
	if found := csrfField.FindSubmatch(content); found != nil {
		b.csrf = string(found[1])
	}
	return answer{response.StatusCode, response.Header.Get("Location"), response.Header, string(content)}
}

func (b *browser) get(path string) answer { return b.do("GET", path, nil, nil) }

// post sends a form with the token of the last page.
func (b *browser) post(path string, pairs ...string) answer {
	fields := url.Values{"csrf": {b.csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields[pairs[i]] = append(fields[pairs[i]], pairs[i+1])
	}
	return b.do("POST", path, strings.NewReader(fields.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

// cookie returns a cookie of the site.
func (b *browser) cookie(name string) string {
	address, err := url.Parse(b.site.address)
	must(b.site.t, err)
	for _, one := range b.Jar.Cookies(address) {
		if one.Name == name {
			return one.Value
		}
	}
	return ""
}
