package account

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// throttle slows down those who guess: after some tries that are free, each further
// one doubles the time until the next. It remembers a bounded number of names and
// forgets those first that tried nothing for the longest time.
type throttle struct {
	free  int           // tries without a wait
	limit time.Duration // the longest wait
	size  int           // how many names are remembered

	mutex  sync.Mutex
	order  *list.List // of *tries, the latest first
	byName map[string]*list.Element
}

type tries struct {
	name  string
	count int
	next  time.Time // no try before
	last  time.Time
}

// forgetAfter is how long tries are remembered.
const forgetAfter = time.Hour

func newThrottle(free int, limit time.Duration, size int) *throttle {
	return &throttle{free: free, limit: limit, size: size, order: list.New(), byName: map[string]*list.Element{}}
}

// try counts a try, before anything is checked, so that many at once are no way
// around it. It returns how long to wait instead, where it is too early.
func (t *throttle) try(name string, now time.Time) time.Duration {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	element := t.byName[name]
	// A clock that jumped back would keep people waiting until it is there again.
	if element != nil && (now.Sub(element.Value.(*tries).last) > forgetAfter || now.Before(element.Value.(*tries).last)) {
		t.forget(element)
		element = nil
	}
	if element == nil {
		element = t.order.PushFront(&tries{name: name})
		t.byName[name] = element
		if t.order.Len() > t.size {
			t.forget(t.order.Back())
		}
	}
	one := element.Value.(*tries)
	if now.Before(one.next) {
		return one.next.Sub(now)
	}
	t.order.MoveToFront(element)
	one.count++
	one.last = now
	if over := one.count - t.free; over >= 0 {
		one.next = now.Add(min(time.Second<<min(over, 30), t.limit))
	}
	return 0
}

// succeeded takes back a try that was right.
func (t *throttle) succeeded(name string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if element := t.byName[name]; element != nil {
		one := element.Value.(*tries)
		one.count--
		if one.count < t.free {
			one.next = time.Time{}
		}
		if one.count <= 0 {
			t.forget(element)
		}
	}
}

// reset forgets the tries of a name.
func (t *throttle) reset(name string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if element := t.byName[name]; element != nil {
		t.forget(element)
	}
}

func (t *throttle) forget(element *list.Element) {
	delete(t.byName, element.Value.(*tries).name)
	t.order.Remove(element)
}

// familiar are the places from which people have logged in. The tries from there are
// counted apart, so that nobody elsewhere keeps a person out by guessing at the account
// all the time.
type familiar struct {
	mutex  sync.Mutex
	places map[string]bool
}

// mostPlaces bounds the memory; whoever is forgotten counts as from elsewhere.
const mostPlaces = 20_000

func place(email, address string) string { return email + " from " + neighbourhood(address) }

func (f *familiar) add(email, address string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.places) >= mostPlaces {
		clear(f.places)
	}
	f.places[place(email, address)] = true
}

func (f *familiar) has(email, address string) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.places[place(email, address)]
}

// remove reports whether the place was there.
func (f *familiar) remove(email, address string) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	name := place(email, address)
	there := f.places[name]
	delete(f.places, name)
	return there
}

// name is that under which a try for an account is counted.
func (f *familiar) name(email, address string) string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if one := place(email, address); f.places[one] {
		return one
	}
	return email
}

// neighbourhood is what counts as one address: whoever has one of IPv6 has at least
// a /64 of them.
func neighbourhood(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
