package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"kipmonitor/internal/account"
	"kipmonitor/internal/web"
)

// cantonal is a real identity provider on a port of its own: the canton's.
type cantonal struct {
	*httptest.Server
	store *memberships
	seen  []url.Values // what it was asked at the page to log in
	token []url.Values // what it was asked for tokens
}

// memberships are the accounts of the provider, with the groups that people are in.
type memberships struct {
	*storage.Storage
	groups map[string][]string // by the id of a person
	users  users
}

type users map[string]*storage.User

func (u users) GetUserByID(id string) *storage.User { return u[id] }
func (u users) GetUserByUsername(name string) *storage.User {
	for _, one := range u {
		if one.Username == name {
			return one
		}
	}
	return nil
}
func (u users) ExampleClientID() string { return storage.ServiceUserID }

// SetUserinfoFromToken answers what the provider says of a person.
func (m *memberships) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, origin string) error {
	if err := m.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", m.groups[subject])
	return nil
}

// newCantonal starts a provider that knows one client.
func newCantonal(t *testing.T, redirect string, people users, groups map[string][]string) *cantonal {
	t.Helper()
	c := &cantonal{}
	var handler http.Handler
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(c.Close)
	client := storage.WebClient("kipmonitor", "client-secret", redirect)
	c.store = &memberships{storage.NewStorageWithClients(people, map[string]*storage.Client{"kipmonitor": client}), groups, people}
	provider, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true, SupportedScopes: []string{"openid", "email", "profile", "groups"}},
		c.store, op.StaticIssuer(c.URL), op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	must(t, err)
	mux := http.NewServeMux()
	// The provider's own page to log in: the name is enough in a test.
	mux.HandleFunc("/login/username", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("authRequestID")
		if err := c.store.CheckUsernamePassword(r.FormValue("username"), "secret", id); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), id), http.StatusFound)
	}))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/authorize"):
			c.seen = append(c.seen, r.URL.Query())
		case strings.HasSuffix(r.URL.Path, "/token"):
			must(t, r.ParseForm())
			c.token = append(c.token, r.Form)
		}
		provider.ServeHTTP(w, r)
	})
	handler = mux
	return c
}

// newProviderSite is a site whose people log in at the canton.
func newProviderSite(t *testing.T, people users, groups map[string][]string) (*site, *cantonal) {
	t.Helper()
	var c *cantonal
	s := newSite(t, func(s *site, config *web.Config) {
		redirect := s.address + "/login/external"
		c = newCantonal(t, redirect, people, groups)
		grants, err := account.ParseGrants("kip-koordination=coordination,kip-ecap=sender:ECAP,kip-steuerung=reader")
		must(t, err)
		config.Provider, err = account.NewProvider(account.ProviderConfig{Issuer: c.URL, ClientID: "kipmonitor", ClientSecret: "client-secret",
			Redirect: redirect, Groups: grants}, s.accounts)
		must(t, err)
	})
	return s, c
}

// leave begins to log in at the canton and returns where the browser is sent.
func (b *browser) leave() string {
	b.site.t.Helper()
	b.get("/fr/login?next=/fr/account")
	got := b.post("/fr/login/external", "next", "/fr/account")
	away, found := strings.CutPrefix(got.header.Get("Refresh"), "0;url=")
	if got.status != http.StatusOK || !found {
		b.site.t.Fatalf("status %d, %q", got.status, got.header.Get("Refresh"))
	}
	return away
}

// travel logs in at the provider and returns the address at which it sends the browser
// back to us.
func (b *browser) travel(away, username string) string {
	t := b.site.t
	t.Helper()
	for range 6 {
		if strings.HasPrefix(away, b.site.address) {
			return away
		}
		got := b.get(away)
		if got.status != http.StatusFound && got.status != http.StatusSeeOther {
			t.Fatalf("the provider answers %s with %d: %s", away, got.status, got.body)
		}
		base, err := url.Parse(away)
		must(t, err)
		next, err := base.Parse(got.location)
		must(t, err)
		away = next.String()
		if strings.HasPrefix(next.Path, "/login/username") {
			away += "&username=" + username
		}
	}
	t.Fatalf("the provider never sends back: %s", away)
	return ""
}

