package intake

import (
	"math/bits"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// personCodes remembers which codes of sex, age and status the given figures of a file
// are of, a bit for each; bit 0 is what is not broken down.
type personCodes struct{ sex, age, status uint64 }

func (p *personCodes) add(key uint64) {
	code := func(shift int) uint64 { return 1 << (key >> shift & (1<<personBits - 1)) }
	p.sex, p.age, p.status = p.sex|code(sexShift), p.age|code(ageShift), p.status|code(statusShift)
}

// alone returns the codes of persons of which all figures of a file are, where it has no
// total and no other code: its part would count as the whole.
func (c *checker) alone() []*programme.Code {
	if len(c.plan.form.OwedBy.MeasureAreas) > 0 {
		return nil // a measure may well be for women alone
	}
	var codes []*programme.Code
	for _, column := range c.plan.columns {
		var seen uint64
		switch column.role {
		case sexCell:
			seen = c.persons.sex
		case ageCell:
			seen = c.persons.age
		case statusCell:
			seen = c.persons.status
		default:
			continue
		}
		if seen&1 == 0 && bits.OnesCount64(seen) == 1 && len(column.dimension.Codes) > 1 {
			codes = append(codes, &column.dimension.Codes[bits.TrailingZeros64(seen)-1])
		}
	}
	return codes
}

// partAlone warns of a file that knows a single code of a dimension of persons, and no
// total: that it counts as the whole is seldom meant.
func (c *comparison) partAlone() {
	if c.report.plan == nil || len(c.report.plan.alone) == 0 {
		return
	}
	parts := everyLanguage(func(l locale.Language) string {
		var texts []string
		for _, code := range c.report.plan.alone {
			texts = append(texts, l.Quote(code.Name.In(l)))
		}
		return strings.Join(texts, ", ")
	})
	wrong := fault{severity: Warning, code: aloneCode, column: -1, args: locale.Args{"parts": parts}}
	c.findings.list = append(c.findings.list, wrong.finding(figure.Cell{}, ""))
}

// notePersons notes of which persons a given figure is.
func (c *checker) notePersons(m *row, f *cellFigure) {
	if f.amount.mark == figure.Given {
		c.persons.add(m.key)
	}
}
