package chdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"unsafe"
)

// Options say where the engine's data lie and how much of the machine it takes.
type Options struct {
	Library     string   // path of the library, from Find
	Folder      string   // data folder; made where it does not exist
	Connections int      // statements that run at once; 0: two for each processor, at least four
	Arguments   []string // further arguments of the engine, such as "--max_threads=2"
}

// ErrInUse says that another process has the folder open.
var ErrInUse = errors.New("the data folder is in use by another process: stop that one first")

var errClosed = errors.New("the embedded database engine is closed")

// Engine is the open engine: a pool of connections, each of which runs one
// statement at a time. It is safe for concurrent use.
type Engine struct {
	lock *os.File
	idle chan *connection
	all  []*connection

	// control kills statements of the others; it is not in the pool.
	controlLock sync.Mutex
	control     *connection

	closing sync.Once
	closed  chan struct{}
}

// connection is one connection of the library and the settings that were set on
// it beyond its defaults.
type connection struct {
	handle   uintptr // chdb_connection *, to close
	settings map[string]string
}

// raw is the chdb_connection that the calls take.
func (c *connection) raw() uintptr { return *(*uintptr)(at(c.handle)) }

// Open boots the engine on a folder. One process has one engine at a time, on
// one folder; after Close another can be opened. A folder that another process
// has open gives ErrInUse.
func Open(options Options) (*Engine, error) {
	if err := load(options.Library); err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(options.Folder)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	// The engine has a lock of its own, but tells of it in its own words and only
	// after a second process has read half of the folder.
	lock, err := takeLock(folder)
	if err != nil {
		return nil, err
	}
	count := options.Connections
	if count == 0 {
		count = max(2*runtime.NumCPU(), 4)
	}
	arguments := append([]string{"kipmonitor", "--path=" + folder}, options.Arguments...)
	engine := &Engine{lock: lock, idle: make(chan *connection, count), closed: make(chan struct{})}
	for i := range count + 1 {
		handle := connect(arguments)
		if handle == 0 {
			return nil, errors.Join(fmt.Errorf("the embedded database engine does not open the folder %s: it may be in use, damaged, or not writable", folder), engine.Close())
		}
		c := &connection{handle: handle, settings: map[string]string{}}
		if i == 0 {
			engine.control = c
			continue
		}
		engine.all = append(engine.all, c)
		engine.idle <- c
	}
	return engine, nil
}

// Close waits for running statements and shuts the engine down.
func (e *Engine) Close() error {
	var err error
	e.closing.Do(func() {
		close(e.closed)
		for range e.all {
			c := <-e.idle
			calls.closeConnection(c.handle)
		}
		if e.control != nil {
			calls.closeConnection(e.control.handle)
		}
		err = e.lock.Close()
	})
	return err
}

// acquire waits for an idle connection.
func (e *Engine) acquire(ctx context.Context) (*connection, error) {
	select {
	case <-e.closed:
		return nil, errClosed
	case c := <-e.idle:
		return c, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (e *Engine) release(c *connection) { e.idle <- c }

func takeLock(folder string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(folder, "kipmonitor.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	return file, nil
}

func connect(arguments []string) uintptr {
	var pins runtime.Pinner
	defer pins.Unpin()
	argv := make([]unsafe.Pointer, len(arguments)+1)
	for i, argument := range arguments {
		text := append([]byte(argument), 0)
		pins.Pin(&text[0])
		argv[i] = unsafe.Pointer(&text[0])
	}
	pins.Pin(&argv[0])
	return calls.connect(int32(len(arguments)), unsafe.Pointer(&argv[0]))
}
