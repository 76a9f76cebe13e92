package locale

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"kipmonitor/internal/figure"
)

// Swiss usage: ’ (U+2019) between thousands, decimal comma in general, decimal
// point for money and in English. Source: Schreibweisungen der Bundeskanzlei;
// schreibregeln.ch.
const thousands = "’"

const (
	narrowSpace = "\u202f" // between a number and its unit: no line breaks there
	minus       = "\u2212" // the sign as wide as a plus, no hyphen
)

// Number writes d with the given number of decimals, rounded half away from
// zero: 12345.678 with 1 is «12’345,7».
func (l Language) Number(d figure.Decimal, decimals int) string {
	comma := ","
	if l == English {
		comma = "."
	}
	return group(d, decimals, comma)
}

// Money writes francs with a decimal point, as money is written in every
// language: «CHF 12’345.50».
func (l Language) Money(d figure.Decimal, decimals int) string {
	return "CHF " + group(d, decimals, ".")
}

// Percent writes a share, where 1 is the whole: 0.925 is «92,5 %».
func (l Language) Percent(share figure.Decimal, decimals int) string {
	return l.Number(share*100, decimals) + narrowSpace + "%"
}

// Attained writes the part of a target that is reached, rounded down to a tenth of a
// per cent: «99,9 %» of a target that is not met, and never «100,0 %».
func (l Language) Attained(share figure.Decimal) string {
	tenth := figure.Whole(1) / 1000
	return l.Percent(share-share%tenth, 1)
}

// Count writes a whole number: «12’345».
func (l Language) Count(n int) string { return l.Number(figure.Whole(int64(n)), 0) }

func group(d figure.Decimal, decimals int, comma string) string {
	if decimals < 0 || decimals > figure.Places {
		decimals = figure.Places
	}
	sign, n := "", uint64(d)
	if d < 0 {
		sign, n = minus, uint64(-d)
	}
	step := uint64(1)
	for range figure.Places - decimals {
		step *= 10
	}
	n = (n + step/2) / step
	digits := strconv.FormatUint(n, 10)
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	var text strings.Builder
	if n != 0 {
		text.WriteString(sign)
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			text.WriteString(thousands)
		}
		text.WriteRune(digit)
	}
	if fraction != "" {
		text.WriteString(comma + fraction)
	}
	return text.String()
}

// Date writes a day with two digits for day and month: «31.12.2025».
func (l Language) Date(t time.Time) string { return t.Format("02.01.2006") }

// DateTime writes day and minute in Swiss time: «31.12.2025, 14.05» (with a
// colon in French, Italian and English).
func (l Language) DateTime(t time.Time) string {
	t = t.In(swissZone())
	if l == German {
		return t.Format("02.01.2006, 15.04")
	}
	return t.Format("02.01.2006, 15:04")
}

// Zone is the time of Switzerland.
func Zone() *time.Location { return swissZone() }

var swissZone = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		return time.UTC
	}
	return zone
})

// Period writes a period as people say it: «2025», «1. Halbjahr 2025».
func (l Language) Period(p figure.Period) string {
	if p.Part == figure.WholeYear {
		return strconv.Itoa(int(p.Year))
	}
	return l.Say("period."+strings.ToLower(p.Part.String()), Args{"year": fmt.Sprint(p.Year)})
}
