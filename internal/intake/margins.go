package intake

import (
	"math/bits"
	"slices"
	"strconv"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// A slice is one figure of a file without the dimensions of persons: one
// municipality, measure, key figure and combination of further dimensions. Within
// a slice the rows may be broken down by any of sex, age and status, in several
// ways side by side.

// sliceTable remembers for each slice by which margins it is broken down.
type sliceTable struct {
	keys    []uint64 // plus one; 0: free
	present []uint8  // bit set of figure.Margin: rows are there
	given   []uint8  // bit set of figure.Margin: at least one of them is not missing
	count   int
	several bool // some slice is broken down in more than one way
	// recent is where the last slice of each key figure stands: rows of a slice
	// mostly follow each other.
	recent [1 << figureBits]int
}

func newSliceTable() *sliceTable {
	return &sliceTable{keys: make([]uint64, 1<<10), present: make([]uint8, 1<<10), given: make([]uint8, 1<<10)}
}

// add notes a margin of a slice.
func (t *sliceTable) add(key uint64, margin figure.Margin, mark figure.Mark) {
	if 4*t.count >= 3*len(t.keys) {
		t.grow()
	}
	i := t.slot(key + 1)
	if t.keys[i] == 0 {
		t.keys[i] = key + 1
		t.count++
	}
	t.present[i] |= 1 << margin
	if mark != figure.Missing {
		t.given[i] |= 1 << margin
	}
	t.several = t.several || t.present[i]&(t.present[i]-1) != 0
}

func (t *sliceTable) grow() {
	old := *t
	size := 2 * len(old.keys)
	t.keys, t.present, t.given = make([]uint64, size), make([]uint8, size), make([]uint8, size)
	for i, k := range old.keys {
		if k != 0 {
			j := t.slot(k)
			t.keys[j], t.present[j], t.given[j] = k, old.present[i], old.given[i]
		}
	}
}

// margins returns the questions that the rows of a slice answer which are broken
// down by a margin. A breakdown of which nothing is known answers only what no
// other breakdown does: an empty total beside given parts hides nothing.
func (t *sliceTable) margins(key uint64, margin figure.Margin) figure.Margins {
	i := t.slot(key + 1)
	present, given := t.present[i], t.given[i]
	if given&(1<<margin) != 0 {
		return answers[given][margin]
	}
	return answers[present&^given][margin] &^ answered[given]
}

// presentIn returns the margins by which a slice is broken down.
func (t *sliceTable) presentIn(key uint64) uint8 { return t.present[t.slot(key+1)] }

func (t *sliceTable) slot(key uint64) int {
	recent := &t.recent[(key-1)&figureMask>>figureShift]
	if t.keys[*recent] == key {
		return *recent
	}
	mask := uint64(len(t.keys) - 1)
	i := mix(key) & mask
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & mask
	}
	*recent = int(i)
	return int(i)
}

// answers[present][margin] is the set of questions that rows broken down by
// margin answer in a slice that has the margins present: of all breakdowns that
// contain the asked one, the one with the fewest dimensions, and of those the
// first (see figure.Margins). answered[present] is the set of questions that any
// of them answers.
var answers, answered = func() (all [256][8]figure.Margins, any [256]figure.Margins) {
	for present := range 256 {
		for asked := figure.Margin(0); asked < 8; asked++ {
			best, fewest := -1, 4
			for b := range 8 {
				if present&(1<<b) == 0 || figure.Margin(b)&asked != asked {
					continue
				}
				if dimensions := bits.OnesCount(uint(b)); dimensions < fewest {
					best, fewest = b, dimensions
				}
			}
			if best >= 0 {
				all[present][best] = all[present][best].With(asked)
				any[present] = any[present].With(asked)
			}
		}
	}
	return all, any
}()

// compared[present][margin] is the set of margins to which rows broken down by
// margin are added up, in order to compare them: those of the stated totals that
// are present, and what two breakdowns have in common of which neither contains
// the other.
var compared = func() (all [256][8]uint8) {
	for present := range 256 {
		for b := range 8 {
			for other := range 8 {
				if present&(1<<b) != 0 && present&(1<<other) != 0 && other != b && other&b != b {
					all[present][b] |= 1 << (other & b)
				}
			}
		}
	}
	return all
}()

// projection[margin] masks the codes of persons that a margin keeps.
var projection = func() (all [8]uint64) {
	for margin := range figure.Margin(8) {
		mask := uint64(1<<personBits - 1)
		if margin&figure.BySex != 0 {
			all[margin] |= mask << sexShift
		}
		if margin&figure.ByAge != 0 {
			all[margin] |= mask << ageShift
		}
		if margin&figure.ByStatus != 0 {
			all[margin] |= mask << statusShift
		}
	}
	return all
}()

