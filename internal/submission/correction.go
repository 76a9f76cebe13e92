package submission

import (
	"context"

	"kipmonitor/internal/figure"
)

// Changes count the figures in which a submission differs from the one that it replaces:
// given there and no more, given with another value, and not given there.
type Changes struct{ Gone, Changed, Added int }

// Correction is how a submission stands to the version that it replaces.
type Correction struct {
	Replaced Submission // in force for the same form, organisation and period without it
	Changes
	Totals      map[figure.KeyFigure]figure.Decimal // of what is replaced
	Differences []Difference                        // what goes first; at most MostDifferences
}

// MostDifferences is how many differing figures a correction lists one by one.
const MostDifferences = 100

// Replaced returns the submission that is, or would be, in force without one; false where
// there is none.
func (s *Service) Replaced(ctx context.Context, sent Submission) (Submission, bool, error) {
	all, err := s.records.Of(ctx, sent.Form, sent.Organisation, sent.Period.Year)
	if err != nil {
		return Submission{}, false, err
	}
	var others []Submission
	for _, other := range all {
		if other.ID != sent.ID {
			others = append(others, other)
		}
	}
	replaced, found := last(others, sent.Period)
	return replaced, found, nil
}

// Changes counts what a submission changes; false where it replaces nothing.
func (s *Service) Changes(ctx context.Context, sent Submission) (Changes, bool, error) {
	replaced, found, err := s.Replaced(ctx, sent)
	if err != nil || !found {
		return Changes{}, found, err
	}
	changes, err := s.records.Changes(ctx, replaced.ID, sent.ID, sent.Period.Year)
	return changes, true, err
}

// Correction compares a submission with what it replaces; false where that is nothing.
func (s *Service) Correction(ctx context.Context, sent Submission) (Correction, bool, error) {
	replaced, found, err := s.Replaced(ctx, sent)
	if err != nil || !found {
		return Correction{}, found, err
	}
	c := Correction{Replaced: replaced}
	if c.Changes, err = s.records.Changes(ctx, replaced.ID, sent.ID, sent.Period.Year); err != nil {
		return c, true, err
	}
	if c.Totals, err = s.records.Totals(ctx, replaced); err != nil {
		return c, true, err
	}
	c.Differences, err = s.records.Differences(ctx, replaced.ID, sent.ID, sent.Period.Year, MostDifferences)
	return c, true, err
}

// Observation is what the difference is of, without a value.
func (d Difference) Observation() figure.Observation {
	return figure.Observation{KeyFigure: d.KeyFigure, Municipality: d.Municipality, Measure: d.Measure, Sex: d.Sex, Age: d.Age, Status: d.Status, Further: d.Further}
}

// Change is the new value less the old one; false where one of them is not given.
func (d Difference) Change() (figure.Decimal, bool) {
	if d.Old == nil || d.New == nil {
		return 0, false
	}
	change, err := d.New.Add(-*d.Old)
	return change, err == nil
}
