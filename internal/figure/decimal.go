package figure

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Decimal is an exact number counted in ten-thousandths: 12.5 is 125000. Four
// places hold Rappen, quarter hours and scores; the range of ±922 billion holds
// every figure of the programme. It is stored as Decimal(18, 4).
type Decimal int64

// Places is the number of decimal places that a Decimal keeps.
const Places = 4

const one = 10_000

// ErrRange says that a number is too large for a Decimal.
var ErrRange = errors.New("number out of range")

// Whole returns n as a Decimal. It panics for |n| beyond 9.2e14, which only a
// literal in our own code could be.
func Whole(n int64) Decimal {
	if n > math.MaxInt64/one || n < math.MinInt64/one {
		panic(fmt.Sprintf("figure: whole number %d out of range", n))
	}
	return Decimal(n * one)
}

// ParseDecimal reads the plain form that String writes: an optional sign,
// digits, and at most four decimals after a point. The many ways in which
// people write numbers are the business of package intake.
func ParseDecimal(s string) (Decimal, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || point == (fraction == "") || len(fraction) > Places {
		return 0, fmt.Errorf("decimal %q: want digits with at most %d decimals", s, Places)
	}
	n, err := strconv.ParseUint(whole+fraction+"0000"[len(fraction):], 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("decimal %q: want digits with at most %d decimals", s, Places)
	}
	largest := uint64(math.MaxInt64)
	if negative {
		largest++
	}
	if err != nil || n > largest {
		return 0, fmt.Errorf("decimal %q: %w", s, ErrRange)
	}
	if negative {
		return -Decimal(n), nil
	}
	return Decimal(n), nil
}

// String writes d with a point and without trailing zeros: "12.5", "-3", "0".
func (d Decimal) String() string {
	sign, n := "", uint64(d)
	if d < 0 {
		sign, n = "-", uint64(-d)
	}
	text := sign + strconv.FormatUint(n/one, 10)
	if rest := n % one; rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%04d", rest), "0")
	}
	return text
}

// Add returns d + e, or ErrRange where the sum does not fit.
func (d Decimal) Add(e Decimal) (Decimal, error) {
	sum := d + e
	if (sum > d) != (e > 0) {
		return 0, fmt.Errorf("%s + %s: %w", d, e, ErrRange)
	}
	return sum, nil
}

// Times returns d × e to the nearest ten-thousandth, halves away from zero, or
// ErrRange where the product does not fit.
func (d Decimal) Times(e Decimal) (Decimal, error) {
	high, low := bits.Mul64(uint64(d.Abs()), uint64(e.Abs()))
	low, carry := bits.Add64(low, one/2, 0)
	if high += carry; high >= one {
		return 0, fmt.Errorf("%s × %s: %w", d, e, ErrRange)
	}
	product, _ := bits.Div64(high, low, one)
	if product > math.MaxInt64 {
		return 0, fmt.Errorf("%s × %s: %w", d, e, ErrRange)
	}
	if (d < 0) != (e < 0) {
		return -Decimal(product), nil
	}
	return Decimal(product), nil
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal { return max(d, -d) }

// IsWhole reports whether d has no decimals, as every count must.
func (d Decimal) IsWhole() bool { return d%one == 0 }

// Float returns d as the nearest float64, for charts and ratios only; nothing
// that is stored or summed goes through it.
func (d Decimal) Float() float64 { return float64(d) / one }

// FromFloat returns the Decimal nearest to f, for results of a division that
// are shown or exported. It returns ErrRange for NaN, infinities and numbers
// that do not fit.
func FromFloat(f float64) (Decimal, error) {
	scaled := math.Round(f * one)
	if math.IsNaN(scaled) || math.Abs(scaled) >= math.MaxInt64 {
		return 0, ErrRange
	}
	return Decimal(scaled), nil
}

// UnmarshalYAML reads the form that String writes. What is none is refused by
// the YAML library itself, which knows the line: it cannot read a single value
// as a struct.
func (d *Decimal) UnmarshalYAML(read func(any) error) error {
	var text string
	if err := read(&text); err != nil {
		return err
	}
	parsed, err := ParseDecimal(text)
	if err != nil {
		return read(&struct{}{})
	}
	*d = parsed
	return nil
}

// UnmarshalText reads the form that String writes, from JSON.
func (d *Decimal) UnmarshalText(text []byte) error {
	parsed, err := ParseDecimal(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// MarshalText writes d as String does: exact, where a JSON number would not be.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Decimals is how many decimals d has: 4.50 has one.
func (d Decimal) Decimals() int {
	places := Places
	for ; places > 0 && d%10 == 0; places-- {
		d /= 10
	}
	return places
}

// Round returns the multiple of a step that is nearest to d, half away from zero.
func (d Decimal) Round(step Decimal) Decimal {
	rest := d % step
	switch {
	case rest >= step-rest:
		return d - rest + step
	case -rest >= step+rest && rest < 0:
		return d - rest - step
	}
	return d - rest
}
