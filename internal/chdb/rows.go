package chdb

import (
	"context"
	"io"
	"os"
	"sync"

	"kipmonitor/internal/panics"
)

// rows is the body of a SELECT's answer, read from the engine block by block.
type rows struct {
	running *running
	packer  *packer // nil: the answer is not compressed

	lock   sync.Mutex
	stream uintptr // 0 once the statement has ended
	result uintptr // the block that rest lies in, 0 where rest is ours
	rest   []byte
	last   bool  // the stream has no further block
	fault  error // what Read says after the end, io.EOF where nil
}

// Read implements io.Reader. A fault in the middle of the answer is written
// into it, framed as a server frames it: the driver makes an exception of it.
func (b *rows) Read(p []byte) (n int, err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	err = b.guarded(func() (err error) {
		n, err = b.read(p)
		return err
	})
	return n, err
}

func (b *rows) read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		if b.stream != 0 && b.last {
			b.finish(nil)
		}
		if b.stream == 0 {
			if b.fault != nil {
				return 0, b.fault
			}
			return 0, io.EOF
		}
		if b.running.context.Err() != nil {
			b.finish(context.Cause(b.running.context))
			continue
		}
		err := b.fetch()
		if _, framed := err.(engineError); framed {
			b.finish(nil)
			b.rest = []byte("\r\n__exception__\r\n" + err.Error())
		} else if err != nil {
			b.finish(err)
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// fetch gets the next block; last is set where there is none. After an error
// the stream is at its end.
func (b *rows) fetch() error {
	b.free()
	result, err := checked(calls.fetch(b.running.connection.raw(), b.stream))
	if err != nil {
		b.last = true
		return b.running.fault(err)
	}
	b.result, b.rest = result, content(result)
	b.last = len(b.rest) == 0
	if b.packer == nil || b.last {
		return nil
	}
	packed, err := b.packer.pack(b.rest)
	b.free()
	b.rest = packed
	return err
}

// free gives the block's memory back to the library.
func (b *rows) free() {
	b.rest = nil
	if b.result != 0 {
		calls.destroyResult(b.result)
		b.result = 0
	}
}

// finish ends the statement, where it still runs; Read then gives the fault.
func (b *rows) finish(fault error) {
	if b.stream == 0 {
		return
	}
	b.discard()
	b.fault = fault
	b.running.end()
}

func (b *rows) discard() {
	b.free()
	if !b.last {
		calls.cancelStream(b.running.connection.raw(), b.stream)
	}
	calls.destroyResult(b.stream)
	b.stream = 0
}

// Close implements io.Closer.
func (b *rows) Close() error {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.guarded(func() error { b.finish(os.ErrClosed); return nil })
}

// guarded ends the statement where it panics. Nobody knows then what state it is in: its
// connection goes, and the stream with it.
func (b *rows) guarded(do func() error) error {
	err := panics.Try(do)
	if _, panicked := panics.From(err); panicked {
		b.running.connection.changed = true
		b.stream, b.rest, b.fault = 0, nil, err
		b.running.end()
	}
	return err
}

// abandon ends the statement of a context that has ended, if nobody waits for
// its next block: so a reader who forgets to close keeps no connection.
func (b *rows) abandon() bool {
	if !b.lock.TryLock() {
		return false
	}
	defer b.lock.Unlock()
	if b.stream == 0 {
		return false
	}
	// A panic is what the next Read gives.
	_ = b.guarded(func() error { b.finish(context.Cause(b.running.context)); return nil })
	return true
}
