package report

import (
	"context"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// grid is the finance grid: francs by funding area, source and account.
type grid struct {
	*programme.FinanceGrid
	cells       map[gridKey]figure.Decimal
	provisional bool
}

type gridKey struct{ area, source, account figure.Code }

// financeSheets are the finance grid (funding area × source, budget and actual)
// and, where the definition names what it needs, the proof that canton and
// municipalities together carry at least the federal credit. There are none where the
// definition has no spending.
func financeSheets(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year) ([]Sheet, error) {
	if p.Finance == nil {
		return nil, nil
	}
	g := grid{FinanceGrid: p.Finance, cells: map[gridKey]figure.Decimal{}}
	sums, err := figures.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{g.Spending}, Years: []figure.Year{year}, By: figure.ByFurther})
	if err != nil {
		return nil, err
	}
	for _, sum := range sums {
		if sum.Given > 0 {
			g.cells[gridKey{sum.Further.Code(g.Area), sum.Further.Code(g.Source), sum.Further.Code(g.Account)}] += sum.Value
			g.provisional = g.provisional || sum.Provisional
		}
	}
	sheets := []Sheet{g.sheet(p.Dimension(g.Area), p.Dimension(g.Source), p.Dimension(g.Account))}
	if g.Proves() {
		sheets = append(sheets, g.cofinancing(p))
	}
	return sheets, nil
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
		return disclosure.Value{State: disclosure.Missing, Unit: g.Unit}
	}
	return disclosure.Value{Value: sum, Unit: g.Unit, Provisional: g.provisional}
}

func (g grid) sheet(areas, sources, accounts *programme.Dimension) Sheet {
	var columns []disclosure.Header
	for _, source := range sources.Codes {
		for _, account := range []figure.Code{g.Budget, g.Actual} {
			columns = append(columns, disclosure.Header{Code: string(source.Code) + "_" + string(account), Label: join(source.Name, accounts.Code(account).Name, ", ")})
		}
	}
	total := every("report.total", nil)
	columns = append(columns, disclosure.Header{Code: "total_budget", Label: join(total, accounts.Code(g.Budget).Name, ", "), Total: true},
		disclosure.Header{Code: "total_actual", Label: join(total, accounts.Code(g.Actual).Name, ", "), Total: true},
		disclosure.Header{Code: "deviation", Label: every("report.deviation", nil)})
	title := every("report.finance", nil)
	draft := disclosure.NewDraft(title, columns...)
	for _, area := range areas.Codes {
		draft.Add(disclosure.Header{Code: string(area.Code), Label: area.Name}, g.row(area.Code, sources)...)
	}
	draft.Add(disclosure.Header{Code: "total", Label: total, Total: true}, g.row("", sources)...)
	return Sheet{Code: "finance", Title: title, Table: draft.Protect()}
}

func (g grid) row(area figure.Code, sources *programme.Dimension) []disclosure.Value {
	var row []disclosure.Value
	for _, source := range sources.Codes {
		row = append(row, g.value(area, source.Code, g.Budget), g.value(area, source.Code, g.Actual))
	}
	budget, actual := g.value(area, "", g.Budget), g.value(area, "", g.Actual)
	deviation := disclosure.Value{State: disclosure.Missing, Unit: g.Unit}
	if budget.State == disclosure.Shown && actual.State == disclosure.Shown {
		deviation = disclosure.Value{Value: actual.Value - budget.Value, Unit: g.Unit, Provisional: g.provisional}
	}
	return append(row, budget, actual, deviation)
}

// cofinancing proves, or does not, that canton and municipalities carry their
// share.
func (g grid) cofinancing(p *programme.Programme) Sheet {
	title := every("report.cofinancing", nil)
	draft := disclosure.NewDraft(title, disclosure.Header{Code: string(g.Unit), Label: p.Unit(g.Unit).Name})
	credit, hasCredit := g.sum("", g.FederalCredit, g.Actual)
	fromCanton, hasCanton := g.sum("", g.Canton, g.Actual)
	fromMunicipalities, hasMunicipalities := g.sum("", g.Municipalities, g.Actual)
	cell := func(value figure.Decimal, known bool) disclosure.Value {
		if !known {
			return disclosure.Value{State: disclosure.Missing, Unit: g.Unit}
		}
		return disclosure.Value{Value: value, Unit: g.Unit, Provisional: g.provisional}
	}
	sources := p.Dimension(g.Source)
	// What one of the two carries is not known before both have reported; what is known
	// may be enough by itself.
	own, hasOwn := fromCanton+fromMunicipalities, hasCanton && hasMunicipalities
	draft.Add(disclosure.Header{Code: string(g.FederalCredit), Label: sources.Code(g.FederalCredit).Name}, cell(credit, hasCredit))
	draft.Add(disclosure.Header{Code: string(g.Canton), Label: sources.Code(g.Canton).Name}, cell(fromCanton, hasCanton))
	draft.Add(disclosure.Header{Code: string(g.Municipalities), Label: sources.Code(g.Municipalities).Name}, cell(fromMunicipalities, hasMunicipalities))
	draft.Add(disclosure.Header{Code: "own", Label: every("report.own_funds", nil), Total: true}, cell(own, hasOwn))
	draft.Add(disclosure.Header{Code: "difference", Label: every("report.own_less_credit", nil)}, cell(own-credit, hasOwn && hasCredit))
	if g.LumpSum != "" {
		lump, hasLump := g.sum("", g.LumpSum, g.Actual)
		label := join(sources.Code(g.LumpSum).Name, every("report.no_own_funds", nil), ": ")
		draft.Add(disclosure.Header{Code: string(g.LumpSum), Label: label}, cell(lump, hasLump))
	}
	verdict := "report.cofinancing_unknown"
	switch {
	case (hasCanton || hasMunicipalities) && hasCredit && own >= credit:
		verdict = "report.cofinancing_kept"
	case hasOwn && hasCredit:
		verdict = "report.cofinancing_broken"
	}
	return Sheet{Code: "cofinancing", Title: title, Table: draft.Protect(), Notes: []locale.Text{every(verdict, nil), g.Rule}}
}
