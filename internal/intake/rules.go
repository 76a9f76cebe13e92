package intake

import (
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Rules of plausibility stand in the definition. Those within a row are held while
// a file is checked; what needs more than the file is Compare's. What belongs to
// one municipality, measure and combination of codes is a row of a wide file and
// several rows of a long one: both are looked at in the same way. A rule is silent
// where any of its figures is not given: missing is never zero.

// rowRule is a rule within a row, with its key figures by their numbers.
type rowRule struct {
	rule        *programme.Rule
	left, right []rowTerm
	column      int // of the first figure; -1 where the file has none
}

type rowTerm struct {
	figure int // index in plan.figures
	factor figure.Decimal
}

func newRowRules(p *programme.Programme, pl *plan) []rowRule {
	if pl.period.Year == 0 {
		return nil
	}
	numbers := map[figure.KeyFigure]int{}
	for i, k := range pl.figures {
		numbers[k.ID] = i
	}
	side := func(terms []programme.Term) []rowTerm {
		var numbered []rowTerm
		for _, term := range terms {
			numbered = append(numbered, rowTerm{figure: numbers[term.KeyFigure], factor: term.Factor})
		}
		return numbered
	}
	var rules []rowRule
	for _, rule := range p.RulesOf(pl.form.Code, pl.period) {
		if rule.Kind != programme.RowRule {
			continue
		}
		r := rowRule{rule: rule, left: side(rule.Compare.Left), right: side(rule.Compare.Right)}
		r.column = slices.IndexFunc(pl.columns, func(c planned) bool { return c.role == figureCell && c.figure == r.left[0].figure })
		if pl.layout == Long {
			r.column = pl.columnOf(valueCell)
		}
		rules = append(rules, r)
	}
	return rules
}

// given says what is given for a key figure, by its number, in what belongs
// together: in one row, or in several that share a key but for the key figure.
type given func(key uint64, index int) (figure.Decimal, bool)

// rowSide adds up the terms of a side; false where one is not given.
func rowSide(terms []rowTerm, key uint64, given given) (total figure.Decimal, ok bool) {
	for _, term := range terms {
		value, known := given(key, term.figure)
		if !known {
			return 0, false
		}
		if total, ok = addTimes(total, value, term.factor); !ok {
			return 0, false
		}
	}
	return total, true
}

// addTimes adds value × factor; false where that is too large to be counted.
func addTimes(total, value, factor figure.Decimal) (figure.Decimal, bool) {
	product, err := value.Times(factor)
	if err != nil {
		return 0, false
	}
	total, err = total.Add(product)
	return total, err == nil
}

// violated reports whether a comparison does not hold: by more than the tolerance,
// and by more than the rule's least difference.
func violated(rule *programme.Rule, left, right figure.Decimal) bool {
	difference, err := left.Add(-right)
	allowed, tooLarge := right.Abs().Times(rule.Tolerance)
	if err != nil || tooLarge != nil {
		return false
	}
	switch rule.Compare.Sign {
	case ">=":
		difference = -difference
	case "=":
		difference = difference.Abs()
	}
	return difference > max(allowed, rule.Least)
}

// breaks returns the two sides of a rule where the figures of what belongs together
// break it.
func (r *rowRule) breaks(key uint64, given given) (left, right figure.Decimal, broken bool) {
	left, known := rowSide(r.left, key, given)
	if !known {
		return 0, 0, false
	}
	right, known = rowSide(r.right, key, given)
	return left, right, known && violated(r.rule, left, right)
}

// hold holds a rule against the figures of what belongs together.
func (c *checker) hold(r *rowRule, row uint32, key uint64, given given) {
	if left, right, broken := r.breaks(key, given); broken {
		c.add(row, fault{severity: Severity(r.rule.Severity), code: "rule", column: r.column, cause: r.rule.ID, text: left.String(), rule: r.rule,
			args: locale.Args{"left": left, "right": right}})
	}
}

// possibleValue reports whether a key figure can have a value at all: what cannot be
// is an error of its own, and no rule speaks of it.
func (c *checker) possibleValue(index int, value figure.Decimal) bool {
	return value >= 0 || c.plan.figures[index].Signed
}

// rulesOfRow holds the rules against a row of a wide file.
func (c *checker) rulesOfRow(m *row) {
	for i := range c.rowRules {
		c.hold(&c.rowRules[i], m.number, m.key, func(_ uint64, index int) (figure.Decimal, bool) {
			for j := range m.figures {
				if f := &m.figures[j]; f.figure == index {
					return f.amount.value, f.amount.mark == figure.Given && c.possibleValue(index, f.amount.value)
				}
			}
			return 0, false
		})
	}
}

// rulesOfLong holds the rules against a long file, when all its rows are known: a
// rule speaks where its first figure stands.
func (c *checker) rulesOfLong() {
	if c.seen.values == nil {
		return
	}
	beside := func(key uint64, index int) (figure.Decimal, bool) {
		place := c.seen.find(key&^figureMask | uint64(index+1)<<figureShift)
		if place < 0 {
			return 0, false
		}
		return c.seen.values[place], c.seen.marks[place] == figure.Given && c.possibleValue(index, c.seen.values[place])
	}
	for i := range c.rowRules {
		r := &c.rowRules[i]
		broken := c.seen.where(func(_ int, key uint64) bool {
			if figureOf(key) != r.left[0].figure {
				return false
			}
			_, _, broken := r.breaks(key, beside)
			return broken
		})
		for _, place := range broken {
			c.hold(r, c.seen.rows[place], c.seen.keys[place]-1, beside)
		}
	}
}
