package account

import (
	"context"
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Invite makes an account and returns the secret of the link by which its person sets
// name and password. An account that was never used can be invited again.
func (s *Service) Invite(ctx context.Context, by Viewer, one Account) (link string, err error) {
	if one.Email, err = ParseEmail(one.Email); err != nil {
		return "", err
	}
	one.Name = strings.TrimSpace(one.Name)
	if one.Name == "" {
		one.Name = one.Email
	}
	if err := one.check(); err != nil {
		return "", err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	known, err := s.records.Accounts(ctx, one.Email)
	if err != nil {
		return "", err
	}
	if len(known) > 0 {
		return "", problem.New(problem.Conflict, "account_known", locale.Args{"email": one.Email})
	}
	one = Account{Email: one.Email, Name: one.Name, Role: one.Role, Organisation: one.Organisation, Language: one.Language,
		Active: true, Created: s.now(), Changed: s.now(), ChangedBy: by.Email}
	if err := s.record(ctx, by, Invited, one.Email, strings.TrimSpace(string(one.Role)+" "+string(one.Organisation))); err != nil {
		return "", err
	}
	if err := s.records.KeepAccount(ctx, one); err != nil {
		return "", err
	}
	return s.issue(ctx, Pass{Kind: Invitation, Email: one.Email}, linkLimit)
}

// NewLink ends everything by which a person gets in, links, sessions and tokens, and
// returns the secret of a new link: an invitation where the person was never here, and
// otherwise one for a new password. Whoever asks for it may have lost the old one to
// somebody else.
func (s *Service) NewLink(ctx context.Context, by Viewer, email string) (link string, err error) {
	one, err := s.Account(ctx, email)
	if err != nil {
		return "", err
	}
	switch {
	case !one.Active:
		return "", problem.New(problem.Conflict, "account_inactive", nil)
	case one.Subject != "":
		return "", problem.New(problem.Conflict, "account_external", nil)
	}
	if err := s.record(ctx, by, ResetIssued, email, ""); err != nil {
		return "", err
	}
	if err := s.end(ctx, email, func(pass Pass) bool { return email != by.Email || isLink(pass) }); err != nil {
		return "", err
	}
	kind := Reset
	if one.Password == "" {
		kind = Invitation
	}
	return s.issue(ctx, Pass{Kind: kind, Email: email}, linkLimit)
}

func isLink(one Pass) bool { return one.Kind == Invitation || one.Kind == Reset }

// Link is what a single-use link is for.
type Link struct {
	Kind        PassKind // Invitation or Reset
	Email, Name string
	// First says that the link makes the first administrator, who types the address.
	First bool
}

var errLink = problem.New(problem.NotFound, "link_unknown", nil)

// Link returns what a link is for, as long as it is good.
func (s *Service) Link(ctx context.Context, secret string) (Link, error) {
	if s.isFirst(secret) {
		return Link{Kind: Invitation, First: true}, nil
	}
	pass, found, err := s.pass(ctx, secret, Invitation, Reset)
	if err != nil {
		return Link{}, err
	}
	if !found {
		return Link{}, errLink
	}
	one, err := s.Account(ctx, pass.Email)
	if err != nil {
		return Link{}, err
	}
	if !one.Active {
		return Link{}, errLink
	}
	link := Link{Kind: pass.Kind, Email: one.Email, Name: one.Name}
	if link.Name == one.Email {
		link.Name = ""
	}
	return link, nil
}

// Redeem uses a link up: it sets name and password and logs in. Where one-time codes
// are on, a code is still wanted.
func (s *Service) Redeem(ctx context.Context, secret string, typed Account, password string, from Origin) (Login, error) {
	if s.isFirst(secret) {
		return s.redeemFirst(ctx, secret, typed, password, from)
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	pass, found, err := s.pass(ctx, secret, Invitation, Reset)
	if err != nil {
		return Login{}, err
	}
	if !found {
		return Login{}, errLink
	}
	action := InvitationAccepted
	if pass.Kind == Reset {
		action = PasswordChanged
	}
	one, err := s.changeLocked(ctx, pass.Email, Viewer{Email: pass.Email, Address: from.Address}, action, "", func(one *Account) error {
		if !one.Active || one.Subject != "" {
			return errLink
		}
		if pass.Kind == Invitation {
			one.Name = strings.TrimSpace(typed.Name)
			one.Language = typed.Language
		}
		if err := one.check(); err != nil {
			return err
		}
		if err := checkPassword(password, *one, s.words); err != nil {
			return err
		}
		one.Password = hashPassword(password)
		return nil
	})
	if err != nil {
		return Login{}, err
	}
	// Whoever had the old password is out, and no other link works any more.
	if err := s.end(ctx, one.Email, func(Pass) bool { return true }); err != nil {
		return Login{}, err
	}
	return s.passwordRight(ctx, one, from)
}

// FirstLink returns the secret of the link that makes the first administrator, and
// false where there is one already. It is kept nowhere: it is good until it was used
// or the program ends.
func (s *Service) FirstLink(ctx context.Context) (secret string, wanted bool, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if has, err := s.hasAdministrator(ctx); has || err != nil {
		return "", false, err
	}
	secret = newSecret()
	s.first = fingerprint(secret)
	return secret, true, nil
}

func (s *Service) hasAdministrator(ctx context.Context) (bool, error) {
	all, err := s.records.Accounts(ctx)
	return slices.ContainsFunc(all, func(one Account) bool { return one.Role == Administrator && one.Usable() }), err
}

func (s *Service) isFirst(secret string) bool {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.first != "" && plausible(secret) && fingerprint(secret) == s.first
}

func (s *Service) redeemFirst(ctx context.Context, secret string, typed Account, password string, from Origin) (Login, error) {
	email, err := ParseEmail(typed.Email)
	if err != nil {
		return Login{}, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if has, err := s.hasAdministrator(ctx); err != nil {
		return Login{}, err
	} else if has || s.first != fingerprint(secret) {
		return Login{}, errLink
	}
	one := Account{Email: email, Name: strings.TrimSpace(typed.Name), Role: Administrator, Language: typed.Language, Active: true,
		Created: s.now(), Changed: s.now(), ChangedBy: email}
	if err := one.check(); err != nil {
		return Login{}, err
	}
	if err := checkPassword(password, one, s.words); err != nil {
		return Login{}, err
	}
	known, err := s.records.Accounts(ctx, email)
	if err != nil {
		return Login{}, err
	}
	if len(known) > 0 {
		return Login{}, problem.New(problem.Conflict, "account_known", locale.Args{"email": email})
	}
	one.Password = hashPassword(password)
	if err := s.record(ctx, Viewer{Email: email, Address: from.Address}, InvitationAccepted, email, ""); err != nil {
		return Login{}, err
	}
	if err := s.records.KeepAccount(ctx, one); err != nil {
		return Login{}, err
	}
	s.first = ""
	return s.passwordRight(ctx, one, from)
}

// Change sets name, role and organisation of an account. Nobody changes their own role:
// the last administrator could be lost so.
func (s *Service) Change(ctx context.Context, by Viewer, email, name string, role Role, organisation figure.Organisation) error {
	_, err := s.change(ctx, email, by, AccountChanged, strings.TrimSpace(string(role)+" "+string(organisation)), func(one *Account) error {
		if email == by.Email && role != one.Role {
			return problem.New(problem.Conflict, "own_account", nil)
		}
		if one.Subject != "" && (role != one.Role || organisation != one.Organisation) {
			return problem.New(problem.Conflict, "account_external", nil)
		}
		one.Name, one.Role, one.Organisation = strings.TrimSpace(name), role, organisation
		return one.check()
	})
	return err
}

// SetActive deactivates an account, which ends its sessions, links and tokens, or
// activates it again.
func (s *Service) SetActive(ctx context.Context, by Viewer, email string, active bool) error {
	if email == by.Email {
		return problem.New(problem.Conflict, "own_account", nil)
	}
	action := AccountDeactivated
	if active {
		action = AccountActivated
	}
	if _, err := s.change(ctx, email, by, action, "", func(one *Account) error {
		one.Active = active
		return nil
	}); err != nil || active {
		return err
	}
	return s.end(ctx, email, func(Pass) bool { return true })
}

// demoDomain cannot be anybody's (RFC 2606).
const demoDomain = "@demo.invalid"

// IsDemo reports whether an account is one of the demo data.
func IsDemo(email string) bool { return strings.HasSuffix(email, demoDomain) }

// EnsureDemo makes the accounts of the demo data that there are not yet. They have no
// password: see DemoLogin.
func (s *Service) EnsureDemo(ctx context.Context, wanted []Account) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	known, err := s.records.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, one := range wanted {
		if slices.ContainsFunc(known, func(other Account) bool { return other.Email == one.Email }) {
			continue
		}
		one.Active, one.Created, one.Changed = true, s.now(), s.now()
		if err := s.records.KeepAccount(ctx, one); err != nil {
			return err
		}
	}
	return nil
}
