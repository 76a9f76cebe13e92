package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// The ways in which people write a period, after simplify.
var (
	yearOnly  = regexp.MustCompile(`^(20\d\d)(?:[.,]0+)?$`)
	dayOf     = regexp.MustCompile(`^(\d{1,2})[./](\d{1,2})[./](20\d\d)(?: 0?0[:.]00(?:[:.]00)?)?$`)
	isoDay    = regexp.MustCompile(`^(20\d\d)[-/](\d{1,2})[-/](\d{1,2})(?:[t ].*)?$`)
	span      = regexp.MustCompile(`^(\d{1,2})[./](\d{1,2})[./]?(20\d\d)? ?- ?(\d{1,2})[./](\d{1,2})[./](20\d\d)$`)
	partFirst = regexp.MustCompile(`^(?:(q|h|s|t|hj)\s*([1-4])|([1-4])\.?\s*(?:er|e|re|eme|ere|°|º|o|st|nd|rd|th)?[\s-]*(quartal|trimestre|quarter|halbjahr|halbjahres|semester|semestre|half|sem\.?|quart\.?|trim\.?|q|hj))(?: (?:of|de|del))?[\s/.,-]*(20\d\d|\d\d)?$`)
	yearFirst = regexp.MustCompile(`^(20\d\d)[\s/.,-]*(?:(q|h|s|t|hj)\s*([1-4])|([1-4])\.?\s*(?:er|e|re|eme|°)?[\s-]*(quartal|trimestre|quarter|halbjahr|semester|semestre|half|q|hj))$`)
	// periodWords say that a period follows.
	periodWords = regexp.MustCompile(`^(?:berichtsjahr|berichtsperiode|jahr|periode|kalenderjahr|annee|anno|year|period|periodo|stand|stichtag|per|am|vom|ende|dal|du|from)[: ]+`)
	ordinals    = strings.NewReplacer("erstes ", "1. ", "zweites ", "2. ", "drittes ", "3. ", "viertes ", "4. ",
		"first ", "1. ", "second ", "2. ", "third ", "3. ", "fourth ", "4. ",
		"premier ", "1. ", "deuxieme ", "2. ", "troisieme ", "3. ", "quatrieme ", "4. ",
		"primo ", "1. ", "secondo ", "2. ", "terzo ", "3. ", "quarto ", "4. ",
		" bis ", " - ", " au ", " - ", " al ", " - ", " to ", " - ")
	romans = regexp.MustCompile(`^(iv|iii|ii|i)(\.? |/)`)
)

// simplify folds a text and takes the marks off its letters: «année» is «annee».
func simplify(text string) string {
	folded := programme.Fold(text)
	if ascii(folded) {
		return folded
	}
	return strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return r
	}, norm.NFD.String(folded))
}

// parsePeriod reads a year or a part of one. A day stands for the period of the
// form that it ends or lies in; two days for the period from the one to the
// other. year is what another column of the row says, for files that have «Jahr»
// and «Quartal» apart; 0 for none.
func parsePeriod(text string, periodicity figure.Periodicity, year figure.Year) (figure.Period, bool) {
	if len(text) > 60 {
		return figure.Period{}, false
	}
	if period, err := figure.ParsePeriod(strings.ToUpper(strings.TrimSpace(text))); err == nil {
		return period, true
	}
	simple := ordinals.Replace(simplify(text))
	if word := periodWords.FindString(simple); word != "" {
		simple = strings.TrimSpace(simple[len(word):])
	}
	if roman := romans.FindStringSubmatch(simple); roman != nil {
		simple = strconv.Itoa(map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4}[roman[1]]) + ". " + simple[len(roman[0]):]
	}
	if m := yearOnly.FindStringSubmatch(simple); m != nil {
		return figure.Period{Year: toYear(m[1])}, true
	}
	if dayOrMonth(simple, periodicity) {
		return figure.Period{}, false
	}
	if m := dayOf.FindStringSubmatch(simple); m != nil {
		return dayIn(toYear(m[3]), m[2], m[1], periodicity)
	}
	if m := isoDay.FindStringSubmatch(simple); m != nil {
		return dayIn(toYear(m[1]), m[2], m[3], periodicity)
	}
	if m := span.FindStringSubmatch(simple); m != nil {
		return between(m)
	}
	if m := yearFirst.FindStringSubmatch(simple); m != nil {
		return partOf(toYear(m[1]), m[2]+m[5], m[3]+m[4])
	}
	if m := partFirst.FindStringSubmatch(simple); m != nil {
		if m[5] != "" {
			year = toYear(m[5])
		}
		return partOf(year, m[1]+m[4], m[2]+m[3])
	}
	// «Quartal» beside «Jahr»: a bare number.
	if n, err := strconv.Atoi(strings.TrimSuffix(simple, ".")); err == nil && year != 0 && n >= 1 && n <= len(periodicity.Parts()) {
		return figure.Period{Year: year, Part: periodicity.Parts()[n-1]}, true
	}
	return figure.Period{}, false
}

