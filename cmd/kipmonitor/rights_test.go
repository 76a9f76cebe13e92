package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

// demoSender is the demo account of Grenchen.
const demoSender = "g2546@demo.invalid"

// Everybody may reach these: to log in, and what holds no figure.
var open = []string{"GET /", "GET /health", "GET /health/live", "GET /health/ready", "GET /metrics", "GET /static/*", "GET /login/external",
	"GET /:language/login", "POST /:language/login", "GET /:language/login/code", "POST /:language/login/code", "GET /:language/login/factor", "POST /:language/login/factor", "POST /:language/login/demo", "POST /:language/login/external",
	"GET /:language/link/:secret", "POST /:language/link/:secret"}

// personal are those of one's own account, for whoever is logged in.
var personal = []string{"POST /:language/logout", "GET /:language/account", "POST /:language/account/password", "GET /:language/account/factor", "POST /:language/account/factor",
	"POST /:language/account/factor/off", "POST /:language/account/recovery", "POST /:language/account/sessions", "POST /:language/account/tokens", "POST /:language/account/tokens/revoke"}

// rightOf says which right an address needs. It is written here a second time, so
// that a route whose right is changed or forgotten does not go unseen.
func rightOf(method, path string) account.Right {
	rest := strings.TrimPrefix(path, "/:language")
	switch first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/"); {
	case rest == "/", first == "areas", first == "indicators", first == "coverage", first == "report", first == "method":
		return account.ReadFigures
	case strings.HasSuffix(path, "/accept"), strings.HasSuffix(path, "/return"), first == "desk", strings.HasSuffix(path, "/extend"), strings.HasSuffix(path, "/send") && first == "deliveries":
		return account.DecideFigures
	case first == "submissions", first == "feedback", first == "definition":
		return account.SendFigures
	case strings.HasPrefix(first, "deliveries"), first == "rules":
		return account.ReadDeliveries
	case first == "people":
		return account.KeepAccounts
	case strings.HasPrefix(first, "audit"):
		return account.ReadAudit
	}
	return ""
}

func TestRights(t *testing.T) {
	s := newSite(t)
	t.Run("each address is refused to who has no right", s.walkRights)
	t.Run("what belongs to another organisation does not exist", s.askForForeign)
	t.Run("a form of another session is refused", s.sendForeignForms)
}

// walkRights asks for every address of the pages with every role.
func (s *site) walkRights(t *testing.T) {
	ids := s.submissionsOf(t, "G2581")
	people := []struct {
		email string
		role  account.Role
	}{{"", ""}, {demoSender, account.Sender}, {"steuerung@demo.invalid", account.Reader}, {demoCoordination, account.Coordination}, {"administration@demo.invalid", account.Administrator}}
	for _, person := range people {
		client, csrf := s.client(t, person.email)
		for _, route := range s.pages.GetRoutes(true) {
			name := route.Method + " " + route.Path
			if route.Method == fiber.MethodHead || slices.Contains(open, name) || strings.HasPrefix(route.Path, "/api/") {
				continue
			}
			if name == "POST /:language/logout" {
				continue // it would end the walk; held below
			}
			right := rightOf(route.Method, route.Path)
			mine := slices.Contains(personal, name)
			if right == "" && !mine {
				t.Fatalf("%s: no right is known for it: add it to this test", name)
			}
			status := s.ask(t, client, csrf, route.Method, fill(route.Path, ids[0]))
			allowed := person.role.May(right) || mine && person.role != ""
			switch {
			case person.role == "" && !(status == http.StatusUnauthorized || status == http.StatusSeeOther || status == http.StatusForbidden):
				t.Errorf("nobody, %s: status %d", name, status)
			case person.role != "" && !allowed && status != http.StatusForbidden && !(rest(route.Path) == "/" && status == http.StatusFound):
				t.Errorf("%s, %s: status %d, want it refused", person.role, name, status)
			case allowed && (status == http.StatusForbidden || status == http.StatusUnauthorized):
				t.Errorf("%s, %s: status %d, though the role has the right", person.role, name, status)
			case status >= http.StatusInternalServerError:
				t.Errorf("%s, %s: status %d", person.role, name, status)
			}
		}
	}
}

// reference is the id of a request on the page of an error: each has its own.
var reference = regexp.MustCompile(`(?s)<p class="soft reference">.*?</p>`)

func rest(path string) string { return strings.TrimPrefix(path, "/:language") }

