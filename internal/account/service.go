package account

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Records is what the accounts are kept in. Nothing in it is ever changed: a further
// state or event is added. The audit has its line before anything is added that somebody
// did: a crash can leave a line for something that was not done, but nothing that was
// done without a line.
type Records interface {
	Ledger
	// Accounts returns the latest state of accounts by their addresses, or of all
	// where none is given.
	Accounts(ctx context.Context, emails ...string) ([]Account, error)
	// KeepAccount adds a state of an account.
	KeepAccount(ctx context.Context, one Account) error
	// Pass returns a pass by its id, and false where there is none.
	Pass(ctx context.Context, id string) (Pass, bool, error)
	// Passes returns the passes of a person that have not ended and do not expire
	// before a moment, the latest first.
	Passes(ctx context.Context, email string, after time.Time) ([]Pass, error)
	// IssuePass keeps a new pass.
	IssuePass(ctx context.Context, one Pass) error
	// NotePass adds an event of a pass.
	NotePass(ctx context.Context, id string, event PassEvent, at time.Time) error
}

// Origin is where somebody who logs in comes from.
type Origin struct{ Address, Browser string }

// Service lets people and machines in, and keeps their accounts. It is safe for
// concurrent use. Make it with NewService.
type Service struct {
	records Records
	now     func() time.Time
	sealer  sealer
	nobody  string        // a hash that no password has, for accounts that do not exist
	hashing chan struct{} // one for each hash that is computed

	byAccount, byAddress *throttle
	familiar             familiar
	tried                familiar // accounts by the places from which their log in was tried and did not succeed yet

	// changing guards what is read, decided and written.
	changing sync.Mutex
	first    string // fingerprint of the link for the first administrator

	known knownPasses

	issuer string   // of one-time codes, as devices show it
	words  []string // refused in passwords

	factorRoles []Role // that log in with a second factor
}

// Present tells the service what the program is called, which the devices of one-time
// codes show, and the words of the canton and its programme that are refused in
// passwords. It is called before the service is used.
func (s *Service) Present(title string, words []string) { s.issuer, s.words = title, words }

// NewService returns the service over records. The key, of 32 bytes or more, seals
// the secrets of one-time codes; with another key they cannot be read any more.
func NewService(records Records, key []byte, now func() time.Time) (*Service, error) {
	sealer, err := newSealer(key)
	if err != nil {
		return nil, err
	}
	return &Service{
		records: records, now: now, sealer: sealer, nobody: hashPassword(newSecret()), hashing: make(chan struct{}, 2),
		byAccount: newThrottle(5, 5*time.Minute, 20_000),
		byAddress: newThrottle(30, 5*time.Minute, 20_000), // an office has one address
		familiar:  familiar{places: map[string]bool{}},
		tried:     familiar{places: map[string]bool{}},
		known:     knownPasses{byID: map[string]knownPass{}},
		issuer:    locale.German.Say("programme.title", nil),
	}, nil
}

// admit counts a try under names, and refuses it where it comes too early. Under an
// address each account counts once until it succeeds, however often it is tried: one
// client who repeats itself keeps nobody out who shares its address. Who logged in from
// there before does not wait for others at all.
func (s *Service) admit(email, address string) error {
	now := s.now()
	name := s.familiar.name(email, address)
	var wait time.Duration
	if name == email && !s.tried.has(email, address) {
		if wait = s.byAddress.try(neighbourhood(address), now); wait == 0 {
			s.tried.add(email, address)
		}
	}
	if wait == 0 && email != "" {
		wait = s.byAccount.try(name, now)
	}
	if wait > 0 {
		return tooEarly(wait)
	}
	return nil
}

// tooEarly says how long to wait, rounded up: a try at the told time succeeds.
func tooEarly(wait time.Duration) error {
	return problem.New(problem.TooMany, "try_later", locale.Args{"count": int((wait + time.Second - 1) / time.Second)})
}

// succeeded takes back the try of an account under an address.
func (s *Service) succeeded(email, address string) {
	if s.tried.remove(email, address) {
		s.byAddress.succeeded(neighbourhood(address))
	}
}

// Account returns an account by its address.
func (s *Service) Account(ctx context.Context, email string) (Account, error) {
	found, err := s.records.Accounts(ctx, email)
	if err != nil {
		return Account{}, err
	}
	if len(found) == 0 {
		return Account{}, problem.New(problem.NotFound, "account_unknown", nil)
	}
	return found[0], nil
}

// Accounts returns all accounts by their addresses.
func (s *Service) Accounts(ctx context.Context) ([]Account, error) { return s.records.Accounts(ctx) }

