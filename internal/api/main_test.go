package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"kipmonitor/internal/account"
	"kipmonitor/internal/api"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
	"kipmonitor/seed"
)

var shared struct {
	small, seed *programme.Programme
	description []byte
}

func TestMain(m *testing.M) {
	var err error
	if shared.small, err = programme.Load(os.DirFS("../store/testdata/programme")); err != nil {
		panic(err)
	}
	if shared.seed, err = programme.Load(seed.Files); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// The tokens of the tests, and who has them.
var machines = map[string]account.Viewer{
	"kip_olten":   {Email: "olten@example.ch", Role: account.Sender, Organisation: "G2581", Scopes: []account.Right{account.SendFigures}},
	"kip_buchegg": {Email: "buchegg@example.ch", Role: account.Sender, Organisation: "G2465", Scopes: []account.Right{account.SendFigures}},
	"kip_reader":  {Email: "reader@example.ch", Role: account.Reader, Scopes: []account.Right{account.ReadFigures}},
	"kip_office":  {Email: "office@example.ch", Role: account.Coordination, Scopes: account.Coordination.Rights()},
	"kip_owing":   {Email: "office@example.ch", Role: account.Coordination, Scopes: []account.Right{account.ReadDeliveries}},
	"kip_desk":    {Email: "office@example.ch", Role: account.Coordination, Scopes: []account.Right{account.SendFigures}},
	"kip_admin":   {Email: "admin@example.ch", Role: account.Administrator, Scopes: account.Administrator.Rights()},
	"kip_nothing": {Email: "olten@example.ch", Role: account.Sender, Organisation: "G2581", Scopes: []account.Right{}},
}

// server is the real app over a real store, with what it logged and recorded.
type server struct {
	t       testing.TB
	base    string
	checks  validator.Validator
	failing error // what the store of tokens answers, where it does
	now     func() time.Time
	// panicking lets the store of tokens panic.
	panicking bool
	mutex     sync.Mutex
	log       bytes.Buffer
	figures   *store.Store
	uploads   string
}

func start(t testing.TB, p *programme.Programme) *server {
	t.Helper()
	s := &server{t: t, now: time.Now, uploads: t.TempDir()}
	figures, err := store.Open(t.Context(), store.Config{Folder: t.TempDir()}, p)
	s.must(err)
	s.figures = figures
	t.Cleanup(func() { s.must(figures.Close()) })
	a, err := api.New(api.Config{
		Programme: p, Figures: figures, Submissions: submission.NewService(p, figures),
		Identify: func(_ context.Context, token string) (account.Viewer, error) {
			if s.panicking {
				panic("a fault in the store of tokens")
			}
			if s.failing != nil {
				return account.Viewer{}, s.failing
			}
			if viewer, known := machines[token]; known {
				return viewer, nil
			}
			return account.Viewer{}, problem.New(problem.Unauthorized, "token_unknown", nil)
		},
		Audit:   figures.Audit,
		Address: func(c *fiber.Ctx) string { return c.Context().RemoteIP().String() },
		Log:     slog.New(slog.NewTextHandler(s, nil)), Release: "test",
		Now:       func() time.Time { return s.now() },
		QueryTime: 20 * time.Second, Uploads: s.uploads, Turns: upload.NewTurns(),
	})
	s.must(err)
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true, StreamRequestBody: true, DisablePreParseMultipartForm: true})
	app.Use(func(c *fiber.Ctx) error { // the rest of a refused body is no next request
		c.Context().SetConnectionClose()
		return c.Next()
	})
	a.Mount(app)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.ShutdownWithTimeout(time.Second) })
	s.base = "http://" + listener.Addr().String() + api.Root
	s.checks = s.described()
	return s
}

// Write takes what the server logs.
func (s *server) Write(line []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.log.Write(line)
}

func (s *server) logged() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.log.String()
}

// described is the description as the server answers it, ready to be held against.
func (s *server) described() validator.Validator {
	s.t.Helper()
	answer, err := http.Get(s.base + "/openapi.json")
	s.must(err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	s.must(err)
	document, err := libopenapi.NewDocument(content)
	s.must(err)
	checks, faults := validator.NewValidator(document, config.WithStrictMode(), config.WithStrictIgnoredHeadersExtra("Content-Language"), config.WithFormatAssertions())
	s.must(errors.Join(faults...))
	shared.description = content
	return checks
}

func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// answer is what came back, with its JSON.
type answer struct {
	t testing.TB
	*http.Response
	body []byte
}

// call asks the server, and holds the answer against the description.
func (s *server) call(token, method, path string, body io.Reader, header ...string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, body)
	s.must(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	s.must(err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	s.must(err)
	response.Body = io.NopCloser(bytes.NewReader(content))
	if described(method, path) {
		if ok, faults := s.checks.ValidateHttpResponse(request, response); !ok {
			for _, fault := range faults {
				s.t.Errorf("%s %s answers %d otherwise than described: %s: %s %v", method, path, response.StatusCode, fault.Message, fault.Reason, fault.SchemaValidationErrors)
			}
			s.t.Logf("%.500s", content)
		}
	}
	return answer{s.t, response, content}
}

// described reports whether an answer is held against the description: not a problem at
// an address that is none, nor the description itself.
func described(method, path string) bool {
	return !strings.HasPrefix(path, "/nothing") && path != "/openapi.json" && method != http.MethodDelete && method != http.MethodPut
}

func (s *server) get(token, path string, header ...string) answer {
	s.t.Helper()
	return s.call(token, http.MethodGet, path, nil, header...)
}

func (s *server) send(token, content, query string) answer {
	s.t.Helper()
	return s.call(token, http.MethodPost, "/submissions?"+query, strings.NewReader(content), "Content-Type", "text/csv")
}

func (s *server) post(token, path, content string) answer {
	s.t.Helper()
	return s.call(token, http.MethodPost, path, strings.NewReader(content), "Content-Type", "application/json")
}

// want holds the status, and the code of a problem.
func (a answer) want(status int, code string) answer {
	a.t.Helper()
	if got := a.text("code"); a.StatusCode != status || status >= 400 && got != code {
		a.t.Errorf("%s %s: %d %s, want %d %s\n%s", a.Request.Method, a.Request.URL, a.StatusCode, got, status, code, a.body)
	}
	if status >= 400 && a.Header.Get("Content-Type") != "application/problem+json" {
		a.t.Errorf("a problem comes as %s", a.Header.Get("Content-Type"))
	}
	return a
}

// at returns what stands in the JSON at a path such as "findings.0.key".
func (a answer) at(path string) any {
	var value any
	if json.Unmarshal(a.body, &value) != nil {
		return nil
	}
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			if len(name) != 1 || int(name[0]-'0') >= len(v) {
				return nil
			}
			value = v[name[0]-'0']
		default:
			return nil
		}
	}
	return value
}

func (a answer) text(path string) string {
	text, _ := a.at(path).(string)
	return text
}

func (a answer) list(path string) []any {
	list, _ := a.at(path).([]any)
	return list
}
