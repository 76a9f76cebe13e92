package intake

import (
	"bytes"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// missingMarks and notApplicableMarks are what people write where there is no
// figure. None of them is a zero.
var missingMarks = marks("", "-", "–", "—", "n/a", "na", "n.a.", "k.a.", "k. a.", "ka", "x", "...", "…", "..", "?",
	"fehlt", "unbekannt", "nicht bekannt", "manquant", "inconnu", "mancante", "missing", "#n/a", "#nv", "null", "s.o.", "n.d.")

var notApplicableMarks = marks(".", "*", "entfällt", "nicht anwendbar", "nicht zutreffend", "n.z.", "trifft nicht zu",
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
	fault string // code of the finding; "" where the cell is fine
}

// parseAmount reads a cell that should hold a figure in a unit.
//
// A point or comma followed by exactly three digits may mean thousands or
// decimals, and a count has no decimals: it is ambiguous, and the sender is
// asked. With both, the last one separates the decimals.
func parseAmount(cell []byte, unit *programme.Unit) amount {
	if n, ok := digits(cell); ok {
		return amount{value: figure.Decimal(n * 10_000)}
	}
	cell = bytes.TrimSpace(cell)
	if n, ok := digits(cell); ok {
		return amount{value: figure.Decimal(n * 10_000)}
	}
	text := strings.ToLower(strings.Trim(string(cell), " \u00a0\u202f\t"))
	switch {
	case missingMarks[text]:
		return amount{mark: figure.Missing}
	case notApplicableMarks[text]:
		return amount{mark: figure.NotApplicable}
	}
	text, fault := plain(text, unit)
	if fault != "" {
		return amount{fault: fault}
	}
	value, err := figure.ParseDecimal(text)
	if err != nil {
		if len(text) > 14 {
			return amount{fault: "number_range"}
		}
		return amount{fault: "number"}
	}
	if unit.Whole && !value.IsWhole() {
		return amount{fault: "number_decimals"}
	}
	return amount{value: value}
}

// digits is the fast way for what most cells hold: up to twelve digits.
func digits(cell []byte) (int64, bool) {
	if len(cell) == 0 || len(cell) > 12 {
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

// plain brings the ways of writing a number to digits with a decimal point.
func plain(text string, unit *programme.Unit) (string, string) {
	negative := false
	if inner, found := strings.CutPrefix(text, "("); found && strings.HasSuffix(inner, ")") {
		text, negative = strings.TrimSuffix(inner, ")"), true // bookkeepers' minus
	}
	text = strings.TrimPrefix(text, "+")
	for _, sign := range []string{"-", "−", "–"} {
		if rest, found := strings.CutPrefix(text, sign); found {
			text, negative = strings.TrimSpace(rest), !negative
			break
		}
	}
	if unit.Money {
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "chf"), "fr."))
		text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(text, "chf"), "fr."))
		for _, ending := range []string{".–", ".-", ".—", ",-", ",–"} {
			text = strings.TrimSuffix(text, ending)
		}
	}
	if strings.HasSuffix(text, "%") {
		return "", "number_percent"
	}
	text = thousandsOut(text)
	point, comma := strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ',')
	switch {
	case point >= 0 && comma >= 0 && point > comma:
		text = strings.ReplaceAll(text, ",", "")
	case point >= 0 && comma >= 0:
		text = strings.ReplaceAll(strings.ReplaceAll(text, ".", ""), ",", ".")
	case comma >= 0 && strings.Count(text, ",") > 1:
		text = strings.ReplaceAll(text, ",", "")
	case point >= 0 && strings.Count(text, ".") > 1:
		text = strings.ReplaceAll(text, ".", "")
	case comma >= 0 || point >= 0:
		text = strings.Replace(text, ",", ".", 1)
		whole, fraction, _ := strings.Cut(text, ".")
		if len(fraction) == 3 && whole != "0" && whole != "" && len(whole) <= 3 {
			return "", "number_ambiguous"
		}
		if trimmed := strings.TrimRight(fraction, "0"); len(fraction) > figure.Places {
			fraction = trimmed
		}
		if fraction == "" {
			text = whole
		} else {
			text = whole + "." + fraction
		}
		if strings.HasPrefix(text, ".") {
			text = "0" + text
		}
	}
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return "", "number"
	}
	if _, fraction, found := strings.Cut(text, "."); found && len(strings.TrimRight(fraction, "0")) > unit.Decimals {
		if unit.Whole {
			return "", "number_decimals"
		}
		return "", "number_places"
	}
	if negative {
		text = "-" + text
	}
	return text, ""
}

// thousandsOut takes out apostrophes and spaces that separate groups of three
// digits, and only those.
func thousandsOut(text string) string {
	runes := []rune(text)
	var out strings.Builder
	for i, r := range runes {
		if strings.ContainsRune("'’‘` \u00a0\u202f\u2009", r) && i > 0 && isDigit(runes[i-1]) && threeDigits(runes[i+1:]) {
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

func threeDigits(runes []rune) bool {
	if len(runes) < 3 || !isDigit(runes[0]) || !isDigit(runes[1]) || !isDigit(runes[2]) {
		return false
	}
	return len(runes) == 3 || !isDigit(runes[3])
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
