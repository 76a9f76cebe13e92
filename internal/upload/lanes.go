package upload

import (
	"sync"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Lanes bounds how much of one person is under way at a time, so that one alone does not
// fill the disk or the memory. Make them with NewLanes.
type Lanes struct {
	most  int
	mutex sync.Mutex
	under map[string]int
}

// PerPerson is how many uploads that are: each lies on the disk, of up to Max bytes,
// until it is its turn to be checked.
const PerPerson = 10

// laneWait is after how many seconds to ask again.
const laneWait = 5

// NewLanes returns lanes, some for each person.
func NewLanes(most int) *Lanes { return &Lanes{most: most, under: map[string]int{}} }

// Begin takes a lane of a person, which end gives back. Where none is free it returns
// after how many seconds to try again, and a problem that says so.
func (l *Lanes) Begin(person string) (end func(), wait int, err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.under[person] >= l.most {
		return nil, laneWait, problem.New(problem.TooMany, "try_later", locale.Args{"count": laneWait})
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
