package intake

import (
	"regexp"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// What stands above the table is not read into figures, but it says how they were
// meant: of which year, and in which unit.

// title is a cell above the header, or a header.
type title struct {
	text   string
	row    uint32
	column int
}

// above gathers the cells above the header.
func (s *sample) above() []title {
	var titles []title
	for i, texts := range s.rows[:s.header] {
		for j, text := range texts {
			if text != "" && len(text) <= 300 {
				titles = append(titles, title{text, s.numbers[i], j})
			}
		}
	}
	return titles
}

// readTitles warns where a title names another unit or year than the figures have.
func (c *checker) readTitles() {
	for _, t := range c.titles {
		if share, other := otherUnit(t.text); other && !(share && c.allShares()) {
			c.add(t.row, fault{severity: Warning, code: "unit_title", column: t.column, text: t.text, args: locale.Args{"text": clip(t.text), "unit": c.plan.unitNames()}})
		}
		c.otherYear(t)
	}
	for i := range c.plan.columns {
		if header := c.plan.columns[i].header; c.reads(i) && !c.headers.known[squeeze(header)] {
			c.otherYear(title{header, c.plan.headerRow, i})
		}
	}
}

func (c *checker) allShares() bool {
	for _, unit := range c.plan.units {
		if !isShare(unit) {
			return false
		}
	}
	return true
}

var (
	bareYear = regexp.MustCompile(`(?:^|[^\d.'’/-])(20\d\d)(?:$|[^\d])`)
	// notOfThePeriod is what names a year that is none of the figures: a span, a day, a
	// month, a state, a beginning.
	notOfThePeriod = regexp.MustCompile(`20\d\d ?(?:-|/|bis|a|au|al|to) ?(?:20)?\d\d|\d{1,2}[./] ?\d{1,2}[./] ?20\d\d|20\d\d-\d\d-\d\d` +
		`|(?:jan|gen|feb|fev|maerz|mars|mar|apr|avr|mai|may|mag|juni|june|juin|giu|juli|july|juil|lug|aug|aou|ago|sep|set|okt|oct|ott|nov|dez|dec|dic)[a-z.]* 20\d\d` +
		`|(?:seit|ab|vor|von|version|ausgabe|stand|depuis|des|avant|etat|dal|dopo|prima del|stato|since|before|as of|vorjahr|annee precedente|anno precedente|previous year) ?:? ?(?:dem |le |il )?20\d\d`)
)

// otherYear warns where a title names one year, and not that of the figures.
func (c *checker) otherYear(t title) {
	year := c.plan.period.Year
	if year == 0 || len(t.text) > maxText || !strings.Contains(t.text, "20") {
		return
	}
	text := notOfThePeriod.ReplaceAllString(simplify(t.text), " ")
	var other figure.Year
	for _, found := range bareYear.FindAllStringSubmatch(text, 10) {
		named := toYear(found[1])
		if named == year {
			return
		}
		if named >= c.programme.DataFrom && named <= c.programme.LastYear {
			other = named
		}
	}
	if other != 0 {
		c.add(t.row, fault{severity: Warning, code: "title_year", column: t.column, text: t.text,
			args: locale.Args{"text": clip(t.text), "year": yearText(other), "period": c.plan.period}})
	}
}
