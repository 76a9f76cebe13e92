package chdb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"kipmonitor/internal/panics"
)

// RoundTrip runs the statement of a request of clickhouse-go and of any other
// client of ClickHouse's HTTP interface. The body of a SELECT's answer is read
// from the engine block by block, and the rows of an INSERT are sent to it while
// they are read. Where the request's context ends, the statement is killed. A panic is
// an error of the statement: the driver may call from a goroutine of its own.
func (e *Engine) RoundTrip(request *http.Request) (response *http.Response, err error) {
	defer panics.Catch(&err)
	if request.Body == nil {
		request = request.Clone(request.Context())
		request.Body = http.NoBody
	}
	defer request.Body.Close()
	o, err := understand(request)
	if err != nil {
		return nil, err
	}
	run, err := e.begin(request.Context())
	if err != nil {
		return nil, err
	}
	streaming := false
	err = panics.Try(func() (err error) {
		response, streaming, err = run.answer(request, o)
		return err
	})
	if _, panicked := panics.From(err); panicked {
		run.connection.changed = true // in ways that nobody knows
	}
	if !streaming {
		run.end()
	}
	return response, err
}

// answer runs the statement of a request. Where its rows are streamed, the connection
// goes back with the body.
func (r *running) answer(request *http.Request, o order) (response *http.Response, streaming bool, err error) {
	if err := r.connection.prepare(o.database, o.settings); err != nil {
		response, err = failed(request, err)
		return response, false, err
	}
	body, err := r.stream(o)
	if err == nil {
		return answer(request, body, -1), true, nil
	}
	if !errors.Is(err, errNoStream) {
		response, err = failed(request, err)
		return response, false, err
	}
	content, err := r.whole(o, request.Body)
	if err != nil {
		response, err = failed(request, err)
		return response, false, err
	}
	if o.packer != nil {
		if content, err = o.packer.pack(content); err != nil {
			return nil, false, err
		}
	}
	return answer(request, io.NopCloser(bytes.NewReader(content)), int64(len(content))), false, nil
}

// whole runs a statement other than a SELECT, whose answer is short.
func (r *running) whole(o order, body io.Closer) ([]byte, error) {
	if o.sql == handshake {
		return r.connection.answerHandshake()
	}
	if o.rows != nil {
		return nil, r.insert(o.statement, o.rows, body)
	}
	if changesSession(o.sql) {
		r.connection.changed = true
	}
	return r.query(o.statement)
}

func answer(request *http.Request, body io.ReadCloser, length int64) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: body, ContentLength: length, Request: request,
	}
}

var codePattern = regexp.MustCompile(`^Code: (\d+)\.`)

// failed shapes an exception of the engine as a server does, so that the driver
// makes its own of it. Other errors are those of a transport.
func failed(request *http.Request, err error) (*http.Response, error) {
	var exception engineError
	if !errors.As(err, &exception) {
		return nil, err
	}
	response := answer(request, io.NopCloser(strings.NewReader(exception.Error())), int64(len(exception)))
	response.StatusCode, response.Status = http.StatusInternalServerError, strconv.Itoa(http.StatusInternalServerError)+" "+http.StatusText(http.StatusInternalServerError)
	response.Header.Set("Content-Type", "text/plain; charset=utf-8")
	if code := codePattern.FindStringSubmatch(exception.Error()); code != nil {
		response.Header.Set("X-ClickHouse-Exception-Code", code[1])
	}
	return response, nil
}

// ServeHTTP answers the same requests over real HTTP, so that what is said to
// the engine in process can be tested through a socket too. It asks for no
// password: it is for the loopback address only.
func (e *Engine) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	response, err := e.RoundTrip(request)
	if err != nil {
		status := http.StatusBadRequest
		if errors.Is(err, errClosed) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			status = http.StatusServiceUnavailable
		}
		http.Error(w, err.Error(), status)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	if _, err := io.Copy(w, response.Body); err != nil {
		// An answer that breaks off must not look like one at its end.
		panic(http.ErrAbortHandler)
	}
}
