package panics_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"kipmonitor/internal/panics"
)

func explode() error {
	var nothing *struct{ field int }
	nothing.field = 1
	return nil
}

func TestAPanicIsAnErrorWithTheStackOfWhereItHappened(t *testing.T) {
	err := panics.Try(explode)
	caught, ok := panics.From(fmt.Errorf("make a page: %w", err))
	if !ok || !strings.Contains(string(caught.Stack), "panics_test.explode") {
		t.Fatalf("caught %v", err)
	}
	var fault runtime.Error
	if !errors.As(err, &fault) || strings.Contains(err.Error(), "goroutine") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error says %q", err)
	}
	if err := panics.Try(func() error { return context.Canceled }); err != context.Canceled {
		t.Errorf("an error became %v", err)
	}
}

func TestAGroupEndsWithThePanicOfOneOfItsGoroutines(t *testing.T) {
	group, ctx := panics.WithContext(t.Context())
	group.Go(func() error { <-ctx.Done(); return ctx.Err() })
	group.Go(explode)
	err := group.Wait()
	if caught, ok := panics.From(err); !ok || !strings.Contains(string(caught.Stack), "panics_test.explode") {
		t.Errorf("the group returned %v", err)
	}
}

func TestAPanicOfParallelWorkIsTheCallersWithItsFirstStack(t *testing.T) {
	err := panics.Try(func() error {
		panics.Parallel(3, func(i int) {
			if i == 1 {
				_ = explode()
			}
		})
		return nil
	})
	if caught, ok := panics.From(err); !ok || !strings.Contains(string(caught.Stack), "panics_test.explode") {
		t.Errorf("caught %v", err)
	}
}
