package upload

import (
	"sync"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Lanes bounds how many uploads of one person are under way at a time. Each lies on the
// disk, of up to Max bytes, until it is its turn to be checked: one person alone must not
// fill the disk. The zero value is ready.
type Lanes struct {
	mutex sync.Mutex
	under map[string]int
}

// perPerson is how many that are, and laneWait after how many seconds to ask again.
const (
	perPerson = 10
	laneWait  = 5
)

// Begin takes a lane of a person, which end gives back. Where none is free it returns
// after how many seconds to try again, and a problem that says so.
func (l *Lanes) Begin(person string) (end func(), wait int, err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.under[person] >= perPerson {
		return nil, laneWait, problem.New(problem.TooMany, "try_later", locale.Args{"count": laneWait})
	}
	if l.under == nil {
		l.under = map[string]int{}
	}
	l.under[person]++
	return func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		if l.under[person]--; l.under[person] == 0 {
			delete(l.under, person)
		}
	}, 0, nil
}
