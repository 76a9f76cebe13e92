package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/chart"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

func itoa(n int) string { return strconv.Itoa(n) }

type indicatorsPage struct {
	page
	Years  choices
	Groups []indicatorGroup
}

type indicatorGroup struct {
	Code, Name string
	indicatorRows
}

// IndicatorRows returns the rows of the group for their table.
func (g indicatorGroup) IndicatorRows() indicatorRows { return g.indicatorRows }

// indicators lists all indicators by area.
func (s *Server) indicators(c *fiber.Ctx, r request) ([]byte, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	evaluation, err := dashboard.Evaluate(ctx, s.Figures, s.Programme, dashboard.All(s.Programme), r.Year, s.Now())
	if err != nil {
		return nil, err
	}
	p := indicatorsPage{page: s.page(r, r.Language.Say("web.nav.indicators", nil), "indicators"), Years: s.yearChoices(r)}
	for _, area := range s.Programme.Areas {
		group := indicatorGroup{Code: string(area.Code), Name: area.Number + " " + area.Name.In(r.Language),
			indicatorRows: indicatorRows{Page: p.page, Title: p.Title, Year: yearOf(r), Final: p.lastYear}}
		for _, progress := range evaluation.Progresses {
			if s.Programme.Indicator(progress.Indicator).Area == area.Code {
				group.Rows = append(group.Rows, dashboard.Row(s.Programme, r.Language, progress))
			}
		}
		p.Groups = append(p.Groups, group)
	}
	return s.render("indicators", p)
}

type indicatorPage struct {
	page
	Definition   string
	Years        choices
	Grade        dashboard.Grade
	Reason       string
	Provisional  bool
	Proposal     bool
	Facts        []fact
	Trend        chartView
	Forecast     string
	Breakdown    *breakdownView
	Passport     []fact
	Notes        []string
	Targets      []targetRow
	SourcesIntro string
	Sources      []sourceRow
	Downloads    []link
}

type breakdownView struct {
	Title      string
	Dimensions choices
	Basis      *choices
	Chart      chartView
	Notes      []string
}

// targetRow is a target; Language is that of its origin where it is not the page's.
type targetRow struct{ Year, Value, Decided, Origin, Standing, Language string }

// foreign returns a reference for readers of a language, and its own where it is another.
func foreign(l locale.Language, r programme.Reference) (text, language string) {
	text, in := r.In(l)
	if in != l {
		language = string(in)
	}
	return text, language
}

