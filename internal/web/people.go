package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// peoplePage is for the administrator: who has an account.
type peoplePage struct {
	page
	Problem       string
	Rows          []personRow
	Roles         []option
	Organisations []option
	Typed         personRow // what was typed into the form of an invitation
}

type personRow struct {
	Email, Name, Role, RoleName, Organisation, OrganisationName, State string
	Active, Password, Factor, External, Own                            bool
}

// With joins the page and a person, for the part of the template that needs both.
func (p peoplePage) With(row personRow) any {
	return struct {
		Page peoplePage
		Row  personRow
	}{p, row}
}

// With joins the page and a person, for the part of the template that needs both.
func (p personPage) With(row personRow) any {
	return struct {
		Page personPage
		Row  personRow
	}{p, row}
}

func (s *Server) rowOfPerson(r request, one account.Account) personRow {
	l := r.Language
	state := "active"
	switch {
	case !one.Active:
		state = "inactive"
	case !one.Usable() && !account.IsDemo(one.Email):
		state = "invited"
	}
	return personRow{
		Email: one.Email, Name: one.Name, Role: string(one.Role), RoleName: roleName(l, one.Role), Organisation: string(one.Organisation),
		OrganisationName: s.organisationName(l, one), State: l.Say("account.state."+state, nil),
		Active: one.Active, Password: one.Password != "", Factor: one.Factor != "", External: one.Subject != "", Own: one.Email == r.Viewer.Email,
	}
}

func (s *Server) people(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	return s.showPeople(c, r, fiber.StatusOK, peoplePage{})
}

func (s *Server) showPeople(c *fiber.Ctx, r request, status int, p peoplePage) error {
	ctx, cancel := s.deadline(c)
	defer cancel()
	all, err := s.Accounts.Accounts(ctx)
	if err != nil {
		return err
	}
	p.page = s.page(r, r.Language.Say("account.people.title", nil), "people")
	for _, one := range all {
		p.Rows = append(p.Rows, s.rowOfPerson(r, one))
	}
	p.Roles, p.Organisations = roleOptions(r.Language), s.allOrganisations(r.Language)
	return s.show(c, status, "people", p)
}

func roleOptions(l locale.Language) []option {
	var all []option
	for _, role := range account.Roles {
		all = append(all, option{string(role), roleName(l, role)})
	}
	return all
}

