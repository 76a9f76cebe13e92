package chdb

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// LibraryVariable is the environment variable that names the engine's library
// where it lies in none of the usual places.
const LibraryVariable = "KIPMONITOR_CHDB_LIBRARY"

// ErrNoLibrary says that the engine's library was not found.
var ErrNoLibrary = errors.New("the embedded database engine is missing: run `make assets` (npm ci), or name the library in " + LibraryVariable)

// packages are those of npm, by platform.
var packages = map[string]string{
	"linux/amd64":  "@chdb/lib-linux-x64-gnu",
	"linux/arm64":  "@chdb/lib-linux-arm64-gnu",
	"darwin/arm64": "@chdb/lib-darwin-arm64",
	"darwin/amd64": "@chdb/lib-darwin-x64",
}

const platform = runtime.GOOS + "/" + runtime.GOARCH

// Find returns the path of the engine's library: the one that the environment
// names, one beside the program, or the npm package in a node_modules folder of
// the working directory or above it.
func Find() (string, error) {
	if named := os.Getenv(LibraryVariable); named != "" {
		if _, err := os.Stat(named); err != nil {
			return "", fmt.Errorf("%s: %w", LibraryVariable, err)
		}
		return named, nil
	}
	var candidates []string
	if program, err := os.Executable(); err == nil {
		candidates = append(candidates, filepath.Join(filepath.Dir(program), "libchdb.so"),
			filepath.Join(filepath.Dir(program), "lib", "libchdb.so"))
		candidates = append(candidates, inModules(filepath.Dir(program))...)
	}
	if folder, err := os.Getwd(); err == nil {
		candidates = append(candidates, inModules(folder)...)
	}
	for _, candidate := range candidates {
		if _, err := os.Stat(candidate); err == nil {
			return candidate, nil
		}
	}
	if _, known := packages[platform]; !known {
		return "", fmt.Errorf("the embedded database engine has no build for %s: use a server", platform)
	}
	return "", ErrNoLibrary
}

func inModules(folder string) []string {
	name, known := packages[platform]
	if !known {
		return nil
	}
	var paths []string
	for {
		paths = append(paths, filepath.Join(folder, "node_modules", filepath.FromSlash(name), "libchdb.so"))
		parent := filepath.Dir(folder)
		if parent == folder {
			return paths
		}
		folder = parent
	}
}

// The library starts a statement by one of two calls: without parameters, and
// with the names and values of parameters as four arrays.
type (
	plainCall      func(connection uintptr, sql unsafe.Pointer, sqlLength uintptr, format unsafe.Pointer, formatLength uintptr) uintptr
	parametricCall func(connection uintptr, sql unsafe.Pointer, sqlLength uintptr, format unsafe.Pointer, formatLength uintptr,
		names, nameLengths, values, valueLengths unsafe.Pointer, count uintptr) uintptr
)

// The calls of the library that we use, after chdb.h of release 26.7. Strings go
// with their length; a handle is a pointer of the library's.
var calls struct {
	setSignalHandlersEnabled func(enabled int32)
	connect                  func(argc int32, argv unsafe.Pointer) uintptr
	closeConnection          func(connection uintptr)
	query                    plainCall
	queryWithParameters      parametricCall
	stream                   plainCall
	streamWithParameters     parametricCall
	fetch                    func(connection, stream uintptr) uintptr
	cancelStream             func(connection, stream uintptr)
	insert                   plainCall
	insertWithParameters     parametricCall
	appendInsert             func(stream uintptr, data unsafe.Pointer, length uintptr) int32
	doneInsert               func(stream uintptr) uintptr
	cancelInsert             func(stream uintptr)
	insertError              func(stream uintptr) uintptr
	destroyInsert            func(stream uintptr)
	resultBuffer             func(result uintptr) uintptr
	resultLength             func(result uintptr) uintptr
	resultError              func(result uintptr) uintptr
	destroyResult            func(result uintptr)
}

var loading sync.Mutex
var loaded string

// load opens the library once per process.
func load(path string) (err error) {
	loading.Lock()
	defer loading.Unlock()
	if loaded != "" {
		return nil
	}
	if err := wholeLibrary(path); err != nil {
		return err
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return fmt.Errorf("load the embedded database engine: %w", err)
	}
	// purego panics where a symbol is missing, as in another release.
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("load the embedded database engine %s: %v", path, fault)
		}
	}()
	for name, call := range map[string]any{
		"chdb_set_signal_handlers_enabled": &calls.setSignalHandlersEnabled,
		"chdb_connect":                     &calls.connect,
		"chdb_close_conn":                  &calls.closeConnection,
		"chdb_query_n":                     &calls.query,
		"chdb_query_with_params_n":         &calls.queryWithParameters,
		"chdb_stream_query_n":              &calls.stream,
		"chdb_stream_query_with_params_n":  &calls.streamWithParameters,
		"chdb_stream_fetch_result":         &calls.fetch,
		"chdb_stream_cancel_query":         &calls.cancelStream,
		"chdb_stream_insert_n":             &calls.insert,
		"chdb_stream_insert_with_params_n": &calls.insertWithParameters,
		"chdb_stream_append":               &calls.appendInsert,
		"chdb_stream_done":                 &calls.doneInsert,
		"chdb_stream_cancel_insert":        &calls.cancelInsert,
		"chdb_stream_insert_error":         &calls.insertError,
		"chdb_destroy_insert_stream":       &calls.destroyInsert,
		"chdb_result_buffer":               &calls.resultBuffer,
		"chdb_result_length":               &calls.resultLength,
		"chdb_result_error":                &calls.resultError,
		"chdb_destroy_query_result":        &calls.destroyResult,
	} {
		purego.RegisterLibFunc(call, handle, name)
	}
	// Before anything else: Go handles the signals of this process. A crash inside
	// the library would otherwise end in a handler of its own.
	calls.setSignalHandlersEnabled(0)
	loaded = path
	return nil
}

// wholeLibrary refuses a library of which a part is missing, as after a download that
// was cut short: the system would end the process when it reads the missing part.
func wholeLibrary(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("the embedded database engine: %w", err)
	}
	if runtime.GOOS != "linux" {
		return nil
	}
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("the library of the embedded database engine %s is broken or cut short: install it anew (npm ci)", path)
	}
	defer file.Close()
	for _, segment := range file.Progs {
		if segment.Off+segment.Filesz > uint64(info.Size()) {
			return fmt.Errorf("the library of the embedded database engine %s is cut short: install it anew (npm ci)", path)
		}
	}
	return nil
}

// pointer returns the address of the first byte of s, which must stay alive
// during the call; s is never empty for the library, since lengths are passed.
func pointer(s []byte) unsafe.Pointer {
	if len(s) == 0 {
		return unsafe.Pointer(&emptyString[0])
	}
	return unsafe.Pointer(&s[0])
}

var emptyString = []byte{0}

// at turns an address of the library's memory into a pointer.
func at(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// text copies a NUL-terminated string of the library.
func text(address uintptr) string {
	if address == 0 {
		return ""
	}
	length := 0
	for *(*byte)(unsafe.Add(at(address), length)) != 0 {
		length++
	}
	return string(unsafe.Slice((*byte)(at(address)), length))
}
