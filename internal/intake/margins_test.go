package intake

import (
	"math/bits"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
)

// sums adds up what counts when figures are asked by a margin.
func sumsBy(observations []figure.Observation, margin figure.Margin) figure.Decimal {
	var sum figure.Decimal
	for _, o := range observations {
		if o.Margins.Has(margin) && o.Mark == figure.Given {
			sum += o.Value
		}
	}
	return sum
}

const broken = "Gemeinde;Jahr;Geschlecht;Altersklasse;Aufenthaltsstatus;Kennzahl;Wert\n"

func TestPartsAndTheirTotalAreNeverAddedUp(t *testing.T) {
	rows := map[string]string{
		"total":      "Olten;2025;;;;Ankünfte;10\n",
		"sex":        "Olten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;6\n",
		"age":        "Olten;2025;;0-4;;Ankünfte;3\nOlten;2025;;56+;;Ankünfte;7\n",
		"sex by age": "Olten;2025;m;0-4;;Ankünfte;1\nOlten;2025;m;56+;;Ankünfte;3\nOlten;2025;w;0-4;;Ankünfte;2\nOlten;2025;w;56+;;Ankünfte;4\n",
		"status":     "Olten;2025;;;VA;Ankünfte;8\nOlten;2025;;;S;Ankünfte;2\n",
	}
	for _, test := range []struct {
		given []string
		can   []figure.Margin // the questions that can be answered
	}{
		{[]string{"total"}, []figure.Margin{0}},
		{[]string{"sex"}, []figure.Margin{0, figure.BySex}},
		{[]string{"total", "sex"}, []figure.Margin{0, figure.BySex}},
		{[]string{"sex", "age"}, []figure.Margin{0, figure.BySex, figure.ByAge}},
		{[]string{"sex by age"}, []figure.Margin{0, figure.BySex, figure.ByAge, figure.BySex | figure.ByAge}},
		{[]string{"sex by age", "age", "sex", "total", "status"}, []figure.Margin{0, figure.BySex, figure.ByAge, figure.BySex | figure.ByAge, figure.ByStatus}},
		{[]string{"status", "sex by age"}, []figure.Margin{0, figure.BySex, figure.ByAge, figure.BySex | figure.ByAge, figure.ByStatus}},
	} {
		content := broken
		for _, name := range test.given {
			content += rows[name]
		}
		observations := observe(t, content, Expect{})
		for margin := figure.Margin(0); margin < 8; margin++ {
			want := figure.Decimal(0)
			for _, can := range test.can {
				if can == margin {
					want = figure.Whole(10)
				}
			}
			if got := sumsBy(observations, margin); got != want {
				t.Errorf("%s asked by %03b: %s, want %s", strings.Join(test.given, ", "), margin, got, want)
			}
		}
		report := check(t, content, Expect{})
		if report.Totals[0].Value != figure.Whole(10) {
			t.Errorf("%s: the total is %s", strings.Join(test.given, ", "), report.Totals[0].Value)
		}
	}
}

func TestOneBreakdownAnswersEachQuestion(t *testing.T) {
	for present := range 256 {
		for asked := figure.Margin(0); asked < 8; asked++ {
			answering, fewest, possible := 0, 4, false
			for b := figure.Margin(0); b < 8; b++ {
				if present&(1<<b) != 0 && b&asked == asked {
					possible, fewest = true, min(fewest, bits.OnesCount8(uint8(b)))
				}
				if answers[present][b].Has(asked) {
					answering++
					if present&(1<<b) == 0 || b&asked != asked {
						t.Errorf("%08b asked by %03b: %03b answers", present, asked, b)
					}
				}
			}
			if possible != (answering == 1) || answering > 1 {
				t.Errorf("%08b asked by %03b: %d breakdowns answer", present, asked, answering)
			}
		}
	}
}

func TestAnEmptyTotalHidesNoParts(t *testing.T) {
	observations := observe(t, "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\nOlten;2025;;10;\nOlten;2025;m;;3\nOlten;2025;w;;4\n", Expect{})
	for figureID, want := range map[figure.KeyFigure]figure.Decimal{"arrivals": figure.Whole(10), "arrivals_informed": figure.Whole(7)} {
		var sum figure.Decimal
		for _, o := range observations {
			if o.KeyFigure == figureID && o.Margins.Has(0) && o.Mark == figure.Given {
				sum += o.Value
			}
		}
		if sum != want {
			t.Errorf("%s sums to %s, want %s", figureID, sum, want)
		}
	}
}

func TestPartsThatDoNotAddUpAreFound(t *testing.T) {
	for _, test := range []struct{ name, rows, want string }{
		{"they do", "Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;6\n", ""},
		{"too many", "Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;5\nOlten;2025;w;;;Ankünfte;6\n", "parts_do_not_add_up@G3"},
		{"too few", "Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;4\n", "parts_do_not_add_up@G3"},
		{"too few, one is missing", "Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;n/a\n", ""},
		{"too many, although one is missing", "Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;11\nOlten;2025;w;;;Ankünfte;n/a\n", "parts_do_not_add_up@G3"},
		{"the total is missing", "Olten;2025;;;;Ankünfte;n/a\nOlten;2025;m;;;Ankünfte;5\nOlten;2025;w;;;Ankünfte;6\n", ""},
		{"a part does not apply", "Olten;2025;;;;Ankünfte;4\nOlten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;entfällt\n", ""},
		{"ages of one sex", "Olten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;6\nOlten;2025;m;0-4;;Ankünfte;4\nOlten;2025;w;0-4;;Ankünfte;5\n", "parts_do_not_add_up@G5"},
		{"two breakdowns without a total", "Olten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;6\nOlten;2025;;0-4;;Ankünfte;4\nOlten;2025;;56+;;Ankünfte;5\n", "breakdowns_differ@G4"},
		{"two breakdowns without a total, one incomplete", "Olten;2025;m;;;Ankünfte;4\nOlten;2025;w;;;Ankünfte;6\nOlten;2025;;0-4;;Ankünfte;4\nOlten;2025;;56+;;Ankünfte;k. A.\n", ""},
		{"a row that cannot be read explains what is lacking", "Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;4\nOlten;2025;qq;;;Ankünfte;6\n", "code_unknown@C4"},
	} {
		if got := codes(check(t, broken+test.rows, Expect{})); got != test.want {
			t.Errorf("%s: found %q, want %q", test.name, got, test.want)
		}
	}
}

func TestWhatIsMissingEverywhereAnswersAsMissing(t *testing.T) {
	for _, o := range observe(t, broken+"Olten;2025;;;;Ankünfte;10\nOlten;2025;m;;;Ankünfte;n/a\nOlten;2025;w;;;Ankünfte;n/a\nOlten;2025;;;;Beratungsgespräche;n/a\n", Expect{}) {
		want := figure.Margins(0).With(0)
		if o.Sex != "" {
			want = figure.Margins(0).With(figure.BySex) // by sex nothing is known, and that is an answer
		}
		if o.Margins != want {
			t.Errorf("%s answers %08b, want %08b", short(o), o.Margins, want)
		}
	}
}
