package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// cantonFolder holds whole definitions of a French-speaking canton: valserine, and what
// others have otherwise.
var cantonFolder = filepath.Join("testdata", "canton")

// definition returns a folder with a definition: that of valserine with the files of
// others laid over it.
func definition(t testing.TB, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, from := range append([]string{"valserine"}, names...) {
		root := filepath.Join(cantonFolder, from)
		must(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			target := filepath.Join(folder, relative)
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
			return os.WriteFile(target, content, 0o644)
		}))
	}
	return folder
}

// canton is the program over a definition, on a port of this machine.
type canton struct {
	t       testing.TB
	app     *app
	pages   *fiber.App
	address string
	sender  submission.ID // of Bourg-la-Rivière
}

// newCanton opens a definition and takes in what its offices sent for 2025.
func newCanton(t *testing.T, names []string, files ...string) *canton {
	t.Helper()
	o := options{data: t.TempDir(), seed: definition(t, names...), dashboards: filepath.Join(cantonFolder, "boards")}
	app, err := o.open(t.Context())
	must(t, err)
	t.Cleanup(func() { must(t, app.close()) })
	must(t, app.accounts.EnsureDemo(t.Context(), cantonPeople))
	pages, err := o.newPages(app, access{demo: true}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = pages.Listener(listener) }()
	t.Cleanup(func() { _ = pages.ShutdownWithTimeout(5 * time.Second) })
	c := &canton{t: t, app: app, pages: pages, address: "http://" + listener.Addr().String()}
	var out, faults bytes.Buffer
	coordination := account.Viewer{Email: "bureau@demo.invalid", Role: account.Coordination}
	for _, file := range append([]string{"communes.csv", "montagne.csv", "cours.csv"}, files...) {
		if importFiles(t.Context(), app, []string{filepath.Join(cantonFolder, file)}, intake.Expect{}, coordination, "Vérifié auprès de la commune.", &out, &faults) != 0 {
			t.Fatalf("%s: %s%s", file, out.String(), faults.String())
		}
	}
	all, err := app.store.Submissions(t.Context(), submission.Filter{})
	must(t, err)
	for _, one := range all {
		_, err := app.submissions.Accept(t.Context(), one.ID, account.Viewer{Email: "chef@demo.invalid", Role: account.Coordination})
		must(t, err)
		if one.Organisation == "G6901" {
			c.sender = one.ID
		}
	}
	return c
}

var cantonPeople = []account.Account{
	{Email: "g6901@demo.invalid", Name: "Greffe de Bourg", Role: account.Sender, Organisation: "G6901", Language: locale.French, ChangedBy: "test"},
	{Email: "parole@demo.invalid", Name: "Parole", Role: account.Sender, Organisation: "PAROLE", Language: locale.French, ChangedBy: "test"},
	{Email: "lecture@demo.invalid", Name: "Comité", Role: account.Reader, Language: locale.French, ChangedBy: "test"},
	{Email: "bureau@demo.invalid", Name: "Bureau", Role: account.Coordination, Language: locale.French, ChangedBy: "test"},
	{Email: "admin@demo.invalid", Name: "Administration", Role: account.Administrator, Language: locale.French, ChangedBy: "test"},
}

// person is somebody who is logged in, with the cookies of the session.
type person struct {
	*canton
	account account.Account
	cookies map[string]string
}

func (p *person) do(method, address string, form url.Values) (int, http.Header, []byte) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.canton.address+address, strings.NewReader(form.Encode()))
	must(p.t, err)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Header.Set("Origin", p.canton.address)
	for name, value := range p.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	must(p.t, err)
	defer response.Body.Close()
	for _, cookie := range response.Cookies() {
		p.cookies[cookie.Name] = cookie.Value
	}
	content, err := io.ReadAll(response.Body)
	must(p.t, err)
	return response.StatusCode, response.Header, content
}

func (c *canton) logIn(who account.Account) *person {
	c.t.Helper()
	p := &person{canton: c, account: who, cookies: map[string]string{}}
	_, _, page := p.do(http.MethodGet, "/fr/login", nil)
	token := formToken.FindSubmatch(page)
	if token == nil {
		c.t.Fatalf("no form to log in: %s", page)
	}
	if status, _, _ := p.do(http.MethodPost, "/fr/login/demo", url.Values{"csrf": {string(token[1])}, "email": {who.Email}}); status != http.StatusSeeOther {
		c.t.Fatalf("logging in as %s: status %d", who.Email, status)
	}
	return p
}

