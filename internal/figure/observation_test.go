package figure

import (
	"maps"
	"slices"
	"testing"
)

func TestFurtherDimensionsHaveOneTextWhateverTheirOrder(t *testing.T) {
	further := NewFurther(map[Dimension]Code{"level": "A2", "course": "evening", "site": ""})
	if further != "course=evening;level=A2" {
		t.Errorf("text %q", further)
	}
	for name, want := range map[Dimension]Code{"level": "A2", "course": "evening", "site": "", "eve": "", "lev": ""} {
		if got := further.Code(name); got != want {
			t.Errorf("code of %s: %q, want %q", name, got, want)
		}
	}
	if empty := NewFurther(nil); empty != "" || empty.Code("level") != "" {
		t.Errorf("no dimensions give %q", empty)
	}
}

func TestAnObservationKnowsByWhatItIsBrokenDown(t *testing.T) {
	for want, o := range map[Margin]Observation{
		0:                        {Municipality: 2581, Further: "level=A2"},
		BySex:                    {Sex: "w"},
		ByAge:                    {Age: "16-25"},
		ByStatus:                 {Status: "VA"},
		BySex | ByAge | ByStatus: {Sex: "w", Age: "16-25", Status: "VA"},
		BySex | ByStatus:         {Sex: "m", Status: "FL"},
	} {
		if got := o.Margin(); got != want {
			t.Errorf("%+v is broken down by %03b, want %03b", o, got, want)
		}
	}
}

func TestASetOfMarginsHoldsEachOfTheEight(t *testing.T) {
	var set Margins
	members := map[Margin]bool{}
	for m := range Margin(8) {
		if set.Has(m) {
			t.Errorf("%03b is in the set before it was put there", m)
		}
		set = set.With(m)
		members[m] = true
		for other := range Margin(8) {
			if set.Has(other) != members[other] {
				t.Errorf("after %v: %03b in the set: %v", slices.Sorted(maps.Keys(members)), other, set.Has(other))
			}
		}
	}
}
