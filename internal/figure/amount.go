package figure

import "fmt"

// Unit is what an amount counts: persons, participations, hours, CHF … The
// units and their names are data of the programme (seed/units.yaml).
type Unit string

// Percent is the one unit that the program itself gives: that of a share, whose
// value 1 is shown as 100 %.
const Percent Unit = "percent"

// Mark says what stands in a cell.
type Mark uint8

// The marks. Their numbers are stored; never renumber them.
const (
	// Given: the amount stands there, be it zero.
	Given Mark = iota
	// Missing: the sender left the cell empty or wrote «–», «n/a», «X». Not a zero.
	Missing
	// NotApplicable: the sender says that the figure cannot exist here.
	NotApplicable
)

// Amount is a number with what it counts. An amount that is not Given has the
// value 0, and nobody may read it.
type Amount struct {
	Value Decimal
	Unit  Unit
	Mark  Mark
}

// Add returns a + b. It refuses two different units. Missing plus given is
// given: what is known of a sum; how much is missing is told by completeness.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Unit != b.Unit {
		return Amount{}, fmt.Errorf("cannot add %s to %s", b.Unit, a.Unit)
	}
	if b.Mark != Given {
		return a, nil
	}
	if a.Mark != Given {
		return b, nil
	}
	sum, err := a.Value.Add(b.Value)
	return Amount{Value: sum, Unit: a.Unit}, err
}
