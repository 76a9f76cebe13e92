package web

import (
	"bytes"
	"context"
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
	"kipmonitor/internal/workbook"
)

// entryPage is a form to be filled in by hand, for an organisation that has no file, or
// that corrects a figure.
type entryPage struct {
	page
	Form, Organisation, Period string
	Lead                       string
	Facts                      []fact
	Corrects                   string   // the submission in force; "" for none
	Started                    string   // whose figures stand in it already
	Scope                      string   // which rows it has
	Templates                  []option // where it has too many rows to be entered by hand
	Rows                       []entryRow
}

type entryRow struct {
	Of     string
	Fields []entryField
}

type entryField struct {
	ID, Name, Hint, Value   string
	Required, Figure, Fixed bool
	Options                 []workbook.EntryOption // to choose from; nil for a field to type into
}

// entry shows the form with the figures in force for its period, or with what was typed
// before where from= names a submission that was entered by hand.
func (s *Server) entry(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	expect, err := s.obligationOf(r)
	if err != nil {
		return err
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
	entry, inForce, ok, err := s.newEntry(ctx, expect, l)
	if err != nil {
		return err
	}
	if !ok {
		p.tooLong(expect)
		return s.show(c, fiber.StatusOK, "entry", p)
	}
	if p.Corrects = string(inForce.ID); p.Corrects != "" {
		p.Started = l.Say("correction.started", locale.Args{"file": inForce.FileName, "state": strings.ToLower(l.Say("web.state."+string(inForce.State()), nil))})
	}
	if from := r.Query.Get("from"); from != "" {
		if err := s.refill(ctx, &entry, r, submission.ID(from)); err != nil {
			return err
		}
	}
	p.fill(entry)
	return s.show(c, fiber.StatusOK, "entry", p)
}

// newEntry returns the form of an obligation with the figures in force for its period,
// and the submission that they come from; false where it has too many rows.
func (s *Server) newEntry(ctx context.Context, expect intake.Expect, l locale.Language) (workbook.Entry, submission.Submission, bool, error) {
	inForce, found, err := s.Submissions.InForceFor(ctx, expect)
	if err != nil {
		return workbook.Entry{}, inForce, false, err
	}
	want := workbook.Template{Form: expect.Form, Organisation: expect.Organisation, Period: expect.Period, Language: l}
	if found {
		if inForce.Observations > workbook.MostEntryRows*len(s.Programme.Form(expect.Form).Columns) {
			return workbook.Entry{}, inForce, false, nil
		}
		if want.Values, err = s.Figures.Observations(ctx, inForce); err != nil {
			return workbook.Entry{}, inForce, false, err
		}
	}
	entry, ok := workbook.NewEntry(s.Programme, want)
	return entry, inForce, ok, nil
}

// tooLong offers the templates in place of a form that has too many rows.
func (p *entryPage) tooLong(expect intake.Expect) {
	p.Scope = p.T("correction.rows_too_many", "most", workbook.MostEntryRows)
	query := url.Values{"form": {string(expect.Form)}, "organisation": {string(expect.Organisation)}, "period": {expect.Period.String()}, "values": {"1"}}.Encode()
	for _, format := range []string{"xlsx", "csv"} {
		p.Templates = append(p.Templates, option{p.To("/submissions/template.", format) + "?" + query, p.T("web.submissions.template_" + format)})
	}
}

// fill fills in the rows and says which they are.
func (p *entryPage) fill(entry workbook.Entry) {
	switch {
	case entry.TotalsOnly && entry.Open:
		p.Scope = p.T("correction.rows_totals_open", "count", len(entry.Rows))
	case entry.TotalsOnly:
		p.Scope = p.T("correction.rows_totals")
	case entry.Open:
		p.Scope = p.T("correction.rows_open", "count", len(entry.Rows))
	default:
		p.Scope = p.T("correction.rows_all")
	}
	for i, row := range entry.Rows {
		filled := entryRow{Of: row.Of}
		if filled.Of == "" && len(entry.Rows) > 1 {
			filled.Of = p.T("correction.row", "number", i+1)
		}
		for j, column := range entry.Columns {
			field := entryField{ID: cellName(i, j), Name: column.Name, Value: row.Cells[j], Options: column.Options, Required: column.Required,
				Figure: column.Role == programme.FigureColumn, Fixed: entry.Fixed(i, j)}
			if field.Figure && i == 0 {
				field.Hint = column.Meaning
			}
			filled.Fields = append(filled.Fields, field)
		}
		p.Rows = append(p.Rows, filled)
	}
}

// cellName names the field of a cell.
func cellName(row, column int) string {
	return "r" + strconv.Itoa(row) + "c" + strconv.Itoa(column)
}

// owed returns a form and who owes it.
func (s *Server) owed(expect intake.Expect) (*programme.Form, *programme.Organisation, error) {
	form, office := s.Programme.Form(expect.Form), s.Programme.Organisation(expect.Organisation)
	if form == nil || office == nil || !s.Programme.Owes(office, form, expect.Period) {
		return nil, nil, problem.New(problem.NotFound, "obligation_unknown", nil)
	}
	return form, office, nil
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
	if _, _, err = s.owed(expect); err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	content, err := s.entered(ctx, expect, r.Language, fields)
	if err != nil {
		return err
	}
	name := enteredPrefix + strings.Join([]string{string(expect.Form), string(expect.Organisation), expect.Period.String()}, "_") + ".csv"
	file := intake.File{Name: name, Size: int64(len(content)), Content: bytes.NewReader(content)}
	got, err := s.Submissions.Receive(ctx, file, expect, r.Viewer)
	if err != nil {
		return err
	}
	if got.Submission.ID == "" || got.Report.PersonalData {
		return s.show(c, fiber.StatusUnprocessableEntity, "submission", s.unkept(r, name, got.Report))
	}
	return c.Redirect("/"+string(r.Language)+"/submissions/"+string(got.Submission.ID), fiber.StatusSeeOther)
}

// entered writes what was typed as a file. The form is made again as it was shown: where
// other figures are in force meanwhile, its rows may be others.
func (s *Server) entered(ctx context.Context, expect intake.Expect, l locale.Language, fields url.Values) ([]byte, error) {
	entry, inForce, ok, err := s.newEntry(ctx, expect, l)
	if err != nil {
		return nil, err
	}
	if !ok || string(inForce.ID) != fields.Get("corrects") {
		return nil, problem.New(problem.Conflict, "entry_outdated", nil)
	}
	return entry.File(func(row, column int) string {
		if entry.Fixed(row, column) {
			return entry.Rows[row].Cells[column]
		}
		return fields.Get(cellName(row, column))
	}), nil
}

// refill puts what was typed in an earlier entry into the form again.
func (s *Server) refill(ctx context.Context, entry *workbook.Entry, r request, id submission.ID) error {
	earlier, err := s.Submissions.Find(ctx, id, r.Viewer)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(earlier.FileName, enteredPrefix) || earlier.SHA256 == "" || earlier.Size > maxForm {
		return nil
	}
	var content bytes.Buffer
	if err := s.Figures.File(ctx, earlier.SHA256, &content); err != nil {
		return err
	}
	entry.Refill(&content)
	return nil
}

// startedFrom returns the figures that a template starts from: those in force for its
// period, or else those of the last period before it, and whether they are the former.
func (s *Server) startedFrom(ctx context.Context, expect intake.Expect) (values []figure.Observation, own bool, err error) {
	from, own, found, err := s.Submissions.StartedFrom(ctx, expect)
	if err != nil || !found {
		return nil, own, err
	}
	values, err = s.Figures.Observations(ctx, from)
	return values, own, err
}
