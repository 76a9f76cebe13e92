package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/trace"
)

var auditColumns = []column{
	{Name: "at", Type: "DateTime64(6, 'UTC')"}, {Name: "person", Type: "String"}, {Name: "organisation", Type: "String"}, {Name: "address", Type: "String"},
	{Name: "action", Type: "String"}, {Name: "object", Type: "String"}, {Name: "detail", Type: "String"}, {Name: "request", Type: "String"},
}

// Audit adds lines to the audit. Once begun it is finished, even if the caller
// leaves.
func (s *Store) Audit(ctx context.Context, entries ...account.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	err := s.insertTogether(context.WithoutCancel(ctx), "audit", auditColumns, func(batch driver.Batch) error {
		for _, one := range entries {
			if err := batch.Append(one.At, one.Person, string(one.Organisation), one.Address, string(one.Action), one.Object, one.Detail, cmp.Or(one.Request, trace.ID(ctx))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write the audit: %w", err)
	}
	return nil
}

// AuditEntries returns lines of the audit, the latest first.
func (s *Store) AuditEntries(ctx context.Context, filter account.EntryFilter) ([]account.Entry, error) {
	var all []account.Entry
	err := s.ask(ctx, "audit_entries", parameters{
		"from": moment(since(filter.From, time.Unix(0, 0))), "to": moment(filter.To), "person": filter.Person, "action": string(filter.Action),
		"object": filter.Object, "limit": uint64(cmp.Or(filter.Limit, 1_000_000)), "offset": uint64(filter.Offset),
	}, func(row driver.Rows) error {
		var one account.Entry
		var organisation, action string
		err := row.Scan(&one.At, &one.Person, &organisation, &one.Address, &action, &one.Object, &one.Detail, &one.Request)
		one.At, one.Organisation, one.Action = one.At.UTC(), figure.Organisation(organisation), account.Action(action)
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the audit: %w", err)
	}
	return all, nil
}

func since(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}
