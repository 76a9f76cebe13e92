package locale

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"kipmonitor/internal/figure"
)

// The four languages have two forms of a noun, and CLDR says which goes with a number:
// in French 0 and 1,5 take the singular, in the others 1 alone does.
// Source: unicode.org/cldr, Language Plural Rules, as golang.org/x/text has them.
var tags = map[Language]language.Tag{
	German: language.German, French: language.French, Italian: language.Italian, English: language.English,
}

// form returns the one of two forms, singular and plural, that goes with a number, with
// the number for # in it. Of what is no number it is the plural.
func (l Language) form(number any, forms []string) string {
	if len(forms) != 2 {
		panic(fmt.Sprintf("locale: %q are not singular and plural", forms))
	}
	whole, fraction, digits, ok := operands(number)
	chosen := forms[1]
	if ok && plural.Cardinal.MatchPlural(tags[l], whole, digits, digits, fraction, fraction) == plural.One {
		chosen = forms[0]
	}
	return strings.ReplaceAll(chosen, "#", l.write(number))
}

// operands returns a number as the rules of CLDR take it: the whole part, the digits
// behind the comma as a number (without zeros at their end), and how many they are.
func operands(number any) (whole, fraction, digits int, ok bool) {
	var n int64
	switch v := number.(type) {
	case int:
		n = int64(v)
	case uint64:
		n = int64(min(v, math.MaxInt64))
	case figure.Decimal:
		one := int64(figure.Whole(1))
		n, fraction, digits = int64(v)/one, int(int64(v)%one), figure.Places
		for fraction = max(fraction, -fraction); digits > 0 && fraction%10 == 0; digits-- {
			fraction /= 10
		}
	default:
		return 0, 0, 0, false
	}
	// The rules look at the last six digits alone.
	if n = max(n, -n); n > 10_000_000 {
		n = n%1_000_000 + 10_000_000
	}
	return int(n), fraction, digits, true
}
