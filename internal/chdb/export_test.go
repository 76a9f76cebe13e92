package chdb

import (
	"testing"
	"unsafe"
)

// The calls of the library that a test can let panic, by their name.
var breakable = map[string]func() (restore func()){
	"stream": func() func() {
		whole := calls.stream
		calls.stream = func(uintptr, unsafe.Pointer, uintptr, unsafe.Pointer, uintptr) uintptr { panic("stream") }
		return func() { calls.stream = whole }
	},
	"fetch": func() func() {
		whole := calls.fetch
		calls.fetch = func(uintptr, uintptr) uintptr { panic("fetch") }
		return func() { calls.fetch = whole }
	},
	"cancel": func() func() {
		whole := calls.cancelStream
		calls.cancelStream = func(uintptr, uintptr) { panic("cancel") }
		return func() { calls.cancelStream = whole }
	},
	"insert": func() func() {
		whole := calls.insert
		calls.insert = func(uintptr, unsafe.Pointer, uintptr, unsafe.Pointer, uintptr) uintptr { panic("insert") }
		return func() { calls.insert = whole }
	},
	"query": func() func() {
		whole := calls.query
		calls.query = func(uintptr, unsafe.Pointer, uintptr, unsafe.Pointer, uintptr) uintptr { panic("query") }
		return func() { calls.query = whole }
	},
}

// Break lets a call of the library panic until restore is called.
func Break(t *testing.T, call string) (restore func()) {
	t.Helper()
	return breakable[call]()
}
