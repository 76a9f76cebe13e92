package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

// formFields reads a form that was sent urlencoded. The server streams bodies, so
// that Fiber does not read them itself. Nor does it unpack them, however they are
// encoded: a small body would become one that fills the memory, before anybody is asked
// who they are.
func formFields(c *fiber.Ctx) (url.Values, error) {
	fields, err := url.ParseQuery(string(c.Request().Body()))
	if err != nil {
		return nil, problem.New(problem.Invalid, "upload_broken", nil).Because(err)
	}
	return fields, nil
}

// explanationPrefix stands before the key of a finding in the name of a field.
const explanationPrefix = "explain "

// submit makes the figures of a file count that waits: its sender confirms that
// they are complete and correct.
func (s *Server) submit(c *fiber.Ctx) error {
	return s.decide(c, "submission_submitted", func(id submission.ID, fields url.Values) (submission.Submission, error) {
		if fields.Get("confirmed") == "" {
			return submission.Submission{}, problem.New(problem.Invalid, "confirmation_missing", nil)
		}
		explanations := submission.Explanations{}
		for name, values := range fields {
			if key, found := strings.CutPrefix(name, explanationPrefix); found && key != "" {
				explanations[key] = values[0]
			}
		}
		return s.Submissions.Submit(c.UserContext(), id, viewer(c), explanations)
	})
}

// withdraw takes a submission back.
func (s *Server) withdraw(c *fiber.Ctx) error {
	return s.decide(c, "submission_withdrawn", func(id submission.ID, fields url.Values) (submission.Submission, error) {
		return s.Submissions.Withdraw(c.UserContext(), id, viewer(c), fields.Get("reason"))
	})
}

// accept makes the figures of a submission final.
func (s *Server) accept(c *fiber.Ctx) error {
	return s.decide(c, "submission_accepted", func(id submission.ID, _ url.Values) (submission.Submission, error) {
		return s.Submissions.Accept(c.UserContext(), id, viewer(c))
	})
}

// giveBack returns a submission to its sender, with a reason.
func (s *Server) giveBack(c *fiber.Ctx) error {
	return s.decide(c, "submission_returned", func(id submission.ID, fields url.Values) (submission.Submission, error) {
		return s.Submissions.Return(c.UserContext(), id, viewer(c), fields.Get("reason"))
	})
}

// decide does what a form on the page of a submission asks for and shows the page
// again. What cannot be done is said on the page itself: nothing typed is lost
// when the reader goes back.
func (s *Server) decide(c *fiber.Ctx, action string, do func(id submission.ID, fields url.Values) (submission.Submission, error)) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	fields, err := formFields(c)
	if err != nil {
		return err
	}
	r.Path = "/submissions/" + c.Params("id") // where the page can be asked for again
	one, err := do(submission.ID(c.Params("id")), fields)
	if told, ok := problem.From(err); ok && (told.Kind == problem.Invalid || told.Kind == problem.Conflict) {
		p, shown := s.submissionPage(c, r)
		if shown != nil {
			return shown
		}
		p.Problem = told.In(r.Language)
		p.refill(fields)
		return s.show(c, told.Kind.Status(), "submission", p)
	}
	if err != nil {
		return err
	}
	if err := s.audit(c, action, string(one.ID), strings.TrimSpace(fields.Get("reason"))); err != nil {
		return err
	}
	return c.Redirect("/"+string(r.Language)+"/submissions/"+string(one.ID), fiber.StatusSeeOther)
}

// refill puts back what was typed into the fields of the page.
func (p *submissionPage) refill(fields url.Values) {
	for i := range p.Findings {
		p.Findings[i].Explanation = fields.Get(explanationPrefix + p.Findings[i].Key)
	}
	p.Reason = fields.Get("reason")
}

type deskPage struct {
	page
	Waiting []deskRow
	Done    string // what was just accepted
	Failed  []string
}

type deskRow struct {
	ID, Form, Organisation, Period, Submitted, By, FileName string
	Warnings, Explained                                     string
	Own                                                     bool // the viewer submitted it
}

// desk is the queue of what was submitted and not decided yet, the oldest first.
func (s *Server) desk(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p, err := s.deskPage(c, r)
	if err != nil {
		return err
	}
	return s.show(c, fiber.StatusOK, "desk", p)
}

func (s *Server) deskPage(c *fiber.Ctx, r request) (deskPage, error) {
	r.Path = "/desk"
	ctx, cancel := s.deadline(c)
	defer cancel()
	p := deskPage{page: s.page(r, r.Language.Say("web.desk.title", nil), "desk")}
	all, err := s.Figures.Submissions(ctx, submission.Filter{})
	if err != nil {
		return p, err
	}
	var ids []submission.ID
	for _, one := range submission.InForce(all) {
		if !one.Is(submission.Accepted) {
			ids = append(ids, one.ID)
		}
	}
	if len(ids) == 0 {
		return p, nil
	}
	waiting, err := s.Figures.Submissions(ctx, submission.Filter{IDs: ids, WithReport: true})
	if err != nil {
		return p, err
	}
	for _, one := range waiting {
		row, err := s.deskRow(r, one)
		if err != nil {
			return p, err
		}
		p.Waiting = append(p.Waiting, row)
	}
	return p, nil
}

func (s *Server) deskRow(r request, one submission.Submission) (deskRow, error) {
	l := r.Language
	report, err := one.Checked()
	if err != nil {
		return deskRow{}, err
	}
	asked, explained := 0, 0
	for _, finding := range report.Findings {
		if finding.Explain {
			asked++
			if one.Explanation(finding.Key()) != "" {
				explained++
			}
		}
	}
	row := deskRow{
		ID: string(one.ID), Form: string(one.Form), Organisation: string(one.Organisation), Period: l.Period(one.Period), FileName: one.FileName,
		Submitted: l.DateTime(one.At(submission.Submitted)), By: one.By(submission.Submitted), Warnings: l.Count(asked), Explained: l.Count(explained),
		Own: one.By(submission.Submitted) == r.Viewer.Email,
	}
	if form := s.Programme.Form(one.Form); form != nil {
		row.Form = form.Name.In(l)
	}
	if office := s.Programme.Organisation(one.Organisation); office != nil {
		row.Organisation = office.Name.In(l)
	}
	return row, nil
}

// acceptMany accepts the ticked submissions. One that cannot be accepted does not
// stop the others.
func (s *Server) acceptMany(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	fields, err := formFields(c)
	if err != nil {
		return err
	}
	done := 0
	var failed []string
	for _, id := range fields["id"] {
		_, err := s.Submissions.Accept(c.UserContext(), submission.ID(id), viewer(c))
		if told, ok := problem.From(err); ok {
			failed = append(failed, told.In(r.Language))
		} else if err != nil {
			return err
		} else {
			done++
			if err := s.audit(c, "submission_accepted", id, ""); err != nil {
				return err
			}
		}
	}
	p, err := s.deskPage(c, r)
	if err != nil {
		return err
	}
	p.Done, p.Failed = r.Language.Say("web.desk.done", locale.Args{"count": done}), failed
	return s.show(c, fiber.StatusOK, "desk", p)
}
