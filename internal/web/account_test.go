package web_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kipmonitor/internal/account"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
)

const good = "vier Rüben tanzen Walzer"

var keeper = account.Viewer{Email: "keeper@example.ch", Role: account.Administrator}

// person makes an account that a person has set up, and returns its address.
func (s *site) person(role account.Role) string {
	s.t.Helper()
	email := strings.ToLower(fmt.Sprintf("%s.%s@example.ch", strings.NewReplacer("/", ".", "_", ".").Replace(s.t.Name()), role))
	one := account.Account{Email: email, Name: "Anna Muster", Role: role}
	if role == account.Sender {
		one.Organisation = "ECAP"
	}
	link, err := s.accounts.Invite(s.t.Context(), keeper, one)
	must(s.t, err)
	_, err = s.accounts.Redeem(s.t.Context(), link, account.Account{Name: "Anna Muster", Language: "de"}, good, account.Origin{})
	must(s.t, err)
	return email
}

// logIn logs in on the page.
func (b *browser) logIn(email, password string) answer {
	b.get("/de/login")
	return b.post("/de/login", "email", email, "password", password)
}

// in is a browser in which a person of a role is logged in.
func (s *site) in(role account.Role) (b *browser, email string) {
	s.t.Helper()
	b, email = s.browser(), s.person(role)
	if got := b.logIn(email, good); got.status != http.StatusSeeOther {
		s.t.Fatalf("logging in: status %d", got.status)
	}
	b.get("/de/account")
	return b, email
}

// audited returns the actions that the audit has of a person, the latest first.
func (s *site) audited(email string) (actions []string) {
	s.t.Helper()
	entries, err := shared.store.AuditEntries(s.t.Context(), account.EntryFilter{Person: email})
	must(s.t, err)
	for _, one := range entries {
		actions = append(actions, string(one.Action))
	}
	return actions
}

func TestWhoIsNotLoggedInIsSentToLogIn(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	got := b.get("/fr/indicators?year=2024")
	if want := "/fr/login?next=" + url.QueryEscape("/fr/indicators?year=2024"); got.status != http.StatusSeeOther || got.location != want {
		t.Errorf("status %d to %q, want %q", got.status, got.location, want)
	}
	b.get(got.location)
	email := s.person(account.Reader)
	if got := b.post("/fr/login", "email", email, "password", good, "next", "/fr/indicators?year=2024"); got.location != "/fr/indicators?year=2024" {
		t.Errorf("status %d to %q", got.status, got.location)
	}
	for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/de/login", "/de/link/x", "\t//evil.example", "http:evil.example"} {
		b := s.browser()
		b.get("/de/login?next=" + url.QueryEscape(next))
		if got := b.post("/de/login", "email", email, "password", good, "next", next); got.location != "/de/" {
			t.Errorf("next %q leads to %q", next, got.location)
		}
		if got := b.get("/de/login?next=" + url.QueryEscape(next)); got.location != "/de/" {
			t.Errorf("once logged in, next %q leads to %q", next, got.location)
		}
	}
}

func TestLoggingIn(t *testing.T) {
	s := newSite(t, nil)
	email := s.person(account.Coordination)
	b := s.browser()
	got := b.logIn(email, "wrong")
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, "Adresse oder Passwort stimmt nicht.") {
		t.Errorf("a wrong password: status %d", got.status)
	}
	got = b.logIn(email, good)
	cookie := got.header.Get("Set-Cookie")
	for _, want := range []string{"kip_session=", "HttpOnly", "SameSite=Lax", "path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
	first := b.cookie("kip_session")
	page := b.get("/de/account")
	if page.status != http.StatusOK || !strings.Contains(page.body, email) || !strings.Contains(page.body, ">Anna Muster</a>") {
		t.Errorf("the own account: status %d", page.status)
	}
	if got := page.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page may be kept: %s", got)
	}
	// Another login in the same browser.
	var csrf string
	csrf, b.csrf = b.csrf, ""
	b.csrf = csrf
	if got := b.post("/de/login", "email", email, "password", good); got.status != http.StatusSeeOther || b.cookie("kip_session") == first {
		t.Errorf("the session is not a new one: status %d", got.status)
	}
	thief := s.browser()
	address, err := url.Parse(s.address)
	must(t, err)
	thief.Jar.SetCookies(address, []*http.Cookie{{Name: "kip_session", Value: first}})
	if got := thief.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("the session before goes on: status %d", got.status)
	}
	b.get("/de/account")
	if got := b.post("/de/logout"); got.status != http.StatusSeeOther || b.cookie("kip_session") != "" {
		t.Errorf("logging out: status %d", got.status)
	}
	if got := b.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("after logging out: status %d", got.status)
	}
	if got := fmt.Sprint(s.audited(email)); got != "[logout login login login_failed login invitation_accepted]" {
		t.Errorf("the audit has %s", got)
	}
	if strings.Contains(s.log.String(), good) || strings.Contains(s.log.String(), first) {
		t.Error("a secret is in the log")
	}
}

