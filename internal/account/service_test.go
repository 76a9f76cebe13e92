package account_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/seed"
)

// The accounts lie in the real store, which all tests share: each uses addresses of its
// own.
var records *store.Store

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "account")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	if records, err = store.Open(context.Background(), store.Config{Folder: folder}, p); err != nil {
		panic(err)
	}
	defer func() { _ = records.Close() }()
	return m.Run()
}

// clock is a clock that a test moves.
type clock struct {
	mutex sync.Mutex
	at    time.Time
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = c.at.Add(d)
}

const (
	good  = "vier Rüben tanzen Walzer"
	other = "Nebel über dem Weissenstein 7"
)

var (
	chief = account.Viewer{Email: "chief@example.ch", Role: account.Administrator}
	from  = account.Origin{Address: "192.0.2.7", Browser: "test"}
)

// house is a service with a clock of its own.
type house struct {
	*account.Service
	*clock
	t *testing.T
}

func newHouse(t *testing.T) house {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	service, err := account.NewService(records, account.NewKey(), c.now)
	must(t, err)
	return house{service, c, t}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h house) address() string {
	return strings.ToLower(h.t.Name()[max(0, len(h.t.Name())-30):]) + "@example.ch"
}

// person is an account whose invitation was accepted.
func (h house) person(role account.Role) (email string, login account.Login) {
	h.t.Helper()
	one := account.Account{Email: strings.NewReplacer("/", ".", "_", ".").Replace(h.address()), Name: "Anna Muster", Role: role}
	if role == account.Sender {
		one.Organisation = "ECAP"
	}
	link, err := h.Invite(h.t.Context(), chief, one)
	must(h.t, err)
	login, err = h.Redeem(h.t.Context(), link, account.Account{Name: "Anna Muster", Language: locale.German}, good, from)
	must(h.t, err)
	return one.Email, login
}

func (h house) viewer(secret string) account.Viewer {
	h.t.Helper()
	v, err := h.SessionViewer(h.t.Context(), secret)
	must(h.t, err)
	return v
}

// person is whoever has an address, as they come from the place of the tests.
func person(email string) account.Viewer { return account.Viewer{Email: email, Address: from.Address} }