// moment is a day with a time, as a workbook has it.
var moment = regexp.MustCompile(`^(20\d\d-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?`)

// midnight warns of a moment before midnight that other programs than the sender's mean
// as the next day, where that lies in another period: libraries that count the seconds
// since 1900 in a zone of that time come out some seconds or minutes early, those that
// write midnight in UTC one or two hours. The last second or minute of a day is written
// as the end of a period and says what it means. Its code is empty where nothing is odd.
func (c *checker) midnight(text string, read figure.Period, column int) fault {
	m := moment.FindStringSubmatch(text)
	if m == nil {
		return fault{}
	}
	clock := m[2] + m[3] + m[4]
	early := clock >= "235" && clock != "2359" && clock != "235900" && clock != "235959"
	if zone := strings.TrimSuffix(clock, "00"); !early && zone != "22" && zone != "2200" && zone != "23" && zone != "2300" {
		return fault{}
	}
	day, err := time.Parse(time.DateOnly, m[1])
	if err != nil {
		return fault{}
	}
	day = day.AddDate(0, 0, 1)
	next, ok := parsePeriod(day.Format(time.DateOnly), c.plan.form.Periodicity, 0)
	if !ok || next == read {
		return fault{}
	}
	return fault{severity: Warning, code: "period_midnight", column: column, cause: text, text: text, args: locale.Args{"text": clip(text), "period": read, "next": next}}
}

// toYear reads a year; two digits are of this century.
func toYear(text string) figure.Year {
	n, _ := strconv.Atoi(text)
	if n < 100 {
		n += 2000
	}
	return figure.Year(n)
}

func dayIn(year figure.Year, month, day string, periodicity figure.Periodicity) (figure.Period, bool) {
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	parts := periodicity.Parts()
	if m < 1 || m > 12 || d < 1 || d > 31 || len(parts) == 0 {
		return figure.Period{}, false
	}
	return figure.Period{Year: year, Part: parts[(m-1)*len(parts)/12]}, true
}

// dayOrMonth reports whether a date with slashes lies in one period where the day stands
// first, as here, and in another where the month does, as in America: 07/01/2025.
func dayOrMonth(simple string, periodicity figure.Periodicity) bool {
	if !strings.Contains(simple, "/") {
		return false
	}
	m := dayOf.FindStringSubmatch(simple)
	if m == nil {
		return false
	}
	here, ok := dayIn(toYear(m[3]), m[2], m[1], periodicity)
	there, other := dayIn(toYear(m[3]), m[1], m[2], periodicity)
	return ok && other && here != there
}

// between names the period that goes from one day to another: 1.7.–30.9.2025.
func between(m []string) (figure.Period, bool) {
	year := toYear(m[6])
	if m[3] != "" && toYear(m[3]) != year {
		return figure.Period{}, false
	}
	day := func(day, month string) int {
		d, _ := strconv.Atoi(day)
		n, _ := strconv.Atoi(month)
		return 100*n + d
	}
	for part := figure.WholeYear; part <= figure.FourthQuarter; part++ {
		period := figure.Period{Year: year, Part: part}
		start, end := period.Start(), period.End()
		if day(m[1], m[2]) == 100*int(start.Month())+start.Day() && day(m[4], m[5]) == 100*int(end.Month())+end.Day() {
			return period, true
		}
	}
	return figure.Period{}, false
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
