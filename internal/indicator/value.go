package indicator

import (
	"math/big"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// Answer is a question with the sums that answer it.
type Answer struct {
	figure.Question
	Sums []figure.Sum
}

// Evidence is what values are computed from.
type Evidence struct {
	Answers  []Answer
	Coverage []figure.Coverage // of all forms, for the years of the answers
	// Today is the day as of which the figures are read. A year that has not ended
	// on it is not complete, and is shown but not judged.
	Today time.Time
}

// Reason says why a value is not known, an indicator has no grade, an area has
// its grade, or a forecast is not made. The message of a reason is
// "indicator.reason.<reason>".
type Reason string

// The reasons why a value is not known.
const (
	NoData                    Reason = "no_data"                     // no figure was delivered
	NoDenominator             Reason = "no_denominator"              // the denominator is not greater than 0
	DistinctOverOrganisations Reason = "distinct_over_organisations" // several organisations counted their own persons
	DistinctOverParts         Reason = "distinct_over_parts"         // persons were counted in several parts of the year
	UnitMismatch              Reason = "unit_mismatch"               // the formula adds up two units
	OutOfRange                Reason = "out_of_range"                // too large for a figure
)

// Value is an indicator for one year, for the canton or a part of it.
type Value struct {
	Indicator string
	Year      figure.Year
	Known     bool
	Reason    Reason         // why it is not known
	Value     figure.Decimal // a share as a fraction; rounded half away from zero to four places
	Unit      figure.Unit

	// Ratio: Value is Numerator over Denominator. Share: moreover the numerator is
	// part of the denominator, so that Value lies between 0 and 1.
	Ratio, Share bool
	Numerator    figure.Decimal // the amount itself where it is not a ratio
	Denominator  figure.Decimal // 0 where it is not a ratio
	// Protected: people, or contacts with them, are counted; small counts must not
	// be shown in a breakdown.
	Protected bool

	Provisional  bool         // something behind it is not accepted yet
	Complete     bool         // the year is over
	Completeness Completeness // of the forms behind it; not known for a part
	Missing      uint64       // cells that the senders marked as missing
	// Uneven: the numerator comes from more or from fewer organisations than the
	// denominator.
	Uneven bool
	// Small: a ratio over fewer than SmallDenominator units that are counted.
	Small bool
}

// SmallDenominator is the number of counted units below which a ratio is not
// judged: one unit more or less would move it by more than ten points, which is
// the whole width of the grade «at risk».
const SmallDenominator = 10

// Compute returns an indicator for the canton as a whole.
func Compute(p *programme.Programme, i *programme.Indicator, year figure.Year, evidence Evidence) Value {
	formula := newFormula(p, i)
	numerator := formula.total(i.Numerator, year, evidence)
	denominator := formula.total(i.Denominator, year, evidence)
	value := formula.value(year, evidence, numerator, denominator)
	value.Completeness = completeness(formula.forms(), year, evidence.Coverage).without(numerator, denominator)
	return value
}

// Series returns an indicator for the canton for several years.
func Series(p *programme.Programme, i *programme.Indicator, years []figure.Year, evidence Evidence) []Value {
	series := make([]Value, 0, len(years))
	for _, year := range years {
		series = append(series, Compute(p, i, year, evidence))
	}
	return series
}

// value puts a numerator and a denominator together.
func (f formula) value(year figure.Year, evidence Evidence, numerator, denominator tally) Value {
	i := f.indicator
	v := Value{
		Indicator: i.ID, Year: year, Unit: i.Unit, Ratio: f.ratio, Share: f.share, Protected: f.protected,
		Complete:    evidence.Today.Year() > int(year),
		Provisional: numerator.provisional || denominator.provisional,
		Missing:     numerator.missing + denominator.missing,
	}
	if f.ratio {
		// Where rows were left out, what counts holds both parts.
		v.Uneven = !numerator.unpaired && !denominator.unpaired && !f.filtered && numerator.known && denominator.known && numerator.organisations != denominator.organisations
		if !numerator.known && numerator.missing == 0 && denominator.known && f.listed {
			// The sender listed what there is, and none of it is of the filtered kind.
			numerator.known = true
		}
	}
	switch {
	case f.fault != "":
		v.Reason = f.fault
	case numerator.reason != "":
		v.Reason = numerator.reason
	case denominator.reason != "":
		v.Reason = denominator.reason
	case !numerator.known || (f.ratio && !denominator.known):
		v.Reason = NoData
	}
	if v.Reason != "" {
		return v
	}
	fits, fitsToo := true, true
	v.Numerator, fits = numerator.decimal()
	if !f.ratio {
		v.Value = v.Numerator
		return v.orOutOfRange(fits)
	}
	v.Denominator, fitsToo = denominator.decimal()
	v.Small = f.counted && v.Denominator < figure.Whole(SmallDenominator)
	if denominator.exact.Sign() <= 0 {
		v.Reason = NoDenominator
		return v
	}
	fits = fits && fitsToo
	v.Value, fitsToo = quotient(&numerator.exact, &denominator.exact)
	return v.orOutOfRange(fits && fitsToo)
}

func (v Value) orOutOfRange(fits bool) Value {
	v.Known = fits
	if !fits {
		v.Reason, v.Value, v.Numerator, v.Denominator = OutOfRange, 0, 0, 0
	}
	return v
}

// quotient returns n/d in the four places of a Decimal, rounded half away from
// zero, and whether it fits.
func quotient(n, d *big.Int) (figure.Decimal, bool) {
	scaled := new(big.Int).Mul(n, big.NewInt(int64(figure.Whole(1))))
	return rounded(scaled, d)
}

// rounded returns n/d as a count of ten-thousandths.
func rounded(n, d *big.Int) (figure.Decimal, bool) {
	whole, rest := new(big.Int).QuoRem(n, d, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).CmpAbs(d) >= 0 {
		whole.Add(whole, big.NewInt(int64(n.Sign()*d.Sign())))
	}
	return figure.Decimal(whole.Int64()), whole.IsInt64()
}
