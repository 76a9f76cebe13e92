package rate

import (
	"sync"
	"time"
)

// Tally counts what each of many names does in an hour of the clock, and says which
// counts are worth a word: the first, the tenth, the hundredth … So what happens often
// is recorded, and the record stays short. It is safe for concurrent use. Make it with
// NewTally.
type Tally struct {
	now    func() time.Time
	mutex  sync.Mutex
	hour   time.Time
	counts map[string]int
}

// NewTally returns a tally by a clock.
func NewTally(now func() time.Time) *Tally { return &Tally{now: now, counts: map[string]int{}} }

// Count counts once for a name, and returns how often it was in this hour.
func (t *Tally) Count(name string) (count int, notable bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if hour := t.now().Truncate(time.Hour); hour != t.hour {
		t.hour = hour
		clear(t.counts)
	}
	if _, known := t.counts[name]; !known && len(t.counts) >= maxNames {
		name = ""
	}
	t.counts[name]++
	count = t.counts[name]
	power := 1
	for power < count {
		power *= 10
	}
	return count, count == power
}
