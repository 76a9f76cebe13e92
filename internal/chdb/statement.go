package chdb

import (
	"errors"
	"io"
	"runtime"
	"sort"
	"strings"
	"unsafe"
)

var native = []byte("Native")

// parameters are the {name:Type} parameters of a query, as the library takes
// them. Values are in the escaped form of a tab-separated field, which is what
// the driver writes into a request's address too.
type parameters struct{ names, values [][]byte }

// arrays pins the parameters and returns them as the four arrays of the library.
func (p parameters) arrays(pins *runtime.Pinner) (names, nameLengths, values, valueLengths unsafe.Pointer) {
	list := func(texts [][]byte) (unsafe.Pointer, unsafe.Pointer) {
		pointers, lengths := make([]unsafe.Pointer, len(texts)), make([]uintptr, len(texts))
		for i, text := range texts {
			pointers[i], lengths[i] = pointer(text), uintptr(len(text))
			pins.Pin(pointers[i])
		}
		pins.Pin(&pointers[0])
		pins.Pin(&lengths[0])
		return unsafe.Pointer(&pointers[0]), unsafe.Pointer(&lengths[0])
	}
	names, nameLengths = list(p.names)
	values, valueLengths = list(p.values)
	return names, nameLengths, values, valueLengths
}

// execute runs a statement whose result, if any, is not read.
func (c *connection) execute(sql string) error {
	text := []byte(sql)
	result := calls.query(c.raw(), pointer(text), uintptr(len(text)), pointer(native), uintptr(len(native)))
	runtime.KeepAlive(text)
	_, err := take(result)
	return err
}

// query runs a statement and returns its whole result as Native blocks.
func (c *connection) query(sql string, p parameters) ([]byte, error) {
	text := []byte(sql)
	var result uintptr
	if len(p.names) == 0 {
		result = calls.query(c.raw(), pointer(text), uintptr(len(text)), pointer(native), uintptr(len(native)))
	} else {
		var pins runtime.Pinner
		defer pins.Unpin()
		names, nameLengths, values, valueLengths := p.arrays(&pins)
		result = calls.queryWithParameters(c.raw(), pointer(text), uintptr(len(text)), pointer(native), uintptr(len(native)),
			names, nameLengths, values, valueLengths, uintptr(len(p.names)))
	}
	runtime.KeepAlive(text)
	return take(result)
}

// rows starts a statement whose result is fetched block by block.
func (c *connection) rows(sql string, p parameters) (uintptr, error) {
	text := []byte(sql)
	var stream uintptr
	if len(p.names) == 0 {
		stream = calls.stream(c.raw(), pointer(text), uintptr(len(text)), pointer(native), uintptr(len(native)))
	} else {
		var pins runtime.Pinner
		defer pins.Unpin()
		names, nameLengths, values, valueLengths := p.arrays(&pins)
		stream = calls.streamWithParameters(c.raw(), pointer(text), uintptr(len(text)), pointer(native), uintptr(len(native)),
			names, nameLengths, values, valueLengths, uintptr(len(p.names)))
	}
	runtime.KeepAlive(text)
	if stream == 0 {
		return 0, errors.New("the embedded database engine gave no answer")
	}
	if fault := message(calls.resultError(stream)); fault != "" {
		calls.destroyResult(stream)
		return 0, engineError(fault)
	}
	return stream, nil
}

// insert streams Native blocks into a table. Nothing is kept of an insert whose
// body fails before its first block is whole.
func (c *connection) insert(sql string, body io.Reader) error {
	text := []byte(sql)
	stream := calls.insert(c.raw(), pointer(text), uintptr(len(text)), pointer(native), uintptr(len(native)))
	runtime.KeepAlive(text)
	if stream == 0 {
		return errors.New("the embedded database engine gave no answer")
	}
	defer calls.destroyInsert(stream)
	if fault := message(calls.insertError(stream)); fault != "" {
		return engineError(fault)
	}
	chunk := make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(body, chunk)
		if n > 0 && calls.appendInsert(stream, pointer(chunk), uintptr(n)) != 0 {
			return engineError(message(calls.insertError(stream)))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			calls.cancelInsert(stream)
			return err
		}
	}
	_, err := take(calls.doneInsert(stream))
	return err
}

// take copies a result out of the library's memory and frees it.
func take(result uintptr) ([]byte, error) {
	if result == 0 {
		return nil, errors.New("the embedded database engine gave no answer")
	}
	defer calls.destroyResult(result)
	if fault := message(calls.resultError(result)); fault != "" {
		return nil, engineError(fault)
	}
	length := calls.resultLength(result)
	if length == 0 {
		return nil, nil
	}
	content := make([]byte, length)
	copy(content, unsafe.Slice((*byte)(at(calls.resultBuffer(result))), length))
	return content, nil
}

// engineError is an exception of the engine, in its own words.
type engineError string

// Error returns the engine's text.
func (e engineError) Error() string { return string(e) }

func message(address uintptr) string { return strings.TrimSpace(text(address)) }

// apply brings the settings of the connection to those wanted: what an earlier
// statement set and this one does not want goes back to its default.
func (c *connection) apply(wanted map[string]string) error {
	var changes []string
	for name := range c.settings {
		if _, still := wanted[name]; !still {
			changes = append(changes, name+" = DEFAULT")
		}
	}
	for name, value := range wanted {
		if c.settings[name] != value {
			changes = append(changes, name+" = '"+strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value)+"'")
		}
	}
	if len(changes) == 0 {
		return nil
	}
	sort.Strings(changes)
	if err := c.execute("SET " + strings.Join(changes, ", ")); err != nil {
		return err
	}
	c.settings = wanted
	return nil
}