// indicator shows one indicator: its definition, its trend, its parts and where
// its figures come from.
func (s *Server) indicator(c *fiber.Ctx, r request) ([]byte, error) {
	i, err := s.findIndicator(c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	evaluation, err := dashboard.Evaluate(ctx, s.Figures, s.Programme, []*programme.Indicator{i}, r.Year, s.Now())
	if err != nil {
		return nil, err
	}
	progress := evaluation.Progresses[0]
	l := r.Language
	area := s.Programme.Area(i.Area)
	up := link{l.Say("web.nav.indicators", nil), "/" + string(l) + "/indicators"}
	if area.Funding {
		up = link{area.Number + " " + area.Short.In(l), "/" + string(l) + "/areas/" + string(area.Code) + "?year=" + yearOf(r)}
	}
	row := dashboard.Row(s.Programme, l, progress)
	p := indicatorPage{
		page: s.page(r, i.Name.In(l), "indicators", up, link{Name: i.ID}), Definition: i.Definition.In(l), Years: s.yearChoices(r),
		Grade: row.Grade, Reason: row.Reason, Provisional: row.Provisional, Proposal: row.Proposal,
		Facts: s.indicatorFacts(r, row, progress), Passport: s.passport(r, i), Notes: s.caveats(r, i), Targets: s.targets(r, i),
	}
	p.Trend = s.draw(p.page, dashboard.Trend(s.Programme, l, progress))
	p.Trend.Caption = ""
	if f := progress.Forecast; f != nil {
		write := func(d figure.Decimal) string {
			return table.NewWriter(s.Programme, l).Amount(dashboard.Estimate(s.Programme, i, d), i.Unit)
		}
		p.Forecast = l.Say("web.indicator.forecast", locale.Args{"year": itoa(int(f.Year)), "value": write(f.Value), "low": write(f.Low), "high": write(f.High), "points": f.Points})
	}
	if p.Breakdown, err = s.breakdown(ctx, p.page, i); err != nil {
		return nil, err
	}
	if r.Viewer.May(account.ReadSources) {
		if p.SourcesIntro, p.Sources, err = s.sources(ctx, r, i); err != nil {
			return nil, err
		}
	}
	p.Downloads = s.tableDownloads(r, i)
	return s.render("indicator", p)
}

func (s *Server) findIndicator(c *fiber.Ctx) (*programme.Indicator, error) {
	if i := s.Programme.Indicator(c.Params("indicator")); i != nil {
		return i, nil
	}
	return nil, problem.New(problem.NotFound, "indicator_unknown", locale.Args{"code": c.Params("indicator")})
}

func (s *Server) indicatorFacts(r request, row dashboard.IndicatorRow, progress indicator.Progress) []fact {
	l := r.Language
	facts := []fact{{Name: l.Say("web.value", locale.Args{"year": yearOf(r)}), Value: row.Value}}
	if v := progress.Value; v.Known && v.Ratio {
		i := s.Programme.Indicator(progress.Indicator)
		facts[0].Note = s.Programme.Unit(s.Programme.KeyFigure(i.Numerator[0].KeyFigure).Unit).Write(l, v.Numerator) + " / " +
			s.Programme.Unit(s.Programme.KeyFigure(i.Denominator[0].KeyFigure).Unit).Write(l, v.Denominator)
	}
	facts = append(facts, fact{Name: l.Say("web.target", locale.Args{"year": yearOf(r)}), Value: row.Target},
		fact{Name: l.Say("web.target", locale.Args{"year": itoa(int(s.Programme.LastYear))}), Value: row.Final})
	if b := progress.Baseline; b.Known {
		year := b.Year
		if year == 0 {
			year = s.Programme.Baseline
		}
		facts = append(facts, fact{Name: l.Say("web.indicator.baseline", locale.Args{"year": itoa(int(year))}), Value: table.NewWriter(s.Programme, l).Amount(b.Value, progress.Value.Unit)})
	}
	if progress.HasAttainment {
		facts = append(facts, fact{Name: l.Say("web.attainment", nil), Value: l.Attained(progress.Attainment)})
	}
	c := progress.Value.Completeness
	coverage := fact{Name: l.Say("web.coverage", nil), Value: row.Coverage}
	if c.Owed > 0 {
		coverage.Note = l.Say("web.area.of", locale.Args{"part": c.Delivered, "whole": c.Owed})
	}
	return append(facts, coverage)
}

// passport says what the indicator is, for whoever wants to check it.
func (s *Server) passport(r request, i *programme.Indicator) []fact {
	l := r.Language
	var facts []fact
	add := func(key, value string) { facts = append(facts, fact{Name: l.Say(key, nil), Value: value}) }
	add("web.indicator.kind", l.Say("web.kind."+string(i.Kind), nil))
	if len(i.Denominator) == 0 {
		add("web.indicator.amount", s.terms(l, i.Numerator))
	} else {
		add("web.indicator.numerator", s.terms(l, i.Numerator))
		add("web.indicator.denominator", s.terms(l, i.Denominator))
	}
	add("web.indicator.unit", s.Programme.Unit(i.Unit).Name.In(l))
	add("web.indicator.direction", l.Say("web.direction."+string(i.Direction), nil))
	add("web.indicator.deliverer", i.Deliverer.In(l))
	add("web.indicator.standing", l.Say("web.standing_of."+string(i.Standing), nil))
	source := fact{Name: l.Say("web.indicator.source", nil)}
	source.Value, source.Language = foreign(l, i.Source)
	facts = append(facts, source)
	return facts
}

// terms writes a formula in words.
func (s *Server) terms(l locale.Language, terms []programme.Term) string {
	var parts []string
	for _, term := range terms {
		text := s.Programme.KeyFigure(term.KeyFigure).Name.In(l)
		var conditions []string
		for name, codes := range term.Filter {
			dimension := s.Programme.Dimension(name)
			var names []string
			for _, code := range codes {
				names = append(names, dimension.Code(code).Name.In(l))
			}
			conditions = append(conditions, dimension.Title.In(l)+": "+strings.Join(names, ", "))
		}
		slices.Sort(conditions)
		if len(conditions) > 0 {
			text += " (" + strings.Join(conditions, "; ") + ")"
		}
		if term.Factor != figure.Whole(1) {
			text = term.Factor.String() + " × " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " + ")
}

func (s *Server) caveats(r request, i *programme.Indicator) []string {
	var notes []string
	for _, caveat := range s.Programme.CaveatsOf(i.ID) {
		text := caveat.Text.In(r.Language)
		args := locale.Args{"year": itoa(int(caveat.From)), "text": text}
		switch {
		case caveat.Break:
			text = r.Language.Say("web.indicator.note_break", args)
		case caveat.From != 0:
			text = r.Language.Say("web.indicator.note_from", args)
		}
		notes = append(notes, text)
	}
	return notes
}

func (s *Server) targets(r request, i *programme.Indicator) []targetRow {
	var rows []targetRow
	origin, write := "", table.NewWriter(s.Programme, r.Language).Amount
	for _, t := range s.Programme.Targets {
		if t.Indicator != i.ID {
			continue
		}
		row := targetRow{Year: itoa(int(t.Year)), Value: write(t.Value, i.Unit), Decided: day(r.Language, t.Decided),
			Standing: "(" + r.Language.Say("web.standing_of."+string(t.Standing), nil) + ")"}
		row.Origin, row.Language = foreign(r.Language, t.Origin)
		if i.Direction == programme.Band {
			row.Value += "–" + write(t.Upper, i.Unit)
		}
		if row.Origin+row.Standing == origin {
			row.Origin, row.Standing, row.Language = r.Language.Say("web.indicator.same_origin", nil), "", ""
		} else {
			origin = row.Origin + row.Standing
		}
		rows = append(rows, row)
	}
	return rows
}

// breakdown shows the parts of the indicator by the dimension that the address
// asks for, or its first; nil where it has none.
func (s *Server) breakdown(ctx context.Context, p page, i *programme.Indicator) (*breakdownView, error) {
	dimension := s.askedDimension(p.request, i)
	if dimension == "" {
		return nil, nil
	}
	basis := indicator.AsReported
	if p.Query.Get("basis") == "today" {
		basis = indicator.TodaysMunicipalities
	}
	protected, err := s.parts(ctx, i, dimension, p.Year, basis)
	if err != nil {
		return nil, err
	}
	view := &breakdownView{Title: p.T("web.indicator.by", "year", yearOf(p.request)), Dimensions: choices{ID: "dimensions", Name: p.T("web.indicator.dimension")}}
	for _, name := range i.Dimensions {
		view.Dimensions.Choices = append(view.Dimensions.Choices, p.choose("by", string(name), s.Programme.Dimension(name).Title.In(p.Language), name == dimension))
	}
	if dimension == indicator.Municipality || dimension == indicator.District || dimension == indicator.Region {
		view.Basis = &choices{ID: "basis", Name: p.T("web.indicator.basis"), Choices: []choice{
			p.choose("basis", "", p.T("web.indicator.basis.reported"), basis == indicator.AsReported),
			p.choose("basis", "today", p.T("web.indicator.basis.today"), basis == indicator.TodaysMunicipalities)}}
	}
	if hidden := protected.Hidden(); hidden > 0 {
		view.Notes = append(view.Notes, p.T("web.indicator.hidden", "count", hidden))
	}
	draw := chart.Frame.Bars
	if dimension == indicator.Municipality || dimension == indicator.Provider || dimension == indicator.Measure {
		draw = chart.Frame.Ranking
	}
	view.Chart = s.draw(p, dashboard.NewGraphic(s.Programme, p.Language, protected, draw))
	return view, nil
}

func (s *Server) askedDimension(r request, i *programme.Indicator) figure.Dimension {
	asked := figure.Dimension(r.Query.Get("by"))
	if slices.Contains(i.Dimensions, asked) {
		return asked
	}
	if len(i.Dimensions) > 0 {
		return i.Dimensions[0]
	}
	return ""
}

// parts is the protected table of an indicator by a dimension.
func (s *Server) parts(ctx context.Context, i *programme.Indicator, dimension figure.Dimension, year figure.Year, basis indicator.Basis) (disclosure.Table, error) {
	evidence, err := dashboard.Ask(ctx, s.Figures, s.Programme, []*programme.Indicator{i}, dimension, []figure.Year{year}, s.Now())
	if err != nil {
		return disclosure.Table{}, err
	}
	return dashboard.Parts(s.Programme, i, dimension, year, evidence, basis), nil
}

// day writes an ISO date of the definition as people do; the loading of the
// definition has checked that it is one.
func day(l locale.Language, iso string) string {
	date, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return l.Date(date)
}
