package indicator

import (
	"math/big"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// one makes a complete value of an indicator.
func one(year figure.Year, value string) Value {
	return Value{Year: year, Known: true, Value: decimal(value), Complete: true}
}

func TestJudge(t *testing.T) {
	p := load(t, nil)
	change := func(v Value, do func(*Value)) Value { do(&v); return v }
	cases := []struct {
		name       string
		indicator  string
		value      Value
		grade      Grade
		reason     Reason
		attainment string
	}{
		{"the final target is met", "ratio", one(2025, "0.95"), Reached, "", "1.055"},
		{"the year's target is met to the last place", "ratio", one(2025, "0.9"), OnTrack, "", "1"},
		{"one ten-thousandth below", "ratio", one(2025, "0.8999"), AtRisk, "", "0.999"},
		{"exactly 90 % of the target", "ratio", one(2025, "0.81"), AtRisk, "", "0.9"},
		{"just below 90 %", "ratio", one(2025, "0.8099"), OffTrack, "", "0.899"},
		{"the target that was decided last counts", "ratio", one(2025, "0.75"), OffTrack, "", "0.833"},
		{"nothing is reached of a higher target", "ratio", one(2025, "0"), OffTrack, "", "0"},
		{"lower: below the final target", "snapshot", one(2025, "0.2"), Reached, "", "1.5"},
		{"lower: below the year's target", "snapshot", one(2025, "0.25"), OnTrack, "", "1.2"},
		{"lower: a little above", "snapshot", one(2025, "0.33"), AtRisk, "", "0.909"},
		{"lower: far above", "snapshot", one(2025, "0.34"), OffTrack, "", "0.882"},
		{"lower: nothing left", "snapshot", one(2025, "0"), Reached, "", "1"},
		{"band: the lower end is inside", "budget", one(2025, "0.9"), OnTrack, "", "1"},
		{"band: the upper end is inside", "budget", one(2025, "1.05"), OnTrack, "", "1"},
		{"band: a little below", "budget", one(2025, "0.85"), AtRisk, "", "0.944"},
		{"band: a little above", "budget", one(2025, "1.1"), AtRisk, "", "0.954"},
		{"band: far above", "budget", one(2025, "1.2"), OffTrack, "", "0.875"},
		{"neutral has no grade", "distinct", one(2025, "100"), NoGrade, Neutral, ""},
		{"no target at all", "residents", one(2025, "100"), NotJudged, NoTarget, ""},
		{"a final target alone can be reached", "cohort", one(2025, "0.8"), Reached, "", ""},
		{"a final target alone says nothing of the year", "cohort", one(2025, "0.79"), NotJudged, NoTarget, ""},
		{"no value", "ratio", Value{Year: 2025, Reason: NoData, Complete: true}, NotJudged, NoData, ""},
		{"no value yet", "ratio", Value{Year: 2025, Reason: NoData}, NotJudged, YearNotComplete, ""},
		{"persons of several providers", "ratio", Value{Year: 2025, Reason: DistinctOverOrganisations}, NotJudged, DistinctOverOrganisations, ""},
		{"a year that is not given", "ratio", one(2024, "0.95"), NotJudged, NoData, ""},
		{"the year is not over", "ratio", change(one(2025, "0.95"), func(v *Value) { v.Complete = false }), NotJudged, YearNotComplete, "1.055"},
		{"79 of 100 deliveries", "ratio", change(one(2025, "0.95"), func(v *Value) { v.Completeness = Completeness{Owed: 100, Delivered: 79} }), NotJudged, LowCoverage, "1.055"},
		{"80 of 100 deliveries", "ratio", change(one(2025, "0.95"), func(v *Value) { v.Completeness = Completeness{Owed: 100, Delivered: 80} }), Reached, "", "1.055"},
		{"over nine", "ratio", change(one(2025, "0.95"), func(v *Value) { v.Small = true }), NotJudged, LowDenominator, "1.055"},
		{"a target from before the change of method", "mean", one(2025, "3.5"), NotJudged, NotComparable, "1.166"},
		{"a target from the year of the change of method", "sum", one(2025, "100"), OnTrack, "", "1"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got := Judge(p, p.Indicator(test.indicator), 2025, []Value{test.value})
			if got.Grade != test.grade || got.Reason != test.reason {
				t.Errorf("got %s %s, want %s %s", got.Grade, got.Reason, test.grade, test.reason)
			}
			text := ""
			if got.HasAttainment {
				text = got.Attainment.String()
			}
			if text != test.attainment {
				t.Errorf("attainment %q, want %q", text, test.attainment)
			}
		})
	}
}

