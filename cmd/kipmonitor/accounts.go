package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// keyVariable holds the key of the accounts, in base64, where several copies of the
// program share one database. Otherwise it lies in a file of the data folder.
const keyVariable = "KIPMONITOR_KEY"

// accountKey reads the key that seals the secrets of one-time codes. It lies beside the
// data, not in them: a copy of the database alone tells no secret. Where there are no
// accounts yet, or mayMake says so, it is made; a new key over existing accounts would
// lock out everybody with a second factor.
func accountKey(ctx context.Context, folder string, records account.Records, mayMake bool) ([]byte, error) {
	if text := os.Getenv(keyVariable); text != "" {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) < 32 {
			return nil, newFault("key", locale.Args{"variable": keyVariable})
		}
		return key, nil
	}
	path := keyFile(folder)
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		all, err := records.Accounts(ctx)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 && !mayMake {
			return nil, errors.New(spoken.Say("integrity.key_missing", locale.Args{"file": path}))
		}
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("key of the accounts: %w", err)
	}
	if len(key) < 32 {
		return nil, errors.New(spoken.Say("integrity.key_short", locale.Args{"file": path}))
	}
	return key, nil
}

func keyFile(folder string) string { return filepath.Join(folder, "accounts.key") }

func makeKey(path string) ([]byte, error) {
	key := account.NewKey()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("key of the accounts: %w", err)
	}
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return nil, fmt.Errorf("key of the accounts: %w", err)
	}
	return key, nil
}

// access is who may reach the server, and how people prove who they are.
type access struct {
	public      *url.URL // nil: on this machine only
	behindProxy bool
	provider    *account.Provider // nil: none
	demo        bool
}

// newAccess reads the access from the environment.
func newAccess(ctx context.Context, app *app, behindProxy bool) (access, error) {
	a := access{behindProxy: behindProxy}
	var err error
	if a.demo, err = app.hasDemoAccounts(ctx); err != nil {
		return a, err
	}
	if text := os.Getenv("KIPMONITOR_PUBLIC_URL"); text != "" {
		if a.public, err = publicURL(text); err != nil {
			return a, err
		}
	}
	if a.demo && (a.public != nil || behindProxy) {
		return a, newFault("demo_public", nil)
	}
	if err := requireFactors(app, os.Getenv(factorVariable)); err != nil {
		return a, err
	}
	issuer := os.Getenv("KIPMONITOR_OIDC_ISSUER")
	if issuer == "" {
		return a, nil
	}
	if a.public == nil {
		return a, newFault("issuer", nil)
	}
	groups, err := account.ParseGrants(os.Getenv("KIPMONITOR_OIDC_GROUPS"))
	if err != nil {
		return a, fmt.Errorf("KIPMONITOR_OIDC_GROUPS: %w", err)
	}
	for _, one := range groups {
		if one.Organisation != "" && app.programme.Organisation(one.Organisation) == nil {
			return a, newFault("group", locale.Args{"group": one.Group, "organisation": string(one.Organisation)})
		}
	}
	a.provider, err = account.NewProvider(account.ProviderConfig{
		Issuer: issuer, ClientID: os.Getenv("KIPMONITOR_OIDC_CLIENT_ID"), ClientSecret: os.Getenv("KIPMONITOR_OIDC_CLIENT_SECRET"),
		Redirect: strings.TrimSuffix(a.public.String(), "/") + "/login/external", Groups: groups,
		TrustEmail: os.Getenv("KIPMONITOR_OIDC_TRUST_EMAIL") == "1",
	}, app.accounts)
	return a, err
}

// factorVariable lists the roles that log in with a second factor, separated by commas;
// «none» for no role.
const factorVariable = "KIPMONITOR_SECOND_FACTOR"

