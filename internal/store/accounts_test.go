package store_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/store"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456000, time.UTC)

func TestTheLatestStateOfAnAccountCounts(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		first := account.Account{Email: "anna@example.ch", Name: "Anna", Role: account.Sender, Organisation: "G2546", Language: "de", Active: true,
			Created: noon, Changed: noon, ChangedBy: "chef@example.ch"}
		second := first
		second.Changed, second.Name, second.Active = noon.Add(time.Microsecond), "Anna Muster", false
		second.Password, second.Factor, second.FactorStep, second.Recovery, second.Subject = "hash", "sealed", 58_000_000, []string{"a", "b"}, "https://idp 7"
		other := account.Account{Email: "bea@example.ch", Name: "Bea", Role: account.Reader, Active: true, Created: noon, Changed: noon}
		// The order in which the states arrive does not matter.
		for _, one := range []account.Account{second, other, first} {
			must(t, s.KeepAccount(t.Context(), one))
		}
		all, err := s.Accounts(t.Context())
		must(t, err)
		for i := range all {
			if len(all[i].Recovery) == 0 {
				all[i].Recovery = nil
			}
		}
		if !reflect.DeepEqual(all, []account.Account{second, other}) {
			t.Errorf("got  %+v\nwant %+v", all, []account.Account{second, other})
		}
		found, err := s.Accounts(t.Context(), "bea@example.ch")
		must(t, err)
		if len(found) != 1 || found[0].Name != "Bea" {
			t.Errorf("got %+v", found)
		}
		if none, err := s.Accounts(t.Context(), "nobody@example.ch"); err != nil || len(none) != 0 {
			t.Errorf("got %+v, %v", none, err)
		}
	})
}

func TestAPassIsWhatItsEventsSay(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		session := account.Pass{ID: "s1", Kind: account.Session, Email: "anna@example.ch", Label: "Firefox", Address: "192.0.2.1", Issued: noon, Expires: noon.Add(time.Hour)}
		token := account.Pass{ID: "t1", Kind: account.Token, Email: "anna@example.ch", Label: "ERP", Scopes: []account.Right{account.SendFigures},
			Issued: noon.Add(time.Second), Expires: noon.Add(48 * time.Hour)}
		foreign := account.Pass{ID: "s2", Kind: account.Session, Email: "bea@example.ch", Issued: noon, Expires: noon.Add(time.Hour)}
		for _, one := range []account.Pass{session, token, foreign} {
			must(t, s.IssuePass(t.Context(), one))
		}
		got, found, err := s.Pass(t.Context(), "s1")
		must(t, err)
		if !found || !reflect.DeepEqual(got, session) {
			t.Errorf("got  %+v\nwant %+v", got, session)
		}
		if _, found, err := s.Pass(t.Context(), "unknown"); found || err != nil {
			t.Errorf("an unknown pass is found: %v, %v", found, err)
		}
		list := func(after time.Time) (ids []string) {
			all, err := s.Passes(t.Context(), "anna@example.ch", after)
			must(t, err)
			for _, one := range all {
				ids = append(ids, one.ID)
			}
			return ids
		}
		if got := list(noon); !slices.Equal(got, []string{"t1", "s1"}) {
			t.Errorf("the passes are %v", got)
		}
		if got := list(noon.Add(2 * time.Hour)); !slices.Equal(got, []string{"t1"}) {
			t.Errorf("after an hour the passes are %v", got)
		}
		must(t, s.NotePass(t.Context(), "t1", account.Used, noon.Add(time.Minute)))
		must(t, s.NotePass(t.Context(), "t1", account.Used, noon.Add(2*time.Minute)))
		must(t, s.NotePass(t.Context(), "s1", account.Ended, noon.Add(time.Minute)))
		if got := list(noon); !slices.Equal(got, []string{"t1"}) {
			t.Errorf("without the one that ended the passes are %v", got)
		}
		token.Used = noon.Add(2 * time.Minute)
		if got, _, _ := s.Pass(t.Context(), "t1"); !reflect.DeepEqual(got, token) {
			t.Errorf("got  %+v\nwant %+v", got, token)
		}
		if got, _, _ := s.Pass(t.Context(), "s1"); !got.Ended.Equal(noon.Add(time.Minute)) {
			t.Errorf("it ended at %s", got.Ended)
		}
	})
}

func TestTheAuditIsFilteredAndTheLatestComesFirst(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		before, err := s.Version(t.Context())
		must(t, err)
		for i := range 5 {
			must(t, s.Audit(t.Context(), account.Entry{At: noon.Add(time.Duration(i) * time.Hour), Person: fmt.Sprint("p", i%2), Organisation: "ECAP",
				Address: "192.0.2.1", Action: account.LoggedIn, Object: fmt.Sprint("Datei ", i, " Ü"), Detail: "x"}))
		}
		must(t, s.Audit(t.Context(), account.Entry{At: noon.Add(time.Minute), Action: account.LoginFailed}, account.Entry{At: noon.Add(2 * time.Minute), Action: account.LoginFailed}))
		for name, one := range map[string]struct {
			filter account.EntryFilter
			want   int
		}{
			"all":                      {account.EntryFilter{}, 7},
			"a person":                 {account.EntryFilter{Person: "p1"}, 2},
			"an action":                {account.EntryFilter{Action: account.LoginFailed}, 2},
			"a part of an object":      {account.EntryFilter{Object: "datei 3 ü"}, 1},
			"from a moment on":         {account.EntryFilter{From: noon.Add(time.Hour)}, 4},
			"up to a moment":           {account.EntryFilter{To: noon.Add(time.Hour)}, 3},
			"a page":                   {account.EntryFilter{Limit: 3}, 3},
			"the last page":            {account.EntryFilter{Limit: 3, Offset: 6}, 1},
			"a text that SQL would do": {account.EntryFilter{Person: "p1' OR '1'='1"}, 0},
		} {
			got, err := s.AuditEntries(t.Context(), one.filter)
			must(t, err)
			if len(got) != one.want {
				t.Errorf("%s: %d entries, want %d", name, len(got), one.want)
			}
			if !slices.IsSortedFunc(got, func(a, b account.Entry) int { return b.At.Compare(a.At) }) {
				t.Errorf("%s: the latest is not first", name)
			}
		}
		got, err := s.AuditEntries(t.Context(), account.EntryFilter{Limit: 1})
		must(t, err)
		want := account.Entry{At: noon.Add(4 * time.Hour), Person: "p0", Organisation: "ECAP", Address: "192.0.2.1", Action: account.LoggedIn, Object: "Datei 4 Ü", Detail: "x"}
		if len(got) != 1 || got[0] != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		must(t, s.KeepAccount(t.Context(), account.Account{Email: "a@example.ch", Created: noon, Changed: noon}))
		if after, err := s.Version(t.Context()); err != nil || after != before {
			t.Errorf("accounts and audit change the version of the figures from %s to %s (%v)", before, after, err)
		}
	})
}

func TestAnAuditLineIsWrittenThoughItsCallerLeaves(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		gone, leave := context.WithCancel(t.Context())
		leave()
		must(t, s.Audit(gone, account.Entry{At: noon, Action: account.LoggedOut}))
		if got, err := s.AuditEntries(t.Context(), account.EntryFilter{}); err != nil || len(got) != 1 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
