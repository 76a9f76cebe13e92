package web

import (
	"encoding/json"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/chart"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

type boardPage struct {
	page
	Lead   string
	Years  choices
	Panels []panelView
}

// panelView is a panel with its charts drawn.
type panelView struct {
	dashboard.Panel
	Page   page
	Charts []chartView
	Year   string
	Final  string // the last year of the programme
}

// chartView is a chart as it stands in a page.
type chartView struct {
	Caption, Library, TableName string
	Wide, Narrow                drawn
	Table                       tableView
}

// drawn is one size of a chart: its picture, and the options from which a script
// makes it interactive.
type drawn struct {
	SVG     template.HTML
	Options json.RawMessage
}

// indicatorRows is what the table of indicators needs.
type indicatorRows struct {
	Page        page
	Title       string
	Rows        []dashboard.IndicatorRow
	Year, Final string
}

// IndicatorRows returns the rows of the panel for their table.
func (v panelView) IndicatorRows() indicatorRows {
	return indicatorRows{Page: v.Page, Title: v.Title, Rows: v.Rows, Year: v.Year, Final: v.Final}
}

// GapRows returns the gaps of the panel for the same table.
func (v panelView) GapRows() indicatorRows {
	return indicatorRows{Page: v.Page, Title: v.Title, Rows: v.Gaps, Year: v.Year, Final: v.Final}
}

func (s *Server) overview(c *fiber.Ctx, r request) ([]byte, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	filled, err := s.Boards.Overview(ctx, s.Figures, s.Programme, r.Year, r.Language, s.Now())
	if err != nil {
		return nil, err
	}
	title := r.Language.Say("web.overview.title", locale.Args{"year": yearOf(r)})
	return s.showBoard(s.page(r, title, "overview"), s.headline(r, filled.Evaluation), filled.Panels)
}

// headline says in a sentence how the areas stand.
func (s *Server) headline(r request, e dashboard.Evaluation) string {
	if int(r.Year) >= s.Now().Year() {
		return r.Language.Say("web.overview.running", locale.Args{"year": yearOf(r)})
	}
	if r.Year < s.Programme.FirstYear {
		return r.Language.Say("web.overview.before", locale.Args{"year": yearOf(r)})
	}
	counts := map[indicator.Grade]int{}
	all, foreseen, inSight := 0, 0, 0
	for _, area := range s.Programme.Areas {
		if area.Funding {
			progress, _ := e.Area(area.Code)
			counts[progress.Grade]++
			all++
			foreseen, inSight = foreseen+progress.Foreseen, inSight+progress.InSight
		}
	}
	lead := r.Language.Say("web.overview.lead", locale.Args{"all": all, "good": counts[indicator.Reached] + counts[indicator.OnTrack],
		"risk": counts[indicator.AtRisk], "off": counts[indicator.OffTrack], "unknown": counts[indicator.NotJudged]})
	if foreseen == 0 {
		return lead
	}
	return lead + " " + r.Language.Say("web.overview.outlook", locale.Args{"year": s.Programme.LastYear, "part": inSight, "whole": foreseen})
}

func (s *Server) area(c *fiber.Ctx, r request) ([]byte, error) {
	area := s.Programme.Area(programme.AreaCode(c.Params("area")))
	if area == nil {
		return nil, problem.New(problem.NotFound, "area_unknown", locale.Args{"code": c.Params("area")})
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	filled, err := s.Boards.Area(ctx, s.Figures, s.Programme, area.Code, r.Year, r.Language, s.Now())
	if err != nil {
		return nil, err
	}
	var before []string
	for _, predecessor := range area.Predecessor {
		before = append(before, predecessor.Number+" "+predecessor.Name.In(r.Language))
	}
	lead := ""
	if len(before) > 0 {
		lead = r.Language.Say("web.area.predecessor", locale.Args{"before": s.Programme.Before, "areas": strings.Join(before, "; ")})
	}
	p := s.page(r, area.Number+" "+area.Name.In(r.Language), "overview",
		link{r.Language.Say("web.nav.overview", nil), "/" + string(r.Language) + "/?year=" + yearOf(r)}, link{Name: area.Number})
	return s.showBoard(p, lead, filled.Panels)
}

func (s *Server) showBoard(p page, lead string, panels []dashboard.Panel) ([]byte, error) {
	board := boardPage{page: p, Lead: lead, Years: s.yearChoices(p.request), Panels: make([]panelView, len(panels))}
	for i, panel := range panels {
		view := &board.Panels[i]
		*view = panelView{Panel: panel, Page: p, Charts: make([]chartView, len(panel.Charts)), Year: yearOf(p.request), Final: p.lastYear}
		for j, graphic := range panel.Charts {
			view.Charts[j] = s.draw(p, graphic)
		}
	}
	return s.render("board", board)
}

// draw makes the pictures of a chart.
func (s *Server) draw(p page, graphic dashboard.Graphic) chartView {
	return chartView{Caption: graphic.Caption, Library: p.Asset("vendor/echarts.min.js"), TableName: p.T("web.as_table"), Table: s.tableView(p.request, graphic.Table),
		Wide: picture(graphic.Wide), Narrow: picture(graphic.Narrow)}
}

// picture draws one size. A chart writes shapes and escaped text, and nothing else.
func picture(c chart.Chart) drawn {
	return drawn{SVG: template.HTML(c.SVG()), Options: json.RawMessage(c.Options())}
}

// tableView is a protected table as it stands in a page.
type tableView struct {
	Title   string
	Columns []columnView
	Rows    []rowView
}

type columnView struct {
	Text   string
	Number bool
}

type rowView struct {
	Label string
	Total bool
	Cells []cellView
}

type cellView struct{ Text, Spoken, Class string }

var cellClasses = map[disclosure.State]string{disclosure.Hidden: "hidden-count", disclosure.Missing: "missing",
	disclosure.NotApplicable: "missing", disclosure.NotComputable: "missing"}

func (s *Server) tableView(r request, t disclosure.Table) tableView {
	writer := table.NewWriter(s.Programme, r.Language)
	view := tableView{Title: t.Title().In(r.Language), Columns: []columnView{{}}}
	for _, column := range t.Columns() {
		view.Columns = append(view.Columns, columnView{column.Label.In(r.Language), true})
	}
	for _, row := range t.Rows() {
		one := rowView{Label: row.Label.In(r.Language), Total: row.Total}
		for _, cell := range row.Cells {
			one.Cells = append(one.Cells, cellView{writer.Text(cell), writer.Spoken(cell), cellClasses[cell.State]})
		}
		view.Rows = append(view.Rows, one)
	}
	return view
}

func yearOf(r request) string { return itoa(int(r.Year)) }
