package dashboard

import (
	"context"
	"slices"
	"time"

	"kipmonitor/internal/chart"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

// Filled is a board with its panels filled.
type Filled struct {
	Evaluation Evaluation
	Panels     []Panel
}

// Overview fills the board of the canton for a year.
func (b *Boards) Overview(ctx context.Context, figures Figures, p *programme.Programme, year figure.Year, language locale.Language, today time.Time) (Filled, error) {
	return b.overview.fill(ctx, figures, p, "", year, language, today)
}

// Area fills the board of an area for a year.
func (b *Boards) Area(ctx context.Context, figures Figures, p *programme.Programme, area programme.AreaCode, year figure.Year, language locale.Language, today time.Time) (Filled, error) {
	return b.area.fill(ctx, figures, p, area, year, language, today)
}

// filling is what the panels of one board are filled from.
type filling struct {
	scribe
	Evaluation
	area  programme.AreaCode // "" on the overview
	money money
}

func (b board) fill(ctx context.Context, figures Figures, p *programme.Programme, area programme.AreaCode, year figure.Year, language locale.Language, today time.Time) (Filled, error) {
	indicators := All(p)
	if area != "" {
		indicators = p.IndicatorsOf(area)
	}
	evaluation, err := Evaluate(ctx, figures, p, indicators, year, today)
	if err != nil {
		return Filled{}, err
	}
	f := filling{scribe: newScribe(p, language), Evaluation: evaluation, area: area}
	if f.money, err = askMoney(ctx, figures, p, year); err != nil {
		return Filled{}, err
	}
	filled := Filled{Evaluation: evaluation}
	for _, panel := range b.Panels {
		if panel.Kind == Money && p.Finance == nil {
			continue // the definition has no spending
		}
		if filledPanel, says := f.fill(panel); says {
			filled.Panels = append(filled.Panels, filledPanel)
		}
	}
	return filled, nil
}

// fill fills a panel; false where it has nothing to say.
func (f filling) fill(panel panel) (Panel, bool) {
	filled := Panel{ID: panel.ID, Title: panel.Title.In(f.language), Intro: panel.Intro.In(f.language), Wide: panel.Wide}
	switch panel.Kind {
	case Areas:
		filled.Areas = f.areas()
		for _, grade := range indicator.Grades {
			filled.Legend = append(filled.Legend, f.grade(grade))
		}
	case Attainment:
		if f.judged() {
			filled.Charts = []Graphic{f.attainment(panel.Title)}
		} else {
			filled.Empty = f.say("web.panel.not_judged", locale.Args{"year": f.Year})
		}
	case Indicators:
		for _, progress := range f.chosen(panel) {
			filled.Rows = append(filled.Rows, f.row(progress))
		}
	case Trends:
		for _, progress := range limited(f.trends(f.chosen(panel)), panel.Limit) {
			filled.Charts = append(filled.Charts, Trend(f.p, f.language, progress))
		}
		return filled, len(filled.Charts) > 0
	case Money:
		return filled, f.fillMoney(&filled, panel.Title)
	case Coverage:
		filled.Charts = []Graphic{f.coverageChart(panel.Title)}
	case Measures:
		filled.Measures = f.measures()
		return filled, len(filled.Measures) > 0
	case Gaps:
		for _, progress := range limited(f.gaps(), panel.Limit) {
			row := f.row(progress)
			if area := f.p.Area(f.p.Indicator(progress.Indicator).Area); f.area == "" && area.Funding {
				row.Area = area.Short.In(f.language)
			}
			filled.Gaps = append(filled.Gaps, row)
		}
		if len(filled.Gaps) == 0 {
			filled.Empty = f.say("web.panel.no_gaps", nil)
			if !f.judged() {
				filled.Empty = f.say("web.panel.not_judged", locale.Args{"year": f.Year})
			}
		}
	}
	return filled, true
}

func limited(progresses []indicator.Progress, limit int) []indicator.Progress {
	if limit > 0 && len(progresses) > limit {
		return progresses[:limit]
	}
	return progresses
}

// chosen returns the indicators that a panel names, or all of the board.
func (f filling) chosen(panel panel) []indicator.Progress {
	if len(panel.Indicators) == 0 {
		return f.Progresses
	}
	var chosen []indicator.Progress
	for _, id := range panel.Indicators {
		if progress, found := f.Progress(id); found {
			chosen = append(chosen, progress)
		}
	}
	return chosen
}

// trends puts outcomes first, and leaves out what has no figures at all.
func (f filling) trends(progresses []indicator.Progress) []indicator.Progress {
	rank := map[programme.Kind]int{programme.Outcome: 0, programme.Quality: 1, programme.Output: 2, programme.Finance: 3, programme.Context: 4}
	chosen := slices.DeleteFunc(slices.Clone(progresses), func(p indicator.Progress) bool {
		return !slices.ContainsFunc(p.Series, func(v indicator.Value) bool { return v.Known })
	})
	slices.SortStableFunc(chosen, func(a, b indicator.Progress) int {
		return rank[f.p.Indicator(a.Indicator).Kind] - rank[f.p.Indicator(b.Indicator).Kind]
	})
	return chosen
}

// judged reports whether any indicator of a funding area has a grade for the year.
func (f filling) judged() bool {
	return slices.ContainsFunc(f.Progresses, func(progress indicator.Progress) bool {
		return progress.Grade.Judged() && f.p.Area(f.p.Indicator(progress.Indicator).Area).Funding
	})
}

// gaps are the indicators that miss their target, the furthest first.
func (f filling) gaps() []indicator.Progress {
	var gaps []indicator.Progress
	for _, progress := range f.Progresses {
		if progress.Grade == indicator.OffTrack || progress.Grade == indicator.AtRisk {
			gaps = append(gaps, progress)
		}
	}
	slices.SortStableFunc(gaps, func(a, b indicator.Progress) int { return int(a.Attainment - b.Attainment) })
	return gaps
}

// areas are the cards of the funding areas, and one of all of them together.
func (f filling) areas() []AreaCard {
	var cards []AreaCard
	all := AreaCard{Number: f.p.Short.In(f.language), Name: f.say("web.area.all", nil), Reason: f.say("web.area.no_sum", nil), Spent: f.money.used(f.scribe, "")}
	sum := indicator.AreaProgress{Counts: map[indicator.Grade]int{}}
	for i := range f.p.Areas {
		area := &f.p.Areas[i]
		if !area.Funding {
			continue
		}
		progress, completeness := f.Area(area.Code)
		card := AreaCard{
			Code: string(area.Code), Number: area.Number, Name: area.Name.In(f.language), Grade: f.grade(progress.Grade), Coverage: f.coverage(completeness),
			Spent: f.money.used(f.scribe, area.Code),
		}
		if progress.Grade == indicator.NotJudged || progress.Reason == indicator.OutcomeOffTrack {
			card.Reason = f.reason(progress.Reason)
		}
		f.count(&card, progress)
		for _, one := range f.Progresses {
			card.Provisional = card.Provisional || (f.p.Indicator(one.Indicator).Area == area.Code && one.Value.Known && one.Value.Provisional)
		}
		cards = append(cards, card)

		sum.WithTarget, sum.Judged = sum.WithTarget+progress.WithTarget, sum.Judged+progress.Judged
		sum.Foreseen, sum.InSight, sum.Unforeseen = sum.Foreseen+progress.Foreseen, sum.InSight+progress.InSight, sum.Unforeseen+progress.Unforeseen
		for grade, count := range progress.Counts {
			sum.Counts[grade] += count
		}
	}
	f.count(&all, sum)
	var deliveries indicator.Completeness
	for _, c := range f.Evidence.Coverage {
		if c.Year == f.Year {
			deliveries.Owed, deliveries.Delivered = deliveries.Owed+c.Owed, deliveries.Delivered+c.Delivered
		}
	}
	all.Coverage = f.coverage(deliveries)
	return append(cards, all)
}

// count writes how the indicators of a card stand, in the year and at the end.
func (f filling) count(card *AreaCard, progress indicator.AreaProgress) {
	of := func(part, whole int) string { return f.say("web.area.of", locale.Args{"part": part, "whole": whole}) }
	card.OnTrack = "–"
	if progress.Judged > 0 {
		card.OnTrack = of(progress.Counts[indicator.Reached]+progress.Counts[indicator.OnTrack], progress.WithTarget)
	}
	card.Strip, card.StripLabel = f.strip(progress)
	card.Outlook = "–"
	if progress.Foreseen > 0 {
		card.Outlook = of(progress.InSight, progress.Foreseen)
	}
	if progress.Unforeseen > 0 {
		card.Unforeseen = f.language.Count(progress.Unforeseen)
	}
}

func (f filling) strip(progress indicator.AreaProgress) ([]Segment, string) {
	total := 0
	for _, count := range progress.Counts {
		total += count
	}
	var segments []Segment
	label, from := "", 0.0
	for _, grade := range indicator.Grades {
		count := progress.Counts[grade]
		if count == 0 {
			continue
		}
		width := 100 * float64(count) / float64(total)
		segments = append(segments, Segment{Grade: f.grade(grade), Count: count, From: from, Width: width})
		from += width
		if label != "" {
			label += ", "
		}
		label += f.language.Count(count) + " " + f.grade(grade).Name
	}
	return segments, label
}

// attainment charts the share of the indicators with a target that meet it, by
// area.
func (f filling) attainment(title locale.Text) Graphic {
	draft := disclosure.NewDraft(title, disclosure.Header{Code: chart.Actual, Label: every("web.series.on_track")})
	for i := range f.p.Areas {
		area := &f.p.Areas[i]
		if !area.Funding {
			continue
		}
		progress, _ := f.Area(area.Code)
		value := disclosure.Value{State: disclosure.Missing, Unit: figure.Percent}
		if progress.Judged > 0 {
			met := progress.Counts[indicator.Reached] + progress.Counts[indicator.OnTrack]
			value = disclosure.Value{Value: ratio(figure.Whole(int64(met)), figure.Whole(int64(progress.WithTarget))), Unit: figure.Percent}
		}
		draft.Add(disclosure.Header{Code: string(area.Code), Label: area.Short}, value)
	}
	return f.graphic(draft.Protect(), chart.Frame.Bars)
}

// coverageChart charts what was delivered of what is owed: by area, and on the
// page of an area by form.
func (f filling) coverageChart(title locale.Text) Graphic {
	draft := disclosure.NewDraft(title,
		disclosure.Header{Code: chart.Owed, Label: every("web.coverage.owed")}, disclosure.Header{Code: chart.Delivered, Label: every("web.coverage.delivered")})
	count := func(n int) disclosure.Value {
		return disclosure.Value{Value: figure.Whole(int64(n)), Unit: programme.Deliveries}
	}
	if f.area == "" {
		for i := range f.p.Areas {
			area := &f.p.Areas[i]
			if _, c := f.Area(area.Code); c.Owed > 0 {
				draft.Add(disclosure.Header{Code: string(area.Code), Label: area.Short}, count(c.Owed), count(c.Delivered))
			}
		}
	} else {
		for _, c := range f.Evidence.Coverage {
			if c.Year == f.Year && c.Owed > 0 && f.concerns(c.Form) {
				draft.Add(disclosure.Header{Code: string(c.Form), Label: f.p.Form(c.Form).Name}, count(c.Owed), count(c.Delivered))
			}
		}
	}
	return f.graphic(draft.Protect(), chart.Frame.Coverage)
}

// concerns reports whether a form delivers figures for the area of the board.
func (f filling) concerns(code figure.Form) bool {
	for _, one := range f.p.IndicatorsOf(f.area) {
		for _, term := range slices.Concat(one.Numerator, one.Denominator) {
			if slices.ContainsFunc(f.p.FormsOf(term.KeyFigure), func(form *programme.Form) bool { return form.Code == code }) {
				return true
			}
		}
	}
	return false
}

func (f filling) measures() []MeasureRow {
	var rows []MeasureRow
	for i := range f.p.Measures {
		m := &f.p.Measures[i]
		if m.Area != f.area || f.Year < m.Start || f.Year > m.End {
			continue
		}
		rows = append(rows, MeasureRow{
			Code: string(m.Code), Name: m.Name.In(f.language), OutputGoal: m.OutputGoal.In(f.language), Kind: f.say("web.measure.kind."+string(m.Kind), nil),
			Organisation: f.p.Organisation(m.Organisation).Name.In(f.language), State: f.say("web.measure.state."+string(m.State), nil),
			Time: figure.Period{Year: m.Start}.String() + "–" + figure.Period{Year: m.End}.String(),
		})
	}
	return rows
}

func (f filling) graphic(t disclosure.Table, draw func(chart.Frame, disclosure.Table) chart.Chart) Graphic {
	return NewGraphic(f.p, f.language, t, draw)
}

// NewGraphic charts a table in both sizes.
func NewGraphic(p *programme.Programme, language locale.Language, t disclosure.Table, draw func(chart.Frame, disclosure.Table) chart.Chart) Graphic {
	writer := table.NewWriter(p, language)
	return Graphic{
		Wide:   draw(chart.Frame{Writer: writer, Size: chart.Wide}, t),
		Narrow: draw(chart.Frame{Writer: writer, Size: chart.Narrow}, t),
		Table:  t,
	}
}

// every is a message in the four languages, for the header of a table.
func every(key string) locale.Text {
	return locale.Every(key, nil)
}
