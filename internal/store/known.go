package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// TotalsInForce returns the totals of a form for the parts of a year, of one
// organisation or, where it is empty, of all. A key figure is there only where none
// of its parts is missing.
func (s *Store) TotalsInForce(ctx context.Context, form figure.Form, organisation figure.Organisation, year figure.Year) (map[figure.Organisation]map[figure.Part]map[figure.KeyFigure]figure.Decimal, error) {
	var all []submission.Submission
	err := s.ask(ctx, "form", parameters{"form": string(form), "year": uint16(year), "everyone": organisation == "", "organisation": string(organisation)}, func(row driver.Rows) error {
		var id uuid.UUID
		var from string
		var part uint8
		err := row.Scan(&id, &from, &part)
		all = append(all, submission.Submission{ID: submission.ID(id.String()), Form: form, Organisation: figure.Organisation(from), Period: figure.Period{Year: year, Part: figure.Part(part)}})
		return err
	})
	if err == nil {
		all, err = s.withEvents(ctx, all, time.Time{})
	}
	if err != nil {
		return nil, fmt.Errorf("list the submissions of %s for %d: %w", form, year, err)
	}
	inForce := map[uuid.UUID]submission.Submission{}
	var ids []submission.ID
	for _, one := range submission.InForce(all) {
		ids = append(ids, one.ID)
		inForce[uuid.MustParse(string(one.ID))] = one
	}
	totals := map[figure.Organisation]map[figure.Part]map[figure.KeyFigure]figure.Decimal{}
	if len(ids) == 0 {
		return totals, nil
	}
	values := s.spending()
	values["figures"], values["year"], values["submissions"] = texts(figuresOf(s.programme.Form(form))), uint16(year), uuids(ids)
	err = s.ask(ctx, "complete_totals", values, func(row driver.Rows) error {
		var id uuid.UUID
		var keyFigure string
		var value int64
		err := row.Scan(&id, &keyFigure, &value)
		one := inForce[id]
		if totals[one.Organisation] == nil {
			totals[one.Organisation] = map[figure.Part]map[figure.KeyFigure]figure.Decimal{}
		}
		sums := totals[one.Organisation][one.Period.Part]
		if sums == nil {
			sums = map[figure.KeyFigure]figure.Decimal{}
			totals[one.Organisation][one.Period.Part] = sums
		}
		sums[figure.KeyFigure(keyFigure)] = figure.Decimal(value)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sum the figures of %s for %d: %w", form, year, err)
	}
	return totals, nil
}

// figuresOf returns the key figures of a form.
func figuresOf(form *programme.Form) []figure.KeyFigure {
	var found []figure.KeyFigure
	if form == nil {
		return nil
	}
	for _, column := range form.Columns {
		if column.Role == programme.FigureColumn {
			found = append(found, column.KeyFigure)
		}
	}
	return found
}
