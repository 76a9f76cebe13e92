// Package report is the year as tables: for each funding area its indicators
// with value, targets, grade and completeness, the key figures, and the finance
// grid with the proof of co-financing. It is built once, as protected tables and
// words beside them, and written as a workbook, as CSV or as JSON; a page shows
// the same.
package report

import (
	"context"
	"time"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Report is a year as tables.
type Report struct {
	Programme *programme.Programme
	Year      figure.Year
	Created   time.Time
	// Data names the state of the data that the report was made from.
	Data   string
	Sheets []Sheet
}

// Sheet is one table of the report: numbers, and words beside them.
type Sheet struct {
	Code   string // stable, such as "FB2", "key_figures", "finance"
	Title  locale.Text
	Table  disclosure.Table
	Before []Words // columns of words between the label of a row and its numbers
	After  []Words // columns of words behind the numbers
	Notes  []locale.Text
}

// Words is a column of words, with a cell for each row of the table.
type Words struct {
	Code   string
	Header locale.Text
	Cells  []locale.Text
}

// Figures is what a report asks of the store.
type Figures interface {
	dashboard.Figures
	Version(ctx context.Context) (string, error)
}

// Build makes the report of a year, as of a day.
func Build(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year, today time.Time) (Report, error) {
	version, err := figures.Version(ctx)
	if err != nil {
		return Report{}, err
	}
	evaluation, err := dashboard.Evaluate(ctx, figures, p, dashboard.All(p), year, today)
	if err != nil {
		return Report{}, err
	}
	r := Report{Programme: p, Year: year, Created: today, Data: version}
	for i := range p.Areas {
		r.Sheets = append(r.Sheets, areaSheet(p, &p.Areas[i], evaluation))
	}
	keyFigures, err := keyFigureSheet(ctx, figures, p, year, evaluation)
	if err != nil {
		return Report{}, err
	}
	finance, err := financeSheets(ctx, figures, p, year)
	if err != nil {
		return Report{}, err
	}
	r.Sheets = append(r.Sheets, keyFigures)
	r.Sheets = append(r.Sheets, finance...)
	return r, nil
}

// every is a message in the four languages.
func every(key string, args locale.Args) locale.Text {
	return locale.Every(key, args)
}

// same is a text that is the same in all languages.
func same(text string) locale.Text { return locale.Text{DE: text, FR: text, IT: text, EN: text} }

func yearText(year figure.Year) string { return figure.Period{Year: year}.String() }
