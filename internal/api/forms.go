package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/upload"
)

type formsDocument struct {
	Definition string         `json:"definition"`
	Forms      []formDocument `json:"forms"`
}

// formDocument is a form: what it asks for, of whom, by when.
type formDocument struct {
	Code        figure.Form        `json:"code"`
	Version     string             `json:"version"`
	Name        string             `json:"name"`
	Purpose     string             `json:"purpose"`
	Periodicity figure.Periodicity `json:"periodicity"`
	From        *figure.Year       `json:"from"`
	To          *figure.Year       `json:"to"`
	DueDays     int                `json:"due_days"` // after the end of the period
	Columns     []columnDocument   `json:"columns,omitempty"`
}

// columnDocument is a column of a form's file.
type columnDocument struct {
	Role      programme.Role   `json:"role"`
	Header    string           `json:"header"`
	Required  bool             `json:"required"`
	KeyFigure figure.KeyFigure `json:"key_figure,omitempty"`
	Dimension figure.Dimension `json:"dimension,omitempty"`
	Meaning   string           `json:"meaning,omitempty"`
	Unit      figure.Unit      `json:"unit,omitempty"`
	Decimals  *int             `json:"decimals,omitempty"`
	PartOf    figure.KeyFigure `json:"part_of,omitempty"` // the key figure that it never exceeds
	Signed    bool             `json:"signed,omitempty"`  // may be negative
	Codes     []codeDocument   `json:"codes,omitempty"`
}

type codeDocument struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// forms answers all forms, without their columns.
func (a *API) forms(_ context.Context, c *fiber.Ctx, r request) error {
	if same, err := a.unchanged(c, r); same || err != nil {
		return err
	}
	d := formsDocument{Definition: a.Programme.Fingerprint, Forms: []formDocument{}}
	for i := range a.Programme.Forms {
		d.Forms = append(d.Forms, formOf(r.Language, &a.Programme.Forms[i]))
	}
	return c.JSON(d)
}

func formOf(l locale.Language, form *programme.Form) formDocument {
	d := formDocument{Code: form.Code, Version: form.Version, Name: form.Name.In(l), Purpose: form.Purpose.In(l), Periodicity: form.Periodicity, DueDays: form.DueDays}
	if form.From != 0 {
		d.From = &form.From
	}
	if form.To != 0 {
		d.To = &form.To
	}
	return d
}

// form answers a form with its columns and what may stand in them: municipalities and
// measures for an organisation and a period, if these are given.
func (a *API) form(_ context.Context, c *fiber.Ctx, r request) error {
	form := a.Programme.Form(figure.Form(c.Params("code")))
	if form == nil {
		return problem.New(problem.NotFound, "form_unknown", nil)
	}
	code, err := a.organisation(r)
	if err != nil {
		return err
	}
	if r.Viewer.Role == account.Sender {
		code = r.Viewer.Organisation
	}
	expect, err := upload.Expect("", string(code), r.Query.Get("period"))
	if err != nil {
		return err
	}
	if expect.Period.Year == 0 {
		expect.Period.Year = a.runningYear()
	}
	if same, err := a.unchanged(c, r, string(code), expect.Period.String()); same || err != nil {
		return err
	}
	d := formOf(r.Language, form)
	for i := range form.Columns {
		d.Columns = append(d.Columns, a.column(r.Language, form, &form.Columns[i], a.Programme.Organisation(code), expect.Period.Year))
	}
	return c.JSON(d)
}

func (a *API) column(l locale.Language, form *programme.Form, column *programme.Column, office *programme.Organisation, year figure.Year) columnDocument {
	d := columnDocument{Role: column.Role, Header: a.Programme.ColumnName(column).In(l), Required: column.Required, KeyFigure: column.KeyFigure, Dimension: column.Dimension}
	switch column.Role {
	case programme.FigureColumn:
		k := a.Programme.KeyFigure(column.KeyFigure)
		d.Meaning, d.Unit, d.PartOf, d.Signed = k.Definition.In(l), k.Unit, k.PartOf, k.Signed
		d.Decimals = &a.Programme.Unit(k.Unit).Decimals
	case programme.DimensionColumn:
		dimension := a.Programme.Dimension(column.Dimension)
		d.Meaning = dimension.Title.In(l)
		for _, one := range dimension.Codes {
			d.Codes = append(d.Codes, codeDocument{string(one.Code), one.Name.In(l)})
		}
	case programme.OrganisationColumn:
		if office != nil {
			d.Codes = []codeDocument{{string(office.Code), office.Name.In(l)}}
		}
	case programme.MunicipalityColumn:
		found := a.Programme.MunicipalitiesIn(year)
		if office != nil {
			found = a.Programme.MunicipalitiesFor(office, year)
		}
		for _, m := range found {
			d.Codes = append(d.Codes, codeDocument{strconv.Itoa(int(m.Number)), m.Name})
		}
	case programme.MeasureColumn:
		if office == nil {
			break // which they are, depends on who reports
		}
		for _, m := range a.Programme.MeasuresFor(office, form, year) {
			d.Codes = append(d.Codes, codeDocument{string(m.Code), m.Name.In(l)})
		}
	}
	return d
}