func TestWhoGuessesIsToldHowLongToWait(t *testing.T) {
	s := newSite(t, nil)
	email := s.person(account.Reader)
	b := s.browser()
	for range 5 {
		b.logIn(email, "wrong")
	}
	got := b.logIn(email, good)
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" || !strings.Contains(got.body, "in 1 Sekunde noch") {
		t.Errorf("status %d, %q", got.status, got.header.Get("Retry-After"))
	}
	if actions := s.audited(email); actions[0] != "login_throttled" {
		t.Errorf("the audit has %v", actions)
	}
	s.pass(time.Second)
	if got := b.logIn(email, good); got.status != http.StatusSeeOther {
		t.Errorf("after a second: status %d", got.status)
	}
}

func TestASessionExpires(t *testing.T) {
	s := newSite(t, nil)
	b, _ := s.in(account.Reader)
	s.pass(59 * time.Minute)
	if got := b.get("/de/account"); got.status != http.StatusOK {
		t.Errorf("within the hour: status %d", got.status)
	}
	s.pass(62 * time.Minute)
	if got := b.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("after the hour: status %d", got.status)
	}
}

func TestAFormOfAnotherPageIsRefused(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Reader)
	other, _ := s.in(account.Sender)
	own := b.csrf
	for name, token := range map[string]string{"no token": "", "a made-up token": strings.Repeat("x", 43), "the token of another session": other.csrf, "the cookie itself": b.cookie("kip_session")} {
		b.csrf = token
		if got := b.post("/de/account/sessions"); got.status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, got.status)
		}
	}
	b.csrf = own
	if got := b.do("POST", "/de/account/sessions", strings.NewReader("csrf="+own), map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}); got.status != http.StatusForbidden {
		t.Errorf("from another site: status %d", got.status)
	}
	if got := b.do("POST", "/de/account/sessions", nil, map[string]string{"X-CSRF-Token": own}); got.status != http.StatusSeeOther {
		t.Errorf("from a script: status %d", got.status)
	}
	if got := b.do("POST", "/de/account/sessions", strings.NewReader("csrf="+own+"&x="+strings.Repeat("x", 2<<20)), nil); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of two megabytes: status %d", got.status)
	}
	stranger := s.browser()
	if got := stranger.do("POST", "/de/login", strings.NewReader(url.Values{"email": {email}, "password": {good}}.Encode()), nil); got.status != http.StatusForbidden || stranger.cookie("kip_session") != "" {
		t.Errorf("logging in without a token: status %d", got.status)
	}
	if got := b.post("/de/account/sessions"); got.status != http.StatusSeeOther {
		t.Errorf("with the token: status %d", got.status)
	}
}

var (
	linkShown   = regexp.MustCompile(`<p class="secret">(http[^<]+)</p>`)
	secretShown = regexp.MustCompile(`<p class="secret">([^<]+)</p>`)
	sealed      = regexp.MustCompile(`name="sealed" value="([^"]+)"`)
)

