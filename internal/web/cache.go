package web

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
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
}

type cached struct {
	tag        string
	content    []byte
	compressed []byte
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byTag: map[string]*list.Element{}}
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

func (k *cache) put(entry *cached) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
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
		// The day stands for what is due by it; the page names its reader, and its
		// forms are of one session.
		tag := entityTag(s.Release, s.Programme.Fingerprint, s.Boards.Fingerprint, version,
			s.Now().Format("2006-01-02"), string(r.Language), c.OriginalURL(),
			r.Viewer.Email, r.Viewer.Name, string(r.Viewer.Role), string(r.Viewer.Organisation), r.CSRF)
		c.Set(fiber.HeaderETag, tag)
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
			return c.SendStatus(fiber.StatusNotModified)
		}
		entry := s.cache.get(tag)
		if entry == nil {
			content, err := render(c, r)
			if err != nil {
				c.Response().Header.Del(fiber.HeaderETag)
				return err
			}
			entry = &cached{tag: tag, content: content, compressed: compress(content)}
			s.cache.put(entry)
		}
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return sendCompressed(c, entry.content, func() []byte { return entry.compressed })
	}
}

func entityTag(parts ...string) string {
	hash := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return `"` + hex.EncodeToString(hash[:12]) + `"`
}