// 199 999 of 200 000 are 99.9995 %, which rounds to 100.00 %: a target of 100 % is
// missed all the same, and the part of it that is reached stays below 100 %.
func TestAValueThatOnlyRoundingBringsToTheTargetMissesIt(t *testing.T) {
	over := func(numerator, denominator int64) Value {
		value, _ := quotient(big.NewInt(numerator), big.NewInt(denominator))
		return Value{Year: 2025, Known: true, Complete: true, Ratio: true, Value: value, Numerator: figure.Whole(numerator), Denominator: figure.Whole(denominator)}
	}
	p := load(t, nil)
	cases := []struct {
		name, indicator string
		value           Value
		grade           Grade
		attainment      string
	}{
		// Targets: 90 % for the year, 95 % at the end.
		{"90 % to the last unit", "ratio", over(180000, 200000), OnTrack, "1"},
		{"one in two hundred thousand below 90 %", "ratio", over(179999, 200000), AtRisk, "0.999"},
		{"one in two hundred thousand below the final target", "ratio", over(189999, 200000), OnTrack, "1.055"},
		// 81 % is exactly 90 % of 90 %.
		{"one in two hundred thousand below 90 % of the target", "ratio", over(161999, 200000), OffTrack, "0.899"},
		// A band from 90 % to 105 %: 210 001 are above it.
		{"one in two hundred thousand above a band", "budget", over(210001, 200000), AtRisk, "0.999"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got := Judge(p, p.Indicator(test.indicator), 2025, []Value{test.value})
			if got.Grade != test.grade || got.Attainment.String() != test.attainment {
				t.Errorf("got %s, attainment %s, want %s, %s", got.Grade, got.Attainment, test.grade, test.attainment)
			}
		})
	}
}

func TestJudgeInTheLastYearKnowsNoOnTrack(t *testing.T) {
	p := load(t, nil)
	if got := Judge(p, p.Indicator("ratio"), 2027, []Value{one(2027, "0.949")}); got.Grade != AtRisk {
		t.Errorf("got %s: in the last year the target is reached or not", got.Grade)
	}
}

func TestBaselineAndPath(t *testing.T) {
	p := load(t, nil)
	series := []Value{one(2025, "0.85"), one(2023, "0.7")}
	got := Judge(p, p.Indicator("ratio"), 2025, series)
	if got.Baseline != (Baseline{Known: true, Year: 2023, Value: decimal("0.7"), Comparable: true}) {
		t.Errorf("baseline %+v", got.Baseline)
	}
	if len(got.Path) != 3 || got.Path[1].Value != decimal("0.9") || got.Final.Value != decimal("0.95") {
		t.Errorf("want the path 2024, 2025 as revised, 2027: %+v", got.Path)
	}
	if given := Judge(p, p.Indicator("snapshot"), 2025, series).Baseline; given != (Baseline{Known: true, Value: decimal("0.45"), Comparable: true}) {
		t.Errorf("want the baseline given with the target: %+v", given)
	}
	if changed := Judge(p, p.Indicator("sum"), 2025, series).Baseline; changed.Comparable || !changed.Known {
		t.Errorf("the method changed between the baseline and the year: %+v", changed)
	}
	if none := Judge(p, p.Indicator("ratio"), 2025, series[:1]).Baseline; none.Known {
		t.Errorf("nothing was delivered for the year of the baseline: %+v", none)
	}
}

func TestForecast(t *testing.T) {
	p := load(t, nil)
	series := []Value{one(2024, "13"), one(2022, "10"), one(2025, "17"), one(2023, "12")}
	// By hand: means 2023.5 and 13, slope 11/5 = 2.2, squares of the residuals 1.8,
	// s = sqrt(0.9), 2027 lies 3.5 years ahead: 13 + 7.7 = 20.7, and
	// 1.886 × 0.948683 × sqrt(1 + 1/4 + 12.25/5) = 3.4416.
	got := Judge(p, p.Indicator("residents"), 2025, series)
	if got.Forecast == nil || *got.Forecast != (Forecast{Year: 2027, Value: decimal("20.7"), Low: decimal("17.2584"), High: decimal("24.1416"), Points: 4}) {
		t.Errorf("got %+v, %s", got.Forecast, got.NoForecast)
	}
	share := func(year figure.Year, value string) Value { v := one(year, value); v.Share = true; return v }
	rising := Judge(p, p.Indicator("ratio"), 2025, []Value{share(2022, "0.5"), share(2023, "0.8"), share(2024, "0.7"), share(2025, "0.9")}).Forecast
	if rising == nil || rising.Value != figure.Whole(1) || rising.High != figure.Whole(1) || rising.Low != decimal("0.6885") {
		t.Errorf("a share rises above 1: %+v", rising)
	}
	over := Judge(p, p.Indicator("budget"), 2025, []Value{one(2022, "1.5"), one(2023, "1.6"), one(2024, "1.8"), one(2025, "1.9")}).Forecast
	if over == nil || over.Value <= figure.Whole(1) {
		t.Errorf("a ratio that is no share was cut at 1: %+v", over)
	}
	falling := Judge(p, p.Indicator("residents"), 2025, []Value{one(2022, "9"), one(2023, "6"), one(2024, "4"), one(2025, "1")}).Forecast
	if falling == nil || falling.Low != 0 || falling.Value != 0 {
		t.Errorf("a count falls below 0: %+v", falling)
	}
}

