package chdb

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// handshake is what the driver asks first, to learn at which protocol revision
// the answers come. We answer it ourselves, with revision 0: that is what the
// library writes, and the driver decodes every later block by it.
const handshake = "SELECT displayName(), version(), revision(), timezone()"

// notSettings are the names in a request's address that are not settings of the
// query.
var notSettings = map[string]bool{
	"query": true, "database": true, "default_format": true, "query_id": true, "quota_key": true,
	"client_protocol_version": true, "compress": true, "decompress": true, "network_compression_method": true,
	"enable_http_compression": true, "wait_end_of_query": true,
}

var formatNative = regexp.MustCompile(`(?i)\s+FORMAT\s+Native\s*$`)

var statements atomic.Uint64

// RoundTrip runs the statement of a request of clickhouse-go. The body of a
// SELECT's answer is read from the engine block by block. Where the request's
// context ends, the statement is killed.
func (e *Engine) RoundTrip(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	body := request.Body
	if body == nil {
		body = http.NoBody
	}
	defer body.Close()
	sql := query.Get("query")
	inserting := sql != ""
	if !inserting {
		content, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		sql = string(content)
	}
	c, err := e.acquire(request.Context())
	if err != nil {
		return nil, err
	}
	if err := c.apply(settingsOf(query)); err != nil {
		e.release(c)
		return failed(request, err), nil
	}
	switch {
	case sql == handshake:
		defer e.release(c)
		content, err := c.answerHandshake()
		return answer(request, bytes.NewReader(content), err), nil
	case inserting:
		defer e.release(c)
		return answer(request, nil, c.insert(formatNative.ReplaceAllString(sql, ""), body)), nil
	case isSelect(sql):
		return e.stream(request, c, sql, parametersOf(query))
	default:
		defer e.release(c)
		content, err := c.query(sql, parametersOf(query))
		return answer(request, bytes.NewReader(content), err), nil
	}
}

// stream answers a SELECT. The first block is fetched before the answer begins,
// so that most faults are an answer of their own.
func (e *Engine) stream(request *http.Request, c *connection, sql string, p parameters) (*http.Response, error) {
	mark := fmt.Sprintf("kipmonitor:%d", statements.Add(1))
	result := &blocks{engine: e, connection: c, context: request.Context(), mark: mark}
	stop := context.AfterFunc(request.Context(), result.kill)
	result.stopWatching = stop
	stream, err := c.rows("/* "+mark+" */ "+sql, p)
	if err != nil {
		stop()
		e.release(c)
		return failed(request, err), nil
	}
	result.stream = stream
	if err := result.fetch(); err != nil {
		result.Close()
		return failed(request, err), nil
	}
	return answer(request, result, nil), nil
}

// blocks is the body of a SELECT's answer.
type blocks struct {
	engine       *Engine
	connection   *connection
	context      context.Context
	stopWatching func() bool
	mark         string
	stream       uintptr
	chunk        []byte
	finished     bool
	closed       bool
}

// fetch gets the next block from the engine; none is left when finished is set.
func (b *blocks) fetch() error {
	result := calls.fetch(b.connection.raw(), b.stream)
	chunk, err := take(result)
	if err != nil {
		b.finished = true
		return err
	}
	b.chunk = chunk
	b.finished = len(chunk) == 0
	return nil
}

// Read implements io.Reader. A fault in the middle of the answer is written into
// the body, framed as a server frames it, and the driver makes an exception of it.
func (b *blocks) Read(p []byte) (int, error) {
	for len(b.chunk) == 0 {
		if b.finished {
			return 0, io.EOF
		}
		if err := b.context.Err(); err != nil {
			return 0, err
		}
		if err := b.fetch(); err != nil {
			b.chunk = []byte("\r\n__exception__\r\n" + err.Error())
		}
	}
	n := copy(p, b.chunk)
	b.chunk = b.chunk[n:]
	return n, nil
}

// Close ends the statement, where it still runs, and gives the connection back.
func (b *blocks) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	b.stopWatching()
	if !b.finished {
		calls.cancelStream(b.connection.raw(), b.stream)
	}
	calls.destroyResult(b.stream)
	b.engine.release(b.connection)
	return nil
}

