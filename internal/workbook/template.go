// Package workbook makes the workbooks that senders get: templates to fill in,
// and their own file back with the wrong cells marked. What it writes, intake
// reads again.
package workbook

import (
	"fmt"
	"io"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
)

// Format is the kind of file that a template is.
type Format string

// The formats of templates.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// Template says which template is wanted.
type Template struct {
	Form         figure.Form
	Organisation figure.Organisation
	Period       figure.Period
	Language     locale.Language
	Format       Format
	// Values are figures of the same form and organisation from an earlier period, or
	// those in force for this one, to start from, or nil.
	Values []figure.Observation
	// Correction: the values are those in force for the period itself.
	Correction bool
}

// WriteTemplate writes the template of a form for an organisation and a period:
// title, header and explanations, and the rows as far as it is known which ones
// the organisation will need. The same call gives the same bytes.
func WriteTemplate(out io.Writer, p *programme.Programme, want Template) error {
	form, office := p.Form(want.Form), p.Organisation(want.Organisation)
	switch {
	case form == nil:
		return problem.New(problem.NotFound, "template_form", locale.Args{"form": string(want.Form)})
	case office == nil:
		return problem.New(problem.NotFound, "template_organisation", locale.Args{"organisation": string(want.Organisation)})
	case !p.Owes(office, form, want.Period):
		return problem.New(problem.Invalid, "template_not_owed", locale.Args{"organisation": office.Name, "form": form.Name, "period": want.Period})
	}
	t := newTemplate(p, form, office, want)
	var err error
	switch want.Format {
	case XLSX:
		err = t.writeXLSX(out)
	case CSV:
		err = t.writeCSV(out)
	default:
		return problem.New(problem.Invalid, "template_format", locale.Args{"format": string(want.Format)})
	}
	if err != nil {
		return fmt.Errorf("write the template of %s for %s: %w", form.Code, office.Code, err)
	}
	return nil
}

// template is what stands in a template, whatever its format.
type template struct {
	programme *programme.Programme
	form      *programme.Form
	office    *programme.Organisation
	period    figure.Period
	language  locale.Language
	columns   []column
	lines     []line
	carried   bool // figures of an earlier period, or those in force, stand in it
	corrects  bool // they are those in force
	plain     bool // the file has no fonts to tell them by
}

func newTemplate(p *programme.Programme, form *programme.Form, office *programme.Organisation, want Template) *template {
	t := &template{programme: p, form: form, office: office, period: want.Period, language: want.Language, corrects: want.Correction, plain: want.Format == CSV}
	for i := range form.Columns {
		switch c := &form.Columns[i]; c.Role {
		case programme.OrganisationColumn, programme.PeriodColumn:
			// They hold for the whole file and stand above the table.
		default:
			t.columns = append(t.columns, t.column(c))
		}
	}
	t.lines = t.prepared()
	t.carry(want.Values)
	return t
}

func (t *template) say(key string, args locale.Args) string {
	return t.language.Say("workbook."+key, args)
}

// titles are the rows above the header: a label and what it says, as intake reads
// them. Each stands in a row of its own, so that no row looks like the header.
func (t *template) titles() [][]string {
	name := func(role programme.Role) string {
		for i := range t.form.Columns {
			if c := &t.form.Columns[i]; c.Role == role {
				return t.programme.ColumnName(c).In(t.language)
			}
		}
		return ""
	}
	titles := [][]string{
		{t.form.Name.In(t.language)},
		{t.form.Purpose.In(t.language)},
		{name(programme.OrganisationColumn), t.office.Name.In(t.language)},
		{name(programme.PeriodColumn), t.language.Period(t.period)},
		{t.say("form", nil), t.say("version", locale.Args{"form": string(t.form.Code), "version": t.form.Version})},
	}
	note := "fill_in"
	switch {
	case t.carried && t.corrects:
		note = "in_force"
	case t.carried && t.plain:
		note = "carried_plain"
	case t.carried:
		note = "carried"
	}
	return append(titles, []string{t.say(note, nil)})
}
