package store

import (
	"context"
	"math"
	"slices"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

// Assumption answers as if some submissions were in force and others gone: what
// would follow from a file that waits, or from the absence of one that counts.
type Assumption struct {
	store                *Store
	including, excluding []submission.ID
}

// Assuming returns the figures under an assumption.
func (s *Store) Assuming(including, excluding []submission.ID) Assumption {
	return Assumption{s, including, excluding}
}

// Sums answers a question under the assumption.
func (a Assumption) Sums(ctx context.Context, question figure.Question) ([]figure.Sum, error) {
	question.Including, question.Excluding = texts(a.including), texts(a.excluding)
	return a.store.Sums(ctx, question)
}

// Coverage counts what would be delivered under the assumption.
func (a Assumption) Coverage(ctx context.Context, years []figure.Year, asOf time.Time) ([]figure.Coverage, error) {
	submissions, err := a.store.Submissions(ctx, submission.Filter{Years: years, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	extensions, err := a.store.Extensions(ctx, years, asOf)
	if err != nil {
		return nil, err
	}
	today := a.store.today(asOf)
	submissions = slices.DeleteFunc(submissions, func(one submission.Submission) bool { return slices.Contains(a.excluding, one.ID) })
	for i := range submissions {
		if slices.Contains(a.including, submissions[i].ID) {
			submissions[i].Events = []submission.Event{{Kind: submission.Received, At: today, Sequence: math.MaxUint64 - 1}, {Kind: submission.Submitted, At: today, Sequence: math.MaxUint64}}
		}
	}
	return submission.Coverage(submission.Obligations(a.store.programme, submissions, extensions, years, today)), nil
}
