package figure

import (
	"errors"
	"math"
	"testing"
)

func TestAmountsOfTwoUnitsAreNeverAdded(t *testing.T) {
	if _, err := (Amount{Value: Whole(1), Unit: "persons"}).Add(Amount{Value: Whole(1), Unit: "chf"}); err == nil {
		t.Error("persons and francs were added")
	}
}

func TestMissingIsNeverZero(t *testing.T) {
	given := Amount{Value: Whole(7), Unit: "persons"}
	zero := Amount{Unit: "persons"}
	missing := Amount{Unit: "persons", Mark: Missing}
	none := Amount{Unit: "persons", Mark: NotApplicable}
	for _, c := range []struct {
		name       string
		a, b, want Amount
	}{
		{"given and given", given, given, Amount{Value: Whole(14), Unit: "persons"}},
		{"given and missing", given, missing, given},
		{"missing and given", missing, given, given},
		{"missing and zero", missing, zero, zero},
		{"missing and missing", missing, missing, missing},
		{"not applicable and missing", none, missing, none},
		{"not applicable and given", none, given, given},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := c.a.Add(c.b); err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestASumOfAmountsThatDoesNotFitIsRefused(t *testing.T) {
	large := Amount{Value: math.MaxInt64, Unit: "chf"}
	if _, err := large.Add(large); !errors.Is(err, ErrRange) {
		t.Errorf("error %v, want out of range", err)
	}
}
