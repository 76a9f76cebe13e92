package indicator

import (
	"testing"
	"testing/quick"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

func TestAValueIsPublishedByOneRule(t *testing.T) {
	p := load(t, nil)
	i := p.Indicator("ratio")
	target, has := p.TargetOf(i.ID, 2025)
	if !has || i.Direction != programme.Higher {
		t.Fatal("the fixture has no target of 2025 where more is better")
	}
	for _, c := range []struct {
		name                   string
		numerator, denominator int64
		want                   string
	}{
		{"half goes away from zero", 12345, 100_000, "0.123"},
		{"half up", 12350, 100_000, "0.124"},
		{"rounded once, not by way of 0.1245", 124_496, 1_000_000, "0.124"},
		{"the target itself", int64(target.Value), 10_000, target.Value.String()},
		{"a hair below the target", int64(target.Value)*100 - 1, 1_000_000, (target.Value - 10).String()},
		{"a hair above the target", int64(target.Value)*100 + 1, 1_000_000, target.Value.String()},
	} {
		v := ratioOf(i, c.numerator, c.denominator)
		if got := v.Published(p).String(); got != c.want {
			t.Errorf("%s: %d/%d is published as %s, want %s", c.name, c.numerator, c.denominator, got, c.want)
		}
	}
}

// ratioOf is a value of 2025 of a numerator over a denominator.
func ratioOf(i *programme.Indicator, numerator, denominator int64) Value {
	v := Value{Indicator: i.ID, Year: 2025, Unit: i.Unit, Known: true, Ratio: true, Complete: true,
		Numerator: figure.Whole(numerator), Denominator: figure.Whole(denominator)}
	v.Value = figure.Decimal(numerator * 10_000 / denominator)
	return v
}

// Whatever was counted, nobody sees a target met that is judged as missed, nor one
// missed that is met.
func TestWhatIsPublishedIsOnTheSideOfTheTargetWhereItIsJudged(t *testing.T) {
	p := load(t, nil)
	for n := range p.Indicators {
		i := &p.Indicators[n]
		target, has := p.TargetOf(i.ID, 2025)
		if !has || i.Direction == programme.Neutral || len(i.Denominator) == 0 {
			continue
		}
		holds := func(near int16, denominator uint16) bool {
			d := int64(denominator) + 10
			// Near the target, where rounding matters.
			v := ratioOf(i, (int64(target.Value)*d/10_000)+int64(near%5), d)
			shown := Value{Value: v.Published(p)}
			return meets(i.Direction, v, target) == meets(i.Direction, shown, target)
		}
		if err := quick.Check(holds, &quick.Config{MaxCount: 5000}); err != nil {
			t.Errorf("%s: %v", i.ID, err)
		}
	}
}
