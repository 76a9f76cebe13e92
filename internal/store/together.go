package store

import (
	"context"
	"slices"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/panics"
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
		for len(together) > 0 {
			together = s.insertOnce(table, columns, together)
		}
	}
}

// insertOnce inserts the rows of several callers and answers them. Where the rows
// of one cannot even be made, nothing was sent: that one is told, and the others
// are returned, to be tried again. What was sent is never sent again, since a
// server may have written it though its answer was lost.
func (s *Store) insertOnce(table string, columns []column, together []*pending) (again []*pending) {
	broken := -1
	// A panic is the error of those whose rows these are, and of nobody else.
	err := panics.Try(func() error {
		return s.insert(context.Background(), table, columns, func(batch driver.Batch) error {
			for i, one := range together {
				broken = i // until all of its rows are made
				if err := one.fill(batch); err != nil {
					return err
				}
			}
			broken = -1
			return nil
		})
	})
	if broken >= 0 {
		again = slices.Delete(slices.Clone(together), broken, broken+1)
		together = together[broken : broken+1]
	}
	for _, one := range together {
		one.err = err
		close(one.done)
	}
	return again
}
