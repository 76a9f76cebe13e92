package report

import (
	"context"
	"slices"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// keyFigureSheet holds the sums of all key figures for the canton, with how much
// of them was given and by how many of those who owe them.
func keyFigureSheet(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year, e dashboard.Evaluation) (Sheet, error) {
	var ids []figure.KeyFigure
	for i := range p.KeyFigures {
		ids = append(ids, p.KeyFigures[i].ID)
	}
	sums := map[figure.Code][]figure.Sum{}
	var err error
	if sums[""], err = figures.Sums(ctx, figure.Question{Figures: ids, Years: []figure.Year{year}}); err != nil {
		return Sheet{}, err
	}
	if grid := p.Finance; grid != nil {
		spent, err := figures.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{grid.Spending}, Years: []figure.Year{year}, By: figure.ByFurther})
		if err != nil {
			return Sheet{}, err
		}
		for _, sum := range spent {
			account := sum.Further.Code(grid.Account)
			sums[account] = gather(sums[account], sum)
		}
	}
	column := func(code, key string) disclosure.Header {
		return disclosure.Header{Code: code, Label: every(key, locale.Args{"year": yearText(year)})}
	}
	draft := disclosure.NewDraft(every("report.key_figures", nil), column("value", "report.value"), column("given", "report.given"),
		column("missing", "report.missing"), column("owed", "report.owed"), column("delivered", "report.delivered"))
	area := Words{Code: "area", Header: every("report.area", nil)}
	name := Words{Code: "name", Header: every("report.key_figure", nil)}
	unit := Words{Code: "unit", Header: every("report.unit", nil)}
	note := Words{Code: "definition", Header: every("report.definition", nil)}
	for i := range p.KeyFigures {
		k := &p.KeyFigures[i]
		for _, account := range accountsOf(p, k) {
			id := string(k.ID.In(account))
			draft.Add(disclosure.Header{Code: id, Label: same(id)}, keyFigureCells(p, k, sums[account], e)...)
			area.Cells = append(area.Cells, p.Area(k.Area).Short)
			name.Cells = append(name.Cells, p.TotalName(k.ID, account))
			unit.Cells = append(unit.Cells, p.Unit(k.Unit).Name)
			note.Cells = append(note.Cells, k.Definition)
		}
	}
	return Sheet{Code: "key_figures", Title: every("report.key_figures", nil), Table: draft.Protect(),
		Before: []Words{area, name, unit}, After: []Words{note}}, nil
}

// accountsOf returns the accounts of spending, which are never added together; no
// account for any other key figure.
func accountsOf(p *programme.Programme, k *programme.KeyFigure) []figure.Code {
	if p.Finance == nil || k.ID != p.Finance.Spending {
		return []figure.Code{""}
	}
	var codes []figure.Code
	for _, code := range p.Dimension(p.Finance.Account).Codes {
		codes = append(codes, code.Code)
	}
	return codes
}

// gather adds a sum to those of its account, of which there is one.
func gather(of []figure.Sum, sum figure.Sum) []figure.Sum {
	if len(of) == 0 {
		return []figure.Sum{sum}
	}
	of[0].Value += sum.Value
	of[0].Given, of[0].Missing, of[0].NotApplicable = of[0].Given+sum.Given, of[0].Missing+sum.Missing, of[0].NotApplicable+sum.NotApplicable
	of[0].Provisional = of[0].Provisional || sum.Provisional
	return of
}

func keyFigureCells(p *programme.Programme, k *programme.KeyFigure, sums []figure.Sum, e dashboard.Evaluation) []disclosure.Value {
	cell := disclosure.Value{State: disclosure.Missing, Unit: k.Unit}
	given, missing := 0, 0
	if at := slices.IndexFunc(sums, func(s figure.Sum) bool { return s.KeyFigure == k.ID }); at >= 0 {
		sum := sums[at]
		given, missing = int(sum.Given), int(sum.Missing)
		switch {
		case sum.Given == 0:
		case k.Additivity == programme.DistinctProvider && sum.Organisations > 1:
			cell = disclosure.Value{State: disclosure.NotComputable, Unit: k.Unit, Reason: "indicator.reason." + string(indicator.DistinctOverOrganisations)}
		case (k.Additivity == programme.DistinctProvider || k.Additivity == programme.DistinctResidence) && sum.Parts > 1:
			cell = disclosure.Value{State: disclosure.NotComputable, Unit: k.Unit, Reason: "indicator.reason." + string(indicator.DistinctOverParts)}
		default:
			cell = disclosure.Value{Value: sum.Value, Unit: k.Unit, Provisional: sum.Provisional}
		}
	}
	owed, delivered := 0, 0
	for _, c := range e.Evidence.Coverage {
		if c.Year == e.Year && slices.ContainsFunc(p.FormsOf(k.ID), func(f *programme.Form) bool { return f.Code == c.Form }) {
			owed, delivered = owed+c.Owed, delivered+c.Delivered
		}
	}
	count := func(n int) disclosure.Value {
		return disclosure.Value{Value: figure.Whole(int64(n)), Unit: programme.Deliveries}
	}
	return []disclosure.Value{cell, count(given), count(missing), count(owed), count(delivered)}
}
