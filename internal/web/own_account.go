package web

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"
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
		row := tokenRow{ID: pass.ID, Label: pass.Label, Issued: l.DateTime(pass.Issued), Used: "–", Expires: l.DateTime(pass.Expires)}
		if !pass.Used.IsZero() {
			row.Used = l.DateTime(pass.Used)
		}
		for i, scope := range pass.Scopes {
			if i > 0 {
				row.Scopes += ", "
			}
			row.Scopes += rightName(l, scope)
		}
		p.Tokens = append(p.Tokens, row)
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

func rightName(l locale.Language, right account.Right) string {
	return l.Say("account.right."+string(right), nil)
}

func (s *Server) organisationName(l locale.Language, one account.Account) string {
	if office := s.Programme.Organisation(one.Organisation); office != nil {
		return office.Name.In(l)
	}
	return string(one.Organisation)
}

// own does what a form of the own account asks for, in a context that records it, and
// leads back to the page. What cannot be done is said there.
func (s *Server) own(c *fiber.Ctx, action account.Action, done string, do func(ctx context.Context, r request, fields url.Values) error) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	err = do(s.recorded(c, action, r.Viewer.Email, shortID(fields.Get("id"))), r, fields)
	if told, ok := problem.From(err); ok && told.Kind != problem.Unavailable {
		return s.showOwn(c, r, told.Kind.Status(), ownPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return c.Redirect("/"+string(r.Language)+"/account?done="+done, fiber.StatusSeeOther)
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	return s.own(c, account.PasswordChanged, "password", func(ctx context.Context, r request, fields url.Values) error {
		if fields.Get("password") != fields.Get("repeated") {
			return problem.New(problem.Invalid, "password_differs", nil)
		}
		return s.Accounts.ChangePassword(ctx, r.Viewer.Email, fields.Get("old"), fields.Get("password"), sessionOf(c), s.origin(c))
	})
}

func (s *Server) turnOffFactor(c *fiber.Ctx) error {
	return s.own(c, account.FactorOff, "factor_off", func(ctx context.Context, r request, fields url.Values) error {
		return s.Accounts.TurnOffFactor(ctx, r.Viewer.Email, fields.Get("password"), s.origin(c))
	})
}

// endOwnSessions ends one session, or all but the one that asks.
func (s *Server) endOwnSessions(c *fiber.Ctx) error {
	return s.own(c, account.SessionEnded, "session", func(ctx context.Context, r request, fields url.Values) error {
		if id := fields.Get("id"); id != "" {
			return s.Accounts.EndSession(ctx, r.Viewer.Email, id)
		}
		return s.Accounts.EndSessions(ctx, r.Viewer.Email, sessionOf(c))
	})
}

// shortID is as much of an id as tells it from others in the audit.
func shortID(id string) string { return id[:min(len(id), 12)] }

func (s *Server) revokeToken(c *fiber.Ctx) error {
	return s.own(c, account.TokenRevoked, "revoked", func(ctx context.Context, r request, fields url.Values) error {
		return s.Accounts.Revoke(ctx, r.Viewer.Email, fields.Get("id"))
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
	token, err := s.Accounts.NewToken(s.recorded(c, account.TokenIssued, r.Viewer.Email, fields.Get("label")), r.Viewer, fields.Get("label"), scopes, time.Duration(min(days, 1000))*24*time.Hour)
	if told, ok := problem.From(err); ok && told.Kind == problem.Invalid {
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
	p.page = s.page(r, r.Language.Say("account.factor.title", nil), "account", link{r.Language.Say("account.own.title", nil), "/" + string(r.Language) + "/account"})
	return s.show(c, status, "factor", p)
}

// turnOnFactor turns the second factor on, shown its first code.
func (s *Server) turnOnFactor(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	codes, err := s.Accounts.TurnOnFactor(s.recorded(c, account.FactorOn, r.Viewer.Email, ""), r.Viewer.Email, fields.Get("sealed"), fields.Get("code"))
	if told, ok := problem.From(err); ok && told.Kind == problem.Invalid {
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
	codes, err := s.Accounts.NewRecovery(s.recorded(c, account.RecoveryRenewed, r.Viewer.Email, ""), r.Viewer.Email, fields.Get("password"), s.origin(c))
	if told, ok := problem.From(err); ok && told.Kind != problem.Unavailable {
		return s.showOwn(c, r, told.Kind.Status(), ownPage{Problem: told.In(r.Language)})
	}
	if err != nil {
		return err
	}
	return s.showFactor(c, r, fiber.StatusOK, factorPage{Codes: codes})
}
