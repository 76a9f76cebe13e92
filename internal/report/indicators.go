package report

import (
	"slices"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// areaSheet holds the indicators of an area, a row each.
func areaSheet(p *programme.Programme, area *programme.Area, e dashboard.Evaluation) Sheet {
	year := locale.Args{"year": yearText(e.Year)}
	column := func(code, key string, args locale.Args) disclosure.Header {
		return disclosure.Header{Code: code, Label: every(key, args)}
	}
	final := locale.Args{"year": yearText(p.LastYear)}
	columns := []disclosure.Header{
		column("baseline", "report.baseline", locale.Args{"year": yearText(p.Baseline)}),
		column("value", "report.value", year),
		column("target", "report.target", year),
		column("target_final", "report.target", final),
		column("attainment", "report.attainment", nil),
		column("owed", "report.owed", nil),
		column("delivered", "report.delivered", nil),
		column("completeness", "report.completeness", nil),
	}
	// Where an indicator is to stay within a band, its upper ends stand at the end.
	bands := slices.ContainsFunc(p.IndicatorsOf(area.Code), func(i *programme.Indicator) bool { return i.Direction == programme.Band })
	if bands {
		columns = append(columns, column("target_upper", "report.target_upper", year), column("target_final_upper", "report.target_upper", final))
	}
	draft := disclosure.NewDraft(area.Name, columns...)
	name := Words{Code: "name", Header: every("report.indicator", nil)}
	unit := Words{Code: "unit", Header: every("report.unit", nil)}
	grade := Words{Code: "grade", Header: every("report.grade", nil)}
	standing := Words{Code: "standing", Header: every("report.standing", nil)}
	note := Words{Code: "note", Header: every("report.note", nil)}
	for _, progress := range e.Progresses {
		i := p.Indicator(progress.Indicator)
		if i.Area != area.Code {
			continue
		}
		cells := indicatorCells(p, i, progress)
		if bands {
			cells = append(cells, upperCells(i, progress)...)
		}
		draft.Add(disclosure.Header{Code: i.ID, Label: same(i.ID)}, cells...)
		name.Cells = append(name.Cells, i.Name)
		unit.Cells = append(unit.Cells, p.Unit(i.Unit).Name)
		grade.Cells = append(grade.Cells, gradeText(progress))
		standing.Cells = append(standing.Cells, every("report.standing."+string(i.Standing), nil))
		note.Cells = append(note.Cells, caveats(p, i, e.Year))
	}
	sheet := Sheet{Code: string(area.Code), Title: area.Name, Table: draft.Protect(), Before: []Words{name, unit}, After: []Words{grade, standing, note}}
	if area.Number != "" {
		sheet.Title = join(same(area.Number), area.Name, " ")
	}
	if area.Funding {
		progress, _ := e.Area(area.Code)
		sheet.Notes = append(sheet.Notes, join(every("report.area_grade", nil), every("indicator.grade."+string(progress.Grade), nil), ": "))
	}
	return sheet
}

// given is a figure that is public in itself, or does not exist here.
func given(d figure.Decimal, unit figure.Unit, known bool) disclosure.Value {
	if !known {
		return disclosure.Value{State: disclosure.NotApplicable, Unit: unit}
	}
	return disclosure.Value{Value: d, Unit: unit}
}

// upperCells are the upper ends of the targets of an indicator that is to stay
// within a band.
func upperCells(i *programme.Indicator, progress indicator.Progress) []disclosure.Value {
	band := i.Direction == programme.Band
	return []disclosure.Value{
		given(progress.Target.Upper, i.Unit, band && progress.HasTarget),
		given(progress.Final.Upper, i.Unit, band && progress.HasFinal),
	}
}

func indicatorCells(p *programme.Programme, i *programme.Indicator, progress indicator.Progress) []disclosure.Value {
	c := progress.Value.Completeness
	share, owed := c.Share()
	count := func(n int) disclosure.Value { return given(figure.Whole(int64(n)), programme.Deliveries, owed) }
	return []disclosure.Value{
		given(progress.Baseline.Value, i.Unit, progress.Baseline.Known),
		dashboard.Shown(p, progress.Value),
		given(progress.Target.Value, i.Unit, progress.HasTarget),
		given(progress.Final.Value, i.Unit, progress.HasFinal),
		given(progress.Attainment, figure.Percent, progress.HasAttainment),
		count(c.Owed), count(c.Delivered), given(share.Round(figure.Whole(1)/1000), figure.Percent, owed),
	}
}

// gradeText is the grade, with its reason where it has none.
func gradeText(progress indicator.Progress) locale.Text {
	text := every("indicator.grade."+string(progress.Grade), nil)
	if progress.Grade == indicator.NotJudged && progress.Reason != "" {
		text = join(text, every("indicator.reason."+string(progress.Reason), nil), ": ")
	}
	return text
}

func caveats(p *programme.Programme, i *programme.Indicator, year figure.Year) locale.Text {
	var all locale.Text
	for _, caveat := range p.CaveatsIn(i.ID, year) {
		if all.DE == "" {
			all = caveat.Text
		} else {
			all = join(all, caveat.Text, " ")
		}
	}
	return all
}

// join puts two texts together in each language.
func join(a, b locale.Text, glue string) locale.Text {
	return locale.Text{DE: a.DE + glue + b.DE, FR: a.FR + glue + b.FR, IT: a.IT + glue + b.IT, EN: a.EN + glue + b.EN}
}
