package indicator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
)

// written writes parts as "code=value", with the reason where there is no value.
func written(parts []Part) string {
	var texts []string
	for _, part := range parts {
		value := part.Value.Value.String()
		if !part.Value.Known {
			value = string(part.Value.Reason)
		}
		code := part.Code
		if part.Rest {
			code = "rest"
		}
		texts = append(texts, code+"="+value)
	}
	return strings.Join(texts, " ")
}

func TestBreakdown(t *testing.T) {
	p := load(t, nil)
	merged := []cell{
		given("informed", "G2456", "2023", "1").in(2456), given("arrivals", "G2456", "2023", "10").in(2456),
		given("informed", "G2465", "2023", "90").in(2465), given("arrivals", "G2465", "2023", "100").in(2465),
	}
	cases := []struct {
		name      string
		indicator string
		dimension figure.Dimension
		year      figure.Year
		basis     Basis
		cells     []cell
		want      string
	}{
		{"each sex has its own ratio", "ratio", "sex", 2025, AsReported, []cell{
			given("informed", "G2465", "2025", "6").in(2465).by("m", ""), given("arrivals", "G2465", "2025", "10").in(2465).by("m", ""),
			given("informed", "G2465", "2025", "8").in(2465).by("w", ""), given("arrivals", "G2465", "2025", "10").in(2465).by("w", ""),
		}, "m=0.6 w=0.8"},
		{"a sender of totals alone goes to what is not broken down", "ratio", "sex", 2025, AsReported, []cell{
			given("informed", "G2465", "2025", "6").in(2465).by("m", ""), given("arrivals", "G2465", "2025", "10").in(2465).by("m", ""),
			given("informed", "G2581", "2025", "15").in(2581), given("arrivals", "G2581", "2025", "20").in(2581),
		}, "m=0.6 w=no_data rest=0.75"},
		{"parts may be the sums of finer ones", "ratio", "sex", 2025, AsReported, []cell{
			given("informed", "G2465", "2025", "6").in(2465).by("m", "16-25"), given("arrivals", "G2465", "2025", "10").in(2465).by("m", "16-25"),
			given("informed", "G2465", "2025", "2").in(2465).by("m", "26-55"), given("arrivals", "G2465", "2025", "10").in(2465).by("m", "26-55"),
		}, "m=0.4 w=no_data"},
		{"municipalities of the year as they reported", "ratio", "municipality", 2023, AsReported, merged, "2456=0.1 2465=0.9 2581=no_data"},
		{"a merged municipality is added to its successor, sum over sum", "ratio", "municipality", 2023, TodaysMunicipalities, merged, "2465=0.8273 2581=no_data"},
		{"districts of the reporting year", "ratio", "district", 2023, AsReported, merged, "Wasseramt=0.1 Bucheggberg=0.9 Olten=no_data"},
		{"districts of today", "ratio", "district", 2023, TodaysMunicipalities, merged, "Wasseramt=no_data Bucheggberg=0.8273 Olten=no_data"},
		{"regions from the municipalities", "ratio", "region", 2023, AsReported, merged, "SR01=0.8273 SR02=no_data"},
		{"regions from the organisation where the form has no municipality", "residents", "region", 2025, AsReported, []cell{
			given("supported", "SR2", "2025", "7").by("", "16-25"), given("supported", "SR2", "2025", "70").by("", "26-55"),
		}, "SR01=no_data SR02=7"},
		{"filter and breakdown by two dimensions of persons", "residents", "sex", 2025, AsReported, []cell{
			given("supported", "SR2", "2025", "7").by("m", "16-25"), given("supported", "SR2", "2025", "5").by("w", "16-25"), given("supported", "SR2", "2025", "70").by("m", "26-55"),
			given("supported", "SR1", "2025", "9").by("", "16-25"),
		}, "m=7 w=5 rest=9"},
		{"further dimensions in their order, without those that nobody has", "sum", "level", 2025, AsReported, []cell{
			given("participations", "ECAP", "2025-Q1", "5").further("level=B1"), given("participations", "ECAP", "2025-Q2", "7").further("level=A1"), given("participations", "VHS", "2025-Q1", "8").further("level=A1"),
		}, "A1=15 B1=5"},
		{"by provider", "sum", "provider", 2025, AsReported, []cell{
			given("participations", "VHS", "2025-Q1", "8"), given("participations", "ECAP", "2025-Q1", "5"), given("participations", "ECAP", "2025-Q2", "6"),
		}, "ECAP=11 VHS=8"},
		{"by measure", "sum", "measure", 2025, AsReported, []cell{
			given("participations", "VHS", "2025-Q1", "8").of("M-2"), given("participations", "ECAP", "2025-Q1", "5").of("M-1"), given("participations", "ECAP", "2025-Q1", "3"),
		}, "M-1=5 M-2=8 rest=3"},
		{"by the funding area of the measure", "sum", "funding_area", 2025, AsReported, []cell{given("participations", "VHS", "2025-Q1", "8").of("M-2")}, "FB2=8"},
		{"each provider counts its own persons, and there is no rest", "distinct", "provider", 2025, AsReported, []cell{
			given("learners", "ECAP", "2025-Q1", "10"), given("learners", "VHS", "2025-Q1", "5"),
		}, "ECAP=10 VHS=5"},
		{"parts larger than their total leave no rest", "ratio", "sex", 2025, AsReported, []cell{
			given("informed", "G2465", "2025", "10").in(2465), given("arrivals", "G2465", "2025", "10").in(2465),
			given("informed", "G2465", "2025", "8").in(2465).by("m", ""), given("informed", "G2465", "2025", "8").in(2465).by("w", ""),
			given("arrivals", "G2465", "2025", "10").in(2465).by("m", ""), given("arrivals", "G2465", "2025", "10").in(2465).by("w", ""),
		}, "m=0.8 w=0.8"},
		{"so do parts of a sum", "sum", "sex", 2025, AsReported, []cell{
			given("participations", "ECAP", "2025-Q1", "10"), given("participations", "ECAP", "2025-Q1", "8").by("m", ""), given("participations", "ECAP", "2025-Q1", "8").by("w", ""),
		}, "m=8 w=8"},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			e := evidence(p, one.indicator, one.dimension, one.cells...)
			if got := written(Breakdown(p, p.Indicator(one.indicator), one.dimension, one.year, e, one.basis)); got != one.want {
				t.Errorf("got  %s\nwant %s", got, one.want)
			}
		})
	}
}

