package dashboard

import (
	"kipmonitor/internal/chart"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Trend charts an indicator over the years, from the first one with data to the
// end of the programme, with its target path and, where there are enough years,
// its continuation.
func Trend(p *programme.Programme, language locale.Language, progress indicator.Progress) Graphic {
	i := p.Indicator(progress.Indicator)
	columns := []disclosure.Header{{Code: chart.Actual, Label: every("web.series.value")}}
	if len(progress.Path) > 0 {
		columns = append(columns, disclosure.Header{Code: chart.Target, Label: every("web.series.target")})
		if i.Direction == programme.Band {
			columns = append(columns, disclosure.Header{Code: chart.TargetUpper, Label: every("web.series.target")})
		}
	}
	if progress.Forecast != nil {
		columns = append(columns, disclosure.Header{Code: chart.Forecast, Label: every("web.series.forecast")},
			disclosure.Header{Code: chart.Low, Label: every("web.series.low")}, disclosure.Header{Code: chart.High, Label: every("web.series.high")})
	}
	draft := disclosure.NewDraft(i.Name, columns...)
	for year := p.DataFrom; year <= p.LastYear; year++ {
		text := figure.Period{Year: year}.String()
		draft.Add(disclosure.Header{Code: text, Label: locale.Text{DE: text, FR: text, IT: text, EN: text}}, trendRow(p, i, progress, year, len(columns))...)
	}
	var breaks []chart.Break
	for _, caveat := range p.CaveatsOf(i.ID) {
		if caveat.Break {
			breaks = append(breaks, chart.Break{Row: figure.Period{Year: caveat.From}.String(), Text: language.Say("chart.break", nil)})
		}
	}
	graphic := NewGraphic(p, language, draft.Protect(), func(f chart.Frame, t disclosure.Table) chart.Chart { return f.Trend(t, breaks...) })
	graphic.Caption = i.ID + " " + i.Name.In(language)
	return graphic
}

func trendRow(p *programme.Programme, i *programme.Indicator, progress indicator.Progress, year figure.Year, columns int) []disclosure.Value {
	given := func(d figure.Decimal) disclosure.Value { return disclosure.Value{Value: d, Unit: i.Unit} }
	none := disclosure.Value{State: disclosure.NotApplicable, Unit: i.Unit}
	row := []disclosure.Value{none}
	for _, value := range progress.Series {
		if value.Year == year {
			row[0] = Shown(p, value)
			if value.Known && !value.Complete {
				// Part of a year beside whole ones would look like a fall.
				row[0].State, row[0].Reason = disclosure.NotComputable, "indicator.reason."+string(indicator.YearNotComplete)
			}
		}
	}
	if len(progress.Path) > 0 {
		low, high := none, none
		for _, target := range progress.Path {
			if target.Year == year {
				low, high = given(target.Value), given(target.Upper)
			}
		}
		row = append(row, low)
		if i.Direction == programme.Band {
			row = append(row, high)
		}
	}
	if f := progress.Forecast; f != nil {
		if f.Year == year {
			row = append(row, given(Estimate(p, i, f.Value)), given(Estimate(p, i, f.Low)), given(Estimate(p, i, f.High)))
		} else {
			row = append(row, none, none, none)
		}
	}
	return row[:columns]
}

// Estimate is a forecast no finer than what is counted: there are no tenths of
// persons, and nobody foresees a Rappen.
func Estimate(p *programme.Programme, i *programme.Indicator, d figure.Decimal) figure.Decimal {
	if unit := p.Unit(i.Unit); unit != nil && unit.Whole {
		return d.Round(figure.Whole(1))
	}
	return p.Round(i, d)
}

// Shown is the value of an indicator as disclosure takes it.
func Shown(p *programme.Programme, v indicator.Value) disclosure.Value {
	shown := disclosure.Value{Unit: v.Unit, Count: v.Numerator, Denominator: v.Denominator, Ratio: v.Ratio, Protected: v.Protected, Provisional: v.Provisional}
	switch {
	case v.Known:
		shown.Value = v.Published(p)
	case v.Reason == indicator.NoData:
		shown.State = disclosure.Missing
	default:
		shown.State, shown.Reason = disclosure.NotComputable, "indicator.reason."+string(v.Reason)
	}
	return shown
}
