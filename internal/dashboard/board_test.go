package dashboard_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kipmonitor/dashboards"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func load(t *testing.T) *programme.Programme {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABoardSaysWhatIsWrongWithIt(t *testing.T) {
	p := load(t)
	title := "{de: a, fr: a, it: a, en: a}"
	for name, test := range map[string]struct{ overview, want string }{
		"an unknown key":       {"panels:\n  - {id: a, kind: areas, colour: red, title: " + title + "}\n", "field colour not found"},
		"an unknown kind":      {"panels:\n  - {id: a, kind: pie, title: " + title + "}\n", `no kind "pie"`},
		"an unknown indicator": {"panels:\n  - {id: a, kind: indicators, indicators: [FB9-99], title: " + title + "}\n", `no indicator "FB9-99"`},
		"an id twice":          {"panels:\n  - {id: a, kind: areas, title: " + title + "}\n  - {id: a, kind: gaps, title: " + title + "}\n", "an id of its own"},
		"a missing language":   {"panels:\n  - {id: a, kind: areas, title: {de: a, fr: a, it: a}}\n", "missing in a language"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"overview.yaml": {Data: []byte(test.overview)}, "area.yaml": {Data: []byte("panels: []\n")}}
			_, err := dashboard.Load(files, p)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	if _, err := dashboard.Load(dashboards.Files, p); err != nil {
		t.Errorf("the boards of the program: %v", err)
	}
}

// A municipality can be worked out from the sums of its district where the others
// of the district are known: the parts must name them.
func TestPartsAreProtectedAgainstTheSumsOfTheirDistricts(t *testing.T) {
	p := load(t)
	i := p.Indicator("FB1-01")
	year := figure.Year(2025)
	var sums []figure.Sum
	total := figure.Decimal(0)
	for _, m := range p.Municipalities {
		if m.District != "Bucheggberg" || m.ValidTo != 0 {
			continue
		}
		value := figure.Whole(50)
		if len(sums) == 0 {
			value = figure.Whole(2)
		}
		total += value
		sums = append(sums, figure.Sum{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Municipality: m.Number, Value: value, Given: 1, Organisations: 1, Parts: 1})
	}
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	evidence := indicator.Evidence{Today: today}
	for _, q := range indicator.Questions(p, []*programme.Indicator{i}, indicator.Municipality, []figure.Year{year}, time.Time{}) {
		answer := indicator.Answer{Question: q, Sums: sums}
		if q.By == 0 {
			answer.Sums = []figure.Sum{{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Value: total, Given: uint64(len(sums)), Organisations: uint64(len(sums)), Parts: 1}}
		}
		evidence.Answers = append(evidence.Answers, answer)
	}
	table := dashboard.Parts(p, i, indicator.Municipality, year, evidence, indicator.AsReported)
	if table.Hidden() < 2 {
		t.Errorf("%d cells are hidden: the small one follows from the others", table.Hidden())
	}
	labelled := false
	for _, note := range table.Notes() {
		labelled = labelled || strings.Contains(note.In(locale.German), "Demodaten")
	}
	if !labelled {
		t.Error("the table does not say that it holds demo data")
	}
}