// code is the code of a problem; "" for none.
func code(err error) string {
	if told, ok := problem.From(err); ok {
		return told.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestAnInvitedPersonLogsIn(t *testing.T) {
	h := newHouse(t)
	email, first := h.person(account.Sender)
	if v := h.viewer(first.Secret); v.Email != email || v.Role != account.Sender || v.Organisation != "ECAP" || v.Name != "Anna Muster" {
		t.Errorf("the link logged in %+v", v)
	}
	login, err := h.Login(t.Context(), " "+strings.ToUpper(email)+" ", good, from)
	must(t, err)
	if login.Secret == first.Secret || login.Half || h.viewer(login.Secret).Email != email {
		t.Errorf("got %+v", login)
	}
	for name, one := range map[string][2]string{"a wrong password": {email, good + "!"}, "no password": {email, ""}, "an unknown account": {"nobody@example.ch", good},
		"what is no address": {"anna", good}} {
		if _, err := h.Login(t.Context(), one[0], one[1], from); code(err) != "login_wrong" {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, h.Logout(t.Context(), login.Secret, h.viewer(login.Secret)))
	if v := h.viewer(login.Secret); v.Role != "" {
		t.Errorf("after logging out: %+v", v)
	}
	if h.viewer(first.Secret).Email != email {
		t.Error("logging out ended another session too")
	}
}

func TestOnlyHashesOfSecretsAreKept(t *testing.T) {
	h := newHouse(t)
	email, login := h.person(account.Coordination)
	token, err := h.NewToken(t.Context(), h.viewer(login.Secret), account.Wish{Label: "ERP", Scopes: []account.Right{account.ReadFigures}, Life: time.Hour}, good, "")
	must(t, err)
	factor, recovery := h.factor(email)
	accounts, err := records.Accounts(t.Context(), email)
	must(t, err)
	passes, err := records.Passes(t.Context(), email, h.now())
	must(t, err)
	kept := fmt.Sprintf("%+v %+v", accounts, passes)
	for name, secret := range map[string]string{"password": good, "session": login.Secret, "token": token, "token without its prefix": strings.TrimPrefix(token, "kip_"),
		"one-time codes": factor, "recovery code": recovery[0], "recovery code in one": strings.ReplaceAll(recovery[0], "-", "")} {
		if strings.Contains(kept, secret) {
			t.Errorf("the secret of the %s is kept", name)
		}
	}
	if len(passes) < 2 || !strings.HasPrefix(accounts[0].Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept: %s", kept)
	}
}

func TestWhoGuessesWaitsLongerAndLonger(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Reader)
	try := func(password string) string {
		_, err := h.Login(t.Context(), email, password, from)
		return code(err)
	}
	for range 5 {
		if got := try("wrong"); got != "login_wrong" {
			t.Fatalf("a try that is free: %s", got)
		}
	}
	for _, wait := range []time.Duration{1, 2, 4, 8} {
		if got := try(good); got != "try_later" {
			t.Errorf("the right password, too early: %s", got)
		}
		h.pass(wait*time.Second - time.Millisecond)
		if got := try(good); got != "try_later" {
			t.Errorf("a millisecond before %d s: %s", wait, got)
		}
		h.pass(time.Millisecond)
		if got := try("wrong"); got != "login_wrong" {
			t.Errorf("after %d s: %s", wait, got)
		}
	}
	_, err := h.Login(t.Context(), email, good, from)
	told, _ := problem.From(err)
	if told == nil || told.Kind != problem.TooMany || told.Args["count"] != 16 {
		t.Errorf("what is told: %+v", told)
	}
	h.pass(16 * time.Second)
	if got := try(good); got != "" {
		t.Errorf("the right password, in time: %s", got)
	}
	for range 5 {
		if got := try("wrong"); got != "login_wrong" {
			t.Errorf("a login does not give the tries back: %s", got)
		}
	}
}

func TestNobodyIsKeptOutByGuessesFromElsewhere(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Reader)
	elsewhere := account.Origin{Address: "198.51.100.9"}
	try := func(password string, from account.Origin) string {
		_, err := h.Login(t.Context(), email, password, from)
		return code(err)
	}
	if got := try(good, from); got != "" {
		t.Fatal(got)
	}
	for range 8 {
		try("wrong", elsewhere)
	}
	if got := try(good, elsewhere); got != "try_later" {
		t.Errorf("from where they guess: %s", got)
	}
	if got := try(good, account.Origin{Address: "203.0.113.5"}); got != "try_later" {
		t.Errorf("from where nobody ever logged in: %s", got)
	}
	if got := try(good, from); got != "" {
		t.Errorf("from where the person logged in before: %s", got)
	}
	if got := try(good, elsewhere); got != "try_later" {
		t.Errorf("a login gives those who guess elsewhere their tries back: %s", got)
	}
	for range 5 {
		try("wrong", from)
	}
	if got := try("wrong", from); got != "try_later" {
		t.Errorf("guessing from there is free: %s", got)
	}
}

func TestAnAddressThatTriesManyAccountsWaits(t *testing.T) {
	h := newHouse(t)
	throttled := 0
	for i := range 40 {
		address := account.Origin{Address: fmt.Sprintf("2001:db8:1:2::%x", i)} // one network
		if _, err := h.Login(t.Context(), fmt.Sprintf("nobody%d@example.ch", i), "x", address); code(err) == "try_later" {
			throttled++
		}
	}
	if throttled != 10 {
		t.Errorf("%d of 40 were throttled, want 10", throttled)
	}
	if _, err := h.Login(t.Context(), "nobody@example.ch", "x", account.Origin{Address: "2001:db8:9::1"}); code(err) != "login_wrong" {
		t.Errorf("another network: %v", err)
	}
}

func TestAnUnknownAccountTakesAsLongAsAWrongPassword(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Reader)
	fastest := func(email string) time.Duration {
		least := time.Hour
		for i := range 5 {
			start := time.Now()
			_, err := h.Login(t.Context(), email, "wrong", account.Origin{Address: fmt.Sprint("198.51.100.", i)})
			if code(err) != "login_wrong" {
				t.Fatal(err)
			}
			least = min(least, time.Since(start))
		}
		return least
	}
	known, unknown := fastest(email), fastest("nobody-at-all@example.ch")
	if ratio := float64(known) / float64(unknown); ratio < 0.5 || ratio > 2 {
		t.Errorf("known %s, unknown %s", known, unknown)
	}
}

