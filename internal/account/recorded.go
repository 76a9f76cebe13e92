package account

import (
	"context"
	"sync"
	"time"
)

type recordKey struct{}

// Recorded returns a context in which what is done to an account or a pass is recorded
// before it is written, once, and not done where it cannot be recorded. What is refused
// is not recorded. A crash can so leave a line of the audit for something that was not
// done, but never something that was done without a line.
func Recorded(ctx context.Context, record func() error) context.Context {
	return context.WithValue(ctx, recordKey{}, sync.OnceValue(record))
}

// recorded are records that are written once the audit has its line.
type recorded struct{ Records }

func (recorded) first(ctx context.Context) error {
	if record, wanted := ctx.Value(recordKey{}).(func() error); wanted {
		return record()
	}
	return nil
}

// KeepAccount adds a state of an account.
func (r recorded) KeepAccount(ctx context.Context, one Account) error {
	if err := r.first(ctx); err != nil {
		return err
	}
	return r.Records.KeepAccount(ctx, one)
}

// IssuePass keeps a new pass.
func (r recorded) IssuePass(ctx context.Context, one Pass) error {
	if err := r.first(ctx); err != nil {
		return err
	}
	return r.Records.IssuePass(ctx, one)
}

// NotePass adds an event of a pass.
func (r recorded) NotePass(ctx context.Context, id string, event PassEvent, at time.Time) error {
	if err := r.first(ctx); err != nil {
		return err
	}
	return r.Records.NotePass(ctx, id, event, at)
}
