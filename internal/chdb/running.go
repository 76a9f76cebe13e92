package chdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kipmonitor/internal/panics"
)

// killInterval is how long a killed statement has to end before it is killed
// again: the engine may not have known it yet the first time.
const killInterval = 50 * time.Millisecond

var statements atomic.Uint64

// running is a statement under way: it has a connection of the pool until end.
type running struct {
	engine     *Engine
	connection *connection
	context    context.Context // ends with the request's, or with the engine
	cancel     context.CancelCauseFunc
	mark       string // a comment in front of the SQL, by which the engine finds it
	unwatch    func() bool
	done       chan struct{}
	ending     sync.Once
}

// begin waits for an idle connection.
func (e *Engine) begin(ctx context.Context) (*running, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	detach := context.AfterFunc(e.life, func() { cancel(errClosed) })
	r := &running{
		engine: e, context: ctx, done: make(chan struct{}),
		mark:    fmt.Sprintf("/* %d */ ", statements.Add(1)),
		unwatch: func() bool { return false },
		cancel:  func(cause error) { detach(); cancel(cause) },
	}
	select {
	case r.connection = <-e.idle:
		return r, nil
	case <-ctx.Done():
		err := context.Cause(ctx)
		r.cancel(nil)
		return nil, err
	}
}

// watch kills the statement when its context ends. A statement between two
// calls of the library cannot be killed: first the given function is asked to
// end it.
func (r *running) watch(end func() bool) {
	r.unwatch()
	r.unwatch = context.AfterFunc(r.context, func() {
		err := panics.Try(func() error {
			for !end() {
				r.engine.kill(r.mark)
				select {
				case <-r.done:
					return nil
				case <-time.After(killInterval):
				}
			}
			return nil
		})
		if caught, panicked := panics.From(err); panicked {
			// Nobody waits for this; the statement goes on to the end of its time.
			slog.Error("a statement was not stopped", "error", err, "stack", string(caught.Stack))
		}
	})
}

// end gives the connection back.
func (r *running) end() {
	r.ending.Do(func() {
		r.unwatch()
		close(r.done)
		r.cancel(nil)
		r.engine.idle <- r.connection
	})
}

// fault is err, or why the statement was killed.
func (r *running) fault(err error) error {
	if err != nil && r.context.Err() != nil {
		return context.Cause(r.context)
	}
	if exception, ok := err.(engineError); ok {
		return engineError(strings.ReplaceAll(string(exception), r.mark, ""))
	}
	return err
}

func never() bool { return false }

// query runs a statement to its end.
func (r *running) query(s statement) ([]byte, error) {
	r.watch(never)
	s.sql = r.mark + s.sql
	result, err := r.connection.query(s)
	return result, r.fault(err)
}

// insert sends rows; where the context ends, the reader of them is closed.
func (r *running) insert(s statement, rows io.Reader, closer io.Closer) error {
	r.watch(never)
	stop := context.AfterFunc(r.context, func() { _ = closer.Close() })
	defer stop()
	s.sql = r.mark + s.sql
	return r.fault(r.connection.insert(s, rows))
}

var errNoStream = errors.New("not a statement that the library streams")

// stream starts a SELECT and fetches its first block, so that most faults are
// known before the answer begins. Other statements give errNoStream; they have
// not run.
func (r *running) stream(o order) (*rows, error) {
	if !streams(o.sql) {
		return nil, errNoStream
	}
	b := &rows{running: r, packer: o.packer}
	b.lock.Lock()
	defer b.lock.Unlock()
	r.watch(b.abandon)
	s := o.statement
	s.sql = r.mark + s.sql
	stream, err := r.connection.stream(s)
	if err != nil && strings.Contains(err.Error(), "Streaming query is not supported") {
		// WITH … INSERT looks like a SELECT.
		return nil, errNoStream
	}
	if err != nil {
		return nil, r.fault(err)
	}
	b.stream = stream
	if err := b.fetch(); err != nil {
		b.discard()
		return nil, err
	}
	return b, nil
}
