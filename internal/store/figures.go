package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// Sums answers a question: delivered key figures from the observations in force,
// system key figures from the submissions and the definition. A system figure
// is of the canton as a whole and answers no question by a dimension.
func (s *Store) Sums(ctx context.Context, question figure.Question) ([]figure.Sum, error) {
	var delivered []figure.KeyFigure
	system := map[figure.KeyFigure]bool{}
	for _, id := range question.Figures {
		if k := s.programme.KeyFigure(id); k != nil && k.System {
			system[id] = true
		} else {
			delivered = append(delivered, id)
		}
	}
	var sums []figure.Sum
	if len(delivered) > 0 {
		question.Figures = delivered
		var err error
		if sums, err = s.deliveredSums(ctx, question); err != nil {
			return nil, fmt.Errorf("sum key figures: %w", err)
		}
	}
	if len(system) == 0 || question.Margin != 0 || question.By&^figure.ByPart != 0 {
		return sums, nil
	}
	submissions, err := s.Submissions(ctx, submission.Filter{Years: question.Years, AsOf: question.AsOf})
	if err != nil {
		return nil, err
	}
	extensions, err := s.Extensions(ctx, question.Years, question.AsOf)
	if err != nil {
		return nil, err
	}
	for _, year := range question.Years {
		for _, sum := range submission.SystemFigures(s.programme, submissions, extensions, year, s.today(question.AsOf)) {
			if system[sum.KeyFigure] {
				sums = append(sums, sum)
			}
		}
	}
	return sums, nil
}

func (s *Store) today(asOf time.Time) time.Time {
	if asOf.IsZero() {
		return s.now()
	}
	return asOf
}

func (s *Store) deliveredSums(ctx context.Context, question figure.Question) ([]figure.Sum, error) {
	var sums []figure.Sum
	err := s.ask(ctx, "sums", s.questionParameters(question), func(row driver.Rows) error {
		sum, err := scanSum(row)
		sums = append(sums, sum)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sums, s.pair(ctx, question, sums)
}

// questionParameters are the values of a question's places in sums.sql and its like.
func (s *Store) questionParameters(question figure.Question) parameters {
	return parameters{
		"as_of": moment(question.AsOf), "years": numbers(question.Years),
		"including": uuids(question.Including), "excluding": uuids(question.Excluding),
		"figures": texts(question.Figures), "stocks": texts(s.stocks(question.Figures)),
		"margin": uint8(question.Margin),
		"by_sex": question.Margin&figure.BySex != 0, "by_age": question.Margin&figure.ByAge != 0, "by_status": question.Margin&figure.ByStatus != 0,
		"by_organisation": question.By&figure.ByOrganisation != 0, "by_municipality": question.By&figure.ByMunicipality != 0,
		"by_measure": question.By&figure.ByMeasure != 0, "by_part": question.By&figure.ByPart != 0, "by_further": question.By&figure.ByFurther != 0,
	}
}

func scanSum(row driver.Rows) (figure.Sum, error) {
	var sum figure.Sum
	var keyFigure, organisation, measure, sex, age, status, further string
	var year, municipality uint16
	var part uint8
	var value *int64
	err := row.Scan(&keyFigure, &year, &part, &organisation, &municipality, &measure, &sex, &age, &status, &further,
		&value, &sum.Given, &sum.Missing, &sum.NotApplicable, &sum.Organisations, &sum.Parts, &sum.Provisional)
	if err != nil {
		return sum, err
	}
	sum.KeyFigure, sum.Organisation, sum.Measure = figure.KeyFigure(keyFigure), figure.Organisation(organisation), figure.Measure(measure)
	sum.Period, sum.Municipality = figure.Period{Year: figure.Year(year), Part: figure.Part(part)}, figure.Municipality(municipality)
	sum.Sex, sum.Age, sum.Status, sum.Further = figure.Code(sex), figure.Code(age), figure.Code(status), figure.Further(further)
	if value != nil {
		sum.Value = figure.Decimal(*value)
	}
	return sum, nil
}

// stocks returns those of the figures of which the last part of a year counts.
func (s *Store) stocks(figures []figure.KeyFigure) []figure.KeyFigure {
	return slices.DeleteFunc(slices.Clone(figures), func(id figure.KeyFigure) bool {
		k := s.programme.KeyFigure(id)
		return k == nil || k.Additivity != programme.Stock
	})
}

// Coverage counts what was delivered of what is owed, by form and year, at a
// moment; the zero time is now.
func (s *Store) Coverage(ctx context.Context, years []figure.Year, asOf time.Time) ([]figure.Coverage, error) {
	obligations, err := s.obligations(ctx, years, asOf, s.today(asOf))
	if err != nil {
		return nil, err
	}
	return submission.Coverage(obligations), nil
}

// Obligations returns who owes what for the years, and how it stands on a day by all
// that was recorded, even where the clock says that it is yet to come.
func (s *Store) Obligations(ctx context.Context, years []figure.Year, today time.Time) ([]submission.Obligation, error) {
	return s.obligations(ctx, years, time.Time{}, today)
}

func (s *Store) obligations(ctx context.Context, years []figure.Year, asOf, today time.Time) ([]submission.Obligation, error) {
	submissions, err := s.Submissions(ctx, submission.Filter{Years: years, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	extensions, err := s.Extensions(ctx, years, asOf)
	if err != nil {
		return nil, err
	}
	return submission.Obligations(s.programme, submissions, extensions, years, today), nil
}

// Lineage returns the observations behind the answer to a question, at most
// limit of them, in the order of the organisations and of their files. The
// question's dimensions say nothing here: they tell sums apart.
func (s *Store) Lineage(ctx context.Context, question figure.Question, limit int) ([]figure.Source, error) {
	var sources []figure.Source
	err := s.ask(ctx, "lineage", parameters{
		"as_of": moment(question.AsOf), "years": numbers(question.Years),
		"figures": texts(question.Figures), "stocks": texts(s.stocks(question.Figures)),
		"including": uuids(question.Including), "excluding": uuids(question.Excluding),
		"margin": uint8(question.Margin), "by_part": question.By&figure.ByPart != 0, "limit": uint32(max(limit, 0)),
	}, func(row driver.Rows) error {
		source, err := scanSource(row)
		sources = append(sources, source)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the sources of key figures: %w", err)
	}
	return sources, nil
}

func scanSource(row driver.Rows) (figure.Source, error) {
	var source figure.Source
	var keyFigure, measure, sex, age, status, further, form, organisation string
	var municipality, year uint16
	var mark, margins, part uint8
	var value int64
	var id uuid.UUID
	err := row.Scan(&keyFigure, &municipality, &measure, &sex, &age, &status, &further, &mark, &margins, &value,
		&source.Cell.Sheet, &source.Cell.Row, &source.Cell.Column, &id, &form, &organisation, &year, &part,
		&source.FileName, &source.FileSHA256, &source.SubmittedAt, &source.Accepted)
	source.KeyFigure, source.Measure, source.Municipality = figure.KeyFigure(keyFigure), figure.Measure(measure), figure.Municipality(municipality)
	source.Sex, source.Age, source.Status, source.Further = figure.Code(sex), figure.Code(age), figure.Code(status), figure.Further(further)
	source.Mark, source.Margins, source.Value = figure.Mark(mark), figure.Margins(margins), figure.Decimal(value)
	source.Submission, source.Form, source.Organisation = id.String(), figure.Form(form), figure.Organisation(organisation)
	source.Period = figure.Period{Year: figure.Year(year), Part: figure.Part(part)}
	source.SubmittedAt = source.SubmittedAt.UTC()
	return source, err
}
