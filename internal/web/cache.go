package web

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
)

// cacheBytes bounds the memory of the page cache.
const cacheBytes = 32 << 20

// cache keeps rendered pages by their entity tag. The tag covers everything a
// page depends on, so an entry is never stale; the least recently read go first.
type cache struct {
	mutex sync.Mutex
	limit int
	size  int
	order *list.List // of *cached, most recently read first
	byTag map[string]*list.Element
	made  map[string]made      // by address: the page as it was made last
	wrote map[string]time.Time // by person: when they last changed something
	being flights
}

// made is when a page was made, and under which tag it is kept, if it still is.
type made struct {
	tag string
	at  time.Time
}

// freshness is for how long a page is shown although something was taken in since
// it was made, to others than who did. Otherwise each of many files that come in at once
// would have every page made anew.
const freshness = 2 * time.Second

// mostAddresses bounds the addresses whose last page is remembered.
const mostAddresses = 1000

type cached struct {
	tag        string
	content    []byte
	compressed []byte
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byTag: map[string]*list.Element{}, made: map[string]made{}, wrote: map[string]time.Time{}}
}

// noteWriter notes that a person changed something: their next page is made after it.
func (k *cache) noteWriter(person string, now time.Time) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if len(k.wrote) >= mostAddresses {
		clear(k.wrote)
	}
	k.wrote[person] = now
}

// fresh returns the page of an address that was made just now, and since the reader
// last changed something, or nil.
func (k *cache) fresh(address, reader string, now time.Time) *cached {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if now.Sub(k.wrote[reader]) < freshness {
		return nil
	}
	if last, found := k.made[address]; found && now.Sub(last.at) < freshness && !now.Before(last.at) {
		if element := k.byTag[last.tag]; element != nil {
			return element.Value.(*cached)
		}
	}
	return nil
}

func (k *cache) get(tag string) *cached {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	element := k.byTag[tag]
	if element == nil {
		return nil
	}
	k.order.MoveToFront(element)
	return element.Value.(*cached)
}

func (k *cache) put(address string, entry *cached, now time.Time) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if len(k.made) >= mostAddresses {
		clear(k.made)
	}
	k.made[address] = made{entry.tag, now}
	if k.byTag[entry.tag] != nil {
		return
	}
	k.byTag[entry.tag] = k.order.PushFront(entry)
	k.size += len(entry.content) + len(entry.compressed)
	for k.size > k.limit && k.order.Len() > 1 {
		oldest := k.order.Remove(k.order.Back()).(*cached)
		delete(k.byTag, oldest.tag)
		k.size -= len(oldest.content) + len(oldest.compressed)
	}
}

// remembered answers from the cache where nothing that the page depends on has
// changed, with 304 where the browser has it already, and otherwise renders and
// keeps the page.
func (s *Server) remembered(render func(*fiber.Ctx, request) ([]byte, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := s.deadline(c)
		version, err := s.Figures.Version(ctx)
		cancel()
		if err != nil {
			return err
		}
		r, err := s.parseRequest(c)
		if err != nil {
			return err
		}
		// All who have a role see the same page: it names nobody and holds no form of
		// a session.
		reader := r.Viewer.Email
		r.Viewer, r.CSRF = account.Viewer{Role: r.Viewer.Role}, ""
		// The day, in Switzerland, stands for what is due by it.
		address := entityTag(s.Release, s.Programme.Fingerprint, s.Boards.Fingerprint, s.Now().Format("2006-01-02"),
			string(r.Language), string(r.Viewer.Role), c.OriginalURL())
		tag := entityTag(address, version)
		entry := s.cache.get(tag)
		if entry == nil {
			entry = s.cache.fresh(address, reader, s.Now())
		}
		from := "cache"
		if entry == nil {
			from = "made"
			if entry, err = s.make(c, address, tag, func() ([]byte, error) { return render(c, r) }); err != nil {
				return err
			}
		}
		c.Set(fiber.HeaderETag, entry.tag)
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), entry.tag) {
			s.Metrics.Page("browser")
			return c.SendStatus(fiber.StatusNotModified)
		}
		s.Metrics.Page(from)
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return sendCompressed(c, entry.content, func() []byte { return entry.compressed })
	}
}

// noteWriters notes who changed something, on a page or through the API.
func (s *Server) noteWriters(c *fiber.Ctx) error {
	err := c.Next()
	if person := viewer(c).Email; person != "" && c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		s.cache.noteWriter(person, s.Now())
	}
	return err
}

// make renders a page and keeps it; of many who ask for the same at once one
// renders it, and all get it. It stops where nobody waits for it any more.
func (s *Server) make(c *fiber.Ctx, address, tag string, render func() ([]byte, error)) (*cached, error) {
	own := c.UserContext()
	defer c.SetUserContext(own)
	return s.cache.being.do(own, tag, func(ctx context.Context) (*cached, error) {
		// As many at a time as there are processors: those who send need these too.
		if err := s.making.Acquire(ctx, 1); err != nil {
			return nil, err
		}
		defer s.making.Release(1)
		c.SetUserContext(ctx)
		content, err := render()
		if err != nil {
			return nil, err
		}
		entry := &cached{tag: tag, content: content, compressed: compress(content)}
		s.cache.put(address, entry, s.Now())
		return entry, nil
	})
}

func entityTag(parts ...string) string {
	hash := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return `"` + hex.EncodeToString(hash[:12]) + `"`
}
