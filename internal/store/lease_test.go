package store_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestASecondCopyOnAServerIsRefusedUntilTheFirstIsGone(t *testing.T) {
	server := httptest.NewServer(shared.store.Engine())
	defer server.Close()
	first, second := open(t, server.URL), open(t, server.URL)
	must(t, first.Exec(t.Context(), "TRUNCATE TABLE copies"))
	ctx, stop := context.WithCancel(t.Context())
	must(t, first.Lease(ctx, func(err error) { t.Errorf("lost: %v", err) }))
	refused := func() bool {
		attempt, end := context.WithCancel(t.Context())
		defer end()
		err := second.Lease(attempt, func(error) {})
		if err != nil && !strings.Contains(err.Error(), "another copy of the program works on this database") {
			t.Fatal(err)
		}
		return err != nil
	}
	if !refused() {
		t.Fatal("two copies write to one database")
	}
	t.Run("one that stops makes room at once", func(t *testing.T) {
		stop()
		for deadline := time.Now().Add(20 * time.Second); refused(); time.Sleep(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the first has stopped and still holds the database")
			}
		}
	})
	t.Run("one that was killed is gone after a while", func(t *testing.T) {
		must(t, first.Exec(t.Context(), "TRUNCATE TABLE copies"))
		must(t, first.Exec(t.Context(), "INSERT INTO copies (copy, host, at, gone) VALUES ('dead', 'elsewhere', now() - 20, false)"))
		if !refused() {
			t.Error("it may still be alive")
		}
		must(t, first.Exec(t.Context(), "TRUNCATE TABLE copies"))
		must(t, first.Exec(t.Context(), "INSERT INTO copies (copy, host, at, gone) VALUES ('dead', 'elsewhere', now() - 60, false)"))
		if refused() {
			t.Error("it keeps the next one out for ever")
		}
	})
	t.Run("the embedded engine needs none", func(t *testing.T) { must(t, shared.store.Lease(t.Context(), func(error) {})) })
}
