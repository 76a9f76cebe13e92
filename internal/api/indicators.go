package api

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

type indicatorsDocument struct {
	Year       figure.Year         `json:"year"`
	Definition string              `json:"definition"`
	Demo       bool                `json:"demo"` // the figures are assumed, for a demonstration
	Indicators []indicatorDocument `json:"indicators"`
}

// indicatorDocument is an indicator with its progress in a year.
type indicatorDocument struct {
	ID          string              `json:"id"`
	Area        programme.AreaCode  `json:"area"`
	Kind        programme.Kind      `json:"kind"`
	Name        string              `json:"name"`
	Definition  string              `json:"definition"`
	Unit        figure.Unit         `json:"unit"`
	Direction   programme.Direction `json:"direction"`
	Standing    programme.Standing  `json:"standing"` // "proposal": ours, nothing official
	Source      string              `json:"source"`
	Dimensions  []figure.Dimension  `json:"dimensions"`
	Year        figure.Year         `json:"year"`
	Value       table.Cell          `json:"value"`
	Target      *targetDocument     `json:"target"`
	FinalTarget *targetDocument     `json:"final_target"`
	Attainment  *figure.Decimal     `json:"attainment"` // of the target of the year, as a fraction
	Grade       indicator.Grade     `json:"grade"`
	Reason      *reasonDocument     `json:"reason"` // why it has no grade
	Coverage    coverageDocument    `json:"coverage"`
	Caveats     []caveatDocument    `json:"caveats"`
	*wholeIndicator
}

// wholeIndicator is what the list of indicators leaves out.
type wholeIndicator struct {
	Demo        bool               `json:"demo"`
	Numerator   *figure.Decimal    `json:"numerator"` // of a ratio that is known
	Denominator *figure.Decimal    `json:"denominator"`
	Baseline    *baselineDocument  `json:"baseline"`
	Targets     []targetDocument   `json:"targets"` // all, revised ones too
	Series      []yearDocument     `json:"series"`
	Forecast    *forecastDocument  `json:"forecast"`
	Breakdown   *breakdownDocument `json:"breakdown"`
}

type targetDocument struct {
	Year     figure.Year        `json:"year"`
	Value    figure.Decimal     `json:"value"`           // the lower end of a band
	Upper    *figure.Decimal    `json:"upper,omitempty"` // of a band
	Decided  string             `json:"decided"`
	Standing programme.Standing `json:"standing"`
	Origin   string             `json:"origin"`
}

type reasonDocument struct {
	Code indicator.Reason `json:"code"`
	Text string           `json:"text"`
}

type coverageDocument struct {
	Owed      int `json:"owed"`
	Delivered int `json:"delivered"`
	Accepted  int `json:"accepted"`
	OnTime    int `json:"on_time"`
}

type caveatDocument struct {
	From  *figure.Year `json:"from"` // null: always
	Break bool         `json:"break"`
	Text  string       `json:"text"`
}

type baselineDocument struct {
	Year       *figure.Year   `json:"year"` // null where the value was given with the target
	Value      figure.Decimal `json:"value"`
	Comparable bool           `json:"comparable"`
}

type yearDocument struct {
	Year     figure.Year      `json:"year"`
	Value    table.Cell       `json:"value"`
	Coverage coverageDocument `json:"coverage"`
}

type forecastDocument struct {
	Year   figure.Year    `json:"year"`
	Value  figure.Decimal `json:"value"`
	Low    figure.Decimal `json:"low"`
	High   figure.Decimal `json:"high"`
	Points int            `json:"points"`
}

// breakdownDocument is an indicator by a dimension, as a protected table.
type breakdownDocument struct {
	By     figure.Dimension `json:"by"`
	Basis  string           `json:"basis"`
	Hidden int              `json:"hidden"` // cells that are protected
	Table  json.RawMessage  `json:"table"`
}

