package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
)

// accountRoutes lists the addresses of people and their rights. Whoever is not logged
// in yet reaches those to log in; everybody who is, the own account.
func (s *Server) accountRoutes(app *fiber.App) {
	app.Get("/:language/login", s.bindForms, s.login)
	app.Post("/:language/login", sameOrigin, s.csrf, s.logIn)
	app.Get("/:language/login/code", s.bindForms, s.loginCode)
	app.Post("/:language/login/code", sameOrigin, s.csrf, s.logInCode)
	app.Get("/:language/login/factor", s.bindForms, s.enrol)
	app.Post("/:language/login/factor", sameOrigin, s.csrf, s.enrolled)
	app.Post("/:language/login/demo", sameOrigin, s.csrf, s.logInDemo)
	app.Post("/:language/login/external", sameOrigin, s.csrf, s.logInExternal)
	app.Get("/login/external", s.externalAnswer) // where the identity provider sends people back to
	app.Get("/:language/link/:secret", s.bindForms, s.link)
	app.Post("/:language/link/:secret", sameOrigin, s.csrf, s.useLink)
	app.Post("/:language/logout", sameOrigin, s.csrf, s.logOut)

	app.Get("/:language/account", loggedIn, s.ownAccount)
	app.Post("/:language/account/password", sameOrigin, loggedIn, s.csrf, s.changePassword)
	app.Get("/:language/account/factor", loggedIn, s.newFactor)
	app.Post("/:language/account/factor", sameOrigin, loggedIn, s.csrf, s.turnOnFactor)
	app.Post("/:language/account/factor/off", sameOrigin, loggedIn, s.csrf, s.turnOffFactor)
	app.Post("/:language/account/recovery", sameOrigin, loggedIn, s.csrf, s.newRecovery)
	app.Post("/:language/account/sessions", sameOrigin, loggedIn, s.csrf, s.endOwnSessions)
	app.Post("/:language/account/tokens", sameOrigin, loggedIn, s.csrf, s.newToken)
	app.Post("/:language/account/tokens/revoke", sameOrigin, loggedIn, s.csrf, s.revokeToken)

	app.Get("/:language/people", s.need(account.KeepAccounts), s.people)
	app.Post("/:language/people", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.invite)
	app.Get("/:language/people/person", s.need(account.KeepAccounts), s.person)
	app.Post("/:language/people/change", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.changePerson)
	app.Post("/:language/people/active", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.activatePerson)
	app.Post("/:language/people/link", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.newLink)
	app.Post("/:language/people/factor", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.removeFactor)
	app.Post("/:language/people/sessions", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.endSessions)
	app.Post("/:language/people/tokens/revoke", sameOrigin, s.need(account.KeepAccounts), s.csrf, s.endToken)

	app.Get("/:language/audit", s.need(account.ReadAudit), s.auditPage)
	app.Get("/:language/audit.:format", s.need(account.ReadAudit), s.auditFile)
}

// loggedPath is the path of a request as the log may have it: without the secret of a
// link.
func loggedPath(c *fiber.Ctx) string {
	path := c.Path()
	if before, _, found := strings.Cut(path, "/link/"); found {
		return before + "/link/…"
	}
	return path
}
