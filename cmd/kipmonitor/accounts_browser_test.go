package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"kipmonitor/internal/account"
)

func TestPagesOfPeopleInABrowser(t *testing.T) {
	s := newSite(t)
	s.open(t)
	tab, noted := s.tab(t)
	admin := "administration@demo.invalid"
	s.logIn(t, tab, admin)
	for _, path := range []string{"/account", "/people", "/people/person?email=" + url.QueryEscape(demoCoordination), "/audit"} {
		for _, width := range []int64{1440, 390} {
			t.Run(fmt.Sprintf("%s at %d", path, width), func(t *testing.T) { s.look(t, tab, noted, "/de"+path, width) })
		}
	}
	for _, language := range []string{"fr", "it", "en"} {
		t.Run(language, func(t *testing.T) {
			s.look(t, tab, noted, "/"+language+"/people", 390)
			s.look(t, tab, noted, "/"+language+"/account", 390)
		})
	}

	// The administrator invites; the invited person sets the account up in the browser,
	// by the keyboard alone.
	var link string
	must(t, chromedp.Run(tab, chromedp.Navigate(s.address+"/de/people"), chromedp.SendKeys("#email", "clerk@example.ch"), chromedp.SendKeys("#name", "Clerk"),
		chromedp.SetValue("#role", "sender"), chromedp.SetValue("#organisation", "ECAP"), chromedp.SendKeys("#name", "\r"),
		chromedp.WaitVisible(".secret", chromedp.ByQuery), chromedp.Text(".secret", &link, chromedp.ByQuery), network.ClearBrowserCookies()))
	path, found := strings.CutPrefix(strings.TrimSpace(link), s.address)
	if !found {
		t.Fatalf("the link is %q", link)
	}
	s.look(t, tab, noted, path, 390)
	const password = "vier Rüben tanzen Walzer"
	must(t, chromedp.Run(tab, chromedp.Focus("#name", chromedp.ByQuery), chromedp.SendKeys("#name", " Beispiel"), chromedp.KeyEvent("\t"), chromedp.KeyEvent(password),
		chromedp.KeyEvent("\t"), chromedp.KeyEvent(password+"\r"), chromedp.WaitVisible(".qr", chromedp.ByQuery)))
	s.look(t, tab, noted, "/de/account/factor", 390)
	s.look(t, tab, noted, "/de/account", 1440)
	s.look(t, tab, noted, "/de/account", 390)
	sessions, err := s.app.accounts.Sessions(t.Context(), "clerk@example.ch")
	if err != nil || len(sessions) != 1 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
	must(t, chromedp.Run(tab, chromedp.Navigate(s.address+"/de/"), chromedp.WaitVisible(".site-person button", chromedp.ByQuery),
		chromedp.Click(".site-person button", chromedp.ByQuery), chromedp.WaitVisible("#password", chromedp.ByQuery)))
	for _, language := range []string{"de", "fr", "it", "en"} {
		s.look(t, tab, noted, "/"+language+"/login", 390)
	}
	s.look(t, tab, noted, "/de/login?next=/de/submissions", 1440)
	var address string
	must(t, chromedp.Run(tab, chromedp.SendKeys("#email", "clerk@example.ch"), chromedp.SendKeys("#password", password+"\r"),
		chromedp.WaitVisible(".site-person button", chromedp.ByQuery), chromedp.Location(&address)))
	if address != s.address+"/de/submissions" {
		t.Errorf("logging in leads to %s", address)
	}
	noted.check(t)
}

func TestWhereTheServerMayListen(t *testing.T) {
	public, err := publicURL("https://kip.example.ch")
	must(t, err)
	for name, one := range map[string]struct {
		access  access
		address string
		may     bool
	}{
		"this machine":                          {access{}, "127.0.0.1:8080", true},
		"this machine by its name":              {access{}, "localhost:8080", true},
		"everywhere":                            {access{}, "0.0.0.0:8080", false},
		"everywhere without a host":             {access{}, ":8080", false},
		"everywhere under a public address":     {access{public: public}, "0.0.0.0:8080", true},
		"everywhere with demo data":             {access{public: public, demo: true}, "0.0.0.0:8080", false},
		"this machine with demo data":           {access{demo: true}, "127.0.0.1:8080", true},
		"this machine, in IPv6, with demo data": {access{demo: true}, "[::1]:8080", true},
	} {
		if err := one.access.mayListen(one.address); (err == nil) != one.may {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"http://kip.example.ch", "kip.example.ch", "https://kip.example.ch/monitor", "https://user@kip.example.ch", "ftp://kip.example.ch"} {
		if address, err := publicURL(text); err == nil {
			t.Errorf("%q is taken: %s", text, address)
		}
	}
}

// noAccounts are the records of a program that nobody has an account of.
type noAccounts struct{ account.Records }

func (noAccounts) Accounts(context.Context, ...string) ([]account.Account, error) { return nil, nil }

func TestTheKeyOfTheAccountsIsMadeOnce(t *testing.T) {
	folder := t.TempDir()
	first, err := accountKey(t.Context(), folder, noAccounts{}, false)
	must(t, err)
	second, err := accountKey(t.Context(), folder, noAccounts{}, false)
	must(t, err)
	if string(first) != string(second) || len(first) < 32 {
		t.Error("the key is another one after a restart")
	}
	t.Setenv(keyVariable, "short")
	if _, err := accountKey(t.Context(), folder, noAccounts{}, false); err == nil || strings.Contains(err.Error(), "short\"") {
		t.Errorf("got %v", err)
	}
	if _, err := account.NewService(nil, nil, nil); err == nil {
		t.Error("accounts without a key")
	}
}
