package intake

import (
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Change is how the figures of a file stand to those that are in force for the same
// form, organisation and period, and to those delivered last before it.
type Change struct {
	// Gone are given figures of the version in force that the file leaves empty or
	// does not name, at most MostGone of them; GoneCount counts all.
	Gone      []figure.Observation
	GoneCount int
	// Repeated is an earlier period all of whose figures the file says again; of the
	// zero year where there is none.
	Repeated figure.Period
}

// MostGone is how many figures that a file takes away are kept one by one.
const MostGone = 100

// namedGone is how many of them a finding names.
const namedGone = 6

// The codes of what the comparison with earlier versions finds.
const (
	goneCode     = "figures_gone"
	repeatedCode = "figures_repeated"
	aloneCode    = "part_alone"
)

// gone reports figures of the version in force that the file would take away. It is
// one cause, whatever their number, and is never cut off.
func (c *comparison) gone() {
	if c.known.Change.GoneCount == 0 {
		return
	}
	named := everyLanguage(func(l locale.Language) string { return c.goneIn(l) })
	wrong := fault{severity: Warning, code: goneCode, column: -1, args: locale.Args{"figures": named}}
	finding := wrong.finding(figure.Cell{}, "")
	finding.Count = c.known.Change.GoneCount
	c.findings.list = append(c.findings.list, finding)
}

// goneIn lists in a language what the file takes away: «Zuzüge (Olten): 205».
func (c *comparison) goneIn(l locale.Language) string {
	var names []string
	for _, o := range c.known.Change.Gone[:min(len(c.known.Change.Gone), namedGone)] {
		text := c.programme.FigureName(l, o, c.report.Period.Year)
		if k := c.programme.KeyFigure(o.KeyFigure); k != nil {
			text += ": " + c.programme.Unit(k.Unit).Write(l, o.Value)
		}
		names = append(names, text)
	}
	list := strings.Join(names, "; ")
	if rest := c.known.Change.GoneCount - len(names); rest > 0 {
		list += "; " + l.Say("place.more", locale.Args{"count": rest})
	}
	return list
}

// repeated reports a file that says of a new period what was said of an earlier one.
func (c *comparison) repeated() {
	if period := c.known.Change.Repeated; period.Year != 0 {
		wrong := fault{severity: Warning, code: repeatedCode, column: -1, args: locale.Args{"period": period}}
		c.findings.list = append(c.findings.list, wrong.finding(figure.Cell{}, ""))
	}
}

func everyLanguage(say func(locale.Language) string) locale.Text {
	return locale.Text{DE: say(locale.German), FR: say(locale.French), IT: say(locale.Italian), EN: say(locale.English)}
}

// askOnce lets one cause ask for one reason: a figure that is a hundred times too large
// breaks every rule that speaks of it, and its sender has one thing to say. Of the
// findings that share a figure and a row, the first asks; the others name it.
func (c *comparison) askOnce(list []Finding) {
	figures := make([][]figure.KeyFigure, len(list))
	for i := range list {
		figures[i] = c.about(list[i])
	}
	for i := range list {
		f := &list[i]
		for j := range list[:i] {
			first := &list[j]
			sameRow := f.Place.Row == 0 || first.Place.Row == 0 || f.Place.Row == first.Place.Row
			if f.Explain && first.Explain && sameRow && c.follows(f, first, figures[i], figures[j]) {
				f.Explain, f.ExplainedBy = false, first.Key()
			}
		}
	}
}

// follows reports whether a finding has the same cause as an earlier one.
func (c *comparison) follows(f, first *Finding, figures, ofFirst []figure.KeyFigure) bool {
	if first.Code == goneCode {
		// What is taken away makes its sum fall.
		rule := c.rule(f.Rule)
		return rule != nil && rule.Kind == programme.BeforeRule && slices.ContainsFunc(c.known.Change.Gone, func(o figure.Observation) bool {
			return slices.Contains(figures, o.KeyFigure)
		})
	}
	return slices.ContainsFunc(figures, func(id figure.KeyFigure) bool { return slices.Contains(ofFirst, id) })
}

// about returns the key figures that a finding of a rule speaks of.
func (c *comparison) about(f Finding) []figure.KeyFigure {
	if f.KeyFigure != "" {
		return []figure.KeyFigure{f.KeyFigure}
	}
	rule := c.rule(f.Rule)
	if rule == nil {
		return nil
	}
	var figures []figure.KeyFigure
	for _, term := range slices.Concat(rule.Compare.Left, rule.Compare.Right) {
		figures = append(figures, term.KeyFigure)
	}
	return figures
}

func (c *comparison) rule(id string) *programme.Rule {
	for _, rule := range c.rules {
		if rule.ID == id {
			return rule
		}
	}
	return nil
}
