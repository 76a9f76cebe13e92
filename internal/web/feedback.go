package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// feedbackPage gives something back to who delivers: the own figures over the years,
// and beside them the published ones of the canton. Figures of a group of similar
// organisations would, less those that tables show, be the figures that they hide.
type feedbackPage struct {
	page
	Organisation  string
	Code          string
	Organisations []option
	Years         []string
	Year          string // of the comparison
	Whole         string // the name of the canton
	Compared      string // what the own figures are compared with
	Rows          []feedbackRow
}

type feedbackRow struct {
	Name, Of string
	Values   []string
	Line     sparkline
	Own, All string
}

// sparkline is a small line of the own figures, 100 wide and 24 high.
type sparkline struct{ Path, Label string }

const (
	// fewestSenders is how many must have delivered a figure for the canton's to be shown
	// beside the own one: of fewer the own figure, taken off, would leave those of others.
	fewestSenders = 5
	// smallCount is the smallest number of people or cases that is shown of others.
	smallCount = 5
)

// feedback shows an organisation its own figures and those of the canton.
func (s *Server) feedback(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	l := r.Language
	p := feedbackPage{page: s.page(r, l.Say("web.feedback.title", nil), "feedback"), Year: yearOf(r)}
	if r.Viewer.Role != account.Sender {
		p.Organisations = s.organisationOptions(r)
	}
	office, err := s.chosenOrganisation(r)
	if err != nil {
		return err
	}
	if office == nil {
		return s.show(c, fiber.StatusOK, "feedback", p)
	}
	p.Organisation, p.Code = office.Name.In(l), string(office.Code)
	figures := s.deliveredBy(office)
	if len(figures) == 0 {
		return s.show(c, fiber.StatusOK, "feedback", p)
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	sums, err := s.Figures.Sums(ctx, figure.Question{Figures: figures, Years: s.years(), By: figure.ByOrganisation})
	if err != nil {
		return err
	}
	totals, err := s.Figures.Sums(ctx, figure.Question{Figures: figures, Years: []figure.Year{r.Year}})
	if err != nil {
		return err
	}
	g := newComparison(s.Programme, office, r.Year, sums, totals)
	p.Whole = s.Programme.Canton.In(l)
	p.Compared = l.Say("web.feedback.compared_with", locale.Args{"canton": p.Whole, "count": fewestSenders})
	years := s.years()
	for _, year := range years {
		p.Years = append(p.Years, strconv.Itoa(int(year)))
	}
	for _, id := range figures {
		if row, any := s.feedbackRow(l, g, s.Programme.KeyFigure(id), years); any {
			p.Rows = append(p.Rows, row)
		}
	}
	return s.show(c, fiber.StatusOK, "feedback", p)
}

// deliveredBy returns the key figures that an organisation delivers, in the order
// of the forms.
func (s *Server) deliveredBy(office *programme.Organisation) []figure.KeyFigure {
	var all []figure.KeyFigure
	for i := range s.Programme.Forms {
		form := &s.Programme.Forms[i]
		if !s.everOwes(office, form) {
			continue
		}
		for _, column := range form.Columns {
			// Of spending there is a sum for each account, and none of budget and accounts.
			if grid := s.Programme.Finance; grid != nil && column.KeyFigure == grid.Spending {
				continue
			}
			if column.Role == programme.FigureColumn && !slices.Contains(all, column.KeyFigure) {
				all = append(all, column.KeyFigure)
			}
		}
	}
	return all
}

func (s *Server) feedbackRow(l locale.Language, g comparison, k *programme.KeyFigure, years []figure.Year) (feedbackRow, bool) {
	row := feedbackRow{Name: k.Name.In(l), Own: "–", All: "–"}
	if whole := s.Programme.KeyFigure(k.PartOf); whole != nil {
		row.Of = l.Say("web.feedback.share_of", locale.Args{"whole": whole.Name})
	} else if g.office.Kind == programme.MunicipalityOffice {
		row.Of = l.Say("web.feedback.per_thousand", nil)
	}
	var values []*figure.Decimal
	any := false
	for _, year := range years {
		sum, given := g.sums[groupKey{g.office.Code, k.ID, year}]
		if !given {
			row.Values, values = append(row.Values, "–"), append(values, nil)
			continue
		}
		any = true
		row.Values, values = append(row.Values, s.Programme.Unit(k.Unit).Write(l, sum)), append(values, &sum)
	}
	row.Line = newSparkline(values, row.Name)
	if own, known := g.own(k); known {
		row.Own = writeRatio(l, k, own)
	}
	if all, known := g.all(k); known {
		row.All = writeRatio(l, k, all)
		if g.small(k) {
			row.All = l.Say("web.feedback.protected", nil)
		}
	}
	return row, any
}

func writeRatio(l locale.Language, k *programme.KeyFigure, ratio float64) string {
	value := figure.Decimal(ratio*10_000 + 0.5)
	if k.PartOf != "" {
		return l.Percent(value, 0)
	}
	return l.Number(value, 1)
}

// newSparkline draws the values that are there; a year without one breaks the
// line.
func newSparkline(values []*figure.Decimal, label string) sparkline {
	top := figure.Decimal(1)
	count := 0
	for _, v := range values {
		if v != nil {
			top = max(top, *v)
			count++
		}
	}
	if count < 2 {
		return sparkline{}
	}
	path, pen := "", "M"
	for i, v := range values {
		if v == nil {
			pen = "M"
			continue
		}
		path += fmt.Sprintf("%s%d %d", pen, 2+i*96/max(len(values)-1, 1), 22-int(20*max(*v, 0)/top))
		pen = "L"
	}
	return sparkline{Path: path, Label: label}
}

// comparison holds the figures of an organisation against the canton's of a year.
type comparison struct {
	programme *programme.Programme
	office    *programme.Organisation
	year      figure.Year
	sums      map[groupKey]figure.Decimal
	totals    map[figure.KeyFigure]figure.Sum
}

type groupKey struct {
	organisation figure.Organisation
	keyFigure    figure.KeyFigure
	year         figure.Year
}

func newComparison(p *programme.Programme, office *programme.Organisation, year figure.Year, sums, totals []figure.Sum) comparison {
	g := comparison{programme: p, office: office, year: year, sums: map[groupKey]figure.Decimal{}, totals: map[figure.KeyFigure]figure.Sum{}}
	for _, sum := range sums {
		if sum.Given > 0 && sum.Organisation == office.Code {
			g.sums[groupKey{sum.Organisation, sum.KeyFigure, sum.Period.Year}] = sum.Value
		}
	}
	for _, total := range totals {
		if total.Given > 0 {
			g.totals[total.KeyFigure] = total
		}
	}
	return g
}

// own is the share of the whole that an own figure is part of, or of a municipality the
// number per 1000 residents.
func (g comparison) own(k *programme.KeyFigure) (float64, bool) {
	value, given := g.sums[groupKey{g.office.Code, k.ID, g.year}]
	if !given {
		return 0, false
	}
	if k.PartOf != "" {
		whole, known := g.sums[groupKey{g.office.Code, k.PartOf, g.year}]
		return value.Float() / whole.Float(), known && whole > 0
	}
	residents := g.residents(g.office.Municipality)
	return value.Float() / float64(residents) * 1000, g.perResident() && residents > 0
}

// all is the same of the canton, from its published sums, where there are enough
// senders.
func (g comparison) all(k *programme.KeyFigure) (float64, bool) {
	total, published := g.published(k.ID)
	if !published {
		return 0, false
	}
	if k.PartOf != "" {
		whole, known := g.published(k.PartOf)
		return total.Value.Float() / whole.Value.Float(), known && whole.Value > 0
	}
	residents := 0
	for _, m := range g.programme.MunicipalitiesIn(g.year) {
		residents += g.residents(m.Number)
	}
	return total.Value.Float() / float64(residents) * 1000, g.perResident() && residents > 0
}

// published is the sum of the canton as the annual table has it; false where it has
// none, or few are behind it.
func (g comparison) published(id figure.KeyFigure) (figure.Sum, bool) {
	total, given := g.totals[id]
	if !given || total.Organisations < fewestSenders {
		return figure.Sum{}, false
	}
	additivity := g.programme.KeyFigure(id).Additivity
	distinct := additivity == programme.DistinctProvider || additivity == programme.DistinctResidence && total.Parts > 1
	return total, !distinct
}

func (g comparison) perResident() bool { return g.office.Kind == programme.MunicipalityOffice }

// residents is the population of a municipality at the end of the year, or the
// last one known.
func (g comparison) residents(number figure.Municipality) int {
	population, _ := g.programme.PopulationOf(number, g.year)
	return population.Total
}

// small reports whether what others report of a figure, or of the rest of its whole, is
// a small count.
func (g comparison) small(k *programme.KeyFigure) bool {
	few := func(n figure.Decimal) bool { return n > 0 && n < figure.Whole(smallCount) }
	others := g.totals[k.ID].Value - g.sums[groupKey{g.office.Code, k.ID, g.year}]
	whole := g.totals[k.PartOf].Value - g.sums[groupKey{g.office.Code, k.PartOf, g.year}]
	return few(others) || k.PartOf != "" && few(whole-others)
}
