package programme

import (
	"slices"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

func TestAMergedMunicipalityIsFoundInItsYearsAndThenItsSuccessor(t *testing.T) {
	p := small(t)
	if m := p.MunicipalityIn(2456, 2023); m == nil || m.Name != "Lüterswil-Gächliwil" {
		t.Errorf("in 2023: %+v", m)
	}
	if m := p.MunicipalityIn(2456, 2024); m != nil {
		t.Errorf("in 2024: %+v", m)
	}
	for _, c := range []struct {
		number figure.Municipality
		year   figure.Year
		want   figure.Municipality
	}{{2456, 2023, 2456}, {2456, 2024, 2465}, {2465, 2026, 2465}, {2999, 2024, 0}} {
		if got := p.Successor(c.number, c.year); got != c.want {
			t.Errorf("successor of %d in %d: %d, want %d", c.number, c.year, got, c.want)
		}
	}
	var names []string
	for _, m := range p.MunicipalitiesIn(2024) {
		names = append(names, m.Name)
	}
	if want := []string{"Buchegg", "Olten"}; !slices.Equal(names, want) {
		t.Errorf("municipalities in 2024: %q, want %q", names, want)
	}
	if got := len(p.MunicipalitiesIn(2023)); got != 3 {
		t.Errorf("%d municipalities in 2023, want 3", got)
	}
	if got, want := p.Districts(), []string{"Bucheggberg", "Olten"}; !slices.Equal(got, want) {
		t.Errorf("districts %q, want %q", got, want)
	}
}

func TestAFormIsOwedByKindByNameAndByMeasure(t *testing.T) {
	p := small(t,
		change{"forms/provider.yaml", "due_days: 30", "due_days: 30\nfrom: 2023\nto: 2026"},
		change{"measures.yaml", "end: 2027", "end: 2025"},
		change{"organisations.yaml", "from: 2022, to: 2027", "from: 2024"})
	quarter := func(year figure.Year) figure.Period { return figure.Period{Year: year, Part: figure.SecondQuarter} }
	for _, c := range []struct {
		name         string
		organisation figure.Organisation
		form         figure.Form
		period       figure.Period
		want         bool
	}{
		{"a municipality, by its kind", "G2581", "municipality_year", figure.Period{Year: 2024}, true},
		{"a provider is no municipality", "ECAP", "municipality_year", figure.Period{Year: 2024}, false},
		{"a yearly form is not owed for a quarter", "G2581", "municipality_year", quarter(2024), false},
		{"the canton, by its code", "AGS", "provider_quarter", quarter(2024), true},
		{"before the form began", "AGS", "provider_quarter", quarter(2022), false},
		{"after the form ended", "AGS", "provider_quarter", quarter(2027), false},
		{"a provider with a measure that runs", "ECAP", "provider_quarter", quarter(2025), true},
		{"a provider whose measure has ended", "ECAP", "provider_quarter", quarter(2026), false},
		{"a provider before it was there", "ECAP", "provider_quarter", quarter(2023), false},
		{"an organisation without a measure", "RS1", "provider_quarter", quarter(2024), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := p.Owes(p.Organisation(c.organisation), p.Form(c.form), c.period); got != c.want {
				t.Errorf("owes: %v, want %v", got, c.want)
			}
		})
	}
}

func TestTheTargetDecidedLastCounts(t *testing.T) {
	p := small(t)
	target, ok := p.TargetOf("FB1-02", 2024)
	if !ok || target.Decided != "2025-01-01" || target.Value != figure.Decimal(9200) {
		t.Errorf("target %+v, %v", target, ok)
	}
	if _, ok := p.TargetOf("FB1-02", 2026); ok {
		t.Error("a year without a target has one")
	}
}

func TestPopulationIsThatOfTheYearOrTheLatestBefore(t *testing.T) {
	p := small(t)
	for _, c := range []struct {
		year  figure.Year
		total int
		ok    bool
	}{{2020, 0, false}, {2021, 90, true}, {2022, 100, true}, {2026, 100, true}} {
		if got, ok := p.PopulationOf(2581, c.year); got.Total != c.total || ok != c.ok {
			t.Errorf("%d: %d, %v; want %d, %v", c.year, got.Total, ok, c.total, c.ok)
		}
	}
}

func TestCaveatsHoldFromTheirYear(t *testing.T) {
	p := small(t)
	if got := len(p.CaveatsIn("FB1-02", 2023)); got != 0 {
		t.Errorf("%d caveats in 2023, want none", got)
	}
	if got := len(p.CaveatsIn("FB1-02", 2024)); got != 1 {
		t.Errorf("%d caveats in 2024, want 1", got)
	}
	if got := len(p.CaveatsOf("FB1-02")); got != 1 {
		t.Errorf("%d caveats in all, want 1: CaveatsIn must not change the list", got)
	}
}

func TestLookUpsOfWhatDoesNotExistGiveNil(t *testing.T) {
	p := small(t)
	if p.Area("X") != nil || p.Unit("X") != nil || p.Dimension("X") != nil || p.KeyFigure("X") != nil ||
		p.Indicator("X") != nil || p.Measure("X") != nil || p.Organisation("X") != nil || p.Region("X") != nil ||
		p.Form("X") != nil || p.Code("X", "m") != nil || p.Code(figure.Sex, "X") != nil || p.MunicipalityLast(1) != nil {
		t.Error("an entry that does not exist was found")
	}
	if code := p.Code(figure.Sex, "w"); code == nil || code.Name.DE != "weiblich" {
		t.Errorf("code %+v", code)
	}
}

func TestAKeyFigureKnowsItsForms(t *testing.T) {
	p := small(t)
	forms := p.FormsOf("learners")
	if len(forms) != 1 || forms[0].Code != "provider_quarter" || !forms[0].Has("level") || forms[0].Has(figure.Sex) {
		t.Errorf("forms %+v", forms)
	}
	if forms := p.FormsOf("deliveries_owed"); forms != nil {
		t.Errorf("a figure that the program computes has the forms %+v", forms)
	}
	if got := len(p.IndicatorsOf("FB1")); got != 5 {
		t.Errorf("%d indicators of FB1, want 5", got)
	}
}

func TestAnAmountIsWrittenInItsUnit(t *testing.T) {
	amount := func(text string) figure.Decimal {
		d, err := figure.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	persons, share, francs := Unit{Code: "persons"}, Unit{Code: figure.Percent, Decimals: 1}, Unit{Code: "chf", Decimals: 2, Money: true}
	for _, c := range []struct {
		unit       Unit
		text, want string
	}{
		{persons, "1234", "1’234"}, {share, "0.925", "92,5\u202f%"}, {francs, "1234", "CHF 1’234"},
		{francs, "1234.5", "CHF 1’234.50"}, // to the Rappen: what was delivered is stated exactly
	} {
		if got := c.unit.Write(locale.German, amount(c.text)); got != c.want {
			t.Errorf("%s %s is written %q, want %q", c.text, c.unit.Code, got, c.want)
		}
	}
}