// kill ends the running statement from another connection: the library lets
// nobody cancel a stream while a fetch waits for its next block.
func (b *blocks) kill() {
	b.engine.controlLock.Lock()
	defer b.engine.controlLock.Unlock()
	_ = b.engine.control.execute("KILL QUERY WHERE startsWith(query, '/* " + b.mark + " */') ASYNC")
}

func isSelect(sql string) bool {
	word := strings.ToUpper(firstWord(sql))
	return word == "SELECT" || word == "WITH"
}

// firstWord skips comments that stand before a statement.
func firstWord(sql string) string {
	for {
		sql = strings.TrimSpace(sql)
		if rest, found := strings.CutPrefix(sql, "--"); found {
			_, sql, _ = strings.Cut(rest, "\n")
			continue
		}
		if rest, found := strings.CutPrefix(sql, "/*"); found {
			_, sql, _ = strings.Cut(rest, "*/")
			continue
		}
		word, _, _ := strings.Cut(strings.NewReplacer("\n", " ", "\t", " ", "(", " ").Replace(sql), " ")
		return word
	}
}

func settingsOf(query url.Values) map[string]string {
	settings := map[string]string{}
	for name := range query {
		if !notSettings[name] && !strings.HasPrefix(name, "param_") {
			settings[name] = query.Get(name)
		}
	}
	return settings
}

func parametersOf(query url.Values) parameters {
	var p parameters
	for name := range query {
		if parameter, found := strings.CutPrefix(name, "param_"); found {
			p.names = append(p.names, []byte(parameter))
			p.values = append(p.values, []byte(query.Get(name)))
		}
	}
	return p
}

// answerHandshake asks the engine for its version and time zone and writes the
// one Native block that the driver reads at the newest revision it knows.
func (c *connection) answerHandshake() ([]byte, error) {
	content, err := c.query("SELECT version(), timezone()", parameters{})
	if err != nil {
		return nil, err
	}
	var asked proto.Block
	if err := asked.Decode(chproto.NewReader(bytes.NewReader(content)), 0); err != nil {
		return nil, fmt.Errorf("read the engine's version: %w", err)
	}
	var told proto.Block
	for _, one := range []struct {
		name  string
		kind  column.Type
		value any
	}{
		{"displayName()", "String", "chDB"},
		{"version()", "String", asked.Columns[0].Row(0, false)},
		{"revision()", "UInt32", uint32(0)},
		{"timezone()", "String", asked.Columns[1].Row(0, false)},
	} {
		if err := told.AddColumn(one.name, one.kind); err != nil {
			return nil, fmt.Errorf("write the handshake: %w", err)
		}
		if err := told.Columns[len(told.Columns)-1].AppendRow(one.value); err != nil {
			return nil, fmt.Errorf("write the handshake: %w", err)
		}
	}
	var buffer chproto.Buffer
	if err := told.Encode(&buffer, clickhouse.ClientTCPProtocolVersion); err != nil {
		return nil, fmt.Errorf("write the handshake: %w", err)
	}
	return buffer.Buf, nil
}

// answer is 200 with the body, or what failed says of err.
func answer(request *http.Request, body io.Reader, err error) *http.Response {
	if err != nil {
		return failed(request, err)
	}
	response := respond(request, http.StatusOK)
	switch b := body.(type) {
	case io.ReadCloser:
		response.Body = b
	case *bytes.Reader:
		response.ContentLength = int64(b.Len())
		response.Body = io.NopCloser(b)
	default:
		response.ContentLength = 0
		response.Body = http.NoBody
	}
	return response
}

var codePattern = regexp.MustCompile(`Code:\s*(\d+)`)

// failed shapes an exception of the engine as a server does, so that the driver
// makes its own of it.
func failed(request *http.Request, err error) *http.Response {
	response := respond(request, http.StatusInternalServerError)
	if code := codePattern.FindStringSubmatch(err.Error()); code != nil {
		response.Header.Set("X-ClickHouse-Exception-Code", code[1])
	}
	response.ContentLength = int64(len(err.Error()))
	response.Body = io.NopCloser(strings.NewReader(err.Error()))
	return response
}

func respond(request *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status) + " " + http.StatusText(status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, ContentLength: -1, Request: request,
	}
}