func TestTheAdministratorInvitesAndDeactivates(t *testing.T) {
	s := newSite(t, nil)
	admin, adminEmail := s.in(account.Administrator)
	invited := "invited." + adminEmail
	if got := admin.post("/de/people", "email", invited, "name", "Bea", "role", "sender", "organisation", "NOWHERE"); got.status != http.StatusBadRequest || !strings.Contains(got.body, invited) {
		t.Errorf("an organisation that is none: status %d", got.status)
	}
	got := admin.post("/de/people", "email", invited, "name", "Bea", "role", "sender", "organisation", "ECAP")
	found := linkShown.FindStringSubmatch(got.body)
	if got.status != http.StatusOK || found == nil || !strings.HasPrefix(found[1], s.address+"/de/link/") {
		t.Fatalf("status %d, link %v", got.status, found)
	}
	link := found[1]
	if strings.Contains(admin.get("/de/people/person?email="+url.QueryEscape(invited)).body, "/de/link/") {
		t.Error("the link is shown again")
	}
	b := s.browser()
	if got := b.get(link); got.status != http.StatusOK || !strings.Contains(got.body, html.EscapeString(invited)) {
		t.Fatalf("the link: status %d", got.status)
	}
	for name, one := range map[string][]string{
		"passwords that differ": {"name", "Bea", "password", good, "repeated", good + "x"},
		"a common password":     {"name", "Bea", "password", "passwordpassword", "repeated", "passwordpassword"},
		"no name":               {"name", " ", "password", good, "repeated", good},
	} {
		if got := b.post(link, one...); got.status != http.StatusBadRequest || b.cookie("kip_session") != "" {
			t.Errorf("%s: status %d", name, got.status)
		}
	}
	if got := b.post(link, "name", "Bea Beispiel", "password", good, "repeated", good); got.status != http.StatusSeeOther || got.location != "/de/account/factor" {
		t.Fatalf("status %d to %s", got.status, got.location)
	}
	if got := b.get("/de/account"); !strings.Contains(got.body, "Bea Beispiel") || !strings.Contains(got.body, "ECAP Solothurn") {
		t.Error("the invited person is not logged in")
	}
	if got := s.browser().get(link); got.status != http.StatusNotFound {
		t.Errorf("the link again: status %d", got.status)
	}
	if got := b.get("/de/people"); got.status != http.StatusForbidden {
		t.Errorf("a sender among the accounts: status %d", got.status)
	}

	admin.get("/de/people/person?email=" + url.QueryEscape(invited))
	if got := admin.post("/de/people/active", "email", invited); got.status != http.StatusSeeOther {
		t.Fatalf("deactivating: status %d", got.status)
	}
	if got := b.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("whoever is deactivated goes on: status %d", got.status)
	}
	if got := s.browser().logIn(invited, good); got.status != http.StatusUnauthorized {
		t.Errorf("and logs in: status %d", got.status)
	}
	if got := admin.post("/de/people/active", "email", adminEmail); got.status != http.StatusConflict {
		t.Errorf("the own account: status %d", got.status)
	}
	admin.post("/de/people/active", "email", invited, "active", "1")
	got = admin.post("/de/people/link", "email", invited)
	if found = linkShown.FindStringSubmatch(got.body); found == nil {
		t.Fatalf("a new link: status %d", got.status)
	}
	admin.post("/de/people/change", "email", invited, "name", "Bea B.", "role", "reader", "organisation", "ECAP")
	b = s.browser()
	b.get(found[1])
	if got := b.post(found[1], "password", good+" neu", "repeated", good+" neu"); got.status != http.StatusSeeOther {
		t.Errorf("a new password: status %d", got.status)
	}
	if got := b.get("/de/account"); !strings.Contains(got.body, "Steuerung (lesen)") || !strings.Contains(got.body, "Bea B.") {
		t.Error("the new role does not count")
	}
	entries, err := shared.store.AuditEntries(t.Context(), account.EntryFilter{Object: invited})
	must(t, err)
	var actions []string
	for _, one := range entries {
		actions = append(actions, string(one.Action))
		if one.Address != "127.0.0.1" {
			t.Errorf("from %q: %+v", one.Address, one)
		}
	}
	want := "[login password_changed account_changed reset_issued account_activated login_failed account_deactivated login invitation_accepted account_invited]"
	if fmt.Sprint(actions) != want {
		t.Errorf("the audit has\n%v, want\n%s", actions, want)
	}
	if strings.Contains(s.log.String(), "/link/") {
		t.Error("a link is in the log")
	}
}

