package intake

import (
	"slices"
	"testing"
)

// A table that several cores look through gives what one would give.
func TestWhatIsLookedForInALargeTableComesInTheOrderOfItsRows(t *testing.T) {
	const keys = 200_000
	table := newFirsts(keys, false)
	for i := range uint64(keys) {
		table.insert(mix(i)>>3, uint32(keys-i), amount{}) // the last key stands in the first row
	}
	var want []uint32
	for row := uint32(3); row <= keys; row += 3 {
		want = append(want, row)
	}
	var got []uint32
	for _, place := range table.where(func(place int, key uint64) bool {
		return table.rows[place]%3 == 0 && table.find(key) == place
	}) {
		got = append(got, table.rows[place])
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %d, want %d in order", len(got), len(want))
	}
}