// Halten had 3 and is hidden. It became a part of Kriegstetten with Oekingen: the 123 of
// today would give the 3 away, beside the 60 of Oekingen and the 60 of Kriegstetten, if
// both stood in the table as reported.
func TestTheTableOfTodayDoesNotGiveAwayWhatTheTableAsReportedHides(t *testing.T) {
	p := load(t)
	i := p.Indicator("FB1-01")
	year := figure.Year(2025)
	given := map[figure.Municipality]int64{2520: 3, 2529: 60, 2525: 60, 2511: 70, 2513: 20, 2514: 80}
	var sums []figure.Sum
	total := figure.Decimal(0)
	for _, m := range p.Municipalities {
		if value, ok := given[m.Number]; ok {
			sums = append(sums, figure.Sum{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Municipality: m.Number, Value: figure.Whole(value), Given: 1, Organisations: 1, Parts: 1})
			total += figure.Whole(value)
		}
	}
	if total != figure.Whole(293) {
		t.Fatalf("the six municipalities have %s, want 293", total)
	}
	evidence := indicator.Evidence{Today: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	for _, q := range indicator.Questions(p, []*programme.Indicator{i}, indicator.Municipality, []figure.Year{year}, time.Time{}) {
		answer := indicator.Answer{Question: q, Sums: sums}
		if q.By == 0 {
			answer.Sums = []figure.Sum{{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Value: total, Given: 6, Organisations: 6, Parts: 1}}
		}
		evidence.Answers = append(evidence.Answers, answer)
	}
	states := func(basis indicator.Basis) string {
		var found []string
		for _, row := range dashboard.Parts(p, i, indicator.Municipality, year, evidence, basis).Rows() {
			switch cell := row.Cells[0]; cell.State {
			case disclosure.Hidden:
				found = append(found, row.Code+"=X")
			case disclosure.Shown:
				found = append(found, row.Code+"="+cell.Value.String())
			}
		}
		return strings.Join(found, " ")
	}
	reported, merged := states(indicator.AsReported), states(indicator.TodaysMunicipalities)
	if !strings.Contains(reported, "2520=X") || strings.Count(reported, "X") < 2 {
		t.Errorf("as reported: %s", reported)
	}
	if strings.Contains(merged, "2525=123") && strings.Contains(reported, "2525=60") && strings.Contains(reported, "2529=60") {
		t.Errorf("as reported %s, and on today's municipalities %s: 123 less 60 and 60 is 3", reported, merged)
	}
	// The district has 293: the 3 must not be what it has beyond the others.
	if known := strings.Count(reported, "="); known-strings.Count(reported, "X")-1 >= 5 {
		t.Errorf("as reported: %s", reported)
	}
}

// In a district two municipalities have figures: one has 1, and one 60, which is alone in
// its region. The 61 of the district less the 60 of the region would say the 1.
func TestDistrictsAndRegionsTogetherDoNotGiveAwayAMunicipality(t *testing.T) {
	p := load(t)
	i := p.Indicator("FB1-01")
	year := figure.Year(2025)
	var first, second *programme.Municipality
	for _, m := range p.MunicipalitiesIn(year) {
		for _, other := range p.MunicipalitiesIn(year) {
			if first == nil && m.District == other.District && m.Region != other.Region {
				first, second = m, other
			}
		}
	}
	if first == nil {
		t.Fatal("no district lies in two regions")
	}
	counts := map[figure.Municipality]int64{first.Number: 1, second.Number: 60}
	total := int64(61)
	// Elsewhere there is enough to hide behind.
	for _, m := range p.MunicipalitiesIn(year) {
		if m.District != first.District && m.Region != second.Region {
			counts[m.Number] = 10 + int64(m.Number%7)
			total += counts[m.Number]
		}
	}
	var sums []figure.Sum
	for number, count := range counts {
		sums = append(sums, figure.Sum{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Municipality: number, Value: figure.Whole(count), Given: 1, Organisations: 1, Parts: 1})
	}
	evidence := indicator.Evidence{Today: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)}
	for _, q := range indicator.Questions(p, []*programme.Indicator{i}, indicator.Municipality, []figure.Year{year}, time.Time{}) {
		answer := indicator.Answer{Question: q, Sums: sums}
		if q.By == 0 {
			answer.Sums = []figure.Sum{{KeyFigure: "arrivals_informed", Period: figure.Period{Year: year}, Value: figure.Whole(total), Given: 6, Organisations: 6, Parts: 1}}
		}
		evidence.Answers = append(evidence.Answers, answer)
	}
	state := func(dimension figure.Dimension, code string) disclosure.State {
		for _, row := range dashboard.Parts(p, i, dimension, year, evidence, indicator.AsReported).Rows() {
			if row.Code == code {
				return row.Cells[0].State
			}
		}
		t.Fatalf("no %s %s", dimension, code)
		return 0
	}
	district, region := state(indicator.District, first.District), state(indicator.Region, second.Region)
	if district != disclosure.Hidden && region != disclosure.Hidden {
		t.Errorf("district %s and region %s are both shown", first.District, second.Region)
	}
}

// delivered is a store in which deliveries are counted, and the figures of one
// question are given.
type delivered struct {
	coverage []figure.Coverage
	sums     func(figure.Question) []figure.Sum
}

func (d delivered) Sums(_ context.Context, question figure.Question) ([]figure.Sum, error) {
	if d.sums == nil {
		return nil, nil
	}
	return d.sums(question), nil
}

