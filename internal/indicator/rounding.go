package indicator

import (
	"math/big"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// Published is the value as it leaves the house, rounded by the step of its indicator
// (programme.Step). It is the one place where values are rounded for readers: pages,
// charts, tables, workbooks and the API write what it returns.
//
// Half goes away from zero, but never onto a target that is missed: 4.5068 against 4.507
// is 4.506 and not 4.507, so that no reader sees a target met that is judged as missed.
func (v Value) Published(p *programme.Programme) figure.Decimal {
	return v.published(p, p.Indicator(v.Indicator))
}

func (v Value) published(p *programme.Programme, i *programme.Indicator) figure.Decimal {
	step := p.Step(i)
	rounded := v.nearest(step)
	for _, year := range []figure.Year{v.Year, p.LastYear} {
		target, has := p.TargetOf(i.ID, year)
		if !has || i.Direction == programme.Neutral || meets(i.Direction, v, target) {
			continue
		}
		above := v.compare(target.Value) > 0 && i.Direction != programme.Higher
		switch {
		case above && (rounded <= target.Value || i.Direction == programme.Band && rounded <= target.Upper):
			rounded = v.multiple(step, true)
		case !above && rounded >= target.Value:
			rounded = v.multiple(step, false)
		}
	}
	return rounded
}

// nearest rounds the exact value, which is rounded once: 0.92449 is 0.924 in tenths of a
// per cent, though it is 0.9245 in hundredths.
func (v Value) nearest(step figure.Decimal) figure.Decimal {
	n, d := v.exact()
	d.Mul(d, big.NewInt(int64(step)))
	negative := n.Sign() < 0
	n.Abs(n)
	n.Lsh(n, 1).Add(n, d).Div(n, d.Lsh(d, 1))
	if negative {
		n.Neg(n)
	}
	return figure.Decimal(n.Int64()) * step
}

// multiple returns the multiple of a step next to the exact value, above or below it.
func (v Value) multiple(step figure.Decimal, above bool) figure.Decimal {
	n, d := v.exact()
	d.Mul(d, big.NewInt(int64(step)))
	if above {
		n.Neg(n)
	}
	// Div rounds towards minus infinity, since d is positive.
	n.Div(n, d)
	if above {
		n.Neg(n)
	}
	return figure.Decimal(n.Int64()) * step
}

// tenth is the step of shares: a tenth of a per cent.
var tenth = figure.Whole(1) / 1000
