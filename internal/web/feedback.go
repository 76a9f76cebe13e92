package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// feedbackPage gives something back to who delivers: the own figures over the
// years, and beside them what similar organisations report, taken together.
type feedbackPage struct {
	page
	Organisation  string
	Code          string
	Organisations []option
	Years         []string
	Year          string // of the comparison
	Peers         string // who the peers are
	Rows          []feedbackRow
}

type feedbackRow struct {
	Name, Of  string
	Values    []string
	Line      sparkline
	Own, Peer string
}

// sparkline is a small line of the own figures, 100 wide and 24 high.
type sparkline struct{ Path, Label string }

const (
	// mostPeers is how many organisations a peer group has: of the municipalities
	// those nearest in population.
	mostPeers = 12
	// fewestPeers is how many must have delivered before their figures are shown,
	// so that nobody can be told from the group.
	fewestPeers = 5
	// smallCount is the smallest number of people or cases that is shown of others.
	smallCount = 5
)

// feedback shows an organisation its own figures and those of its peers.
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
	g := newGroup(s.Programme, office, r.Year, sums)
	if p.Peers = l.Say("web.feedback.peers", locale.Args{"count": len(g.peers)}); office.Kind == programme.MunicipalityOffice {
		p.Peers = l.Say("web.feedback.peers_municipality", locale.Args{"count": len(g.peers)})
	}
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
			if column.Role == programme.FigureColumn && !slices.Contains(all, column.KeyFigure) {
				all = append(all, column.KeyFigure)
			}
		}
	}
	return all
}

func (s *Server) feedbackRow(l locale.Language, g group, k *programme.KeyFigure, years []figure.Year) (feedbackRow, bool) {
	row := feedbackRow{Name: k.Name.In(l), Own: "–", Peer: "–"}
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
	if own, known := g.ratio(k, []figure.Organisation{g.office.Code}); known {
		row.Own = writeRatio(l, k, own)
	}
	if peer, known := g.ratio(k, g.peers); known {
		row.Peer = writeRatio(l, k, peer)
		if g.small(k) {
			row.Peer = l.Say("web.feedback.protected", nil)
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

// group is an organisation and its peers in a year.
type group struct {
	programme *programme.Programme
	office    *programme.Organisation
	year      figure.Year
	peers     []figure.Organisation
	sums      map[groupKey]figure.Decimal
}

type groupKey struct {
	organisation figure.Organisation
	keyFigure    figure.KeyFigure
	year         figure.Year
}

// newGroup finds the peers of an organisation: those of its kind that delivered
// for the year; of the municipalities the nearest in population.
func newGroup(p *programme.Programme, office *programme.Organisation, year figure.Year, sums []figure.Sum) group {
	g := group{programme: p, office: office, year: year, sums: map[groupKey]figure.Decimal{}}
	delivered := map[figure.Organisation]bool{}
	for _, sum := range sums {
		if sum.Given > 0 {
			g.sums[groupKey{sum.Organisation, sum.KeyFigure, sum.Period.Year}] = sum.Value
			delivered[sum.Organisation] = delivered[sum.Organisation] || sum.Period.Year == year
		}
	}
	for i := range p.Organisations {
		other := &p.Organisations[i]
		if other.Code != office.Code && other.Kind == office.Kind && delivered[other.Code] {
			g.peers = append(g.peers, other.Code)
		}
	}
	if office.Kind == programme.MunicipalityOffice {
		own := g.residents(office.Code)
		slices.SortStableFunc(g.peers, func(a, b figure.Organisation) int {
			return cmp.Compare(distance(g.residents(a), own), distance(g.residents(b), own))
		})
		g.peers = g.peers[:min(len(g.peers), mostPeers)]
	}
	return g
}

func distance(a, b int) int { return max(a-b, b-a) }

// residents is the population of a municipality at the end of the year, or the
// last one known.
func (g group) residents(code figure.Organisation) int {
	office := g.programme.Organisation(code)
	if office == nil || office.Municipality == 0 {
		return 0
	}
	if population, known := g.programme.PopulationOf(office.Municipality, g.year); known {
		return population.Total
	}
	return 0
}

// ratio is the share of the whole that a figure is part of, or of a municipality
// the number per 1000 residents, over some organisations together: sum over sum.
// Of peers there must be enough.
func (g group) ratio(k *programme.KeyFigure, of []figure.Organisation) (float64, bool) {
	value, base, count := g.pooled(k, of)
	if count == 0 || base == 0 || (len(of) != 1 || of[0] != g.office.Code) && count < fewestPeers {
		return 0, false
	}
	if k.PartOf != "" {
		return value / base, true
	}
	return value / base * 1000, true
}

// pooled sums a figure and what it is held against over the organisations that
// gave both.
func (g group) pooled(k *programme.KeyFigure, of []figure.Organisation) (value, base float64, count int) {
	for _, code := range of {
		v, given := g.sums[groupKey{code, k.ID, g.year}]
		if !given {
			continue
		}
		switch {
		case k.PartOf != "":
			whole, known := g.sums[groupKey{code, k.PartOf, g.year}]
			if !known {
				continue
			}
			base += whole.Float()
		case g.office.Kind == programme.MunicipalityOffice:
			base += float64(g.residents(code))
		default:
			continue
		}
		value += v.Float()
		count++
	}
	return value, base, count
}

// small reports whether the figure of the peers, or what is left of its whole, is
// a small count.
func (g group) small(k *programme.KeyFigure) bool {
	value, base, _ := g.pooled(k, g.peers)
	rest := base - value
	return value > 0 && value < smallCount || k.PartOf != "" && rest > 0 && rest < smallCount
}
