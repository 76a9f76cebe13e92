package dashboard

import (
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Parts is the protected table of the parts of an indicator by a dimension, with the
// value of the canton as its total. It is protected together with all tables that are
// read beside it: by other dimensions that say as much, on the municipalities of today,
// and of other indicators that count the same people.
func Parts(p *programme.Programme, i *programme.Indicator, dimension figure.Dimension, year figure.Year, evidence indicator.Evidence, basis indicator.Basis) disclosure.Table {
	text := figure.Period{Year: year}.String()
	draft := disclosure.NewDraft(i.Name, disclosure.Header{Code: text, Label: locale.Text{DE: text, FR: text, IT: text, EN: text}})
	for _, part := range indicator.Breakdown(p, i, dimension, year, evidence, basis) {
		code := part.Code
		if part.Rest {
			code = rest
		}
		draft.Add(disclosure.Header{Code: code, Label: part.Label}, Shown(p, part.Value))
	}
	draft.Add(disclosure.Header{Code: "total", Label: p.Canton, Total: true}, Shown(p, indicator.Compute(p, i, year, evidence)))
	if p.Demo {
		draft.Note(every("report.demo"))
	}
	for _, caveat := range p.CaveatsOf(i.ID) {
		draft.Note(caveat.Text)
	}
	if basis == indicator.TodaysMunicipalities && evidence.Today.Year() <= int(year) {
		basis = indicator.AsReported // they are the same
	}
	return Published(p, i, dimension, year, evidence).Protect(draft, viewName(indicator.View{Dimension: dimension, Basis: basis}), i.ID)
}

// rest is the code of what the canton has beyond the parts of a breakdown.
const rest = "rest"

func viewName(v indicator.View) string {
	if v.Basis == indicator.TodaysMunicipalities {
		return string(v.Dimension) + " today"
	}
	return string(v.Dimension)
}

// Published is everything that is read beside the table of an indicator by a dimension.
func Published(p *programme.Programme, i *programme.Indicator, dimension figure.Dimension, year figure.Year, evidence indicator.Evidence) *disclosure.Publication {
	beside := indicator.ReadBeside(p, i, dimension, year, evidence)
	var views []string
	for _, view := range beside.Views {
		views = append(views, viewName(view))
	}
	publication := disclosure.NewPublication(disclosure.Standard, views...)
	for n, view := range beside.Views {
		if view.Basis == indicator.TodaysMunicipalities {
			publication.Derived(views[n])
		}
	}
	for _, q := range beside.Quantities {
		publication.Count(q.Name, q.People)
	}
	for _, part := range beside.Parts {
		publication.PartOf(part[0], part[1])
	}
	for _, t := range beside.Tables {
		publication.Table(t.Indicator.ID, views[t.View], t.Numerator, t.Denominator, t.Share)
	}
	for _, g := range beside.Groups {
		contributor := g.Organisation
		if organisation := p.Organisation(contributor); organisation == nil || organisation.Kind == programme.CantonalOffice {
			contributor = "" // the canton's own offices see everything
		}
		codes := make([]string, len(g.Codes))
		for n, code := range g.Codes {
			if codes[n] = code; code == "" {
				codes[n] = rest
			}
		}
		publication.Add(g.Quantity, contributor, g.Amount, codes...)
	}
	return publication
}
