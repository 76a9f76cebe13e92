package intake

import (
	"cmp"
	"runtime"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/panics"
)

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

// firsts remembers for each key the row that brought it first and, where they are
// asked for, the value there. Open addressing over plain words: 12 bytes an entry,
// 21 with values.
type firsts struct {
	keys   []uint64 // plus one; 0: free
	rows   []uint32
	values []figure.Decimal // nil where nobody asks
	marks  []figure.Mark
	count  int
}

// newFirsts makes a table for about so many keys.
func newFirsts(expected int, values bool) *firsts {
	size := 1 << 10
	for 3*size < 4*min(expected, MaxRows) {
		size *= 2
	}
	t := &firsts{keys: make([]uint64, size), rows: make([]uint32, size)}
	if values {
		t.values, t.marks = make([]figure.Decimal, size), make([]figure.Mark, size)
	}
	return t
}

// insert notes a key and returns the row that brought it before, or 0.
func (t *firsts) insert(key uint64, row uint32, a amount) uint32 {
	if 4*t.count >= 3*len(t.keys) {
		t.grow()
	}
	i := t.slot(key + 1)
	if t.keys[i] != 0 {
		return t.rows[i]
	}
	t.keys[i], t.rows[i] = key+1, row
	if t.values != nil {
		t.values[i], t.marks[i] = a.value, a.mark
	}
	t.count++
	return 0
}

// find returns the place of a key, or -1.
func (t *firsts) find(key uint64) int {
	if i := t.slot(key + 1); t.keys[i] != 0 {
		return i
	}
	return -1
}

// where returns the places of the keys of which something holds, in the order of
// their rows. Each core looks through a part of the table: holds is asked for
// several keys at the same time, and changes nothing.
func (t *firsts) where(holds func(place int, key uint64) bool) []int {
	found := make([][]int, min(runtime.GOMAXPROCS(0), 1+len(t.keys)>>16))
	panics.Parallel(len(found), func(part int) {
		for place := part * len(t.keys) / len(found); place < (part+1)*len(t.keys)/len(found); place++ {
			if key := t.keys[place]; key != 0 && holds(place, key-1) {
				found[part] = append(found[part], place)
			}
		}
	})
	places := slices.Concat(found...)
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(t.rows[a], t.rows[b]) })
	return places
}

func (t *firsts) slot(key uint64) int {
	mask := uint64(len(t.keys) - 1)
	i := near(key) & mask
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & mask
	}
	return int(i)
}

// near spreads the keys over a table so that those of one slice lie together: the
// rows of a slice mostly follow each other in a file, and memory that was touched
// a moment ago is ten times faster.
func near(key uint64) uint64 {
	key--
	within := key>>statusShift&7 | key>>ageShift&7<<3 | key>>sexShift&3<<6 | key>>figureShift&7<<8
	return mix(key>>furtherShift) + within
}

func (t *firsts) grow() {
	old := *t
	size := 2 * len(old.keys)
	t.keys, t.rows, t.count = make([]uint64, size), make([]uint32, size), old.count
	if old.values != nil {
		t.values, t.marks = make([]figure.Decimal, size), make([]figure.Mark, size)
	}
	for i, key := range old.keys {
		if key == 0 {
			continue
		}
		j := t.slot(key)
		t.keys[j], t.rows[j] = key, old.rows[i]
		if old.values != nil {
			t.values[j], t.marks[j] = old.values[i], old.marks[i]
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
