package web

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// entryPage is the form of one row, for an organisation that has no file.
type entryPage struct {
	page
	Form, Organisation, Period string
	Lead                       string
	Facts                      []fact
	Fields                     []entryField
}

type entryField struct {
	ID, Name, Hint, Value string
	Required, Figure      bool
	Options               []option // to choose from; nil for a field to type into
}

// entry shows the form, filled with what was typed before where from= names a
// submission that was entered by hand.
func (s *Server) entry(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	expect, err := s.obligationOf(r)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	if from := r.Query.Get("from"); from != "" {
		if typed, err = s.typedBefore(c, r, submission.ID(from)); err != nil {
			return err
		}
	}
	form, office, err := s.owed(expect)
	if err != nil {
		return err
	}
	l := r.Language
	p := entryPage{
		page: s.page(r, l.Say("web.entry.title", nil), "submissions", s.submissionsCrumb(l), link{Name: l.Say("web.entry.title", nil)}),
		Form: string(expect.Form), Organisation: string(expect.Organisation), Period: expect.Period.String(), Lead: form.Purpose.In(l),
		Facts: []fact{{Name: l.Say("web.form", nil), Value: form.Name.In(l)}, {Name: l.Say("web.organisation", nil), Value: office.Name.In(l)}, {Name: l.Say("web.period", nil), Value: l.Period(expect.Period)}},
	}
	for i := range form.Columns {
		if field, shown := s.entryField(l, &form.Columns[i], office, expect.Period, i); shown {
			field.Value = typed[s.Programme.ColumnName(&form.Columns[i]).DE]
			p.Fields = append(p.Fields, field)
		}
	}
	return s.show(c, fiber.StatusOK, "entry", p)
}

// owed returns a form and who owes it.
func (s *Server) owed(expect intake.Expect) (*programme.Form, *programme.Organisation, error) {
	form, office := s.Programme.Form(expect.Form), s.Programme.Organisation(expect.Organisation)
	if form == nil || office == nil || !s.Programme.Owes(office, form, expect.Period) {
		return nil, nil, problem.New(problem.NotFound, "obligation_unknown", nil)
	}
	return form, office, nil
}

// entryField is the field of a column. Organisation and period are known; so is
// the municipality of one that sends for itself.
func (s *Server) entryField(l locale.Language, column *programme.Column, office *programme.Organisation, period figure.Period, index int) (entryField, bool) {
	field := entryField{ID: "f" + strconv.Itoa(index), Name: s.Programme.ColumnName(column).In(l), Required: column.Required}
	switch column.Role {
	case programme.OrganisationColumn, programme.PeriodColumn:
		return field, false
	case programme.MunicipalityColumn:
		if office.Kind == programme.MunicipalityOffice {
			return field, false
		}
		for _, m := range s.Programme.MunicipalitiesIn(period.Year) {
			if office.Kind != programme.SocialRegion || m.Region == office.Region {
				field.Options = append(field.Options, option{strconv.Itoa(int(m.Number)), m.Name})
			}
		}
	case programme.MeasureColumn:
		for _, m := range s.Programme.Measures {
			if m.Start <= period.Year && period.Year <= m.End && (m.Organisation == office.Code || office.Kind == programme.CantonalOffice) {
				field.Options = append(field.Options, option{string(m.Code), string(m.Code) + " " + m.Name.In(l)})
			}
		}
	case programme.DimensionColumn:
		for _, code := range s.Programme.Dimension(column.Dimension).Codes {
			field.Options = append(field.Options, option{string(code.Code), code.Name.In(l)})
		}
	case programme.FigureColumn:
		k := s.Programme.KeyFigure(column.KeyFigure)
		field.Figure, field.Hint = true, k.Definition.In(l)
	}
	return field, true
}

// enteredPrefix begins the name of the file that an entry by hand becomes.
const enteredPrefix = "eingabe_"

// enter makes a file of what was typed and receives it like any other: the same
// checks, the same page, the same kind of submission.
func (s *Server) enter(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	fields, err := formFields(c)
	if err != nil {
		return err
	}
	r.Query = url.Values{"form": fields["form"], "organisation": fields["organisation"], "period": fields["period"]}
	expect, err := s.obligationOf(r)
	if err != nil {
		return err
	}
	form, office, err := s.owed(expect)
	if err != nil {
		return err
	}
	content := s.entered(form, office, expect.Period, fields)
	name := enteredPrefix + strings.Join([]string{string(expect.Form), string(expect.Organisation), expect.Period.String()}, "_") + ".csv"
	file := intake.File{Name: name, Size: int64(len(content)), Content: bytes.NewReader(content)}
	ctx, cancel := s.deadline(c)
	defer cancel()
	got, err := s.Submissions.Receive(ctx, file, expect, r.Viewer)
	if err != nil {
		return err
	}
	if got.New {
		if err := s.audit(c, "submission_received", string(got.Submission.ID), got.Submission.FileName); err != nil {
			return err
		}
	}
	if got.Submission.ID == "" || got.Report.PersonalData {
		return s.show(c, fiber.StatusUnprocessableEntity, "submission", s.unkept(r, name, got.Report))
	}
	return c.Redirect("/"+string(r.Language)+"/submissions/"+string(got.Submission.ID), fiber.StatusSeeOther)
}

// entered writes the typed row as a CSV file with the form's own headers.
func (s *Server) entered(form *programme.Form, office *programme.Organisation, period figure.Period, fields url.Values) []byte {
	var header, row []string
	for i := range form.Columns {
		column := &form.Columns[i]
		value := strings.TrimSpace(fields.Get("f" + strconv.Itoa(i)))
		switch column.Role {
		case programme.OrganisationColumn:
			value = string(office.Code)
		case programme.PeriodColumn:
			value = period.String()
		case programme.MunicipalityColumn:
			if office.Kind == programme.MunicipalityOffice {
				value = strconv.Itoa(int(office.Municipality))
			}
		}
		header, row = append(header, s.Programme.ColumnName(column).DE), append(row, value)
	}
	var content bytes.Buffer
	w := csv.NewWriter(&content)
	w.Comma = ';'
	// Writing to memory does not fail.
	_ = w.WriteAll([][]string{header, row})
	return content.Bytes()
}

// typedBefore reads what was typed in an earlier entry, by column.
func (s *Server) typedBefore(c *fiber.Ctx, r request, id submission.ID) (map[string]string, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, err := s.Submissions.Find(ctx, id, r.Viewer)
	if err != nil {
		return nil, err
	}
	typed := map[string]string{}
	if !strings.HasPrefix(one.FileName, enteredPrefix) || one.SHA256 == "" || one.Size > 1<<20 {
		return typed, nil
	}
	var content bytes.Buffer
	if err := s.Figures.File(ctx, one.SHA256, &content); err != nil {
		return nil, err
	}
	reader := csv.NewReader(&content)
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) != 2 {
		return typed, nil // a file of that name which was not entered by hand
	}
	for i, name := range rows[0] {
		typed[name] = rows[1][i]
	}
	return typed, nil
}
