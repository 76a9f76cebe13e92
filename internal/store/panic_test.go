package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

// The rows of every fourth of twenty callers panic: those are told so, the others are
// written once each, and no connection is lost.
func TestAPanicWhileRowsAreMadeIsThatCallersAlone(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				err := s.InsertFile(t.Context(), func(batch driver.Batch) error {
					if i%4 == 0 {
						panic("the rows cannot be made")
					}
					return batch.Append(fmt.Sprint("file ", i), uint32(0), "x")
				})
				if _, panicked := panics.From(err); panicked != (i%4 == 0) || (err != nil && !panicked) {
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

// The figures of a file panic half way, many times over: nothing of it can be seen, and
// the store takes the next one.
func TestAPanicWhileASubmissionIsKeptLeavesNothingToSee(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		d := delivery{form: "municipality_year", organisation: "G2581", period: "2025", at: day(3, 1), figures: []figure.Observation{given("arrivals", 12)}}
		for range 12 {
			one, file := describe(t, d)
			err := s.Keep(t.Context(), one, file, func(emit func([]figure.Observation) error) error {
				if err := emit(d.figures); err != nil {
					return err
				}
				panic(errors.New("a fault in the reader"))
			})
			if _, panicked := panics.From(err); !panicked {
				t.Fatalf("got %v, want the panic", err)
			}
		}
		all, err := s.Submissions(t.Context(), submission.Filter{})
		must(t, err)
		if len(all) != 0 {
			t.Errorf("%d submissions are seen", len(all))
		}
		deliver(t, s, d)
		if got := sums(t, s, ask("arrivals")); got != "arrivals 2025 = 12, provisional" {
			t.Errorf("afterwards: %s", got)
		}
	})
}
