package intake

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// record is a row of a table as a sender has it in mind.
type record struct {
	municipality, sex, age, level string
	values                        [3]string // participations, goals, hours
}

// records makes a random table of courses without duplicates.
func records(random *rand.Rand) []record {
	var all []record
	for _, municipality := range []string{"Olten", "Grenchen", "2601", "Büren (SO)"} {
		for _, level := range []string{"A1", "A2", "B1"} {
			breakdown := random.IntN(4)
			for _, sex := range []string{"", "m", "w", "u"} {
				for _, age := range []string{"", "0-4", "16-25", "56+"} {
					if (sex != "") != (breakdown&1 != 0) || (age != "") != (breakdown&2 != 0) {
						continue
					}
					n := random.IntN(5000)
					r := record{municipality: municipality, sex: sex, age: age, level: level}
					r.values = [3]string{fmt.Sprint(n), fmt.Sprint(random.IntN(n + 1)), figure.Decimal(random.IntN(1_000_000) * 100).String()}
					for i := range r.values {
						switch random.IntN(12) {
						case 0:
							r.values[i] = []string{"–", "n/a", "X"}[random.IntN(3)]
						case 1:
							r.values[i] = "."
						}
					}
					all = append(all, r)
				}
			}
		}
	}
	return all
}

var ids = [3]figure.KeyFigure{"participations", "goals_reached", "lesson_hours"}

func wide(records []record) string {
	var b strings.Builder
	b.WriteString("Organisation;Periode;Massnahme;Gemeinde;Geschlecht;Altersklasse;Sprachniveau;Teilnahmen;Ziel erreicht;Stunden\n")
	for _, r := range records {
		fmt.Fprintf(&b, "ECAP;Q3 2025;M-201;%s;%s;%s;%s;%s;%s;%s\n", r.municipality, r.sex, r.age, r.level, r.values[0], r.values[1], r.values[2])
	}
	return b.String()
}

func long(records []record, random *rand.Rand) string {
	var lines []string
	for _, r := range records {
		for i, value := range r.values {
			k := small().KeyFigure(ids[i])
			name := []string{string(k.ID), k.Name.DE, k.Name.FR}[random.IntN(3)]
			lines = append(lines, fmt.Sprintf("M-201;%s;%s;%s;%s;ECAP;2025-Q3;%s;%s\n", r.municipality, r.sex, r.age, r.level, name, value))
		}
	}
	random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	var b strings.Builder
	b.WriteString("Massnahme;Gemeinde;Geschlecht;Altersklasse;Sprachniveau;Organisation;Periode;Kennzahl;Wert\n")
	for _, l := range lines {
		b.WriteString(l)
	}
	return b.String()
}

// placeless returns observations sorted, without their places.
func placeless(observations []figure.Observation) []string {
	list := make([]string, len(observations))
	for i, o := range observations {
		list[i] = fmt.Sprintf("%s %08b", short(o), o.Margins)
	}
	slices.Sort(list)
	return list
}

func TestTheOrderOfRowsAndTheLayoutDoNotMatter(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		table := records(random)
		want := placeless(observe(t, wide(table), Expect{}))
		totals := check(t, wide(table), Expect{}).Totals
		shuffled := slices.Clone(table)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for name, content := range map[string]string{"shuffled": wide(shuffled), "long": long(table, random), "long again": long(shuffled, random)} {
			if got := placeless(observe(t, content, Expect{})); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s: read\n%s\nwant\n%s", seed, name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if got := check(t, content, Expect{}).Totals; !slices.Equal(got, totals) {
				t.Fatalf("seed %d, %s: totals %v, want %v", seed, name, got, totals)
			}
		}
	}
}

func TestAFileInTwoPiecesGivesTheSameFigures(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 2))
		table := records(random)
		want := placeless(observe(t, wide(table), Expect{}))
		// Cut between two slices: a slice in two files has its margins in each.
		cut := slices.IndexFunc(table, func(r record) bool { return r.municipality == "2601" })
		got := placeless(slices.Concat(observe(t, wide(table[:cut]), Expect{}), observe(t, wide(table[cut:]), Expect{})))
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: read %d figures, want %d", seed, len(got), len(want))
		}
	}
}

func TestTheFiguresHandedOutAddUpToTheTotals(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 3))
		content := long(records(random), random)
		report := check(t, content, Expect{})
		sums := map[figure.KeyFigure]figure.Decimal{}
		for _, o := range readAll(t, small(), []byte(content), report) {
			if o.Margins.Has(0) && o.Mark == figure.Given {
				sums[o.KeyFigure] += o.Value
			}
		}
		for _, total := range report.Totals {
			if sums[total.KeyFigure] != total.Value {
				t.Fatalf("seed %d: %s sums to %s, the report says %s", seed, total.KeyFigure, sums[total.KeyFigure], total.Value)
			}
		}
	}
}

func TestFaultsAreTheSameInBothLayouts(t *testing.T) {
	const context = "ECAP;Q3 2025;M-201;"
	for _, row := range []struct{ head, value, want string }{
		{"Grenchem;A1", "4", "municipality_unknown"}, {"Olten;A9", "4", "code_unknown"}, {"Olten;A1", "viele", "number"}, {"Olten;A1", "-4", "negative"}, {"Olten;A1", "4,5", "number_decimals"},
	} {
		for _, content := range []string{
			"Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Teilnahmen;Ziel erreicht\n" + context + row.head + ";" + row.value + ";n/a\n",
			"Organisation;Periode;Massnahme;Gemeinde;Sprachniveau;Kennzahl;Wert\n" + context + row.head + ";Teilnahmen;" + row.value + "\n",
		} {
			report := check(t, content, Expect{})
			if len(report.Findings) != 1 || report.Findings[0].Code != row.want {
				t.Errorf("found %s, want %s in\n%s", codes(report), row.want, content)
			}
		}
	}
}

