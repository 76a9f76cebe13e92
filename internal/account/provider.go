package account

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// ProviderConfig says where people log in with an account that they have elsewhere,
// by OpenID Connect.
type ProviderConfig struct {
	Issuer, ClientID, ClientSecret string
	// Redirect is our address to which the provider sends people back.
	Redirect string
	// Groups gives members of the provider's groups their role; the first that a
	// person belongs to counts. Whoever belongs to none is refused.
	Groups []Grant
	// TrustEmail takes an address of which the provider does not say that it was
	// confirmed. Some never say it, and keep the addresses themselves.
	TrustEmail bool
	// HTTP is how the provider is reached; nil for the usual way.
	HTTP *http.Client
}

// Grant is the role that a group of the provider has here.
type Grant struct {
	Group        string
	Role         Role
	Organisation figure.Organisation
}

// ParseGrants reads «group=role» or «group=sender:ORGANISATION», separated by commas.
func ParseGrants(text string) ([]Grant, error) {
	var all []Grant
	for one := range strings.SplitSeq(text, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		// A name of a group may itself have an equals sign: cn=kip,ou=… has not, since
		// it has commas, but cn=kip has.
		i := strings.LastIndex(one, "=")
		if i <= 0 {
			return nil, fmt.Errorf("group %q: want GROUP=ROLE or GROUP=sender:ORGANISATION", one)
		}
		role, organisation, _ := strings.Cut(one[i+1:], ":")
		grant := Grant{Group: one[:i], Role: Role(role), Organisation: figure.Organisation(organisation)}
		if err := (Account{Name: "-", Role: grant.Role, Organisation: grant.Organisation}).check(); err != nil {
			told, _ := problem.From(err)
			return nil, fmt.Errorf("group %q: %s", one, told.In(locale.German))
		}
		all = append(all, grant)
	}
	return all, nil
}

// Provider logs people in with an account that they have elsewhere. Make it with
// NewProvider.
type Provider struct {
	config  ProviderConfig
	service *Service

	mutex sync.Mutex
	found *oidc.Provider // nil until the provider answered
}

// NewProvider returns the provider of a configuration. Whether it answers is seen when
// the first person logs in: our own start does not depend on it.
func NewProvider(config ProviderConfig, service *Service) (*Provider, error) {
	if config.Issuer == "" || config.ClientID == "" || config.Redirect == "" {
		return nil, errors.New("the identity provider needs an issuer, a client and our public address")
	}
	if len(config.Groups) == 0 {
		return nil, errors.New("the identity provider has no group with a role: nobody could log in")
	}
	if config.HTTP == nil {
		config.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	return &Provider{config: config, service: service}, nil
}

// client asks the provider what it offers, once.
func (p *Provider) client(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.found == nil {
		// Its keys are fetched later with the same context, which must not end.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.config.HTTP), p.config.Issuer)
		if err != nil {
			return nil, nil, problem.New(problem.Unavailable, "external_unreachable", nil).Because(err)
		}
		p.found = found
	}
	scopes := []string{oidc.ScopeOpenID, "profile", "email"}
	// Some tell the groups only where they are asked for, others refuse the question.
	var offers struct {
		Scopes []string `json:"scopes_supported"`
	}
	if err := p.found.Claims(&offers); err == nil && slices.Contains(offers.Scopes, "groups") {
		scopes = append(scopes, "groups")
	}
	return p.found, &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: p.found.Endpoint(), RedirectURL: p.config.Redirect, Scopes: scopes,
	}, nil
}

// journey is what we must know again when somebody comes back from the provider. It
// lies sealed in the browser that left.
type journey struct {
	State, Nonce, Verifier string
	Next                   string
	Begun                  time.Time
}

const (
	journeyPurpose = "journey to the identity provider"
	journeyLimit   = 10 * time.Minute
)

// Begin returns the address at which a person logs in, and what the browser keeps
// meanwhile. next is where the person wants to go afterwards.
func (p *Provider) Begin(ctx context.Context, next string) (address, sealed string, err error) {
	_, client, err := p.client(ctx)
	if err != nil {
		return "", "", err
	}
	j := journey{State: newSecret(), Nonce: newSecret(), Verifier: oauth2.GenerateVerifier(), Next: next, Begun: p.service.now()}
	bytes, err := json.Marshal(j)
	if err != nil {
		return "", "", err
	}
	address = client.AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier))
	return address, p.service.sealer.seal(journeyPurpose, string(bytes)), nil
}

// claims is what the provider says of a person.
type claims struct {
	Email         string `json:"email"`
	EmailVerified any    `json:"email_verified"` // some providers write a text
	Name          string `json:"name"`
	Groups        groups `json:"groups"`
	Subject       string `json:"sub"`
	Locale        string `json:"locale"`
}

// confirmed reports whether the address is the person's own.
func (c claims) confirmed(trusted bool) bool {
	if c.EmailVerified == nil {
		return trusted
	}
	return fmt.Sprint(c.EmailVerified) == "true"
}

// groups is a list of groups, or the one group there is.
type groups []string

// UnmarshalJSON reads a list or a text.
func (g *groups) UnmarshalJSON(bytes []byte) error {
	var one string
	if json.Unmarshal(bytes, &one) == nil {
		*g = groups{one}
		return nil
	}
	var all []string
	err := json.Unmarshal(bytes, &all)
	*g = all
	return err
}

