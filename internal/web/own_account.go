package web

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// ownPage is the account of the viewer.
type ownPage struct {
	page
	Problem, Done    string
	Email            string
	Role             string
	Organisation     string
	External         bool // logs in elsewhere: password and codes are kept there
	Password, Factor bool
	Recovery         string // how many codes are left
	Least            int
	Sessions         []sessionRow
	Tokens           []tokenRow
	Scopes           []option
	Lives            []option
	NewToken         string
}

type sessionRow struct {
	ID, Browser, Address, Begun, Used string
	Own                               bool
}

type tokenRow struct{ ID, Label, Scopes, Issued, Used, Expires string }

// ownAccount shows the viewer's own account.
func (s *Server) ownAccount(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p := ownPage{}
	if done := r.Query.Get("done"); slices.Contains([]string{"password", "factor_off", "session", "revoked"}, done) {
		p.Done = r.Language.Say("account.done."+done, nil)
	}
	return s.showOwn(c, r, fiber.StatusOK, p)
}

func (s *Server) showOwn(c *fiber.Ctx, r request, status int, p ownPage) error {
	l := r.Language
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, err := s.Accounts.Account(ctx, r.Viewer.Email)
	if err != nil {
		return err
	}
	sessions, err := s.Accounts.Sessions(ctx, one.Email)
	if err != nil {
		return err
	}
	tokens, err := s.Accounts.Tokens(ctx, one.Email)
	if err != nil {
		return err
	}
	p.page = s.page(r, l.Say("account.own.title", nil), "account")
	p.Email, p.Role, p.Organisation = one.Email, roleName(l, one.Role), s.organisationName(l, one)
	p.External, p.Password, p.Factor, p.Least = one.Subject != "", one.Password != "", one.Factor != "", account.MinPassword
	p.Recovery = l.Count(len(one.Recovery))
	for _, pass := range sessions {
		p.Sessions = append(p.Sessions, rowOfSession(l, pass, sessionOf(c)))
	}
	for _, pass := range tokens {
		p.Tokens = append(p.Tokens, rowOfToken(l, pass))
	}
	for _, right := range one.Role.Rights() {
		if account.MachineRight(right) {
			p.Scopes = append(p.Scopes, option{string(right), rightName(l, right)})
		}
	}
	for _, days := range []int{30, 90, 365} {
		p.Lives = append(p.Lives, option{strconv.Itoa(days), l.Say("account.tokens.days", locale.Args{"count": days})})
	}
	return s.show(c, status, "account", p)
}

func rowOfSession(l locale.Language, pass account.Pass, own string) sessionRow {
	return sessionRow{ID: pass.ID, Browser: browserName(pass.Label), Address: pass.Address, Begun: l.DateTime(pass.Issued),
		Used: l.DateTime(pass.DateOfUse()), Own: pass.ID == own}
}

func rowOfToken(l locale.Language, pass account.Pass) tokenRow {
	row := tokenRow{ID: pass.ID, Label: pass.Label, Issued: l.DateTime(pass.Issued), Used: "–", Expires: l.DateTime(pass.Expires)}
	if !pass.Used.IsZero() {
		row.Used = l.DateTime(pass.Used)
	}
	var scopes []string
	for _, scope := range pass.Scopes {
		scopes = append(scopes, rightName(l, scope))
	}
	row.Scopes = strings.Join(scopes, ", ")
	return row
}

func rightName(l locale.Language, right account.Right) string {
	return l.Say("account.right."+string(right), nil)
}

func (s *Server) organisationName(l locale.Language, one account.Account) string {
	if office := s.Programme.Organisation(one.Organisation); office != nil {
		return office.Name.In(l)
	}
	return string(one.Organisation)
}

