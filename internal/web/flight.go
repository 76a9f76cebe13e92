package web

import (
	"context"
	"errors"
	"sync"

	"kipmonitor/internal/panics"
)

// flights are the pages that are being made: of many who ask for the same at once one
// makes it, and all get it. A page that nobody waits for any more is stopped.
type flights struct {
	mutex sync.Mutex
	byTag map[string]*flight
}

// flight is one page that is being made.
type flight struct {
	waiting int // how many want it; the flights' mutex guards it
	cancel  context.CancelCauseFunc
	done    chan struct{}
	page    *cached
	err     error
}

var errNobodyWaits = errors.New("nobody waits for the page any more")

// do returns the page of a tag: it makes it, or waits for whoever makes it. The context
// of fill ends when the contexts of all who wait have ended.
func (f *flights) do(ctx context.Context, tag string, fill func(context.Context) (*cached, error)) (*cached, error) {
	f.mutex.Lock()
	if f.byTag == nil {
		f.byTag = map[string]*flight{}
	}
	one, found := f.byTag[tag]
	if found {
		one.waiting++
		f.mutex.Unlock()
		stop := context.AfterFunc(ctx, func() { f.leave(tag, one) })
		defer stop()
		select {
		case <-one.done:
			return one.page, one.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	making, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	one = &flight{waiting: 1, cancel: cancel, done: make(chan struct{})}
	f.byTag[tag] = one
	f.mutex.Unlock()
	stop := context.AfterFunc(ctx, func() { f.leave(tag, one) })
	defer stop()
	one.err = panics.Try(func() (err error) {
		one.page, err = fill(making)
		return err
	})
	f.mutex.Lock()
	if f.byTag[tag] == one {
		delete(f.byTag, tag)
	}
	f.mutex.Unlock()
	close(one.done)
	cancel(nil)
	return one.page, one.err
}

// leave takes one who waits away. With the last the page is given up: who asks from then
// on has it made anew.
func (f *flights) leave(tag string, one *flight) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if one.waiting--; one.waiting == 0 {
		if f.byTag[tag] == one {
			delete(f.byTag, tag)
		}
		one.cancel(errNobodyWaits)
	}
}
