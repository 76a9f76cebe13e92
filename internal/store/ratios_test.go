package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

// cell is a figure of a municipality, broken down by sex where that is given.
func cell(id figure.KeyFigure, municipality figure.Municipality, sex figure.Code, value int64) figure.Observation {
	o := figure.Observation{KeyFigure: id, Municipality: municipality, Sex: sex, Value: figure.Whole(value), Margins: 1, Cell: figure.Cell{Row: 2, Column: 3}}
	if value < 0 {
		o.Value, o.Mark = 0, figure.Missing
	}
	return o
}

const missing = -1

// pairs writes what counts for the ratio of the informed among the arrivals, and in how
// many deliveries a part is missing.
func pairs(t *testing.T, s *store.Store, by figure.By) string {
	t.Helper()
	answer, err := s.Sums(t.Context(), figure.Question{Figures: []figure.KeyFigure{"arrivals", "arrivals_informed"}, Years: []figure.Year{2025}, By: by,
		Ratios: [][]figure.KeyFigure{{"arrivals_informed", "arrivals"}}})
	must(t, err)
	var parts []string
	for _, sum := range answer {
		value, incomplete := sum.Value, 0
		for _, unpaired := range sum.Unpaired {
			value, incomplete = value-unpaired.Value, len(unpaired.Incomplete)
		}
		parts = append(parts, fmt.Sprintf("%s %s (%d)", sum.KeyFigure, value, incomplete))
	}
	return strings.Join(parts, ", ")
}

func TestARowCountsForARatioOnlyWhereBothPartsAreKnown(t *testing.T) {
	for name, test := range map[string]struct {
		figures []figure.Observation
		want    string
	}{
		"both known": {[]figure.Observation{cell("arrivals", 2581, "", 12), cell("arrivals_informed", 2581, "", 9)}, "arrivals 12 (0), arrivals_informed 9 (0)"},
		"a missing numerator": {[]figure.Observation{cell("arrivals", 2581, "", 205), cell("arrivals_informed", 2581, "", missing), cell("arrivals", 2546, "", 12), cell("arrivals_informed", 2546, "", 9)},
			"arrivals 12 (1), arrivals_informed 9 (1)"},
		"a missing denominator": {[]figure.Observation{cell("arrivals", 2581, "", missing), cell("arrivals_informed", 2581, "", 7), cell("arrivals", 2546, "", 12), cell("arrivals_informed", 2546, "", 9)},
			"arrivals 12 (1), arrivals_informed 9 (1)"},
		"a row that a long file does not have": {[]figure.Observation{cell("arrivals", 2581, "", 205), cell("arrivals", 2546, "", 12), cell("arrivals_informed", 2546, "", 9)},
			"arrivals 12 (1), arrivals_informed 9 (0)"},
		"parts of which one is missing": {[]figure.Observation{cell("arrivals", 2581, "m", 100), cell("arrivals_informed", 2581, "m", missing), cell("arrivals", 2581, "w", 105), cell("arrivals_informed", 2581, "w", 90)},
			"arrivals 105 (1), arrivals_informed 90 (1)"},
		"a total beside parts": {[]figure.Observation{cell("arrivals", 2581, "", 205), cell("arrivals_informed", 2581, "m", 80), cell("arrivals_informed", 2581, "w", 90)},
			"arrivals 205 (0), arrivals_informed 170 (0)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := shared.store.With(shared.small)
			empty(t, s)
			deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.March, 1), test.figures})
			if got := pairs(t, s, 0); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestWhatIsHeldCountsOnceItIsAccepted(t *testing.T) {
	s := shared.store.With(shared.small)
	empty(t, s)
	id := deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.March, 1),
		[]figure.Observation{cell("arrivals", 2581, "", 2050), cell("arrivals_informed", 2581, "", 190)}})
	must(t, s.Record(t.Context(), id, nil, submission.Event{Kind: submission.Held, At: day(time.March, 1), Finding: "arrivals"}))
	if got := sums(t, s, ask("arrivals", "arrivals_informed")); got != "arrivals 2025 = ?, missing 1, provisional; arrivals_informed 2025 = 190, provisional" {
		t.Errorf("held: %s", got)
	}
	if got := pairs(t, s, 0); got != "arrivals 0 (1), arrivals_informed 0 (1)" {
		t.Errorf("for the ratio: %s", got)
	}
	record(t, s, id, submission.Accepted, day(time.March, 2))
	if got := sums(t, s, ask("arrivals", "arrivals_informed")); got != "arrivals 2025 = 2050; arrivals_informed 2025 = 190" {
		t.Errorf("accepted: %s", got)
	}
	if got := pairs(t, s, 0); got != "arrivals 2050 (0), arrivals_informed 190 (0)" {
		t.Errorf("for the ratio: %s", got)
	}
}
