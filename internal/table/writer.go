// Package table writes protected tables: as rows of a page, as CSV, as a workbook
// and as JSON. It is the one door out for figures: it takes a disclosure.Table
// and nothing else that holds a number, and it is the one place that knows how
// an amount of a unit, or the mark in its place, is written.
package table

import (
	"strings"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Writer writes figures in a language, each after its unit.
type Writer struct {
	Language  locale.Language
	programme *programme.Programme
}

// NewWriter returns a writer that knows the units of a definition.
func NewWriter(p *programme.Programme, language locale.Language) Writer {
	return Writer{Language: language, programme: p}
}

// The marks that stand in place of a figure. That of a figure that cannot be
// computed is an abbreviation in the language of the reader.
const (
	hiddenMark        = "X"
	missingMark       = "–"
	notApplicableMark = "."
	provisionalMark   = "p"
)

// Text writes a cell: the figure, or the mark that stands in its place. A figure
// that is to be read with care stands in parentheses, and one that is not final
// is followed by a p, as in the publications of the Federal Statistical Office.
func (w Writer) Text(c disclosure.Cell) string {
	switch c.State {
	case disclosure.Hidden:
		return hiddenMark
	case disclosure.Missing:
		return missingMark
	case disclosure.NotApplicable:
		return notApplicableMark
	case disclosure.NotComputable:
		return w.Language.Say("table.mark.not_computable", nil)
	}
	text := w.Amount(c.Value, c.Unit)
	if c.Weak {
		text = "(" + text + ")"
	}
	if c.Provisional {
		text += " " + provisionalMark
	}
	return text
}

// Spoken says in words what a mark means, for those who hear the page; it is ""
// for a figure without a mark.
func (w Writer) Spoken(c disclosure.Cell) string {
	switch c.State {
	case disclosure.Hidden:
		return w.Language.Say("table.hidden", nil)
	case disclosure.Missing:
		return w.Language.Say("table.missing", nil)
	case disclosure.NotApplicable:
		return w.Language.Say("table.not_applicable", nil)
	case disclosure.NotComputable:
		text := w.Language.Say("table.not_computable", nil)
		if locale.Knows(c.Reason) {
			text += ": " + w.Language.Say(c.Reason, nil)
		}
		return text
	}
	var marks []string
	if c.Weak {
		marks = append(marks, w.Language.Say("table.weak", nil))
	}
	if c.Provisional {
		marks = append(marks, w.Language.Say("table.provisional", nil))
	}
	return strings.Join(marks, ", ")
}

// Legend explains the marks that stand in a table, and no others.
func (w Writer) Legend(t disclosure.Table) []string {
	found := map[string]bool{}
	for _, row := range t.Rows() {
		for _, c := range row.Cells {
			found[StateName(c.State)] = true
			found["weak"] = found["weak"] || (c.Weak && c.State == disclosure.Shown)
			found["public"] = found["public"] || (c.Public && c.State == disclosure.Shown)
			found["provisional"] = found["provisional"] || (c.Provisional && c.State == disclosure.Shown)
		}
	}
	var legend []string
	for _, mark := range []string{"hidden", "missing", "not_applicable", "not_computable", "weak", "public", "provisional"} {
		if found[mark] {
			legend = append(legend, w.Language.Say("table.legend."+mark, nil))
		}
	}
	return legend
}

// Amount writes an amount without the name of its unit, but with the signs that
// belong to the number: «92,5 %», «CHF 1’234», «412», «3,40».
func (w Writer) Amount(value figure.Decimal, unit figure.Unit) string {
	switch {
	case unit == figure.Percent:
		return w.Language.Percent(value, w.Decimals(value, unit))
	case w.IsMoney(unit):
		return w.Language.Money(value, w.Decimals(value, unit))
	}
	return w.Language.Number(value, w.Decimals(value, unit))
}

// Full writes an amount with its unit: «92,5 %», «CHF 1’234», «412 Personen».
func (w Writer) Full(value figure.Decimal, unit figure.Unit) string {
	text := w.Amount(value, unit)
	if name := w.Unit(unit); unit != figure.Percent && !w.IsMoney(unit) && name != "" {
		text += " " + name
	}
	return text
}

// Unit returns the name of a unit: «Personen», «%», «CHF».
func (w Writer) Unit(unit figure.Unit) string {
	if unit == figure.Percent {
		return "%"
	}
	if known := w.unit(unit); known != nil {
		return known.Name.In(w.Language)
	}
	return string(unit)
}

// Decimals returns how many decimals an amount is written with: those of its
// unit, and more where it has more. Amounts come here rounded as they are published
// (programme.Round), so that nothing is rounded a second time. Francs alone are written
// without Rappen, which the exports keep.
func (w Writer) Decimals(value figure.Decimal, unit figure.Unit) int {
	known := w.unit(unit)
	switch {
	case unit == figure.Percent && known == nil:
		return max(1, value.Decimals()-2)
	case unit == figure.Percent:
		return max(known.Decimals, value.Decimals()-2)
	case known == nil:
		return value.Decimals()
	case known.Money:
		return 0
	}
	return max(known.Decimals, value.Decimals())
}

// IsMoney reports whether a unit counts francs.
func (w Writer) IsMoney(unit figure.Unit) bool {
	known := w.unit(unit)
	return known != nil && known.Money
}

func (w Writer) unit(unit figure.Unit) *programme.Unit {
	if w.programme == nil {
		return nil
	}
	return w.programme.Unit(unit)
}
