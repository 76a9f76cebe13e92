package chart

import "container/list"

// cache keeps the drawings that were asked for last, up to a number of bytes.
type cache struct {
	limit, size int
	order       *list.List // of entry, the latest first
	byHash      map[string]*list.Element
}

type entry struct{ hash, svg string }

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byHash: map[string]*list.Element{}}
}

func (c *cache) get(hash string) (string, bool) {
	element, found := c.byHash[hash]
	if !found {
		return "", false
	}
	c.order.MoveToFront(element)
	return element.Value.(entry).svg, true
}

// put keeps a drawing that is not there yet.
func (c *cache) put(hash, svg string) {
	if len(svg) > c.limit {
		return
	}
	c.byHash[hash] = c.order.PushFront(entry{hash, svg})
	c.size += len(svg)
	for c.size > c.limit {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.byHash, last.Value.(entry).hash)
		c.size -= len(last.Value.(entry).svg)
	}
}
