package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

type loginPage struct {
	page
	Problem, Email, Next string
	External             bool // one can log in elsewhere
	Demo                 []demoLogin
}

// demoLogin is an account of the demo data that asks for nothing.
type demoLogin struct{ Email, Name, Role string }

// loginAddress is the page to log in, from where one comes back to next.
func loginAddress(l locale.Language, next string) string {
	address := "/" + string(l) + "/login"
	if next = localAddress(next); next != "" {
		address += "?next=" + url.QueryEscape(next)
	}
	return address
}

// localAddress returns an address of this server as it may be followed, and "" for
// anything else: a link to log in must lead nowhere else.
func localAddress(next string) string {
	address, err := url.Parse(next)
	if err != nil || address.IsAbs() || address.Host != "" || address.User != nil || len(next) > 2000 ||
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return ""
	}
	// Once logged in, the pages to log in lead nowhere.
	if strings.Contains(address.Path, "/login") || strings.Contains(address.Path, "/link/") || address.Path == "/" {
		return ""
	}
	return next
}

// nextPage is where somebody goes who logged in.
func nextPage(l locale.Language, next string) string {
	if next = localAddress(next); next != "" {
		return next
	}
	return "/" + string(l) + "/"
}

// login shows the page to log in; to whoever is logged in, where they want to go.
func (s *Server) login(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	if r.Viewer.Role != "" {
		return c.Redirect(nextPage(r.Language, r.Query.Get("next")), fiber.StatusSeeOther)
	}
	return s.showLogin(c, r, fiber.StatusOK, loginPage{Next: localAddress(r.Query.Get("next"))})
}

func (s *Server) showLogin(c *fiber.Ctx, r request, status int, p loginPage) error {
	p.page = s.page(r, r.Language.Say("account.login.title", nil), "login")
	p.External = s.Provider != nil
	if s.demoLogins(c) {
		ctx, cancel := s.deadline(c)
		defer cancel()
		all, err := s.Accounts.Accounts(ctx)
		if err != nil {
			return err
		}
		for _, role := range account.Roles {
			for _, one := range all {
				if one.Role == role && one.Active && account.IsDemo(one.Email) {
					p.Demo = append(p.Demo, demoLogin{one.Email, one.Name, roleName(r.Language, one.Role)})
				}
			}
		}
	}
	return s.show(c, status, "login", p)
}

func roleName(l locale.Language, role account.Role) string {
	return l.Say("account.role."+string(role), nil)
}

// letIn sets the cookie of a login and says where to go. The session that the
// browser had before has ended.
func (s *Server) letIn(c *fiber.Ctx, l locale.Language, login account.Login, next string) error {
	if err := s.Accounts.Logout(c.UserContext(), s.cookie(c, sessionCookie), account.Viewer{}); err != nil {
		return err
	}
	if login.Half || login.Enrol {
		s.setCookie(c, sessionCookie, login.Secret)
		address := "/" + string(l) + "/login/code"
		if login.Enrol {
			address = "/" + string(l) + "/login/factor"
		}
		if next = localAddress(next); next != "" {
			address += "?next=" + url.QueryEscape(next)
		}
		return c.Redirect(address, fiber.StatusSeeOther)
	}
	s.setCookie(c, sessionCookie, login.Secret)
	s.setCookie(c, formCookie, "")
	return c.Redirect(nextPage(l, next), fiber.StatusSeeOther)
}

// refusedLogin records a login that did not succeed, and returns its problem: what is
// to be said on the page. Every other error is returned as it is.
func (s *Server) refusedLogin(c *fiber.Ctx, email string, err error) (*problem.Error, error) {
	told, ok := problem.From(err)
	if !ok || told.Kind == problem.Unavailable {
		return nil, err
	}
	action := account.LoginFailed
	if told.Kind == problem.TooMany {
		action = account.LoginThrottled
		if seconds, given := told.Args["count"].(int); given {
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
		}
	}
	// What is no address may be a password in the wrong field.
	if valid, err := account.ParseEmail(email); err != nil {
		email = ""
	} else {
		email = valid
	}
	by := account.Viewer{Email: email, Address: s.address(c)}
	return told, s.Ledger.Audit(c.UserContext(), by.Line(s.Now(), action, email, told.Code))
}

