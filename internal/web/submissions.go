package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// submissionsPage is what an organisation owes, and what it has sent.
type submissionsPage struct {
	page
	Organisation  string // its name; "" while none is chosen
	Mine          bool   // it is that of the viewer, who can send at once
	Code          string
	Organisations []option // to choose from, for the coordination office
	Owed          []owedRow
	History       []historyRow
}

type owedRow struct {
	Form, FormName, Period, PeriodName, Due, Extended string
	Standing, StandingName                            string
	ID                                                string // the submission behind the standing
	Wanted                                            bool   // something is to be done
	Late                                              bool
}

// Query is the form, organisation and period of the row, for an address.
func (r owedRow) Query(organisation string) template.URL {
	// The codes are those of the definition, and encoded.
	return template.URL(url.Values{"form": {r.Form}, "organisation": {organisation}, "period": {r.Period}}.Encode())
}

// With joins a row and its page, for a part of the template that needs both.
func (p submissionsPage) With(row owedRow) any {
	return struct {
		Page submissionsPage
		Row  owedRow
	}{p, row}
}

type historyRow struct{ ID, Received, Form, Period, FileName, State, StateName, Reason string }

// submissions shows an organisation what is awaited from it and everything it has
// sent, with what became of it. A sender sees the own organisation; the
// coordination office chooses one.
func (s *Server) submissions(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	l := r.Language
	p := submissionsPage{page: s.page(r, l.Say("web.submissions.title", nil), "submissions")}
	if r.Viewer.Role != account.Sender {
		p.Organisations = s.organisationOptions(r)
	}
	office, err := s.chosenOrganisation(r)
	if err != nil {
		return err
	}
	if office == nil {
		return s.show(c, fiber.StatusOK, "submissions", p)
	}
	p.Organisation, p.Code, p.Mine = office.Name.In(l), string(office.Code), r.Viewer.Organisation == office.Code
	ctx, cancel := s.deadline(c)
	defer cancel()
	year := min(figure.Year(s.Now().Year()), s.Programme.LastYear)
	obligations, err := s.Figures.Obligations(ctx, []figure.Year{year - 1, year}, s.Now())
	if err != nil {
		return err
	}
	for _, o := range obligations {
		if o.Organisation == office.Code {
			p.Owed = append(p.Owed, s.owedRow(r, o))
		}
	}
	// What is to be done comes first, by its due date.
	slices.SortStableFunc(p.Owed, func(a, b owedRow) int { return boolRank(b.Wanted) - boolRank(a.Wanted) })
	all, err := s.Figures.Submissions(ctx, submission.Filter{Organisation: office.Code})
	if err != nil {
		return err
	}
	for _, one := range slices.Backward(all) {
		p.History = append(p.History, s.historyRow(r, one))
	}
	return s.show(c, fiber.StatusOK, "submissions", p)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// chosenOrganisation is the organisation that a page is about: a sender's own, or the
// one that was chosen; nil where none is chosen yet. One that the viewer does not see
// is answered as one that does not exist.
func (s *Server) chosenOrganisation(r request) (*programme.Organisation, error) {
	code := figure.Organisation(r.Query.Get("organisation"))
	if r.Viewer.Role == account.Sender {
		code = r.Viewer.Organisation
	}
	if code == "" {
		return nil, nil
	}
	office := s.Programme.Organisation(code)
	if office == nil || !r.Viewer.Sees(code) {
		return nil, problem.New(problem.NotFound, "organisation_not_found", nil)
	}
	return office, nil
}

// organisationOptions are the organisations that the viewer may choose from, by
// name.
func (s *Server) organisationOptions(r request) []option {
	var all []option
	for _, one := range s.Programme.Organisations {
		if r.Viewer.Sees(one.Code) {
			all = append(all, option{string(one.Code), one.Name.In(r.Language)})
		}
	}
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (s *Server) owedRow(r request, o submission.Obligation) owedRow {
	l := r.Language
	return owedRow{
		Form: string(o.Form), FormName: s.Programme.Form(o.Form).Name.In(l), Period: o.Period.String(), PeriodName: l.Period(o.Period),
		Due: l.Date(o.Due), Extended: o.Extended, Standing: string(o.Standing), StandingName: l.Say("web.standing."+string(o.Standing), nil),
		ID: string(o.Submission), Wanted: o.Owed() && !o.Delivered(), Late: o.Standing != submission.NotDue && !o.Delivered() && o.Passed(s.Now()),
	}
}

func (s *Server) historyRow(r request, one submission.Submission) historyRow {
	l := r.Language
	row := historyRow{
		ID: string(one.ID), Received: l.DateTime(one.At(submission.Received)), Form: string(one.Form), Period: l.Period(one.Period), FileName: one.FileName,
		State: string(one.State()), StateName: l.Say("web.state."+string(one.State()), nil),
	}
	if form := s.Programme.Form(one.Form); form != nil {
		row.Form = form.Name.In(l)
	}
	for _, event := range one.Events {
		if event.Kind == one.State() {
			row.Reason = s.reason(l, event)
		}
	}
	if row.FileName == "" {
		row.FileName = "–"
	}
	return row
}
