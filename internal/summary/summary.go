// Package summary says in one language what the check of a file found, for the
// person who chose the file. The browser shows it before the file is sent.
package summary

import (
	"cmp"

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
			Message: finding.In(l), Places: finding.Where(l), Code: cmp.Or(finding.Rule, finding.Code),
		})
	}
	if verdict == Personal {
		return s // whose sums stand in a list of persons is nobody's business
	}
	for _, total := range report.Totals {
		k := p.KeyFigure(total.KeyFigure)
		value := "–"
		if total.Given > 0 {
			value = p.Unit(k.Unit).Write(l, total.Value)
		}
		if total.Missing > 0 {
			value += " (" + l.Say("checker.missing", locale.Args{"count": total.Missing}) + ")"
		}
		s.Totals = append(s.Totals, Fact{p.TotalName(total.KeyFigure, total.Account).In(l), value})
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
