package indicator

import (
	"maps"
	"math/big"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// Completeness counts the deliveries behind a value against those owed
// (Vollständigkeit).
type Completeness struct {
	Owed, Delivered, Accepted, OnTime int
}

// without takes off the deliveries in which a figure of the ratio is missing: they came,
// and yet say nothing of it, or not all.
func (c Completeness) without(numerator, denominator tally) Completeness {
	lacking := map[string]bool{}
	maps.Copy(lacking, numerator.incomplete)
	maps.Copy(lacking, denominator.incomplete)
	c.Delivered = max(c.Delivered-len(lacking), 0)
	c.Accepted, c.OnTime = min(c.Accepted, c.Delivered), min(c.OnTime, c.Delivered)
	return c
}

// Share returns the part of the owed deliveries that came; ok is false where
// nothing is owed.
func (c Completeness) Share() (share figure.Decimal, ok bool) {
	if c.Owed == 0 {
		return 0, false
	}
	share, _ = quotient(big.NewInt(int64(c.Delivered)), big.NewInt(int64(c.Owed)))
	return share, true
}

// Enough reports whether at least 80 % of what is owed was delivered, so that a
// value of the canton can be judged. A value of which nothing is owed, such as
// one that the system computes, is complete.
func (c Completeness) Enough() bool { return c.Delivered*100 >= c.Owed*minimumCoverage }

// minimumCoverage is in percent. It is a proposal (Katalog, Regel 9).
const minimumCoverage = 80

// AreaCompleteness counts the deliveries of the forms behind the indicators of an
// area for a year.
func AreaCompleteness(p *programme.Programme, area programme.AreaCode, year figure.Year, coverage []figure.Coverage) Completeness {
	var forms []figure.Form
	for _, i := range p.IndicatorsOf(area) {
		for _, form := range newFormula(p, i).forms() {
			if !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
	}
	return completeness(forms, year, coverage)
}

func completeness(forms []figure.Form, year figure.Year, coverage []figure.Coverage) Completeness {
	var c Completeness
	for _, one := range coverage {
		if one.Year == year && slices.Contains(forms, one.Form) {
			c.Owed += one.Owed
			c.Delivered += one.Delivered
			c.Accepted += one.Accepted
			c.OnTime += one.OnTime
		}
	}
	return c
}
