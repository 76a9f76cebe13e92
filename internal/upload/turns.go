package upload

import (
	"context"
	"runtime"
)

// Turns bounds how many files are checked at a time, so that those who read need not
// wait for those who send. Nil bounds nothing. Make it with NewTurns.
type Turns chan struct{}

// NewTurns returns turns for one file less than there are processors, which is left to
// readers.
func NewTurns() Turns { return make(Turns, max(1, runtime.GOMAXPROCS(0)-1)) }

// Take waits until a file may be checked; then End must be called.
func (t Turns) Take(ctx context.Context) error {
	if t == nil {
		return nil
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// End lets the next file be checked.
func (t Turns) End() {
	if t != nil {
		<-t
	}
}