// Finish logs the person in who came back, and says where to go. The account is made
// where there is none yet, and its role follows the groups each time.
func (p *Provider) Finish(ctx context.Context, sealed, state, code string, from Origin) (login Login, next string, err error) {
	j, err := p.journey(sealed, state, code)
	if err != nil {
		return Login{}, "", err
	}
	// Only a browser that we sent there gets so far, and each journey is counted for itself.
	if wait := p.service.byAccount.try("journey "+j.State, p.service.now()); wait > 0 {
		return Login{}, "", tooEarly(wait)
	}
	said, err := p.ask(ctx, j, code)
	if err != nil {
		return Login{}, j.Next, err
	}
	if !said.confirmed(p.config.TrustEmail) {
		return Login{}, j.Next, problem.New(problem.Forbidden, "external_email", nil)
	}
	login, err = p.service.external(ctx, p.config.Issuer, said, p.config.Groups, from)
	return login, j.Next, err
}

func refused(err error) error {
	return problem.New(problem.Forbidden, "external_refused", nil).Because(err)
}

func (p *Provider) journey(sealed, state, code string) (journey, error) {
	var j journey
	text, err := p.service.sealer.open(journeyPurpose, sealed)
	if err != nil {
		return j, refused(err)
	}
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return j, refused(err)
	}
	switch age := p.service.now().Sub(j.Begun); {
	case age < 0 || age > journeyLimit:
		return j, refused(errors.New("it took too long"))
	case state == "" || state != j.State:
		return j, refused(errors.New("another state came back than was sent"))
	case code == "":
		return j, refused(errors.New("the provider sent no code"))
	}
	return j, nil
}

// ask turns the code into what the provider says of the person.
func (p *Provider) ask(ctx context.Context, j journey, code string) (claims, error) {
	var said claims
	ctx = oidc.ClientContext(ctx, p.config.HTTP)
	provider, client, err := p.client(ctx)
	if err != nil {
		return said, err
	}
	tokens, err := client.Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return said, refused(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: p.service.now}).Verify(ctx, raw)
	if err != nil {
		return said, refused(err)
	}
	if id.Nonce != j.Nonce {
		return said, refused(errors.New("another nonce came back than was sent"))
	}
	if err := id.Claims(&said); err != nil {
		return said, refused(err)
	}
	if said.Email == "" || len(said.Groups) == 0 {
		// Some providers tell these when they are asked again.
		more, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return said, refused(err)
		}
		if more.Subject != id.Subject {
			return said, refused(errors.New("the provider speaks of another person"))
		}
		if err := more.Claims(&said); err != nil {
			return said, refused(err)
		}
	}
	said.Subject = id.Subject
	return said, nil
}

// external logs in whom a provider vouches for.
func (s *Service) external(ctx context.Context, issuer string, said claims, grants []Grant, from Origin) (Login, error) {
	i := slices.IndexFunc(grants, func(one Grant) bool { return slices.Contains(said.Groups, one.Group) })
	subject := issuer + " " + said.Subject
	if i < 0 {
		return s.withoutRole(ctx, subject, said.Email)
	}
	grant := grants[i]
	email, err := ParseEmail(said.Email)
	if err != nil {
		return Login{}, problem.New(problem.Forbidden, "external_email", nil)
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	all, err := s.records.Accounts(ctx)
	if err != nil {
		return Login{}, err
	}
	language, _ := locale.Parse(said.Locale[:min(2, len(said.Locale))])
	one := Account{Email: email, Active: true, Created: s.now(), Subject: subject, Language: language}
	known := false
	for _, other := range all {
		// The provider's own name of a person counts: the address may change there.
		if other.Subject == subject {
			one, known = other, true
			break
		}
		if other.Email == email {
			one, known = other, true
		}
	}
	switch {
	case !one.Active:
		return Login{Email: one.Email}, errLogin
	case one.Subject == "" && one.Password != "", IsDemo(one.Email):
		// Otherwise whoever can choose an address at the provider takes an account over.
		return Login{Email: one.Email}, problem.New(problem.Conflict, "external_local", nil)
	case one.Subject != "" && one.Subject != subject:
		return Login{Email: one.Email}, problem.New(problem.Conflict, "external_local", nil)
	}
	before := one
	one.Subject, one.Role, one.Organisation = subject, grant.Role, grant.Organisation
	one.Name = cmp.Or(strings.TrimSpace(strings.Map(printable, said.Name)), one.Name, one.Email)
	if err := one.check(); err != nil {
		return Login{Email: one.Email}, err
	}
	if !known || before.Subject != one.Subject || before.Role != one.Role || before.Organisation != one.Organisation || before.Name != one.Name {
		one.Changed, one.ChangedBy = latest(s.now(), before.Changed.Add(time.Microsecond)), one.Email
		granted := strings.TrimSpace(string(one.Role) + " " + string(one.Organisation))
		if err := s.record(ctx, Viewer{Email: one.Email, Address: from.Address}, AccountChanged, one.Email, granted); err != nil {
			return Login{}, err
		}
		if err := s.records.KeepAccount(ctx, one); err != nil {
			return Login{}, err
		}
		s.known.forget(one.Email)
	}
	return s.begin(ctx, one, from)
}

// withoutRole refuses whom the provider knows and has in no group. Who was in one before
// has no use of it any more: the sessions end, and the tokens, which nobody logs in for.
func (s *Service) withoutRole(ctx context.Context, subject, email string) (Login, error) {
	all, err := s.records.Accounts(ctx)
	if err != nil {
		return Login{}, err
	}
	for _, one := range all {
		if one.Subject != subject {
			continue
		}
		email = one.Email
		if err := s.end(ctx, email, func(Pass) bool { return true }); err != nil {
			return Login{}, err
		}
	}
	return Login{Email: email}, problem.New(problem.Forbidden, "external_no_role", nil)
}

// printable leaves out of a name that came from elsewhere what readable refuses.
func printable(r rune) rune {
	if !readable(string(r)) {
		return -1
	}
	return r
}