func TestNoForecastWithoutFourComparableYears(t *testing.T) {
	p := load(t, nil)
	full := []Value{one(2022, "10"), one(2023, "12"), one(2024, "13"), one(2025, "17")}
	with := func(n int, do func(*Value)) []Value {
		series := append([]Value(nil), full...)
		do(&series[n])
		return series
	}
	cases := []struct {
		name      string
		indicator string
		year      figure.Year
		series    []Value
		reason    Reason
	}{
		{"three years", "residents", 2025, full[1:], TooFewPoints},
		{"one is not known", "residents", 2025, with(1, func(v *Value) { v.Known = false }), TooFewPoints},
		{"one is not over", "residents", 2025, with(3, func(v *Value) { v.Complete = false }), TooFewPoints},
		{"one is over few", "residents", 2025, with(2, func(v *Value) { v.Small = true }), TooFewPoints},
		{"one lacks deliveries", "residents", 2025, with(0, func(v *Value) { v.Completeness = Completeness{Owed: 10, Delivered: 7} }), TooFewPoints},
		{"one lies after the year that is asked for", "residents", 2024, full, TooFewPoints},
		{"the method changed on the way", "sum", 2025, full, TooFewPoints},
		{"the last year is over", "residents", 2027, append(append([]Value(nil), full...), one(2027, "20")), LastYearOver},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got := Judge(p, p.Indicator(test.indicator), test.year, test.series)
			if got.Forecast != nil || got.NoForecast != test.reason {
				t.Errorf("got %+v, %q, want %q", got.Forecast, got.NoForecast, test.reason)
			}
		})
	}
}

func TestEveryGradeAndReasonHasItsMessage(t *testing.T) {
	for _, grade := range Grades {
		if !locale.Knows("indicator.grade." + string(grade)) {
			t.Errorf("no message for the grade %s", grade)
		}
	}
	for _, reason := range []Reason{
		NoData, NoDenominator, DistinctOverOrganisations, DistinctOverParts, UnitMismatch, OutOfRange,
		Neutral, NoTarget, YearNotComplete, LowCoverage, LowDenominator, NotComparable,
		FewJudged, AllReached, TwoThirdsOnTrack, OutcomeOffTrack, FewOnTrack, ThirdOffTrack,
		TooFewPoints, LastYearOver,
	} {
		if !locale.Knows("indicator.reason." + string(reason)) {
			t.Errorf("no message for the reason %s", reason)
		}
	}
}

func TestDevelopment(t *testing.T) {
	p := load(t, nil)
	running := func(v Value) Value { v.Complete = false; return v }
	for _, test := range []struct {
		name, indicator string
		before, now     Value
		want            Development
	}{
		{"more is better", "ratio", one(2024, "0.8"), one(2025, "0.81"), Better},
		{"less is worse", "ratio", one(2024, "0.8"), one(2025, "0.79"), Worse},
		{"less is better where the direction is lower", "snapshot", one(2024, "0.8"), one(2025, "0.79"), Better},
		{"nothing moved", "ratio", one(2024, "0.8"), one(2025, "0.8"), Steady},
		{"the year is running", "ratio", one(2024, "0.8"), running(one(2025, "0.9")), ""},
		{"there is no year before", "ratio", one(2023, "0.8"), one(2025, "0.9"), ""},
		{"neither end of a band is better", "budget", one(2024, "0.9"), one(2025, "1"), ""},
		{"the method changed between them", "mean", one(2024, "3.4"), one(2025, "3.5"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Judge(p, p.Indicator(test.indicator), 2025, []Value{test.before, test.now})
			if got.Development != test.want {
				t.Errorf("got %q, want %q", got.Development, test.want)
			}
		})
	}
}

func TestOutlook(t *testing.T) {
	p := load(t, nil)
	i := p.Indicator("ratio") // 0.95 at the end
	rising := func(last string) []Value {
		return []Value{one(2022, "0.7"), one(2023, "0.75"), one(2024, "0.8"), one(2025, last)}
	}
	for _, test := range []struct {
		name           string
		year           figure.Year
		series         []Value
		inSight, known bool
	}{
		{"the final target is met already", 2025, []Value{one(2025, "0.96")}, true, true},
		{"the line reaches it", 2025, rising("0.87"), true, true},
		{"the line ends below", 2025, rising("0.8"), false, true},
		{"too few years for a line", 2025, []Value{one(2024, "0.8"), one(2025, "0.87")}, false, false},
		{"the last year is over and below", 2027, []Value{one(2027, "0.9")}, false, true},
		{"the last year has no value", 2027, nil, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			inSight, known := Judge(p, i, test.year, test.series).Outlook(i)
			if inSight != test.inSight || known != test.known {
				t.Errorf("got %v %v, want %v %v", inSight, known, test.inSight, test.known)
			}
		})
	}
	if _, known := Judge(p, p.Indicator("residents"), 2025, nil).Outlook(p.Indicator("residents")); known {
		t.Error("there is an outlook without a target")
	}
}
