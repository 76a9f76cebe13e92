package chdb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// nativeBlock is a block of numbers as the driver sends it.
func nativeBlock(t testing.TB, rows int) []byte {
	t.Helper()
	var block proto.Block
	must(t, block.AddColumn("i", "UInt64"))
	for i := range rows {
		must(t, block.Append(uint64(i)))
	}
	var buffer chproto.Buffer
	must(t, block.Encode(&buffer, 0))
	return buffer.Buf
}

// brokenOff gives its content and then an error instead of an end.
type brokenOff struct {
	io.Reader
	err error
}

func (b brokenOff) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func insertRequest(t testing.TB, ctx context.Context, base, table string, body io.Reader) *http.Request {
	t.Helper()
	query := url.Values{"query": {"INSERT INTO " + table + " FORMAT Native"}, "default_format": {"Native"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/?"+query.Encode(), body)
	must(t, err)
	return request
}

func TestOfAnInsertThatBreaksOffNothingIsKept(t *testing.T) {
	connection := connect(t, embedded())
	gone := errors.New("the sender is gone")
	blocks := bytes.Repeat(nativeBlock(t, 1000), 3)
	must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE broken (i UInt64) ENGINE = MergeTree ORDER BY i"))

	_, err := engine.RoundTrip(insertRequest(t, t.Context(), "http://embedded", "broken", brokenOff{bytes.NewReader(blocks), gone}))
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}

	// The same through a socket: the upload breaks off after whole blocks.
	server := httptest.NewServer(engine)
	defer server.Close()
	if response, err := http.DefaultClient.Do(insertRequest(t, t.Context(), server.URL, "broken", brokenOff{bytes.NewReader(blocks), gone})); err == nil {
		t.Errorf("got %s", response.Status)
		response.Body.Close()
	}

	// Rows that end in the middle of a block, and rows that are none.
	for _, body := range [][]byte{blocks[:len(blocks)-5], append(bytes.Clone(blocks), "no block at all"...)} {
		response, err := engine.RoundTrip(insertRequest(t, t.Context(), "http://embedded", "broken", bytes.NewReader(body)))
		must(t, err)
		if response.StatusCode != http.StatusInternalServerError || response.Header.Get("X-ClickHouse-Exception-Code") == "" {
			t.Errorf("got %s, %v", response.Status, response.Header)
		}
		response.Body.Close()
	}
	nothingRuns(t)
	if count := one[uint64](t, connection, "SELECT count() FROM broken"); count != 0 {
		t.Errorf("%d rows kept", count)
	}
	response, err := engine.RoundTrip(insertRequest(t, t.Context(), "http://embedded", "broken", bytes.NewReader(blocks)))
	must(t, err)
	response.Body.Close()
	if count := one[uint64](t, connection, "SELECT count() FROM broken"); count != 3000 {
		t.Errorf("%d rows, want 3000", count)
	}
}

func TestAnEndedContextStopsAnInsertThatWaitsForRows(t *testing.T) {
	connection := connect(t, embedded())
	must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE waiting (i UInt64) ENGINE = MergeTree ORDER BY i"))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	body, sender := io.Pipe()
	go func() { _, _ = sender.Write(nativeBlock(t, 1000)) }()
	start := time.Now()
	_, err := engine.RoundTrip(insertRequest(t, ctx, "http://embedded", "waiting", body))
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
	nothingRuns(t)
	if count := one[uint64](t, connection, "SELECT count() FROM waiting"); count != 0 {
		t.Errorf("%d rows kept", count)
	}
}

func TestWhatTheEngineDoesNotReadIsRefusedInPlainWords(t *testing.T) {
	for header, value := range map[string]string{"Content-Type": "multipart/form-data; boundary=x", "Content-Encoding": "gzip"} {
		request := insertRequest(t, t.Context(), "http://embedded", "anything", strings.NewReader("x"))
		request.Header.Set(header, value)
		if _, err := engine.RoundTrip(request); err == nil || !strings.Contains(err.Error(), "the embedded database engine") {
			t.Errorf("%s: got %v", header, err)
		}
	}
}
