package rate

import (
	"strconv"
	"testing"
	"time"
)

func TestALimitHoldsForEachNameAndEndsWithTheMinute(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 20, 0, time.UTC)
	limit := New(2, func() time.Time { return now })
	for _, step := range []struct {
		name string
		wait int
	}{{"a", 0}, {"a", 0}, {"b", 0}, {"a", 40}, {"b", 0}, {"b", 40}} {
		if got := limit.Take(step.name); got != step.wait {
			t.Errorf("%s waits %d, want %d", step.name, got, step.wait)
		}
	}
	now = now.Add(time.Duration(limit.Take("a")) * time.Second)
	if wait := limit.Take("a"); wait != 0 {
		t.Errorf("after the time that was told: wait %d more", wait)
	}
}

func TestManyNamesTakeNoMoreMemoryAndThoseBeforeThemKeepTheirOwnCount(t *testing.T) {
	limit := New(3, func() time.Time { return time.Unix(0, 0) })
	limit.Take("early")
	for i := range 2 * maxNames {
		limit.Take(strconv.Itoa(i))
	}
	if len(limit.counts) > maxNames+1 {
		t.Errorf("%d names are remembered", len(limit.counts))
	}
	if limit.Take("late") == 0 {
		t.Error("a new name does not share the count of those who are too many")
	}
	if limit.Take("early") != 0 {
		t.Error("a name that was there before has to wait for others")
	}
}
