package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// nextSequences returns the first of n numbers by which rows are put in order, whatever
// the clock says: what is written once another row was acknowledged has a higher number.
// Of a server the highest is asked each time, since another program may have written
// there; the embedded engine has one program.
func (s *Store) nextSequences(ctx context.Context, n int) (first uint64, err error) {
	s.sequenceLock.Lock()
	defer s.sequenceLock.Unlock()
	if s.sequence == 0 || s.engine == nil {
		var last uint64
		if err := s.ask(ctx, "last_sequence", nil, func(row driver.Rows) error { return row.Scan(&last) }); err != nil {
			return 0, fmt.Errorf("ask for the order of what was written: %w", err)
		}
		s.sequence = max(s.sequence, last)
	}
	first = s.sequence + 1
	s.sequence += uint64(n)
	return first, nil
}