func person(id, email string, verified bool) *storage.User {
	return &storage.User{ID: id, Username: id, Password: "secret", FirstName: "Carla", LastName: "Kanton", Email: email, EmailVerified: verified}
}

func TestLoggingInAtTheCanton(t *testing.T) {
	people := users{"carla": person("carla", "Carla.Kanton@so.example", true), "otto": person("otto", "otto@so.example", true),
		"uwe": person("uwe", "uwe@so.example", false), "imitator": person("imitator", "local@so.example", true)}
	groups := map[string][]string{"carla": {"alle", "kip-ecap"}, "otto": {"alle"}, "uwe": {"kip-steuerung"}, "imitator": {"kip-koordination"}}
	s, c := newProviderSite(t, people, groups)
	b := s.browser()
	away := b.leave()
	back := b.travel(away, "carla")
	if got := b.get(back); got.status != http.StatusSeeOther || got.location != "/fr/account" {
		t.Fatalf("coming back: status %d to %s: %s", got.status, got.location, s.log.String())
	}
	page := b.get("/fr/account")
	for _, want := range []string{"carla.kanton@so.example", "Carla Kanton", "ECAP Soleure", "gérés"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the account lacks %q", want)
		}
	}
	if strings.Contains(page.body, `action="/fr/account/password"`) {
		t.Error("the account offers a password")
	}
	asked, exchanged := c.seen[0], c.token[0]
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(asked.Get(name)) < 40 {
			t.Errorf("%s is %q", name, asked.Get(name))
		}
	}
	if asked.Get("code_challenge_method") != "S256" || asked.Get("response_type") != "code" || !strings.Contains(asked.Get("scope"), "groups") || len(exchanged.Get("code_verifier")) < 43 {
		t.Errorf("asked %v, exchanged %v", asked, exchanged)
	}
	if got := s.audited("carla.kanton@so.example"); !slices.Equal(got, []string{"login", "account_changed"}) {
		t.Errorf("the audit has %v", got)
	}

	t.Run("a role follows the groups", func(t *testing.T) {
		c.store.groups["carla"] = []string{"kip-koordination"}
		again := s.browser()
		again.get(again.travel(again.leave(), "carla"))
		if page := again.get("/de/account"); !strings.Contains(page.body, "Koordinationsstelle") || strings.Contains(page.body, "ECAP") {
			t.Error("the role is the old one")
		}
	})
	t.Run("whoever is in no group any more is out, with all tokens", func(t *testing.T) {
		const email = "carla.kanton@so.example"
		inside := s.browser()
		inside.get(inside.travel(inside.leave(), "carla"))
		sessionID := account.SessionID(inside.cookie("kip_session"))
		token, err := s.accounts.NewToken(t.Context(), account.Viewer{Email: email, Role: account.Coordination}, account.Wish{Label: "Kasse", Scopes: []account.Right{account.ReadFigures}, Life: time.Hour}, "", sessionID)
		must(t, err)
		if _, err := s.accounts.TokenViewer(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		c.store.groups["carla"] = []string{"alle"}
		again := s.browser()
		if got := again.get(again.travel(again.leave(), "carla")); got.status != http.StatusForbidden {
			t.Errorf("status %d", got.status)
		}
		if _, err := s.accounts.TokenViewer(t.Context(), token); err == nil {
			t.Error("the token is still good")
		}
		if got := inside.get("/de/account"); got.status != http.StatusSeeOther {
			t.Errorf("the session goes on: status %d", got.status)
		}
		if got := s.audited(email); got[0] != "login_failed" || !slices.Contains(got, "account_changed") {
			t.Errorf("the audit has %v", got)
		}
		c.store.groups["carla"] = []string{"kip-koordination"}
	})
	t.Run("the account stays the same when the address changes there", func(t *testing.T) {
		people["carla"].Email = "carla.neu@so.example"
		again := s.browser()
		again.get(again.travel(again.leave(), "carla"))
		if page := again.get("/de/account"); !strings.Contains(page.body, "carla.kanton@so.example") {
			t.Error("it is another account")
		}
	})
	t.Run("whoever is deactivated here is refused", func(t *testing.T) {
		must(t, s.accounts.SetActive(t.Context(), keeper, "carla.kanton@so.example", false))
		again := s.browser()
		if got := again.get(again.travel(again.leave(), "carla")); got.status != http.StatusUnauthorized || again.cookie("kip_session") != "" {
			t.Errorf("status %d", got.status)
		}
	})
	// local@so.example has an account with a password here.
	link, err := s.accounts.Invite(t.Context(), keeper, account.Account{Email: "local@so.example", Name: "Lokal", Role: account.Reader})
	must(t, err)
	_, err = s.accounts.Redeem(t.Context(), link, account.Account{Name: "Lokal"}, good, account.Origin{})
	must(t, err)
	for name, one := range map[string]struct {
		username string
		status   int
		told     string
	}{
		"whoever is in no group is refused":                    {"otto", 403, "n’appartient à aucun groupe"},
		"an address that is not confirmed is refused":          {"uwe", 403, "d’adresse e-mail confirmée"},
		"an account with a password is not taken over by name": {"imitator", 409, "compte avec mot de passe"},
	} {
		t.Run(name, func(t *testing.T) {
			again := s.browser()
			got := again.get(again.travel(again.leave(), one.username))
			if got.status != one.status || !strings.Contains(got.body, one.told) || again.cookie("kip_session") != "" {
				t.Errorf("status %d: %s", got.status, s.log.String())
			}
		})
	}
	if all, err := s.accounts.Accounts(t.Context()); err != nil || slices.ContainsFunc(all, func(one account.Account) bool { return one.Email == "otto@so.example" }) {
		t.Errorf("an account was made for whoever was refused (%v)", err)
	}
	if strings.Contains(s.log.String(), "client-secret") {
		t.Error("the secret of the client is in the log")
	}
}

