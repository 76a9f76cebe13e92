package dashboard

import (
	"context"

	"kipmonitor/internal/chart"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// money are the francs of a year by funding area and account.
type money struct {
	year figure.Year
	grid *programme.FinanceGrid // nil: the definition has no spending
	sums map[moneyKey]figure.Decimal
	any  bool
	// provisional: not everything behind it is accepted.
	provisional bool
}

type moneyKey struct{ area, source, account figure.Code }

func askMoney(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year) (money, error) {
	m := money{year: year, sums: map[moneyKey]figure.Decimal{}, grid: p.Finance}
	if m.grid == nil {
		return m, nil
	}
	sums, err := figures.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{m.grid.Spending}, Years: []figure.Year{year}, By: figure.ByFurther})
	if err != nil {
		return m, err
	}
	for _, sum := range sums {
		if sum.Given == 0 {
			continue
		}
		m.any, m.provisional = true, m.provisional || sum.Provisional
		m.sums[moneyKey{sum.Further.Code(m.grid.Area), sum.Further.Code(m.grid.Source), sum.Further.Code(m.grid.Account)}] += sum.Value
	}
	return m, nil
}

// budget and actual are the two accounts of an area, or of all where area is "".
func (m money) budget(area figure.Code) (figure.Decimal, bool) { return m.total(area, true) }
func (m money) actual(area figure.Code) (figure.Decimal, bool) { return m.total(area, false) }

func (m money) total(area figure.Code, budget bool) (sum figure.Decimal, found bool) {
	if m.grid == nil {
		return 0, false
	}
	account := m.grid.Actual
	if budget {
		account = m.grid.Budget
	}
	for key, value := range m.sums {
		if key.account == account && (area == "" || key.area == area) {
			sum, found = sum+value, true
		}
	}
	return sum, found
}

// used writes what part of its budget an area has spent; "" where nothing is
// known.
func (m money) used(s scribe, area programme.AreaCode) string {
	budget, _ := m.budget(figure.Code(area))
	actual, known := m.actual(figure.Code(area))
	if !known || budget <= 0 {
		return ""
	}
	return s.language.Percent(ratio(actual, budget), 0)
}

// ratio divides two amounts for display, in tenths of a per cent.
func ratio(part, whole figure.Decimal) figure.Decimal {
	if whole == 0 {
		return 0
	}
	share, err := figure.FromFloat(part.Float() / whole.Float())
	if err != nil {
		return 0
	}
	return share.Round(figure.Whole(1) / 1000)
}

// fillMoney shows budget and spending of the year: by area, or on the page of an
// area by source. It is false where there is neither.
func (f filling) fillMoney(panel *Panel, title locale.Text) bool {
	area := figure.Code(f.area)
	budget, hasBudget := f.money.budget(area)
	actual, hasActual := f.money.actual(area)
	if !hasBudget && !hasActual {
		return false
	}
	year := locale.Args{"year": figure.Period{Year: f.Year}.String()}
	if hasBudget {
		panel.Facts = append(panel.Facts, Fact{Name: f.say("web.money.budget", year), Value: f.language.Money(budget, 0)})
	}
	if hasActual {
		panel.Facts = append(panel.Facts, Fact{Name: f.say("web.money.actual", year), Value: f.language.Money(actual, 0)})
	}
	if hasBudget && hasActual && budget > 0 {
		panel.Facts = append(panel.Facts, Fact{Name: f.say("web.money.used", nil), Value: f.language.Percent(ratio(actual, budget), 0)})
	}
	if f.area == "" && f.money.grid.Cofinancing != "" {
		if progress, found := f.Progress(f.money.grid.Cofinancing); found && progress.Value.Known {
			panel.Facts = append(panel.Facts, Fact{Name: f.say("web.money.cofinancing", nil), Value: f.language.Number(progress.Value.Value-progress.Value.Value%(figure.Whole(1)/100), 2), Note: f.money.grid.CofinancingNote.In(f.language)})
		}
	}
	panel.Charts = []Graphic{f.moneyChart(title)}
	return true
}

func (f filling) moneyChart(title locale.Text) Graphic {
	// Rows are the areas on the overview, and the sources on the page of an area;
	// columns are budget and spending.
	grid := f.money.grid
	name, of := grid.Area, func(key moneyKey) (figure.Code, bool) { return key.area, true }
	if f.area != "" {
		name, of = grid.Source, func(key moneyKey) (figure.Code, bool) { return key.source, key.area == figure.Code(f.area) }
	}
	dimension, accounts := f.p.Dimension(name), f.p.Dimension(grid.Account)
	draft := disclosure.NewDraft(title,
		disclosure.Header{Code: chart.Target, Label: accounts.Code(grid.Budget).Name}, disclosure.Header{Code: chart.Actual, Label: accounts.Code(grid.Actual).Name})
	for _, code := range dimension.Codes {
		row := []disclosure.Value{{State: disclosure.Missing, Unit: grid.Unit}, {State: disclosure.Missing, Unit: grid.Unit}}
		for key, value := range f.money.sums {
			if c, here := of(key); here && c == code.Code {
				column := 0
				if key.account == grid.Actual {
					column = 1
				}
				row[column] = disclosure.Value{Value: row[column].Value + value, Unit: grid.Unit, Provisional: f.money.provisional}
			}
		}
		label := code.Name
		if area := f.p.Area(programme.AreaCode(code.Code)); name == grid.Area && area != nil {
			label = area.Short
		}
		draft.Add(disclosure.Header{Code: string(code.Code), Label: label}, row...)
	}
	return f.graphic(draft.Protect(), chart.Frame.Grouped)
}
