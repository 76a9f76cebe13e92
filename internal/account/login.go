package account

import (
	"context"
	"slices"
	"time"

	"kipmonitor/internal/problem"
)

// Login is an answered log in: the secret that the browser keeps.
type Login struct {
	Secret string
	Email  string
	// Half says that the password was right and that a code is still wanted; Enrol, that
	// a second factor must be set up first. Both: nobody is in yet.
	Half, Enrol bool
}

var errLogin = problem.New(problem.Unauthorized, "login_wrong", nil)

// Login checks address and password. An unknown account takes as long as a wrong
// password, and answers the same.
func (s *Service) Login(ctx context.Context, email, password string, from Origin) (Login, error) {
	// What is no address at all is no account, but it takes its time as well.
	email, invalid := ParseEmail(email)
	if err := s.admit(email, from.Address); err != nil {
		return Login{}, err
	}
	var one Account
	if invalid == nil {
		found, err := s.records.Accounts(ctx, email)
		if err != nil {
			return Login{}, err
		}
		if len(found) == 1 && found[0].Active {
			one = found[0]
		}
	}
	hash := one.Password
	if hash == "" {
		hash = s.nobody
	}
	right, err := s.verify(ctx, hash, password)
	if err != nil {
		return Login{}, err
	}
	if !right || one.Password == "" {
		return Login{}, errLogin
	}
	s.succeeded(email, from.Address)
	// The tries of codes count on.
	s.byAccount.succeeded(s.familiar.name(email, from.Address))
	return s.passwordRight(ctx, one, from)
}

// passwordRight goes on where the password was right: with a code, with setting up a
// second factor where the role must have one, or with a session.
func (s *Service) passwordRight(ctx context.Context, one Account, from Origin) (Login, error) {
	pass := Pass{Email: one.Email, Label: from.Browser, Address: from.Address}
	switch {
	case one.Factor != "":
		pass.Kind = HalfLogin
		secret, err := s.issue(ctx, pass, halfLoginLimit)
		return Login{Secret: secret, Email: one.Email, Half: true}, err
	case s.mustHaveFactor(one):
		pass.Kind = Enrolment
		secret, err := s.issue(ctx, pass, enrolmentLimit)
		return Login{Secret: secret, Email: one.Email, Enrol: true}, err
	}
	return s.begin(ctx, one, from)
}

// RequireFactor makes roles log in with a second factor; who has none sets it up when
// they log in next. Accounts that log in elsewhere are that place's concern. Call it
// before anybody is let in.
func (s *Service) RequireFactor(roles ...Role) { s.factorRoles = roles }

func (s *Service) mustHaveFactor(one Account) bool {
	return one.Password != "" && slices.Contains(s.factorRoles, one.Role)
}

// Enrolling returns whose second factor is to be set up before they are in.
func (s *Service) Enrolling(ctx context.Context, secret string) (email string, waiting bool, err error) {
	pass, waiting, err := s.pass(ctx, secret, Enrolment)
	return pass.Email, waiting, err
}

// Enrol sets up the second factor of somebody whose password was right, shown its first
// code, and lets them in. The recovery codes are shown once.
func (s *Service) Enrol(ctx context.Context, secret, sealed, code string, from Origin) (login Login, recovery []string, err error) {
	pass, waiting, err := s.pass(ctx, secret, Enrolment)
	if err != nil {
		return Login{}, nil, err
	}
	if !waiting {
		return Login{}, nil, problem.New(problem.Unauthorized, "login_needed", nil)
	}
	if err := s.admit(pass.Email, from.Address); err != nil {
		return Login{}, nil, err
	}
	one, err := s.Account(ctx, pass.Email)
	if err != nil {
		return Login{}, nil, err
	}
	if !one.Active {
		return Login{}, nil, errLogin
	}
	by := one.viewer()
	by.Address = from.Address
	if recovery, err = s.turnOnFactor(ctx, by, sealed, code); err != nil {
		return Login{}, nil, err
	}
	s.succeeded(one.Email, from.Address)
	if err := s.records.NotePass(ctx, pass.ID, Ended, s.now()); err != nil {
		return Login{}, nil, err
	}
	login, err = s.begin(ctx, one, from)
	return login, recovery, err
}

// begin starts a session. Nobody is in before it is recorded.
func (s *Service) begin(ctx context.Context, one Account, from Origin) (Login, error) {
	by := one.viewer()
	by.Address = from.Address
	if err := s.record(ctx, by, LoggedIn, one.Email, ""); err != nil {
		return Login{}, err
	}
	s.byAccount.reset(s.familiar.name(one.Email, from.Address))
	s.familiar.add(one.Email, from.Address)
	secret, err := s.issue(ctx, Pass{Kind: Session, Email: one.Email, Label: from.Browser, Address: from.Address}, sessionLimit)
	return Login{Secret: secret, Email: one.Email}, err
}

// HalfLoggedIn returns whose code is awaited.
func (s *Service) HalfLoggedIn(ctx context.Context, secret string) (email string, waiting bool, err error) {
	one, waiting, err := s.pass(ctx, secret, HalfLogin)
	return one.Email, waiting, err
}

