package figure

import (
	"fmt"
	"strconv"
	"time"
)

// Year is a calendar year, the reporting year (Berichtsjahr) of the programme.
type Year uint16

// Part is the part of a year that a period covers.
type Part uint8

// The parts of a year. Their numbers are stored; never renumber them. Within
// one periodicity a later part has a greater number.
const (
	WholeYear Part = iota
	FirstHalf
	SecondHalf
	FirstQuarter
	SecondQuarter
	ThirdQuarter
	FourthQuarter
)

var partNames = [...]string{"", "H1", "H2", "Q1", "Q2", "Q3", "Q4"}

// Periodicity says how often a form is owed (Periodizität).
type Periodicity string

// The periodicities of forms.
const (
	Yearly     Periodicity = "yearly"
	HalfYearly Periodicity = "half_yearly"
	Quarterly  Periodicity = "quarterly"
)

// Parts returns the parts of a year in their order, or nil for a periodicity
// that does not exist.
func (p Periodicity) Parts() []Part {
	switch p {
	case Yearly:
		return []Part{WholeYear}
	case HalfYearly:
		return []Part{FirstHalf, SecondHalf}
	case Quarterly:
		return []Part{FirstQuarter, SecondQuarter, ThirdQuarter, FourthQuarter}
	}
	return nil
}

// Period is a year or a part of one, for which figures are delivered
// (Berichtsperiode).
type Period struct {
	Year Year
	Part Part
}

// ParsePeriod reads "2025", "2025-H1" or "2025-Q3", the form that String
// writes, for years from 2000 to 2099.
func ParsePeriod(s string) (Period, error) {
	fault := fmt.Errorf("period %q: want a year such as 2025, a half year such as 2025-H1 or a quarter such as 2025-Q3", s)
	if len(s) != 4 && len(s) != 7 {
		return Period{}, fault
	}
	year, err := strconv.ParseUint(s[:4], 10, 16)
	if err != nil || year < 2000 || year > 2099 {
		return Period{}, fault
	}
	if len(s) == 4 {
		return Period{Year: Year(year)}, nil
	}
	for part, name := range partNames {
		if name != "" && s[4:] == "-"+name {
			return Period{Year(year), Part(part)}, nil
		}
	}
	return Period{}, fault
}

// String writes the period as it stands in URLs, files and exports: "2025",
// "2025-H1", "2025-Q3".
func (p Period) String() string {
	if p.Part == WholeYear {
		return strconv.Itoa(int(p.Year))
	}
	return fmt.Sprintf("%d-%s", p.Year, p.Part)
}

// String returns "", "H1", "H2", "Q1" … "Q4".
func (p Part) String() string {
	if int(p) >= len(partNames) {
		return fmt.Sprintf("part %d", uint8(p))
	}
	return partNames[p]
}

// Periodicity returns how often periods of this kind come in a year.
func (p Period) Periodicity() Periodicity {
	switch p.Part {
	case WholeYear:
		return Yearly
	case FirstHalf, SecondHalf:
		return HalfYearly
	}
	return Quarterly
}

// Start returns the first day of the period, at midnight UTC.
func (p Period) Start() time.Time {
	month := time.January
	switch p.Part {
	case SecondHalf, ThirdQuarter:
		month = time.July
	case SecondQuarter:
		month = time.April
	case FourthQuarter:
		month = time.October
	}
	return time.Date(int(p.Year), month, 1, 0, 0, 0, 0, time.UTC)
}

// End returns the last day of the period (Stichtag of a snapshot figure), at
// midnight UTC.
func (p Period) End() time.Time {
	months := map[Periodicity]int{Yearly: 12, HalfYearly: 6, Quarterly: 3}[p.Periodicity()]
	return p.Start().AddDate(0, months, -1)
}

// Before returns the same part of the year before.
func (p Period) Before() Period { return Period{p.Year - 1, p.Part} }

// Within reports whether p lies in the span from one period to another, both
// included; a period without a year is an open end.
func (p Period) Within(from, to Period) bool {
	return (from.Year == 0 || !p.Start().Before(from.Start())) && (to.Year == 0 || !p.End().After(to.End()))
}

// UnmarshalYAML reads the form that String writes. What is none is refused by the
// YAML library itself, as with Decimal.
func (p *Period) UnmarshalYAML(read func(any) error) error {
	var text string
	if err := read(&text); err != nil {
		return err
	}
	parsed, err := ParsePeriod(text)
	if err != nil {
		return read(&[]struct{}{})
	}
	*p = parsed
	return nil
}
