package account

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/problem"
)

func TestPasswordsThatAreGuessedSoonAreRefused(t *testing.T) {
	one := Account{Email: "hans.muster@grenchen.ch", Name: "Hans Muster", Organisation: "G2546"}
	for password, want := range map[string]string{
		"kurz":                         "password_short",
		"elfzeichen1":                  "password_short",
		strings.Repeat("ä", 257):       "password_long",
		"passwordpassword":             "password_common",
		"Passwort2024!":                "password_common",
		"qwertzuiopasdf":               "password_common",
		"111111111111":                 "password_common",
		"hans.muster12":                "password_common",
		"kanton-solothurn":             "password_common",
		"Sommer2024Sommer":             "password_common",
		"iloveyou1234":                 "password_common",
		"meine katze mag milch":        "",
		"Frühling im Jura-Tal 7":       "",
		"correct horse battery staple": "",
		"aX9#kQ2!pLm8vT":               "",
		"        a lot of blanks     ": "",
	} {
		got := ""
		if told, ok := problem.From(checkPassword(password, one, []string{"kip", "solothurn"})); ok {
			got = told.Code
		}
		if got != want {
			t.Errorf("%.20q: %q, want %q", password, got, want)
		}
	}
}

func TestAHashMatchesItsPasswordAlone(t *testing.T) {
	hash := hashPassword("Zürcher Geschnetzeltes")
	if hash == hashPassword("Zürcher Geschnetzeltes") {
		t.Error("two hashes of one password are the same: no salt")
	}
	for password, want := range map[string]bool{
		"Zürcher Geschnetzeltes":       true,
		"Zu\u0308rcher Geschnetzeltes": true, // the same letters in other bytes
		"Zürcher Geschnetzelte":        false,
		"":                             false,
	} {
		if got := matches(hash, password); got != want {
			t.Errorf("%q: %v", password, got)
		}
	}
	for _, broken := range []string{"", "x", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$", "$argon2id$v=18$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"} {
		if matches(broken, "") || matches(broken, "x") {
			t.Errorf("%q matches", broken)
		}
	}
}

// FuzzHash: whatever stands in the place of a hash, nothing crashes, and nothing costs
// more than a few hashes of ours.
func FuzzHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
	f.Add("$argon2id$v=19$m=-1,t=1,p=300$$")
	f.Fuzz(func(t *testing.T, hash string) {
		if matches(hash, "some password that is none") {
			t.Errorf("%q matches", hash)
		}
	})
}

func TestTheThrottleForgetsTheOldestFirst(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	limit := newThrottle(1, time.Minute, 100)
	limit.try("busy", now)
	for i := range 10_000 {
		limit.try(fmt.Sprint(i), now)
		if i%50 == 0 {
			now = now.Add(2 * time.Minute)
			limit.try("busy", now)
		}
	}
	if len(limit.byName) > 100 || limit.order.Len() > 100 {
		t.Errorf("%d names are remembered", len(limit.byName))
	}
	if limit.byName["busy"] == nil {
		t.Error("the one that tries is forgotten")
	}
	if wait := limit.try("busy", now); wait == 0 || wait > time.Minute {
		t.Errorf("it waits %s", wait)
	}
	if wait := limit.try("busy", now.Add(2*time.Hour)); wait != 0 {
		t.Errorf("after two hours it waits %s", wait)
	}
}

func TestWhatWasSealedOpensForItsPurposeAlone(t *testing.T) {
	s, err := newSealer(NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.seal("factor of a", "secret")
	if text, err := s.open("factor of a", sealed); err != nil || text != "secret" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := s.open("factor of b", sealed); err == nil {
		t.Error("it opens for another purpose")
	}
	other, err := newSealer(NewKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.open("factor of a", sealed); err == nil {
		t.Error("it opens with another key")
	}
	if _, err := newSealer([]byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}

func TestGroupsHaveRoles(t *testing.T) {
	got, err := ParseGrants("kip-koordination=coordination, cn=kip-g2601=sender:G2601 ,")
	if err != nil || len(got) != 2 || got[0] != (Grant{"kip-koordination", Coordination, ""}) || got[1] != (Grant{"cn=kip-g2601", Sender, "G2601"}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, broken := range []string{"kip", "=reader", "kip=king", "kip=sender", "kip=reader:ECAP"} {
		if got, err := ParseGrants(broken); err == nil {
			t.Errorf("%q is taken: %+v", broken, got)
		}
	}
}
