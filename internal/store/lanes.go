package store

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"kipmonitor/internal/submission"
)

// lane is a kind of statement. Each has connections of its own, so that those who read
// without a pause do not keep those waiting who send, nor anybody who logs in.
type lane int

const (
	reading  lane = iota // sums and lists of figures: they take the engine's time
	looking              // who asks, what was decided: short ones
	sending              // what must be known of the others before a file is kept
	writing              // inserts
	fetching             // original files, at the pace of whoever takes them
)

// width is how many statements of a lane run at once. Two cores are busy with four.
var width = [...]int64{reading: 4, looking: 2, sending: 3, writing: 3, fetching: 3}

// laneNames are those of the measurements.
var laneNames = [...]string{reading: "reading", looking: "looking", sending: "sending", writing: "writing", fetching: "fetching"}

// connections is how many all lanes take together, and one for what is in none.
const connections = 16

// long are the queries that take the engine's time, by their files.
var long = map[string]bool{
	"sums": true, "unpaired": true, "lineage": true, "observations": true, "differences": true, "totals": true, "complete_totals": true,
	"scope": true, "submissions": true, "events": true, "audit_entries": true, "broken_submissions": true, "orphans": true,
}

// lanes let statements through, each lane by itself and in the order in which they came.
type lanes struct {
	slots   [len(width)]*semaphore.Weighted
	waiting [len(width)]atomic.Int64
	urgent  atomic.Int64 // statements of those who send, waiting and running
}

func newLanes() *lanes {
	l := &lanes{}
	for i := range l.slots {
		l.slots[i] = semaphore.NewWeighted(width[i])
	}
	return l
}

// laneOf is the lane of a query.
func laneOf(ctx context.Context, name string) lane {
	switch {
	case name == "file":
		return fetching
	case submission.IsSending(ctx):
		return sending
	case long[name]:
		return reading
	}
	return looking
}

// enter waits for a slot; leave gives it back. While somebody sends, those who read go
// one at a time: the engine then has time for the file.
func (l *lanes) enter(ctx context.Context, in lane) (leave func(), err error) {
	slots := int64(1)
	if in == reading && l.urgent.Load() > 0 {
		slots = width[reading]
	}
	if in == sending || in == writing {
		l.urgent.Add(1)
	}
	l.waiting[in].Add(1)
	err = l.slots[in].Acquire(ctx, slots)
	l.waiting[in].Add(-1)
	if err != nil {
		if in == sending || in == writing {
			l.urgent.Add(-1)
		}
		return nil, err
	}
	return func() {
		l.slots[in].Release(slots)
		if in == sending || in == writing {
			l.urgent.Add(-1)
		}
	}, nil
}

// Waiting is how many statements wait for each lane, by its name.
func (s *Store) Waiting() map[string]int64 {
	all := map[string]int64{}
	for i, name := range laneNames {
		all[name] = s.lanes.waiting[i].Load()
	}
	return all
}
