package web

import (
	"bufio"
	"context"
	"net/url"
	"path/filepath"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

// submit takes in a file that waited for its confirmation.
func (s *Server) submit(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	fields, err := url.ParseQuery(string(c.Body()))
	if err != nil {
		return problem.New(problem.Invalid, "upload_broken", nil)
	}
	waiting, err := s.waiting.find(fields.Get("token"))
	if err != nil {
		return err
	}
	expect, err := expectation(map[string]string{"form": fields.Get("form"), "organisation": fields.Get("organisation"), "period": fields.Get("period")})
	if err != nil {
		return err
	}
	// A large file takes longer to take in than a page to answer.
	ctx, cancel := context.WithTimeout(c.UserContext(), 10*time.Minute)
	defer cancel()
	var receipt submission.Receipt
	err = withFile(waiting.Path, waiting.Name, func(file intake.File) (err error) {
		receipt, err = s.Submissions.Take(ctx, file, expect, viewer(c), nil)
		return err
	})
	if err != nil {
		return err
	}
	if !receipt.Report.Accepted() {
		// Something came in between that changes the verdict.
		return s.show(c, fiber.StatusUnprocessableEntity, "check", s.checkPage(r, waiting.Name, receipt.Report))
	}
	s.waiting.drop(filepath.Base(waiting.Path))
	return c.Redirect("/"+string(r.Language)+"/submissions/"+string(receipt.Submission.ID), fiber.StatusSeeOther)
}

type submissionPage struct {
	page
	Lead     string
	Facts    []fact
	Events   []string
	Download string
}

// submission shows the receipt of a file: what came, when, and what happened to
// it since.
func (s *Server) submission(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	one, err := s.findSubmission(c)
	if err != nil {
		return err
	}
	l := r.Language
	say := func(key string) string { return l.Say("web.submission."+key, nil) }
	p := submissionPage{page: s.page(r, say("title"), "coverage", link{l.Say("web.nav.coverage", nil), "/" + string(l) + "/coverage"}, link{Name: say("title")})}
	p.Lead = say("lead_" + string(one.State()))
	form, office := s.Programme.Form(one.Form), s.Programme.Organisation(one.Organisation)
	add := func(key, value string) { p.Facts = append(p.Facts, fact{Name: l.Say(key, nil), Value: value}) }
	add("web.file", one.FileName)
	if form != nil {
		add("web.form", form.Name.In(l)+" ("+l.Say("web.submission.version", locale.Args{"version": one.FormVersion})+")")
	}
	if office != nil {
		add("web.organisation", office.Name.In(l))
	}
	add("web.period", l.Period(one.Period))
	add("web.check.rows", l.Count(one.Rows))
	add("web.submission.figures", l.Count(one.Observations))
	add("web.submission.hash", one.SHA256)
	add("web.submission.definition", one.Definition)
	add("web.submission.id", string(one.ID))
	for _, event := range one.Events {
		text := l.DateTime(event.At) + " – " + l.Say("web.event."+string(event.Kind), nil)
		if event.By != "" {
			text += " (" + event.By + ")"
		}
		if event.Reason != "" {
			text += ": " + event.Reason
		}
		p.Events = append(p.Events, text)
	}
	p.Download = "/" + string(l) + "/submissions/" + string(one.ID) + "/file"
	return s.show(c, fiber.StatusOK, "submission", p)
}

func (s *Server) findSubmission(c *fiber.Ctx) (submission.Submission, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, found, err := s.Figures.Submission(ctx, submission.ID(c.Params("id")))
	if err == nil && !found {
		err = problem.New(problem.NotFound, "submission_unknown", nil)
	}
	return one, err
}

// submissionFile sends the original file back, as it came.
func (s *Server) submissionFile(c *fiber.Ctx) error {
	one, err := s.findSubmission(c)
	if err != nil {
		return err
	}
	c.Attachment(one.FileName)
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		// The request's own context has ended when this runs.
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if err := s.Figures.File(ctx, one.SHA256, out); err != nil {
			s.Log.Error("send a file", "submission", one.ID, "error", err)
		}
		_ = out.Flush()
	})
	return nil
}
