package chart

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the test with -update and look at the difference", file)
	}
}

func TestOptions(t *testing.T) {
	for _, name := range []string{"trend-share", "trend-band", "ranking", "grouped-areas", "progress", "coverage", "empty"} {
		at := slices.IndexFunc(examples, func(e example) bool { return e.name == name })
		var indented bytes.Buffer
		if err := json.Indent(&indented, examples[at].chart(frame(locale.German, Wide)).Options(), "", " "); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", append(indented.Bytes(), '\n'))
	}
}

func TestAlternativeTexts(t *testing.T) {
	for _, language := range locale.Languages {
		var all strings.Builder
		for _, e := range examples {
			alt := e.chart(frame(language, Wide)).Alt
			if strings.Contains(alt, "[chart.") || strings.Contains(alt, "{") {
				t.Errorf("%s in %s: %s", e.name, language, alt)
			}
			fmt.Fprintf(&all, "%s\n%s\n\n", e.name, alt)
		}
		golden(t, "alt-"+string(language)+".txt", []byte(all.String()))
	}
}

func TestOptionsAreDataAndNothingThatCanBeExecuted(t *testing.T) {
	for _, e := range examples {
		options := string(e.chart(frame(locale.German, Wide)).Options())
		for _, forbidden := range []string{"function", "=>", "__f__", "<", "http:", "javascript:"} {
			if strings.Contains(options, forbidden) {
				t.Errorf("%s: the options contain %q", e.name, forbidden)
			}
		}
		if !strings.Contains(options, `"renderMode":"richText"`) {
			t.Errorf("%s: a tooltip of HTML would set style attributes", e.name)
		}
	}
}

// What is drawn of a chart, as ECharts reads it.
type drawnOptions struct{ Series []drawnSeries }

type drawnSeries struct {
	Name, Type string
	Data       []struct {
		Value any
		Label struct{ Formatter string }
	}
}

