package indicator

import (
	"math/big"
	"slices"
	"strconv"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// Grade says how an indicator, or an area, stands against its targets. The
// message of a grade is "indicator.grade.<grade>".
type Grade string

// The grades, the best first.
const (
	Reached   Grade = "reached"    // the final target is met already
	OnTrack   Grade = "on_track"   // the target of the year is met
	AtRisk    Grade = "at_risk"    // at least 90 % of it
	OffTrack  Grade = "off_track"  // less
	NotJudged Grade = "not_judged" // cannot be judged; Reason says why
	NoGrade   Grade = "no_grade"   // neutral: more is neither better nor worse
)

// Grades lists them in the order of a legend.
var Grades = [...]Grade{Reached, OnTrack, AtRisk, OffTrack, NotJudged, NoGrade}

// Judged reports whether the grade says something of the progress.
func (g Grade) Judged() bool {
	return g == Reached || g == OnTrack || g == AtRisk || g == OffTrack
}

// The reasons why an indicator that is known is not judged.
const (
	Neutral         Reason = "neutral"
	NoTarget        Reason = "no_target"
	YearNotComplete Reason = "year_not_complete"
	LowCoverage     Reason = "low_coverage"
	LowDenominator  Reason = "small_denominator"
	NotComparable   Reason = "not_comparable" // the method changed after the target was decided
)

// nearly is the attainment from which on an indicator is at risk and not off
// track. It is a proposal (Katalog, Regel 9).
var nearly = figure.Whole(9) / 10

// Baseline is the value that the path to the targets starts from (Ausgangswert).
type Baseline struct {
	Known bool
	Year  figure.Year // 0 where the value was given with the target
	Value figure.Decimal
	// Comparable: no change of method lies between it and the judged year.
	Comparable bool
}

// Progress is an indicator against its targets.
type Progress struct {
	Indicator string
	Year      figure.Year
	Value     Value   // of the year
	Series    []Value // as given to Judge
	Baseline  Baseline
	Target    programme.Target // of the year, the one decided last
	HasTarget bool
	Final     programme.Target // of the last year of the programme
	HasFinal  bool
	Path      []programme.Target // the targets of the years of the programme
	// Attainment is the part of the year's target that is reached, rounded down to a
	// tenth of a per cent: below 1 whenever the target is not met. A target that is
	// exceeded gives more than 1.
	Attainment    figure.Decimal
	HasAttainment bool
	Grade         Grade
	Reason        Reason // why it is not judged
	Forecast      *Forecast
	NoForecast    Reason // why there is none
	Before        Value  // of the year before
	// Development says how the value moved since then; "" where it cannot be said.
	Development Development
}

// Development is the way a value took from one year to the next.
type Development string

// The developments. The direction of the indicator says what is better.
const (
	Better Development = "better"
	Worse  Development = "worse"
	Steady Development = "steady"
)

// Outlook reports whether the target of the last year will be met: it is met
// already, or the forecast meets it. known is false where neither can be said.
func (progress Progress) Outlook(i *programme.Indicator) (inSight, known bool) {
	switch {
	case !progress.HasFinal || i.Direction == programme.Neutral:
		return false, false
	case progress.Grade == Reached:
		return true, true
	case progress.Year == progress.Final.Year:
		return false, progress.Grade.Judged()
	case progress.Forecast == nil:
		return false, false
	}
	return meets(i.Direction, Value{Value: progress.Forecast.Value}, progress.Final), true
}

// Judge holds an indicator against its targets in a year. The series should
// reach from the first year with data to the year, in any order; the rule stands
// in docs/grading.md.
func Judge(p *programme.Programme, i *programme.Indicator, year figure.Year, series []Value) Progress {
	progress := Progress{Indicator: i.ID, Year: year, Series: series}
	progress.Value = in(series, i, year)
	progress.Target, progress.HasTarget = p.TargetOf(i.ID, year)
	progress.Final, progress.HasFinal = p.TargetOf(i.ID, p.LastYear)
	for y := p.FirstYear; y <= p.LastYear; y++ {
		if target, ok := p.TargetOf(i.ID, y); ok {
			progress.Path = append(progress.Path, target)
		}
	}
	progress.Baseline = baseline(p, i, year, progress)
	if progress.Value.Known && progress.HasTarget && i.Direction != programme.Neutral {
		reached := attainment(i.Direction, progress.Value, progress.Target)
		progress.Attainment, progress.HasAttainment = reached-reached%tenth, true
	}
	progress.Grade, progress.Reason = progress.grade(p, i)
	progress.Forecast, progress.NoForecast = forecast(p, i, year, series)
	progress.Before = in(series, i, year-1)
	progress.Development = development(p, i, progress.Before, progress.Value)
	return progress
}

// development compares two years. A year that is not over, another method or a
// band, where neither end is better, say nothing.
func development(p *programme.Programme, i *programme.Indicator, before, now Value) Development {
	switch {
	case !before.Known || !now.Known || !before.Complete || !now.Complete || lastBreak(p, i, now.Year) > before.Year:
		return ""
	case i.Direction == programme.Band || i.Direction == programme.Neutral:
		return ""
	case before.Value == now.Value:
		return Steady
	case (now.Value > before.Value) == (i.Direction == programme.Higher):
		return Better
	}
	return Worse
}

func in(series []Value, i *programme.Indicator, year figure.Year) Value {
	for _, value := range series {
		if value.Year == year {
			return value
		}
	}
	return Value{Indicator: i.ID, Year: year, Unit: i.Unit, Reason: NoData, Complete: true}
}

func baseline(p *programme.Programme, i *programme.Indicator, year figure.Year, progress Progress) Baseline {
	for _, target := range append([]programme.Target{progress.Target, progress.Final}, progress.Path...) {
		if target.Baseline != nil {
			return Baseline{Known: true, Value: p.Round(i, *target.Baseline), Comparable: true}
		}
	}
	value := in(progress.Series, i, p.Baseline)
	return Baseline{Known: value.Known, Year: p.Baseline, Value: value.published(p, i), Comparable: lastBreak(p, i, year) <= p.Baseline}
}

// lastBreak returns the latest year up to the given one in which the method
// changed, so that the years before it cannot be compared; 0 for none.
func lastBreak(p *programme.Programme, i *programme.Indicator, year figure.Year) figure.Year {
	var last figure.Year
	for _, caveat := range p.CaveatsIn(i.ID, year) {
		if caveat.Break {
			last = max(last, caveat.From)
		}
	}
	return last
}

func (progress Progress) grade(p *programme.Programme, i *programme.Indicator) (Grade, Reason) {
	value := progress.Value
	if i.Direction == programme.Neutral {
		return NoGrade, Neutral
	}
	if !progress.HasTarget && !progress.HasFinal {
		return NotJudged, NoTarget
	}
	switch {
	case !value.Known && value.Reason == NoData && !value.Complete:
		return NotJudged, YearNotComplete // nothing has to be there yet
	case !value.Known:
		return NotJudged, value.Reason
	case !value.Complete:
		return NotJudged, YearNotComplete
	case !value.Completeness.Enough():
		return NotJudged, LowCoverage
	case value.Small:
		return NotJudged, LowDenominator
	}
	changed := lastBreak(p, i, progress.Year)
	comparable := func(target programme.Target) bool { return decidedIn(target) >= changed }
	if progress.HasFinal && comparable(progress.Final) && meets(i.Direction, value, progress.Final) {
		return Reached, ""
	}
	switch {
	case !progress.HasTarget:
		return NotJudged, NoTarget
	case !comparable(progress.Target):
		return NotJudged, NotComparable
	case meets(i.Direction, value, progress.Target):
		return OnTrack, ""
	case progress.Attainment >= nearly:
		return AtRisk, ""
	}
	return OffTrack, ""
}

// decidedIn returns the year of the decision: a target that was set before the
// method changed was meant for other figures.
func decidedIn(target programme.Target) figure.Year {
	if len(target.Decided) < 4 {
		return 0
	}
	year, _ := strconv.ParseUint(target.Decided[:4], 10, 16)
	return figure.Year(year)
}

// meets compares what was counted, before any rounding: 199 999 of 200 000 do not
// meet a target of 100 %, even though they are 100.00 %.
func meets(direction programme.Direction, value Value, target programme.Target) bool {
	switch direction {
	case programme.Lower:
		return value.compare(target.Value) <= 0
	case programme.Band:
		return value.compare(target.Value) >= 0 && value.compare(target.Upper) <= 0
	}
	return value.compare(target.Value) >= 0
}

// compare returns -1, 0 or 1 where the value is less than, equal to or greater than a bound.
func (v Value) compare(bound figure.Decimal) int {
	n, d := v.exact()
	return n.Cmp(d.Mul(d, big.NewInt(int64(bound))))
}

// exact returns the value as a fraction of ten-thousandths.
func (v Value) exact() (n, d *big.Int) {
	if !v.Ratio || v.Denominator <= 0 {
		return big.NewInt(int64(v.Value)), big.NewInt(1)
	}
	n = big.NewInt(int64(v.Numerator))
	return n.Mul(n, big.NewInt(int64(figure.Whole(1)))), big.NewInt(int64(v.Denominator))
}

// attainment returns the part of a target that a value reaches: value over
// target where more is better, target over value where less is better, and of a
// band 1 inside and the part of the nearer end outside. It is below 1 whenever
// the target is not met.
func attainment(direction programme.Direction, value Value, target programme.Target) figure.Decimal {
	n, d := value.exact()
	switch {
	case direction == programme.Lower:
		return part(d.Mul(d, big.NewInt(int64(target.Value))), n)
	case direction == programme.Band && meets(direction, value, target):
		return figure.Whole(1)
	case direction == programme.Band && value.compare(target.Upper) > 0:
		return part(d.Mul(d, big.NewInt(int64(target.Upper))), n)
	}
	return part(n, d.Mul(d, big.NewInt(int64(target.Value))))
}

// part returns a over b, rounded down. Over nothing everything is reached, unless
// there is less than nothing.
func part(a, b *big.Int) figure.Decimal {
	switch {
	case b.Sign() <= 0 && a.Cmp(b) >= 0:
		return figure.Whole(1)
	case b.Sign() <= 0 || a.Sign() <= 0:
		return 0
	}
	whole := new(big.Int).Mul(a, big.NewInt(int64(figure.Whole(1))))
	whole.Quo(whole, b)
	if !whole.IsInt64() {
		return figure.Decimal(1<<63 - 1)
	}
	return figure.Decimal(whole.Int64())
}

// comparableYears returns the values of a series that a trend may be drawn
// through, oldest first: known, of complete years with enough deliveries, and
// not before a change of method.
func comparableYears(p *programme.Programme, i *programme.Indicator, year figure.Year, series []Value) []Value {
	changed := lastBreak(p, i, year)
	var found []Value
	for _, value := range series {
		if value.Known && value.Complete && value.Completeness.Enough() && !value.Small && value.Year <= year && value.Year >= changed {
			found = append(found, value)
		}
	}
	slices.SortFunc(found, func(a, b Value) int { return int(a.Year) - int(b.Year) })
	return found
}
