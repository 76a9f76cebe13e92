package submission

import (
	"context"
	"hash/maphash"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
)

// emitted hands out the figures of a file or of a submission in batches.
type emitted func(emit func([]figure.Observation) error) error

// change says how the figures of a file stand to the version in force for the same
// period and to those delivered last before it; earlier are the submissions of its form
// and organisation for its year and the one before.
func (s *Service) change(ctx context.Context, report intake.Report, earlier []Submission, read emitted) (intake.Change, error) {
	var change intake.Change
	inForce, corrects := last(earlier, report.Period)
	before := startedFrom(earlier, report.Period)
	if !corrects && len(before) == 0 {
		return change, nil
	}
	stated, err := gather(read)
	if err != nil {
		return change, err
	}
	if corrects {
		err := s.records.EachFigure(ctx, inForce, func(o figure.Observation) error {
			if o.Mark != figure.Given || stated.has(o) {
				return nil
			}
			if change.GoneCount++; len(change.Gone) < intake.MostGone {
				change.Gone = append(change.Gone, o)
			}
			return nil
		})
		return change, err // what corrects a period does not speak of a new one
	}
	for _, sent := range before {
		same, err := s.repeats(ctx, sent, stated)
		if err != nil {
			return change, err
		}
		if same {
			change.Repeated = sent.Period
			return change, nil
		}
	}
	return change, nil
}

// startedFrom returns the submissions in force whose figures a file for a period may
// have been started from: the last one before it, and that of the same part of the year
// before.
func startedFrom(earlier []Submission, period figure.Period) []Submission {
	var found []Submission
	if sent, any := latest(earlier, period); any {
		found = append(found, sent)
	}
	if before, any := last(earlier, period.Before()); any && (len(found) == 0 || found[0].ID != before.ID) {
		found = append(found, before)
	}
	return found
}

// latest returns the submission in force for the last period that ended before a period
// does.
func latest(submissions []Submission, period figure.Period) (newest Submission, found bool) {
	for _, sent := range InForce(submissions) {
		if sent.Period.End().Before(period.End()) && (!found || sent.Period.End().After(newest.Period.End())) {
			newest, found = sent, true
		}
	}
	return newest, found
}

// InForceFor returns the submission that is in force for what is expected of an
// organisation; false where there is none.
func (s *Service) InForceFor(ctx context.Context, expect intake.Expect) (Submission, bool, error) {
	all, err := s.records.Of(ctx, expect.Form, expect.Organisation, expect.Period.Year)
	if err != nil {
		return Submission{}, false, err
	}
	inForce, found := last(all, expect.Period)
	return inForce, found, nil
}

// StartedFrom returns the submission whose figures a template for what is expected starts
// from: that in force for its own period, or else for the last one before it.
func (s *Service) StartedFrom(ctx context.Context, expect intake.Expect) (from Submission, own, found bool, err error) {
	all, err := s.records.Of(ctx, expect.Form, expect.Organisation, expect.Period.Before().Year, expect.Period.Year)
	if err != nil {
		return Submission{}, false, false, err
	}
	if from, own = last(all, expect.Period); own {
		return from, true, true, nil
	}
	from, found = latest(all, expect.Period)
	return from, false, found, nil
}

// repeats reports whether figures say again all that a submission says. Zeros and ones
// are not looked at: whether there is a contact point is the same every year.
func (s *Service) repeats(ctx context.Context, sent Submission, stated given) (bool, error) {
	counted, same := 0, true
	err := s.records.EachFigure(ctx, sent, func(o figure.Observation) error {
		if o.Mark == figure.Given {
			same = same && stated.says(o)
			if o.Value > figure.Whole(1) {
				counted++
			}
		}
		return nil
	})
	return same && counted > 0 && counted == stated.counted, err
}

// given are the figures that are given in a file: what each is of and what it says, as
// hashes, which take eight bytes for a figure of which there may be millions.
type given struct {
	seed         maphash.Seed
	cells, exact []uint64
	counted      int // that are greater than 1
}

// cell is what a figure is of.
type cell struct {
	keyFigure        figure.KeyFigure
	municipality     figure.Municipality
	measure          figure.Measure
	sex, age, status figure.Code
	further          figure.Further
}

func cellOf(o figure.Observation) cell {
	return cell{o.KeyFigure, o.Municipality, o.Measure, o.Sex, o.Age, o.Status, o.Further}
}

type exactly struct {
	cell
	value figure.Decimal
}

func gather(read emitted) (given, error) {
	g := given{seed: maphash.MakeSeed()}
	err := read(func(batch []figure.Observation) error {
		for _, o := range batch {
			if o.Mark != figure.Given {
				continue
			}
			c := cellOf(o)
			g.cells = append(g.cells, maphash.Comparable(g.seed, c))
			g.exact = append(g.exact, maphash.Comparable(g.seed, exactly{c, o.Value}))
			if o.Value > figure.Whole(1) {
				g.counted++
			}
		}
		return nil
	})
	slices.Sort(g.cells)
	slices.Sort(g.exact)
	return g, err
}

// has reports whether a figure is given, whatever it says.
func (g given) has(o figure.Observation) bool {
	_, found := slices.BinarySearch(g.cells, maphash.Comparable(g.seed, cellOf(o)))
	return found
}

// says reports whether a figure is given with the same value.
func (g given) says(o figure.Observation) bool {
	_, found := slices.BinarySearch(g.exact, maphash.Comparable(g.seed, exactly{cellOf(o), o.Value}))
	return found
}