// allOrganisations are those that a sender may belong to, by name.
func (s *Server) allOrganisations(l locale.Language) []option {
	var all []option
	for _, one := range s.Programme.Organisations {
		all = append(all, option{string(one.Code), one.Name.In(l)})
	}
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// organisationOf reads the organisation of a sender; the other roles have none.
func (s *Server) organisationOf(fields url.Values) (figure.Organisation, error) {
	code := figure.Organisation(fields.Get("organisation"))
	if account.Role(fields.Get("role")) != account.Sender {
		return "", nil
	}
	if s.Programme.Organisation(code) == nil {
		return "", problem.New(problem.Invalid, "role_organisation", nil)
	}
	return code, nil
}

// invite makes an account and shows the link for its person, this once.
func (s *Server) invite(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	one := account.Account{Email: fields.Get("email"), Name: fields.Get("name"), Role: account.Role(fields.Get("role")), Language: r.Language}
	var secret string
	if one.Organisation, err = s.organisationOf(fields); err == nil {
		secret, err = s.Accounts.Invite(c.UserContext(), r.Viewer, one)
	}
	if told, ok := problem.From(err); ok && told.Kind != problem.Unavailable {
		return s.showPeople(c, r, told.Kind.Status(), peoplePage{Problem: told.In(r.Language),
			Typed: personRow{Email: one.Email, Name: one.Name, Role: string(one.Role), Organisation: string(one.Organisation)}})
	}
	if err != nil {
		return err
	}
	return s.showPerson(c, r, fiber.StatusOK, strings.ToLower(strings.TrimSpace(one.Email)), personPage{Link: s.linkAddress(c, r.Language, secret)})
}

// linkAddress is a single-use link as it is handed on.
func (s *Server) linkAddress(c *fiber.Ctx, l locale.Language, secret string) string {
	return s.base(c) + "/" + string(l) + "/link/" + secret
}

// personPage is one account, for the administrator.
type personPage struct {
	page
	Problem, Done string
	Link          string // a single-use link, shown this once
	Person        personRow
	Created       string
	Changed       string
	Sessions      []sessionRow
	Tokens        []tokenRow
	Roles         []option
	Organisations []option
}

func (s *Server) person(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p := personPage{}
	if done := r.Query.Get("done"); slices.Contains([]string{"changed", "factor_off", "session", "revoked"}, done) {
		p.Done = r.Language.Say("account.done."+done, nil)
	}
	return s.showPerson(c, r, fiber.StatusOK, r.Query.Get("email"), p)
}

func (s *Server) showPerson(c *fiber.Ctx, r request, status int, email string, p personPage) error {
	l := r.Language
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, err := s.Accounts.Account(ctx, email)
	if err != nil {
		return err
	}
	sessions, err := s.Accounts.Sessions(ctx, email)
	if err != nil {
		return err
	}
	tokens, err := s.Accounts.Tokens(ctx, email)
	if err != nil {
		return err
	}
	// The page may answer a form, whose address shows nothing by itself.
	r.Path, r.Query = "/people/person", url.Values{"email": {email}}
	p.page = s.page(r, one.Name, "people", link{l.Say("account.people.title", nil), "/" + string(l) + "/people"}, link{Name: one.Name})
	p.Person, p.Roles, p.Organisations = s.rowOfPerson(r, one), roleOptions(l), s.allOrganisations(l)
	p.Created, p.Changed = l.DateTime(one.Created), l.DateTime(one.Changed)
	for _, pass := range sessions {
		p.Sessions = append(p.Sessions, rowOfSession(l, pass, sessionOf(c)))
	}
	for _, pass := range tokens {
		p.Tokens = append(p.Tokens, rowOfToken(l, pass))
	}
	return s.show(c, status, "person", p)
}

// keep does what a form on the page of a person asks for and leads back to the page.
// What cannot be done is said there.
func (s *Server) keep(c *fiber.Ctx, done string, do func(r request, email string, fields url.Values) error) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	email := fields.Get("email")
	err = do(r, email, fields)
	if told, ok := problem.From(err); ok && (told.Kind == problem.Invalid || told.Kind == problem.Conflict) {
		return s.showPerson(c, r, told.Kind.Status(), email, personPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return c.Redirect("/"+string(r.Language)+"/people/person?email="+url.QueryEscape(email)+"&done="+done, fiber.StatusSeeOther)
}

// changePerson sets name, role and organisation.
func (s *Server) changePerson(c *fiber.Ctx) error {
	return s.keep(c, "changed", func(r request, email string, fields url.Values) error {
		organisation, err := s.organisationOf(fields)
		if err != nil {
			return err
		}
		return s.Accounts.Change(c.UserContext(), r.Viewer, email, fields.Get("name"), account.Role(fields.Get("role")), organisation)
	})
}

// activatePerson deactivates an account, or activates it again.
func (s *Server) activatePerson(c *fiber.Ctx) error {
	return s.keep(c, "changed", func(r request, email string, fields url.Values) error {
		return s.Accounts.SetActive(c.UserContext(), r.Viewer, email, fields.Get("active") == "1")
	})
}

// removeFactor turns the second factor of a person off who lost it.
func (s *Server) removeFactor(c *fiber.Ctx) error {
	return s.keep(c, "factor_off", func(r request, email string, _ url.Values) error {
		return s.Accounts.RemoveFactor(c.UserContext(), r.Viewer, email)
	})
}

// endSessions ends one session of a person, or all.
func (s *Server) endSessions(c *fiber.Ctx) error {
	return s.keep(c, "session", func(r request, email string, fields url.Values) error {
		if id := fields.Get("id"); id != "" {
			return s.Accounts.EndSession(c.UserContext(), r.Viewer, email, id)
		}
		return s.Accounts.EndSessions(c.UserContext(), r.Viewer, email, "")
	})
}

// endToken ends a token of a person.
func (s *Server) endToken(c *fiber.Ctx) error {
	return s.keep(c, "revoked", func(r request, email string, fields url.Values) error {
		return s.Accounts.Revoke(c.UserContext(), r.Viewer, email, fields.Get("id"))
	})
}

// newLink makes a new single-use link for a person and shows it, this once.
func (s *Server) newLink(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	email := fields.Get("email")
	secret, err := s.Accounts.NewLink(c.UserContext(), r.Viewer, email)
	if told, ok := problem.From(err); ok && told.Kind == problem.Conflict {
		return s.showPerson(c, r, told.Kind.Status(), email, personPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return s.showPerson(c, r, fiber.StatusOK, email, personPage{Link: s.linkAddress(c, r.Language, secret)})
}
