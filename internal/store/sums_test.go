package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

func TestSumsFollowTheKindOfFigure(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		quarter := func(organisation figure.Organisation, period string, figures ...figure.Observation) {
			deliver(t, s, delivery{"provider_quarter", organisation, period, day(time.May, 1), figures})
		}
		quarter("ECAP", "2025-Q1", given("volunteers", 8), given("spending", 100), given("learners", 5))
		quarter("ECAP", "2025-Q3", given("volunteers", 12), given("spending", 50), given("learners", 6))
		quarter("VHS", "2025-Q2", given("volunteers", 3), given("spending", 7), given("learners", 2))
		for _, test := range []struct {
			name     string
			question figure.Question
			want     string
		}{
			{"a flow is summed over the parts of the year", ask("spending"), "spending 2025 = 157, provisional"},
			{"of a stock the last part of each organisation counts", ask("volunteers"), "volunteers 2025 = 15, provisional"},
			{"by part, every part is told", figure.Question{Figures: []figure.KeyFigure{"volunteers"}, Years: []figure.Year{2025}, By: figure.ByPart},
				"volunteers 2025-Q1 = 8, provisional; volunteers 2025-Q2 = 3, provisional; volunteers 2025-Q3 = 12, provisional"},
			{"by organisation, each has its last part", figure.Question{Figures: []figure.KeyFigure{"volunteers"}, Years: []figure.Year{2025}, By: figure.ByOrganisation},
				"volunteers 2025 ECAP = 12, provisional; volunteers 2025 VHS = 3, provisional"},
			{"another year has nothing", figure.Question{Figures: []figure.KeyFigure{"spending"}, Years: []figure.Year{2024}}, ""},
			{"no years ask for nothing", figure.Question{Figures: []figure.KeyFigure{"spending"}}, ""},
		} {
			t.Run(test.name, func(t *testing.T) {
				if got := sums(t, s, test.question); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
		t.Run("of distinct persons it tells over how many organisations and parts they are", func(t *testing.T) {
			got, err := s.Sums(t.Context(), ask("learners"))
			must(t, err)
			if len(got) != 1 || got[0].Organisations != 2 || got[0].Parts != 3 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("a stock leads back to the cells of the last part alone", func(t *testing.T) {
			sources, err := s.Lineage(t.Context(), ask("volunteers"), 10)
			must(t, err)
			if len(sources) != 2 || sources[0].Period.String() != "2025-Q3" || sources[1].Organisation != "VHS" {
				t.Errorf("got %+v", sources)
			}
			if one, err := s.Lineage(t.Context(), ask("volunteers"), 1); err != nil || len(one) != 1 {
				t.Errorf("limited to one: %d, %v", len(one), err)
			}
		})
	})
}

func TestMissingIsNeverZero(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		marked := func(id figure.KeyFigure, mark figure.Mark) figure.Observation {
			return figure.Observation{KeyFigure: id, Mark: mark, Margins: 1}
		}
		deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.May, 1), []figure.Observation{
			given("arrivals", 0), marked("arrivals_informed", figure.Missing), given("score_sum", 4)}})
		deliver(t, s, delivery{"municipality_year", "G2465", "2025", day(time.May, 1), []figure.Observation{
			marked("arrivals_informed", figure.NotApplicable), marked("score_sum", figure.Missing)}})
		want := "arrivals 2025 = 0, provisional; arrivals_informed 2025 = ?, missing 1, not applicable 1, provisional; score_sum 2025 = 4, missing 1, provisional"
		if got := sums(t, s, ask("arrivals", "arrivals_informed", "score_sum", "responses")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestAmountsAreExact(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		var figures []figure.Observation
		for range 1000 {
			figures = append(figures, figure.Observation{KeyFigure: "spending", Value: 1, Margins: 1}) // a ten-thousandth
		}
		figures = append(figures, figure.Observation{KeyFigure: "spending", Value: -900_000_000_000_0000, Margins: 1},
			figure.Observation{KeyFigure: "spending", Value: 900_000_000_000_0000, Margins: 1})
		deliver(t, s, delivery{"provider_quarter", "ECAP", "2025-Q1", day(time.May, 1), figures})
		if got := sums(t, s, ask("spending")); got != "spending 2025 = 0.1, provisional" {
			t.Errorf("got %q", got)
		}
		// Whatever stands in the store, no query fails at it.
		sources, err := s.Lineage(t.Context(), ask("spending"), 2000)
		must(t, err)
		if len(sources) != len(figures) || sources[1001].Value != -sources[1000].Value || sources[1001].Value.Abs() != 900_000_000_000_0000 {
			t.Errorf("%d sources, the last %+v", len(sources), sources[len(sources)-1])
		}
	})
}

