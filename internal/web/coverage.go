package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

type coveragePage struct {
	page
	Years   choices
	Forms   []coverageRow
	Missing []missingRow
	Recent  []recentRow
}

type choices struct {
	ID, Name string
	Choices  []choice
}

type coverageRow struct{ Name, Owed, Delivered, Accepted, OnTime, Share string }

type missingRow struct{ Organisation, Form, Period, Due, State string }

type recentRow struct{ ID, FileName, Organisation, Form, Period, Received, State string }

// recentRows is how many of the latest files the page lists.
const recentRows = 30

// coverage shows who owes what for a year, and what came last.
func (s *Server) coverage(c *fiber.Ctx, r request) ([]byte, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	obligations, err := s.Figures.Obligations(ctx, []figure.Year{r.Year}, s.Now())
	if err != nil {
		return nil, err
	}
	recent, err := s.Figures.Recent(ctx, recentRows)
	if err != nil {
		return nil, err
	}
	l := r.Language
	p := coveragePage{page: s.page(r, l.Say("web.nav.coverage", nil), "coverage"), Years: s.yearChoices(r)}
	for _, one := range submission.Coverage(obligations) {
		p.Forms = append(p.Forms, coverageRow{Name: s.Programme.Form(one.Form).Name.In(l), Owed: l.Count(one.Owed), Delivered: l.Count(one.Delivered),
			Accepted: l.Count(one.Accepted), OnTime: l.Count(one.OnTime), Share: l.Percent(share(one.Delivered, one.Owed), 0)})
	}
	for _, o := range obligations {
		if !o.Owed() || o.Delivered() {
			continue
		}
		p.Missing = append(p.Missing, missingRow{Organisation: s.Programme.Organisation(o.Organisation).Name.In(l), Form: s.Programme.Form(o.Form).Name.In(l),
			Period: l.Period(o.Period), Due: l.Date(o.Due), State: l.Say("web.standing."+string(o.Standing), nil)})
	}
	for _, one := range slices.Backward(recent) {
		row := recentRow{ID: string(one.ID), FileName: one.FileName, Period: l.Period(one.Period), Received: l.DateTime(one.At(submission.Received)),
			State: l.Say("web.event."+string(one.State()), nil)}
		if office := s.Programme.Organisation(one.Organisation); office != nil {
			row.Organisation = office.Name.In(l)
		}
		if form := s.Programme.Form(one.Form); form != nil {
			row.Form = form.Name.In(l)
		}
		p.Recent = append(p.Recent, row)
	}
	return s.render("coverage", p)
}

func share(part, whole int) figure.Decimal {
	if whole == 0 {
		return 0
	}
	return figure.Whole(int64(part)) / figure.Decimal(whole)
}

func (s *Server) yearChoices(r request) choices {
	return choices{ID: "years", Name: r.Language.Say("web.year", nil), Choices: s.yearLinks(r)}
}
