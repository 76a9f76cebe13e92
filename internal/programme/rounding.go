package programme

import "kipmonitor/internal/figure"

// Step is the finest difference between two amounts of an indicator as they are
// published, on pages and charts, in tables, workbooks and the API alike: that of its
// unit, and finer where one of its targets is. A share has a tenth of a per cent, money
// a franc, and a mean of counts a tenth.
func (p *Programme) Step(i *Indicator) figure.Decimal {
	return Derived(p, stepsKey{}, steps)[i.ID]
}

type stepsKey struct{}

func steps(p *Programme) map[string]figure.Decimal {
	found := map[string]figure.Decimal{}
	for n := range p.Indicators {
		i := &p.Indicators[n]
		places, unit := 0, p.Unit(i.Unit)
		switch {
		case i.Unit == figure.Percent:
			places = unit.Decimals + 2
		case unit.Money:
		case unit.Whole && len(i.Denominator) > 0:
			places = 1
		default:
			places = unit.Decimals
		}
		if !unit.Money {
			for _, target := range p.Targets {
				if target.Indicator == i.ID {
					places = max(places, target.Value.Decimals(), target.Upper.Decimals())
				}
			}
		}
		step := figure.Decimal(1)
		for range figure.Places - min(places, figure.Places) {
			step *= 10
		}
		found[i.ID] = step
	}
	return found
}

// Round returns an amount of an indicator as it is published, half away from zero.
func (p *Programme) Round(i *Indicator, amount figure.Decimal) figure.Decimal {
	return amount.Round(p.Step(i))
}
