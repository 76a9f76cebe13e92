package dashboard

import (
	"kipmonitor/internal/chart"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

// Panel is a panel of a board, filled and written in a language. It has what its
// kind asks for and nothing else.
type Panel struct {
	ID, Title, Intro string
	Wide             bool
	Areas            []AreaCard
	Legend           []Grade // of the strips of the areas
	Facts            []Fact
	Charts           []Graphic
	Rows             []IndicatorRow
	Measures         []MeasureRow
	Gaps             []IndicatorRow
	Empty            string // said where there is nothing to show
	Notes            []string
}

// Grade is a grade as it is shown.
type Grade struct{ Code, Name string }

// AreaCard is a funding area at a glance, or all of them where it has no code; the number
// is then the short name of the programme.
type AreaCard struct {
	Code, Number, Name string
	Grade              Grade
	Reason             string
	Provisional        bool
	Strip              []Segment // its indicators by grade
	StripLabel         string
	OnTrack            string // «5 von 8»
	Outlook            string // of the targets of the last year: «3 von 6»
	Unforeseen         string // how many of them cannot be foreseen; "" for none
	Coverage           string
	Spent              string
}

// Segment is a part of a strip, in hundredths of its width.
type Segment struct {
	Grade       Grade
	Count       int
	From, Width float64
}

// Fact is a figure that stands alone.
type Fact struct{ Name, Value, Note string }

// Graphic is a chart in the two sizes in which it is drawn, with its table.
type Graphic struct {
	Caption      string
	Wide, Narrow chart.Chart
	Table        disclosure.Table
}

// IndicatorRow is an indicator in a table.
type IndicatorRow struct {
	ID, Kind, Name       string
	Area                 string // where the rows are of several areas
	Before               string // the year before: «besser als 2024: 13,1 %»
	Value, Target, Final string
	Grade                Grade
	Reason               string
	Coverage             string
	Provisional          bool
	Proposal             bool
	Bullet               *Bullet
}

// Bullet is a bar against a mark, 120 wide.
type Bullet struct {
	Grade, Label string
	Fill         int
	Mark         int // the target
}

// MeasureRow is a measure in a table.
type MeasureRow struct{ Code, Name, OutputGoal, Kind, Organisation, Time, State string }

// scribe writes in one language.
type scribe struct {
	p        *programme.Programme
	language locale.Language
	table.Writer
}

func newScribe(p *programme.Programme, language locale.Language) scribe {
	return scribe{p: p, language: language, Writer: table.NewWriter(p, language)}
}

func (s scribe) say(key string, args locale.Args) string { return s.language.Say(key, args) }

func (s scribe) grade(g indicator.Grade) Grade {
	return Grade{Code: string(g), Name: s.say("indicator.grade."+string(g), nil)}
}

func (s scribe) reason(r indicator.Reason) string {
	if r == "" || r == indicator.Neutral {
		return ""
	}
	return s.say("indicator.reason."+string(r), nil)
}

// value writes the value of an indicator, or «–».
func (s scribe) value(v indicator.Value) string {
	if !v.Known {
		return "–"
	}
	return s.Amount(v.Published(s.p), v.Unit)
}

// target writes a target: a bound with its direction, or a band.
func (s scribe) target(i *programme.Indicator, t programme.Target, has bool) string {
	switch {
	case !has:
		return "–"
	case i.Direction == programme.Band:
		return s.Amount(t.Value, i.Unit) + "–" + s.Amount(t.Upper, i.Unit)
	case i.Direction == programme.Lower:
		return "≤ " + s.Amount(t.Value, i.Unit)
	}
	return "≥ " + s.Amount(t.Value, i.Unit)
}

// Row writes an indicator with its progress in a language.
func Row(p *programme.Programme, language locale.Language, progress indicator.Progress) IndicatorRow {
	return newScribe(p, language).row(progress)
}

// row writes an indicator with its progress.
func (s scribe) row(progress indicator.Progress) IndicatorRow {
	i := s.p.Indicator(progress.Indicator)
	row := IndicatorRow{
		ID: i.ID, Kind: s.say("web.kind."+string(i.Kind), nil), Name: i.Name.In(s.language), Value: s.value(progress.Value),
		Target: s.target(i, progress.Target, progress.HasTarget), Final: s.target(i, progress.Final, progress.HasFinal),
		Grade: s.grade(progress.Grade), Coverage: s.coverage(progress.Value.Completeness), Provisional: progress.Value.Known && progress.Value.Provisional,
		Proposal: i.Standing == programme.Proposal,
	}
	if before := progress.Before; progress.Development != "" {
		development := progress.Development
		if s.value(before) == row.Value {
			development = indicator.Steady // the difference is finer than what is written
		}
		row.Before = s.say("web.development."+string(development), locale.Args{"year": before.Year, "value": s.value(before)})
	}
	if progress.Grade == indicator.NotJudged {
		row.Reason = s.reason(progress.Reason)
	}
	if progress.HasAttainment && progress.Grade.Judged() {
		// The mark of the target stands at two thirds of the track.
		share := min(max(progress.Attainment.Float(), 0), 1.5)
		row.Bullet = &Bullet{Grade: string(progress.Grade), Fill: int(share*80 + 0.5), Mark: 80,
			Label: s.say("web.attainment", nil) + ": " + s.language.Attained(progress.Attainment)}
	}
	return row
}

func (s scribe) coverage(c indicator.Completeness) string {
	share, owed := c.Share()
	if !owed {
		return "–"
	}
	return s.language.Percent(share, 0)
}
