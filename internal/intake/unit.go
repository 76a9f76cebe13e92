package intake

import (
	"regexp"
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Figures are counted in the units of the definition. What a file says of other ones,
// «in 1000 CHF», stands in titles, in headers and in columns of units.

// Other units, after simplify. scaled are those that say so wherever they stand; brief
// ones do only where nothing else stands, as in brackets behind a header.
var (
	scaled = regexp.MustCompile(`(?:^|[^\p{L}\d])(?:` +
		`[tkm](?:chf|fr|sfr)` +
		`|(?:in|en|x|×|je|per|a) ?1(?:['’. ]?000)(?:er|ern)?(?: ?(?:chf|s?fr\.?|franken|francs|franchi|francs suisses))?` +
		`|1(?:['’. ]?000)(?:er)? ?(?:chf|s?fr\.?|franken|francs|franchi)|(?:chf|s?fr\.?) ?(?:1['’. ]?000|['’]?000|k)` +
		`|(?:in|en|in den|alle) (?:tsd\.?|tausend(?:ern?)?|mio\.?|millionen|mia\.?|mrd\.?|milliarden|milliers?|mille|millions?|milliards?|migliaia|milioni|miliardi|thousands?|billions?)(?: (?:chf|s?fr\.?|franken|(?:de )?francs|(?:di )?franchi|of francs))?` +
		`|(?:tsd\.?|tausend|mio\.?|millionen|mia\.?|mrd\.?) (?:chf|s?fr\.?|franken)` +
		`|(?:milliers?|millions?|milliards?) (?:de |of )?(?:chf|francs)|(?:migliaia|milioni|miliardi) (?:di )?(?:chf|franchi)|thousands? (?:of )?(?:chf|francs)|chf (?:thousands?|millions?)` +
		`)(?:[^\p{L}\d]|$)`)
	percentage = regexp.MustCompile(`(?:^|[^\p{L}\d])(?:(?:in|en) (?:%|prozent|pour ?cent|pourcent|pourcentages?|percentuale|percento|per cento|percent|per cent)|\(%\)|\[%\])(?:[^\p{L}\d]|$)`)
	foreign    = regexp.MustCompile(`(?:^|[^\p{L}\d])(?:in|en) (?:eur|euro|euros|usd|dollars?|€|\$)(?:[^\p{L}\d]|$)`)
	brief      = regexp.MustCompile(`^(?:[xà] ?)?(?:1['’. ]?000(?:er)?(?: ?\pL.*)?|['’]?000(?: ?(?:chf|fr\.?))?|k|t|tsd\.?.*|tausend.*|mio\.?.*|mia\.?.*|mrd\.?.*|milliers?.*|millions?.*|milliards?.*|migliaia.*|milioni.*|thousands?.*|[tkm](?:chf|fr|sfr)|chf (?:1['’. ]?000|k|mio\.?)|%|prozent|pour ?cent|percent|per cent|percento|per cento|eur|euro|euros|€|usd|\$)$`)
	inBrackets = regexp.MustCompile(`[\[(]([^\])]*)[\])]\s*$`)
)

// unitWords are what a column of units is called, squeezed.
var unitWords = marks("einheit", "einheiten", "masseinheit", "mengeneinheit", "waehrung", "unite", "unites", "unitedemesure", "monnaie", "devise", "unita", "unitadimisura", "valuta", "moneta", "unit", "units", "unitofmeasure", "currency")

// otherUnit reports whether a text says that figures are counted in thousands, millions,
// shares or a foreign currency.
func otherUnit(text string) (share, other bool) {
	if len(text) > 300 {
		return false, false
	}
	simple := simplify(text)
	if scaled.MatchString(simple) || foreign.MatchString(simple) {
		return false, true
	}
	if percentage.MatchString(simple) {
		return true, true
	}
	return false, false
}

// briefUnit reports whether a short text alone, as in brackets or in a column of units, is
// another unit.
func briefUnit(text string) (share, other bool) {
	simple := simplify(strings.Trim(text, " ()[]"))
	if len(simple) <= 40 && brief.MatchString(simple) {
		return strings.HasPrefix(simple, "%") || strings.HasPrefix(simple, "pro") || strings.HasPrefix(simple, "per") || strings.HasPrefix(simple, "pour"), true
	}
	return otherUnit(text)
}

// headerUnit reports whether a header names another unit.
func headerUnit(header string) (share, other bool) {
	if m := inBrackets.FindStringSubmatch(header); m != nil {
		if share, other = briefUnit(m[1]); other {
			return share, other
		}
	}
	return otherUnit(header)
}

// withoutUnit is a header without the other unit that it names.
func withoutUnit(simple string) string {
	for _, pattern := range []*regexp.Regexp{scaled, percentage, foreign} {
		if found := pattern.FindStringIndex(simple); found != nil && found[0] > 0 {
			return strings.TrimRight(simple[:found[0]], " ,([-–")
		}
	}
	if m := inBrackets.FindStringSubmatchIndex(simple); m != nil && m[0] > 0 {
		if _, other := briefUnit(simple[m[2]:m[3]]); other {
			return strings.TrimSpace(simple[:m[0]])
		}
	}
	return simple
}

// isShare reports whether a figure is one of shares.
func isShare(unit *programme.Unit) bool { return unit.Code == figure.Percent }

// headerUnits refuses figures under a header that names another unit than theirs.
func (c *checker) headerUnits() {
	for i := range c.plan.columns {
		column := &c.plan.columns[i]
		if column.role != figureCell && column.role != valueCell {
			continue
		}
		share, other := headerUnit(column.header)
		if !other || column.role == figureCell && c.headers.known[squeeze(column.header)] {
			continue
		}
		args := locale.Args{"text": clip(column.header)}
		if column.role == figureCell {
			unit := c.plan.units[column.figure]
			if share && isShare(unit) {
				continue
			}
			args["unit"] = unit.Name
		} else {
			args["unit"] = c.plan.unitNames()
		}
		c.add(c.plan.headerRow, fault{severity: Error, code: "unit_header", column: i, text: column.header, args: args})
	}
}

// unitNames lists the units of the figures of the form.
func (pl *plan) unitNames() locale.Text {
	var names [4][]string
	for _, unit := range pl.units {
		for language, name := range unit.Name.All() {
			if !slices.Contains(names[language], name) {
				names[language] = append(names[language], name)
			}
		}
	}
	return locale.Text{DE: strings.Join(names[0], ", "), FR: strings.Join(names[1], ", "), IT: strings.Join(names[2], ", "), EN: strings.Join(names[3], ", ")}
}

// unitCells holds a column of units against the units of the figures in a row.
func (c *checker) unitCells(m *row, cells [][]byte) {
	for _, i := range c.unitColumns {
		cell := cellAt(cells, i)
		if len(cell) == 0 || len(m.figures) == 0 {
			continue
		}
		key := unitKey{string(cell), -1}
		if c.plan.layout == Long {
			key.figure = m.figures[0].figure
		}
		verdict, known := c.unitSeen[key]
		if !known {
			verdict = c.unitVerdict(plain(cell), key.figure)
			if len(c.unitSeen) < cachedTexts {
				c.unitSeen[key] = verdict
			}
		}
		if verdict == "" {
			continue
		}
		unit := c.plan.unitNames()
		if key.figure >= 0 {
			unit = c.plan.units[key.figure].Name
		}
		text := plain(cell)
		m.faulty = m.faulty || verdict == Error
		c.add(m.number, fault{severity: verdict, code: "unit_differs", column: i, cause: text, text: text, args: locale.Args{"text": clip(text), "unit": unit}})
	}
}

type unitKey struct {
	text   string
	figure int // -1: all of a row
}

// unitVerdict says what a text in a column of units means for a figure, or for all of
// the form: "" where it is its unit.
func (c *checker) unitVerdict(text string, index int) Severity {
	units := c.plan.units
	if index >= 0 {
		units = units[index : index+1]
	}
	key := squeeze(text)
	if key == "" {
		return ""
	}
	for _, unit := range units {
		names := unit.Name.All()
		for _, name := range append(names[:], string(unit.Code)) {
			if squeeze(name) == key {
				return ""
			}
		}
		if unit.Money && withoutCurrency(simplify(text)) == "" || unit.Whole && !unit.Money && counts[key] {
			return ""
		}
	}
	if share, other := briefUnit(text); other {
		if share && slices.ContainsFunc(units, isShare) {
			return ""
		}
		return Error
	}
	if index < 0 {
		return "" // a column «Einheit» may be one of offices
	}
	for i := range c.programme.Units {
		for _, name := range c.programme.Units[i].Name.All() {
			if squeeze(name) == key {
				return Error
			}
		}
	}
	return Warning
}

// counts are what people call the unit of what is counted.
var counts = marks("anzahl", "stueck", "stk", "n", "pers", "personen", "nombre", "pieces", "pce", "numero", "pezzi", "number", "count", "pcs")
