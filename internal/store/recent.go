package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/submission"
)

// Recent returns the latest submissions, at most limit, the oldest first.
func (s *Store) Recent(ctx context.Context, limit int) ([]submission.Submission, error) {
	var ids []submission.ID
	err := s.ask(ctx, "recent", parameters{"limit": uint32(max(limit, 0))}, func(row driver.Rows) error {
		var id uuid.UUID
		err := row.Scan(&id)
		ids = append(ids, submission.ID(id.String()))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the latest submissions: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.Submissions(ctx, submission.Filter{IDs: ids})
}
