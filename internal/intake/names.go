package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// squeeze reduces a header, code or name to its letters and digits, so that
// blanks, dots, hyphens, accents, upper case and transcribed umlauts make no
// difference. Between two digits a separator counts: 5-15 is not 51-5. The signs
// of classes (56+, <5, >55, %) count too.
func squeeze(text string) string {
	simple := text
	if !ascii(text) {
		simple = simplify(text)
	}
	out := make([]byte, 0, len(simple))
	pending := false
	for _, r := range simple {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		switch {
		case unicode.IsLetter(r), r >= '0' && r <= '9', r == '+', r == '<', r == '>', r == '%':
			if pending && r >= '0' && r <= '9' && len(out) > 0 && isDigit(out[len(out)-1]) {
				out = append(out, '-')
			}
			out = utf8.AppendRune(out, r)
			pending = false
		default:
			pending = true
		}
	}
	return string(out)
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// names finds the entries of the programme by what people write in a cell. It is
// made once for a programme; each column remembers what it has looked up
// (reader.look).
type names struct {
	programme      *programme.Programme
	municipalities map[string][]figure.Municipality // several where a name went on under a new number
	organisations  map[string]figure.Organisation
	measures       map[string]figure.Measure
	keyFigures     map[string]figure.KeyFigure
	dimensions     map[figure.Dimension]spelt
	stems          stems           // of totals and of the words for totals
	totals         map[string]bool // what the sum of all municipalities is called
}

// Under these the tables of a programme are kept.
type (
	namesKey   struct{}
	headersKey struct{}
)

func namesOf(p *programme.Programme) *names { return programme.Derived(p, namesKey{}, newNames) }

func newNames(p *programme.Programme) *names {
	n := &names{programme: p, organisations: map[string]figure.Organisation{}, measures: map[string]figure.Measure{}, keyFigures: map[string]figure.KeyFigure{}}
	n.municipalities = municipalityNames(p)
	n.stems = stemsOf(totalWords, totalBeginnings, totalEndings, wordsOfTotals(p), marks("sous grand ensemble insieme"))
	n.dimensions = map[figure.Dimension]spelt{}
	for i := range p.Dimensions {
		n.dimensions[p.Dimensions[i].Name] = newSpelt(&p.Dimensions[i])
	}
	n.totals = wordsOfTotals(p)
	for i := range p.Organisations {
		o := &p.Organisations[i]
		for _, name := range o.Name.All() {
			n.organisations[squeeze(name)] = o.Code
		}
	}
	for i := range p.Organisations {
		o := &p.Organisations[i]
		n.organisations[squeeze(string(o.Code))] = o.Code
		if o.Kind == programme.MunicipalityOffice {
			n.organisations[n.municipalityKey(p.MunicipalityLast(o.Municipality).Name)] = o.Code
		}
	}
	for i := range p.Measures {
		m := &p.Measures[i]
		for _, name := range m.Name.All() {
			n.measures[squeeze(name)] = m.Code
		}
	}
	for i := range p.Measures {
		n.measures[squeeze(string(p.Measures[i].Code))] = p.Measures[i].Code
	}
	for i := range p.KeyFigures {
		k := &p.KeyFigures[i]
		if k.System {
			continue
		}
		all := k.Name.All()
		for _, name := range append(append([]string{string(k.ID)}, all[:]...), k.Also...) {
			n.keyFigures[squeeze(name)] = k.ID
		}
	}
	return n
}

// organisation finds an organisation by code or name; a municipality also by its
// number and by the names it goes under.
func (n *names) organisation(text string, year figure.Year) (figure.Organisation, bool) {
	if code, found := n.organisations[squeeze(text)]; found {
		return code, true
	}
	if number, found, agree := n.municipality(text, year); found && agree {
		code := programme.MunicipalityCode(number)
		return code, n.programme.Organisation(code) != nil
	}
	return "", false
}

// measure finds a measure by code, by name, or by both («M-201 Deutschkurse»).
func (n *names) measure(text string) (figure.Measure, bool) {
	if code, found := n.measures[squeeze(text)]; found {
		return code, true
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	code, found := n.measures[squeeze(strings.TrimRight(first, ":,;"))]
	return code, found && strings.ContainsAny(first, "0123456789")
}

// keyFigure finds any key figure of the programme; for messages only.
func (n *names) keyFigure(text string) (figure.KeyFigure, bool) {
	id, found := n.keyFigures[squeeze(text)]
	return id, found
}

// wordsOfTotals lists what the sum of all municipalities is called in this canton: its name,
// with or without its code, and the word of the definition.
func wordsOfTotals(p *programme.Programme) map[string]bool {
	found := map[string]bool{}
	for _, text := range []locale.Text{p.Canton, p.AllMunicipalities} {
		for _, name := range text.All() {
			found[simplify(name)] = true
		}
	}
	if p.CantonCode != "" {
		for _, word := range []string{"kanton ", "canton ", "cantone "} {
			found[word+simplify(p.CantonCode)] = true
		}
	}
	delete(found, "")
	return found
}

// isTotal reports whether a cell heads a row of totals, by the usual words or by those
// of this canton.
func (n *names) isTotal(text string) bool {
	return len(text) <= 60 && begins(text, n.stems) && (isTotal(text) || n.totals[strings.TrimRight(simplify(text), ":. ")])
}

// stems are the first letters of words, as many as a stem has. Most cells hold none of
// the words that are looked for: that is seen without folding them.
type stems map[[3]byte]bool

// stemsOf lists the stems of the words in some lists, and what is left of them where
// one of the first letters has a mark.
func stemsOf(lists ...map[string]bool) stems {
	all := stems{}
	for _, list := range lists {
		for text := range list {
			for _, word := range strings.Fields(text) {
				for length := 1; length <= 3; length++ {
					all[stem([]byte(word[:min(length, len(word))]))] = true
				}
			}
		}
	}
	return all
}

func stem(word []byte) (first [3]byte) {
	for i := range min(len(word), len(first)) {
		if first[i] = word[i]; first[i] >= 'A' && first[i] <= 'Z' {
			first[i] += 'a' - 'A'
		}
	}
	return first
}

// begins reports whether a word of a text may be one of those of the stems.
func begins(text string, of stems) bool {
	within := false
	for i := range len(text) {
		c := text[i]
		letter := c >= utf8.RuneSelf || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if letter && !within {
			end := i
			for end < min(len(text), i+3) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z') {
				end++
			}
			if end == i || of[stem([]byte(text[i:end]))] {
				return true // folding may make any letter of the one with a mark
			}
		}
		within = letter
	}
	return false
}

// totalWords say that a row holds totals where nothing else stands in its cell,
// totalBeginnings also before other words («Total Olten»), totalEndings behind them, as
// spreadsheets write it below a group («Olten Ergebnis»).
var (
	totalWords = marks("alle", "alle gemeinden", "kanton", "canton", "cantone", "ganzer kanton", "gesamter kanton", "gesamtkanton", "kantonstotal", "insgesamt", "zusammen",
		"ensemble", "tous", "toutes", "toutes les communes", "tout le canton", "insieme", "tutti", "tutti i comuni", "tutto il cantone", "complessivo",
		"all", "all municipalities", "whole canton", "overall", "sum", "totals")
	totalBeginnings = marks("total", "totale", "totaux", "totali", "summe", "gesamt", "gesamttotal", "gesamtsumme", "gesamtergebnis", "endsumme", "endtotal", "teilergebnis", "somme", "somma",
		"zwischentotal", "zwischensumme", "zwischenergebnis", "subtotal", "subtotale", "subtotals")
	totalEndings = marks("total", "totale", "ergebnis", "gesamt", "insgesamt")
)

// isTotal reports whether a text is or holds a word for totals.
func isTotal(text string) bool {
	if len(text) < 3 || len(text) > 60 {
		return false
	}
	simple := strings.TrimRight(simplify(text), ":. ")
	if totalWords[simple] {
		return true
	}
	words := strings.FieldsFunc(simple, func(r rune) bool { return r == ':' || r == '/' || r == '-' || r == ',' || r == ' ' })
	if len(words) == 0 {
		return false
	}
	return totalBeginnings[words[0]] || len(words) <= 4 && totalEndings[words[len(words)-1]] ||
		strings.HasPrefix(simple, "sous-total") || strings.HasPrefix(simple, "grand total") || strings.HasPrefix(simple, "ensemble d") || strings.HasPrefix(simple, "insieme d")
}

// isTotalWord reports whether a note says nothing but that its row holds totals.
func isTotalWord(text string) bool {
	simple := strings.TrimRight(simplify(text), ":. ")
	return totalWords[simple] || totalBeginnings[simple] || simple == "grand total"
}

// isAll reports whether a cell of a dimension of persons says that the figure is
// not broken down.
func isAll(text string) bool {
	switch strings.TrimRight(simplify(text), ":. ") {
	case "", "total", "totale", "alle", "gesamt", "summe", "tous", "toutes", "tutti", "tutte", "all", "-", "insgesamt", "somme", "zusammen", "ensemble":
		return true
	}
	return false
}

// suggest returns the candidate that is closest to what stands in a cell, or ""
// where none is close: one slip of the pen for every four letters. The text and
// the candidates are squeezed.
func suggest[V any](text string, candidates map[string]V, name func(V) string) string {
	if len(text) < 4 || len(text) > 60 {
		return "" // a short code is another code rather than a slip
	}
	limit := max(1, len(text)/4)
	best, bestKey, distance := "", "", limit+1
	for key, value := range candidates {
		if d := editDistance(text, key, min(limit, distance)); d < distance || (d == distance && d <= limit && key < bestKey) {
			best, bestKey, distance = name(value), key, d
		}
	}
	return best
}

// editDistance is the number of letters to change, add, leave out or swap with
// their neighbour to get from a to b, or limit+1 where it is larger than limit.
func editDistance(a, b string, limit int) int {
	if a == b {
		return 0
	}
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var space [3][128]int
	if len(b) >= len(space[0]) {
		return limit + 1
	}
	before, above, row := space[0][:len(b)+1], space[1][:len(b)+1], space[2][:len(b)+1]
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := above[j-1]
			if a[i-1] != b[j-1] {
				cost++
			}
			cost = min(cost, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cost = min(cost, before[j-2]+1)
			}
			row[j] = cost
			least = min(least, cost)
		}
		if least > limit+1 {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return min(above[len(b)], limit+1)
}