// indicators answers all indicators with their values in a year.
func (a *API) indicators(ctx context.Context, c *fiber.Ctx, r request) error {
	year, err := a.year(r, a.lastWholeYear())
	if err != nil {
		return err
	}
	if same, err := a.unchangedFigures(ctx, c, r); same || err != nil {
		return err
	}
	evaluation, err := dashboard.Evaluate(ctx, a.Figures, a.Programme, dashboard.All(a.Programme), year, a.Now())
	if err != nil {
		return err
	}
	d := indicatorsDocument{Year: year, Definition: a.Programme.Fingerprint, Demo: a.Programme.Demo, Indicators: []indicatorDocument{}}
	for _, progress := range evaluation.Progresses {
		d.Indicators = append(d.Indicators, a.indicatorDocument(r.Language, progress))
	}
	return c.JSON(d)
}

// unchangedFigures answers 304 where nothing was taken in or decided since, and the day
// is the same, which stands for what is due by it.
func (a *API) unchangedFigures(ctx context.Context, c *fiber.Ctx, r request) (bool, error) {
	version, err := a.Figures.Version(ctx)
	if err != nil {
		return false, err
	}
	return a.unchanged(c, r, version, a.Now().Format(time.DateOnly))
}

// indicator answers one indicator with its series, and its parts by a dimension if that
// is asked for.
func (a *API) indicator(ctx context.Context, c *fiber.Ctx, r request) error {
	i := a.Programme.Indicator(c.Params("id"))
	if i == nil {
		return problem.New(problem.NotFound, "indicator_unknown", locale.Args{"code": c.Params("id")})
	}
	year, err := a.year(r, a.lastWholeYear())
	if err != nil {
		return err
	}
	by, basis, err := partsOf(r, i)
	if err != nil {
		return err
	}
	if same, err := a.unchangedFigures(ctx, c, r); same || err != nil {
		return err
	}
	evaluation, err := dashboard.Evaluate(ctx, a.Figures, a.Programme, []*programme.Indicator{i}, year, a.Now())
	if err != nil {
		return err
	}
	d := a.indicatorDocument(r.Language, evaluation.Progresses[0])
	d.wholeIndicator = a.whole(r.Language, i, evaluation.Progresses[0])
	if by != "" {
		if d.Breakdown, err = a.breakdown(ctx, r.Language, i, by, basis, year); err != nil {
			return err
		}
	}
	return c.JSON(d)
}

var bases = map[string]indicator.Basis{"": indicator.AsReported, "reported": indicator.AsReported, "today": indicator.TodaysMunicipalities}

// partsOf reads by what an indicator is to be broken down; "" for nothing.
func partsOf(r request, i *programme.Indicator) (figure.Dimension, indicator.Basis, error) {
	by := figure.Dimension(r.Query.Get("by"))
	if by != "" && !slices.Contains(i.Dimensions, by) {
		return "", 0, wrongValue("by", string(by))
	}
	basis, known := bases[r.Query.Get("basis")]
	if !known {
		return "", 0, wrongValue("basis", r.Query.Get("basis"))
	}
	return by, basis, nil
}

func (a *API) indicatorDocument(l locale.Language, progress indicator.Progress) indicatorDocument {
	i := a.Programme.Indicator(progress.Indicator)
	d := indicatorDocument{
		ID: i.ID, Area: i.Area, Kind: i.Kind, Name: i.Name.In(l), Definition: i.Definition.In(l), Unit: i.Unit, Direction: i.Direction,
		Standing: i.Standing, Source: i.Source.String(), Dimensions: append([]figure.Dimension{}, i.Dimensions...), Year: progress.Year,
		Value: a.cells(l, i.Name, progress.Value)[0], Grade: progress.Grade, Coverage: coverage(progress.Value.Completeness), Caveats: []caveatDocument{},
	}
	if progress.HasTarget {
		d.Target = target(i, progress.Target)
	}
	if progress.HasFinal {
		d.FinalTarget = target(i, progress.Final)
	}
	if progress.HasAttainment {
		d.Attainment = &progress.Attainment
	}
	if progress.Reason != "" {
		d.Reason = &reasonDocument{progress.Reason, l.Say("indicator.reason."+string(progress.Reason), nil)}
	}
	for _, caveat := range a.Programme.CaveatsOf(i.ID) {
		one := caveatDocument{Break: caveat.Break, Text: caveat.Text.In(l)}
		if caveat.From != 0 {
			one.From = &caveat.From
		}
		d.Caveats = append(d.Caveats, one)
	}
	return d
}

