package intake

import (
	"bytes"
	"math"
	"strings"
	"unicode"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// missingMarks and notApplicableMarks are what people write where there is no
// figure. None of them is a zero.
var missingMarks = marks("", "-", "--", "---", "–", "—", "−", "n/a", "na", "n.a.", "k.a.", "k. a.", "k.a", "ka", "x", "xx", "xxx", "...", "…", "..", "?", "/",
	"fehlt", "unbekannt", "nicht bekannt", "keine angabe", "keine angaben", "manquant", "inconnu", "pas d'indication", "mancante", "sconosciuto",
	"missing", "unknown", "#n/a", "#nv", "null", "s.o.", "n.d.", "nd", "s.a.")

var notApplicableMarks = marks(".", "*", "entfällt", "entfaellt", "nicht anwendbar", "nicht zutreffend", "n.z.", "trifft nicht zu",
	"sans objet", "non applicable", "non applicabile", "not applicable")

func marks(texts ...string) map[string]bool {
	set := map[string]bool{}
	for _, text := range texts {
		set[text] = true
	}
	return set
}

// amount is what a cell says: a number or a mark, or why it is neither.
type amount struct {
	value figure.Decimal
	mark  figure.Mark
	// thousands: the number was read by the rule for a single point or comma before
	// three digits, which the sender should know.
	thousands bool
	// dash: a zero that was written as a dash between blanks, as spreadsheets show it in
	// formats of accounts and save it.
	dash    bool
	rounded bool   // more decimals stand there than an amount of money has
	empty   bool   // nothing stands in the cell
	fault   string // code of the finding; "" where the cell is fine
}

// parseAmount reads a cell that should hold a figure in a unit.
//
// Apostrophes and spaces part thousands. Of points and commas the last one parts
// the decimals if it stands there once; what stands there several times parts
// thousands. A single point or comma before three digits (1.234) can mean either:
// it is read as thousands where the unit has not so many decimals, with a warning,
// and refused where both would be possible (1.000 persons, 1.500 hours).
func parseAmount(cell []byte, unit *programme.Unit) amount {
	if n, ok := digits(cell); ok {
		return amount{value: figure.Decimal(n * 10_000)}
	}
	if len(cell) == 0 {
		return amount{mark: figure.Missing, empty: true}
	}
	whole := cell
	if cell = visibleCell(bytes.TrimSpace(cell)); len(cell) == 0 {
		return amount{mark: figure.Missing, empty: true}
	}
	if n, ok := digits(cell); ok {
		return amount{value: figure.Decimal(n * 10_000)}
	}
	if len(cell) > 60 {
		return amount{fault: "number"}
	}
	text := strings.ToLower(strings.Trim(string(cell), " \u00a0\u202f\t\r\n"))
	switch {
	case text == "":
		return amount{mark: figure.Missing, empty: true}
	case padded(whole) && isDash(text, unit):
		return amount{dash: true}
	case missingMarks[text]:
		return amount{mark: figure.Missing}
	case notApplicableMarks[text]:
		return amount{mark: figure.NotApplicable}
	case text[0] == '#' || text[0] == '=':
		return amount{fault: "number_formula"}
	case inexact(text):
		return amount{fault: "number_inexact"}
	}
	a := parseNumber(text, unit)
	if a.fault == "number" {
		if number := withoutUnitWord(text, unit); number != "" {
			a = parseNumber(number, unit)
		}
	}
	return a
}

// padded reports whether a sign stands between blanks, two of them behind it.
func padded(cell []byte) bool {
	return cell[0] == ' ' && bytes.HasSuffix(cell, []byte("  "))
}

// isDash reports whether a text is a dash, beside the currency of an amount.
func isDash(text string, unit *programme.Unit) bool {
	if unit.Money {
		text = withoutCurrency(text)
	}
	return text == "-" || text == "–"
}

// visibleCell is a cell without signs that nobody sees.
func visibleCell(cell []byte) []byte {
	if len(cell) == 0 || cell[0] != '=' && ascii(string(cell)) {
		return cell
	}
	return []byte(plain(cell))
}

// inexact reports whether a text bounds a number rather than saying it: «<5», «unter
// 5», «1–4».
func inexact(text string) bool {
	for _, bound := range []string{"<", ">", "≤", "≥", "unter", "weniger als", "höchstens", "über", "mehr als", "mindestens", "moins de", "plus de", "meno di", "più di", "less than", "fewer than", "more than"} {
		if rest, found := strings.CutPrefix(text, bound); found {
			_, number := digits([]byte(strings.Trim(rest, "= \u00a0\u202f")))
			return number
		}
	}
	from, to, found := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-")
	_, low := digits([]byte(strings.TrimSpace(from)))
	_, high := digits([]byte(strings.TrimSpace(to)))
	return found && low && high
}

// digits is the fast way for what most cells hold: up to twelve digits. Nine and
// more that begin with a zero are no number but a telephone or customer number.
func digits(cell []byte) (int64, bool) {
	if len(cell) == 0 || len(cell) > 12 || (cell[0] == '0' && len(cell) > 8) {
		return 0, false
	}
	var n int64
	for _, c := range cell {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func parseNumber(text string, unit *programme.Unit) amount {
	text, negative := sign(text)
	percent := false
	if rest, found := strings.CutSuffix(text, "%"); found {
		if unit.Code != figure.Percent {
			return amount{fault: "number_percent"}
		}
		text, percent = strings.TrimRight(rest, " \u00a0\u202f"), true
	}
	if unit.Money {
		text = withoutCurrency(text)
		if !negative {
			text, negative = sign(text) // «CHF -5»
		}
	}
	whole, fraction, thousands, fault := cut(text, unit)
	if fault != "" {
		return amount{fault: fault}
	}
	// Three digits may be thousands with another sign before them; more are computed.
	computed, up := unit.Money && !percent && len(fraction) > 3, false
	fraction = strings.TrimRight(fraction, "0")
	rounded := computed && len(fraction) > unit.Decimals
	if rounded {
		up, fraction = fraction[unit.Decimals] >= '5', fraction[:unit.Decimals]
	}
	switch {
	case unit.Whole && fraction != "":
		return amount{fault: "number_decimals"}
	case !percent && len(fraction) > max(unit.Decimals, shareDecimals(unit)):
		return amount{fault: "number_places"}
	case percent && len(fraction) > 2:
		return amount{fault: "number_places"}
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 14 {
		return amount{fault: "number_range"}
	}
	plain := "0" + whole
	if fraction != "" {
		plain += "." + fraction
	}
	value, err := figure.ParseDecimal(plain)
	if err != nil {
		return amount{fault: "number_range"}
	}
	if up {
		value += figure.Decimal(math.Pow10(figure.Places - unit.Decimals))
	}
	if percent {
		value /= 100
	}
	if negative {
		value = -value
	}
	return amount{value: value, thousands: thousands, rounded: rounded}
}

// hourWords are short for hours, where a unit is called so.
var hourWords = marks("h", "std", "hrs")

// withoutUnitWord takes the name of the unit off a number before it or behind: «12
// Personen», «15,5 h»; its beginning is enough from three letters on («12 Pers.»). It
// returns "" where nothing else is left or stands there.
func withoutUnitWord(text string, unit *programme.Unit) string {
	number := strings.TrimSpace(strings.TrimFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && !strings.ContainsRune("-−–+()'", r) }))
	word := squeeze(strings.TrimSpace(strings.Replace(text, number, "", 1)))
	if number == "" || word == "" || strings.ContainsAny(word, "0123456789%<>+") {
		return ""
	}
	for _, name := range unit.Name.All() {
		key := squeeze(name)
		if key != "" && (word == key || len(word) >= 3 && strings.HasPrefix(key, word) || hourWords[word] && (key == "stunden" || key == "heures")) {
			return number
		}
	}
	return ""
}

// roundedTo is a number with too many decimals, rounded to those of its unit; "" where it
// may be another number.
func roundedTo(cell []byte, unit *programme.Unit) string {
	money := *unit
	money.Money = true // of which computed amounts are rounded
	if a := parseAmount(cell, &money); a.rounded && a.fault == "" && unit.Code != figure.Percent {
		return a.value.String()
	}
	return ""
}

// shareDecimals are the decimals of a share, which is written as a fraction.
func shareDecimals(unit *programme.Unit) int {
	if unit.Code == figure.Percent {
		return figure.Places
	}
	return 0
}

// sign takes the sign off: in front, in brackets as bookkeepers write it, or
// behind as SAP does.
func sign(text string) (string, bool) {
	negative := false
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		text, negative = text[1:len(text)-1], true
	}
	text = strings.TrimPrefix(text, "+")
	for _, mark := range []string{"-", "−", "–"} {
		if rest, found := strings.CutPrefix(text, mark); found {
			return strings.TrimLeft(rest, " \u00a0\u202f"), !negative
		}
		if rest, found := strings.CutSuffix(text, mark); found && rest != "" && isDigit(rest[len(rest)-1]) {
			return rest, !negative
		}
	}
	return text, negative
}

func withoutCurrency(text string) string {
	for _, currency := range []string{"chf", "sfr.", "sfr", "fr.", "fr", "franken", "francs", "franchi"} {
		text = strings.Trim(strings.TrimSuffix(strings.TrimPrefix(text, currency), currency), " \u00a0\u202f")
	}
	for _, ending := range []string{".--", ".–", ".-", ".—", ",--", ",–", ",-", ",—"} {
		text = strings.TrimSuffix(text, ending)
	}
	return text
}

// cut parts a number into its whole and its decimals.
func cut(text string, unit *programme.Unit) (whole, fraction string, thousands bool, fault string) {
	var runs [8]string
	var kinds [8]byte // of the separator behind a run
	n, start := 0, 0
	for i, r := range text {
		if r >= '0' && r <= '9' {
			continue
		}
		kind := separatorKind(r)
		if kind == 0 || n == len(runs)-1 {
			return "", "", false, "number"
		}
		runs[n], kinds[n] = text[start:i], kind
		start = i + len(string(r))
		n++
	}
	runs[n] = text[start:]
	if n == 0 {
		if text == "" || (text[0] == '0' && len(text) > 8) || len(text) == 13 && validSocialInsurance(text) {
			return "", "", false, "number"
		}
		return text, "", false, ""
	}
	last := kinds[n-1]
	groups, decimals := runs[:n+1], ""
	switch {
	case last == '\'': // thousands only
	case n == 1:
		if len(runs[0]) > 3 || len(runs[1]) != 3 || strings.HasPrefix(runs[0], "0") || runs[0] == "" {
			return plainDecimals(runs[0], runs[1])
		}
		// The one case that can mean two things.
		switch places := max(unit.Decimals, shareDecimals(unit)); {
		case places >= 3:
			return runs[0], runs[1], false, ""
		case len(strings.TrimRight(runs[1], "0")) <= places:
			return "", "", false, "number_ambiguous"
		}
		thousands = true
	case kinds[n-2] != last:
		groups, decimals = runs[:n], runs[n]
		if decimals == "" {
			return "", "", false, "number"
		}
	}
	for i, run := range groups {
		if i > 0 && len(run) != 3 || i == 0 && (run == "" || len(run) > 3) || i > 0 && i < len(groups)-1 && kinds[i] != kinds[0] {
			return "", "", false, "number"
		}
	}
	return strings.Join(groups, ""), decimals, thousands, ""
}

func plainDecimals(whole, fraction string) (string, string, bool, string) {
	if whole == "" && fraction == "" {
		return "", "", false, "number"
	}
	return whole, fraction, false, ""
}

// separatorKind sorts what may stand between digits: apostrophes and spaces, point,
// comma; 0 for anything else.
func separatorKind(r rune) byte {
	switch r {
	case '.', ',':
		return byte(r)
	case '\'', '’', '‘', '`', '´', ' ', '\u00a0', '\u202f', '\u2009':
		return '\''
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
