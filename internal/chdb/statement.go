package chdb

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"unsafe"
)

var errNoAnswer = errors.New("the embedded database engine gave no answer")

// engineError is an exception of the engine, in its own words.
type engineError string

// Error returns the engine's text, which begins with "Code: ".
func (e engineError) Error() string { return string(e) }

// parameters are the {name:Type} parameters of a statement. Values are in the
// escaped form of a tab-separated field: the library reads them so, and the
// driver writes them so into a request's address.
type parameters struct{ names, values [][]byte }

// statement is the text of a statement with what belongs to it.
type statement struct {
	sql        string
	format     string // of the answer, or of an insert's rows
	parameters parameters
}

// call hands the statement to one of the library's calls.
func (s statement) call(c *connection, plain plainCall, parametric parametricCall) uintptr {
	sql, format := []byte(s.sql), []byte(s.format)
	defer runtime.KeepAlive(sql)
	defer runtime.KeepAlive(format)
	if len(s.parameters.names) == 0 {
		return plain(c.raw(), pointer(sql), uintptr(len(sql)), pointer(format), uintptr(len(format)))
	}
	var pins runtime.Pinner
	defer pins.Unpin()
	names, nameLengths := pinned(&pins, s.parameters.names)
	values, valueLengths := pinned(&pins, s.parameters.values)
	return parametric(c.raw(), pointer(sql), uintptr(len(sql)), pointer(format), uintptr(len(format)),
		names, nameLengths, values, valueLengths, uintptr(len(s.parameters.names)))
}

// pinned makes the two arrays, of texts and of their lengths, that C takes.
func pinned(pins *runtime.Pinner, texts [][]byte) (pointers, lengths unsafe.Pointer) {
	starts, sizes := make([]unsafe.Pointer, len(texts)), make([]uintptr, len(texts))
	for i, text := range texts {
		starts[i], sizes[i] = pointer(text), uintptr(len(text))
		pins.Pin(starts[i])
	}
	pins.Pin(&starts[0])
	pins.Pin(&sizes[0])
	return unsafe.Pointer(&starts[0]), unsafe.Pointer(&sizes[0])
}

// execute runs a statement whose result, if any, is not read.
func (c *connection) execute(sql string) error {
	_, err := c.query(statement{sql: sql, format: "Null"})
	return err
}

// query runs a statement and returns its whole result.
func (c *connection) query(s statement) ([]byte, error) {
	result, err := checked(s.call(c, calls.query, calls.queryWithParameters))
	if err != nil {
		return nil, err
	}
	defer calls.destroyResult(result)
	return append([]byte(nil), content(result)...), nil
}

// stream starts a statement whose result is fetched block by block. The caller
// destroys the stream.
func (c *connection) stream(s statement) (uintptr, error) {
	return checked(s.call(c, calls.stream, calls.streamWithParameters))
}

// insert sends rows to a table while they are read. Of an insert whose rows end
// in an error nothing is kept, as far as the engine has not written a part: it
// does so at every million rows or so, as a server does.
func (c *connection) insert(s statement, rows io.Reader) error {
	stream := s.call(c, calls.insert, calls.insertWithParameters)
	if stream == 0 {
		return errNoAnswer
	}
	defer calls.destroyInsert(stream)
	if fault := message(calls.insertError(stream)); fault != "" {
		return engineError(fault)
	}
	if c.buffer == nil {
		c.buffer = make([]byte, 256<<10)
	}
	for {
		n, err := fill(rows, c.buffer)
		if err != nil && err != io.EOF {
			calls.cancelInsert(stream)
			return err
		}
		if n > 0 && calls.appendInsert(stream, pointer(c.buffer), uintptr(n)) != 0 {
			return insertFault(stream)
		}
		if err == io.EOF {
			break
		}
	}
	result, err := checked(calls.doneInsert(stream))
	if err == nil {
		calls.destroyResult(result)
	}
	return err
}

func insertFault(stream uintptr) error {
	if fault := message(calls.insertError(stream)); fault != "" {
		return engineError(fault)
	}
	return errNoAnswer
}

// fill reads until the buffer is full or the reader says why not. Other than
// with io.ReadFull, a reader that was cut off is not taken for one at its end.
func fill(reader io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = reader.Read(buffer[n:])
		n += more
	}
	return n, err
}

// checked returns the result unless it is an error, which it frees.
func checked(result uintptr) (uintptr, error) {
	if result == 0 {
		return 0, errNoAnswer
	}
	if fault := message(calls.resultError(result)); fault != "" {
		calls.destroyResult(result)
		return 0, engineError(fault)
	}
	return result, nil
}

// content is the result in the library's memory, until it is destroyed.
func content(result uintptr) []byte {
	length := calls.resultLength(result)
	if length == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(at(calls.resultBuffer(result))), length)
}

// message is an error text of the library, from its code on: the driver knows
// an exception by how it begins.
func message(address uintptr) string {
	return strings.TrimPrefix(strings.TrimSpace(text(address)), "Error: ")
}