// The parts of a figure and its stated total stand in one file: each row counts
// for the questions that its margins name, and for no other.
func TestPartsAndTotalsAreNotCountedTwice(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		row := func(sex, age figure.Code, value int64, margins ...figure.Margin) figure.Observation {
			o := figure.Observation{KeyFigure: "arrivals", Municipality: 2581, Sex: sex, Age: age, Value: figure.Whole(value)}
			for _, m := range margins {
				o.Margins = o.Margins.With(m)
			}
			return o
		}
		deliver(t, s, delivery{"municipality_year", "G2581", "2025", day(time.May, 1), []figure.Observation{
			row("", "", 10, 0),
			row("m", "", 4, figure.BySex), row("w", "", 6, figure.BySex),
			row("m", "5-15", 1, figure.ByAge, figure.BySex|figure.ByAge), row("m", "16-25", 3, figure.ByAge, figure.BySex|figure.ByAge),
			row("w", "16-25", 6, figure.ByAge, figure.BySex|figure.ByAge)}})
		for _, test := range []struct {
			name   string
			margin figure.Margin
			by     figure.By
			want   string
		}{
			{"the total", 0, 0, "arrivals 2025 = 10, provisional"},
			{"by sex", figure.BySex, 0, "arrivals 2025 m = 4, provisional; arrivals 2025 w = 6, provisional"},
			{"by age", figure.ByAge, 0, "arrivals 2025 16-25 = 9, provisional; arrivals 2025 5-15 = 1, provisional"},
			{"by sex and age", figure.BySex | figure.ByAge, 0,
				"arrivals 2025 m 16-25 = 3, provisional; arrivals 2025 m 5-15 = 1, provisional; arrivals 2025 w 16-25 = 6, provisional"},
			{"by status, which was not delivered", figure.ByStatus, 0, ""},
			{"by sex and municipality", figure.BySex, figure.ByMunicipality, "arrivals 2025 m 2581 = 4, provisional; arrivals 2025 w 2581 = 6, provisional"},
		} {
			t.Run(test.name, func(t *testing.T) {
				question := ask("arrivals")
				question.Margin, question.By = test.margin, test.by
				if got := sums(t, s, question); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
	})
}

func TestAMergedMunicipalityIsKeptAsReported(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		at := func(number figure.Municipality, value int64) figure.Observation {
			o := given("arrivals", value)
			o.Municipality = number
			return o
		}
		deliver(t, s, delivery{"municipality_year", "G2456", "2023", day(time.May, 1), []figure.Observation{at(2456, 3)}})
		deliver(t, s, delivery{"municipality_year", "G2465", "2023", day(time.May, 1), []figure.Observation{at(2465, 4)}})
		deliver(t, s, delivery{"municipality_year", "G2465", "2024", day(time.May, 1), []figure.Observation{at(2465, 8)}})
		question := figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2023, 2024}, By: figure.ByMunicipality}
		want := "arrivals 2023 2456 = 3, provisional; arrivals 2023 2465 = 4, provisional; arrivals 2024 2465 = 8, provisional"
		if got := sums(t, s, question); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestFurtherDimensionsAndMeasuresAreToldApart(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		at := func(measure figure.Measure, further figure.Further, value int64) figure.Observation {
			o := given("spending", value)
			o.Measure, o.Further = measure, further
			return o
		}
		// Texts with a quote or a backslash travel another way.
		for _, further := range []figure.Further{"level=A1", `level=l'A\1`} {
			empty(t, s)
			deliver(t, s, delivery{"provider_quarter", "ECAP", "2025-Q1", day(time.May, 1), []figure.Observation{
				at("M-101", further, 1), at("M-101", "level=A2", 2), at("M-102", further, 4)}})
			question := ask("spending")
			question.By = figure.ByMeasure
			if got := sums(t, s, question); got != "spending 2025 M-101 = 3, provisional; spending 2025 M-102 = 4, provisional" {
				t.Errorf("by measure: %q", got)
			}
			question.By = figure.ByFurther
			got, err := s.Sums(t.Context(), question)
			must(t, err)
			found := false
			for _, sum := range got {
				found = found || sum.Further == further && sum.Value == figure.Whole(5)
			}
			if len(got) != 2 || !found {
				t.Errorf("by further dimensions: %+v", got)
			}
		}
	})
}

