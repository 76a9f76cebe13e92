package programme

import (
	"fmt"
	"regexp"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// RuleKind says what a rule holds the figures of a file against.
type RuleKind string

// The kinds of rules.
const (
	// RowRule compares figures of the same row: of one municipality, measure and
	// combination of codes.
	RowRule RuleKind = "row"
	// FormsRule compares totals of the file, on the left side, with those of another
	// form of the same organisation and period, on the right.
	FormsRule RuleKind = "forms"
	// BeforeRule compares totals with those of the year before: each listed figure
	// with itself, or the two sides of a comparison.
	BeforeRule RuleKind = "before"
	// PopulationRule holds totals against the residents of the organisation's area.
	PopulationRule RuleKind = "population"
	// PeersRule looks for totals that lie far from those of organisations of the
	// same kind, by the modified z-score (Iglewicz and Hoaglin 1993).
	PeersRule RuleKind = "peers"
)

// Rule is a rule of plausibility of a form (Plausibilitätsregel). Rules with one id
// are states of the same rule, each with its own time.
type Rule struct {
	ID       string      `yaml:"id"` // "R-GJ-01"
	Form     figure.Form `yaml:"form"`
	Kind     RuleKind    `yaml:"kind"`
	Severity string      `yaml:"severity"` // error, warning or hint, as of a finding
	// Explain: the sender is asked why the figures are right all the same, and may
	// say so. It goes with a warning alone.
	Explain bool `yaml:"explain"`
	// From and To are the first and last period that the rule is for; open where
	// the year is 0.
	From figure.Period `yaml:"from"`
	To   figure.Period `yaml:"to"`

	Compare Comparison         `yaml:"compare"` // of a RowRule, a FormsRule or a BeforeRule
	Other   figure.Form        `yaml:"other"`   // of a FormsRule
	Figures []figure.KeyFigure `yaml:"figures"` // of the other kinds: each is looked at by itself
	// Low and High bound what is plausible: the share of the year before (0.5 to
	// 1.5), the figure per 1000 residents (High alone), the distance from the peers
	// in robust standard deviations (High alone, 3.5).
	Low  figure.Decimal `yaml:"low"`
	High figure.Decimal `yaml:"high"`
	// Of a PeersRule: figures are compared per unit of this key figure, or per 1000
	// residents where it is empty.
	Per figure.KeyFigure `yaml:"per"`
	// Spread is the least robust standard deviation that a PeersRule reckons with:
	// where most peers report the same, their own is 0.
	Spread figure.Decimal `yaml:"spread"`
	Peers  int            `yaml:"peers"` // of a PeersRule: how many others there must be

	// Tolerance is the share of the right side by which a comparison may be missed.
	Tolerance figure.Decimal `yaml:"tolerance"`
	// Least is a difference that is never reported: small numbers vary.
	Least figure.Decimal `yaml:"least"`

	// Message says what is odd, with places such as {left} for the values; see
	// Placeholders.
	Message  locale.Text `yaml:"message"`
	Standing Standing    `yaml:"standing"`
	Source   string      `yaml:"source"`
}

// Comparison holds two sums of key figures against each other, written as
// «exits_to_work + exits_to_training <= exits_total» or, with a factor, as
// «satisfaction_points <= 4 * satisfaction_responses».
type Comparison struct {
	Text        string
	Left, Right []Term
	Sign        string // "<=", ">=" or "="

	turned bool   // a factor is written, which turns one unit into another
	fault  string // what is wrong with the text, for the check
}

var (
	signPattern = regexp.MustCompile(`<=|>=|=`)
	termPattern = regexp.MustCompile(`^([+-]?)\s*(?:([0-9.]+)\s*\*\s*)?([a-z][a-z0-9_]*)\s*`)
)

// UnmarshalYAML reads the comparison from one text.
func (c *Comparison) UnmarshalYAML(read func(any) error) error {
	if err := read(&c.Text); err != nil {
		return err
	}
	signs := signPattern.FindAllString(c.Text, -1)
	if len(signs) != 1 {
		c.fault = "one of <=, >= and = is wanted between two sides"
		return nil
	}
	c.Sign = signs[0]
	left, right, _ := strings.Cut(c.Text, c.Sign)
	c.Left, c.Right = c.side(left), c.side(right)
	return nil
}

func (c *Comparison) side(text string) []Term {
	var terms []Term
	rest := strings.TrimSpace(text)
	for rest != "" {
		parts := termPattern.FindStringSubmatch(rest)
		if parts == nil || (parts[1] == "" && len(terms) > 0) {
			c.fault = fmt.Sprintf("%q is not a sum of key figures such as «a + b - 2 * c»", strings.TrimSpace(text))
			return terms
		}
		factor := figure.Whole(1)
		if parts[2] != "" {
			c.turned = true
			var err error
			if factor, err = figure.ParseDecimal(parts[2]); err != nil || factor == 0 {
				c.fault = fmt.Sprintf("%q is no factor", parts[2])
			}
		}
		if parts[1] == "-" {
			factor = -factor
		}
		terms = append(terms, Term{KeyFigure: figure.KeyFigure(parts[3]), Factor: factor})
		rest = rest[len(parts[0]):]
	}
	if len(terms) == 0 {
		c.fault = "a side of the comparison is empty"
	}
	return terms
}

// Placeholders returns the places that the message of the rule may have, without
// their braces.
func (r *Rule) Placeholders() []string {
	switch {
	case r.Kind == PopulationRule:
		return []string{"figure", "value", "most", "residents"}
	case r.Kind == PeersRule:
		// What others reported is not repeated to anybody.
		return []string{"figure", "value", "peers"}
	case r.Kind == BeforeRule && r.Compare.Text == "":
		return []string{"figure", "value", "before"}
	}
	return []string{"left", "right"}
}

// Holds reports whether the rule is for files of a period.
func (r *Rule) Holds(period figure.Period) bool { return period.Within(r.From, r.To) }

// RulesOf returns the rules for a form and period, in their order; those of another
// form that compare it with this one are among them, where both are owed for the
// same periods.
func (p *Programme) RulesOf(form figure.Form, period figure.Period) []*Rule {
	var found []*Rule
	for i := range p.Rules {
		r := &p.Rules[i]
		own := r.Form == form || (r.Kind == FormsRule && r.Other == form && p.Form(r.Form).Periodicity == period.Periodicity())
		if own && r.Holds(period) {
			found = append(found, r)
		}
	}
	return found
}

// Residents returns how many people live in the area of an organisation at the end
// of a year; false for one without an area, or where they are not known.
func (p *Programme) Residents(organisation *Organisation, year figure.Year) (int, bool) {
	total := 0
	for _, m := range p.MunicipalitiesIn(year) {
		switch organisation.Kind {
		case MunicipalityOffice:
			if m.Number != organisation.Municipality {
				continue
			}
		case SocialRegion:
			if m.Region != organisation.Region {
				continue
			}
		case CantonalOffice:
		default:
			return 0, false
		}
		population, known := p.PopulationOf(m.Number, year)
		if !known {
			return 0, false
		}
		total += population.Total
	}
	return total, total > 0
}
