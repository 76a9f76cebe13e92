package indicator

import (
	"kipmonitor/internal/programme"
)

// The reasons of the grade of an area.
const (
	FewJudged        Reason = "few_judged"          // fewer than half of the indicators with a target are judged
	AllReached       Reason = "all_reached"         // reached
	TwoThirdsOnTrack Reason = "two_thirds_on_track" // on track
	OutcomeOffTrack  Reason = "outcome_off_track"   // at risk: an outcome misses its target by far
	FewOnTrack       Reason = "few_on_track"        // at risk: fewer than two thirds meet their target
	ThirdOffTrack    Reason = "third_off_track"     // off track
)

// AreaProgress is the progress of an area.
type AreaProgress struct {
	Area   programme.AreaCode
	Grade  Grade
	Reason Reason
	// WithTarget counts the indicators that can have a grade: not neutral, with a
	// target for the year or the end. Judged of them have one.
	WithTarget, Judged int
	Counts             map[Grade]int // of all indicators of the area
	// Foreseen counts the indicators of which can be said whether they will meet the
	// target of the last year (see Outlook), InSight those that will, and Unforeseen
	// those that have such a target and of which it cannot be said.
	Foreseen, InSight, Unforeseen int
}

// JudgeArea follows the grade of an area from those of its indicators, by the
// rule published in docs/grading.md. Progresses of other areas are left out.
func JudgeArea(p *programme.Programme, area programme.AreaCode, progresses []Progress) AreaProgress {
	result := AreaProgress{Area: area, Counts: map[Grade]int{}}
	outcomeOff := false
	aimed := false  // an indicator has a target for the year itself
	waiting := true // every indicator that is not judged waits for the end of the year
	for _, progress := range progresses {
		i := p.Indicator(progress.Indicator)
		if i == nil || i.Area != area {
			continue
		}
		result.Counts[progress.Grade]++
		if i.Direction == programme.Neutral || !(progress.HasTarget || progress.HasFinal) {
			continue
		}
		result.WithTarget++
		aimed = aimed || progress.HasTarget
		if inSight, known := progress.Outlook(i); known {
			result.Foreseen++
			if inSight {
				result.InSight++
			}
		} else if progress.HasFinal {
			result.Unforeseen++
		}
		if progress.Grade.Judged() {
			result.Judged++
		} else {
			waiting = waiting && progress.Reason == YearNotComplete
		}
		outcomeOff = outcomeOff || (i.Kind == programme.Outcome && progress.Grade == OffTrack)
	}
	met := result.Counts[Reached] + result.Counts[OnTrack]
	switch {
	case result.WithTarget == 0:
		result.Grade, result.Reason = NotJudged, NoTarget
	case result.Judged == 0 && waiting:
		result.Grade, result.Reason = NotJudged, YearNotComplete
	case result.Judged*2 < result.WithTarget && !aimed:
		result.Grade, result.Reason = NotJudged, NoTarget
	case result.Judged*2 < result.WithTarget:
		result.Grade, result.Reason = NotJudged, FewJudged
	case result.Counts[OffTrack]*3 >= result.Judged:
		result.Grade, result.Reason = OffTrack, ThirdOffTrack
	case result.Counts[Reached] == result.Judged:
		result.Grade, result.Reason = Reached, AllReached
	case met*3 < result.Judged*2:
		result.Grade, result.Reason = AtRisk, FewOnTrack
	case outcomeOff:
		result.Grade, result.Reason = AtRisk, OutcomeOffTrack
	default:
		result.Grade, result.Reason = OnTrack, TwoThirdsOnTrack
	}
	return result
}