func TestPartsAddUpToTheTotal(t *testing.T) {
	p := load(t, nil)
	var cells []cell
	for n, organisation := range []figure.Organisation{"ECAP", "VHS", "AGS"} {
		for m, level := range []figure.Further{"level=A1", "level=A2", ""} {
			cells = append(cells, given("participations", organisation, "2025-Q2", fmt.Sprint(n*7+m*3+1)).further(level))
		}
	}
	cells = append(cells, given("participations", "VHS", "2025-Q3", "–").further("level=A1"))
	for _, dimension := range []figure.Dimension{"level", "provider", "measure", "sex"} {
		e := evidence(p, "sum", dimension, cells...)
		total := Compute(p, p.Indicator("sum"), 2025, e).Value
		var sum figure.Decimal
		var missing uint64
		for _, part := range Breakdown(p, p.Indicator("sum"), dimension, 2025, e, AsReported) {
			sum += part.Value.Value
			missing += part.Value.Missing
		}
		if missing != 1 {
			t.Errorf("by %s the one missing figure counts %d times", dimension, missing)
		}
		if sum != total {
			t.Errorf("by %s the parts add up to %s, and the total is %s", dimension, sum, total)
		}
	}
}

func TestBreakdownSeriesKeepsAPlaceForEachYear(t *testing.T) {
	p := load(t, nil)
	e := evidence(p, "ratio", "municipality",
		given("informed", "G2456", "2023", "1").in(2456), given("arrivals", "G2456", "2023", "10").in(2456),
		given("informed", "G2465", "2024", "9").in(2465), given("arrivals", "G2465", "2024", "10").in(2465),
		given("informed", "G2465", "2024", "2"), given("arrivals", "G2465", "2024", "4"),
	)
	e.Today = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	var got []string
	for _, line := range BreakdownSeries(p, p.Indicator("ratio"), "municipality", []figure.Year{2023, 2024}, e, AsReported) {
		text := line.Code + line.Label.FR
		for n, value := range line.Values {
			if value.Year != figure.Year(2023+n) || !value.Ratio || !value.Protected {
				t.Errorf("%s: a value without its year or kind: %+v", line.Code, value)
			}
			text += " " + value.Value.String() + string(value.Reason)
		}
		got = append(got, text)
	}
	want := "2456Lüterswil-Gächliwil 0.1 0no_data; 2465Buchegg 0no_data 0.9; 2581Olten 0no_data 0no_data; non ventilé 0no_data 0.5"
	if strings.Join(got, "; ") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "; "), want)
	}
}

func TestMunicipalitiesKnowTheWholesThatAreShownElsewhere(t *testing.T) {
	p := load(t, nil)
	beside := ReadBeside(p, p.Indicator("ratio"), "municipality", 2025, evidence(p, "ratio", "municipality",
		given("informed", "G2465", "2025", "6").in(2465), given("arrivals", "G2465", "2025", "10").in(2465),
		given("informed", "G2581", "2025", "15").in(2581), given("arrivals", "G2581", "2025", "20").in(2581)))
	var places []string
	for _, group := range beside.Groups {
		places = append(places, string(group.Organisation)+" "+strings.Join(group.Codes[:3], " ")+"="+group.Amount.String())
	}
	want := "G2465 2465 Bucheggberg SR01=6; G2581 2581 Olten SR02=15; G2465 2465 Bucheggberg SR01=10; G2581 2581 Olten SR02=20"
	if got := strings.Join(places, "; "); got != want || len(beside.Parts) != 1 {
		t.Errorf("got %s, and %d parts of wholes; want %s", got, len(beside.Parts), want)
	}
}
