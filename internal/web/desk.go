package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

type deskPage struct {
	page
	Waiting        []deskRow
	Number         string // «Seite 2 von 3»; "" where there is one page
	Older, Newer   string // addresses; "" for none
	MayAcceptTicks bool   // some row may be accepted with others
	Done           string // what was just accepted
	Failed         []string
}

type deskRow struct {
	ID, Form, Organisation, Period, Submitted, By, FileName string
	Warnings, Explained                                     string
	TakesAway, Changes                                      string
	Moves                                                   []effectRow // indicators with another grade
	Held                                                    string
	Own                                                     bool // the viewer submitted it
	Alone                                                   bool // it is not accepted together with others
}

// deskRows is how many submissions a page of the desk holds: what each of them changes in
// the indicators has to be worked out.
const deskRows = 12

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
	for _, sent := range submission.InForce(all) {
		if !sent.Is(submission.Accepted) {
			ids = append(ids, sent.ID)
		}
	}
	if ids = p.turn(r, ids); len(ids) == 0 {
		return p, nil
	}
	waiting, err := s.Figures.Submissions(ctx, submission.Filter{IDs: ids, WithReport: true})
	if err != nil {
		return p, err
	}
	effects := dashboard.NewEffects(s.Programme, s.Figures, s.Now())
	for _, sent := range waiting {
		row, err := s.deskRow(ctx, r, effects, sent)
		if err != nil {
			return p, err
		}
		p.Waiting = append(p.Waiting, row)
		p.MayAcceptTicks = p.MayAcceptTicks || !row.Own && !row.Alone
	}
	return p, nil
}

// turn returns what stands on the asked page, and fills in where the others are.
func (p *deskPage) turn(r request, ids []submission.ID) []submission.ID {
	pages := (len(ids) + deskRows - 1) / deskRows
	if pages <= 1 {
		return ids
	}
	number, err := strconv.Atoi(r.Query.Get("page"))
	if err != nil {
		number = 1
	}
	number = min(max(number, 1), pages)
	p.Number = r.Language.Say("correction.page", locale.Args{"page": number, "pages": pages})
	address := func(n int) string { return "/" + string(r.Language) + "/desk?page=" + strconv.Itoa(n) }
	if number > 1 {
		p.Older = address(number - 1)
	}
	if number < pages {
		p.Newer = address(number + 1)
	}
	return ids[(number-1)*deskRows : min(number*deskRows, len(ids))]
}

func (s *Server) deskRow(ctx context.Context, r request, effects *dashboard.Effects, sent submission.Submission) (deskRow, error) {
	l := r.Language
	report, err := sent.Checked()
	if err != nil {
		return deskRow{}, err
	}
	asking, explained := 0, 0
	for _, finding := range report.Findings {
		if finding.Explain {
			asking++
			if sent.Explanation(finding.Key()) != "" {
				explained++
			}
		}
	}
	row := deskRow{
		ID: string(sent.ID), Form: string(sent.Form), Organisation: string(sent.Organisation), Period: l.Period(sent.Period), FileName: sent.FileName,
		Submitted: l.DateTime(sent.At(submission.Submitted)), By: sent.By(submission.Submitted), Warnings: l.Count(asking), Explained: l.Count(explained),
		Own: sent.By(submission.Submitted) == r.Viewer.Email, TakesAway: "–", Changes: "–",
	}
	if form := s.Programme.Form(sent.Form); form != nil {
		row.Form = form.Name.In(l)
	}
	if office := s.Programme.Organisation(sent.Organisation); office != nil {
		row.Organisation = office.Name.In(l)
	}
	consequences, err := s.consequences(ctx, effects, sent)
	if err != nil {
		return row, err
	}
	if row.Alone = consequences.alone(); consequences.replaces {
		row.TakesAway, row.Changes = l.Count(consequences.Gone), l.Count(consequences.Changed)
	}
	for _, change := range consequences.moves {
		row.Moves = append(row.Moves, effectRow{dashboard.Row(s.Programme, l, change.Before), dashboard.Row(s.Programme, l, change.After), true})
	}
	if len(consequences.held) > 0 {
		row.Held = l.Say("correction.held", locale.Args{"figures": strings.Join(s.heldNames(l, consequences.held), ", ")})
	}
	return row, nil
}

func (s *Server) heldNames(l locale.Language, held []submission.Event) []string {
	var names []string
	for _, event := range held {
		names = append(names, s.reason(l, event))
	}
	return names
}

// consequences are what accepting a submission confirms.
type consequences struct {
	submission.Changes
	replaces bool // it replaces figures that were in force
	moves    []dashboard.Change
	held     []submission.Event
}

// alone reports whether somebody should look at a submission before it is accepted.
func (c consequences) alone() bool {
	return c.Gone > 0 || c.Changed > 0 || len(c.moves) > 0 || len(c.held) > 0
}

func (s *Server) consequences(ctx context.Context, effects *dashboard.Effects, sent submission.Submission) (consequences, error) {
	var c consequences
	var err error
	if c.Changes, c.replaces, err = s.Submissions.Changes(ctx, sent); err != nil {
		return c, err
	}
	changes, err := s.effect(ctx, effects, sent)
	if err != nil {
		return c, err
	}
	for _, change := range changes {
		if change.Moves() {
			c.moves = append(c.moves, change)
		}
	}
	for _, event := range sent.Events {
		if event.Kind == submission.Held {
			c.held = append(c.held, event)
		}
	}
	return c, nil
}

// acceptMany accepts the ticked submissions. One that cannot be accepted does not
// stop the others; one that changes what is in force is looked at alone.
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
	effects := dashboard.NewEffects(s.Programme, s.Figures, s.Now())
	for _, id := range fields["id"] {
		err := s.acceptTicked(c, effects, submission.ID(id))
		if refusal, ok := problem.From(err); ok {
			failed = append(failed, refusal.In(r.Language))
		} else if err != nil {
			return err
		} else {
			done++
		}
	}
	p, err := s.deskPage(c, r)
	if err != nil {
		return err
	}
	p.Done, p.Failed = r.Language.Say("web.desk.done", locale.Args{"count": done}), failed
	return s.show(c, fiber.StatusOK, "desk", p)
}

func (s *Server) acceptTicked(c *fiber.Ctx, effects *dashboard.Effects, id submission.ID) error {
	ctx, cancel := s.deadline(c)
	defer cancel()
	sent, err := s.Submissions.Find(ctx, id, viewer(c))
	if err != nil {
		return err
	}
	consequences, err := s.consequences(ctx, effects, sent)
	if err != nil {
		return err
	}
	if consequences.alone() {
		return problem.New(problem.Conflict, "accept_alone", locale.Args{"file": sent.FileName})
	}
	_, err = s.Submissions.Accept(ctx, id, viewer(c))
	return err
}
