package indicator

import (
	"strings"
	"testing"

	"kipmonitor/internal/programme"
)

func TestJudgeArea(t *testing.T) {
	p := load(t, nil)
	// Of FB2: "goals" is an outcome, "sum", "residents", "snapshot", "mean" are not,
	// "distinct" is neutral.
	cases := []struct {
		name   string
		grades string // indicator=grade
		grade  Grade
		reason Reason
		judged int
		with   int
	}{
		{"nothing has a target", "sum=none residents=none", NotJudged, NoTarget, 0, 0},
		{"the neutral and those without a target do not count", "sum=on_track distinct=no_grade residents=none", OnTrack, TwoThirdsOnTrack, 1, 1},
		{"an indicator of another area does not count", "sum=on_track ratio=off_track", OnTrack, TwoThirdsOnTrack, 1, 1},
		{"one judged of three is too few", "sum=reached mean=not_judged goals=not_judged", NotJudged, FewJudged, 1, 3},
		{"two judged of four are enough", "sum=on_track mean=on_track goals=not_judged snapshot=not_judged", OnTrack, TwoThirdsOnTrack, 2, 4},
		{"all wait for the end of the year", "sum=waiting mean=waiting", NotJudged, YearNotComplete, 0, 2},
		{"some wait and some lack deliveries", "sum=waiting mean=not_judged", NotJudged, FewJudged, 0, 2},
		{"before the programme there is no target of the year", "sum=before mean=before", NotJudged, NoTarget, 0, 2},
		{"all are reached", "sum=reached mean=reached goals=reached", Reached, AllReached, 3, 3},
		{"reached and on track", "sum=reached mean=on_track goals=reached", OnTrack, TwoThirdsOnTrack, 3, 3},
		{"two thirds on track and one at risk", "sum=on_track mean=on_track goals=at_risk", OnTrack, TwoThirdsOnTrack, 3, 3},
		{"half on track", "sum=on_track mean=on_track goals=at_risk snapshot=at_risk", AtRisk, FewOnTrack, 4, 4},
		{"one of three is off track", "sum=on_track mean=on_track snapshot=off_track", OffTrack, ThirdOffTrack, 3, 3},
		{"one of four is off track, and it is no outcome", "sum=on_track mean=on_track residents=on_track snapshot=off_track", OnTrack, TwoThirdsOnTrack, 4, 4},
		{"one of four is off track, and it is an outcome", "sum=on_track mean=on_track residents=on_track goals=off_track", AtRisk, OutcomeOffTrack, 4, 4},
		{"all at risk", "sum=at_risk mean=at_risk", AtRisk, FewOnTrack, 2, 2},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			var progresses []Progress
			for _, pair := range strings.Fields(test.grades) {
				id, grade, _ := strings.Cut(pair, "=")
				progress := Progress{Indicator: id, Grade: Grade(grade), HasTarget: true}
				switch grade {
				case "none":
					progress.Grade, progress.Reason, progress.HasTarget = NotJudged, NoTarget, false
				case "before":
					progress.Grade, progress.Reason, progress.HasTarget, progress.HasFinal = NotJudged, NoTarget, false, true
				case "waiting":
					progress.Grade, progress.Reason = NotJudged, YearNotComplete
				case "not_judged":
					progress.Reason = LowCoverage
				}
				progresses = append(progresses, progress)
			}
			got := JudgeArea(p, programme.AreaCode("FB2"), progresses)
			if got.Grade != test.grade || got.Reason != test.reason || got.Judged != test.judged || got.WithTarget != test.with {
				t.Errorf("got %+v, want %s %s, %d of %d", got, test.grade, test.reason, test.judged, test.with)
			}
		})
	}
}