func TestAnAnswerThatWeDidNotAskForIsRefused(t *testing.T) {
	people := users{"dora": person("dora", "dora@so.example", true)}
	s, _ := newProviderSite(t, people, map[string][]string{"dora": {"kip-steuerung"}})
	with := func(address, name, value string) string {
		parsed, err := url.Parse(address)
		must(t, err)
		query := parsed.Query()
		query.Set(name, value)
		parsed.RawQuery = query.Encode()
		return parsed.String()
	}
	for name, attack := range map[string]func(b *browser, back string) answer{
		"in another browser":  func(_ *browser, back string) answer { return s.browser().get(back) },
		"with another state":  func(b *browser, back string) answer { return b.get(with(back, "state", strings.Repeat("x", 43))) },
		"without a code":      func(b *browser, back string) answer { return b.get(with(back, "code", "")) },
		"with a made-up code": func(b *browser, back string) answer { return b.get(with(back, "code", "made-up")) },
		"of a journey that is too old": func(b *browser, back string) answer {
			s.pass(11 * time.Minute)
			defer s.pass(-11 * time.Minute)
			return b.get(back)
		},
		"a second time": func(b *browser, back string) answer { b.get(back); return b.get(back) },
		"with the code of somebody else": func(b *browser, back string) answer {
			other := s.browser()
			theirs, err := url.Parse(other.travel(other.leave(), "dora"))
			must(t, err)
			return b.get(with(back, "code", theirs.Query().Get("code")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.browser()
			got := attack(b, b.travel(b.leave(), "dora"))
			if got.status != http.StatusForbidden || strings.Contains(got.header.Get("Set-Cookie"), "kip_session=") {
				t.Errorf("status %d", got.status)
			}
		})
	}
}

func TestAProviderThatDoesNotAnswerStopsNobodyElse(t *testing.T) {
	s := newSite(t, func(s *site, config *web.Config) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		var err error
		config.Provider, err = account.NewProvider(account.ProviderConfig{Issuer: gone.URL, ClientID: "x", Redirect: s.address + "/login/external",
			Groups: []account.Grant{{Group: "g", Role: account.Reader}}}, s.accounts)
		must(t, err)
	})
	b := s.browser()
	b.get("/de/login")
	if got := b.post("/de/login/external"); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "antwortet gerade nicht") {
		t.Errorf("status %d", got.status)
	}
	if got := b.logIn(s.person(account.Reader), good); got.status != http.StatusSeeOther {
		t.Errorf("with a password: status %d", got.status)
	}
}
