package upload

import (
	"testing"

	"kipmonitor/internal/problem"
)

func TestOnePersonHasSomeUploadsAtATimeAndStopsNobodyElse(t *testing.T) {
	lanes := NewLanes(PerPerson)
	var ends []func()
	for range PerPerson {
		end, _, err := lanes.Begin("anna")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	_, wait, err := lanes.Begin("anna")
	if told, ok := problem.From(err); !ok || told.Kind != problem.TooMany || wait == 0 {
		t.Errorf("one more: %v, wait %d", err, wait)
	}
	end, _, err := lanes.Begin("bea")
	if err != nil {
		t.Fatalf("somebody else: %v", err)
	}
	ends[0]()
	if again, _, err := lanes.Begin("anna"); err != nil {
		t.Errorf("after one has ended: %v", err)
	} else {
		again()
	}
	for _, one := range append(ends[1:], end) {
		one()
	}
	if len(lanes.under) != 0 {
		t.Errorf("people are remembered who send nothing: %v", lanes.under)
	}
}
