package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// What is written here changes no figure: the version of the data stays.

// Accounts returns the latest state of accounts by their addresses, or of all where
// none is given.
func (s *Store) Accounts(ctx context.Context, emails ...string) ([]account.Account, error) {
	var all []account.Account
	err := s.ask(ctx, "accounts", parameters{"everyone": len(emails) == 0, "emails": texts(emails)}, func(row driver.Rows) error {
		var one account.Account
		var role, organisation, language string
		err := row.Scan(&one.Email, &one.Changed, &one.ChangedBy, &one.Name, &role, &organisation, &language, &one.Active, &one.Created,
			&one.Subject, &one.Password, &one.Factor, &one.FactorStep, &one.Recovery)
		one.Role, one.Organisation, one.Language = account.Role(role), figure.Organisation(organisation), locale.Language(language)
		one.Changed, one.Created = one.Changed.UTC(), one.Created.UTC()
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return all, nil
}

var accountColumns = []column{
	{Name: "email", Type: "String"}, {Name: "at", Type: "DateTime64(6, 'UTC')"}, {Name: "changed_by", Type: "String"}, {Name: "name", Type: "String"},
	{Name: "role", Type: "String"}, {Name: "organisation", Type: "String"}, {Name: "language", Type: "String"}, {Name: "active", Type: "Bool"},
	{Name: "created", Type: "DateTime64(6, 'UTC')"}, {Name: "subject", Type: "String"}, {Name: "password", Type: "String"},
	{Name: "factor", Type: "String"}, {Name: "factor_step", Type: "Int64"}, {Name: "recovery", Type: "Array(String)"},
}

// KeepAccount adds a state of an account.
func (s *Store) KeepAccount(ctx context.Context, one account.Account) error {
	err := s.insertTogether(ctx, "accounts", accountColumns, func(batch driver.Batch) error {
		return batch.Append(one.Email, one.Changed, one.ChangedBy, one.Name, string(one.Role), string(one.Organisation), string(one.Language), one.Active,
			one.Created, one.Subject, one.Password, one.Factor, one.FactorStep, append([]string{}, one.Recovery...))
	})
	if err != nil {
		return fmt.Errorf("keep the account %s: %w", one.Email, err)
	}
	return nil
}

// Pass returns a pass by its id, and false where there is none.
func (s *Store) Pass(ctx context.Context, id string) (account.Pass, bool, error) {
	one, found := account.Pass{ID: id}, false
	err := s.ask(ctx, "pass", parameters{"pass": id}, func(row driver.Rows) error {
		found = true
		return scanPass(row, &one)
	})
	if err != nil {
		return one, false, fmt.Errorf("ask for a pass: %w", err)
	}
	return one, found, nil
}

// Passes returns the passes of a person that have not ended and expire after a moment,
// the latest first.
func (s *Store) Passes(ctx context.Context, email string, after time.Time) ([]account.Pass, error) {
	var all []account.Pass
	err := s.ask(ctx, "passes", parameters{"email": email, "after": moment(after)}, func(row driver.Rows) error {
		var one account.Pass
		err := scanPass(row, &one, &one.ID)
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the passes of %s: %w", email, err)
	}
	return all, nil
}

var errPassWithoutIssue = errors.New("a pass has events and was never issued")

func scanPass(row driver.Rows, one *account.Pass, first ...any) error {
	var kind string
	var scopes []string
	err := row.Scan(append(first, &kind, &one.Email, &one.Label, &one.Address, &scopes, &one.Expires, &one.Issued, &one.Used, &one.Ended)...)
	if err != nil {
		return err
	}
	if kind == "" {
		return errPassWithoutIssue
	}
	one.Kind = account.PassKind(kind)
	for _, scope := range scopes {
		one.Scopes = append(one.Scopes, account.Right(scope))
	}
	one.Expires, one.Issued, one.Used, one.Ended = one.Expires.UTC(), one.Issued.UTC(), happened(one.Used), happened(one.Ended)
	return nil
}

// happened turns the engine's answer for «never», the start of 1970, into ours.
func happened(at time.Time) time.Time {
	if at.Unix() == 0 {
		return time.Time{}
	}
	return at.UTC()
}

var passColumns = []column{
	{Name: "pass", Type: "String"}, {Name: "event", Type: "String"}, {Name: "at", Type: "DateTime64(6, 'UTC')"}, {Name: "kind", Type: "String"},
	{Name: "email", Type: "String"}, {Name: "label", Type: "String"}, {Name: "address", Type: "String"}, {Name: "scopes", Type: "Array(String)"},
	{Name: "expires", Type: "DateTime64(6, 'UTC')"},
}

// IssuePass keeps a new pass.
func (s *Store) IssuePass(ctx context.Context, one account.Pass) error {
	return s.keepPass(ctx, one, "issued", one.Issued)
}

// NotePass adds an event of a pass.
func (s *Store) NotePass(ctx context.Context, id string, event account.PassEvent, at time.Time) error {
	return s.keepPass(ctx, account.Pass{ID: id, Expires: at}, string(event), at)
}

func (s *Store) keepPass(ctx context.Context, one account.Pass, event string, at time.Time) error {
	err := s.insertTogether(ctx, "passes", passColumns, func(batch driver.Batch) error {
		return batch.Append(one.ID, event, at, string(one.Kind), one.Email, one.Label, one.Address, texts(one.Scopes), one.Expires)
	})
	if err != nil {
		return fmt.Errorf("record that a pass was %s: %w", event, err)
	}
	return nil
}