func TestEveryFormIsKnownByItsOwnHeaders(t *testing.T) {
	p := whole()
	for i := range p.Forms {
		form := &p.Forms[i]
		for language := range 4 {
			content, expect := template(p, form, language)
			report, err := Check(File{Name: "vorlage.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}, p, Expect{})
			if err != nil {
				t.Fatal(err)
			}
			if report.Form != form.Code || !report.Accepted() {
				t.Errorf("%s in language %d is read as %q: %s\n%s\n%s", form.Code, language, report.Form, codes(report), messages(report), content)
			}
			if report.Organisation != expect.Organisation || report.Period != expect.Period {
				t.Errorf("%s: %s, %s", form.Code, report.Organisation, report.Period)
			}
		}
	}
}

// template writes a form with one row that is filled in, in one of the languages.
func template(p *programme.Programme, form *programme.Form, language int) ([]byte, Expect) {
	period := figure.Period{Year: max(form.From, 2025), Part: form.Periodicity.Parts()[0]}
	var office *programme.Organisation
	for i := range p.Organisations {
		if p.Owes(&p.Organisations[i], form, period) {
			office = &p.Organisations[i]
			break
		}
	}
	if office == nil {
		panic("nobody owes " + form.Code)
	}
	var headers, cells []string
	for i := range form.Columns {
		column := &form.Columns[i]
		headers = append(headers, p.ColumnName(column).All()[language])
		cell := ""
		switch column.Role {
		case programme.OrganisationColumn:
			cell = string(office.Code)
		case programme.PeriodColumn:
			cell = period.String()
		case programme.MunicipalityColumn:
			cell = "Solothurn"
			if office.Kind == programme.MunicipalityOffice {
				cell = fmt.Sprint(office.Municipality)
			}
		case programme.MeasureColumn:
			for _, measure := range p.Measures {
				if (measure.Organisation == office.Code || office.Kind == programme.CantonalOffice) && measure.Start <= period.Year && period.Year <= measure.End {
					cell = string(measure.Code)
				}
			}
		case programme.DimensionColumn:
			cell = p.Dimension(column.Dimension).Codes[0].Name.All()[language]
		case programme.FigureColumn:
			cell = "0" // no rule says that there must be more
		}
		headers[i], cells = strings.ReplaceAll(headers[i], ";", ","), append(cells, cell)
	}
	return []byte("\uFEFF" + strings.Join(headers, ";") + "\r\n" + strings.Join(cells, ";") + "\r\n"), Expect{Form: form.Code, Organisation: office.Code, Period: period}
}

// The order of rows and the layout do not change what rules find, but for where it
// is found first.
func TestTheOrderOfRowsAndTheLayoutDoNotChangeWhatRulesFind(t *testing.T) {
	p := ruled(t, ofRule("A", "course_quarter", "row", "compare: lesson_hours <= 4 * participations, least: 50", "{left} {right}")+
		ofRule("B", "course_quarter", "row", "compare: goals_reached >= 0.3 * participations", "{left} {right}")+
		ofRule("C", "course_quarter", "before", "figures: [participations, goals_reached, lesson_hours], low: 0.9, high: 1.1", "{figure} {value} {before}"))
	known := Known{Before: totalsOf{"participations": figure.Whole(1), "goals_reached": figure.Whole(1), "lesson_hours": figure.Whole(1)}}
	fired := map[string]int{}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 4))
		table := records(random)
		shuffled := slices.Clone(table)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		found := func(content string) (list []string) {
			for _, f := range against(t, p, content, known).Findings {
				if f.Rule != "" {
					list = append(list, fmt.Sprint(f.Rule, " ", f.KeyFigure, " ", f.Count, " ", f.Severity, f.Explain))
					fired[f.Rule]++
				}
			}
			slices.Sort(list)
			return list
		}
		want := found(wide(table))
		for name, content := range map[string]string{"shuffled": wide(shuffled), "long": long(table, random), "long again": long(shuffled, random)} {
			if got := found(content); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s: found %q, want %q", seed, name, got, want)
			}
		}
	}
	if fired["A"] == 0 || fired["B"] == 0 || fired["C"] == 0 {
		t.Errorf("a rule never fired: %v", fired)
	}
}

// A figure that is not given counts for nothing, not for zero: with any figure of a
// row missing, the rules over it are silent.
func TestAMissingFigureSilencesTheRulesOverIt(t *testing.T) {
	p := ruled(t, ofRule("A", "course_quarter", "row", "compare: participations + goals_reached <= 1 * lesson_hours", "{left} {right}"))
	for missing := range 4 {
		for _, mark := range []string{"", "–", "n/a"} {
			values := [3]string{"30", "20", "10"}
			if missing < 3 {
				values[missing] = mark
			}
			table := []record{{municipality: "Olten", level: "A1", values: values}, {municipality: "Olten", level: "A2", values: [3]string{"1", "1", "5"}}}
			for _, content := range []string{wide(table), long(table, rand.New(rand.NewPCG(1, 1)))} {
				fired := slices.ContainsFunc(against(t, p, content, Known{}).Findings, func(f Finding) bool { return f.Rule == "A" })
				if fired != (missing == 3) {
					t.Errorf("with %q in %d the rule fires: %t\n%s", mark, missing, fired, content)
				}
			}
		}
	}
}
