package intake

import (
	"math"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Known is what is known besides a file. A key figure that is not there is not
// known.
type Known struct {
	// Before are the totals of the same form and organisation for the same part of
	// the year before.
	Before map[figure.KeyFigure]figure.Decimal
	// Others are the totals of other forms of the same organisation that cover the
	// period of the file.
	Others map[figure.Form]map[figure.KeyFigure]figure.Decimal
	// Peers are the totals of other organisations for the same form and period, or
	// for the year before where too few have sent this one's.
	Peers map[figure.Organisation]map[figure.KeyFigure]figure.Decimal
	// Change is how the figures stand to what is in force.
	Change Change
}

// Compare adds to the report of a file without errors what the rules of its form
// and period say that need knowledge from outside the file, and the totals of the
// year before, what the file takes away of the version in force, and whether it only
// says again what was said before. What an earlier call found is replaced.
func Compare(report Report, p *programme.Programme, known Known) Report {
	organisation := p.Organisation(report.Organisation)
	if !report.Accepted() || organisation == nil || report.Period.Year == 0 {
		return report
	}
	report.Totals = slices.Clone(report.Totals)
	c := comparison{report: report, organisation: organisation, programme: p, known: known, findings: resumed(report), totals: map[figure.KeyFigure]*Total{},
		rules: p.RulesOf(report.Form, report.Period)}
	for i := range report.Totals {
		total := &report.Totals[i]
		total.Before = nil
		if before, found := known.Before[total.Key()]; found {
			total.Before = &before
		}
		c.totals[total.Key()] = total
	}
	c.gone()
	c.repeated()
	c.partAlone()
	for _, rule := range c.rules {
		switch {
		case rule.Kind == programme.FormsRule:
			c.forms(rule)
		case rule.Kind == programme.BeforeRule && rule.Compare.Text != "":
			c.sides(rule, c.given, in(known.Before))
		case rule.Kind == programme.BeforeRule:
			c.each(rule, c.before)
		case rule.Kind == programme.PopulationRule:
			c.each(rule, c.population)
		case rule.Kind == programme.PeersRule:
			c.each(rule, c.peers)
		}
	}
	report.Findings, report.Held = c.findings.sorted(), c.held
	c.askOnce(report.Findings)
	return report
}

// resumed goes on with the findings of a report, without those of an earlier
// comparison.
func resumed(report Report) *findings {
	f := newFindings()
	for _, finding := range report.Findings {
		if finding.ExplainedBy != "" {
			finding.Explain, finding.ExplainedBy = true, ""
		}
		switch {
		case finding.Code == goneCode, finding.Code == repeatedCode, finding.Code == aloneCode && report.plan != nil:
		case finding.Code == "more_findings":
			f.more = finding.Count
		case finding.Rule == "" || finding.Place.Row != 0:
			f.list = append(f.list, finding)
		}
	}
	return f
}

type comparison struct {
	report       Report
	organisation *programme.Organisation
	programme    *programme.Programme
	known        Known
	findings     *findings
	totals       map[figure.KeyFigure]*Total
	rules        []*programme.Rule
	held         []figure.KeyFigure // that a rule finds too high
}

// lookUp finds a total that is known in full.
type lookUp func(figure.KeyFigure) (figure.Decimal, bool)

func in(totals map[figure.KeyFigure]figure.Decimal) lookUp {
	return func(id figure.KeyFigure) (figure.Decimal, bool) {
		value, found := totals[id]
		return value, found
	}
}

// given finds a total of the file of which no part is missing.
func (c *comparison) given(id figure.KeyFigure) (figure.Decimal, bool) {
	total := c.totals[id]
	if total == nil || total.Given == 0 || total.Missing > 0 {
		return 0, false
	}
	return total.Value, true
}

func (c *comparison) add(rule *programme.Rule, id figure.KeyFigure, args locale.Args) {
	c.findings.add(0, "", fault{severity: Severity(rule.Severity), code: "rule", column: -1, cause: rule.ID + " " + string(id), rule: rule, keyFigure: id, args: args})
}

// forms compares the file with another form, whichever of the two came first.
func (c *comparison) forms(rule *programme.Rule) {
	if rule.Form == c.report.Form {
		c.sides(rule, c.given, in(c.known.Others[rule.Other]))
	} else {
		c.sides(rule, in(c.known.Others[rule.Form]), c.given)
	}
}

func (c *comparison) sides(rule *programme.Rule, ofLeft, ofRight lookUp) {
	left, known := fileSide(rule.Compare.Left, ofLeft)
	if !known {
		return
	}
	if right, known := fileSide(rule.Compare.Right, ofRight); known && violated(rule, left, right) {
		c.add(rule, "", locale.Args{"left": left, "right": right})
	}
}

// fileSide adds up the terms of a side; false where one is not known.
func fileSide(terms []programme.Term, of lookUp) (sum figure.Decimal, ok bool) {
	for _, term := range terms {
		value, known := of(term.KeyFigure)
		if !known {
			return 0, false
		}
		if sum, ok = addTimes(sum, value, term.Factor); !ok {
			return 0, false
		}
	}
	return sum, true
}

// each looks at the figures of a rule. Where parts of a figure are missing it is at
// least what was given: it can be too high, and nobody knows whether it is too low.
func (c *comparison) each(rule *programme.Rule, look func(rule *programme.Rule, total *Total) (args locale.Args, high bool)) {
	for i := range c.report.Totals {
		total := &c.report.Totals[i]
		id := total.KeyFigure
		if !slices.Contains(rule.Figures, id) || total.Given == 0 {
			continue
		}
		if args, high := look(rule, total); args != nil && (high || total.Missing == 0) {
			args["figure"], args["value"] = c.programme.TotalName(id, total.Account), total.Value
			c.add(rule, id, args)
			if high && rule.Explain && !slices.Contains(c.held, id) {
				c.held = append(c.held, id)
			}
		}
	}
}

// before compares a figure with itself a year earlier.
func (c *comparison) before(rule *programme.Rule, total *Total) (args locale.Args, high bool) {
	if total.Before == nil {
		return nil, false
	}
	before := *total.Before
	change, err := total.Value.Add(-before)
	lowest, tooLow := before.Times(rule.Low)
	highest, tooHigh := before.Times(rule.High)
	if err != nil || tooLow != nil || tooHigh != nil || change.Abs() <= rule.Least {
		return nil, false
	}
	if before < 0 {
		lowest, highest = highest, lowest // of a balance that was negative
	}
	if total.Value >= lowest && total.Value <= highest {
		return nil, false
	}
	return locale.Args{"before": before}, change > 0
}

// population holds a figure against the residents.
func (c *comparison) population(rule *programme.Rule, total *Total) (args locale.Args, high bool) {
	residents, known := c.programme.Residents(c.organisation, c.report.Period.Year)
	if !known {
		return nil, false
	}
	most, err := figure.Whole(int64(residents)).Times(rule.High)
	if err != nil {
		return nil, false
	}
	if most /= 1000; total.Value <= most || total.Value-most <= rule.Least {
		return nil, false
	}
	// Nobody thinks in fractions of persons.
	most -= most % figure.Whole(1)
	return locale.Args{"residents": residents, "most": most}, true
}

// madFactor makes the median absolute deviation of normally distributed figures
// their standard deviation.
const madFactor = 1.4826

// peers compares a figure in proportion with those of organisations of the same
// kind.
func (c *comparison) peers(rule *programme.Rule, total *Total) (args locale.Args, high bool) {
	size, known := c.size(rule, c.organisation, c.given)
	if !known {
		return nil, false
	}
	var rates []float64
	for code, totals := range c.known.Peers {
		peer := c.programme.Organisation(code)
		if peer == nil || peer == c.organisation || peer.Kind != c.organisation.Kind {
			continue
		}
		value, given := totals[total.KeyFigure]
		if peerSize, known := c.size(rule, peer, in(totals)); given && known {
			rates = append(rates, value.Float()/peerSize)
		}
	}
	if len(rates) < rule.Peers {
		return nil, false
	}
	middle := median(rates)
	for i, rate := range rates {
		rates[i] = math.Abs(rate - middle)
	}
	spread := math.Max(madFactor*median(rates), rule.Spread.Float())
	distance := total.Value.Float()/size - middle
	if math.Abs(distance)/spread <= rule.High.Float() || math.Abs(distance)*size <= rule.Least.Float() {
		return nil, false
	}
	return locale.Args{"peers": len(rates)}, distance > 0
}

// size is what the figures of an organisation are in proportion to: another figure,
// or thousands of residents.
func (c *comparison) size(rule *programme.Rule, organisation *programme.Organisation, of lookUp) (float64, bool) {
	if rule.Per != "" {
		value, known := of(rule.Per)
		return value.Float(), known && value > 0
	}
	residents, known := c.programme.Residents(organisation, c.report.Period.Year)
	return float64(residents) / 1000, known
}

// median sorts the numbers and returns the one in the middle.
func median(numbers []float64) float64 {
	slices.Sort(numbers)
	n := len(numbers)
	return (numbers[(n-1)/2] + numbers[n/2]) / 2
}