// cells are values of the canton as they leave the house: through a protected table,
// like all figures. They are no breakdown, so that nothing of them is hidden.
func (a *API) cells(l locale.Language, title locale.Text, values ...indicator.Value) []table.Cell {
	draft := disclosure.NewDraft(title, disclosure.Header{Code: "value"})
	for _, value := range values {
		draft.Add(disclosure.Header{Code: strconv.Itoa(int(value.Year))}, dashboard.Shown(a.Programme, value))
	}
	writer := table.NewWriter(a.Programme, l)
	var cells []table.Cell
	for _, row := range draft.Protect().Rows() {
		cells = append(cells, writer.Cell(row.Cells[0]))
	}
	return cells
}

func (a *API) whole(l locale.Language, i *programme.Indicator, progress indicator.Progress) *wholeIndicator {
	w := &wholeIndicator{Demo: a.Programme.Demo, Targets: []targetDocument{}, Series: []yearDocument{}}
	if v := progress.Value; v.Known && v.Ratio {
		w.Numerator, w.Denominator = &v.Numerator, &v.Denominator
	}
	if b := progress.Baseline; b.Known {
		w.Baseline = &baselineDocument{Value: b.Value, Comparable: b.Comparable}
		if b.Year != 0 {
			w.Baseline.Year = &b.Year
		}
	}
	for _, one := range a.Programme.Targets {
		if one.Indicator == i.ID {
			w.Targets = append(w.Targets, *target(i, one))
		}
	}
	for n, cell := range a.cells(l, i.Name, progress.Series...) {
		value := progress.Series[n]
		w.Series = append(w.Series, yearDocument{value.Year, cell, coverage(value.Completeness)})
	}
	if f := progress.Forecast; f != nil {
		estimate := func(d figure.Decimal) figure.Decimal { return dashboard.Estimate(a.Programme, i, d) }
		w.Forecast = &forecastDocument{f.Year, estimate(f.Value), estimate(f.Low), estimate(f.High), f.Points}
	}
	return w
}

func target(i *programme.Indicator, t programme.Target) *targetDocument {
	d := &targetDocument{Year: t.Year, Value: t.Value, Decided: t.Decided, Standing: t.Standing, Origin: t.Origin.String()}
	if i.Direction == programme.Band {
		d.Upper = &t.Upper
	}
	return d
}

func coverage(c indicator.Completeness) coverageDocument {
	return coverageDocument{c.Owed, c.Delivered, c.Accepted, c.OnTime}
}

// breakdown is the protected table of an indicator by a dimension, as a page has it.
func (a *API) breakdown(ctx context.Context, l locale.Language, i *programme.Indicator, by figure.Dimension, basis indicator.Basis, year figure.Year) (*breakdownDocument, error) {
	evidence, err := dashboard.Ask(ctx, a.Figures, a.Programme, []*programme.Indicator{i}, by, []figure.Year{year}, a.Now())
	if err != nil {
		return nil, err
	}
	protected := dashboard.Parts(a.Programme, i, by, year, evidence, basis)
	var content bytes.Buffer
	if err := table.NewWriter(a.Programme, l).JSON(&content, protected); err != nil {
		return nil, err
	}
	d := &breakdownDocument{By: by, Basis: "reported", Hidden: protected.Hidden(), Table: content.Bytes()}
	if basis == indicator.TodaysMunicipalities {
		d.Basis = "today"
	}
	return d, nil
}
