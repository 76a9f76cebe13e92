package indicator

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

func TestCompute(t *testing.T) {
	p := load(t, nil)
	cases := []struct {
		name      string
		indicator string
		cells     []cell
		want      string // the value, or the reason why there is none
	}{
		{"a ratio is the sum over the sum, not the mean of 0.9 and 0.1", "ratio", []cell{
			given("informed", "G2465", "2025", "90").in(2465), given("arrivals", "G2465", "2025", "100").in(2465),
			given("informed", "G2581", "2025", "1").in(2581), given("arrivals", "G2581", "2025", "10").in(2581),
		}, "0.8273"}, // 91/110 = 0.82727…
		{"half of the last place is rounded away from zero", "ratio", []cell{
			given("informed", "G2465", "2025", "1").in(2465), given("arrivals", "G2465", "2025", "20000").in(2465),
		}, "0.0001"}, // 0.00005
		{"a little less than half is rounded down", "ratio", []cell{
			given("informed", "G2465", "2025", "1").in(2465), given("arrivals", "G2465", "2025", "20001").in(2465),
		}, "0"},
		{"nothing delivered is not zero", "ratio", nil, "no_data"},
		{"a missing figure is not zero", "ratio", []cell{
			given("informed", "G2465", "2025", "–").in(2465), given("arrivals", "G2465", "2025", "100").in(2465),
		}, "no_data"},
		{"a delivered zero is zero", "ratio", []cell{
			given("informed", "G2465", "2025", "0").in(2465), given("arrivals", "G2465", "2025", "100").in(2465),
		}, "0"},
		{"a sum is of what is given where something is missing", "sum", []cell{
			given("participations", "ECAP", "2025-Q1", "7"), given("participations", "VHS", "2025-Q1", "n/a"),
		}, "7"},
		{"nothing over nothing is no share", "ratio", []cell{
			given("informed", "G2465", "2025", "0").in(2465), given("arrivals", "G2465", "2025", "0").in(2465),
		}, "no_denominator"},
		{"a total beside its parts counts once", "ratio", []cell{
			given("informed", "G2465", "2025", "30").in(2465), given("informed", "G2465", "2025", "10").in(2465).by("m", ""), given("informed", "G2465", "2025", "20").in(2465).by("w", ""),
			given("arrivals", "G2465", "2025", "40").in(2465),
		}, "0.75"},
		{"participations are summed over providers and quarters", "sum", []cell{
			given("participations", "ECAP", "2025-Q1", "10"), given("participations", "ECAP", "2025-Q2", "12"), given("participations", "VHS", "2025-Q1", "5"),
		}, "27"},
		{"another year does not count", "sum", []cell{
			given("participations", "ECAP", "2025-Q1", "10"), given("participations", "ECAP", "2024-Q1", "99"),
		}, "10"},
		{"persons of one provider in one quarter", "distinct", []cell{given("learners", "ECAP", "2025-Q1", "10")}, "10"},
		{"persons are not summed over providers", "distinct", []cell{
			given("learners", "ECAP", "2025-Q1", "10"), given("learners", "VHS", "2025-Q1", "5"),
		}, "distinct_over_organisations"},
		{"persons are not summed over quarters", "distinct", []cell{
			given("learners", "ECAP", "2025-Q1", "10"), given("learners", "ECAP", "2025-Q2", "12"),
		}, "distinct_over_parts"},
		{"a provider that sent nothing is no second provider", "distinct", []cell{
			given("learners", "ECAP", "2025-Q1", "10"), given("learners", "VHS", "2025-Q1", "–"),
		}, "10"},
		{"persons counted where they live are summed over regions, of the filtered age", "residents", []cell{
			given("supported", "SR1", "2025", "10").by("", "16-25"), given("supported", "SR1", "2025", "90").by("", "26-55"),
			given("supported", "SR2", "2025", "4").by("m", "16-25"), given("supported", "SR2", "2025", "3").by("w", "16-25"),
		}, "17"},
		{"a total without ages does not answer for an age", "residents", []cell{given("supported", "SR1", "2025", "100")}, "no_data"},
		{"of a stock the last quarter of each sender counts", "snapshot", []cell{
			given("cases", "ECAP", "2025-Q1", "100"), given("cases", "ECAP", "2025-Q4", "40"), given("cases", "VHS", "2025-Q3", "60"),
			given("cases_agreed", "ECAP", "2025-Q1", "1"), given("cases_agreed", "ECAP", "2025-Q4", "20"), given("cases_agreed", "VHS", "2025-Q3", "50"),
		}, "0.7"}, // (20+50)/(40+60)
		{"a mean is weighted with the answers", "mean", []cell{
			given("points", "ECAP", "2025-Q1", "38"), given("responses", "ECAP", "2025-Q1", "10"),
			given("points", "VHS", "2025-Q1", "10.5"), given("responses", "VHS", "2025-Q1", "5"),
		}, "3.2333"}, // 48.5/15, not (3.8+2.1)/2
		{"what is partly reached counts half", "goals", []cell{
			given("goals_reached", "ECAP", "2025-Q1", "4"), given("goals_partly", "ECAP", "2025-Q1", "3"), given("goals_missed", "ECAP", "2025-Q1", "1"),
		}, "0.6875"}, // 5.5/8
		{"filters of numerator and denominator are told apart", "budget", []cell{
			given("spending", "AGS", "2025", "90000.55").further("account=actual"), given("spending", "AGS", "2025", "80000").further("account=budget"),
		}, "1.125"}, // 1.12500687…
		{"no spending is not a spending of nought", "budget", []cell{given("spending", "AGS", "2025", "80000").further("account=budget")}, "no_data"},
		{"a kind that is not in the list did not occur", "beginners", []cell{given("participations", "ECAP", "2025-Q1", "12").further("level=A2")}, "0"},
		{"a kind that is marked as missing may have occurred", "beginners", []cell{
			given("participations", "ECAP", "2025-Q1", "12").further("level=A2"), given("participations", "ECAP", "2025-Q1", "–").further("level=A1"),
		}, "no_data"},
		{"a cohort is a ratio of one year", "cohort", []cell{
			given("informed", "G2465", "2025", "9").in(2465), given("arrivals", "G2465", "2025", "12").in(2465),
		}, "0.75"},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			got := Compute(p, p.Indicator(one.indicator), 2025, evidence(p, one.indicator, "", one.cells...))
			text := got.Value.String()
			if !got.Known {
				text = string(got.Reason)
			}
			if text != one.want || got.Known != (got.Reason == "") {
				t.Errorf("got %s, want %s: %+v", text, one.want, got)
			}
		})
	}
}

