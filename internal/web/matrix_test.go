package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
	seeded "kipmonitor/seed"
)

func definition(t *testing.T) *programme.Programme {
	t.Helper()
	p, err := programme.Load(seeded.Files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func obligation(t *testing.T, form figure.Form, organisation figure.Organisation, period string, standing submission.Standing) submission.Obligation {
	t.Helper()
	parsed, err := figure.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	o := submission.Obligation{Form: form, Organisation: organisation, Period: parsed, Standing: standing, Due: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)}
	if o.Delivered() || standing == submission.WasRefused || standing == submission.WasReturned {
		o.Submission = "id-" + submission.ID(organisation)
	}
	return o
}

// someObligations are of four organisations of two kinds, not in the order of the page.
func someObligations(t *testing.T) []submission.Obligation {
	return []submission.Obligation{
		obligation(t, "municipality_year", "G2581", "2025", submission.Late),          // Olten
		obligation(t, "municipality_year", "G2401", "2025", submission.IsAccepted),    // Egerkingen
		obligation(t, "early_childhood_year", "G2581", "2025", submission.NotDue),     // Olten
		obligation(t, "language_course", "ECAP", "2025-Q1", submission.IsSubmitted),   //
		obligation(t, "language_course", "ECAP", "2025-Q2", submission.WasRefused),    //
		obligation(t, "language_course", "ECAP", "2025-Q3", submission.WasReturned),   //
		obligation(t, "language_course", "ECAP", "2025-Q4", submission.Open),          //
		obligation(t, "provider_quality", "ECAP", "2025", submission.IsAccepted),      //
		obligation(t, "municipality_year", "G2546", "2025", submission.Late),          // Grenchen
		obligation(t, "early_childhood_year", "G2401", "2025", submission.IsAccepted), //
	}
}

// written writes a matrix as text: a line a row, a quiet state in parentheses.
func written(blocks []matrixBlock) string {
	var out strings.Builder
	for _, block := range blocks {
		var columns []string
		for _, column := range block.Columns {
			columns = append(columns, column.Form)
		}
		fmt.Fprintf(&out, "%s %s: %s\n", block.Kind, block.Count, strings.Join(columns, ", "))
		for _, table := range block.Tables {
			for _, row := range table {
				fmt.Fprintf(&out, " %s", row.Code)
				for _, cell := range row.Cells {
					out.WriteString(" |")
					for _, state := range cell.States {
						text := " " + strings.TrimSpace(state.Part+" "+state.Standing)
						if state.Quiet {
							text = " (" + text[1:] + ")"
						}
						out.WriteString(text)
					}
				}
				out.WriteString("\n")
			}
		}
	}
	return out.String()
}

func TestTheMatrixShowsWhatTheFilterAsksFor(t *testing.T) {
	p := definition(t)
	for name, test := range map[string]struct{ query, want string }{
		"at first what is outstanding, with what else is owed by the same forms in quiet": {"", `municipality 2: municipality_year
 G2546 | late
 G2581 | late
provider 1: language_course
 ECAP | (Q1 submitted) Q2 refused Q3 returned Q4 open
`},
		"everything, by kind and name, with an empty cell where nothing is owed": {"state=all", `municipality 3: early_childhood_year, municipality_year
 G2401 | accepted | accepted
 G2546 | | late
 G2581 | not_due | late
provider 1: language_course, provider_quality
 ECAP | Q1 submitted Q2 refused Q3 returned Q4 open | accepted
`},
		"one state":                             {"state=refused", "provider 1: language_course\n ECAP | (Q1 submitted) Q2 refused (Q3 returned) (Q4 open)\n"},
		"one form":                              {"state=all&form=early_childhood_year", "municipality 2: early_childhood_year\n G2401 | accepted\n G2581 | not_due\n"},
		"one kind":                              {"kind=municipality", "municipality 2: municipality_year\n G2546 | late\n G2581 | late\n"},
		"a part of a name, in whatever letters": {"q=GREnch", "municipality 1: municipality_year\n G2546 | late\n"},
		"a code":                                {"q=g2581", "municipality 1: municipality_year\n G2581 | late\n"},
		"nothing that fits":                     {"q=nowhere", ""},
	} {
		t.Run(name, func(t *testing.T) {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			filter, err := deliveryFilterOf(p, query)
			if err != nil {
				t.Fatal(err)
			}
			shown := sortDeliveries(p, locale.German, someObligations(t), filter)
			got := written(buildMatrix(p, locale.German, 2025, shown, filter))
			if got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestWhatIsNoFilterIsNotFound(t *testing.T) {
	p := definition(t)
	for _, query := range []url.Values{{"state": {"lost"}}, {"form": {"nowhere"}}, {"kind": {"person"}}} {
		if _, err := deliveryFilterOf(p, query); err == nil {
			t.Errorf("%v is taken", query)
		}
	}
}

func TestCountsAreOfAllStatesWhicheverIsShown(t *testing.T) {
	p := definition(t)
	r := request{Language: locale.German, Path: "/deliveries", Query: url.Values{"kind": {"provider"}, "state": {"refused"}}}
	filter, err := deliveryFilterOf(p, r.Query)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, link := range r.deliveryCounts(filter, sortDeliveries(p, locale.German, someObligations(t), filter).Counts) {
		text := link.Count + " " + link.Name
		if link.Current {
			text += " (" + link.Address + ")"
		}
		got = append(got, text)
	}
	want := "3 ausstehend; 0 überfällig; 1 eingegangen, mit Fehlern (/de/deliveries?kind=provider&state=refused); 1 zurückgegeben; 1 offen; 1 eingereicht; 1 angenommen; 0 noch nicht fällig; 5 alle"
	if joined := strings.Join(got, "; "); joined != want {
		t.Errorf("got  %s\nwant %s", joined, want)
	}
}

func TestACellLeadsToTheSubmissionOrToTheReminder(t *testing.T) {
	p := definition(t)
	extended := obligation(t, "municipality_year", "G2581", "2025", submission.Open)
	extended.Extended = "Wechsel im Amt"
	for _, test := range []struct {
		o              submission.Obligation
		address, title string
	}{
		{obligation(t, "municipality_year", "G2581", "2025", submission.IsAccepted), "/fr/submissions/id-G2581", "délai 28.02.2026"},
		{obligation(t, "municipality_year", "G2581", "2025", submission.WasRefused), "/fr/submissions/id-G2581", "avec des erreurs"},
		{obligation(t, "municipality_year", "G2581", "2025", submission.Late), "/fr/deliveries/reminders?organisation=G2581&year=2025", "en retard"},
		{obligation(t, "municipality_year", "G2581", "2025", submission.NotDue), "", "pas encore due"},
		{extended, "/fr/deliveries/reminders?organisation=G2581&year=2025", "prolongé au 28.02.2026 (Wechsel im Amt)"},
	} {
		state := newMatrixState(p, locale.French, 2025, test.o, deliveryFilter{})
		if state.Address != test.address || !strings.Contains(state.Title, test.title) {
			t.Errorf("%s: leads to %q with the title %q", test.o.Standing, state.Address, state.Title)
		}
	}
}

func TestManyRowsOfFewFormsStandSideBySide(t *testing.T) {
	for _, test := range []struct{ rows, columns, tables int }{{106, 2, 3}, {13, 1, 3}, {11, 1, 1}, {30, 4, 2}, {30, 5, 1}, {1, 1, 1}} {
		tables := sideBySide(make([]matrixRow, test.rows), test.columns)
		rows := 0
		for _, table := range tables {
			rows += len(table)
		}
		if len(tables) != test.tables || rows != test.rows {
			t.Errorf("%d rows of %d columns: %d tables with %d rows", test.rows, test.columns, len(tables), rows)
		}
	}
}

func TestAnObligationIsNamedAndReadAgain(t *testing.T) {
	o := obligation(t, "language_course", "ECAP", "2025-Q3", submission.Late)
	form, organisation, period, ok := parseObligation(obligationKey(o))
	if !ok || form != o.Form || organisation != o.Organisation || period != o.Period {
		t.Errorf("%q is read as %s %s %s", obligationKey(o), form, organisation, period)
	}
	for _, key := range []string{"", "a b", "a b 2025-Q9", "a b 2025 c"} {
		if _, _, _, ok := parseObligation(key); ok {
			t.Errorf("%q is read", key)
		}
	}
}
