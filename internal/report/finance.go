package report

import (
	"context"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// The sources of funds that the proof of co-financing names.
const (
	integrationCredit = figure.Code("ifk") // Integrationsförderkredit, Art. 58 Abs. 3 AIG
	canton            = figure.Code("canton")
	municipalities    = figure.Code("municipalities")
)

// grid is the finance grid: francs by funding area, source and account.
type grid struct {
	cells       map[gridKey]figure.Decimal
	provisional bool
}

type gridKey struct{ area, source, account figure.Code }

// financeSheets are the finance grid (funding area × source, budget and actual)
// and the proof that canton and municipalities together carry at least the
// federal integration credit: VIntA Art. 16 Abs. 3, AIG Art. 58 Abs. 3. There are
// none where the definition has no expenditure.
func financeSheets(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year) ([]Sheet, error) {
	areas, sources, accounts := p.Dimension(indicator.FundingArea), p.Dimension(dashboard.SourceOfFunds), p.Dimension(dashboard.Account)
	if p.KeyFigure(dashboard.Expenditure) == nil || areas == nil || sources == nil || accounts == nil {
		return nil, nil
	}
	sums, err := figures.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{dashboard.Expenditure}, Years: []figure.Year{year}, By: figure.ByFurther})
	if err != nil {
		return nil, err
	}
	g := grid{cells: map[gridKey]figure.Decimal{}}
	for _, sum := range sums {
		if sum.Given > 0 {
			g.cells[gridKey{sum.Further.Code(indicator.FundingArea), sum.Further.Code(dashboard.SourceOfFunds), sum.Further.Code(dashboard.Account)}] += sum.Value
			g.provisional = g.provisional || sum.Provisional
		}
	}
	return []Sheet{g.sheet(areas, sources, accounts), g.cofinancing(p)}, nil
}

// sum adds up the cells that match; an empty code matches all. known is false
// where there is none.
func (g grid) sum(area, source, account figure.Code) (sum figure.Decimal, known bool) {
	for key, value := range g.cells {
		if (area == "" || key.area == area) && (source == "" || key.source == source) && key.account == account {
			sum, known = sum+value, true
		}
	}
	return sum, known
}

func (g grid) value(area, source, account figure.Code) disclosure.Value {
	sum, known := g.sum(area, source, account)
	if !known {
		return disclosure.Value{State: disclosure.Missing, Unit: "chf"}
	}
	return disclosure.Value{Value: sum, Unit: "chf", Provisional: g.provisional}
}

func (g grid) sheet(areas, sources, accounts *programme.Dimension) Sheet {
	var columns []disclosure.Header
	for _, source := range sources.Codes {
		for _, account := range []figure.Code{dashboard.Budget, dashboard.Actual} {
			columns = append(columns, disclosure.Header{Code: string(source.Code) + "_" + string(account), Label: join(source.Name, accounts.Code(account).Name, ", ")})
		}
	}
	total := every("report.total", nil)
	columns = append(columns, disclosure.Header{Code: "total_budget", Label: join(total, accounts.Code(dashboard.Budget).Name, ", "), Total: true},
		disclosure.Header{Code: "total_actual", Label: join(total, accounts.Code(dashboard.Actual).Name, ", "), Total: true},
		disclosure.Header{Code: "deviation", Label: every("report.deviation", nil)})
	title := every("report.finance", nil)
	draft := disclosure.NewDraft(title, false, columns...)
	for _, area := range areas.Codes {
		draft.Add(disclosure.Header{Code: string(area.Code), Label: area.Name}, g.row(area.Code, sources)...)
	}
	draft.Add(disclosure.Header{Code: "total", Label: total, Total: true}, g.row("", sources)...)
	return Sheet{Code: "finance", Title: title, Table: draft.Protect(disclosure.Standard)}
}

func (g grid) row(area figure.Code, sources *programme.Dimension) []disclosure.Value {
	var row []disclosure.Value
	for _, source := range sources.Codes {
		row = append(row, g.value(area, source.Code, dashboard.Budget), g.value(area, source.Code, dashboard.Actual))
	}
	budget, actual := g.value(area, "", dashboard.Budget), g.value(area, "", dashboard.Actual)
	deviation := disclosure.Value{State: disclosure.Missing, Unit: "chf"}
	if budget.State == disclosure.Shown && actual.State == disclosure.Shown {
		deviation = disclosure.Value{Value: actual.Value - budget.Value, Unit: "chf", Provisional: g.provisional}
	}
	return append(row, budget, actual, deviation)
}

// cofinancing proves, or does not, that canton and municipalities carry their
// share.
func (g grid) cofinancing(p *programme.Programme) Sheet {
	title := every("report.cofinancing", nil)
	draft := disclosure.NewDraft(title, false, disclosure.Header{Code: "chf", Label: same("CHF")})
	credit, hasCredit := g.sum("", integrationCredit, dashboard.Actual)
	fromCanton, hasCanton := g.sum("", canton, dashboard.Actual)
	fromMunicipalities, hasMunicipalities := g.sum("", municipalities, dashboard.Actual)
	cell := func(value figure.Decimal, known bool) disclosure.Value {
		if !known {
			return disclosure.Value{State: disclosure.Missing, Unit: "chf"}
		}
		return disclosure.Value{Value: value, Unit: "chf", Provisional: g.provisional}
	}
	sources := p.Dimension(dashboard.SourceOfFunds)
	// What one of the two carries is not known before both have reported; what is known
	// may be enough by itself.
	own, hasOwn := fromCanton+fromMunicipalities, hasCanton && hasMunicipalities
	draft.Add(disclosure.Header{Code: string(integrationCredit), Label: sources.Code(integrationCredit).Name}, cell(credit, hasCredit))
	draft.Add(disclosure.Header{Code: string(canton), Label: sources.Code(canton).Name}, cell(fromCanton, hasCanton))
	draft.Add(disclosure.Header{Code: string(municipalities), Label: sources.Code(municipalities).Name}, cell(fromMunicipalities, hasMunicipalities))
	draft.Add(disclosure.Header{Code: "own", Label: every("report.own_funds", nil), Total: true}, cell(own, hasOwn))
	draft.Add(disclosure.Header{Code: "difference", Label: every("report.own_less_credit", nil)}, cell(own-credit, hasOwn && hasCredit))
	verdict := "report.cofinancing_unknown"
	switch {
	case (hasCanton || hasMunicipalities) && hasCredit && own >= credit:
		verdict = "report.cofinancing_kept"
	case hasOwn && hasCredit:
		verdict = "report.cofinancing_broken"
	}
	return Sheet{Code: "cofinancing", Title: title, Table: draft.Protect(disclosure.Standard), Notes: []locale.Text{every(verdict, nil), every("report.cofinancing_rule", nil)}}
}
