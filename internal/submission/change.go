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
	for _, one := range before {
		same, err := s.repeats(ctx, one, stated)
		if err != nil {
			return change, err
		}
		if same {
			change.Repeated = one.Period
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
	if latest, any := Latest(earlier, period); any {
		found = append(found, latest)
	}
	if before, any := last(earlier, period.Before()); any && (len(found) == 0 || found[0].ID != before.ID) {
		found = append(found, before)
	}
	return found
}

// Latest returns the submission in force for the last period that ended before a period
// does.
func Latest(submissions []Submission, period figure.Period) (latest Submission, found bool) {
	for _, one := range InForce(submissions) {
		if one.Period.End().Before(period.End()) && (!found || one.Period.End().After(latest.Period.End())) {
			latest, found = one, true
		}
	}
	return latest, found
}

// repeats reports whether figures say again all that a submission says. Zeros and ones
// are not looked at: whether there is a contact point is the same every year.
func (s *Service) repeats(ctx context.Context, one Submission, stated given) (bool, error) {
	counted, same := 0, true
	err := s.records.EachFigure(ctx, one, func(o figure.Observation) error {
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