// Finish ends a log in whose password was right with a code, or with one of the
// recovery codes.
func (s *Service) Finish(ctx context.Context, secret, code string, from Origin) (Login, error) {
	half, waiting, err := s.pass(ctx, secret, HalfLogin)
	if err != nil {
		return Login{}, err
	}
	if !waiting {
		return Login{}, problem.New(problem.Unauthorized, "login_needed", nil)
	}
	if err := s.admit(half.Email, from.Address); err != nil {
		return Login{}, err
	}
	one, err := s.change(ctx, half.Email, Viewer{Email: half.Email}, "", "", func(one *Account) error {
		if !one.Active || !s.useCode(one, code) {
			return problem.New(problem.Unauthorized, "code_wrong", nil)
		}
		return nil
	})
	if err != nil {
		return Login{Email: half.Email}, err
	}
	s.succeeded(one.Email, from.Address)
	if err := s.records.NotePass(ctx, half.ID, Ended, s.now()); err != nil {
		return Login{}, err
	}
	return s.begin(ctx, one, from)
}

// DemoLogin starts a session of an account without asking for anything. It is for
// demo data on a machine that nobody else reaches, and for accounts without a
// password alone.
func (s *Service) DemoLogin(ctx context.Context, email string, from Origin) (Login, error) {
	one, err := s.Account(ctx, email)
	if err != nil {
		return Login{}, err
	}
	if !one.Active || one.Password != "" || !IsDemo(one.Email) {
		return Login{}, errLogin
	}
	return s.begin(ctx, one, from)
}

// Logout ends the session of a secret, if there is one.
func (s *Service) Logout(ctx context.Context, secret string, by Viewer) error {
	one, found, err := s.pass(ctx, secret, Session, HalfLogin, Enrolment)
	if err != nil || !found {
		return err
	}
	if by.Email != "" {
		if err := s.record(ctx, by, LoggedOut, by.Email, ""); err != nil {
			return err
		}
	}
	defer s.known.forget(one.Email)
	return s.records.NotePass(ctx, one.ID, Ended, s.now())
}

// SessionViewer returns who is logged in with a secret; the zero Viewer is nobody.
func (s *Service) SessionViewer(ctx context.Context, secret string) (Viewer, error) {
	return s.passViewer(ctx, secret, Session)
}

// TokenViewer returns the machine that has a token, with the rights that the token was
// given; it is refused where the token is unknown, has ended or has expired, or its
// owner is no longer active.
func (s *Service) TokenViewer(ctx context.Context, token string) (Viewer, error) {
	viewer, err := s.passViewer(ctx, token, Token)
	if err == nil && viewer.Role == "" {
		err = problem.New(problem.Unauthorized, "token_unknown", nil)
	}
	return viewer, err
}

func (s *Service) passViewer(ctx context.Context, secret string, kind PassKind) (Viewer, error) {
	if !plausible(secret) {
		return Viewer{}, nil
	}
	now := s.now()
	id := fingerprint(secret)
	if viewer, known := s.known.get(id, kind, now); known {
		return viewer, nil
	}
	one, found, err := s.pass(ctx, secret, kind)
	if err != nil || !found {
		return Viewer{}, err
	}
	accounts, err := s.records.Accounts(ctx, one.Email)
	if err != nil || len(accounts) == 0 || !accounts[0].Active {
		return Viewer{}, err
	}
	if now.Sub(one.lastUse()) >= usedEvery {
		if err := s.records.NotePass(ctx, id, Used, now); err != nil {
			return Viewer{}, err
		}
	}
	if kind == Session && accounts[0].Factor == "" && s.mustHaveFactor(accounts[0]) {
		return Viewer{}, nil // the role changed, or the factor was lost: log in anew, and set one up
	}
	viewer := accounts[0].viewer()
	if kind == Token {
		viewer.Scopes = append([]Right{}, one.Scopes...) // never nil: nil would be all rights
	}
	s.known.put(id, kind, viewer, now)
	return viewer, nil
}

// SessionID is the id of the session of a secret, to tell it from others of a list.
func SessionID(secret string) string { return fingerprint(secret) }

// Sessions returns the sessions of a person, the latest first.
func (s *Service) Sessions(ctx context.Context, email string) ([]Pass, error) {
	return s.passes(ctx, email, Session)
}

func (s *Service) passes(ctx context.Context, email string, kind PassKind) ([]Pass, error) {
	now := s.now()
	all, err := s.records.Passes(ctx, email, now)
	return slices.DeleteFunc(all, func(one Pass) bool { return one.Kind != kind || !one.good(now) }), err
}

// EndSession ends one session of a person.
func (s *Service) EndSession(ctx context.Context, by Viewer, email, id string) error {
	return s.endRecorded(ctx, email, func(pass Pass) bool { return pass.Kind == Session && pass.ID == id }, func() error {
		return s.record(ctx, by, SessionEnded, email, shortID(id))
	})
}

// EndSessions ends all sessions of a person but one, which may be "".
func (s *Service) EndSessions(ctx context.Context, by Viewer, email, except string) error {
	return s.endRecorded(ctx, email, func(pass Pass) bool {
		return (pass.Kind == Session || pass.Kind == HalfLogin || pass.Kind == Enrolment) && pass.ID != except
	}, func() error { return s.record(ctx, by, SessionEnded, email, "") })
}

// DateOfUse is when a pass was last used, or issued.
func (p Pass) DateOfUse() time.Time { return p.lastUse() }
