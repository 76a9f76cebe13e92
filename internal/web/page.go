package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

//go:embed template/*.html
var templateFiles embed.FS

// templates holds one template set a page: the layout, the shared parts and the
// page itself.
type templates struct{ byPage map[string]*template.Template }

func loadTemplates() (*templates, error) {
	all := &templates{byPage: map[string]*template.Template{}}
	entries, err := templateFiles.ReadDir("template")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		parsed, err := template.ParseFS(templateFiles, "template/layout.html", "template/parts.html", path.Join("template", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		all.byPage[name] = parsed.Option("missingkey=error")
	}
	return all, nil
}

// request is what every page reads from its request.
type request struct {
	Language locale.Language
	Viewer   account.Viewer
	CSRF     string // what a form of the page must bring back
	Year     figure.Year
	Path     string // without the language: "/areas/FB2"
	Query    url.Values
}

// parseRequest reads language and year. The year is the last whole one unless
// the address says otherwise.
func (s *Server) parseRequest(c *fiber.Ctx) (request, error) {
	language, known := locale.Parse(c.Params("language"))
	if !known {
		return request{}, fiber.ErrNotFound
	}
	query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return request{}, problem.New(problem.Invalid, "address", nil)
	}
	r := request{
		Language: language,
		Viewer:   viewer(c),
		CSRF:     formToken(c),
		Path:     strings.TrimPrefix(c.Path(), "/"+string(language)),
		Query:    query,
		Year:     s.lastWholeYear(),
	}
	if text := query.Get("year"); text != "" {
		year, err := strconv.ParseUint(text, 10, 16)
		if err != nil || figure.Year(year) < s.Programme.DataFrom || figure.Year(year) > s.Programme.LastYear {
			return request{}, problem.New(problem.NotFound, "year_unknown", locale.Args{
				"year": text, "from": strconv.Itoa(int(s.Programme.DataFrom)), "to": strconv.Itoa(int(s.Programme.LastYear))})
		}
		r.Year = figure.Year(year)
	}
	return r, nil
}

func (s *Server) lastWholeYear() figure.Year {
	return min(max(figure.Year(s.Now().Year()-1), s.Programme.DataFrom), s.Programme.LastYear)
}

// years are those that a page can be asked for, up to the running one.
func (s *Server) years() []figure.Year {
	var all []figure.Year
	for year := s.Programme.DataFrom; year <= min(figure.Year(s.Now().Year()), s.Programme.LastYear); year++ {
		all = append(all, year)
	}
	return all
}

// page is what the layout needs; every page's own struct embeds it.
type page struct {
	request
	Title     string
	Section   string // which entry of the navigation is current
	Crumbs    []link
	Brand     string // what the program is called
	Notes     []string
	Programme string
	Canton    string
	Demo      bool
	Release   string
	Prints    string // fingerprint of the programme definition, shortened
	Languages []languageLink
	Nav       []navLink

	assets   *assets
	lastYear string // of the programme
}

type link struct{ Name, Address string }

type navLink struct {
	link
	Current bool
}

// section is an entry of the navigation, shown to those who may go there.
type section struct {
	name, path string
	right      account.Right
}

// sections are the entries in their order. Whoever has no right to the overview
// begins at the first that they have a right to.
var sections = []section{
	{"overview", "/", account.ReadFigures},
	{"indicators", "/indicators", account.ReadFigures},
	{"coverage", "/coverage", account.ReadFigures},
	{"deliveries", "/deliveries", account.ReadDeliveries},
	{"desk", "/desk", account.DecideFigures},
	{"submissions", "/submissions", account.SendFigures},
	{"feedback", "/feedback", account.SendFigures},
	{"report", "/report", account.ReadFigures},
	{"method", "/method", account.ReadFigures},
	{"rules", "/rules", account.ReadDeliveries},
	{"people", "/people", account.KeepAccounts},
	{"audit", "/audit", account.ReadAudit},
}

type languageLink struct {
	Code, Name, Address string
	Current             bool
}

// languageNames are written in their own language.
var languageNames = map[locale.Language]string{
	locale.German: "Deutsch", locale.French: "Français", locale.Italian: "Italiano", locale.English: "English",
}

func (s *Server) page(r request, title, section string, crumbs ...link) page {
	p := page{
		request: r, Title: title, Section: section, Crumbs: crumbs,
		Brand: s.Programme.Identity.Title.In(r.Language), Programme: s.Programme.Name.In(r.Language), Canton: s.Programme.Canton.In(r.Language),
		Demo: s.Programme.Demo, Release: s.Release, assets: s.assets, lastYear: strconv.Itoa(int(s.Programme.LastYear)),
		Prints: s.Programme.Fingerprint[:min(12, len(s.Programme.Fingerprint))],
	}
	for _, note := range s.Programme.Notes {
		p.Notes = append(p.Notes, note.In(r.Language))
	}
	for _, one := range sections {
		if r.Viewer.May(one.right) {
			p.Nav = append(p.Nav, navLink{link{r.Language.Say("web.nav."+one.name, nil), "/" + string(r.Language) + one.path}, one.name == section})
		}
	}
	for _, language := range locale.Languages {
		address := "/" + string(language) + r.Path
		if encoded := r.Query.Encode(); encoded != "" {
			address += "?" + encoded
		}
		p.Languages = append(p.Languages, languageLink{
			Code: string(language), Name: languageNames[language], Address: address, Current: language == r.Language,
		})
	}
	return p
}

// T returns a message in the language of the page, with named arguments in
// pairs: {{.T "web.rows" "count" .Rows}}.
func (p page) T(key string, pairs ...any) string {
	args := locale.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return p.Language.Say(key, args)
}

// To returns an address of the program in the language of the page.
func (p page) To(parts ...string) string { return "/" + string(p.Language) + strings.Join(parts, "") }

// Asset returns the address of a static file.
func (p page) Asset(name string) string { return p.assets.byName[name].address }

// yearLinks are the choices of the year switch, on the same page.
func (s *Server) yearLinks(r request) []choice {
	var links []choice
	for _, year := range s.years() {
		links = append(links, r.choose("year", strconv.Itoa(int(year)), strconv.Itoa(int(year)), year == r.Year))
	}
	return links
}

// choice is a link that shows the same page with one parameter changed.
type choice struct {
	Name, Address string
	Current       bool
}

func (r request) choose(parameter, value, name string, current bool) choice {
	query := url.Values{}
	for key, values := range r.Query {
		query[key] = values
	}
	if value == "" {
		query.Del(parameter)
	} else {
		query.Set(parameter, value)
	}
	address := "/" + string(r.Language) + r.Path
	if encoded := query.Encode(); encoded != "" {
		address += "?" + encoded
	}
	return choice{Name: name, Address: address, Current: current}
}

// render fills the template of a page.
func (s *Server) render(name string, data any) ([]byte, error) {
	var buffer bytes.Buffer
	if err := s.pages.byPage[name].ExecuteTemplate(&buffer, "layout", data); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	return buffer.Bytes(), nil
}

// show renders a page that is not kept in the cache.
func (s *Server) show(c *fiber.Ctx, status int, name string, data any) error {
	content, err := s.render(name, data)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status).Send(content)
}
