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

func TestACellIsNamedAsExcelDoes(t *testing.T) {
	for full, cell := range map[string]Cell{
		"B12": {Row: 12, Column: 2}, "7": {Row: 7}, "Z2": {Row: 2, Column: 26}, "AA3": {Row: 3, Column: 27}, "XFD1": {Row: 1, Column: 16384},
		"Daten!B12": {Sheet: "Daten", Row: 12, Column: 2}, "'Zahlen 2025'!B12": {Sheet: "Zahlen 2025", Row: 12, Column: 2},
		"'Q1''s'!B12": {Sheet: "Q1's", Row: 12, Column: 2}, "'2025'!B12": {Sheet: "2025", Row: 12, Column: 2}, "Überblick!7": {Sheet: "Überblick", Row: 7},
	} {
		if got := cell.Full(); got != full {
			t.Errorf("%+v is named %s, want %s", cell, got, full)
		}
	}
}