func TestTheSecondFactorOnThePages(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Coordination)
	page := b.get("/de/account/factor")
	secret, image := secretShown.FindStringSubmatch(page.body), strings.Contains(page.body, `src="data:image/png;base64,`)
	if secret == nil || !image || strings.Contains(page.body, "ZgotmplZ") {
		t.Fatalf("status %d, an image: %v", page.status, image)
	}
	code := func() string {
		code, err := totp.GenerateCode(secret[1], s.now())
		must(t, err)
		return code
	}
	if got := b.post("/de/account/factor", "sealed", sealed.FindStringSubmatch(page.body)[1], "password", good, "code", "000000"); got.status != http.StatusBadRequest || !strings.Contains(got.body, secret[1]) {
		t.Errorf("a wrong code: status %d", got.status)
	}
	got := b.post("/de/account/factor", "sealed", sealed.FindStringSubmatch(page.body)[1], "password", good, "code", code())
	recovery := regexp.MustCompile(`<li>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</li>`).FindAllStringSubmatch(got.body, -1)
	if got.status != http.StatusOK || len(recovery) != 10 {
		t.Fatalf("status %d, %d recovery codes", got.status, len(recovery))
	}
	again := s.browser()
	if got := again.logIn(email, good); got.location != "/de/login/code" {
		t.Fatalf("status %d to %s", got.status, got.location)
	}
	if got := again.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("the password alone opens the account: status %d", got.status)
	}
	again.get("/de/login/code")
	if got := again.post("/de/login/code", "code", code()); got.status != http.StatusUnauthorized {
		t.Errorf("a code that was used: status %d", got.status)
	}
	if got := again.post("/de/login/code", "code", recovery[0][1]); got.status != http.StatusSeeOther {
		t.Errorf("a recovery code: status %d", got.status)
	}
	if got := again.get("/de/account"); got.status != http.StatusOK || !strings.Contains(got.body, "Übrige Ersatzcodes: 9.") {
		t.Errorf("logged in: status %d", got.status)
	}
	once := s.browser()
	once.logIn(email, good)
	once.get("/de/login/code")
	if got := once.post("/de/login/code", "code", recovery[0][1]); got.status != http.StatusUnauthorized {
		t.Errorf("a recovery code that was used: status %d", got.status)
	}
	if got := again.post("/de/account/factor/off", "password", "wrong"); got.status != http.StatusBadRequest {
		t.Errorf("off with a wrong password: status %d", got.status)
	}
	if got := again.post("/de/account/factor/off", "password", good); got.status != http.StatusSeeOther {
		t.Errorf("off: status %d", got.status)
	}
}

func TestATokenIsShownOnce(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Sender)
	if got := b.post("/de/account/tokens", "label", "ERP", "scope", "decide_figures", "days", "30"); got.status != http.StatusBadRequest {
		t.Errorf("a right that the role lacks: status %d", got.status)
	}
	for _, password := range []string{"", "wrong"} {
		if got := b.post("/de/account/tokens", "label", "ERP", "scope", "send_figures", "days", "30", "password", password); got.status != http.StatusBadRequest {
			t.Errorf("with the password %q: status %d", password, got.status)
		}
	}
	got := b.post("/de/account/tokens", "label", "ERP", "scope", "send_figures", "days", "30", "password", good)
	token := regexp.MustCompile(`<p class="secret">(token_[^<]+)</p>`).FindStringSubmatch(got.body)
	if got.status != http.StatusOK || token == nil {
		t.Fatalf("status %d", got.status)
	}
	v, err := s.accounts.TokenViewer(t.Context(), token[1])
	must(t, err)
	if v.Email != email || v.Organisation != "ECAP" || !v.May(account.SendFigures) {
		t.Errorf("got %+v", v)
	}
	page := b.get("/de/account")
	if strings.Contains(page.body, token[1]) {
		t.Error("the token is shown again")
	}
	id := regexp.MustCompile(`tokens/revoke"><input[^>]*><input type="hidden" name="id" value="([0-9a-f]{64})"`).FindStringSubmatch(page.body)
	if id == nil {
		t.Fatal("the token is not listed")
	}
	b.post("/de/account/tokens/revoke", "id", id[1])
	if _, err := s.accounts.TokenViewer(t.Context(), token[1]); err == nil {
		t.Error("the token still works")
	}
	stolen := s.browser()
	address, err := url.Parse(s.address)
	must(t, err)
	stolen.Jar.SetCookies(address, []*http.Cookie{{Name: "kip_session", Value: token[1]}})
	if got := stolen.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("a token opens a session: status %d", got.status)
	}
}

