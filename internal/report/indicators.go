package report

import (
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
	draft := disclosure.NewDraft(area.Name, false,
		column("baseline", "report.baseline", locale.Args{"year": yearText(p.Baseline)}),
		column("value", "report.value", year),
		column("target", "report.target", year),
		column("target_final", "report.target", locale.Args{"year": yearText(p.LastYear)}),
		column("attainment", "report.attainment", nil),
		column("owed", "report.owed", nil),
		column("delivered", "report.delivered", nil),
		column("completeness", "report.completeness", nil),
	)
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
		draft.Add(disclosure.Header{Code: i.ID, Label: same(i.ID)}, indicatorCells(i, progress)...)
		name.Cells = append(name.Cells, i.Name)
		unit.Cells = append(unit.Cells, p.Unit(i.Unit).Name)
		grade.Cells = append(grade.Cells, gradeText(progress))
		standing.Cells = append(standing.Cells, every("report.standing."+string(i.Standing), nil))
		note.Cells = append(note.Cells, caveats(p, i, e.Year))
	}
	sheet := Sheet{Code: string(area.Code), Title: area.Name, Table: draft.Protect(disclosure.Standard), Before: []Words{name, unit}, After: []Words{grade, standing, note}}
	if area.Number != "" {
		sheet.Title = join(same(area.Number), area.Name, " ")
	}
	if area.Funding {
		progress, _ := e.Area(area.Code)
		sheet.Notes = append(sheet.Notes, join(every("report.area_grade", nil), every("indicator.grade."+string(progress.Grade), nil), ": "))
	}
	return sheet
}

func indicatorCells(i *programme.Indicator, progress indicator.Progress) []disclosure.Value {
	given := func(d figure.Decimal, unit figure.Unit, known bool) disclosure.Value {
		if !known {
			return disclosure.Value{State: disclosure.NotApplicable, Unit: unit}
		}
		return disclosure.Value{Value: d, Unit: unit}
	}
	c := progress.Value.Completeness
	share, owed := c.Share()
	count := func(n int) disclosure.Value { return given(figure.Whole(int64(n)), "deliveries", owed) }
	return []disclosure.Value{
		given(progress.Baseline.Value, i.Unit, progress.Baseline.Known),
		dashboard.Shown(progress.Value),
		given(progress.Target.Value, i.Unit, progress.HasTarget),
		given(progress.Final.Value, i.Unit, progress.HasFinal),
		given(progress.Attainment, figure.Percent, progress.HasAttainment),
		count(c.Owed), count(c.Delivered), given(share, figure.Percent, owed),
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
