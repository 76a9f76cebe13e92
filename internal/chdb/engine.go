// Package chdb is the embedded ClickHouse engine as an http.RoundTripper: the
// transport behind clickhouse-go's HTTP protocol hands each request's SQL to
// chDB, ClickHouse as a library in our own process, and returns its Native
// bytes. The driver, the SQL and the types are then the same as with a server.
//
// The library is loaded without cgo. It has one engine in a process, on one
// folder; after Close another can be opened, on the same folder or another.
package chdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// Options say where the engine's data lie and how much of the machine it takes.
type Options struct {
	// Folder keeps the data; it is made where it does not exist.
	Folder string
	// Library is the path of the library; empty: what Find finds.
	Library string
	// Connections is the number of statements that run at once; a result that is
	// still being read counts. 0: two for each processor, at least eight, so that
	// a statement can run while the rows of others are read.
	Connections int
	// MaxMemory is the most that the engine takes, in bytes; a statement that
	// would take more fails. 0: nine tenths of the machine.
	MaxMemory int64
	// Arguments are further settings of the engine or of every statement, such as
	// "--max_threads=2". They win over what Open sets by itself. With
	// "--backups.allowed_path=DIR" the engine runs BACKUP … TO File('DIR/name') and
	// RESTORE; the library packs no zip. It ignores a name that it does not know.
	Arguments []string
}

// ErrInUse says that another process has the folder open.
var ErrInUse = errors.New("the data folder is in use by another process: stop that one first")

// ErrOpen says that this process has an engine open already; the library has
// room for one.
var ErrOpen = errors.New("this process has an embedded database engine open already: close it first")

var errClosed = errors.New("the embedded database engine is closed")

// bounds make the engine fit a small machine that it shares: its defaults are
// made for a server of its own, with caches of gigabytes. The last one undoes a
// default of the library, which takes a misspelt statement for an expression to
// select.
var bounds = []string{
	"--mark_cache_size=33554432",
	"--primary_index_cache_size=33554432",
	"--index_mark_cache_size=4194304",
	"--mmap_cache_size=0",
	"--query_condition_cache_size=4194304",
	"--compiled_expression_cache_size=8388608",
	"--query_cache.max_size_in_bytes=0",
	"--max_thread_pool_free_size=64",
	"--background_pool_size=2",
	"--background_schedule_pool_size=2",
	"--background_move_pool_size=1",
	"--background_fetches_pool_size=1",
	"--background_common_pool_size=2",
	"--implicit_select=0",
}

// Engine is the open engine: a pool of connections, each of which runs one
// statement at a time. It is safe for concurrent use.
type Engine struct {
	idle  chan *connection
	count int

	// life ends with Close, and every statement with it.
	life context.Context
	end  context.CancelFunc

	// control kills statements of the other connections; it is not in the pool.
	controlLock sync.Mutex
	control     *connection

	closing sync.Once
}

// opened is held while the process has an engine.
var opened sync.Mutex

// Open boots the engine on a folder. A folder that another process has open
// gives ErrInUse, a second engine in this process ErrOpen.
func Open(options Options) (*Engine, error) {
	if !opened.TryLock() {
		return nil, ErrOpen
	}
	engine, err := open(options)
	if err != nil {
		opened.Unlock()
		return nil, err
	}
	return engine, nil
}

func open(options Options) (*Engine, error) {
	if options.Library == "" {
		found, err := Find()
		if err != nil {
			return nil, err
		}
		options.Library = found
	}
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
	if inUse(folder) {
		return nil, ErrInUse
	}
	count := options.Connections
	if count <= 0 {
		count = max(2*runtime.NumCPU(), 8)
	}
	engine := &Engine{idle: make(chan *connection, count)}
	arguments := options.arguments(folder)
	for i := range count + 1 {
		c := &connection{arguments: arguments}
		if err := c.renew(); err != nil {
			engine.disconnect()
			if inUse(folder) {
				return nil, ErrInUse
			}
			return nil, fmt.Errorf("open the data folder %s: %w", folder, err)
		}
		if i == 0 {
			engine.control = c
			continue
		}
		engine.idle <- c
		engine.count++
	}
	engine.life, engine.end = context.WithCancel(context.Background())
	return engine, nil
}

// arguments are those of the library's command line; it takes none twice.
func (o Options) arguments(folder string) []string {
	name := func(argument string) string { before, _, _ := strings.Cut(argument, "="); return before }
	given := map[string]bool{}
	for _, argument := range o.Arguments {
		given[name(argument)] = true
	}
	own := append([]string{"--path=" + folder}, bounds...)
	if o.MaxMemory > 0 {
		own = append(own, fmt.Sprintf("--max_server_memory_usage=%d", o.MaxMemory))
	}
	all := []string{"chdb"}
	for _, argument := range own {
		if !given[name(argument)] {
			all = append(all, argument)
		}
	}
	return append(all, o.Arguments...)
}

// inUse asks the lock that the engine holds on a file of its folder. The engine
// refuses a locked folder itself, but tells the reason to standard error only.
func inUse(folder string) bool {
	file, err := os.OpenFile(filepath.Join(folder, "status"), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	return errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// Close ends the running statements, waits for them and shuts the engine down.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.end()
		e.disconnect()
		opened.Unlock()
	})
	return nil
}

// disconnect waits for every connection and closes it; with the last one the
// library gives the folder back.
func (e *Engine) disconnect() {
	for range e.count {
		(<-e.idle).close()
	}
	e.controlLock.Lock()
	defer e.controlLock.Unlock()
	if e.control != nil {
		e.control.close()
		e.control = nil
	}
}

// kill ends the statement that begins with a mark. It does so from another
// connection: the library lets nobody cancel a statement during a call.
func (e *Engine) kill(mark string) {
	e.controlLock.Lock()
	defer e.controlLock.Unlock()
	if e.control != nil {
		_ = e.control.execute("KILL QUERY WHERE startsWith(query, '" + mark + "') ASYNC")
	}
}