func TestSessionsExpire(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Reader)
	t.Run("when nobody uses them for an hour", func(t *testing.T) {
		login, err := h.Login(t.Context(), email, good, from)
		must(t, err)
		for range 5 {
			h.pass(59 * time.Minute)
			if h.viewer(login.Secret).Email != email {
				t.Fatal("it expired though it was used")
			}
		}
		h.pass(62 * time.Minute)
		if v := h.viewer(login.Secret); v.Role != "" {
			t.Error("it did not expire")
		}
	})
	t.Run("after twelve hours though they are used", func(t *testing.T) {
		login, err := h.Login(t.Context(), email, good, from)
		must(t, err)
		for range 23 {
			h.pass(30 * time.Minute)
			if h.viewer(login.Secret).Email != email {
				t.Fatal("it expired early")
			}
		}
		h.pass(30 * time.Minute)
		if v := h.viewer(login.Secret); v.Role != "" {
			t.Error("it did not expire")
		}
	})
}

func TestPeopleEndSessions(t *testing.T) {
	h := newHouse(t)
	email, first := h.person(account.Reader)
	second, err := h.Login(t.Context(), email, good, from)
	must(t, err)
	sessions, err := h.Sessions(t.Context(), email)
	must(t, err)
	if len(sessions) != 2 {
		t.Fatalf("%d sessions", len(sessions))
	}
	must(t, h.EndSession(t.Context(), chief, "somebody@example.ch", account.SessionID(first.Secret)))
	if h.viewer(first.Secret).Email != email {
		t.Error("somebody else ended the session")
	}
	must(t, h.EndSession(t.Context(), chief, email, account.SessionID(first.Secret)))
	if h.viewer(first.Secret).Role != "" || h.viewer(second.Secret).Email != email {
		t.Error("not the one session ended")
	}
	must(t, h.EndSessions(t.Context(), chief, email, ""))
	if h.viewer(second.Secret).Role != "" {
		t.Error("a session is left")
	}
}

func TestALinkWorksOnceAndForAWeek(t *testing.T) {
	h := newHouse(t)
	email, login := h.person(account.Reader)
	link, err := h.NewLink(t.Context(), chief, email)
	must(t, err)
	if l, err := h.Link(t.Context(), link); err != nil || l.Kind != account.Reset || l.Email != email {
		t.Fatalf("%+v, %v", l, err)
	}
	if _, err := h.Redeem(t.Context(), link, account.Account{}, "kurz", from); code(err) != "password_short" {
		t.Errorf("a short password: %v", err)
	}
	if _, err := h.Redeem(t.Context(), link, account.Account{}, other, from); err != nil {
		t.Errorf("a refused password used the link up: %v", err)
	}
	if h.viewer(login.Secret).Role != "" {
		t.Error("the session of whoever had the old password goes on")
	}
	if _, err := h.Redeem(t.Context(), link, account.Account{}, good, from); code(err) != "link_unknown" {
		t.Errorf("the second time: %v", err)
	}
	if _, err := h.Login(t.Context(), email, good, from); code(err) != "login_wrong" {
		t.Errorf("the old password: %v", err)
	}
	older, err := h.NewLink(t.Context(), chief, email)
	must(t, err)
	newer, err := h.NewLink(t.Context(), chief, email)
	must(t, err)
	if _, err := h.Link(t.Context(), older); code(err) != "link_unknown" {
		t.Errorf("a link that was replaced: %v", err)
	}
	h.pass(7*24*time.Hour - time.Second)
	if _, err := h.Link(t.Context(), newer); err != nil {
		t.Errorf("within a week: %v", err)
	}
	h.pass(time.Second)
	if _, err := h.Redeem(t.Context(), newer, account.Account{}, good, from); code(err) != "link_unknown" {
		t.Errorf("after a week: %v", err)
	}
	if _, err := h.SessionViewer(t.Context(), newer); err != nil {
		t.Error(err)
	} else if h.viewer(newer).Role != "" {
		t.Error("a link is taken for a session")
	}
}

