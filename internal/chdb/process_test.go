package chdb_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kipmonitor/internal/chdb"
)

func TestDataOutliveTheEngine(t *testing.T) {
	connection := connect(t, embedded())
	must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE kept (i UInt16) ENGINE = MergeTree ORDER BY i"))
	must(t, connection.Exec(t.Context(), "INSERT INTO kept VALUES (7)"))
	before := engine
	t.Cleanup(func() {
		if engine == before {
			var err error
			engine, err = open(folder)
			must(t, err)
		}
	})
	must(t, before.Close())
	must(t, before.Close())
	if err := connection.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a closed engine answers with %v", err)
	}
	other, err := open(t.TempDir())
	must(t, err)
	engine = other
	if got := one[uint64](t, connect(t, embedded()), "SELECT count() FROM system.tables WHERE database = 'default'"); got != 0 {
		t.Errorf("%d tables in a new folder", got)
	}
	must(t, other.Close())
	engine, err = open(folder)
	must(t, err)
	if got := one[uint16](t, connect(t, embedded()), "SELECT i FROM kept"); got != 7 {
		t.Errorf("got %d", got)
	}
}

func TestCloseEndsWhatRuns(t *testing.T) {
	connection := connect(t, embedded())
	fault := make(chan error)
	go func() {
		_, err := drain(connection.Query(t.Context(), "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"))
		fault <- err
	}()
	_, err := connection.Query(t.Context(), "SELECT number FROM numbers(1000000000000)")
	must(t, err)
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	must(t, engine.Close())
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if err := <-fault; err == nil {
		t.Error("no error")
	}
	engine, err = open(folder)
	must(t, err)
}

func TestASecondProcessIsRefused(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "CHDB_TEST_OPEN="+folder)
	output, err := command.CombinedOutput()
	must(t, err)
	if got := strings.TrimSpace(string(output)); got != chdb.ErrInUse.Error() {
		t.Errorf("got %q", got)
	}
}

func TestASecondEngineInTheProcessIsRefused(t *testing.T) {
	if _, err := open(t.TempDir()); !errors.Is(err, chdb.ErrOpen) {
		t.Errorf("got %v", err)
	}
	if _, err := open(folder); !errors.Is(err, chdb.ErrOpen) {
		t.Errorf("got %v", err)
	}
}

func TestSignalsStayGos(t *testing.T) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a nil pointer did not panic")
			}
		}()
		var nothing *int
		fmt.Fprintln(io.Discard, *nothing)
	}()
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGTERM)
	defer signal.Stop(caught)
	must(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
	select {
	case <-caught:
	case <-time.After(5 * time.Second):
		t.Error("the signal did not arrive")
	}
}

func TestAMissingLibrarySaysWhatToDo(t *testing.T) {
	t.Setenv(chdb.LibraryVariable, "/nowhere/libchdb.so")
	if _, err := chdb.Find(); err == nil || !strings.Contains(err.Error(), chdb.LibraryVariable) {
		t.Errorf("got %v", err)
	}
	t.Setenv(chdb.LibraryVariable, "")
	t.Chdir(t.TempDir())
	if _, err := chdb.Find(); !errors.Is(err, chdb.ErrNoLibrary) {
		t.Errorf("got %v", err)
	}
	must(t, os.MkdirAll("node_modules", 0o700))
	library := filepath.Join("node_modules", "libchdb.so")
	must(t, os.WriteFile(library, nil, 0o600))
	t.Setenv(chdb.LibraryVariable, library)
	if got, err := chdb.Find(); err != nil || got != library {
		t.Errorf("got %s, %v", got, err)
	}
}

// resident is the memory of this process, in MiB.
func resident(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc")
	}
	var kib int
	_, line, _ := bytes.Cut(status, []byte("VmRSS:"))
	_, err = fmt.Sscan(string(line), &kib)
	must(t, err)
	return kib >> 10
}

// endless is a reader of the same block over and over.
type endless struct {
	block []byte
	times int
	rest  []byte
	watch func()
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.times == 0 {
			return 0, io.EOF
		}
		e.times--
		e.rest = e.block
		e.watch()
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestWhatIsLargePassesThroughInBoundedMemory(t *testing.T) {
	connection := connect(t, embedded())
	must(t, connection.Exec(t.Context(), "CREATE OR REPLACE TABLE large (i UInt64) ENGINE = MergeTree ORDER BY i"))
	before, most := resident(t), 0
	watch := func() { most = max(most, resident(t)) }

	// 200 MB in …
	body := &endless{block: nativeBlock(t, 100_000), times: 250, watch: watch}
	response, err := engine.RoundTrip(insertRequest(t, t.Context(), "http://embedded", "large", body))
	must(t, err)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
	in := most - before

	// … and 800 MB out.
	most = 0
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://embedded/?default_format=Native", strings.NewReader("SELECT number FROM numbers(100000000)"))
	must(t, err)
	response, err = engine.RoundTrip(request)
	must(t, err)
	buffer, total := make([]byte, 1<<20), 0
	for i := 0; err == nil; i++ {
		var n int
		n, err = response.Body.Read(buffer)
		total += n
		if i%100 == 0 {
			watch()
		}
	}
	if err != io.EOF || total < 800_000_000 {
		t.Errorf("%d bytes, %v", total, err)
	}
	must(t, response.Body.Close())
	out := most - before
	t.Logf("at rest %d MiB, %d MiB more while 200 MB went in, %d MiB more while 800 MB came out", before, in, out)
	if in > 180 || out > 180 {
		t.Errorf("%d MiB more while 200 MB went in, %d MiB more while 800 MB came out", in, out)
	}
}
