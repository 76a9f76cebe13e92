package dashboard

import (
	"context"

	"kipmonitor/internal/chart"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// The words of the finance grid: one key figure, told apart by three dimensions.
// They are part of the definition (seed/keyfigures/fin.yaml, seed/dimensions.yaml).
const (
	Expenditure = figure.KeyFigure("expenditure")

	SourceOfFunds = figure.Dimension("source_of_funds")
	Account       = figure.Dimension("account")

	Budget = figure.Code("budget")
	Actual = figure.Code("actual")
)

// money are the francs of a year by funding area and account.
type money struct {
	year figure.Year
	sums map[moneyKey]figure.Decimal
	any  bool
	// provisional: not everything behind it is accepted.
	provisional bool
}

type moneyKey struct{ area, source, account figure.Code }

func askMoney(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year) (money, error) {
	m := money{year: year, sums: map[moneyKey]figure.Decimal{}}
	if p.KeyFigure(Expenditure) == nil {
		return m, nil
	}
	sums, err := figures.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{Expenditure}, Years: []figure.Year{year}, By: figure.ByFurther})
	if err != nil {
		return m, err
	}
	for _, sum := range sums {
		if sum.Given == 0 {
			continue
		}
		m.any, m.provisional = true, m.provisional || sum.Provisional
		m.sums[moneyKey{sum.Further.Code(indicator.FundingArea), sum.Further.Code(SourceOfFunds), sum.Further.Code(Account)}] += sum.Value
	}
	return m, nil
}

// total sums an account of an area, or of all where area is "".
func (m money) total(area, account figure.Code) (sum figure.Decimal, found bool) {
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
	budget, _ := m.total(figure.Code(area), Budget)
	actual, known := m.total(figure.Code(area), Actual)
	if !known || budget <= 0 {
		return ""
	}
	return s.language.Percent(ratio(actual, budget), 0)
}

// ratio divides two amounts for display.
func ratio(part, whole figure.Decimal) figure.Decimal {
	if whole == 0 {
		return 0
	}
	share, err := figure.FromFloat(part.Float() / whole.Float())
	if err != nil {
		return 0
	}
	return share
}

// fillMoney shows budget and spending of the year: by area, or on the page of an
// area by source.
func (f filling) fillMoney(panel *Panel, title locale.Text) {
	area := figure.Code(f.area)
	budget, hasBudget := f.money.total(area, Budget)
	actual, hasActual := f.money.total(area, Actual)
	if !hasBudget && !hasActual {
		panel.Empty = f.say("web.money.none", locale.Args{"year": figure.Period{Year: f.Year}.String()})
		return
	}
	year := locale.Args{"year": figure.Period{Year: f.Year}.String()}
	panel.Facts = append(panel.Facts, Fact{Name: f.say("web.money.budget", year), Value: f.language.Money(budget, 0)},
		Fact{Name: f.say("web.money.actual", year), Value: f.language.Money(actual, 0)},
		Fact{Name: f.say("web.money.used", nil), Value: f.language.Percent(ratio(actual, budget), 0)})
	if f.area == "" {
		if progress, found := f.Progress("FIN-02"); found && progress.Value.Known {
			panel.Facts = append(panel.Facts, Fact{Name: f.say("web.money.cofinancing", nil), Value: f.language.Number(progress.Value.Value, 2), Note: f.say("web.money.cofinancing_rule", nil)})
		}
	}
	panel.Charts = []Graphic{f.moneyChart(title)}
}

func (f filling) moneyChart(title locale.Text) Graphic {
	// Rows are the areas on the overview, and the sources on the page of an area;
	// columns are budget and spending.
	name, of := indicator.FundingArea, func(key moneyKey) (figure.Code, bool) { return key.area, true }
	if f.area != "" {
		name, of = SourceOfFunds, func(key moneyKey) (figure.Code, bool) { return key.source, key.area == figure.Code(f.area) }
	}
	dimension, accounts := f.p.Dimension(name), f.p.Dimension(Account)
	draft := disclosure.NewDraft(title, false,
		disclosure.Header{Code: chart.Target, Label: accounts.Code(Budget).Name}, disclosure.Header{Code: chart.Actual, Label: accounts.Code(Actual).Name})
	for _, code := range dimension.Codes {
		row := []disclosure.Value{{State: disclosure.Missing, Unit: "chf"}, {State: disclosure.Missing, Unit: "chf"}}
		for key, value := range f.money.sums {
			if c, here := of(key); here && c == code.Code {
				column := 0
				if key.account == Actual {
					column = 1
				}
				row[column] = disclosure.Value{Value: row[column].Value + value, Unit: "chf", Provisional: f.money.provisional}
			}
		}
		label := code.Name
		if name == indicator.FundingArea {
			label = every("web.money.across")
			if area := f.p.Area(programme.AreaCode(code.Code)); area != nil {
				label = area.Short
			}
		}
		draft.Add(disclosure.Header{Code: string(code.Code), Label: label}, row...)
	}
	return f.graphic(draft.Protect(disclosure.Standard), chart.Frame.Grouped)
}
