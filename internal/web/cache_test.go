package web

import (
	"strconv"
	"testing"
	"time"
)

func TestWhatTheCacheGaveUpIsHeldNowhereElse(t *testing.T) {
	now := time.Unix(0, 0)
	k := newCache(100)
	for i := range 20 {
		name := strconv.Itoa(i)
		k.put(name, &cached{tag: name, content: make([]byte, 40)}, now)
	}
	held := 0
	for i := range 20 {
		if k.fresh(strconv.Itoa(i), "", now) != nil {
			held++
		}
	}
	if held != 2 || k.fresh("19", "", now) == nil {
		t.Errorf("%d pages of 40 bytes are held, where 100 bytes are the most", held)
	}
	if k.fresh("19", "", now.Add(freshness)) != nil {
		t.Error("a page is fresh for too long")
	}
}

func TestWhoChangedSomethingSeesItAtOnce(t *testing.T) {
	now := time.Unix(1000, 0)
	k := newCache(100)
	k.put("page", &cached{tag: "old"}, now)
	k.noteWriter("anna@example.ch", now.Add(time.Second))
	if k.fresh("page", "anna@example.ch", now.Add(time.Second)) != nil {
		t.Error("the author of a change is shown the page from before it")
	}
	if k.fresh("page", "bea@example.ch", now.Add(time.Second)) == nil {
		t.Error("for others the page is made anew at once")
	}
}
