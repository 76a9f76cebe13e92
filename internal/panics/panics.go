// Package panics turns a panic into an error that knows its stack, so that a fault in
// one request ends that request and nothing else. Nothing but this package recovers.
//
//	group, ctx := panics.WithContext(ctx)
//	group.Go(func() error { return draw(ctx, chart) })
//	err := group.Wait() // a panic of draw is an *Error here
package panics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// Error is a panic that was caught. Its text is what was panicked with, without the
// stack: the stack is for the log alone.
type Error struct {
	Value any    // what the program panicked with
	Stack []byte // of the goroutine that did, as debug.Stack writes it
}

// Error says what the program panicked with.
func (e *Error) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value where it is an error, such as a runtime.Error.
func (e *Error) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// From returns the panic in an error's chain, if there is one.
func From(err error) (*Error, bool) {
	var found *Error
	ok := errors.As(err, &found)
	return found, ok
}

// Catch, deferred, gives a panic of the function to its named result err in place of
// what it would have returned.
func Catch(err *error) {
	value := recover()
	if value == nil {
		return
	}
	// A goroutine handed its panic on: the first stack is the one that helps.
	if again, ok := value.(*Error); ok {
		*err = again
		return
	}
	*err = &Error{Value: value, Stack: debug.Stack()}
}

// Try runs a function and returns its error, or its panic as an *Error.
func Try(do func() error) (err error) {
	defer Catch(&err)
	return do()
}

// Group is an errgroup.Group whose goroutines may panic: the first error or panic ends
// the context and is what Wait returns. Make it with WithContext.
type Group struct{ group *errgroup.Group }

// WithContext returns a group and the context that its first error ends.
func WithContext(ctx context.Context) (*Group, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	return &Group{group}, ctx
}

// SetLimit bounds how many of the group run at a time.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs a function in a goroutine of the group, once the limit allows it.
func (g *Group) Go(do func() error) { g.group.Go(func() error { return Try(do) }) }

// Wait waits for all of the group and returns the first error.
func (g *Group) Wait() error { return g.group.Wait() }

// Parallel runs a function for each of the numbers below n, each in a goroutine, and
// returns when all have. A panic of one of them is then the caller's.
func Parallel(n int, do func(i int)) {
	var group errgroup.Group
	for i := range n {
		group.Go(func() error {
			return Try(func() error { do(i); return nil })
		})
	}
	if err := group.Wait(); err != nil {
		panic(err)
	}
}

// Pipe returns a reader of what a function writes, in a goroutine of its own that a read
// error ends. Its error, or panic, is what the reader gives at the end; done has it too,
// unless it is the reader who left.
func Pipe(write func(io.Writer) error, done func(error)) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() {
		err := Try(func() error { return write(writer) })
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			done(err)
		}
		_ = writer.CloseWithError(err)
	}()
	return reader
}