// addresses fills the places of a route with everything that the definition has.
func (c *canton) addresses(route string, language locale.Language, who account.Account) []string {
	p := c.app.programme
	found := []string{strings.Replace(route, ":language", string(language), 1)}
	each := func(place string, values []string) {
		if !strings.Contains(found[0], place) {
			return
		}
		var filled []string
		for _, address := range found {
			for _, value := range values {
				filled = append(filled, strings.Replace(address, place, value, 1))
			}
		}
		found = filled
	}
	var areas, indicators []string
	for _, area := range p.Areas {
		areas = append(areas, string(area.Code))
	}
	for _, i := range p.Indicators {
		indicators = append(indicators, i.ID)
		if !strings.Contains(route, "table.") {
			for _, dimension := range i.Dimensions {
				indicators = append(indicators, i.ID+"?by="+string(dimension))
			}
		}
	}
	each(":area", areas)
	each(":indicator", indicators)
	each("template.:format", templates(p, who))
	if strings.HasSuffix(route, "/submissions/entry") {
		for i := range found {
			found[i] += strings.TrimPrefix(templates(p, who)[0], "template.xlsx")
		}
	}
	each("report/:year.:format", []string{"report/2025.xlsx", "report/2025.csv", "report/2025.json", "report/2024.csv"})
	each("table.:format", []string{"table.csv", "table.xlsx", "table.json"})
	each(":format", []string{"csv", "xlsx", "json"})
	each(":id", []string{string(c.sender)})
	each(":fingerprint", []string{p.Fingerprint})
	if strings.HasSuffix(route, "/people/person") {
		found[0] += "?email=lecture@demo.invalid"
	}
	return found
}

// templates are those that somebody may fetch.
func templates(p *programme.Programme, who account.Account) []string {
	organisation := who.Organisation
	if organisation == "" {
		organisation = "G6901"
	}
	var found []string
	for i := range p.Forms {
		form := &p.Forms[i]
		if p.Owes(p.Organisation(organisation), form, figure.Period{Year: 2025}) {
			query := "?form=" + string(form.Code) + "&organisation=" + string(organisation) + "&period=2025"
			found = append(found, "template.xlsx"+query, "template.csv"+query)
		}
	}
	return found
}

// foreignWords are those of another canton and of the federal offices that only the
// definition of another canton names.
var foreignWords = regexp.MustCompile(`(?i:solothurn|soleure|soletta|\bkip|\bcip\b|pic 3)|\bSEM\b|\bBFS\b|\bOFS\b|\bUST\b|\bFSO\b|\bAGS\b|\bFB ?[1-7]\b|G2[3-6][0-9]{2}\b`)

// unpacked is what can be read in an answer: of a workbook its parts.
func unpacked(content []byte) string {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return string(content)
	}
	var all strings.Builder
	for _, file := range archive.File {
		part, err := file.Open()
		if err != nil {
			continue
		}
		_, _ = io.Copy(&all, part)
		_ = part.Close()
	}
	return all.String()
}

// walk asks for every page as everybody.
func (c *canton) walk(t *testing.T, languages ...locale.Language) {
	var people []*person
	for _, who := range cantonPeople {
		people = append(people, c.logIn(who))
	}
	people = append(people, &person{canton: c, cookies: map[string]string{}})
	asked := 0
	for _, p := range people {
		for _, route := range c.pages.GetRoutes(true) {
			if route.Method != http.MethodGet || strings.Contains(route.Path, "*") || strings.HasPrefix(route.Path, "/api/") || strings.Contains(route.Path, ":secret") || route.Path == "/metrics" {
				continue
			}
			for _, language := range languages {
				for _, address := range c.addresses(route.Path, language, p.account) {
					asked++
					p.look(t, route.Path, address)
				}
				if !strings.Contains(route.Path, ":language") {
					break
				}
			}
		}
	}
	c.ask(t)
	if asked < 300*len(languages) {
		t.Errorf("only %d pages were asked for", asked)
	}
}