func TestTwoAtOnceUseALinkOnce(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Reader)
	link, err := h.NewLink(t.Context(), chief, email)
	must(t, err)
	results := make(chan string, 4)
	for range 4 {
		go func() {
			_, err := h.Redeem(t.Context(), link, account.Account{}, other, from)
			results <- code(err)
		}()
	}
	done := 0
	for range 4 {
		if <-results == "" {
			done++
		}
	}
	if done != 1 {
		t.Errorf("%d of 4 used the link", done)
	}
}

func TestWhoIsDeactivatedIsOutAtOnce(t *testing.T) {
	h := newHouse(t)
	email, login := h.person(account.Reader)
	token, err := h.NewToken(t.Context(), h.viewer(login.Secret), account.Wish{Label: "ERP", Scopes: []account.Right{account.ReadFigures}, Life: time.Hour}, good, "")
	must(t, err)
	if _, err := h.TokenViewer(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	link, err := h.NewLink(t.Context(), chief, email)
	must(t, err)
	must(t, h.SetActive(t.Context(), chief, email, false))
	if h.viewer(login.Secret).Role != "" {
		t.Error("the session goes on")
	}
	if _, err := h.TokenViewer(t.Context(), token); code(err) != "token_unknown" {
		t.Errorf("the token: %v", err)
	}
	if _, err := h.Login(t.Context(), email, good, from); code(err) != "login_wrong" {
		t.Errorf("logging in: %v", err)
	}
	if _, err := h.Redeem(t.Context(), link, account.Account{}, other, from); code(err) != "link_unknown" {
		t.Errorf("the link: %v", err)
	}
	if _, err := h.NewLink(t.Context(), chief, email); code(err) != "account_inactive" {
		t.Errorf("a new link: %v", err)
	}
	must(t, h.SetActive(t.Context(), chief, email, true))
	if h.viewer(login.Secret).Role != "" {
		t.Error("the old session is back")
	}
	if _, err := h.TokenViewer(t.Context(), token); code(err) != "token_unknown" {
		t.Errorf("the old token is back: %v", err)
	}
	if _, err := h.Login(t.Context(), email, good, from); err != nil {
		t.Errorf("activated again: %v", err)
	}
}

func TestAnotherRoleCountsAtOnce(t *testing.T) {
	h := newHouse(t)
	email, login := h.person(account.Coordination)
	h.viewer(login.Secret) // remembered
	must(t, h.Change(t.Context(), chief, email, "Anna Neu", account.Sender, "ECAP"))
	if v := h.viewer(login.Secret); v.Role != account.Sender || v.Organisation != "ECAP" || v.Name != "Anna Neu" {
		t.Errorf("got %+v", v)
	}
	for name, one := range map[string]struct {
		role         account.Role
		organisation string
	}{"a sender of nobody": {account.Sender, ""}, "a reader of an organisation": {account.Reader, "ECAP"}, "an unknown role": {"king", ""}} {
		if err := h.Change(t.Context(), chief, email, "Anna", one.role, ""); one.organisation == "" && err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := h.Change(t.Context(), account.Viewer{Email: email}, email, "Anna", account.Administrator, ""); code(err) != "own_account" {
		t.Errorf("the own role: %v", err)
	}
	if err := h.SetActive(t.Context(), account.Viewer{Email: email}, email, false); code(err) != "own_account" {
		t.Errorf("the own account deactivated: %v", err)
	}
}

func TestAPasswordIsChangedByWhoKnowsTheOld(t *testing.T) {
	h := newHouse(t)
	email, first := h.person(account.Reader)
	second, err := h.Login(t.Context(), email, good, from)
	must(t, err)
	own := account.SessionID(second.Secret)
	if err := h.ChangePassword(t.Context(), person(email), "wrong", other, own); code(err) != "password_wrong" {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := h.ChangePassword(t.Context(), person(email), good, "kurz", own); code(err) != "password_short" {
		t.Errorf("with a short one: %v", err)
	}
	must(t, h.ChangePassword(t.Context(), person(email), good, other, own))
	if h.viewer(first.Secret).Role != "" || h.viewer(second.Secret).Email != email {
		t.Error("the other session has to end, and the own to go on")
	}
	if _, err := h.Login(t.Context(), email, other, from); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

// factor turns the second factor of a person on.
func (h house) factor(email string) (secret string, recovery []string) {
	h.t.Helper()
	factor, err := h.NewFactor(email)
	must(h.t, err)
	recovery, err = h.TurnOnFactor(h.t.Context(), person(email), good, factor.Sealed, h.oneTime(factor.Secret))
	must(h.t, err)
	return factor.Secret, recovery
}

func (h house) oneTime(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.now())
	must(h.t, err)
	return code
}

func TestASecondFactorIsAskedFor(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Coordination)
	setup, err := h.NewFactor(email)
	must(t, err)
	if _, err := h.TurnOnFactor(t.Context(), person(email), good, setup.Sealed, "000000"); code(err) != "code_wrong" {
		t.Errorf("turned on with a wrong code: %v", err)
	}
	if _, err := h.TurnOnFactor(t.Context(), person("bea@example.ch"), good, setup.Sealed, h.oneTime(setup.Secret)); err == nil {
		t.Error("the factor of another person is taken")
	}
	secret, recovery := h.factor(email)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	// Whoever sits at a forgotten browser must not replace it without the password.
	if _, err := h.TurnOnFactor(t.Context(), person(email), good, setup.Sealed, h.oneTime(setup.Secret)); code(err) != "form_stale" {
		t.Errorf("replaced by one that was set up before: %v", err)
	}
	half := func() account.Login {
		login, err := h.Login(t.Context(), email, good, from)
		must(t, err)
		if !login.Half || h.viewer(login.Secret).Role != "" {
			t.Fatalf("the password alone is enough: %+v", login)
		}
		return login
	}
	finish := func(login account.Login, typed string) string {
		done, err := h.Finish(t.Context(), login.Secret, typed, from)
		if err == nil && (done.Half || done.Secret == login.Secret || h.viewer(done.Secret).Email != email) {
			t.Errorf("got %+v", done)
		}
		return code(err)
	}
	if got := finish(half(), h.oneTime(secret)); got != "code_wrong" {
		t.Errorf("the code that turned it on, again: %q", got)
	}
	h.pass(30 * time.Second)
	if got := finish(half(), h.oneTime(secret)); got != "" {
		t.Errorf("the next code: %q", got)
	}
	if got := finish(half(), h.oneTime(secret)); got != "code_wrong" {
		t.Errorf("the same code again: %q", got)
	}
	h.pass(time.Minute)
	old := h.oneTime(secret)
	h.pass(90 * time.Second)
	if got := finish(half(), old); got != "code_wrong" {
		t.Errorf("a code of a minute and a half ago: %q", got)
	}
	if got := finish(half(), strings.ToLower(strings.ReplaceAll(recovery[3], "-", " "))); got != "" {
		t.Errorf("a recovery code, typed carelessly: %q", got)
	}
	if got := finish(half(), recovery[3]); got != "code_wrong" {
		t.Errorf("the same recovery code again: %q", got)
	}
	waiting := half()
	h.pass(5 * time.Minute)
	if got := finish(waiting, h.oneTime(secret)); got != "login_needed" {
		t.Errorf("after five minutes: %q", got)
	}
	if _, err := h.NewRecovery(t.Context(), person(email), "wrong"); code(err) != "password_wrong" {
		t.Errorf("new recovery codes without the password: %v", err)
	}
	renewed, err := h.NewRecovery(t.Context(), person(email), good)
	must(t, err)
	if got := finish(half(), recovery[0]); got != "code_wrong" {
		t.Errorf("a recovery code that was replaced: %q", got)
	}
	if got := finish(half(), renewed[0]); got != "" {
		t.Errorf("a new recovery code: %q", got)
	}
	link, err := h.NewLink(t.Context(), chief, email)
	must(t, err)
	if login, err := h.Redeem(t.Context(), link, account.Account{}, other, from); err != nil || !login.Half {
		t.Errorf("a new password is a way around the code: %+v, %v", login, err)
	}
	must(t, h.TurnOffFactor(t.Context(), person(email), other))
	if login, err := h.Login(t.Context(), email, other, from); err != nil || login.Half {
		t.Errorf("turned off: %+v, %v", login, err)
	}
}

func TestWhoGuessesCodesWaits(t *testing.T) {
	h := newHouse(t)
	email, _ := h.person(account.Reader)
	h.factor(email)
	login, err := h.Login(t.Context(), email, good, from)
	must(t, err)
	throttled := false
	for range 10 {
		_, err := h.Finish(t.Context(), login.Secret, "123456", from)
		throttled = throttled || code(err) == "try_later"
	}
	if !throttled {
		t.Error("codes can be guessed as fast as one likes")
	}
}

func TestATokenHasSomeOfTheRightsOfItsOwner(t *testing.T) {
	h := newHouse(t)
	email, login := h.person(account.Coordination)
	owner := h.viewer(login.Secret)
	for name, one := range map[string]struct {
		label  string
		scopes []account.Right
		life   time.Duration
		want   string
	}{
		"no name":                     {"", []account.Right{account.ReadFigures}, time.Hour, "token_label"},
		"no right":                    {"x", nil, time.Hour, "token_scopes"},
		"a right that the role lacks": {"x", []account.Right{account.KeepAccounts}, time.Hour, "token_scopes"},
		"no end":                      {"x", []account.Right{account.ReadFigures}, 0, "token_life"},
		"an end in ten years":         {"x", []account.Right{account.ReadFigures}, 10 * account.TokenLimit, "token_life"},
	} {
		if _, err := h.NewToken(t.Context(), owner, account.Wish{Label: one.label, Scopes: one.scopes, Life: one.life}, good, ""); code(err) != one.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	token, err := h.NewToken(t.Context(), owner, account.Wish{Label: "ERP", Scopes: []account.Right{account.ReadFigures}, Life: 30 * 24 * time.Hour}, good, "")
	must(t, err)
	v, err := h.TokenViewer(t.Context(), token)
	must(t, err)
	if v.Email != email || !v.May(account.ReadFigures) || v.May(account.DecideFigures) || v.May(account.ReadAudit) {
		t.Errorf("the token may %v", v.Scopes)
	}
	if !strings.HasPrefix(token, "token_") || h.viewer(token).Role != "" {
		t.Error("a token is taken for a session")
	}
	if _, err := h.TokenViewer(t.Context(), login.Secret); code(err) != "token_unknown" {
		t.Errorf("a session is taken for a token: %v", err)
	}
	if _, err := h.NewToken(t.Context(), v, account.Wish{Label: "more", Scopes: []account.Right{account.DecideFigures}, Life: time.Hour}, good, ""); code(err) != "token_scopes" {
		t.Errorf("a token makes a token that may more: %v", err)
	}
	t.Run("it loses what the role loses", func(t *testing.T) {
		must(t, h.Change(t.Context(), chief, email, "Anna", account.Sender, "ECAP"))
		if v, err := h.TokenViewer(t.Context(), token); err != nil || v.May(account.ReadFigures) {
			t.Errorf("%+v, %v", v, err)
		}
		must(t, h.Change(t.Context(), chief, email, "Anna", account.Coordination, ""))
	})
	t.Run("its use is noted", func(t *testing.T) {
		h.pass(10 * time.Minute)
		_, err := h.TokenViewer(t.Context(), token)
		must(t, err)
		tokens, err := h.Tokens(t.Context(), email)
		must(t, err)
		if len(tokens) != 1 || !tokens[0].Used.Equal(h.now()) || !slices.Equal(tokens[0].Scopes, []account.Right{account.ReadFigures}) {
			t.Errorf("got %+v", tokens)
		}
	})
	t.Run("it expires", func(t *testing.T) {
		h.pass(30 * 24 * time.Hour)
		if _, err := h.TokenViewer(t.Context(), token); code(err) != "token_unknown" {
			t.Error(err)
		}
	})
	t.Run("it is revoked", func(t *testing.T) {
		token, err := h.NewToken(t.Context(), owner, account.Wish{Label: "ERP", Scopes: []account.Right{account.ReadFigures}, Life: time.Hour}, good, "")
		must(t, err)
		tokens, err := h.Tokens(t.Context(), email)
		must(t, err)
		must(t, h.Revoke(t.Context(), chief, "bea@example.ch", tokens[0].ID))
		if _, err := h.TokenViewer(t.Context(), token); err != nil {
			t.Errorf("somebody else revoked it: %v", err)
		}
		must(t, h.Revoke(t.Context(), chief, email, tokens[0].ID))
		if _, err := h.TokenViewer(t.Context(), token); code(err) != "token_unknown" {
			t.Error(err)
		}
	})
}

func TestTheFirstAdministratorComesByALink(t *testing.T) {
	h := newHouse(t)
	all, err := h.Accounts(t.Context())
	must(t, err)
	for _, one := range all {
		if one.Role == account.Administrator {
			must(t, h.SetActive(t.Context(), chief, one.Email, false))
		}
	}
	link, wanted, err := h.FirstLink(t.Context())
	must(t, err)
	if !wanted {
		t.Fatal("nobody keeps the accounts, and no link is made")
	}
	if l, err := h.Link(t.Context(), link); err != nil || !l.First {
		t.Fatalf("%+v, %v", l, err)
	}
	if another := newHouse(t); code(second(another.Link(t.Context(), link))) != "link_unknown" {
		t.Error("the link outlives the program")
	}
	typed := account.Account{Email: "First.Admin@example.ch", Name: "Erste Person", Role: account.Sender}
	login, err := h.Redeem(t.Context(), link, typed, good, from)
	must(t, err)
	if v := h.viewer(login.Secret); v.Email != "first.admin@example.ch" || v.Role != account.Administrator {
		t.Errorf("got %+v", v)
	}
	if _, err := h.Redeem(t.Context(), link, account.Account{Email: "x@example.ch", Name: "x"}, good, from); code(err) != "link_unknown" {
		t.Errorf("the second time: %v", err)
	}
	if _, wanted, err := h.FirstLink(t.Context()); wanted || err != nil {
		t.Errorf("a link for a second: %v, %v", wanted, err)
	}
}

func second[A any](_ A, err error) error { return err }

func TestDemoAccountsAskForNothing(t *testing.T) {
	h := newHouse(t)
	must(t, h.EnsureDemo(t.Context(), []account.Account{{Email: "leserin@demo.invalid", Name: "Leserin", Role: account.Reader}}))
	login, err := h.DemoLogin(t.Context(), "leserin@demo.invalid", from)
	must(t, err)
	if h.viewer(login.Secret).Role != account.Reader {
		t.Error("not logged in")
	}
	email, _ := h.person(account.Reader)
	if _, err := h.DemoLogin(t.Context(), email, from); code(err) != "login_wrong" {
		t.Errorf("an account of a person: %v", err)
	}
	if _, err := h.Login(t.Context(), "leserin@demo.invalid", "", from); code(err) != "login_wrong" {
		t.Errorf("no password is a password: %v", err)
	}
}