// askForForeign asks, as a sender, for everything
// of a submission of somebody else, and compares the answer with that for one that
// does not exist.
func (s *site) askForForeign(t *testing.T) {
	foreign, nowhere := s.submissionsOf(t, "G2581")[0], "01900000-0000-7000-8000-000000000000"
	client, csrf := s.client(t, demoSender)
	asked := 0
	for _, route := range s.pages.GetRoutes(true) {
		if !strings.Contains(route.Path, ":id") || route.Method == fiber.MethodHead || strings.HasPrefix(route.Path, "/api/") || rightOf(route.Method, route.Path) != account.SendFigures {
			continue
		}
		asked++
		got, text := s.read(t, client, csrf, route.Method, fill(route.Path, foreign))
		want, same := s.read(t, client, csrf, route.Method, fill(route.Path, nowhere))
		text, same = reference.ReplaceAllString(text, ""), reference.ReplaceAllString(same, "")
		if got != http.StatusNotFound || got != want || strings.ReplaceAll(text, foreign, "") != strings.ReplaceAll(same, nowhere, "") {
			t.Errorf("%s %s: status %d for a foreign one, %d for one that is not there", route.Method, route.Path, got, want)
		}
	}
	if asked < 6 {
		t.Errorf("only %d addresses of a submission were asked for", asked)
	}
	for _, path := range []string{"/de/submissions?organisation=G2581", "/de/feedback?organisation=G2581"} {
		if _, text := s.read(t, client, csrf, http.MethodGet, path); strings.Contains(text, "Olten") {
			t.Errorf("%s shows another organisation", path)
		}
	}
	for _, path := range []string{"/de/submissions/template.xlsx?form=municipality_year&period=2025&organisation=G2581", "/de/submissions/entry?form=municipality_year&period=2025&organisation=G2581"} {
		if status, _ := s.read(t, client, csrf, http.MethodGet, path); status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, status)
		}
	}
	before := len(s.submissionsOf(t, "G2581"))
	s.upload(t, client, csrf, "fremd.csv", "Organisation;Periode;Gemeinde;Kennzahl;Wert\nG2581;2025;Olten;arrivals;7\n")
	if after := len(s.submissionsOf(t, "G2581")); after != before {
		t.Error("a sender left a file for another organisation")
	}
}

func (s *site) sendForeignForms(t *testing.T) {
	client, _ := s.client(t, demoCoordination)
	_, other := s.client(t, demoCoordination)
	id := s.submissionsOf(t, "G2581")[0]
	for _, csrf := range []string{"", other} {
		for _, route := range s.pages.GetRoutes(true) {
			if route.Method != fiber.MethodPost || strings.HasPrefix(route.Path, "/api/") || rightOf(route.Method, route.Path) == "" {
				continue
			}
			if status := s.ask(t, client, csrf, route.Method, fill(route.Path, id)); status != http.StatusForbidden {
				t.Errorf("%s with the token %q: status %d", route.Path, csrf, status)
			}
		}
	}
}

// fill puts values into the parameters of a route.
func fill(path, id string) string {
	return strings.NewReplacer(":language", "de", ":area", "FB1", ":indicator", "FB1-01", "table.:format", "table.csv", ":year.:format", "2025.csv",
		"template.:format", "template.csv?form=municipality_year&organisation=G2546&period=2025", "audit.:format", "audit.csv", "deliveries.:format", "deliveries.csv",
		":fingerprint", "0123", ":id", id, ":secret", "none", ":format", "csv").Replace(path)
}

// ask returns the status of the answer to a request of a person.
func (s *site) ask(t *testing.T, client *http.Client, csrf, method, path string) int {
	t.Helper()
	status, _ := s.read(t, client, csrf, method, path)
	return status
}

func (s *site) read(t *testing.T, client *http.Client, csrf, method, path string) (int, string) {
	t.Helper()
	if method == http.MethodPost && strings.HasSuffix(path, "/submissions") {
		return s.upload(t, client, csrf, "leer.csv", "x")
	}
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(url.Values{"csrf": {csrf}}.Encode())
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.address+path, body)
	must(t, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := client.Do(request)
	must(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(content)
}

// upload sends a file as the form of the page does.
func (s *site) upload(t testing.TB, client *http.Client, csrf, name, content string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(t, form.WriteField("csrf", csrf))
	part, err := form.CreateFormFile("file", name)
	must(t, err)
	_, err = io.WriteString(part, content)
	must(t, err)
	must(t, form.Close())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address+"/de/submissions", &body)
	must(t, err)
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := client.Do(request)
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	if location := response.Header.Get("Location"); location != "" {
		return response.StatusCode, location
	}
	return response.StatusCode, string(text)
}

// submissionsOf returns the ids of what an organisation sent.
func (s *site) submissionsOf(t testing.TB, code figure.Organisation) []string {
	t.Helper()
	all, err := s.app.store.Submissions(t.Context(), submission.Filter{Organisation: code})
	must(t, err)
	var ids []string
	for _, one := range all {
		ids = append(ids, string(one.ID))
	}
	if len(ids) == 0 {
		t.Fatalf("%s has sent nothing", code)
	}
	return ids
}
