package intake

import (
	"encoding/json"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// ruled is the small definition with other rules.
func ruled(t testing.TB, rules string) *programme.Programme {
	t.Helper()
	set := fstest.MapFS{}
	root := os.DirFS("testdata/programme")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		set[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	set["rules/rules.yaml"] = &fstest.MapFile{Data: []byte(rules)}
	p, err := programme.Load(set)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ofRule writes a rule whose message names its values.
func ofRule(id, form, kind, rest, places string) string {
	message := `{de: "` + places + `", fr: "` + places + `", it: "` + places + `", en: "` + places + `"}`
	return "- {id: " + id + ", form: " + form + ", kind: " + kind + ", severity: warning, explain: true, " + rest + ", message: " + message + ", standing: proposal, source: Vorschlag}\n"
}

// against checks a text and compares it with what is known.
func against(t testing.TB, p *programme.Programme, content string, known Known) Report {
	t.Helper()
	report, err := Check(fileOf(content), p, Expect{})
	if err != nil {
		t.Fatal(err)
	}
	return Compare(report, p, known)
}

type totalsOf = map[figure.KeyFigure]figure.Decimal

func TestAJumpIsMoreThanHalfAndMoreThanTwenty(t *testing.T) {
	for _, test := range []struct {
		before, now int
		jump        bool
	}{
		{100, 150, false}, {100, 151, true}, {100, 50, false}, {100, 49, true}, {10, 30, false}, {10, 31, true}, {0, 20, false}, {0, 21, true}, {1000, 1000, false},
	} {
		report := against(t, small(), "Gemeinde;Jahr;Ankünfte;Davon informiert\nOlten;2025;"+strconv.Itoa(test.now)+";0\n",
			Known{Before: totalsOf{"arrivals": figure.Whole(int64(test.before))}})
		if got := codes(report) == "rule" && report.Findings[0].Rule == "T-02"; got != test.jump || !report.Accepted() {
			t.Errorf("from %d to %d: %q", test.before, test.now, codes(report))
		}
		if before := report.Totals[0].Before; before == nil || *before != figure.Whole(int64(test.before)) {
			t.Errorf("from %d to %d: before is %v", test.before, test.now, before)
		}
	}
}

// comparing is a file for Olten, which has 100 residents, but for its figures.
const comparing = "Gemeinde;Jahr;Ankünfte;Davon informiert;Beratungsgespräche\nOlten;2025;"

func TestEachKindOfRule(t *testing.T) {
	peers := func(values ...int) map[figure.Organisation]totalsOf {
		found := map[figure.Organisation]totalsOf{}
		for i, value := range values {
			code := []figure.Organisation{"G2465", "G2472", "G2542", "G2544", "G2546", "G2586", "G2601"}[i]
			found[code] = totalsOf{"arrivals": figure.Whole(100), "talks": figure.Whole(int64(value))}
		}
		return found
	}
	shared := ofRule("R", "municipality_year", "peers", "figures: [talks], per: arrivals, high: 3.5, spread: 0.01, peers: 5, least: 2", "{figure} {value} {peers}")
	flat := ofRule("R", "municipality_year", "peers", "figures: [talks], per: arrivals, high: 3.5, spread: 0.1, peers: 5, least: 2", "{figure} {value} {peers}")
	for _, test := range []struct {
		name, rule, cells string
		known             Known
		want              string
	}{
		{"within a row, held", ofRule("R", "municipality_year", "row", "compare: talks <= arrivals, tolerance: 0.1, least: 2", "{left} {right}"), "100;50;110", Known{}, ""},
		{"within a row, broken", ofRule("R", "municipality_year", "row", "compare: talks <= arrivals, tolerance: 0.1, least: 2", "{left} {right}"), "100;50;111", Known{}, "rule@E2: 111 100"},
		{"within a row, by little", ofRule("R", "municipality_year", "row", "compare: talks <= arrivals, tolerance: 0.1, least: 2", "{left} {right}"), "3;3;5", Known{}, ""},
		{"at least", ofRule("R", "municipality_year", "row", "compare: talks + arrivals_informed >= 0.5 * arrivals", "{left} {right}"), "100;20;29", Known{}, "rule@E2: 49 50"},
		{"at least, held", ofRule("R", "municipality_year", "row", "compare: talks + arrivals_informed >= 0.5 * arrivals", "{left} {right}"), "100;20;30", Known{}, ""},
		{"equal, too much", ofRule("R", "municipality_year", "row", "compare: arrivals - arrivals_informed = talks", "{left} {right}"), "100;20;81", Known{}, "rule@C2: 80 81"},
		{"equal, held", ofRule("R", "municipality_year", "row", "compare: arrivals - arrivals_informed = talks", "{left} {right}"), "100;20;80", Known{}, ""},
		{"a missing figure is not zero", ofRule("R", "municipality_year", "row", "compare: arrivals <= talks", "{left} {right}"), "100;20;k. A.", Known{}, ""},
		{"a figure that cannot exist is not zero", ofRule("R", "municipality_year", "row", "compare: arrivals <= talks", "{left} {right}"), "100;20;n/a", Known{}, ""},

		{"two totals of this and the last year", ofRule("R", "municipality_year", "before", "compare: arrivals = talks", "{left} {right}"), "100;20;3", Known{Before: totalsOf{"talks": figure.Whole(90)}}, "rule: 100 90"},
		{"two totals, the one of last year is not known", ofRule("R", "municipality_year", "before", "compare: arrivals = talks", "{left} {right}"), "100;20;3", Known{Before: totalsOf{"arrivals": figure.Whole(90)}}, ""},
		{"less than a year before", ofRule("R", "municipality_year", "before", "figures: [talks], low: 0.5, high: 2", "{figure} {value} {before}"), "100;20;3", Known{Before: totalsOf{"talks": figure.Whole(7)}}, "rule: Gespräche 3 7"},

		{"too many for the residents", ofRule("R", "municipality_year", "population", "figures: [arrivals, arrivals_informed], high: 95.5, least: 2", "{figure} {value} {most} {residents}"), "12;11;1", Known{}, "rule: Ankünfte 12 9 100"},
		{"few enough for the residents", ofRule("R", "municipality_year", "population", "figures: [arrivals], high: 100, least: 2", "{figure} {value} {most} {residents}"), "12;11;1", Known{}, ""},

		{"far from the peers", shared, "50;1;25", Known{Peers: peers(10, 11, 10, 9, 12, 10)}, "rule: Gespräche 25 6"},
		{"far below the peers", shared, "50;1;1", Known{Peers: peers(80, 81, 80, 79, 82, 80)}, "rule: Gespräche 1 6"},
		{"near the peers", shared, "50;1;6", Known{Peers: peers(10, 11, 10, 9, 12, 10)}, ""},
		{"far from the peers by a difference of little weight", shared, "4;1;2", Known{Peers: peers(10, 11, 10, 9, 12, 10)}, ""},
		{"too few peers", shared, "50;1;25", Known{Peers: peers(10, 11, 10, 9)}, ""},
		{"all peers say the same", flat, "50;1;25", Known{Peers: peers(10, 10, 10, 10, 10, 10)}, "rule: Gespräche 25 6"},
		{"all peers say the same, and this one nearly", flat, "50;1;20", Known{Peers: peers(10, 10, 10, 10, 10, 10)}, ""},
		{"peers of other kinds are none", shared, "50;1;25", Known{Peers: func() map[figure.Organisation]totalsOf {
			with := peers(10, 11, 10, 9)
			with["ECAP"], with["VHS"] = with["G2465"], with["G2465"]
			return with
		}()}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := against(t, ruled(t, test.rule), comparing+test.cells+"\n", test.known)
			got := codes(report)
			if len(report.Findings) > 0 {
				got += ": " + report.Findings[0].Message.FR
				if f := report.Findings[0]; f.Rule != "R" || !f.Explain || f.Severity != Warning {
					t.Errorf("%+v", f)
				}
			}
			got = strings.NewReplacer("Entretiens", "Gespräche", "Arrivées", "Ankünfte").Replace(got)
			if got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestNoRuleSpeaksOfWhatCannotBe(t *testing.T) {
	p := ruled(t, ofRule("R", "municipality_year", "row", "compare: talks <= arrivals", "{left} {right}"))
	long := "Gemeinde;Jahr;Kennzahl;Wert\nOlten;2025;Ankünfte;-4\nOlten;2025;Davon informiert;0\nOlten;2025;Beratungsgespräche;3\n"
	for _, content := range []string{comparing + "-4;0;3\n", long} {
		if got := codes(against(t, p, content, Known{})); !strings.HasPrefix(got, "negative@") || strings.Contains(got, "rule") {
			t.Errorf("%s\nfound %q", content, got)
		}
	}
}

func TestAnIncompleteTotalIsFoundTooHighAndNeverTooLow(t *testing.T) {
	p := ruled(t, ofRule("R", "municipality_year", "before", "figures: [arrivals], low: 0.5, high: 1.5, least: 5", "{figure} {value} {before}"))
	for cells, want := range map[string]string{"m;100;–\n": "rule", "m;10;–\n": ""} {
		content := "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nOlten;2025;w;–;–\nOlten;2025;" + cells
		report := against(t, p, content, Known{Before: totalsOf{"arrivals": figure.Whole(50)}})
		var found []string
		for _, f := range report.Findings {
			if f.Rule != "" {
				found = append(found, f.Code)
			}
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q: found %q, want %q", cells, got, want)
		}
	}
}

// A year is compared with the half years of another form, and the half years with
// nothing: only forms for the same periods are compared in both directions.
func TestFormsAreCompared(t *testing.T) {
	rules := ofRule("R", "survey_2025", "forms", "other: finance_half, compare: 1000 * answers <= expenditure", "{left} {right}")
	p := ruled(t, rules)
	survey := "Organisation;Periode;Antworten\nAGS;2025;50\n"
	for _, test := range []struct {
		name    string
		content string
		others  map[figure.Form]totalsOf
		want    string
	}{
		{"broken", survey, map[figure.Form]totalsOf{"finance_half": {"expenditure": figure.Whole(49_999)}}, "rule"},
		{"held", survey, map[figure.Form]totalsOf{"finance_half": {"expenditure": figure.Whole(50_000)}}, ""},
		{"the other form is not there", survey, nil, ""},
		{"from the other side, for half a year", "Organisation;Periode;Rechnung;Betrag\nAGS;2025-H1;Budget;10\n", map[figure.Form]totalsOf{"survey_2025": {"answers": figure.Whole(50)}}, ""},
	} {
		report, err := Check(fileOf(test.content), p, Expect{Form: map[bool]figure.Form{true: "survey_2025"}[test.content == survey]})
		if err != nil {
			t.Fatal(err)
		}
		if report = Compare(report, p, Known{Others: test.others}); codes(report) != test.want || !report.Accepted() {
			t.Errorf("%s: found %q, want %q", test.name, codes(report), test.want)
		}
	}
}

func TestAFileIsCheckedByTheRulesOfItsPeriod(t *testing.T) {
	p := ruled(t, ofRule("R", "municipality_year", "row", "to: 2023, compare: talks <= arrivals", "alt {left} {right}")+
		ofRule("R", "municipality_year", "row", "from: 2024, to: 2025, compare: talks <= 2 * arrivals", "neu {left} {right}"))
	for year, want := range map[string]string{"2023": "alt 5 2", "2024": "neu 5 4", "2026": ""} {
		report := against(t, p, "Gemeinde;Jahr;Ankünfte;Davon informiert;Beratungsgespräche\nOlten;"+year+";2;1;5\n", Known{})
		if got := messages(report); got != want {
			t.Errorf("%s: %q, want %q", year, got, want)
		}
	}
}

func TestComparingAgainReplacesWhatWasFound(t *testing.T) {
	first := against(t, small(), comparing+"100;50;200\n", Known{Before: totalsOf{"arrivals": figure.Whole(10), "talks": figure.Whole(5)}})
	if codes(first) != "rule rule rule@E2" {
		t.Fatalf("found %s", codes(first))
	}
	again := Compare(first, small(), Known{Before: totalsOf{"arrivals": figure.Whole(10), "talks": figure.Whole(5)}})
	if !reflect.DeepEqual(again.Findings, first.Findings) {
		t.Errorf("found %v, before %v", again.Findings, first.Findings)
	}
	if without := Compare(first, small(), Known{}); codes(without) != "rule@E2" || without.Totals[0].Before != nil || first.Totals[0].Before == nil {
		t.Errorf("found %s", codes(without))
	}
}

func TestKeysTellFindingsApartAndOutliveTheJSON(t *testing.T) {
	report := against(t, small(), comparing+"100;50;200\n", Known{Before: totalsOf{"arrivals": figure.Whole(10), "talks": figure.Whole(5)}})
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var kept Report
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for i, finding := range kept.Findings {
		keys = append(keys, finding.Key())
		if finding.Key() != report.Findings[i].Key() || finding.In("fr") != report.Findings[i].In("fr") {
			t.Errorf("%q became %q", report.Findings[i].Key(), finding.Key())
		}
	}
	if got := strings.Join(keys, ", "); got != "T-02 arrivals, T-02 talks, T-01 2 5" {
		t.Errorf("keys %q", got)
	}
}
