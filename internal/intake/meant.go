package intake

import (
	"regexp"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// What stands in a cell of figures and is no number, named for what it is. A number is
// suggested where there is but one that can be meant.

var (
	scientific = regexp.MustCompile(`^[+-]?\d+(?:[.,]\d*)?e[+-]?\d+$`)
	clock      = regexp.MustCompile(`^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$`)
	noted      = regexp.MustCompile(`^([\d'’.,\s]*\d)\s*(?:\(?\d{1,2}\)|\*{1,3}\)?|[¹²³⁰⁴-⁹]+\)?|\(?[prse]\)?|[abc]\)?)$`)
	yesOrNo    = marks("ja", "nein", "j", "oui", "non", "si", "no", "yes", "y", "true", "false", "wahr", "falsch", "vrai", "faux", "vero", "falso", "✓", "✔", "☑", "☒", "√", "erreicht", "erfuellt")
)

// besideNumbers are the words that may stand beside a number and do not change it.
var besideNumbers = marks("ca", "circa", "zirka", "etwa", "rund", "gegen", "env", "environ", "approx", "about", "c", "total", "summe", "anzahl", "n",
	"pers", "person", "personen", "personnes", "persone", "persons", "leute", "kinder", "enfants", "bambini", "frauen", "maenner", "tn", "teilnehmende", "teilnehmer", "teilnahmen", "participants",
	"std", "stunden", "h", "heures", "ore", "hours", "gespraeche", "entretiens", "faelle", "cas", "casi", "stk", "stueck", "kurse", "einsaetze", "lektionen", "plaetze",
	"chf", "fr", "sfr", "franken", "francs", "franchi")

// noNumber says why a cell is no number, by the code of a finding, and which number was
// meant; "" where that is not certain.
func noNumber(text string, unit *programme.Unit) (code, suggestion string) {
	simple := simplify(text)
	switch {
	case strings.ContainsFunc(text, turns):
		return "number_invisible", ""
	case scientific.MatchString(simple):
		return "number_scientific", ""
	case clock.MatchString(simple):
		return "number_time", hoursOf(clock.FindStringSubmatch(simple), unit)
	case yesOrNo[simple]:
		return "number_tick", ""
	}
	if m := noted.FindStringSubmatch(strings.ToLower(text)); m != nil {
		number := strings.TrimSpace(m[1])
		if isNumber(number, unit) {
			return "number_footnote", number
		}
	}
	return "number", meantNumber(text, unit)
}

func isNumber(text string, unit *programme.Unit) bool {
	a := parseAmount([]byte(text), unit)
	return a.fault == "" && a.mark == figure.Given && !a.thousands
}

// hoursOf writes hours and minutes as a decimal number, where it is exact and the unit
// one that has decimals.
func hoursOf(m []string, unit *programme.Unit) string {
	hours, _ := strconv.Atoi(m[1])
	minutes, _ := strconv.Atoi(m[2])
	if unit.Whole || unit.Money || isShare(unit) || minutes%3 != 0 || m[3] != "" && m[3] != "00" {
		return ""
	}
	return (figure.Whole(int64(hours)) + figure.Decimal(minutes*10_000/60)).String()
}

// meantNumber is the number that stands in a cell among words that do not change it
// («ca. 15») or with a letter for a digit («1O5»), or "".
func meantNumber(text string, unit *programme.Unit) string {
	number := ""
	for _, word := range strings.FieldsFunc(simplify(text), func(r rune) bool { return strings.ContainsRune(" :~\u00a0\u202f", r) }) {
		switch key := strings.Trim(word, ".,()"); {
		case isNumber(word, unit):
			if number != "" {
				return "" // two of them
			}
			number = word
		case key != "" && !besideNumbers[key]:
			number = ""
			return misspelt(text)
		}
	}
	if number == text {
		return ""
	}
	return number
}

// lookalikes are the digits that letters look like.
var lookalikes = strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1")

// misspelt is a number with a letter that looks like a digit before another: «1O5»,
// «l2».
func misspelt(text string) string {
	number := lookalikes.Replace(text)
	if _, ok := digits([]byte(number)); ok && number != text && strings.ContainsAny(text, "0123456789") && !strings.HasSuffix(text, "l") && !strings.HasSuffix(text, "I") {
		return number
	}
	return ""
}
