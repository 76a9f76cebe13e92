package store_test

import (
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

func TestWhatWouldBeIfASubmissionCountedOrDidNot(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		const form, olten = "municipality_year", "G2581"
		arrivals := func(n int64) []figure.Observation { return []figure.Observation{given("arrivals", n)} }
		inForce := deliver(t, s, delivery{form, olten, "2025", day(time.February, 1), arrivals(10)})
		draft := deliver(t, s, delivery{form, olten, "2025", time.Time{}, arrivals(25)})
		record(t, s, draft, submission.Received, day(time.March, 1))
		deliver(t, s, delivery{form, "G2465", "2025", day(time.May, 1), arrivals(7)})
		sum := func(including, excluding []submission.ID) figure.Decimal {
			t.Helper()
			sums, err := s.Assuming(including, excluding).Sums(t.Context(), figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2025}})
			must(t, err)
			if len(sums) == 0 {
				return -1
			}
			return sums[0].Value
		}
		if got := sum(nil, nil); got != figure.Whole(17) {
			t.Errorf("as it stands: %s", got)
		}
		if got := sum([]submission.ID{draft}, nil); got != figure.Whole(32) {
			t.Errorf("with the draft in place of what is in force: %s", got)
		}
		if got := sum(nil, []submission.ID{inForce}); got != figure.Whole(7) {
			t.Errorf("without what is in force: %s", got)
		}
		if got := sum([]submission.ID{draft}, []submission.ID{inForce}); got != figure.Whole(32) {
			t.Errorf("with the draft and without what is in force: %s", got)
		}
		covered := func(a store.Assumption) int {
			t.Helper()
			coverage, err := a.Coverage(t.Context(), []figure.Year{2025}, day(time.June, 1).AddDate(1, 0, 0))
			must(t, err)
			for _, one := range coverage {
				if one.Form == form {
					return one.Delivered
				}
			}
			return -1
		}
		if with, without := covered(s.Assuming(nil, nil)), covered(s.Assuming(nil, []submission.ID{inForce})); with != without+1 {
			t.Errorf("delivered: %d with it, %d without", with, without)
		}
	})
}

func TestHowTwoSubmissionsDiffer(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		figures := func(arrivals, talks int64) []figure.Observation {
			all := []figure.Observation{given("arrivals", arrivals)}
			if talks >= 0 {
				all = append(all, given("first_talks", talks))
			}
			return all
		}
		const form, olten = "municipality_year", "G2581"
		before := deliver(t, s, delivery{form, olten, "2025", day(time.February, 1), figures(10, -1)})
		after := deliver(t, s, delivery{form, olten, "2025", day(time.March, 1), figures(12, 0)})
		got, err := s.Differences(t.Context(), before, after, 2025, 10)
		must(t, err)
		if len(got) != 2 || got[0].KeyFigure != "arrivals" || *got[0].Old != figure.Whole(10) || *got[0].New != figure.Whole(12) ||
			got[1].KeyFigure != "first_talks" || got[1].Old != nil || got[1].New == nil || *got[1].New != 0 {
			t.Errorf("got %+v", got)
		}
		if same, err := s.Differences(t.Context(), after, after, 2025, 10); err != nil || len(same) != 0 {
			t.Errorf("with itself: %+v, %v", same, err)
		}
		observations, err := s.Observations(t.Context(), submission.Submission{ID: after, Period: figure.Period{Year: 2025}})
		if err != nil || len(observations) != 2 {
			t.Errorf("the figures of one: %+v, %v", observations, err)
		}
	})
}

func TestAnExtensionIsKeptAndTheLatestComesLast(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		one := submission.Extension{Form: "municipality_year", Organisation: "G2581", Period: figure.Period{Year: 2025}, Due: day(time.April, 30).Truncate(24 * time.Hour),
			Reason: "Stellenwechsel", By: "office@example.ch", At: day(time.March, 1)}
		later := one
		later.Due, later.At = day(time.May, 31).Truncate(24*time.Hour), day(time.March, 2)
		must(t, s.Extend(t.Context(), nil, one, later))
		got, err := s.Extensions(t.Context(), []figure.Year{2025}, time.Time{})
		must(t, err)
		if len(got) != 2 || !got[1].Due.Equal(later.Due) || got[1].Reason != one.Reason || got[1].By != one.By || got[1].Period != one.Period {
			t.Errorf("got %+v", got)
		}
		if past, err := s.Extensions(t.Context(), []figure.Year{2025}, day(time.March, 1).Add(time.Hour)); err != nil || len(past) != 1 {
			t.Errorf("as of the first: %+v, %v", past, err)
		}
	})
}
