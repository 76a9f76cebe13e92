package submission

import (
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// SystemFigures computes the key figures that nobody delivers: those on the
// deliveries themselves, from the submissions and what was owed on a day, and
// those on measures and indicators, from the definition. Only figures that the
// definition has are returned, for the canton as a whole.
func SystemFigures(p *programme.Programme, submissions []Submission, extensions []Extension, year figure.Year, today time.Time) []figure.Sum {
	counts := map[figure.KeyFigure]int{}
	deliveries(counts, Obligations(p, submissions, extensions, []figure.Year{year}, today), today)
	firstUploads(counts, submissions, year)
	measures(counts, p, year)
	reported(counts, p, submissions, year)
	var sums []figure.Sum
	for i := range p.KeyFigures {
		id := p.KeyFigures[i].ID
		count, computed := counts[id]
		if !p.KeyFigures[i].System || !computed {
			continue
		}
		sums = append(sums, figure.Sum{KeyFigure: id, Period: figure.Period{Year: year}, Value: figure.Whole(int64(count)), Given: 1, Organisations: 1, Parts: 1})
	}
	return sums
}

// deliveries counts what was owed and came. Nothing is counted for a year of
// which nothing is owed yet: no obligation is not a completeness of nought.
func deliveries(counts map[figure.KeyFigure]int, obligations []Obligation, today time.Time) {
	owed, due := 0, 0
	accepted, onTime := 0, 0
	for _, o := range obligations {
		if !o.Owed() {
			continue
		}
		owed++
		if o.Standing == IsAccepted {
			accepted++
		}
		if !o.Passed(today) {
			continue
		}
		due++
		if o.OnTime && o.Standing == IsAccepted {
			onTime++
		}
	}
	if owed > 0 {
		counts["deliveries_owed"], counts["deliveries_accepted"] = owed, accepted
	}
	if due > 0 {
		counts["deliveries_due"], counts["deliveries_on_time"] = due, onTime
	}
}

// firstUploads counts the rows of the first file that came for each form,
// organisation and period.
func firstUploads(counts map[figure.KeyFigure]int, submissions []Submission, year figure.Year) {
	type key struct {
		form         figure.Form
		organisation figure.Organisation
		period       figure.Period
	}
	first := map[key]Submission{}
	for _, s := range submissions {
		k := key{s.Form, s.Organisation, s.Period}
		earlier, seen := first[k]
		if s.Period.Year == year && (!seen || s.first(Received).before(earlier.first(Received))) {
			first[k] = s
		}
	}
	for _, s := range first {
		counts["rows_first_upload"] += s.Rows
		counts["rows_faultless_first_upload"] += s.Rows - s.FaultyRows
	}
}

func measures(counts map[figure.KeyFigure]int, p *programme.Programme, year figure.Year) {
	running, withGoals := 0, 0
	for _, m := range p.Measures {
		if year < m.Start || year > m.End {
			continue
		}
		running++
		if m.OutcomeGoal.DE != "" && m.OutputGoal.DE != "" && len(m.Indicators) > 0 {
			withGoals++
		}
	}
	if running > 0 {
		counts["measures_running"], counts["measures_with_goals"] = running, withGoals
	}
}

// reported counts the indicators all of whose delivered key figures stand in a
// form that at least one organisation has sent for the year.
func reported(counts map[figure.KeyFigure]int, p *programme.Programme, submissions []Submission, year figure.Year) {
	sent := map[figure.Form]bool{}
	for _, s := range submissions {
		if s.Period.Year == year && s.Counts() {
			sent[s.Form] = true
		}
	}
	if len(sent) == 0 {
		return
	}
	counts["indicators_reported"], counts["indicators_without_break"] = 0, 0
	for i := range p.Indicators {
		indicator := &p.Indicators[i]
		if !allSent(p, indicator, sent) {
			continue
		}
		counts["indicators_reported"]++
		broken := false
		for _, caveat := range p.CaveatsOf(indicator.ID) {
			broken = broken || (caveat.Break && caveat.From == year)
		}
		if !broken {
			counts["indicators_without_break"]++
		}
	}
}

func allSent(p *programme.Programme, indicator *programme.Indicator, sent map[figure.Form]bool) bool {
	for _, terms := range [][]programme.Term{indicator.Numerator, indicator.Denominator} {
		for _, term := range terms {
			if k := p.KeyFigure(term.KeyFigure); k != nil && k.System {
				continue
			}
			some := false
			for _, form := range p.FormsOf(term.KeyFigure) {
				some = some || sent[form.Code]
			}
			if !some {
				return false
			}
		}
	}
	return true
}
