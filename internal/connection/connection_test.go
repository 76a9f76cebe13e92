package connection_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"kipmonitor/internal/connection"
)

// serve answers "/" at once, "/long" when the client has left, and reads bodies as they
// come.
func serve(t *testing.T, limits connection.Limits) (address string, listener *connection.Listener, left chan error) {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener = connection.Listen(tcp, limits, slog.New(slog.DiscardHandler))
	left = make(chan error, 1)
	server := &fasthttp.Server{StreamRequestBody: true, IdleTimeout: time.Minute, ReadTimeout: time.Minute, ConnState: listener.Note,
		Handler: func(c *fasthttp.RequestCtx) {
			ctx, done := connection.Serving(context.Background(), c.Conn(), c.IsGet())
			defer done()
			if stream := c.RequestBodyStream(); stream != nil {
				_, _ = io.Copy(io.Discard, stream)
			}
			if string(c.Path()) == "/long" {
				<-ctx.Done()
				left <- context.Cause(ctx)
			}
			fmt.Fprint(c, "ok")
		}}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = listener.Close() })
	return tcp.Addr().String(), listener, left
}

func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	slow  = "GET / HTTP/1.1\r\nHo"
	half  = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf of it"
)

// Ten times as many connections as may be open, of every kind that does nothing: who
// asks for something is answered all the same.
func TestConnectionsThatDoNothingKeepNobodyOut(t *testing.T) {
	for name, text := range map[string]string{"silent": "", "idle after an answer": whole, "slow": slow, "half an upload": half} {
		t.Run(name, func(t *testing.T) {
			address, listener, _ := serve(t, connection.Limits{Total: 100})
			for range 1000 {
				dial(t, address, text)
			}
			if text == half {
				time.Sleep(1100 * time.Millisecond) // until they are known to do nothing
			}
			for i := range 50 {
				client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
				response, err := client.Get("http://" + address + "/")
				if err != nil {
					t.Fatalf("request %d: %v", i, err)
				}
				_ = response.Body.Close()
			}
			if open := listener.Open(); open > 100 {
				t.Errorf("%d connections are open", open)
			}
		})
	}
}

func TestWorkUnderWayIsNotClosedForAnother(t *testing.T) {
	address, _, left := serve(t, connection.Limits{Total: 4})
	var kept []net.Conn
	for range 4 {
		kept = append(kept, dial(t, address, strings.Replace(whole, "GET /", "GET /long", 1)))
	}
	time.Sleep(100 * time.Millisecond)
	refused := dial(t, address, "")
	_ = refused.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := refused.Read(make([]byte, 1)); err == nil || errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("one too many: %v", err)
	}
	for _, one := range kept {
		_ = one.Close()
		<-left
	}
}

func TestTheContextOfARequestEndsWhenItsClientLeaves(t *testing.T) {
	address, _, left := serve(t, connection.Limits{Total: 10})
	client := dial(t, address, strings.Replace(whole, "GET /", "GET /long", 1))
	select {
	case err := <-left:
		t.Fatalf("ended while the client waits: %v", err)
	case <-time.After(600 * time.Millisecond):
	}
	_ = client.Close()
	select {
	case err := <-left:
		if !errors.Is(err, connection.ErrClientLeft) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("goes on although nobody waits")
	}
}

func TestOneConnectionHasManyRequests(t *testing.T) {
	address, _, _ := serve(t, connection.Limits{Total: 10})
	c := dial(t, address, "")
	reader := bufio.NewReader(c)
	for i := range 5 {
		if _, err := io.WriteString(c, whole); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
	}
}

// exhausted is a listener that has no descriptor the first times.
type exhausted struct {
	net.Listener
	mutex sync.Mutex
	left  int
}

func (l *exhausted) Accept() (net.Conn, error) {
	l.mutex.Lock()
	l.left--
	fails := l.left >= 0
	l.mutex.Unlock()
	if fails {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestAServerWithoutDescriptorsWaitsForOne(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := connection.Listen(&exhausted{Listener: tcp, left: 3}, connection.Limits{Total: 10}, slog.New(slog.DiscardHandler))
	dial(t, tcp.Addr().String(), "")
	if c, err := listener.Accept(); err != nil {
		t.Errorf("the server ends: %v", err)
	} else {
		_ = c.Close()
	}
	_ = listener.Close()
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed listener says %v", err)
	}
	if open := listener.Open(); open != 0 {
		t.Errorf("%d connections are open", open)
	}
}

func TestLimitsLeaveTheProcessDescriptors(t *testing.T) {
	for descriptors, total := range map[uint64]int{1024: 640, 20_000: 12_500, 1 << 40: 20_000} {
		if got := connection.LimitsOf(descriptors); got.Total != total || got.PerAddress > got.Total {
			t.Errorf("%d descriptors: %+v", descriptors, got)
		}
	}
}

// elsewhere is a listener whose connections come from one address in a network.
type elsewhere struct{ net.Listener }

type farConn struct{ net.Conn }

func (farConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 4711} }

func (l elsewhere) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return farConn{c}, err
}

func TestOneAddressHasItsShare(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := connection.Listen(elsewhere{tcp}, connection.Limits{Total: 100, PerAddress: 5}, slog.New(slog.DiscardHandler))
	defer listener.Close()
	for range 20 {
		dial(t, tcp.Addr().String(), "")
		if _, err := listener.Accept(); err != nil {
			t.Fatal(err)
		}
	}
	if open := listener.Open(); open != 5 {
		t.Errorf("one address has %d connections, 5 are its share", open)
	}
}
