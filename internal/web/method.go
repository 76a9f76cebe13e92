package web

import (
	"regexp"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
)

type methodPage struct {
	page
	Sections []methodSection
}

type methodSection struct {
	ID, Title, Text string
	Grades          []gradeRule
	Items           []string
}

type gradeRule struct {
	Grade dashboard.Grade
	Text  string
}

// method explains how figures come about and how they are graded; the full rule
// stands in docs/grading.md.
func (s *Server) method(_ *fiber.Ctx, r request) ([]byte, error) {
	p := methodPage{page: s.page(r, r.Language.Say("web.nav.method", nil), "method")}
	say := func(key string) string { return r.Language.Say("web.method."+key, nil) }
	grades := methodSection{ID: "grades", Title: say("grades"), Text: say("grades_text")}
	for _, grade := range indicator.Grades {
		grades.Grades = append(grades.Grades, gradeRule{dashboard.Grade{Code: string(grade), Name: r.Language.Say("indicator.grade."+string(grade), nil)}, say("grade." + string(grade))})
	}
	marks := []string{say("mark_hidden"), say("mark_missing"), say("mark_provisional"), say("mark_weak"), say("mark_running")}
	if tag := s.sourceTag(); tag != "" {
		marks = append(marks, r.Language.Say("web.method.mark_source", locale.Args{"tag": tag}))
	}
	p.Sections = []methodSection{
		grades,
		{ID: "area", Title: say("area"), Text: say("area_text"), Items: []string{say("area_rule_1"), say("area_rule_2"), say("area_rule_3"), say("area_rule_4")}},
		{ID: "marks", Title: say("marks"), Items: marks},
		{ID: "figures", Title: say("figures"), Items: []string{say("figures_1"), say("figures_2"), say("figures_3"), say("figures_4")}},
	}
	return s.render("method", p)
}

var sourceTag = regexp.MustCompile(`\[S[0-9]+[a-z]?\]`)

// sourceTag returns the first tag of a list of sources that the indicators name, such
// as «[S14b]»; "" where they name none.
func (s *Server) sourceTag() string {
	for i := range s.Programme.Indicators {
		if tag := sourceTag.FindString(s.Programme.Indicators[i].Source.String()); tag != "" {
			return tag
		}
	}
	return ""
}
