package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

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
	return s.decide(c, func(id submission.ID, fields url.Values) (submission.Submission, error) {
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
	return s.decide(c, func(id submission.ID, fields url.Values) (submission.Submission, error) {
		return s.Submissions.Withdraw(c.UserContext(), id, viewer(c), fields.Get("reason"))
	})
}

// accept makes the figures of a submission final.
func (s *Server) accept(c *fiber.Ctx) error {
	return s.decide(c, func(id submission.ID, _ url.Values) (submission.Submission, error) {
		return s.Submissions.Accept(c.UserContext(), id, viewer(c))
	})
}

// giveBack returns a submission to its sender, with a reason.
func (s *Server) giveBack(c *fiber.Ctx) error {
	return s.decide(c, func(id submission.ID, fields url.Values) (submission.Submission, error) {
		return s.Submissions.Return(c.UserContext(), id, viewer(c), fields.Get("reason"))
	})
}

// decide does what a form on the page of a submission asks for and shows the page
// again. What cannot be done is said on the page itself: nothing typed is lost
// when the reader goes back.
func (s *Server) decide(c *fiber.Ctx, do func(id submission.ID, fields url.Values) (submission.Submission, error)) error {
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
	return c.Redirect("/"+string(r.Language)+"/submissions/"+string(one.ID), fiber.StatusSeeOther)
}

// refill puts back what was typed into the fields of the page.
func (p *submissionPage) refill(fields url.Values) {
	for i := range p.Findings {
		p.Findings[i].Explanation = fields.Get(explanationPrefix + p.Findings[i].Key)
	}
	p.Reason = fields.Get("reason")
}
