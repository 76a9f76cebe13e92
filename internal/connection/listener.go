// Package connection bounds and watches the connections of the server: no number of
// idle, slow or half-done ones keeps anybody else out, and what nobody waits for any
// more is stopped.
//
//	listener := connection.Listen(tcp, connection.LimitsOf(descriptors), log)
//	app.Server().ConnState = listener.Note
//	app.Listener(listener)
package connection

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// Limits bound the connections that are open at a time.
type Limits struct {
	Total int
	// PerAddress bounds those of one address; those of this very machine, where a
	// proxy may be, are bounded by Total alone. 0: Total.
	PerAddress int
}

// LimitsOf returns the limits for a process that may have so many descriptors open: the
// engine, files and the connections to others have their share.
func LimitsOf(descriptors uint64) Limits {
	total := min(int(min(descriptors, 1<<20))*5/8, 20_000)
	return Limits{Total: total, PerAddress: max(total/8, 64)}
}

// Descriptors is how many descriptors this process may have open.
func Descriptors() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // what every system gives
	}
	return uint64(limit.Cur)
}

// How long a connection may take before its client is thought to be gone.
const (
	silentTime = 30 * time.Second // a new one until its first byte
	headTime   = 15 * time.Second // from there to the end of the head of its request
	stallTime  = 20 * time.Second // between two pieces of the body
)

// watchTime is how often the connections are looked through.
const watchTime = 250 * time.Millisecond

// Listener accepts connections within limits. Make it with Listen.
type Listener struct {
	net.Listener
	limits Limits
	log    *slog.Logger
	closed chan struct{}
	once   sync.Once

	mutex     sync.Mutex
	open      map[*Conn]struct{}
	byAddress map[netip.Addr]int
	refused   int // since the log was last told
}

// Listen puts limits over a listener, until it is closed.
func Listen(listener net.Listener, limits Limits, log *slog.Logger) *Listener {
	l := &Listener{Listener: listener, limits: limits, log: log, closed: make(chan struct{}),
		open: map[*Conn]struct{}{}, byAddress: map[netip.Addr]int{}}
	go l.watch()
	return l
}

// Close stops accepting; connections that are open go on.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// Open is how many connections there are.
func (l *Listener) Open() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return len(l.open)
}

// Accept waits for the next connection. Where the process has no descriptor left it
// waits for one, instead of ending the server.
func (l *Listener) Accept() (net.Conn, error) {
	wait := 5 * time.Millisecond
	for {
		accepted, err := l.Listener.Accept()
		if err == nil {
			if c := l.admit(accepted); c != nil {
				return c, nil
			}
			continue
		}
		if !passes(err) {
			return nil, err
		}
		l.log.Warn("no connection can be accepted just now", "error", err, "open", l.Open(), "wait", wait)
		l.makeRoom(netip.Addr{})
		select {
		case <-time.After(wait):
		case <-l.closed:
		}
		wait = min(2*wait, time.Second)
	}
}

// passes reports whether an error of accepting is one that goes by: no descriptor, no
// memory, or a client that left in between.
func passes(err error) bool {
	for _, one := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EINTR, syscall.EPERM} {
		if errors.Is(err, one) {
			return true
		}
	}
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// admit takes a connection in, or closes it where no other can be closed for it.
func (l *Listener) admit(accepted net.Conn) *Conn {
	address := remote(accepted)
	over := func() netip.Addr { // whose limit is reached; the zero address: everybody's
		if most := l.limits.PerAddress; most > 0 && !address.IsLoopback() && l.byAddress[address] >= most {
			return address
		}
		return netip.Addr{}
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if full := over(); full.IsValid() || len(l.open) >= l.limits.Total {
		if !l.evict(full) {
			l.refused++
			_ = accepted.Close()
			return nil
		}
	}
	c := &Conn{Conn: accepted, listener: l, address: address}
	c.become(silent)
	l.open[c] = struct{}{}
	l.byAddress[address]++
	return c
}

func (l *Listener) makeRoom(address netip.Addr) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.evict(address)
}

// evict closes the connection of an address, or of any, that is missed least: the one
// that is idle for longest, else the one that takes longest to say what it wants.
func (l *Listener) evict(address netip.Addr) bool {
	var worst *Conn
	for c := range l.open {
		if address.IsValid() && c.address != address {
			continue
		}
		if c.evictable() && (worst == nil || c.worse(worst)) {
			worst = c
		}
	}
	if worst == nil {
		return false
	}
	l.forget(worst)
	_ = worst.Conn.Close()
	return true
}

// forget takes a connection out of the books; the caller has the mutex.
func (l *Listener) forget(c *Conn) {
	if _, found := l.open[c]; !found {
		return
	}
	delete(l.open, c)
	if l.byAddress[c.address]--; l.byAddress[c.address] <= 0 {
		delete(l.byAddress, c.address)
	}
}

// Note is the server's hook: it says when an answer is sent and a connection waits for
// its next request.
func (l *Listener) Note(connection net.Conn, state fasthttp.ConnState) {
	if c, ours := connection.(*Conn); ours && state == fasthttp.StateIdle {
		c.become(idle)
	}
}

// watch closes what takes too long, and ends the context of those whose client left.
func (l *Listener) watch() {
	ticker := time.NewTicker(watchTime)
	defer ticker.Stop()
	var reported time.Time
	for {
		select {
		case <-ticker.C:
		case <-l.closed:
			if l.Open() == 0 {
				return
			}
			<-ticker.C
		}
		now := time.Now()
		for _, c := range l.snapshot() {
			c.look(now)
		}
		if now.Sub(reported) > time.Minute {
			if l.report() {
				reported = now
			}
		}
	}
}

func (l *Listener) snapshot() []*Conn {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	all := make([]*Conn, 0, len(l.open))
	for c := range l.open {
		all = append(all, c)
	}
	return all
}

// report says, once a minute at most, that connections were refused.
func (l *Listener) report() bool {
	l.mutex.Lock()
	refused := l.refused
	l.refused = 0
	l.mutex.Unlock()
	if refused > 0 {
		l.log.Warn("connections were refused: all that may be open are busy", "refused", refused, "limit", l.limits.Total)
	}
	return refused > 0
}

func remote(c net.Conn) netip.Addr {
	address, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr().Unmap()
}
