package intake

import (
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// names finds the entries of the programme by what people write in a cell. It is
// made once for a file; each column remembers what it has looked up (lookup).
type names struct {
	programme      *programme.Programme
	municipalities map[string]figure.Municipality
	organisations  map[string]figure.Organisation
	measures       map[string]figure.Measure
	keyFigures     map[string]figure.KeyFigure
}

func newNames(p *programme.Programme) *names {
	n := &names{programme: p, municipalities: map[string]figure.Municipality{}, organisations: map[string]figure.Organisation{},
		measures: map[string]figure.Measure{}, keyFigures: map[string]figure.KeyFigure{}}
	for i := range p.Municipalities {
		m := &p.Municipalities[i]
		n.municipalities[strconv.Itoa(int(m.Number))] = m.Number
		for _, name := range append([]string{m.Name}, m.Also...) {
			n.municipalities[municipalityKey(name)] = m.Number
		}
	}
	for i := range p.Organisations {
		o := &p.Organisations[i]
		n.organisations[programme.Fold(string(o.Code))] = o.Code
		for _, name := range o.Name.All() {
			n.organisations[programme.Fold(name)] = o.Code
		}
		if o.Kind == programme.MunicipalityOffice {
			n.organisations[strconv.Itoa(int(o.Municipality))] = o.Code
			n.organisations[municipalityKey(p.MunicipalityLast(o.Municipality).Name)] = o.Code
		}
	}
	for i := range p.Measures {
		m := &p.Measures[i]
		n.measures[programme.Fold(string(m.Code))] = m.Code
		for _, name := range m.Name.All() {
			n.measures[programme.Fold(name)] = m.Code
		}
	}
	for i := range p.KeyFigures {
		k := &p.KeyFigures[i]
		if k.System {
			continue
		}
		all := k.Name.All()
		for _, name := range append(append([]string{string(k.ID)}, all[:]...), k.Also...) {
			n.keyFigures[programme.Fold(name)] = k.ID
		}
	}
	return n
}

// municipalityKey folds the name of a municipality without what offices add:
// «Einwohnergemeinde Buchegg (SO)», «2465 Buchegg», «Sankt Niklaus».
func municipalityKey(name string) string {
	key := programme.Fold(name)
	key = strings.TrimSuffix(key, " so")
	if open := strings.LastIndex(key, "("); open > 0 {
		key = strings.TrimSpace(key[:open])
	}
	for _, prefix := range []string{"einwohnergemeinde ", "gemeinde ", "stadt ", "eg ", "commune de ", "comune di ", "municipality of "} {
		key = strings.TrimPrefix(key, prefix)
	}
	if number, rest, found := strings.Cut(key, " "); found && len(number) == 4 && strings.Trim(number, "0123456789") == "" {
		key = rest
	}
	key = strings.NewReplacer("sankt ", "st. ", "st ", "st. ").Replace(key)
	return strings.ReplaceAll(key, " ", "")
}

func (n *names) municipality(text string) (figure.Municipality, bool) {
	folded := strings.TrimSuffix(strings.TrimSpace(programme.Fold(text)), ".0")
	if number, found := n.municipalities[folded]; found {
		return number, true
	}
	if number, err := strconv.Atoi(strings.TrimLeft(folded, "0")); err == nil {
		found, ok := n.municipalities[strconv.Itoa(number)]
		return found, ok
	}
	number, found := n.municipalities[municipalityKey(text)]
	return number, found
}

func (n *names) organisation(text string) (figure.Organisation, bool) {
	if code, found := n.organisations[programme.Fold(text)]; found {
		return code, true
	}
	code, found := n.organisations[municipalityKey(text)]
	return code, found
}

// isTotal reports whether a cell heads a row of totals, which is no municipality.
func isTotal(text string) bool {
	switch programme.Fold(text) {
	case "total", "totale", "summe", "gesamt", "gesamttotal", "somme", "alle", "kanton", "kanton solothurn", "kanton total", "total general":
		return true
	}
	return false
}

// isAll reports whether a cell of a dimension of persons says that the figure is
// not broken down.
func isAll(text string) bool {
	switch programme.Fold(text) {
	case "", "total", "totale", "alle", "gesamt", "summe", "tous", "toutes", "tutti", "tutte", "all", "-", "insgesamt":
		return true
	}
	return false
}

// suggest returns the candidate that is closest to what stands in a cell, or ""
// where none is close: one slip of the pen for every four letters.
func suggest[V any](text string, candidates map[string]V, name func(V) string) string {
	folded := programme.Fold(text)
	if len(folded) < 3 || len(folded) > 60 {
		return ""
	}
	limit := max(1, len(folded)/4)
	best, bestKey, distance := "", "", limit+1
	for key, value := range candidates {
		if d := editDistance(folded, key, limit); d < distance || (d == distance && d <= limit && key < bestKey) {
			best, bestKey, distance = name(value), key, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance of two folded texts, or limit+1 where
// it is larger than limit.
func editDistance(a, b string, limit int) int {
	if a == b {
		return 0
	}
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal, least := row[0], i
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