func (d delivered) Coverage(context.Context, []figure.Year, time.Time) ([]figure.Coverage, error) {
	return d.coverage, nil
}

func TestTheOverviewOfAYearThatIsNotJudgedSaysSo(t *testing.T) {
	p := load(t)
	boards, err := dashboard.Load(dashboards.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	figures := delivered{coverage: []figure.Coverage{{Form: "municipality_year", Year: 2025, Owed: 106, Delivered: 104}}}
	filled, err := boards.Overview(t.Context(), figures, p, 2025, locale.German, today)
	if err != nil {
		t.Fatal(err)
	}
	panels := map[string]dashboard.Panel{}
	for _, panel := range filled.Panels {
		panels[panel.ID] = panel
	}
	cards := panels["areas"].Areas
	if len(cards) != 8 || cards[7].Code != "" || cards[7].Coverage != "98\u202f%" {
		t.Errorf("the cards of seven areas and of all together: %+v", cards)
	}
	if cards[0].OnTrack != "–" || cards[0].Outlook != "–" || cards[0].Unforeseen == "" {
		t.Errorf("nothing is judged, and the card says %q on track, %q in sight, %q not to be foreseen", cards[0].OnTrack, cards[0].Outlook, cards[0].Unforeseen)
	}
	for _, id := range []string{"gaps", "attainment"} {
		if panel := panels[id]; panel.Empty != "Für 2025 ist kein Indikator der Förderbereiche beurteilt." || len(panel.Charts) > 0 {
			t.Errorf("panel %s says %q and draws %d charts", id, panel.Empty, len(panel.Charts))
		}
	}
	rows := panels["coverage"].Charts[0].Table.Rows()
	if len(rows) == 0 || rows[0].Code != "FB1" {
		t.Errorf("the deliveries by area are %v", rows)
	}
}

func TestARunningYearIsNoPointOfATrend(t *testing.T) {
	p := load(t)
	i := p.Indicator("FB1-01")
	value := func(year figure.Year, complete bool) indicator.Value {
		return indicator.Value{Indicator: i.ID, Year: year, Unit: i.Unit, Known: true, Value: figure.Whole(100), Complete: complete}
	}
	progress := indicator.Progress{Indicator: i.ID, Year: 2025, Series: []indicator.Value{value(2025, true), value(2026, false)},
		Forecast: &indicator.Forecast{Year: 2027, Value: figure.Whole(4133) + figure.Whole(1)/3, Low: figure.Whole(1) / 2, High: figure.Whole(5000)}}
	for _, row := range dashboard.Trend(p, locale.German, progress).Table.Rows() {
		state, known := row.Cells[0].State, map[string]disclosure.State{"2025": disclosure.Shown, "2026": disclosure.NotComputable, "2027": disclosure.NotApplicable}
		if want, tested := known[row.Code]; tested && state != want {
			t.Errorf("%s has state %v, want %v", row.Code, state, want)
		}
		if row.Code == "2027" && (row.Cells[1].Value != figure.Whole(4133) || row.Cells[2].Value != figure.Whole(1)) {
			t.Errorf("parts of persons are foreseen: %v, %v", row.Cells[1].Value, row.Cells[2].Value)
		}
	}
}

func TestARowSaysWhetherItBecameBetter(t *testing.T) {
	p := load(t)
	share := func(year figure.Year, hundredths int64) indicator.Value {
		return indicator.Value{Indicator: "FB1-02", Year: year, Unit: figure.Percent, Known: true, Value: figure.Whole(hundredths) / 1000, Complete: true}
	}
	row := func(before, now indicator.Value) dashboard.IndicatorRow {
		return dashboard.Row(p, locale.German, indicator.Judge(p, p.Indicator("FB1-02"), 2025, []indicator.Value{before, now}))
	}
	if got := row(share(2024, 880), share(2025, 919)); got.Before != "besser als 2024: 88,0\u202f%" {
		t.Errorf("got %q", got.Before)
	}
	finer := share(2025, 880)
	finer.Value++
	if got := row(share(2024, 880), finer); got.Before != "gleich wie 2024" {
		t.Errorf("what is written alike is told apart: %q", got.Before)
	}
	if got := row(share(2024, 880), share(2025, 919)); got.Bullet == nil || got.Bullet.Label != "Zielerreichung: 99,8\u202f%" {
		t.Errorf("91,9 of 92 per cent: %+v", got.Bullet)
	}
}