func TestValueKnowsWhatItIs(t *testing.T) {
	p := load(t, nil)
	compute := func(id string, cells ...cell) Value {
		return Compute(p, p.Indicator(id), 2025, evidence(p, id, "", cells...))
	}
	ratio := compute("ratio", given("informed", "G2465", "2025", "9").in(2465), given("arrivals", "G2465", "2025", "9").in(2465), given("arrivals", "G2581", "2025", "–").in(2581))
	if !ratio.Ratio || !ratio.Share || !ratio.Protected || !ratio.Small || ratio.Missing != 1 || ratio.Uneven || !ratio.Complete {
		t.Errorf("want a complete, protected share over few with one missing figure: %+v", ratio)
	}
	if ratio.Numerator != figure.Whole(9) || ratio.Denominator != figure.Whole(9) {
		t.Errorf("want 9 of 9: %+v", ratio)
	}
	uneven := compute("ratio", given("informed", "G2465", "2025", "9").in(2465), given("arrivals", "G2465", "2025", "10").in(2465), given("arrivals", "G2581", "2025", "30").in(2581))
	if !uneven.Uneven || uneven.Small {
		t.Errorf("one municipality of two gave the numerator: %+v", uneven)
	}
	budget := compute("budget", given("spending", "AGS", "2025", "2").further("account=actual"), given("spending", "AGS", "2025", "1").further("account=budget"))
	listed := compute("beginners", given("participations", "ECAP", "2025-Q1", "20").further("level=A1"), given("participations", "VHS", "2025-Q1", "20").further("level=A2"))
	if listed.Uneven {
		t.Errorf("who has no beginners does not list them: %+v", listed)
	}
	if budget.Share || budget.Protected || budget.Small {
		t.Errorf("francs over francs are no share and nobody's secret: %+v", budget)
	}
	goals := compute("goals", given("goals_reached", "ECAP", "2025-Q1", "4"), given("goals_missed", "ECAP", "2025-Q1", "8"))
	if !goals.Share || goals.Protected {
		t.Errorf("reached goals are a share of all goals: %+v", goals)
	}
	if mean := compute("mean", given("points", "ECAP", "2025-Q1", "30"), given("responses", "ECAP", "2025-Q1", "10")); mean.Share || !mean.Protected {
		t.Errorf("points over answers are no share, and answers are people's: %+v", mean)
	}
	e := evidence(p, "sum", "", given("participations", "ECAP", "2026-Q1", "10"))
	e.Today = time.Date(2026, time.December, 31, 12, 0, 0, 0, time.UTC)
	if running := Compute(p, p.Indicator("sum"), 2026, e); running.Complete || !running.Known {
		t.Errorf("want a known value of a year that is not over: %+v", running)
	}
	e.Answers[0].Sums[0].Provisional = true
	if !Compute(p, p.Indicator("sum"), 2026, e).Provisional {
		t.Error("want provisional where a submission is not accepted")
	}
}