// maxSums bounds the memory for sums of parts: a file that states more totals
// beside parts than this is checked for the first of them.
const maxSums = 1 << 20

// parts adds up the parts of a file's figures, to compare them with the totals
// that stand beside them.
type parts struct {
	index map[uint64]int32 // by key and margin
	sums  []sum
}

// sum is what the rows broken down by one margin add up to.
type sum struct {
	key     uint64
	value   figure.Decimal
	row     uint32 // the first
	column  uint16
	given   bool
	missing bool
}

func newParts() *parts { return &parts{index: map[uint64]int32{}} }

// add notes a figure of a slice that is broken down in several ways.
func (p *parts) add(present uint8, m *row, margin figure.Margin, f *cellFigure) {
	key := m.key | uint64(f.figure+1)<<figureShift
	p.sum(key, margin, m.number, f)
	for targets := compared[present][margin]; targets != 0; targets &= targets - 1 {
		target := bits.TrailingZeros8(targets)
		p.sum(key&^personMask|key&projection[target], margin, m.number, f)
	}
}

func (p *parts) sum(key uint64, margin figure.Margin, row uint32, f *cellFigure) {
	key |= uint64(margin) << marginShift
	i, found := p.index[key]
	if !found {
		if len(p.sums) >= maxSums {
			return
		}
		i = int32(len(p.sums))
		p.index[key] = i
		p.sums = append(p.sums, sum{key: key, row: row, column: uint16(min(f.column+1, 65535))})
	}
	s := &p.sums[i]
	switch f.amount.mark {
	case figure.Given:
		if total, err := s.value.Add(f.amount.value); err == nil {
			s.value, s.given = total, true
		}
	case figure.Missing:
		s.missing = true
	}
}

// find returns the sum of a key and margin, or nil.
func (p *parts) find(key uint64, margin figure.Margin) *sum {
	if i, found := p.index[key|uint64(margin)<<marginShift]; found {
		return &p.sums[i]
	}
	return nil
}

// difference is a total that its parts do not add up to.
type difference struct {
	key          uint64
	parts, whole sum
	stated       bool // whole stands in the file; otherwise it is another breakdown
}

// differences compares what was added up. Where parts are missing, or incomplete
// says that some row could not be read, they are too many only when they exceed
// the total.
func (p *parts) differences(incomplete bool) []difference {
	var found []difference
	for _, s := range p.sums {
		key := s.key & (1<<marginShift - 1)
		margin, target := figure.Margin(s.key>>marginShift), marginOf(key)
		if target == margin || !s.given {
			continue // the total itself, or nothing to compare
		}
		whole := p.find(key, target)
		stated := whole != nil
		for other := figure.Margin(0); whole == nil && other < margin; other++ {
			// No total stands there: the first other breakdown must give the same.
			whole = p.find(key, other)
		}
		if whole == nil || !whole.given {
			continue
		}
		tooMuch := s.value > whole.value && !whole.missing && (stated || !incomplete)
		tooLittle := s.value < whole.value && !s.missing && !incomplete
		if tooMuch || tooLittle {
			found = append(found, difference{key: key, parts: s, whole: *whole, stated: stated})
		}
	}
	slices.SortFunc(found, func(a, b difference) int {
		if a.parts.row != b.parts.row {
			return int(a.parts.row) - int(b.parts.row)
		}
		return int(a.parts.column) - int(b.parts.column)
	})
	return found
}

// marginOf returns the dimensions of persons that a key names.
func marginOf(key uint64) figure.Margin {
	var margin figure.Margin
	if key&projection[figure.BySex] != 0 {
		margin |= figure.BySex
	}
	if key&projection[figure.ByAge] != 0 {
		margin |= figure.ByAge
	}
	if key&projection[figure.ByStatus] != 0 {
		margin |= figure.ByStatus
	}
	return margin
}

// compareParts reports the totals that their parts do not add up to.
func (c *checker) compareParts(p *parts) {
	for _, d := range p.differences(c.incomplete) {
		k := c.plan.figures[figureOf(d.key)]
		code := "parts_do_not_add_up"
		if !d.stated {
			code = "breakdowns_differ"
		}
		c.add(d.parts.row, fault{severity: Error, code: code, column: int(d.parts.column) - 1, cause: string(k.ID), text: d.parts.value.String(), args: locale.Args{
			"figure": k.Name, "parts": d.parts.value, "total": d.whole.value, "row": strconv.Itoa(int(d.whole.row))}})
	}
}
