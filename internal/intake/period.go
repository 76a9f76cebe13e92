package intake

import (
	"regexp"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// The ways in which people write a period, folded (programme.Fold).
var (
	yearOnly  = regexp.MustCompile(`^(?:jahr |annee |année |anno |year )?(20\d\d)(?:[.,]0+)?$`)
	dayOf     = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(20\d\d)$`)
	isoDay    = regexp.MustCompile(`^(20\d\d)-(\d{2})-(\d{2})(?:[t ].*)?$`)
	partFirst = regexp.MustCompile(`^(?:(q|h|s|t)\s*([1-4])|([1-4])\.?\s*(?:er|e|re|°|º|st|nd|rd|th)?\s*(quartal|trimestre|quarter|halbjahr|semester|semestre|half(?: of)?|sem\.?|quart\.?|trim\.?))[\s/.,-]*(20\d\d)?$`)
	yearFirst = regexp.MustCompile(`^(20\d\d)[\s/.,-]*(?:(q|h|s|t)\s*([1-4])|([1-4])\.?\s*(quartal|trimestre|quarter|halbjahr|semester|semestre))$`)
	ordinals  = strings.NewReplacer("erstes ", "1. ", "zweites ", "2. ", "drittes ", "3. ", "viertes ", "4. ", "first ", "1. ", "second ", "2. ",
		"premier ", "1. ", "deuxieme ", "2. ", "primo ", "1. ", "secondo ", "2. ", " i ", " 1 ", "iv. ", "4. ", "iii. ", "3. ", "ii. ", "2. ")
)

// parsePeriod reads a year or a part of one. A day stands for the period of the
// form that it ends or lies in. year is what another column of the row says, for
// files that have «Jahr» and «Quartal» apart; 0 for none.
func parsePeriod(text string, periodicity figure.Periodicity, year figure.Year) (figure.Period, bool) {
	if period, err := figure.ParsePeriod(strings.ToUpper(strings.TrimSpace(text))); err == nil {
		return period, true
	}
	folded := ordinals.Replace(programme.Fold(text))
	if m := yearOnly.FindStringSubmatch(folded); m != nil {
		return figure.Period{Year: toYear(m[1])}, true
	}
	if m := dayOf.FindStringSubmatch(folded); m != nil {
		return dayIn(toYear(m[3]), m[2], periodicity)
	}
	if m := isoDay.FindStringSubmatch(folded); m != nil {
		return dayIn(toYear(m[1]), m[2], periodicity)
	}
	if m := yearFirst.FindStringSubmatch(folded); m != nil {
		return partOf(toYear(m[1]), m[2]+m[5], m[3]+m[4])
	}
	if m := partFirst.FindStringSubmatch(folded); m != nil {
		if m[5] != "" {
			year = toYear(m[5])
		}
		return partOf(year, m[1]+m[4], m[2]+m[3])
	}
	// «Quartal» beside «Jahr»: a bare number.
	if n, err := strconv.Atoi(folded); err == nil && year != 0 && n >= 1 && n <= len(periodicity.Parts()) {
		return figure.Period{Year: year, Part: periodicity.Parts()[n-1]}, true
	}
	return figure.Period{}, false
}

func toYear(text string) figure.Year {
	n, _ := strconv.Atoi(text)
	return figure.Year(n)
}

func dayIn(year figure.Year, month string, periodicity figure.Periodicity) (figure.Period, bool) {
	m, err := strconv.Atoi(month)
	parts := periodicity.Parts()
	if err != nil || m < 1 || m > 12 || len(parts) == 0 {
		return figure.Period{}, false
	}
	return figure.Period{Year: year, Part: parts[(m-1)*len(parts)/12]}, true
}

// partOf names a half year or quarter by a word and a number. «S» and «semestre»
// are half years; «T» and «trimestre» quarters.
func partOf(year figure.Year, word, number string) (figure.Period, bool) {
	n, _ := strconv.Atoi(number)
	parts := figure.Quarterly.Parts()
	if word[0] == 'h' || word[0] == 's' {
		parts = figure.HalfYearly.Parts()
	}
	if year == 0 || n < 1 || n > len(parts) {
		return figure.Period{}, false
	}
	return figure.Period{Year: year, Part: parts[n-1]}, true
}
