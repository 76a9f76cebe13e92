package intake

import (
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// municipalityNames lists the municipalities by every name that a file may use.
func municipalityNames(p *programme.Programme) map[string][]figure.Municipality {
	found := map[string][]figure.Municipality{}
	add := func(name string, number figure.Municipality) {
		key := municipalityKey(name, p.CantonCode)
		for _, known := range found[key] {
			if known == number {
				return
			}
		}
		found[key] = append(found[key], number)
	}
	for i := range p.Municipalities {
		m := &p.Municipalities[i]
		add(m.Name, m.Number)
		for _, name := range m.Also {
			add(name, m.Number)
		}
	}
	return found
}

// offices are what people write before the name of a municipality.
var offices = []string{"einwohnergemeinde ", "gemeindeverwaltung ", "gemeinde ", "stadtverwaltung ", "stadt ", "eg ", "einheitsgemeinde ",
	"commune de ", "commune d'", "ville de ", "comune di ", "citta di ", "municipality of ", "city of "}

// abbreviations of the words in the names of municipalities.
var abbreviations = strings.NewReplacer(" sankt ", " st ", " saint ", " st ", " st. ", " st ", "-sankt ", "-st ",
	" b. ", " bei ", " b.", " bei ", " b/ ", " bei ", " b/", " bei ", " b ", " bei ")

// municipalityKey folds the name of a municipality without what offices add:
// «Einwohnergemeinde Buchegg (SO)», «Sankt Niklaus». The code of the canton may follow
// it in several ways.
func municipalityKey(name, canton string) string {
	key := simplify(name)
	if open := strings.LastIndexByte(key, '('); open > 0 {
		key = strings.TrimSpace(key[:open])
	}
	if canton != "" {
		if before, found := strings.CutSuffix(key, strings.ToLower(canton)); found && strings.ContainsAny(before[max(0, len(before)-1):], " ,/") {
			key = strings.TrimRight(before, " ,/")
		}
	}
	for _, prefix := range offices {
		key = strings.TrimPrefix(key, prefix)
	}
	return squeeze(abbreviations.Replace(" " + key + " "))
}

func (n *names) municipalityKey(name string) string {
	return municipalityKey(name, n.programme.CantonCode)
}

// municipality finds a municipality by its number, by name, or by both in one cell
// («2465 Buchegg»); agree is false where the two name different ones. Of several
// that bore a name, the one that exists in the year is meant.
func (n *names) municipality(text string, year figure.Year) (number figure.Municipality, found, agree bool) {
	text = strings.TrimSpace(text)
	digits := 0
	for digits < len(text) && isDigit(text[digits]) {
		digits++
	}
	rest := strings.TrimLeft(text[digits:], " -–:,\u00a0")
	if digits > 0 && digits < 8 {
		whole, _ := strconv.Atoi(text[:digits])
		if whole > 0 && whole <= 65535 && n.programme.MunicipalityLast(figure.Municipality(whole)) != nil {
			number, found = figure.Municipality(whole), true
		}
		if rest == "" || strings.Trim(rest, ".,0") == "" {
			return number, found, true
		}
	} else {
		rest = text
	}
	named, ok := n.named(rest, year)
	switch {
	case !ok:
		return 0, false, true
	case digits == 0 || !found && digits == 4:
		// A postcode before the name is no number of a municipality: «2540 Grenchen».
		return named, true, true
	case !found:
		return 0, false, true
	case named != number && !n.bears(number, rest):
		return named, true, false
	}
	return number, true, true
}

// bears reports whether a municipality goes by a name, alone or among others.
func (n *names) bears(number figure.Municipality, name string) bool {
	for _, candidate := range n.municipalities[n.municipalityKey(name)] {
		if candidate == number {
			return true
		}
	}
	return false
}

func (n *names) named(name string, year figure.Year) (figure.Municipality, bool) {
	candidates := n.municipalities[n.municipalityKey(name)]
	for _, candidate := range candidates {
		if n.programme.MunicipalityIn(candidate, year) != nil {
			return candidate, true
		}
	}
	if len(candidates) == 0 {
		return 0, false
	}
	return candidates[len(candidates)-1], true
}

// lookMunicipality finds what a cell of a municipality column means.
func (r *reader) lookMunicipality(_ int, text string) meaning {
	office := r.programme.Organisation(r.plan.organisation)
	own := office != nil && office.Kind == programme.MunicipalityOffice
	if text == "" {
		switch {
		case own: // it can be no other
			return r.municipalityNumber(office.Municipality)
		case r.optional(programme.MunicipalityColumn), r.severalColumns(municipalityCell):
			return meaning{ok: true}
		}
		return wrong("municipality_missing", "", "", nil)
	}
	year := r.plan.period.Year
	number, found, agree := r.names.municipality(text, year)
	switch {
	case !found:
		return r.unknown("municipality_unknown", text, func() string {
			return suggest(r.names.municipalityKey(text), r.names.municipalities, func(m []figure.Municipality) string { return r.nameOf(m[len(m)-1], year) })
		}, nil)
	case !agree:
		return wrong("municipality_differs", text, "", locale.Args{"text": clip(text), "other": r.nameOf(number, year)})
	}
	if year != 0 && r.programme.MunicipalityIn(number, year) == nil {
		return r.notInYear(number, year, text)
	}
	if own && office.Municipality != number {
		return wrong("municipality_foreign", text, "", locale.Args{"text": clip(text), "organisation": office.Name})
	}
	return r.municipalityNumber(number)
}

func (r *reader) nameOf(number figure.Municipality, year figure.Year) string {
	if m := r.programme.MunicipalityIn(number, year); m != nil {
		return m.Name
	}
	return r.programme.MunicipalityLast(number).Name
}

// notInYear says where the figures of a municipality that is no more belong.
func (r *reader) notInYear(number figure.Municipality, year figure.Year, text string) meaning {
	last := r.programme.MunicipalityLast(number)
	successor := r.programme.Successor(number, year)
	if successor == 0 {
		return wrong("municipality_not_in_year", text, "", locale.Args{"text": last.Name, "year": yearText(year)})
	}
	name := r.nameOf(successor, year)
	return wrong("municipality_merged", text, name, locale.Args{
		"text": last.Name, "successor": name, "number": strconv.Itoa(int(successor)), "since": yearText(last.ValidTo + 1)})
}

func (r *reader) municipalityNumber(number figure.Municipality) meaning {
	n, ok := r.municipalities.number(number)
	return meaning{number: n, ok: ok}
}
