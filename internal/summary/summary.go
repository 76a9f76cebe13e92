// Package summary says in one language what the check of a file found, for the
// person who chose the file. The browser shows it before the file is sent.
package summary

import (
	"cmp"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Verdict is what a check comes to.
type Verdict string

// The verdicts. A file with personal data must not leave its sender's computer.
const (
	Good     Verdict = "good"
	Warned   Verdict = "warned" // it can be submitted once its warnings are explained
	Faulty   Verdict = "faulty"
	Personal Verdict = "personal"
)

// Summary is a report in words.
type Summary struct {
	Verdict  Verdict   `json:"verdict"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Facts    []Fact    `json:"facts"`
	Findings []Finding `json:"findings"`
	Totals   []Fact    `json:"totals"`
}

// Fact is something that was read, with its name.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Finding is a finding of the report, ready to be shown.
type Finding struct {
	Severity     intake.Severity `json:"severity"`
	SeverityName string          `json:"severity_name"`
	Message      string          `json:"message"`
	Places       string          `json:"places"` // "" where the file as a whole is meant
	Code         string          `json:"code"`   // or the rule that is broken
}

// Of returns the summary of a report in a language.
func Of(report intake.Report, p *programme.Programme, l locale.Language) Summary {
	verdict := verdictOf(report)
	args := locale.Args{"count": report.Count(intake.Error)}
	if verdict == Warned {
		args["count"] = report.Count(intake.Warning)
	}
	s := Summary{
		Verdict: verdict,
		Title:   l.Say("checker."+string(verdict), nil), Text: l.Say("checker."+string(verdict)+"_text", args),
		Facts: []Fact{}, Findings: []Finding{}, Totals: []Fact{},
	}
	fact := func(key, value string) { s.Facts = append(s.Facts, Fact{l.Say("checker."+key, nil), value}) }
	if form := p.Form(report.Form); form != nil {
		fact("form", form.Name.In(l))
	}
	if office := p.Organisation(report.Organisation); office != nil {
		fact("organisation", office.Name.In(l))
	}
	if report.Period.Year != 0 {
		fact("period", l.Period(report.Period))
	}
	if report.Rows > 0 {
		fact("rows", l.Count(report.Rows))
	}
	for _, finding := range report.Findings {
		s.Findings = append(s.Findings, Finding{
			Severity: finding.Severity, SeverityName: l.Say("checker."+string(finding.Severity), nil),
			Message: finding.In(l), Places: places(finding, l), Code: cmp.Or(finding.Rule, finding.Code),
		})
	}
	if verdict == Personal {
		return s // whose sums stand in a list of persons is nobody's business
	}
	for _, total := range report.Totals {
		k := p.KeyFigure(total.KeyFigure)
		value := "–"
		if total.Given > 0 {
			value = amount(total.Value, p.Unit(k.Unit), l)
		}
		if total.Missing > 0 {
			value += " (" + l.Say("checker.missing", locale.Args{"count": total.Missing}) + ")"
		}
		s.Totals = append(s.Totals, Fact{k.Name.In(l), value})
	}
	return s
}

func verdictOf(report intake.Report) Verdict {
	switch {
	case report.PersonalData:
		return Personal
	case !report.Accepted():
		return Faulty
	case report.Count(intake.Warning) > 0:
		return Warned
	}
	return Good
}

// amount writes a sum in its unit.
func amount(value figure.Decimal, unit *programme.Unit, l locale.Language) string {
	switch {
	case unit.Code == figure.Percent:
		return l.Percent(value, unit.Decimals)
	case unit.Money:
		return l.Money(value, 0)
	}
	return l.Number(value, unit.Decimals)
}

// places names where a finding stands, as Excel names cells.
func places(finding intake.Finding, l locale.Language) string {
	if finding.Place.Row == 0 {
		return ""
	}
	names := make([]string, 0, 1+len(finding.More))
	sheet := ""
	for _, place := range append([]figure.Cell{finding.Place}, finding.More...) {
		name := cellName(place)
		if place.Sheet != sheet {
			sheet = place.Sheet
			name = "«" + sheet + "» " + name
		}
		names = append(names, name)
	}
	key := "checker.cells"
	if finding.Place.Column == 0 {
		key = "checker.rows_of"
	}
	text := l.Say(key, locale.Args{"places": strings.Join(names, ", ")})
	if rest := finding.Count - len(names); rest > 0 {
		text += " " + l.Say("checker.more_places", locale.Args{"count": rest})
	}
	return text
}

// cellName is «B12», or the row alone where no column is meant.
func cellName(cell figure.Cell) string {
	letters := ""
	for n := int(cell.Column); n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters + strconv.Itoa(int(cell.Row))
}
