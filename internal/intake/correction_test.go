package intake

import (
	"slices"
	"testing"

	"kipmonitor/internal/figure"
)

func TestOneCauseAsksForOneReason(t *testing.T) {
	// Arrivals are ten times those of the year before, and so are the talks held against
	// them: who typed one digit too many has one thing to say.
	p := ruled(t, ofRule("A", "municipality_year", "before", "figures: [arrivals], low: 0.5, high: 1.5, least: 20", "{value} {before}")+
		ofRule("B", "municipality_year", "population", "figures: [arrivals], high: 500, least: 1", "{value} {residents} {most}")+
		ofRule("C", "municipality_year", "row", "compare: talks >= arrivals", "{left} {right}"))
	report := against(t, p, "Gemeinde;Jahr;Ankünfte;Davon informiert;Beratungsgespräche\nOlten;2024;2000;100;50\n", Known{Before: totalsOf{"arrivals": figure.Whole(200)}})
	if len(report.Findings) != 3 || report.Asking() != 1 {
		t.Fatalf("%d of %d findings ask: %+v", report.Asking(), len(report.Findings), report.Findings)
	}
	for _, finding := range report.Findings {
		if !finding.Explain && finding.ExplainedBy != report.Findings[0].Key() {
			t.Errorf("%s is explained by %q", finding.Key(), finding.ExplainedBy)
		}
	}
	if !slices.Equal(report.Held, []figure.KeyFigure{"arrivals"}) {
		t.Errorf("held are %v", report.Held)
	}
	low := against(t, p, "Gemeinde;Jahr;Ankünfte;Davon informiert;Beratungsgespräche\nOlten;2024;15;10;50\n", Known{Before: totalsOf{"arrivals": figure.Whole(200)}})
	if len(low.Held) != 0 || low.Asking() != 1 {
		t.Errorf("too low: held %v, %d ask", low.Held, low.Asking())
	}
}

func TestWhatIsTakenAwayIsOneWarningThatIsNeverCutOff(t *testing.T) {
	gone := []figure.Observation{{KeyFigure: "arrivals", Municipality: 2581, Value: figure.Whole(205)}}
	report := against(t, small(), comparing+"100;50;20\n", Known{Change: Change{Gone: gone, GoneCount: 9}})
	at := slices.IndexFunc(report.Findings, func(f Finding) bool { return f.Code == goneCode })
	if at < 0 || !report.TakesAway() || report.Findings[at].Count != 9 || !report.Findings[at].Explain {
		t.Fatalf("found %+v", report.Findings)
	}
	if got, want := report.Findings[at].Message.DE, "Was heute gilt und hier fehlt: Ankünfte (Olten): 205; und 8 weitere."; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("it says %q", got)
	}
	if again := Compare(report, small(), Known{}); again.TakesAway() {
		t.Error("what an earlier comparison found is not replaced")
	}
}
