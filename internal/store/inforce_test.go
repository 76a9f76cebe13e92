package store_test

import (
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

func TestWhichSubmissionIsInForce(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		const form, olten = "municipality_year", "G2581"
		arrivals := func(n int64) []figure.Observation { return []figure.Observation{given("arrivals", n)} }
		deliver(t, s, delivery{form, olten, "2025", time.Time{}, arrivals(1000)}) // never submitted
		first := deliver(t, s, delivery{form, olten, "2025", day(time.February, 1), arrivals(10)})
		record(t, s, first, submission.Accepted, day(time.February, 5))
		second := deliver(t, s, delivery{form, olten, "2025", day(time.March, 1), arrivals(20)})
		record(t, s, second, submission.Returned, day(time.March, 5))
		third := deliver(t, s, delivery{form, olten, "2025", day(time.April, 1), arrivals(30)})
		record(t, s, third, submission.Withdrawn, day(time.April, 5))
		deliver(t, s, delivery{form, olten, "2024", day(time.April, 1), arrivals(500)})
		deliver(t, s, delivery{form, "G2465", "2025", day(time.May, 1), arrivals(7)})

		for _, test := range []struct {
			name string
			asOf time.Time
			want string
		}{
			{"before anything was submitted there is nothing", day(time.January, 15), ""},
			{"the first counts, provisionally", day(time.February, 2), "arrivals 2025 = 10, provisional"},
			{"once accepted it is final", day(time.February, 6), "arrivals 2025 = 10"},
			{"a correction replaces it and is provisional", day(time.March, 2), "arrivals 2025 = 20, provisional"},
			{"where the correction is returned, the accepted one is in force again", day(time.March, 6), "arrivals 2025 = 10"},
			{"a third replaces it again", day(time.April, 2), "arrivals 2025 = 30, provisional"},
			{"and its withdrawal brings the first back", day(time.April, 6), "arrivals 2025 = 10"},
			{"now, with another organisation, it is summed and provisional", time.Time{}, "arrivals 2025 = 17, provisional"},
		} {
			t.Run(test.name, func(t *testing.T) {
				question := ask("arrivals")
				question.AsOf = test.asOf
				if got := sums(t, s, question); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
				// The pure rule of package submission and the one in SQL are the same.
				all, err := s.Submissions(t.Context(), submission.Filter{Years: []figure.Year{2025}, AsOf: test.asOf})
				must(t, err)
				sources, err := s.Lineage(t.Context(), question, 10)
				must(t, err)
				inForce := submission.InForce(all)
				if len(inForce) != len(sources) {
					t.Fatalf("%d in force by the pure rule, %d by SQL", len(inForce), len(sources))
				}
				for _, one := range inForce {
					found := false
					for _, source := range sources {
						found = found || source.Submission == string(one.ID) && source.Accepted == one.Is(submission.Accepted) && source.SubmittedAt.Equal(one.At(submission.Submitted))
					}
					if !found {
						t.Errorf("%s is in force by the pure rule alone", one.ID)
					}
				}
			})
		}
	})
}

func TestTheOldStateOfACorrectedFileStaysReadable(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		first := deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.February, 1), []figure.Observation{given("arrivals", 1)}})
		deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.March, 1), []figure.Observation{given("arrivals", 2)}})
		one, found, err := s.Submission(t.Context(), first)
		must(t, err)
		if !found || one.State() != submission.Submitted || string(one.Report) != "{}" || one.Observations != 1 {
			t.Errorf("got %+v, %v", one, found)
		}
		for _, id := range []submission.ID{"no id", "01900000-0000-7000-8000-000000000000"} {
			if _, found, err := s.Submission(t.Context(), id); found || err != nil {
				t.Errorf("%s: found %v, %v", id, found, err)
			}
		}
	})
}

func TestTheVersionChangesWithEachEvent(t *testing.T) {
	s := shared.store
	empty(t, s)
	seen := map[string]bool{}
	look := func(after string) {
		t.Helper()
		version, err := s.Version(t.Context())
		must(t, err)
		if seen[version] {
			t.Errorf("the version after %s is an old one: %s", after, version)
		}
		seen[version] = true
		if again, err := s.Version(t.Context()); err != nil || again != version {
			t.Errorf("the version after %s is %s and then %s, %v", after, version, again, err)
		}
	}
	id := deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.May, 1), nil})
	look("the first file")
	deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.March, 1), nil})
	look("a file that came earlier")
	record(t, s, id, submission.Accepted, day(time.February, 1))
	look("a decision")
}