// requireFactors makes the roles of the variable log in with a second factor; unless it
// says otherwise, outside demo data, those that decide on figures and on accounts.
func requireFactors(app *app, text string) error {
	switch {
	case text == "" && app.programme.Demo, text == "none":
		return nil
	case text == "":
		app.accounts.RequireFactor(account.Coordination, account.Administrator)
		return nil
	}
	var roles []account.Role
	for name := range strings.SplitSeq(text, ",") {
		role := account.Role(strings.TrimSpace(name))
		if !slices.Contains(account.Roles, role) {
			return newFault("role", locale.Args{"variable": factorVariable, "text": strings.TrimSpace(name), "roles": fmt.Sprint(account.Roles)})
		}
		roles = append(roles, role)
	}
	app.accounts.RequireFactor(roles...)
	return nil
}

// publicURL reads the address under which people reach the server. Passwords travel to
// it: beyond this machine it has TLS.
func publicURL(text string) (*url.URL, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || (address.Path != "" && address.Path != "/") || address.RawQuery != "" || address.User != nil {
		return nil, newFault("public_url", locale.Args{"text": text})
	}
	if address.Scheme == "https" || (address.Scheme == "http" && isLoopback(address.Hostname())) {
		return address, nil
	}
	return nil, newFault("public_https", locale.Args{"text": text})
}

// mayListen says whether the server may listen on an address.
func (a access) mayListen(address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return newFault("address", locale.Args{"text": address})
	}
	if loopbackOnly(address) == nil {
		return nil
	}
	if a.demo {
		return newFault("demo_address", locale.Args{"text": address})
	}
	if a.public == nil {
		return newFault("no_public_url", locale.Args{"text": address})
	}
	return nil
}

// demoAccounts are those that the demo data come with: one of each role, and the two
// kinds of senders.
func demoAccounts(p *programme.Programme) []account.Account {
	all := []account.Account{
		{Email: "koordination@demo.invalid", Name: "Demo Koordination", Role: account.Coordination},
		{Email: "steuerung@demo.invalid", Name: "Demo Steuerung", Role: account.Reader},
		{Email: "administration@demo.invalid", Name: "Demo Administration", Role: account.Administrator},
	}
	for _, code := range p.DemoSenders {
		if office := p.Organisation(code); office != nil {
			all = append(all, account.Account{Email: strings.ToLower(string(code)) + "@demo.invalid", Name: "Demo " + office.Name.DE,
				Role: account.Sender, Organisation: code})
		}
	}
	for i := range all {
		all[i].Language, all[i].ChangedBy = locale.German, "demo"
	}
	return all
}

// ensureDemoAccounts makes the demo accounts where nobody has an account yet.
func (a *app) ensureDemoAccounts(ctx context.Context) error {
	all, err := a.accounts.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, one := range all {
		if !account.IsDemo(one.Email) {
			return nil
		}
	}
	return a.accounts.EnsureDemo(ctx, demoAccounts(a.programme))
}

// hasDemoAccounts reports whether anybody may log in without a password.
func (a *app) hasDemoAccounts(ctx context.Context) (bool, error) {
	if !a.programme.Demo {
		return false, nil
	}
	all, err := a.accounts.Accounts(ctx)
	for _, one := range all {
		if one.Active && account.IsDemo(one.Email) {
			return true, nil
		}
	}
	return false, err
}

// newAccounts returns the service of the accounts. A key that is missing over existing
// accounts, or is that of others, is an error.
func (o *options) newAccounts(ctx context.Context, p *programme.Programme, records account.Records) (*account.Service, error) {
	key, err := accountKey(ctx, o.data, records, false)
	if err != nil {
		return nil, err
	}
	accounts, err := account.NewService(records, key, time.Now)
	if err != nil {
		return nil, err
	}
	if err := accounts.CheckKey(ctx); err != nil {
		return nil, o.keyFault(err)
	}
	accounts.Present(p.Title.DE, p.OwnWords())
	return accounts, nil
}

// keyFault says of a foreign key which file it is.
func (o *options) keyFault(err error) error {
	var foreign account.ForeignKey
	if !errors.As(err, &foreign) {
		return err
	}
	file := keyFile(o.data)
	if os.Getenv(keyVariable) != "" {
		file = keyVariable
	}
	return errors.New(spoken.Say("integrity.key_foreign", locale.Args{"file": file, "email": foreign.Email}))
}