// own does what a form of the own account asks for and leads back to the page. What
// cannot be done is said there.
func (s *Server) own(c *fiber.Ctx, done string, do func(ctx context.Context, r request, fields url.Values) error) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	err = do(c.UserContext(), r, fields)
	if told, ok := problem.From(err); ok && told.Kind != problem.Unavailable {
		return s.showOwn(c, r, told.Kind.Status(), ownPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return c.Redirect("/"+string(r.Language)+"/account?done="+done, fiber.StatusSeeOther)
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	return s.own(c, "password", func(ctx context.Context, r request, fields url.Values) error {
		if fields.Get("password") != fields.Get("repeated") {
			return problem.New(problem.Invalid, "password_differs", nil)
		}
		return s.Accounts.ChangePassword(ctx, r.Viewer, fields.Get("old"), fields.Get("password"), sessionOf(c))
	})
}

func (s *Server) turnOffFactor(c *fiber.Ctx) error {
	return s.own(c, "factor_off", func(ctx context.Context, r request, fields url.Values) error {
		return s.Accounts.TurnOffFactor(ctx, r.Viewer, fields.Get("password"))
	})
}

// endOwnSessions ends one session, or all but the one that asks.
func (s *Server) endOwnSessions(c *fiber.Ctx) error {
	return s.own(c, "session", func(ctx context.Context, r request, fields url.Values) error {
		if id := fields.Get("id"); id != "" {
			return s.Accounts.EndSession(ctx, r.Viewer, r.Viewer.Email, id)
		}
		return s.Accounts.EndSessions(ctx, r.Viewer, r.Viewer.Email, sessionOf(c))
	})
}

func (s *Server) revokeToken(c *fiber.Ctx) error {
	return s.own(c, "revoked", func(ctx context.Context, r request, fields url.Values) error {
		return s.Accounts.Revoke(ctx, r.Viewer, r.Viewer.Email, fields.Get("id"))
	})
}

// newToken makes a token and shows it, this once.
func (s *Server) newToken(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	var scopes []account.Right
	for _, code := range fields["scope"] {
		scopes = append(scopes, account.Right(code))
	}
	days, _ := strconv.Atoi(fields.Get("days"))
	wish := account.Wish{Label: fields.Get("label"), Scopes: scopes, Life: time.Duration(min(days, 1000)) * 24 * time.Hour}
	token, err := s.Accounts.NewToken(c.UserContext(), r.Viewer, wish, fields.Get("password"), sessionOf(c))
	if told, ok := problem.From(err); ok && told.Kind != problem.Unavailable {
		return s.showOwn(c, r, told.Kind.Status(), ownPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return s.showOwn(c, r, fiber.StatusOK, ownPage{NewToken: token})
}

type factorPage struct {
	page
	Problem string
	account.Factor
	Codes []string // the recovery codes, shown this once
	// Enrolling: nobody is in yet, since the role must have a second factor. Next is where
	// they go then.
	Enrolling bool
	Next      string
}

// Picture is the secret as an image. It is made here: its address may be trusted.
func (p factorPage) Picture() template.URL { return template.URL(p.Image) }

// newFactor shows the secret of a second factor to set it up.
func (s *Server) newFactor(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	one, err := s.Accounts.Account(c.UserContext(), r.Viewer.Email)
	if err != nil {
		return err
	}
	if one.Password == "" || one.Factor != "" {
		return c.Redirect("/"+string(r.Language)+"/account", fiber.StatusSeeOther)
	}
	factor, err := s.Accounts.NewFactor(one.Email)
	if err != nil {
		return err
	}
	return s.showFactor(c, r, fiber.StatusOK, factorPage{Factor: factor})
}

func (s *Server) showFactor(c *fiber.Ctx, r request, status int, p factorPage) error {
	if p.Enrolling {
		p.page = s.page(r, r.Language.Say("account.factor.title", nil), "login")
		return s.show(c, status, "factor", p)
	}
	p.page = s.page(r, r.Language.Say("account.factor.title", nil), "account", link{r.Language.Say("account.own.title", nil), "/" + string(r.Language) + "/account"})
	return s.show(c, status, "factor", p)
}

// turnOnFactor turns the second factor on, shown its first code.
func (s *Server) turnOnFactor(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	codes, err := s.Accounts.TurnOnFactor(c.UserContext(), r.Viewer, fields.Get("password"), fields.Get("sealed"), fields.Get("code"))
	if told, ok := problem.From(err); ok && (told.Kind == problem.Invalid || told.Kind == problem.TooMany) {
		factor, err := s.Accounts.SameFactor(r.Viewer.Email, fields.Get("sealed"))
		if err != nil {
			return err
		}
		return s.showFactor(c, r, told.Kind.Status(), factorPage{Problem: told.In(r.Language), Factor: factor})
	}
	if err != nil {
		return err
	}
	return s.showFactor(c, r, fiber.StatusOK, factorPage{Codes: codes})
}

// newRecovery replaces the recovery codes and shows them, this once.
func (s *Server) newRecovery(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	codes, err := s.Accounts.NewRecovery(c.UserContext(), r.Viewer, fields.Get("password"))
	if told, ok := problem.From(err); ok && told.Kind != problem.Unavailable {
		return s.showOwn(c, r, told.Kind.Status(), ownPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return s.showFactor(c, r, fiber.StatusOK, factorPage{Codes: codes})
}