func TestTwoUnitsAreNotAddedUp(t *testing.T) {
	p := load(t, nil)
	mixed := *p.Indicator("sum")
	mixed.Numerator = []programme.Term{{KeyFigure: "participations"}, {KeyFigure: "learners"}}
	e := evidence(p, "sum", "", given("participations", "ECAP", "2025-Q1", "10"))
	if got := Compute(p, &mixed, 2025, e); got.Known || got.Reason != UnitMismatch {
		t.Errorf("participations and persons were added up: %+v", got)
	}
	other := *p.Indicator("sum")
	other.Unit = "persons"
	if got := Compute(p, &other, 2025, e); got.Reason != UnitMismatch {
		t.Errorf("participations were called persons: %+v", got)
	}
}

func TestHugeFiguresHaveNoValueRatherThanAWrongOne(t *testing.T) {
	p := load(t, nil)
	e := evidence(p, "sum", "", given("participations", "ECAP", "2025-Q1", "900000000000000"), given("participations", "VHS", "2025-Q1", "900000000000000"))
	if got := Compute(p, p.Indicator("sum"), 2025, Evidence{Today: today, Answers: []Answer{{Question: e.Answers[0].Question, Sums: []figure.Sum{
		{KeyFigure: "participations", Period: figure.Period{Year: 2025}, Value: 9e18, Given: 1},
		{KeyFigure: "participations", Period: figure.Period{Year: 2025}, Value: 9e18, Given: 1},
	}}}}); got.Known || got.Reason != OutOfRange {
		t.Errorf("got %+v", got)
	}
}

func TestTheOrderOfSumsDoesNotMatter(t *testing.T) {
	p := load(t, nil)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var cells []cell
		for _, organisation := range []figure.Organisation{"ECAP", "VHS"} {
			for _, quarter := range []string{"2025-Q1", "2025-Q2", "2025-Q4"} {
				for _, level := range []figure.Further{"level=A1", "level=A2"} {
					cells = append(cells, given("participations", organisation, quarter, figure.Whole(random.Int64N(50)).String()).further(level))
				}
			}
		}
		e := evidence(p, "beginners", "provider", cells...)
		value := Compute(p, p.Indicator("beginners"), 2025, e)
		parts := Breakdown(p, p.Indicator("beginners"), "provider", 2025, e, AsReported)
		for n := range e.Answers {
			sums := e.Answers[n].Sums
			random.Shuffle(len(sums), func(i, j int) { sums[i], sums[j] = sums[j], sums[i] })
		}
		random.Shuffle(len(e.Answers), func(i, j int) { e.Answers[i], e.Answers[j] = e.Answers[j], e.Answers[i] })
		if again := Compute(p, p.Indicator("beginners"), 2025, e); again != value {
			t.Fatalf("%+v became %+v", value, again)
		}
		if again := Breakdown(p, p.Indicator("beginners"), "provider", 2025, e, AsReported); !reflect.DeepEqual(again, parts) {
			t.Fatalf("%+v became %+v", parts, again)
		}
	}
}

func TestTheSameAnswerTwiceCountsOnce(t *testing.T) {
	p := load(t, nil)
	e := evidence(p, "sum", "", given("participations", "ECAP", "2025-Q1", "10"))
	e.Answers = append(e.Answers, e.Answers...)
	if got := Compute(p, p.Indicator("sum"), 2025, e); got.Value != figure.Whole(10) {
		t.Errorf("got %s", got.Value)
	}
}