// record adds a line to the audit for what somebody is about to do.
func (s *Service) record(ctx context.Context, by Viewer, action Action, object, detail string) error {
	return s.records.Audit(ctx, by.Line(s.now(), action, object, detail))
}

// change adds a state to an account: read, changed and, once the audit has its line,
// written while nobody else does. Whoever is logged in sees it at once. No action is no
// line: it belongs to something larger that has one.
func (s *Service) change(ctx context.Context, email string, by Viewer, action Action, detail string, change func(one *Account) error) (Account, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.changeLocked(ctx, email, by, action, detail, change)
}

func (s *Service) changeLocked(ctx context.Context, email string, by Viewer, action Action, detail string, change func(one *Account) error) (Account, error) {
	one, err := s.Account(ctx, email)
	if err != nil {
		return Account{}, err
	}
	one.Recovery = slices.Clone(one.Recovery)
	if err := change(&one); err != nil {
		return Account{}, err
	}
	// Two states at the same moment would have no order.
	one.Changed, one.ChangedBy = latest(s.now(), one.Changed.Add(time.Microsecond)), by.Email
	if action != "" {
		if err := s.record(ctx, by, action, email, detail); err != nil {
			return Account{}, err
		}
	}
	if err := s.records.KeepAccount(ctx, one); err != nil {
		return Account{}, err
	}
	s.known.forget(email)
	return one, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// issue makes a pass and returns its secret.
func (s *Service) issue(ctx context.Context, one Pass, limit time.Duration) (secret string, err error) {
	secret = newSecret()
	if one.Kind == Token {
		secret = tokenPrefix + secret
	}
	one.ID, one.Issued = fingerprint(secret), s.now()
	one.Expires = one.Issued.Add(limit)
	one.Label, one.Address = shortened(one.Label), shortened(one.Address)
	if err := s.records.IssuePass(ctx, one); err != nil {
		return "", err
	}
	return secret, nil
}

func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText]
}

// pass returns the pass of a secret if it is of one of some kinds and still good.
func (s *Service) pass(ctx context.Context, secret string, kinds ...PassKind) (Pass, bool, error) {
	if !plausible(secret) {
		return Pass{}, false, nil
	}
	one, found, err := s.records.Pass(ctx, fingerprint(secret))
	if err != nil || !found || !slices.Contains(kinds, one.Kind) || !one.good(s.now()) {
		return Pass{}, false, err
	}
	return one, true, nil
}

// end ends those passes of a person that are chosen.
func (s *Service) end(ctx context.Context, email string, chosen func(Pass) bool) error {
	return s.endRecorded(ctx, email, chosen, func() error { return nil })
}

// endRecorded does the same once the audit has its line, where there is one to end.
func (s *Service) endRecorded(ctx context.Context, email string, chosen func(Pass) bool, record func() error) error {
	defer s.known.forget(email)
	now := s.now()
	all, err := s.records.Passes(ctx, email, now)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(pass Pass) bool { return !chosen(pass) })
	if len(all) == 0 {
		return nil
	}
	if err := record(); err != nil {
		return err
	}
	for _, pass := range all {
		if err := s.records.NotePass(ctx, pass.ID, Ended, now); err != nil {
			return fmt.Errorf("end a pass of %s: %w", email, err)
		}
	}
	return nil
}

// knownPasses remembers for a few seconds who a session or a token belongs to, so
// that a page does not cost a query for it.
type knownPasses struct {
	mutex sync.Mutex
	byID  map[string]knownPass
}

type knownPass struct {
	viewer Viewer
	kind   PassKind
	at     time.Time
}

// knownFor is how long; what this copy of the program changes itself it forgets at
// once, what another copy changes counts after this time.
const knownFor = 3 * time.Second

// maxKnown bounds the memory.
const maxKnown = 10_000

func (k *knownPasses) get(id string, kind PassKind, now time.Time) (Viewer, bool) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	one, found := k.byID[id]
	if !found || one.kind != kind || now.Sub(one.at) >= knownFor || now.Before(one.at) {
		return Viewer{}, false
	}
	return one.viewer, true
}

func (k *knownPasses) put(id string, kind PassKind, viewer Viewer, now time.Time) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if len(k.byID) >= maxKnown {
		clear(k.byID)
	}
	k.byID[id] = knownPass{viewer, kind, now}
}

func (k *knownPasses) forget(email string) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	maps.DeleteFunc(k.byID, func(_ string, one knownPass) bool { return one.viewer.Email == email })
}
