package web

import (
	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/submission"
)

type coveragePage struct {
	page
	Years   choices
	Forms   []coverageRow
	Missing []missingRow
}

type choices struct {
	ID, Name string
	Choices  []choice
}

type coverageRow struct{ Name, Owed, Delivered, Accepted, OnTime, Share string }

type missingRow struct{ Organisation, Form, Period, Due, State string }

// coverage shows who owes what for a year.
func (s *Server) coverage(c *fiber.Ctx, r request) ([]byte, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	obligations, err := s.Figures.Obligations(ctx, []figure.Year{r.Year}, s.Now())
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