func TestQuestions(t *testing.T) {
	p := load(t, nil)
	var all []*programme.Indicator
	for n := range p.Indicators {
		all = append(all, &p.Indicators[n])
	}
	years := []figure.Year{2024, 2025}
	asOf := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	questions := Questions(p, all, "", years, asOf)
	if len(questions) > 5 {
		t.Errorf("the overview asks %d questions", len(questions))
	}
	for _, q := range questions {
		if !q.AsOf.Equal(asOf) || len(q.Years) != 2 {
			t.Errorf("years or moment are lost: %+v", q)
		}
		for _, id := range q.Figures {
			if p.KeyFigure(id).Additivity == programme.Stock && q.By&figure.ByPart != 0 {
				t.Errorf("%s is a stock and asked by part: every quarter would count", id)
			}
		}
	}
	needs := func(id, dimension string) (needs [][2]int) {
		for _, q := range Questions(p, []*programme.Indicator{p.Indicator(id)}, figure.Dimension(dimension), years, asOf) {
			needs = append(needs, [2]int{int(q.Margin), int(q.By)})
		}
		return needs
	}
	// What counts people is asked by organisation too, to be protected from them.
	byOffice := int(figure.ByOrganisation)
	cases := []struct {
		indicator, dimension string
		want                 [][2]int
	}{
		{"ratio", "", [][2]int{{0, 0}}},
		{"ratio", "sex", [][2]int{{0, 0}, {int(figure.BySex), 0}, {int(figure.BySex), byOffice}}},
		{"ratio", "district", [][2]int{{0, 0}, {0, int(figure.ByMunicipality)}, {0, int(figure.ByMunicipality) | byOffice}}},
		{"residents", "sex", [][2]int{{int(figure.ByAge), int(figure.ByPart)}, {int(figure.ByAge | figure.BySex), int(figure.ByPart)}, {int(figure.ByAge | figure.BySex), int(figure.ByPart) | byOffice}}},
		{"residents", "region", [][2]int{{int(figure.ByAge), int(figure.ByPart)}, {int(figure.ByAge), int(figure.ByPart | figure.ByOrganisation)}}},
		{"sum", "level", [][2]int{{0, 0}, {0, int(figure.ByFurther)}, {0, int(figure.ByFurther) | byOffice}}},
		{"goals", "funding_area", [][2]int{{0, 0}, {0, int(figure.ByMeasure)}}},
		{"budget", "", [][2]int{{0, int(figure.ByFurther)}}},
		{"distinct", "", [][2]int{{0, int(figure.ByPart | figure.ByOrganisation)}}},
		{"structures", "region", [][2]int{{0, 0}}},
	}
	for _, one := range cases {
		if got := needs(one.indicator, one.dimension); !reflect.DeepEqual(got, one.want) {
			t.Errorf("%s by %q: asked by %v, want %v", one.indicator, one.dimension, got, one.want)
		}
	}
}

func TestCompletenessIsOfTheFormsBehindTheIndicator(t *testing.T) {
	p := load(t, nil)
	coverage := []figure.Coverage{
		{Form: "municipality_year", Year: 2025, Owed: 10, Delivered: 7, Accepted: 5, OnTime: 6},
		{Form: "municipality_year", Year: 2024, Owed: 10, Delivered: 10, Accepted: 10},
		{Form: "course", Year: 2025, Owed: 8, Delivered: 8, Accepted: 8},
	}
	e := evidence(p, "ratio", "")
	e.Coverage = coverage
	got := Compute(p, p.Indicator("ratio"), 2025, e).Completeness
	if got != (Completeness{Owed: 10, Delivered: 7, Accepted: 5, OnTime: 6}) || got.Enough() {
		t.Errorf("got %+v", got)
	}
	if share, ok := got.Share(); !ok || share != decimal("0.7") {
		t.Errorf("share %s %t", share, ok)
	}
	if _, ok := (Completeness{}).Share(); ok || !(Completeness{}).Enough() {
		t.Error("where nothing is owed there is no share, and nothing lacks")
	}
	if area := AreaCompleteness(p, "FB2", 2025, coverage); area.Owed != 8 || area.Delivered != 8 {
		t.Errorf("area: %+v", area)
	}
}
