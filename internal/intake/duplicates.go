package intake

import "kipmonitor/internal/figure"

// A figure of a file is named by its municipality, measure, further dimensions,
// key figure and dimensions of persons. Each is numbered in the order in which it
// comes, and the numbers are packed into one word, so that a file of a million
// rows needs one table of words to find, exactly, what stands there twice. 61 bits
// are used; the three above hold a margin where sums are kept by margin too.

const (
	municipalityBits = 12
	measureBits      = 10
	furtherBits      = 17
	figureBits       = 7
	personBits       = 5 // each of sex, age, status; 0: not broken down

	statusShift       = 0
	ageShift          = statusShift + personBits
	sexShift          = ageShift + personBits
	figureShift       = sexShift + personBits
	furtherShift      = figureShift + figureBits
	measureShift      = furtherShift + furtherBits
	municipalityShift = measureShift + measureBits
	marginShift       = municipalityShift + municipalityBits

	personMask = 1<<figureShift - 1
	figureMask = (1<<figureBits - 1) << figureShift
)

// figureOf is the number of the key figure in a key.
func figureOf(key uint64) int { return int(key&figureMask>>figureShift) - 1 }

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

// table is a hash table from keys to what is known of them: the row that brought
// them first and a value. Open addressing: 24 bytes an entry, no pointer.
type table struct {
	entries []entry
	count   int
}

type entry struct {
	key     uint64 // plus one; 0: free
	value   figure.Decimal
	row     uint32
	column  uint16
	mark    figure.Mark
	missing bool // of a sum: something is missing in it
}

func newTable() *table { return &table{entries: make([]entry, 1<<10)} }

// insert adds an entry under a key and returns the one that is there already, or
// nil.
func (t *table) insert(key uint64, e entry) *entry {
	if 4*t.count >= 3*len(t.entries) {
		t.grow()
	}
	slot := t.slot(key + 1)
	if slot.key != 0 {
		return slot
	}
	e.key = key + 1
	*slot = e
	t.count++
	return nil
}

// find returns the entry of a key, or nil.
func (t *table) find(key uint64) *entry {
	if slot := t.slot(key + 1); slot.key != 0 {
		return slot
	}
	return nil
}

func (t *table) slot(key uint64) *entry {
	mask := uint64(len(t.entries) - 1)
	i := mix(key) & mask
	for t.entries[i].key != 0 && t.entries[i].key != key {
		i = (i + 1) & mask
	}
	return &t.entries[i]
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, 2*len(old))
	for i := range old {
		if old[i].key != 0 {
			*t.slot(old[i].key) = old[i]
		}
	}
}

// mix spreads the bits of a key (the finaliser of MurmurHash3): keys of a file
// differ in few bits.
func mix(key uint64) uint64 {
	key ^= key >> 33
	key *= 0xff51afd7ed558ccd
	key ^= key >> 33
	key *= 0xc4ceb9fe1a85ec53
	return key ^ key>>33
}
