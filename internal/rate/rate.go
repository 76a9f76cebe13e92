// Package rate counts what each of many names does in a minute, and says who has to
// wait. Its memory is bounded.
package rate

import (
	"sync"
	"time"
)

// Limit is how often a name may do something in a minute of the clock. It is safe for
// concurrent use. Make it with New.
type Limit struct {
	most  int
	now   func() time.Time
	mutex sync.Mutex

	minute time.Time
	counts map[string]int
}

// maxNames bounds the memory: beyond it, those who are new share one count.
const maxNames = 20_000

// New returns a limit of so many times a minute.
func New(most int, now func() time.Time) *Limit {
	return &Limit{most: most, now: now, counts: map[string]int{}}
}

// Take counts once for a name. It returns how many seconds to wait instead where that is
// too often, and 0 where it is not.
func (l *Limit) Take(name string) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := l.now()
	if minute := now.Truncate(time.Minute); minute != l.minute {
		l.minute = minute
		clear(l.counts)
	}
	if _, known := l.counts[name]; !known && len(l.counts) >= maxNames {
		name = ""
	}
	if l.counts[name] >= l.most {
		// Rounded up: after the told time it is another minute.
		return int((l.minute.Add(time.Minute).Sub(now) + time.Second - 1) / time.Second)
	}
	l.counts[name]++
	return 0
}
