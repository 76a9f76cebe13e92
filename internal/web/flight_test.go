package web

import (
	"context"
	"errors"
	"sync"
	"testing"

	"kipmonitor/internal/panics"
)

// join asks for a page and returns when the flight knows of it.
func join(f *flights, ctx context.Context, group *sync.WaitGroup, answer func(*cached, error)) {
	f.mutex.Lock()
	before := f.byTag["tag"].waiting
	f.mutex.Unlock()
	group.Go(func() {
		page, err := f.do(ctx, "tag", func(context.Context) (*cached, error) { return nil, errors.New("made a second time") })
		if answer != nil {
			answer(page, err)
		}
	})
	for {
		f.mutex.Lock()
		now := f.byTag["tag"].waiting
		f.mutex.Unlock()
		if now > before {
			return
		}
	}
}

func TestAPageIsMadeOnceForAllWhoWaitAndGoesOnWithoutTheFirst(t *testing.T) {
	var f flights
	var group sync.WaitGroup
	begun, finish := make(chan struct{}), make(chan struct{})
	first, leave := context.WithCancel(t.Context())
	group.Go(func() {
		_, _ = f.do(first, "tag", func(ctx context.Context) (*cached, error) {
			close(begun)
			<-finish
			return &cached{tag: "tag"}, ctx.Err()
		})
	})
	<-begun
	join(&f, t.Context(), &group, func(page *cached, err error) {
		if err != nil || page == nil || page.tag != "tag" {
			t.Errorf("the second got %v, %v", page, err)
		}
	})
	leave()
	close(finish)
	group.Wait()
	if len(f.byTag) != 0 {
		t.Errorf("%d pages are thought to be made still", len(f.byTag))
	}
}

func TestAPageThatNobodyWaitsForIsStopped(t *testing.T) {
	var f flights
	var group sync.WaitGroup
	begun := make(chan struct{})
	first, leaveFirst := context.WithCancel(t.Context())
	second, leaveSecond := context.WithCancel(t.Context())
	group.Go(func() {
		_, err := f.do(first, "tag", func(ctx context.Context) (*cached, error) {
			close(begun)
			<-ctx.Done() // as a query does
			return nil, context.Cause(ctx)
		})
		if !errors.Is(err, errNobodyWaits) {
			t.Errorf("the page ended with %v", err)
		}
	})
	<-begun
	join(&f, second, &group, nil)
	leaveFirst()
	leaveSecond()
	group.Wait()
	page, err := f.do(t.Context(), "tag", func(context.Context) (*cached, error) { return &cached{}, nil })
	if page == nil || err != nil {
		t.Errorf("who asks afterwards gets %v, %v", page, err)
	}
}

func TestAPanicWhileAPageIsMadeIsTheErrorOfAllWhoWait(t *testing.T) {
	var f flights
	var group sync.WaitGroup
	begun, explode := make(chan struct{}), make(chan struct{})
	check := func(_ *cached, err error) {
		if _, panicked := panics.From(err); !panicked {
			t.Errorf("got %v", err)
		}
	}
	group.Go(func() {
		check(f.do(t.Context(), "tag", func(context.Context) (*cached, error) {
			close(begun)
			<-explode
			panic("a fault in a page")
		}))
	})
	<-begun
	join(&f, t.Context(), &group, check)
	close(explode)
	group.Wait()
}
