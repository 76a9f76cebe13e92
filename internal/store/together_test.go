package store_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/store"
)

// Twenty callers insert at once, and the rows of every fourth cannot be made:
// those are told so, the others are written once each.
func TestOneCallersFaultIsNotTheOthers(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		broken := errors.New("the file is gone")
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				err := s.InsertFile(t.Context(), func(batch driver.Batch) error {
					if err := batch.Append(fmt.Sprint("file ", i), uint32(0), "x"); err != nil || i%4 != 0 {
						return err
					}
					return broken
				})
				if got := errors.Is(err, broken); got != (i%4 == 0) || (err != nil && !got) {
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		group.Wait()
		count, err := s.Count(t.Context(), "SELECT count() FROM files")
		must(t, err)
		if count != 15 {
			t.Errorf("%d rows, want 15", count)
		}
	})
}

// The server writes what it gets and its answer is lost: nobody may send the rows
// again, for they would count twice.
func TestWhatWasSentIsNeverSentAgain(t *testing.T) {
	empty(t, shared.store)
	lossy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Query().Get("query"), "INSERT INTO files") {
			shared.store.Engine().ServeHTTP(httptest.NewRecorder(), request)
			panic(http.ErrAbortHandler)
		}
		shared.store.Engine().ServeHTTP(w, request)
	}))
	defer lossy.Close()
	s := open(t, lossy.URL)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			err := s.InsertFile(t.Context(), func(batch driver.Batch) error { return batch.Append(fmt.Sprint("file ", i), uint32(0), "x") })
			if err == nil {
				t.Errorf("caller %d is told that all is well", i)
			}
		})
	}
	group.Wait()
	most, err := shared.store.Count(t.Context(), "SELECT max(n) FROM (SELECT count() AS n FROM files GROUP BY sha256)")
	must(t, err)
	if most != 1 {
		t.Errorf("a row was written %d times", most)
	}
}
