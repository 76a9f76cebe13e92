package intake

import (
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// row checks the figures of a row.
func (c *checker) row(m *row, cells [][]byte) {
	margin := m.margin()
	for i := range m.figures {
		f := &m.figures[i]
		if f.amount.fault != "" {
			c.badNumber(m.number, f, cells)
			f.amount.mark = figure.Missing
		} else {
			c.inRange(m, f, cells)
		}
		if m.faulty || !c.countable(m.number, f) {
			continue // it is not known what the figure is of, or it is beyond all bounds
		}
		c.count(m, f)
		c.notePersons(m, f)
		if f.amount.mark == figure.Given {
			c.several[f.figure] = c.several[f.figure] || f.amount.value != 0 && f.amount.value != figure.Whole(1)
			c.running[f.figure] += f.amount.value
			c.since[f.figure] += f.amount.value
		}
		c.plan.slices.add(m.sliceKey(f.figure), margin, f.amount.mark)
		if c.plan.layout == Long {
			c.duplicate(m, f.amount, m.key|uint64(f.figure+1)<<figureShift)
		}
	}
	if !m.faulty && c.unmeasured {
		c.noteMeasure(m)
	}
	if !m.faulty && !c.namesNeeded {
		c.noteMunicipality(m)
	}
	c.incomplete = c.incomplete || m.faulty
	c.report.Observations += len(m.figures)
	if c.findings.errors == 0 {
		c.plan.kept.add(m)
	}
	if c.plan.layout == Wide {
		if !m.faulty {
			c.duplicate(m, amount{}, m.key)
			c.rulesOfRow(m)
		}
		c.parts(m)
	}
}

// badNumber reports a cell that is no figure.
func (c *checker) badNumber(row uint32, f *cellFigure, cells [][]byte) {
	c.incomplete = true
	cell := cellAt(cells, f.column)
	if kind := personal(cell, false); kind != "" {
		c.person(row, f.column, kind)
		return
	}
	if last, found := c.badNumbers[f.column]; found && c.explained >= maxExplained && c.findings.mark == nil {
		c.add(row, last)
		return
	}
	c.explained++
	raw := strings.TrimSpace(string(cell[:min(len(cell), 400)]))
	text, code, suggestion := clip(raw), f.amount.fault, ""
	switch {
	case code == "figure_merged":
	case isStruck(text):
		code, suggestion = "text_struck", unstruck(text)
	case code == "number_format", code == "number" && slices.Contains(c.dressed, f.column):
		code, suggestion = "number_format", multiplied(text)
	case code == "number_places":
		suggestion = roundedTo(cell, c.plan.units[f.figure])
	case code == "number" && len(raw) <= maxText:
		code, suggestion = noNumber(raw, c.plan.units[f.figure])
	}
	wrong := fault{severity: Error, code: code, column: f.column, cause: text, text: text, suggestion: suggestion,
		args: locale.Args{"text": text, "unit": c.plan.units[f.figure].Name, "figure": c.plan.figures[f.figure].Name}}
	c.badNumbers[f.column] = wrong
	c.add(row, wrong)
}

// maxExplained is how many cells of a file that are no figure are looked at to say why;
// further ones are counted with what came before in their column.
const maxExplained = 1000

func (t *Total) count(a amount) {
	switch a.mark {
	case figure.Given:
		t.Given++
		if sum, err := t.Value.Add(a.value); err == nil {
			t.Value = sum
		}
	case figure.Missing:
		t.Missing++
	case figure.NotApplicable:
		t.NotApplicable++
	}
}

// No figure of a programme comes near mostValue; it bounds those that have no largest
// value of their own. What the figures of a file add up to is bounded too, so that
// sums over thousands of files can be counted in a figure.Decimal.
const (
	mostValue = figure.Decimal(10_000_000_000 * 10_000)
	mostSum   = 10 * mostValue
)

// countable reports whether a figure can be added up: what is beyond the bounds is
// refused, and no sum of it is formed.
func (c *checker) countable(row uint32, f *cellFigure) bool {
	size := &c.sizes[f.figure]
	switch {
	case f.amount.mark != figure.Given:
		return true
	case *size > mostSum || f.amount.value.Abs() > mostValue:
		return false
	}
	if *size += f.amount.value.Abs(); *size <= mostSum {
		return true
	}
	k := c.plan.figures[f.figure]
	c.add(row, fault{severity: Error, code: "sum_too_large", column: f.column, cause: string(k.ID), args: locale.Args{"figure": k.Name, "max": mostSum}})
	return false
}

// most is the largest plausible value of a key figure, whatever its sign.
func most(k *programme.KeyFigure) figure.Decimal {
	if k.Max > 0 {
		return min(k.Max, mostValue)
	}
	return mostValue
}

// inRange checks that a figure is possible at all.
func (c *checker) inRange(m *row, f *cellFigure, cells [][]byte) {
	k := c.plan.figures[f.figure]
	switch a := f.amount; {
	case a.mark != figure.Given:
		if !a.empty {
			c.marked(m, f, cells)
		} else if c.plan.required[f.figure] && m.key&personMask == 0 {
			c.add(m.number, fault{severity: Hint, code: "figure_empty", column: f.column, cause: string(k.ID), args: locale.Args{"figure": k.Name}})
		}
	case a.dash:
		c.marked(m, f, cells)
	case a.value < 0 && !k.Signed:
		c.add(m.number, fault{severity: Error, code: "negative", column: f.column, cause: string(k.ID), text: string(cellAt(cells, f.column)), args: locale.Args{"text": a.value, "figure": k.Name}})
	case a.value > most(k):
		c.add(m.number, fault{severity: Error, code: "too_large", column: f.column, cause: string(k.ID), text: string(cellAt(cells, f.column)), args: locale.Args{"text": a.value, "figure": k.Name, "max": most(k)}})
	case a.value < -most(k):
		c.add(m.number, fault{severity: Error, code: "too_small", column: f.column, cause: string(k.ID), text: string(cellAt(cells, f.column)), args: locale.Args{"text": a.value, "figure": k.Name, "min": -most(k)}})
	case a.rounded:
		c.rounded[f.figure]++
		unit := c.plan.units[f.figure]
		value := locale.Text{DE: unit.Write(locale.German, a.value), FR: unit.Write(locale.French, a.value), IT: unit.Write(locale.Italian, a.value), EN: unit.Write(locale.English, a.value)}
		text := clip(string(cellAt(cells, f.column)))
		c.add(m.number, fault{severity: Hint, code: "number_rounded", column: f.column, cause: string(k.ID), text: text, args: locale.Args{"text": text, "value": value}})
	case a.thousands:
		text := string(cellAt(cells, f.column))
		c.add(m.number, fault{severity: Warning, code: "number_thousands", column: f.column, text: text, args: locale.Args{"text": clip(text), "value": a.value}})
	}
}

// duplicate finds a figure that stands there twice. All of them are one cause; the
// first pairs of rows are named.
func (c *checker) duplicate(m *row, a amount, key uint64) {
	first := c.seen.insert(key, m.number, a)
	if first == 0 || c.keyless {
		return
	}
	row, other := strconv.Itoa(int(m.number)), strconv.Itoa(int(first))
	if i, again := c.findings.index[findingKey{"duplicate", -1, ""}]; again {
		finding := &c.findings.list[i]
		if finding.Count <= maxPlaces {
			finding.Args["pairs"] = finding.Args["pairs"].(string) + ", " + other + "/" + row
		} else if finding.Count == maxPlaces+1 {
			finding.Args["pairs"] = finding.Args["pairs"].(string) + " …"
		}
	}
	c.add(m.number, fault{severity: Error, code: "duplicate", column: -1, args: locale.Args{"row": row, "first": other, "pairs": other + "/" + row}})
}

// parts checks, within a row, that no part exceeds its whole.
func (c *checker) parts(m *row) {
	for i := range m.figures {
		part := &m.figures[i]
		whole := c.plan.whole[part.figure]
		if whole < 0 || part.amount.mark != figure.Given {
			continue
		}
		for j := range m.figures {
			if w := &m.figures[j]; w.figure == whole && w.amount.mark == figure.Given && w.amount.value >= 0 && part.amount.value > w.amount.value {
				c.partTooLarge(m.number, part.column, part.figure, part.amount.value, w.amount.value)
			}
		}
	}
}

func (c *checker) partTooLarge(row uint32, column, part int, value, whole figure.Decimal) {
	k := c.plan.figures[part]
	c.add(row, fault{severity: Error, code: "part_too_large", column: column, cause: string(k.ID), text: value.String(), args: locale.Args{
		"part": k.Name, "whole": c.programme.KeyFigure(k.PartOf).Name, "value": value, "most": whole}})
}
