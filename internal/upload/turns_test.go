package upload

import (
	"context"
	"errors"
	"testing"
)

func TestASmallFileDoesNotWaitBehindLargeOnes(t *testing.T) {
	turns := NewTurns()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var ends []func()
	for range cap(turns.any) {
		end, err := turns.Take(t.Context(), Max)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	if _, err := turns.Take(ended, Small+1); !errors.Is(err, context.Canceled) {
		t.Errorf("a further large file: %v", err)
	}
	small, err := turns.Take(t.Context(), Small)
	if err != nil {
		t.Fatalf("a small file: %v", err)
	}
	if _, err := turns.Take(ended, Small); !errors.Is(err, context.Canceled) {
		t.Errorf("a second small file at the same time: %v", err)
	}
	small()
	if again, err := turns.Take(t.Context(), 1); err != nil {
		t.Errorf("after the first has ended: %v", err)
	} else {
		again()
	}
	for _, end := range ends {
		end()
	}
	if len(turns.any)+len(turns.small) != 0 {
		t.Errorf("%d and %d turns are still taken", len(turns.any), len(turns.small))
	}
	var none *Turns
	if end, err := none.Take(ended, Max); err != nil {
		t.Errorf("no turns: %v", err)
	} else {
		end()
	}
}
