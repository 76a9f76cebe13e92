package rate

import (
	"testing"
	"time"
)

func TestATallySpeaksUpMoreAndMoreSeldom(t *testing.T) {
	now := time.Unix(0, 0)
	tally := NewTally(func() time.Time { return now })
	var notable []int
	for range 1500 {
		if count, worth := tally.Count("anna"); worth {
			notable = append(notable, count)
		}
	}
	if len(notable) != 4 || notable[0] != 1 || notable[3] != 1000 {
		t.Errorf("notable are %v", notable)
	}
	if count, worth := tally.Count("bea"); count != 1 || !worth {
		t.Error("somebody else is counted together with them")
	}
	now = now.Add(time.Hour)
	if count, worth := tally.Count("anna"); count != 1 || !worth {
		t.Errorf("in another hour the count is %d", count)
	}
}
