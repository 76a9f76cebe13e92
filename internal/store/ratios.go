package store

import (
	"context"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"kipmonitor/internal/figure"
)

// sumKey is what a sum is of.
type sumKey struct {
	keyFigure    figure.KeyFigure
	period       figure.Period
	organisation figure.Organisation
	municipality figure.Municipality
	measure      figure.Measure
	persons      [3]figure.Code
	further      figure.Further
}

func keyOf(sum figure.Sum) sumKey {
	return sumKey{sum.KeyFigure, sum.Period, sum.Organisation, sum.Municipality, sum.Measure, [3]figure.Code{sum.Sex, sum.Age, sum.Status}, sum.Further}
}

// pair adds to sums what of each does not count for the ratios of the question.
func (s *Store) pair(ctx context.Context, question figure.Question, sums []figure.Sum) error {
	if len(question.Ratios) == 0 || len(sums) == 0 {
		return nil
	}
	places := map[sumKey]int{}
	for i := range sums {
		places[keyOf(sums[i])] = i
	}
	var figures []figure.KeyFigure
	ratios := make([]string, 0, len(question.Ratios))
	for _, ratio := range question.Ratios {
		ratios = append(ratios, array(texts(ratio)))
		for _, id := range ratio {
			if !slices.Contains(figures, id) {
				figures = append(figures, id)
			}
		}
	}
	var forms, formFigures []string
	for i := range s.programme.Forms {
		form := &s.programme.Forms[i]
		forms, formFigures = append(forms, string(form.Code)), append(formFigures, array(texts(figuresOf(form))))
	}
	values := s.questionParameters(question)
	values["figures"], values["stocks"] = texts(figures), texts(s.stocks(figures))
	values["ratios"], values["forms"], values["form_figures"] = "["+strings.Join(ratios, ",")+"]", forms, "["+strings.Join(formFigures, ",")+"]"
	return s.ask(ctx, "unpaired", values, func(row driver.Rows) error {
		var ratio uint32
		var id, organisation, measure, sex, age, status, further string
		var year, municipality uint16
		var part uint8
		var value int64
		var unpaired figure.Unpaired
		if err := row.Scan(&ratio, &id, &year, &part, &organisation, &municipality, &measure, &sex, &age, &status, &further,
			&value, &unpaired.Given, &unpaired.Incomplete); err != nil {
			return err
		}
		unpaired.Value = figure.Decimal(value)
		at, found := places[sumKey{figure.KeyFigure(id), figure.Period{Year: figure.Year(year), Part: figure.Part(part)}, figure.Organisation(organisation),
			figure.Municipality(municipality), figure.Measure(measure), [3]figure.Code{figure.Code(sex), figure.Code(age), figure.Code(status)}, figure.Further(further)}]
		if !found {
			return nil // of a figure that was not asked for here
		}
		if sums[at].Unpaired == nil {
			sums[at].Unpaired = make([]figure.Unpaired, len(question.Ratios))
		}
		sums[at].Unpaired[ratio-1] = unpaired
		return nil
	})
}

// array is the text of an array of codes, which hold no quotation marks.
func array(codes []string) string { return "['" + strings.Join(codes, "','") + "']" }
