package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// One copy of the program writes to a database: locks, one-time codes, throttles and
// uploads hold within it. The embedded engine lets no second process in; on a server each
// copy leaves a sign of life, and a second one does not begin while it sees another's.

// How often a copy gives a sign of life, and after how long without one it counts as
// gone: after a crash the next start waits so long.
const (
	leaseEvery = 10 * time.Second
	leaseLasts = 35 * time.Second
)

var copyColumns = []column{{Name: "copy", Type: "String"}, {Name: "host", Type: "String"}, {Name: "gone", Type: "Bool"}}

// Lease makes this copy of the program the one that writes, until the context ends. Where
// another is at work it says which. lost is told where another took over, after this one
// gave no sign of life for too long: it must write no more.
func (s *Store) Lease(ctx context.Context, lost func(error)) error {
	if s.engine != nil {
		return nil
	}
	host, _ := os.Hostname() // a name for people alone
	own := rand.Text()
	sign := func(ctx context.Context, gone bool) error {
		return s.insertTogether(ctx, "copies", copyColumns, func(batch driver.Batch) error { return batch.Append(own, host, gone) })
	}
	// First the sign, then the look: of two that start at once each sees the other, and at
	// least one gives way.
	if err := sign(ctx, false); err != nil {
		return fmt.Errorf("say that this copy of the program is at work: %w", err)
	}
	if err := s.alone(ctx, own); err != nil {
		_ = sign(context.WithoutCancel(ctx), true)
		return err
	}
	go func() {
		tick := time.NewTicker(leaseEvery)
		defer tick.Stop()
		last := time.Now()
		for {
			select {
			case <-ctx.Done():
				_ = sign(context.WithoutCancel(ctx), true) // otherwise the next start waits
				return
			case <-tick.C:
			}
			if time.Since(last) > leaseLasts {
				if err := s.alone(ctx, own); err != nil {
					lost(err)
					return
				}
			}
			if err := sign(ctx, false); err == nil {
				last = time.Now()
			}
		}
	}()
	return nil
}

// alone says which other copy is at work; nil where none is.
func (s *Store) alone(ctx context.Context, own string) error {
	var fault error
	err := s.ask(ctx, "copies", parameters{"copy": own, "seconds": int64(leaseLasts.Seconds())}, func(row driver.Rows) error {
		var other, host string
		var ago, since int64
		if err := row.Scan(&other, &host, &ago, &since); err != nil {
			return err
		}
		if fault == nil {
			fault = fmt.Errorf("another copy of the program works on this database, on %s since %v (last seen %v ago): stop it first, "+
				"or, where it was killed, try again in %v; files are sent to the running one through its API", host,
				time.Duration(since)*time.Second, time.Duration(ago)*time.Second, leaseLasts)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ask which copies of the program are at work: %w", err)
	}
	return fault
}