// ask asks for everything that programs are answered.
func (c *canton) ask(t *testing.T) {
	token := func(who account.Account, rights ...account.Right) string {
		owner := account.Viewer{Email: who.Email, Role: who.Role, Organisation: who.Organisation}
		issued, err := c.app.accounts.NewToken(t.Context(), owner, account.Wish{Label: "Logiciel", Scopes: rights, Life: time.Hour}, "", "")
		must(t, err)
		return issued
	}
	reading, sending := token(cantonPeople[2], account.ReadFigures), token(cantonPeople[0], account.SendFigures)
	addresses := map[string]string{"/openapi.json": "", "/problems/draft_outdated": "", "/forms": reading, "/indicators?year=2025": reading,
		"/obligations?year=2025": sending, "/submissions": sending, "/submissions/" + string(c.sender): sending, "/submissions/" + string(c.sender) + "/findings": sending}
	for _, form := range c.app.programme.Forms {
		addresses["/forms/"+string(form.Code)] = sending
	}
	for _, i := range c.app.programme.Indicators {
		addresses["/indicators/"+i.ID] = reading
		for _, dimension := range i.Dimensions {
			addresses["/indicators/"+i.ID+"?year=2025&by="+string(dimension)] = reading
		}
	}
	for address, token := range addresses {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.address+"/api/v1"+address, nil)
		must(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Accept-Language", "fr")
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		content, err := io.ReadAll(response.Body)
		must(t, err)
		must(t, response.Body.Close())
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d: %s", address, response.StatusCode, content)
		}
		if at := foreignWords.FindIndex(content); at != nil {
			t.Errorf("%s names another canton: …%s…", address, content[max(0, at[0]-60):min(len(content), at[1]+60)])
		}
	}
}

// look asks for a page: who has the right gets it, and it names no other canton.
func (p *person) look(t *testing.T, route, address string) {
	status, header, content := p.do(http.MethodGet, address, nil)
	right := rightOf(http.MethodGet, route)
	own := strings.Contains(route, ":id") && p.account.Role == account.Sender && p.account.Organisation != "G6901"
	switch {
	case status >= http.StatusInternalServerError:
		t.Errorf("%s, %s: status %d: %.300s", p.account.Email, address, status, content)
	case p.account.Role.May(right) && !own && status >= http.StatusBadRequest && !expectedRefusal(route, address):
		t.Errorf("%s, %s: status %d: %.2000s", p.account.Email, address, status, words(content))
	}
	if text := unpacked(content) + header.Get("Content-Disposition"); foreignWords.MatchString(text) {
		at := foreignWords.FindStringIndex(text)
		t.Errorf("%s, %s names another canton: …%s…", p.account.Email, address, text[max(0, at[0]-60):min(len(text), at[1]+60)])
	}
}

// expectedRefusal: a file that has no faults has no marked copy, and lists are written
// in some formats only.
func expectedRefusal(route, address string) bool {
	listed := strings.HasSuffix(address, ".json") && !strings.Contains(route, "report") && !strings.Contains(route, "table")
	return strings.Contains(route, "marked") || listed || strings.HasSuffix(address, "/audit.xlsx")
}

var tags = regexp.MustCompile(`(?s)<(?:head|script|style|svg).*?</(?:head|script|style|svg)>|<[^>]*>`)

// words are the texts of a page.
func words(page []byte) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(string(page), " ")), " ")
}

func TestEveryPageOverTheDefinitionsOfAnotherCanton(t *testing.T) {
	french := []locale.Language{locale.French}
	for name, test := range map[string]struct {
		definitions, files []string
		languages          []locale.Language
	}{
		"as it is":                         {nil, []string{"tot.csv"}, french},
		"other sources of funds":           {[]string{"other-sources"}, []string{"fin.csv"}, []locale.Language{locale.German}},
		"other accounts, named":            {[]string{"other-accounts", "accounts-named"}, []string{"fin-accounts.csv"}, french},
		"spending that is not broken down": {[]string{"no-account"}, nil, french},
		"targets with more decimals":       {[]string{"rounding"}, nil, french},
	} {
		t.Run(name, func(t *testing.T) { newCanton(t, test.definitions, test.files...).walk(t, test.languages...) })
	}
}

func TestAnotherCantonsAccountsMustBeNamed(t *testing.T) {
	_, err := (&options{seed: definition(t, "other-accounts")}).loadProgramme()
	if err == nil || !strings.Contains(err.Error(), "dimensions.yaml:30: finance: the dimension account has no code \"budget\"") {
		t.Fatalf("got %v", err)
	}
}

func TestBoardsThatDoNotFitAForeignDefinitionAreNamed(t *testing.T) {
	o := options{seed: definition(t)}
	p, err := o.loadProgramme()
	must(t, err)
	if _, err := o.loadBoards(p); err == nil || !strings.Contains(err.Error(), "--dashboards") || !strings.Contains(err.Error(), "overview.yaml") {
		t.Fatalf("got %v", err)
	}
}