func readOptions(t *testing.T, c Chart) drawnOptions {
	t.Helper()
	var read drawnOptions
	if err := json.Unmarshal(c.Options(), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestWhatIsNotShownIsAGapWithAMarkAndNeverAZero(t *testing.T) {
	f := frame(locale.German, Wide)
	trend := readOptions(t, f.Trend(sheet("t", false, figure.Percent, trendColumns[:1], "2022|0.5", "2023|-", "2024|?", "2025|0")))
	line := trend.Series[slices.IndexFunc(trend.Series, func(s drawnSeries) bool { return s.Name == "Ist" })]
	for i, want := range []any{0.5, nothing, nothing, 0.0} {
		if line.Data[i].Value != want {
			t.Errorf("%d: drawn as %v, want %v", 2022+i, line.Data[i].Value, want)
		}
	}
	bars := readOptions(t, f.Bars(sheet("t", true, "persons", columns("2025"), "a|3", "b|-", "c|0", "d|120", "e|140", "f|4")))
	for i, want := range []any{nothing, nothing, 0.0, 120.0, 140.0, nothing} {
		if got := bars.Series[0].Data[i].Value; got != want {
			t.Errorf("bar %d: drawn as %v, want %v", i, got, want)
		}
	}
	for i, want := range []string{"X", "–", "", "", "", "X"} {
		if got := bars.Series[1].Data[i].Label.Formatter; got != want {
			t.Errorf("bar %d: marked %q, want %q", i, got, want)
		}
	}
}

func TestAProtectedCountStandsNowhereInAChart(t *testing.T) {
	f := frame(locale.German, Wide)
	table := sheet("t", true, "persons", columns("2024", "2025"), "a|3|3", "b|57016|88016", "c|77016|99016", "d|2|2")
	for name, c := range map[string]Chart{"bars": f.Bars(table), "ranking": f.Ranking(table), "grouped": f.Grouped(table), "trend": f.Trend(table)} {
		read := readOptions(t, c)
		for _, s := range read.Series {
			for _, p := range s.Data {
				if p.Value == 3.0 || p.Value == 2.0 || p.Label.Formatter == "3" || p.Label.Formatter == "2" {
					t.Errorf("%s shows a protected count: %+v", name, p)
				}
			}
		}
		if strings.Contains(c.Alt, ": 3 ") || strings.Contains(c.Alt, ": 2 ") {
			t.Errorf("%s tells a protected count: %s", name, c.Alt)
		}
	}
}

func TestARankingStandsByValueWithWhatIsNotShownBehind(t *testing.T) {
	table := sheet("t", false, "persons", columns("2025"), "a|-", "b|120", "c|?", "d|140", "e|0", "=Kanton|260")
	read := readOptions(t, frame(locale.German, Wide).Ranking(table))
	var got []any
	for _, p := range read.Series[0].Data {
		got = append(got, p.Value)
	}
	if want := []any{140.0, 120.0, 0.0, nothing, nothing}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestALongRankingCountsWhatIsNotShown(t *testing.T) {
	var rows []string
	for i := range 40 {
		rows = append(rows, fmt.Sprintf("m%d|%s", i, []string{"120", "-", "?", "0"}[i%4]))
	}
	c := frame(locale.German, Wide).Ranking(sheet("t", false, "persons", columns("2025"), rows...))
	read := readOptions(t, c)
	if got := len(read.Series[0].Data); got != 22 {
		t.Errorf("%d rows for 20 figures and two marks", got)
	}
	for _, want := range []string{"keine Angabe: 10", "nicht berechenbar: 10"} {
		if !strings.Contains(string(c.Options()), want) {
			t.Errorf("the chart does not say %q", want)
		}
	}
	if !strings.Contains(c.Alt, "Kategorien: 40") || !strings.Contains(c.Alt, "Fehlende Angaben: 10") {
		t.Errorf("the description says %q", c.Alt)
	}
}

func TestTheTotalIsALineOnlyWhereItCanBeComparedWithTheBars(t *testing.T) {
	f := frame(locale.German, Wide)
	if c := f.Bars(sheet("t", false, figure.Percent, columns("2025"), "a|0.5", "b|0.9", "=Kanton|0.7")); !strings.Contains(string(c.Options()), "Kanton 70,0") {
		t.Error("the share of the canton is not drawn")
	}
	for value, cut := range map[string]bool{"0.4": false, "0.89": true} {
		c := f.Bars(sheet("t", false, figure.Percent, columns("2025"), "a|0.5", "b|0.9", "=Kanton|"+value))
		if got := strings.Contains(string(c.Options()), `"align":"right"`); got != cut {
			t.Errorf("the name of the line at %s ends at it: %v, want %v", value, got, cut)
		}
	}
	if c := f.Bars(sheet("t", false, "persons", columns("2025"), "a|50", "b|90", "=Kanton|140")); strings.Contains(string(c.Options()), "markLine") {
		t.Error("a sum is drawn as if it were one of its parts")
	}
}

func TestColoursCanBeTold(t *testing.T) {
	contrast := func(a, b tone) float64 { return contrast(palette[a], palette[b]) }
	for _, text := range []tone{ink, inkSoft, target} {
		if c := contrast(text, paper); c < 4.5 {
			t.Errorf("text %s has a contrast of %.1f", text, c)
		}
	}
	graphics := append([]tone{accent, light, target, axisLine}, seriesTones...)
	for _, colour := range graphics {
		if c := contrast(colour, paper); c < 3 {
			t.Errorf("%s has a contrast of %.2f on paper", colour, c)
		}
	}
	for i, colour := range seriesTones {
		if i == 0 {
			continue
		}
		if c := contrast(colour, seriesTones[i-1]); c < 1.3 {
			t.Errorf("series %d and %d are alike in grey: %.2f", i-1, i, c)
		}
	}
}

func TestScalesHaveRoundTicks(t *testing.T) {
	for _, c := range []struct {
		values   []float64
		fromZero bool
		unit     figure.Unit
		labels   string
	}{
		{[]float64{0, 0.93}, true, figure.Percent, "0\u202f% 25\u202f% 50\u202f% 75\u202f% 100\u202f%"},
		{[]float64{0.78, 0.99}, false, figure.Percent, "70\u202f% 80\u202f% 90\u202f% 100\u202f%"},
		{[]float64{0.993, 0.998}, false, figure.Percent, "99,2\u202f% 99,4\u202f% 99,6\u202f% 99,8\u202f%"},
		{[]float64{0.5, 1.4}, true, figure.Percent, "0\u202f% 50\u202f% 100\u202f% 150\u202f%"},
		{[]float64{3120, 4200}, false, "persons", "3’000 3’500 4’000 4’500"},
		{[]float64{1, 3}, true, "persons", "0 1 2 3"},
		{[]float64{7, 7}, false, "persons", "0 2 4 6 8"},
		{[]float64{0, 0}, true, "persons", "0,00 0,25 0,50 0,75 1,00"},
		{[]float64{312000, 4172000}, true, "chf", "0 2 4 6"},
		{[]float64{-200, 900}, true, "chf", "−500 0 500 1’000"},
	} {
		s := newScale(c.values, c.fromZero, c.unit)
		if got := strings.Join(frame(locale.German, Wide).labels(s, c.unit), " "); got != c.labels {
			t.Errorf("%v: got %s, want %s", c.values, got, c.labels)
		}
		if s.min > slices.Min(c.values) || s.max < slices.Max(c.values) {
			t.Errorf("%v do not fit on %v", c.values, s)
		}
	}
}

func TestGapsOfABandAreBridged(t *testing.T) {
	values := []float64{math.NaN(), 1, math.NaN(), math.NaN(), 4, math.NaN()}
	bridge(values)
	if got := fmt.Sprint(values); got != "[NaN 1 2 3 4 NaN]" {
		t.Error(got)
	}
}

func TestLongNamesAreWrappedAndCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		lines int
		want  string
	}{
		{"Olten", 100, 2, "Olten"},
		{"Umgang mit Vielfalt und Diskriminierungsschutz", 200, 2, "Umgang mit Vielfalt und|Diskriminierungsschutz"},
		{"Lüsslingen-Nennigkofen", 110, 2, "Lüsslingen-|Nennigkofen"},
		{"Ausbildungs- und Arbeitsmarktfähigkeit", 150, 2, "Ausbildungs- und|Arbeitsmarktfähigkeit"},
		{"Donaudampfschifffahrtsgesellschaft", 80, 1, "Donauda…"},
		{"eins zwei drei vier fünf sechs", 75, 2, "eins zwei|drei vier f…"},
	} {
		if got := strings.Join(wrap(c.text, fontSize, c.width, c.lines), "|"); got != c.want {
			t.Errorf("%q at %v: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestATableThatDoesNotFitAChartIsSaidToBeEmpty(t *testing.T) {
	f := frame(locale.German, Narrow)
	var none disclosure.Table
	for name, c := range map[string]Chart{
		"trend": f.Trend(none), "bars": f.Bars(none), "ranking": f.Ranking(none), "grouped": f.Grouped(none),
		"progress": f.Progress(none, nil), "coverage": f.Coverage(none),
	} {
		if !strings.Contains(c.Alt, "Noch keine Werte") {
			t.Errorf("%s: %q", name, c.Alt)
		}
		wellFormed(t, c.SVG())
	}
}

func TestALongRankingDrawsItsEndsAndCountsTheRest(t *testing.T) {
	var rows []string
	for i := range 106 {
		rows = append(rows, "m"+strconv.Itoa(i)+":Gemeinde "+strconv.Itoa(i)+"|"+strconv.Itoa(10+i))
	}
	options := string(frame(locale.German, Wide).Ranking(sheet("t", false, "persons", columns("2025"), rows...)).Options())
	for _, name := range []string{`"Gemeinde 105"`, `"Gemeinde 96"`, `"86 dazwischen (Tabelle)"`, `"Gemeinde 9"`, `"Gemeinde 0"`} {
		if !strings.Contains(options, name) {
			t.Errorf("%s is not drawn", name)
		}
	}
	for _, name := range []string{`"Gemeinde 95"`, `"Gemeinde 10"`} {
		if strings.Contains(options, name) {
			t.Errorf("%s is drawn", name)
		}
	}
}
