package connection

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

// stage is how far a connection is with its request.
type stage int32

const (
	silent  stage = iota // new, and nothing came yet
	idle                 // answered, and nothing of a next request came yet
	reading              // the head of a request is coming
	serving              // a handler has the request
)

// Conn is a connection that knows how far its request is.
type Conn struct {
	net.Conn
	listener *Listener
	address  netip.Addr
	stage    atomic.Int32
	since    atomic.Int64 // when the stage began, in nanoseconds
	waiting  atomic.Int64 // since when a read waits for the client; 0: none does
	gone     atomic.Pointer[context.CancelCauseFunc]
}

// ErrClientLeft is why the context of a request ended whose client closed the
// connection.
var ErrClientLeft = errors.New("the client has left")

func (c *Conn) become(s stage) {
	c.since.Store(time.Now().UnixNano())
	c.stage.Store(int32(s))
}

// Read implements net.Conn.
func (c *Conn) Read(p []byte) (int, error) {
	c.waiting.Store(time.Now().UnixNano())
	n, err := c.Conn.Read(p)
	c.waiting.Store(0)
	if s := stage(c.stage.Load()); n > 0 && (s == silent || s == idle) {
		c.become(reading)
	}
	return n, err
}

// Close implements net.Conn.
func (c *Conn) Close() error {
	c.listener.mutex.Lock()
	c.listener.forget(c)
	c.listener.mutex.Unlock()
	return c.Conn.Close()
}

// Serving says that a handler has the request of a connection. The context that it
// returns ends, where watch is set, when the client leaves: it is for requests that
// change nothing. The function is called when the request is answered. A connection that
// came through no Listener is not watched.
func Serving(ctx context.Context, connection net.Conn, watch bool) (context.Context, func()) {
	c, ours := connection.(*Conn)
	if !ours {
		return ctx, func() {}
	}
	c.become(serving)
	if !watch {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c.gone.Store(&cancel)
	return ctx, func() {
		c.gone.Store(nil)
		cancel(nil)
	}
}

// evictable reports whether a connection may be closed for another: nobody works for it,
// or its body has not come on for a while.
func (c *Conn) evictable() bool {
	if stage(c.stage.Load()) != serving {
		return true
	}
	waiting := c.waiting.Load()
	return waiting != 0 && time.Since(time.Unix(0, waiting)) > time.Second
}

// worse reports whether a connection is missed less than another: a silent or idle one
// less than one whose request is coming, and of two the one that is so for longer.
func (c *Conn) worse(than *Conn) bool {
	a, b := stage(c.stage.Load()), stage(than.stage.Load())
	if quiet := a <= idle; quiet != (b <= idle) {
		return quiet
	}
	return c.since.Load() < than.since.Load()
}

// look closes a connection whose client takes too long, and ends the request of one that
// has left. How long an idle one stays open the server says itself.
func (c *Conn) look(now time.Time) {
	age := now.Sub(time.Unix(0, c.since.Load()))
	switch stage(c.stage.Load()) {
	case silent:
		if age > silentTime {
			_ = c.Close()
		}
	case reading:
		if age > headTime {
			_ = c.Close()
		}
	case serving:
		if waiting := c.waiting.Load(); waiting != 0 {
			if now.Sub(time.Unix(0, waiting)) > stallTime {
				_ = c.Close()
			}
			return
		}
		if gone := c.gone.Load(); gone != nil && age > watchTime && c.left() {
			(*gone)(ErrClientLeft)
		}
	}
}

// left asks the system whether the client closed the connection, and takes nothing of
// what it sent.
func (c *Conn) left() bool {
	system, ok := c.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := system.SyscallConn()
	if err != nil {
		return true
	}
	left := false
	err = raw.Control(func(descriptor uintptr) {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(descriptor), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		left = n == 0 && err == nil || err != nil && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
	})
	return left || err != nil
}