// logIn checks address and password.
func (s *Server) logIn(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	login, err := s.Accounts.Login(c.UserContext(), fields.Get("email"), fields.Get("password"), s.origin(c))
	if err != nil {
		told, err := s.refusedLogin(c, fields.Get("email"), err)
		if err != nil {
			return err
		}
		return s.showLogin(c, r, told.Kind.Status(), loginPage{Problem: told.In(r.Language), Email: fields.Get("email"), Next: localAddress(fields.Get("next"))})
	}
	return s.letIn(c, r.Language, login, fields.Get("next"))
}

// form reads a form without files and its page.
func (s *Server) form(c *fiber.Ctx) (request, url.Values, error) {
	r, err := s.parseRequest(c)
	if err != nil {
		return r, nil, err
	}
	fields, err := formFields(c)
	return r, fields, err
}

// loginCode asks for the code of the second factor.
func (s *Server) loginCode(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	_, waiting, err := s.Accounts.HalfLoggedIn(c.UserContext(), s.cookie(c, sessionCookie))
	if err != nil {
		return err
	}
	if !waiting {
		return c.Redirect(loginAddress(r.Language, r.Query.Get("next")), fiber.StatusSeeOther)
	}
	return s.showCode(c, r, fiber.StatusOK, loginPage{Next: localAddress(r.Query.Get("next"))})
}

func (s *Server) showCode(c *fiber.Ctx, r request, status int, p loginPage) error {
	p.page = s.page(r, r.Language.Say("account.code.title", nil), "login")
	return s.show(c, status, "login_code", p)
}

func (s *Server) logInCode(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	secret := s.cookie(c, sessionCookie)
	email, waiting, err := s.Accounts.HalfLoggedIn(c.UserContext(), secret)
	if err != nil {
		return err
	}
	if !waiting {
		return c.Redirect(loginAddress(r.Language, fields.Get("next")), fiber.StatusSeeOther)
	}
	login, err := s.Accounts.Finish(c.UserContext(), secret, fields.Get("code"), s.origin(c))
	if err != nil {
		told, err := s.refusedLogin(c, email, err)
		if err != nil {
			return err
		}
		return s.showCode(c, r, told.Kind.Status(), loginPage{Problem: told.In(r.Language), Next: localAddress(fields.Get("next"))})
	}
	return s.letIn(c, r.Language, login, fields.Get("next"))
}

// demoLogins reports whether a request may log in as a demo account: it was sent on this
// machine to this machine, and no proxy says that it came from elsewhere.
func (s *Server) demoLogins(c *fiber.Ctx) bool {
	if !s.DemoLogins || s.PublicURL != nil || s.BehindProxy || !isLoopbackHost(requestHost(c)) || !c.Context().RemoteIP().IsLoopback() {
		return false
	}
	for _, header := range []string{fiber.HeaderXForwardedFor, fiber.HeaderXForwardedHost, fiber.HeaderForwarded, "X-Real-Ip", fiber.HeaderVia} {
		if c.Get(header) != "" {
			return false
		}
	}
	return true
}

// logInDemo logs in as one of the demo accounts.
func (s *Server) logInDemo(c *fiber.Ctx) error {
	if !s.demoLogins(c) {
		return fiber.ErrNotFound
	}
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	login, err := s.Accounts.DemoLogin(c.UserContext(), fields.Get("email"), s.origin(c))
	if err != nil {
		return err
	}
	return s.letIn(c, r.Language, login, fields.Get("next"))
}

