package intake

import (
	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// accounts are the totals of the spending of a file, each account for itself: budget and
// accounts are never added together.
type accounts struct {
	dimension figure.Dimension
	totals    map[figure.Code]*Total
}

// count counts a figure to its key figure, and spending to its account as well.
func (c *checker) count(m *row, f *cellFigure) {
	c.totals[f.figure].count(f.amount)
	grid := c.programme.Finance
	if grid == nil || c.plan.figures[f.figure].ID != grid.Spending {
		return
	}
	if c.accounts.totals == nil {
		c.accounts = accounts{grid.Account, map[figure.Code]*Total{}}
	}
	code := c.reader.furthers.codes[m.key>>furtherShift&(1<<furtherBits-1)].Code(grid.Account)
	total := c.accounts.totals[code]
	if total == nil {
		total = &Total{}
		c.accounts.totals[code] = total
	}
	total.count(f.amount)
}

// apart returns the totals of a key figure: one, or those of its accounts in the order of
// the definition.
func (c *checker) apart(k *programme.KeyFigure, whole Total) []Total {
	grid := c.programme.Finance
	if whole.KeyFigure = k.ID; grid == nil || k.ID != grid.Spending || len(c.accounts.totals) == 0 {
		return []Total{whole}
	}
	var totals []Total
	add := func(account figure.Code) {
		if total := c.accounts.totals[account]; total != nil {
			total.KeyFigure, total.Account = k.ID, account
			totals = append(totals, *total)
		}
	}
	add("") // where the column is missing, or a cell of it
	for _, code := range c.programme.Dimension(grid.Account).Codes {
		add(code.Code)
	}
	return totals
}
