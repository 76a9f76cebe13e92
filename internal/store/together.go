package store

import (
	"context"
	"errors"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// An insert costs a part that is written, synced and later merged, however few
// rows it has. While one insert into a table runs, those that wait for it gather
// and then go together as one (group commit), so that many senders at once cost
// little more than one.

// gathering are the inserts that wait for a table.
type gathering struct {
	mutex   sync.Mutex
	waiting []*pending
	running bool
}

// pending is one caller's rows.
type pending struct {
	fill func(batch driver.Batch) error
	err  error
	done chan struct{}
}

// smallRows is how many rows an insert may have to go together with others.
const smallRows = 4096

// insertTogether writes a few rows into a table, in one block with those of other
// callers at the same time: all of a caller's rows or none. A caller whose context
// ends no longer waits; its rows may still be written.
func (s *Store) insertTogether(ctx context.Context, table string, columns []column, fill func(batch driver.Batch) error) error {
	key := table
	for _, c := range columns {
		key += " " + c.Name + " " + c.Type
	}
	s.gatheringLock.Lock()
	g := s.gatherings[key]
	if g == nil {
		if s.gatherings == nil {
			s.gatherings = map[string]*gathering{}
		}
		g = &gathering{}
		s.gatherings[key] = g
	}
	s.gatheringLock.Unlock()

	one := &pending{fill: fill, done: make(chan struct{})}
	g.mutex.Lock()
	g.waiting = append(g.waiting, one)
	if !g.running {
		g.running = true
		go s.insertGathered(g, table, columns)
	}
	g.mutex.Unlock()
	select {
	case <-one.done:
		return one.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// insertGathered inserts what waits until nothing does.
func (s *Store) insertGathered(g *gathering, table string, columns []column) {
	for {
		g.mutex.Lock()
		together := g.waiting
		g.waiting = nil
		if len(together) == 0 {
			g.running = false
			g.mutex.Unlock()
			return
		}
		g.mutex.Unlock()
		err := s.insert(context.Background(), table, columns, func(batch driver.Batch) error {
			for _, one := range together {
				if err := one.fill(batch); err != nil {
					return err
				}
			}
			return nil
		})
		for _, one := range together {
			one.err = err
			// What concerns one caller's rows must not be told to the others: each tries
			// alone.
			var exception *clickhouse.Exception
			if err != nil && len(together) > 1 && !errors.As(err, &exception) {
				one.err = s.insert(context.Background(), table, columns, one.fill)
			}
			close(one.done)
		}
	}
}