// logInExternal sends somebody to the identity provider.
func (s *Server) logInExternal(c *fiber.Ctx) error {
	if s.Provider == nil {
		return fiber.ErrNotFound
	}
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	address, sealed, err := s.Provider.Begin(ctx, nextPage(r.Language, fields.Get("next")))
	if err != nil {
		return err
	}
	s.setCookie(c, externalCookie, sealed)
	// The policy of pages lets no form lead to another site, and a redirect counts as
	// part of the form: this page leads on by itself.
	c.Set("Refresh", "0;url="+address)
	p := loginPage{page: s.page(r, r.Language.Say("account.external", nil), "login"), Next: address}
	return s.show(c, fiber.StatusOK, "login_external", p)
}

// externalAnswer logs in whom the identity provider sends back.
func (s *Server) externalAnswer(c *fiber.Ctx) error {
	if s.Provider == nil {
		return fiber.ErrNotFound
	}
	l := preferredLanguage(c)
	sealed := s.cookie(c, externalCookie)
	s.setCookie(c, externalCookie, "")
	ctx, cancel := s.deadline(c)
	defer cancel()
	login, next, err := s.Provider.Finish(ctx, sealed, c.Query("state"), c.Query("code"), s.origin(c))
	if language, known := locale.Parse(firstSegment(next)); known {
		l = language
	}
	if err != nil {
		told, audited := s.refusedLogin(c, login.Email, err)
		if audited != nil {
			return audited
		}
		s.Log.Warn("login at the identity provider", "error", err)
		s.bind(c)
		r := request{Language: l, CSRF: formToken(c), Year: s.lastWholeYear(), Path: "/login"}
		return s.showLogin(c, r, told.Kind.Status(), loginPage{Problem: told.In(l)})
	}
	return s.letIn(c, l, login, next)
}

// logOut ends the session.
func (s *Server) logOut(c *fiber.Ctx) error {
	if err := s.Accounts.Logout(c.UserContext(), s.cookie(c, sessionCookie), viewer(c)); err != nil {
		return err
	}
	s.setCookie(c, sessionCookie, "")
	// What the browser keeps of the pages goes too.
	c.Set("Clear-Site-Data", `"cache"`)
	return c.Redirect("/"+c.Params("language")+"/login", fiber.StatusSeeOther)
}

type linkPage struct {
	page
	Problem string
	Link    account.Link
	Least   int
	Name    string
	Email   string
}

// link shows what a single-use link is for: an invitation, or a new password.
func (s *Server) link(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	link, err := s.Accounts.Link(c.UserContext(), c.Params("secret"))
	if err != nil {
		return err
	}
	return s.showLink(c, r, fiber.StatusOK, linkPage{Link: link, Name: link.Name, Email: link.Email})
}

func (s *Server) showLink(c *fiber.Ctx, r request, status int, p linkPage) error {
	p.page = s.page(r, r.Language.Say("account.link."+string(p.Link.Kind), nil), "login")
	// The address of the page is the secret: no link of the page hands it on.
	p.Languages = nil
	p.Least = account.MinPassword
	return s.show(c, status, "link", p)
}

// useLink uses a single-use link up: name and password are set, and its person is
// logged in.
func (s *Server) useLink(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	link, err := s.Accounts.Link(c.UserContext(), secret)
	if err != nil {
		return err
	}
	typed := account.Account{Email: fields.Get("email"), Name: fields.Get("name"), Language: r.Language}
	var login account.Login
	if fields.Get("password") != fields.Get("repeated") {
		err = problem.New(problem.Invalid, "password_differs", nil)
	} else {
		login, err = s.Accounts.Redeem(c.UserContext(), secret, typed, fields.Get("password"), s.origin(c))
	}
	if told, ok := problem.From(err); ok && told.Kind != problem.NotFound && told.Kind != problem.Unavailable {
		return s.showLink(c, r, told.Kind.Status(), linkPage{Problem: told.In(r.Language), Link: link, Name: typed.Name, Email: typed.Email})
	}
	if err != nil {
		return err
	}
	next := ""
	if link.Kind == account.Invitation {
		next = "/" + string(r.Language) + "/account/factor" // a second factor is offered
	}
	return s.letIn(c, r.Language, login, next)
}
