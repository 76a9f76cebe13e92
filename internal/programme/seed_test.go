package programme_test

import (
	"testing"

	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func TestTheDefinitionInTheProgramHasNoFault(t *testing.T) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Indicators) != 68 {
		t.Errorf("%d indicators, want the 68 of the catalogue", len(p.Indicators))
	}
}