func TestPeopleSeeAndEndTheirSessions(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Reader)
	other := s.browser()
	other.logIn(email, good)
	page := b.get("/de/account")
	// The invitation was accepted in a third.
	if n := strings.Count(page.body, `<tr><th scope="row">`); n != 3 {
		t.Errorf("%d sessions are listed", n)
	}
	if got := b.post("/de/account/sessions"); got.status != http.StatusSeeOther {
		t.Errorf("status %d", got.status)
	}
	if got := other.get("/de/account"); got.status != http.StatusSeeOther {
		t.Errorf("the other session goes on: status %d", got.status)
	}
	if got := b.get("/de/account"); got.status != http.StatusOK {
		t.Errorf("the own session ended: status %d", got.status)
	}
}

func TestDemoLoginsAreThereForDemoDataAlone(t *testing.T) {
	demo := []account.Account{{Email: "reader@demo.invalid", Name: "Demo Leserin", Role: account.Reader}}
	s := newSite(t, func(_ *site, config *web.Config) { config.DemoLogins = true })
	must(t, s.accounts.EnsureDemo(t.Context(), demo))
	b := s.browser()
	if got := b.get("/de/login"); !strings.Contains(got.body, "Als Steuerung (lesen) anmelden") {
		t.Error("the demo accounts are not shown")
	}
	person := s.person(account.Administrator)
	if got := b.post("/de/login/demo", "email", person); got.status == http.StatusSeeOther {
		t.Error("a person's account asks for nothing")
	}
	b.get("/de/login")
	if got := b.post("/de/login/demo", "email", "reader@demo.invalid"); got.status != http.StatusSeeOther || got.location != "/de/" {
		t.Errorf("status %d to %s", got.status, got.location)
	}
	real := newSite(t, nil)
	b = real.browser()
	if got := b.get("/de/login"); strings.Contains(got.body, "demo.invalid") {
		t.Error("the demo accounts are shown without demo data")
	}
	if got := b.post("/de/login/demo", "email", "reader@demo.invalid"); got.status != http.StatusNotFound {
		t.Errorf("status %d", got.status)
	}
}

func TestOutsideThisMachineCookiesAreSafe(t *testing.T) {
	public, err := url.Parse("https://kip.example.ch")
	must(t, err)
	s := newSite(t, func(_ *site, config *web.Config) { config.PublicURL, config.BehindProxy = public, true })
	b := s.browser()
	got := b.get("/de/login")
	cookie := got.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-kip_form=") || !strings.Contains(cookie, "secure") {
		t.Errorf("the cookie is %s", cookie)
	}
	ask := func(host, header string) int {
		request, err := http.NewRequest("GET", s.address+"/de/login", nil)
		must(t, err)
		request.Host = host
		if header != "" {
			request.Header.Set("X-Forwarded-Host", header)
		}
		response, err := b.Do(request)
		must(t, err)
		_ = response.Body.Close()
		return response.StatusCode
	}
	for host, want := range map[string]int{"kip.example.ch": 200, "KIP.example.ch": 200, "evil.example": 403, "kip.example.ch.evil.example": 403} {
		if got := ask(host, ""); got != want {
			t.Errorf("under the name %s: status %d", host, got)
		}
	}
	if got := ask("evil.example", "kip.example.ch"); got != http.StatusForbidden {
		t.Errorf("a name that a page claims in X-Forwarded-Host: status %d", got)
	}
	// The audit has the address that the proxy saw, not the one that a client claims.
	cookies := strings.SplitN(cookie, ";", 2)[0]
	b.do("POST", "/de/login", strings.NewReader(url.Values{"csrf": {b.csrf}, "email": {"proxy@example.ch"}, "password": {"x"}}.Encode()),
		map[string]string{"Cookie": cookies, "X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
	entries, err := shared.store.AuditEntries(t.Context(), account.EntryFilter{Person: "proxy@example.ch"})
	must(t, err)
	if len(entries) != 1 || entries[0].Address != "198.51.100.7" {
		t.Errorf("the audit has %+v", entries)
	}
}

func TestTheAuditIsReadAndExported(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Coordination)
	must(t, shared.store.Audit(t.Context(), account.Entry{At: s.now(), Person: email, Address: "192.0.2.9", Action: "submission_accepted", Object: "=HYPERLINK(1)", Detail: "<b>"}))
	page := b.get("/de/audit?person=" + url.QueryEscape(email))
	if page.status != http.StatusOK || !strings.Contains(page.body, "192.0.2.9") || !strings.Contains(page.body, "&lt;b&gt;") || !strings.Contains(page.body, "angemeldet") {
		t.Errorf("the page: status %d", page.status)
	}
	if got := b.get("/de/audit?person=" + url.QueryEscape(email) + "&action=login"); strings.Contains(got.body, "192.0.2.9") {
		t.Error("the action is not filtered")
	}
	tomorrow := s.now().AddDate(0, 0, 2).Format("2006-01-02")
	if got := b.get("/de/audit?from=" + tomorrow); !strings.Contains(got.body, "Dazu steht nichts im Protokoll.") {
		t.Error("the day is not filtered")
	}
	if got := b.get("/de/audit?from=gestern"); got.status != http.StatusBadRequest {
		t.Errorf("a day that is none: status %d", got.status)
	}
	file := b.get("/de/audit.csv?person=" + url.QueryEscape(email))
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.body, "\ufeff")))
	reader.Comma = ';'
	lines, err := reader.ReadAll()
	must(t, err)
	if len(lines) != 5 || lines[1][5] != "'=HYPERLINK(1)" || lines[0][1] != "Person" {
		t.Errorf("the CSV has %v", lines)
	}
	file = b.get("/de/audit.json?person=" + url.QueryEscape(email))
	var entries []map[string]string
	must(t, json.Unmarshal([]byte(file.body), &entries))
	if len(entries) != 5 || entries[0]["action"] != "audit_exported" || entries[1]["object"] != "=HYPERLINK(1)" {
		t.Errorf("the JSON has %v", entries)
	}
	if got := b.get("/de/audit.exe"); got.status != http.StatusNotFound {
		t.Errorf("another format: status %d", got.status)
	}
	sender, _ := s.in(account.Sender)
	for _, path := range []string{"/de/audit", "/de/audit.csv", "/de/audit.json"} {
		if got := sender.get(path); got.status != http.StatusForbidden {
			t.Errorf("a sender at %s: status %d", path, got.status)
		}
	}
}

