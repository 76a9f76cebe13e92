package intake

import (
	"kipmonitor/internal/figure"
)

// A figure of a file is named by its municipality, measure, further dimensions,
// key figure and dimensions of persons. Each is numbered in the order in which it
// comes, and the numbers are packed into one word, so that a file of a million
// rows needs one table of words to find what stands there twice.

const (
	municipalityBits = 12
	measureBits      = 10
	furtherBits      = 18
	figureBits       = 8
	personBits       = 5 // each of sex, age, status; 0: not broken down

	statusShift       = 0
	ageShift          = statusShift + personBits
	sexShift          = ageShift + personBits
	figureShift       = sexShift + personBits
	furtherShift      = figureShift + figureBits
	measureShift      = furtherShift + furtherBits
	municipalityShift = measureShift + measureBits
	personMask        = 1<<figureShift - 1
)

// numbering numbers codes from 1; 0 stands for the empty code.
type numbering[C comparable] struct {
	numbers map[C]uint64
	codes   []C
	limit   int
}

func newNumbering[C comparable](bits int) *numbering[C] {
	var none C
	return &numbering[C]{numbers: map[C]uint64{none: 0}, codes: []C{none}, limit: 1 << bits}
}

// number returns the number of a code, and false where there are too many.
func (n *numbering[C]) number(code C) (uint64, bool) {
	if number, found := n.numbers[code]; found {
		return number, true
	}
	if len(n.codes) >= n.limit {
		return 0, false
	}
	number := uint64(len(n.codes))
	n.numbers[code] = number
	n.codes = append(n.codes, code)
	return number, true
}

// table is a hash table from keys to the row that brought them first and, in the
// long layout, its value. Open addressing: 24 bytes an entry, no pointer.
type table struct {
	entries []entry
	count   int
}

type entry struct {
	key   uint64 // of the figure, plus one; 0: free
	value figure.Decimal
	row   uint32
	mark  figure.Mark
}

func newTable() *table { return &table{entries: make([]entry, 1<<10)} }

// insert adds a key and returns the entry that is there already, or nil.
func (t *table) insert(e entry) *entry {
	if 3*t.count >= 2*len(t.entries) {
		t.grow()
	}
	slot := t.slot(e.key)
	if slot.key != 0 {
		return slot
	}
	*slot = e
	t.count++
	return nil
}

// find returns the entry of a key, or nil.
func (t *table) find(key uint64) *entry {
	if slot := t.slot(key); slot.key != 0 {
		return slot
	}
	return nil
}

func (t *table) slot(key uint64) *entry {
	mask := uint64(len(t.entries) - 1)
	// Fibonacci hashing: the high bits of the product are well mixed.
	i := (key * 0x9E3779B97F4A7C15) >> 20 & mask
	for t.entries[i].key != 0 && t.entries[i].key != key {
		i = (i + 1) & mask
	}
	return &t.entries[i]
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, 2*len(old))
	for _, e := range old {
		if e.key != 0 {
			*t.slot(e.key) = e
		}
	}
}

// sliceTable remembers for each slice of a file (its figures without the
// dimensions of persons) by which margins it is broken down.
type sliceTable struct {
	keys    []uint64 // plus one; 0: free
	margins []uint8  // bit set of figure.Margin
	count   int
	several bool // some slice is broken down in more than one way
}

func newSliceTable() *sliceTable {
	return &sliceTable{keys: make([]uint64, 1<<10), margins: make([]uint8, 1<<10)}
}

// add notes a margin of a slice.
func (t *sliceTable) add(key uint64, margin figure.Margin) {
	if 3*t.count >= 2*len(t.keys) {
		old := *t
		t.keys, t.margins = make([]uint64, 2*len(old.keys)), make([]uint8, 2*len(old.keys))
		for i, k := range old.keys {
			if k != 0 {
				j := t.slot(k)
				t.keys[j], t.margins[j] = k, old.margins[i]
			}
		}
	}
	i := t.slot(key + 1)
	if t.keys[i] == 0 {
		t.keys[i] = key + 1
		t.count++
	}
	t.margins[i] |= 1 << margin
	t.several = t.several || t.margins[i]&(t.margins[i]-1) != 0
}

// of returns the margins of a slice.
func (t *sliceTable) of(key uint64) uint8 { return t.margins[t.slot(key+1)] }

func (t *sliceTable) slot(key uint64) int {
	mask := uint64(len(t.keys) - 1)
	i := (key * 0x9E3779B97F4A7C15) >> 20 & mask
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & mask
	}
	return int(i)
}

// answers[present][margin] is the set of questions that rows broken down by
// margin answer in a slice that has the margins present: of all breakdowns that
// contain the asked one, the one with the fewest dimensions, and of those the
// first (see figure.Margins).
var answers = func() (all [256][8]figure.Margins) {
	for present := range 256 {
		for asked := figure.Margin(0); asked < 8; asked++ {
			best, fewest := -1, 4
			for b := 0; b < 8; b++ {
				if present&(1<<b) == 0 || figure.Margin(b)&asked != asked {
					continue
				}
				if dimensions := b&1 + b>>1&1 + b>>2&1; dimensions < fewest {
					best, fewest = b, dimensions
				}
			}
			if best >= 0 {
				all[present][best] = all[present][best].With(asked)
			}
		}
	}
	return all
}()