// The figures of a question that names a wide number of blocks come back whole.
func TestManyBlocksOfManyCodesComeBackWhole(t *testing.T) {
	s := shared.store.With(shared.small)
	empty(t, s)
	const rows = 150_000
	one, content := describe(t, delivery{"provider_quarter", "ECAP", "2025-Q1", day(time.May, 1), nil})
	must(t, s.Keep(t.Context(), one, content, func(emit func([]figure.Observation) error) error {
		batch := make([]figure.Observation, 0, 1000)
		for i := range rows {
			batch = append(batch, figure.Observation{KeyFigure: "spending", Measure: figure.Measure(fmt.Sprint("M", i%7)), Further: figure.Further(fmt.Sprint("topic=", i%9000)),
				Value: figure.Whole(int64(i)), Margins: 1, Cell: figure.Cell{Row: uint32(i)}})
			if len(batch) == cap(batch) {
				if err := emit(batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		return nil
	}))
	question := ask("spending")
	question.By = figure.ByFurther
	got, err := s.Sums(t.Context(), question)
	must(t, err)
	var total figure.Decimal
	var count uint64
	for _, sum := range got {
		total += sum.Value
		count += sum.Given
	}
	if len(got) != 9000 || count != rows || total != figure.Whole(rows*(rows-1)/2) {
		t.Errorf("%d sums of %d figures, in all %s", len(got), count, total)
	}
}

func TestSystemFiguresAreAnsweredAlike(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		id := deliver(t, s, delivery{"provider_quarter", "ECAP", "2024-Q1", day(time.January, 20).AddDate(-1, 3, 0), []figure.Observation{given("spending", 4)}})
		record(t, s, id, submission.Accepted, day(time.January, 1).AddDate(-1, 6, 0))
		question := figure.Question{Figures: []figure.KeyFigure{"spending", "deliveries_owed", "deliveries_accepted", "deliveries_on_time", "measures_running", "measures_with_goals"},
			Years: []figure.Year{2024}, AsOf: day(time.January, 1).AddDate(-1, 7, 0)} // 1 August 2024: two quarters have ended
		want := "spending 2024 = 4; deliveries_owed 2024 = 6; deliveries_accepted 2024 = 1; deliveries_on_time 2024 = 1; measures_running 2024 = 2; measures_with_goals 2024 = 1"
		if got := sums(t, s, question); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		question.By = figure.ByMunicipality
		if got := sums(t, s, question); got != "spending 2024 = 4" {
			t.Errorf("by municipality: %q", got)
		}
		coverage, err := s.Coverage(t.Context(), []figure.Year{2024}, question.AsOf)
		must(t, err)
		if want := (figure.Coverage{Form: "provider_quarter", Year: 2024, Owed: 6, Delivered: 1, Accepted: 1, OnTime: 1}); len(coverage) != 1 || coverage[0] != want {
			t.Errorf("got %+v, want %+v", coverage, want)
		}
	})
}

func TestAnEndedContextAndATimeLimitEndAQuery(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Sums(ctx, ask("arrivals")); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled: got %v", err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		_, err := s.Sums(ctx, ask("arrivals"))
		if told, ok := problem.From(err); !ok || told.Code != "query_time" {
			t.Errorf("too slow: got %v", err)
		}
		one, content := describe(t, delivery{"municipality_year", "G2581", "2025", day(time.May, 1), nil})
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		err = s.Keep(ctx, one, content, func(emit func([]figure.Observation) error) error {
			cancel()
			return emit([]figure.Observation{given("arrivals", 1)})
		})
		if err == nil {
			t.Error("kept after the context had ended")
		}
		if got := sums(t, s, ask("arrivals")); got != "" {
			t.Errorf("half a submission is seen: %q", got)
		}
	})
}

func TestAFaultWhileReadingLeavesNothing(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		one, content := describe(t, delivery{"municipality_year", "G2581", "2025", day(time.May, 1), nil})
		broken := errors.New("the disk is gone")
		err := s.Keep(t.Context(), one, content, func(emit func([]figure.Observation) error) error {
			return errors.Join(emit([]figure.Observation{given("arrivals", 1)}), broken)
		})
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		if all, err := s.Submissions(t.Context(), submission.Filter{}); err != nil || len(all) != 0 {
			t.Errorf("seen: %+v, %v", all, err)
		}
	})
}

func TestImportersAndReadersAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		var group sync.WaitGroup
		for writer := range 4 {
			group.Go(func() {
				for i := range 5 {
					organisation := figure.Organisation(fmt.Sprint("G", writer, "-", i))
					deliver(t, s, delivery{"municipality_year", organisation, "2025", day(time.May, 1), []figure.Observation{given("arrivals", 1), given("arrivals", 1)}})
				}
			})
		}
		for range 2 {
			group.Go(func() {
				for range 10 {
					got, err := s.Sums(t.Context(), ask("arrivals"))
					if err != nil || (len(got) > 0 && got[0].Given%2 != 0) {
						t.Errorf("half a submission: %+v, %v", got, err)
					}
				}
			})
		}
		group.Wait()
		if got := sums(t, s, ask("arrivals")); got != "arrivals 2025 = 40, provisional" {
			t.Errorf("got %q", got)
		}
	})
}