func TestTooManyFormsAMinuteAreRefused(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	refused := 0
	for range 310 {
		if got := b.do("POST", "/de/login", nil, nil); got.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 10 {
		t.Errorf("%d of 310 were refused", refused)
	}
}

func TestAPageThatManySeeNamesNobody(t *testing.T) {
	s := newSite(t, nil)
	reader, email := s.in(account.Reader)
	office, _ := s.in(account.Coordination)
	page := reader.get("/de/method")
	if page.status != http.StatusOK || strings.Contains(page.body, email) || strings.Contains(page.body, "Anna Muster") || strings.Contains(page.body, reader.csrf) {
		t.Errorf("status %d; the page names its reader or holds the session's token", page.status)
	}
	tag := map[string]string{"If-None-Match": page.header.Get("ETag")}
	if again := reader.do("GET", "/de/method", nil, tag); again.status != http.StatusNotModified {
		t.Errorf("the same page again: status %d", again.status)
	}
	if other := office.do("GET", "/de/method", nil, tag); other.status != http.StatusOK {
		t.Errorf("the page of another role is taken for known: status %d", other.status)
	}
	if nobody := s.browser().do("GET", "/de/method", nil, tag); nobody.status != http.StatusSeeOther {
		t.Errorf("nobody sees it: status %d", nobody.status)
	}
}

func TestWhatIsLeftOfARefusedBodyIsNoRequest(t *testing.T) {
	s := newSite(t, nil)
	address, err := url.Parse(s.address)
	must(t, err)
	for name, head := range map[string]string{
		"of a known length": "Content-Length: 200000\r\n",
		"in chunks":         "Transfer-Encoding: chunked\r\n",
	} {
		connection, err := net.Dial("tcp", address.Host)
		must(t, err)
		must(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
		body := strings.Repeat("x", 100_000) + "GET /smuggled HTTP/1.1\r\nHost: " + address.Host + "\r\n\r\n"
		body += strings.Repeat("x", 200_000-len(body))
		if strings.Contains(head, "chunked") {
			body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		}
		// A connection that the server has cut takes no more.
		_, _ = io.WriteString(connection, "POST /de/submissions HTTP/1.1\r\nHost: "+address.Host+"\r\nContent-Type: multipart/form-data; boundary=x\r\n"+head+"\r\n"+body)
		_, _ = io.WriteString(connection, "GET /health HTTP/1.1\r\nHost: "+address.Host+"\r\nConnection: close\r\n\r\n")
		answers, _ := io.ReadAll(connection) // a connection that is cut ends the reading as well
		_ = connection.Close()
		text := string(answers)
		if text != "" && !strings.HasPrefix(text, "HTTP/1.1 401") {
			t.Errorf("%s: the first answer is %.60q", name, text)
		}
		for part := range strings.SplitSeq(text[min(len(text), 12):], "HTTP/1.1 ") {
			if status := part[:min(len(part), 3)]; strings.Trim(status, "0123456789") == "" && status != "200" && status != "" {
				t.Errorf("%s: a rest of the body was answered with %s", name, status)
			}
		}
	}
}

// fullRecords are records whose audit cannot be written from a moment on.
type fullRecords struct {
	*store.Store
	full *atomic.Bool
}

func (r fullRecords) Audit(ctx context.Context, entries ...account.Entry) error {
	if r.full.Load() {
		return errors.New("disk full")
	}
	return r.Store.Audit(ctx, entries...)
}

// newFullSite is a site whose audit cannot be written once full is true.
func newFullSite(t *testing.T) (s *site, full *atomic.Bool) {
	records := fullRecords{shared.store, &atomic.Bool{}}
	s = newSite(t, func(s *site, config *web.Config) {
		var err error
		s.accounts, err = account.NewService(records, account.NewKey(), s.now)
		must(t, err)
		config.Accounts, config.Ledger, config.Submissions = s.accounts, records, submission.NewService(shared.programme, records)
	})
	return s, records.full
}

func TestNothingIsDoneToAnAccountWithoutALineOfTheAudit(t *testing.T) {
	s, full := newFullSite(t)
	keeping, _ := s.in(account.Administrator)
	reader, email := s.in(account.Reader)
	keeping.get("/de/people")
	before, err := s.accounts.Account(t.Context(), email)
	must(t, err)
	link, err := s.accounts.NewLink(t.Context(), keeper, email)
	must(t, err)
	reader.logIn(email, good) // a reset ends the sessions
	reader.get("/de/account")
	nobody := s.browser()
	nobody.get("/de/link/" + link)
	full.Store(true)
	for path, form := range map[string][]string{
		"/de/people":          {"email", "neu." + email, "name", "Neu", "role", "reader"},
		"/de/people/change":   {"email", email, "name", "Anders", "role", "coordination"},
		"/de/people/active":   {"email", email, "active", "0"},
		"/de/people/link":     {"email", email},
		"/de/people/factor":   {"email", email},
		"/de/people/sessions": {"email", email},
	} {
		if got := keeping.post(path, form...); got.status != http.StatusInternalServerError {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
	for path, form := range map[string][]string{
		"/de/account/password": {"old", good, "password", "Nebel über dem Weissenstein 7", "repeated", "Nebel über dem Weissenstein 7"},
		"/de/account/tokens":   {"label", "Kasse", "scope", "read_figures", "days", "30", "password", good},
	} {
		if got := reader.post(path, form...); got.status != http.StatusInternalServerError {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
	if got := nobody.post("/de/link/"+link, "password", "Nebel über dem Weissenstein 7", "repeated", "Nebel über dem Weissenstein 7"); got.status != http.StatusInternalServerError {
		t.Errorf("a link: status %d", got.status)
	}
	after, err := s.accounts.Account(t.Context(), email)
	must(t, err)
	if !after.Changed.Equal(before.Changed) {
		t.Errorf("the account was changed: %+v", after)
	}
	tokens, err := s.accounts.Tokens(t.Context(), email)
	must(t, err)
	if _, err := s.accounts.Link(t.Context(), link); err != nil || len(tokens) > 0 || reader.get("/de/account").status != http.StatusOK {
		t.Errorf("the link was ended (%v), %d tokens were made, or the session ended", err, len(tokens))
	}
	if _, err := s.accounts.Account(t.Context(), "neu."+email); err == nil {
		t.Error("an account was made")
	}
}

func TestNobodyGetsInWithoutALineOfTheAudit(t *testing.T) {
	s, full := newFullSite(t)
	b, email := s.browser(), s.person(account.Reader)
	full.Store(true)
	if got := b.logIn(email, good); got.status != http.StatusInternalServerError || b.cookie("kip_session") != "" {
		t.Errorf("status %d, cookie %q", got.status, b.cookie("kip_session"))
	}
}
