package upload

import (
	"context"
	"runtime"
)

// Turns bounds how many files are checked at a time, so that those who read need not
// wait for those who send. Nil bounds nothing. Make it with NewTurns.
type Turns struct {
	any   chan struct{} // held by files of any size
	small chan struct{} // held by small files that found none of the others free
}

// Small is the size in bytes up to which a file does not wait behind larger ones: it is
// checked in a moment, and most senders send no larger one.
const Small = 1 << 20

// NewTurns returns turns for one file less than there are processors, which is left to
// readers, and one more for a small file.
func NewTurns() *Turns {
	return &Turns{any: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)), small: make(chan struct{}, 1)}
}

// Take waits until a file of a size in bytes may be checked. Afterwards end lets the
// next one be checked. The error is why the context ended.
func (t *Turns) Take(ctx context.Context, size int64) (end func(), err error) {
	if t == nil {
		return func() {}, nil
	}
	var small chan<- struct{} // nil: never free
	if size <= Small {
		small = t.small
	}
	// A turn of any size is taken first: the other one is for when there is none.
	select {
	case t.any <- struct{}{}:
		return func() { <-t.any }, nil
	default:
	}
	select {
	case t.any <- struct{}{}:
		return func() { <-t.any }, nil
	case small <- struct{}{}:
		return func() { <-t.small }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
