package programme

import (
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// FinanceGrid says which entries of the definition are the parts of the finance grid: one
// key figure, told apart by area, source of funds and kind of account. The overview,
// the report and the proof of co-financing are made from it.
type FinanceGrid struct {
	Spending figure.KeyFigure `yaml:"spending"` // the key figure, in a unit of money
	Area     figure.Dimension `yaml:"area"`     // the dimension of the areas
	Source   figure.Dimension `yaml:"source"`   // the dimension of the sources of funds
	Account  figure.Dimension `yaml:"account"`  // the dimension that tells budget from accounts
	Budget   figure.Code      `yaml:"budget"`   // of the dimension of accounts
	Actual   figure.Code      `yaml:"actual"`   // of the dimension of accounts

	// Of the dimension of sources, for the proof that canton and municipalities carry
	// at least as much as the federal credit. It is made where the three are named.
	FederalCredit  figure.Code `yaml:"federal_credit"`
	Canton         figure.Code `yaml:"canton"`
	Municipalities figure.Code `yaml:"municipalities"`
	// LumpSum is the federal payment that asks for no funds of one's own; it stands
	// below the proof. It may be left out.
	LumpSum figure.Code `yaml:"lump_sum"`
	// Rule says in words what the proof is held against, with its article.
	Rule locale.Text `yaml:"rule"`
	// Cofinancing is the indicator that stands with the money on the overview, and
	// CofinancingNote what is said beside it. Both may be left out.
	Cofinancing     string      `yaml:"cofinancing"`
	CofinancingNote locale.Text `yaml:"cofinancing_note"`

	// Unit is that of the spending; Load sets it.
	Unit figure.Unit `yaml:"-"`
}

// usualFinance are the names of the parts where the definition gives no others.
var usualFinance = FinanceGrid{
	Spending: "expenditure", Area: "funding_area", Source: "source_of_funds", Account: "account", Budget: "budget", Actual: "actual",
}

// Proves reports whether the definition names what the proof of co-financing needs.
func (f *FinanceGrid) Proves() bool { return f != nil && f.FederalCredit != "" }

// completeFinance fills in the usual names. A definition that says nothing of finance
// has a grid where it has a key figure and dimensions of the usual names, and none
// otherwise.
func (p *Programme) completeFinance() {
	if p.Finance == nil {
		u := usualFinance
		if p.KeyFigure(u.Spending) == nil || p.Dimension(u.Area) == nil || p.Dimension(u.Source) == nil || p.Dimension(u.Account) == nil {
			return
		}
		p.Finance = &FinanceGrid{}
	}
	f := p.Finance
	usual(&f.Spending, usualFinance.Spending)
	usual(&f.Area, usualFinance.Area)
	usual(&f.Source, usualFinance.Source)
	usual(&f.Account, usualFinance.Account)
	usual(&f.Budget, usualFinance.Budget)
	usual(&f.Actual, usualFinance.Actual)
	if spending := p.KeyFigure(f.Spending); spending != nil {
		f.Unit = spending.Unit
	}
}

func usual[T comparable](field *T, value T) {
	if *field == *new(T) {
		*field = value
	}
}

// finance asks that every part of the finance grid is there, so that the pages and the
// report can be made. Without an entry «finance» the faults stand at the key figure or
// the dimension.
func (l *loader) finance(p *Programme) {
	f := p.Finance
	if f == nil {
		return
	}
	at := l.places[p].at("finance")
	spending := p.KeyFigure(f.Spending)
	if spending == nil {
		l.fault(at.at("spending"), "finance: there is no key figure %q; name it as «spending»", f.Spending)
		return
	}
	if !l.places[p].has("finance") {
		at = l.places[spending]
	}
	if unit := p.Unit(spending.Unit); unit != nil && !unit.Money {
		l.fault(l.places[spending].at("unit"), "finance: %s counts %s, which is no unit of money (money: true in units.yaml)", spending.ID, spending.Unit)
	}
	for _, part := range []struct {
		key  string
		name figure.Dimension
	}{{"area", f.Area}, {"source", f.Source}, {"account", f.Account}} {
		l.financeDimension(p, at, spending, part.key, part.name)
	}
	l.financeCode(p, at, f.Account, "budget", f.Budget)
	l.financeCode(p, at, f.Account, "actual", f.Actual)
	if f.Budget == f.Actual {
		l.fault(at.at("actual"), "finance: budget and actual are the same code %q", f.Actual)
	}
	l.proof(p, at)
}

// financeDimension asks that the spending is told apart by a dimension with codes.
func (l *loader) financeDimension(p *Programme, at place, spending *KeyFigure, key string, name figure.Dimension) {
	if d := p.Dimension(name); d == nil || d.Derived {
		l.fault(at.at(key), "finance: there is no dimension %q with codes, by which %s is told apart; add it, or name another as «%s» under «finance» in programme.yaml", name, spending.ID, key)
		return
	}
	for _, form := range p.FormsOf(spending.ID) {
		if !form.Has(name) {
			l.fault(l.places[form], "finance: the form %s, which delivers %s, has no dimension %s", form.Code, spending.ID, name)
		}
	}
}

// financeCode asks for a code of a dimension. A dimension that is missing has been
// reported.
func (l *loader) financeCode(p *Programme, at place, dimension figure.Dimension, key string, code figure.Code) {
	d := p.Dimension(dimension)
	if d == nil || d.Code(code) != nil {
		return
	}
	if !at.has(key) {
		at = l.places[d]
	}
	l.fault(at.at(key), "finance: the dimension %s has no code %q; say under «finance» in programme.yaml which of its codes is «%s»", dimension, code, key)
}

// proof asks that either all that the proof of co-financing needs is named, or nothing.
func (l *loader) proof(p *Programme, at place) {
	f := p.Finance
	roles := []struct {
		key  string
		code figure.Code
	}{{"federal_credit", f.FederalCredit}, {"canton", f.Canton}, {"municipalities", f.Municipalities}, {"lump_sum", f.LumpSum}}
	named := f.FederalCredit+f.Canton+f.Municipalities+f.LumpSum != ""
	for _, role := range roles {
		switch {
		case role.code != "":
			l.financeCode(p, at, f.Source, role.key, role.code)
		case named && role.key != "lump_sum":
			l.fault(at, "finance: %s is missing: the proof of co-financing needs federal_credit, canton and municipalities", role.key)
		}
	}
	if named {
		l.texts(at, "rule", f.Rule)
	}
	if f.Cofinancing != "" && p.Indicator(f.Cofinancing) == nil {
		l.fault(at.at("cofinancing"), "finance: there is no indicator %q", f.Cofinancing)
	}
	l.perhapsTexts(at, "cofinancing_note", f.CofinancingNote)
}
