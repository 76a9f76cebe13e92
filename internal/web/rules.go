package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

type rulesPage struct {
	page
	Years choices
	Rows  []ruleRow
}

type ruleRow struct {
	ID, Form, Kind, Text, Severity, SeverityName, Valid string
	Fired, Fixed, Explained, Open                       string
	Proposal, Never                                     bool
}

// rules lists the rules of plausibility and what became of the files of a year in
// which each fired, those that fire most first: a rule that is always explained
// asks too much, one that never fires perhaps too little.
func (s *Server) rules(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	files, err := s.Figures.Submissions(ctx, submission.Filter{Years: []figure.Year{r.Year}, WithReport: true})
	if err != nil {
		return err
	}
	uses := submission.RuleUses(s.Programme, files)
	slices.SortStableFunc(uses, func(a, b submission.RuleUse) int { return b.Fired - a.Fired })
	l := r.Language
	p := rulesPage{page: s.page(r, l.Say("rules.title", nil), "rules"), Years: s.yearChoices(r)}
	for _, use := range uses {
		rule := use.Rule
		row := ruleRow{
			ID: rule.ID, Form: string(rule.Form), Kind: l.Say("rules.kind."+string(rule.Kind), nil), Text: s.ruleText(l, rule),
			Severity: rule.Severity, SeverityName: l.Say("web.check."+rule.Severity, nil), Valid: ruleTime(rule),
			Fired: l.Count(use.Fired), Fixed: l.Count(use.Fixed), Explained: l.Count(use.Explained), Open: l.Count(use.Open),
			Proposal: rule.Standing == programme.Proposal, Never: use.Fired == 0,
		}
		if form := s.Programme.Form(rule.Form); form != nil {
			row.Form = form.Name.In(l)
		}
		p.Rows = append(p.Rows, row)
	}
	return s.show(c, fiber.StatusOK, "rules", p)
}

// ruleTime is the time that a rule is for: «2024–2026», «ab 2024», or "" for always.
func ruleTime(rule *programme.Rule) string {
	if rule.From.Year == 0 && rule.To.Year == 0 {
		return ""
	}
	from, to := "", ""
	if rule.From.Year != 0 {
		from = rule.From.String()
	}
	if rule.To.Year != 0 {
		to = rule.To.String()
	}
	return from + "–" + to
}

// ruleText writes the message of a rule as it reads before the rule fires: with the
// figures that it looks at, and letters for numbers.
func (s *Server) ruleText(l locale.Language, rule *programme.Rule) string {
	var names []string
	for _, code := range rule.Figures {
		if known := s.Programme.KeyFigure(code); known != nil {
			names = append(names, known.Name.In(l))
		}
	}
	figures := "…"
	if len(names) > 0 {
		figures = strings.Join(names[:min(len(names), figuresAtMost)], " / ")
		if len(names) > figuresAtMost {
			figures += " / …"
		}
	}
	return l.Fill(rule.Message, locale.Args{"figure": figures, "value": "x", "left": "x", "right": "y", "before": "y", "most": "y", "residents": "n", "peers": "n"})
}

// figuresAtMost is how many figures the text of a rule names.
const figuresAtMost = 3
