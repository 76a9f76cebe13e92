package submission_test

import (
	"encoding/json"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// checkedFile is a submission in which rules fired, with what happened to it; each
// step takes an hour.
func checkedFile(t *testing.T, hour int, organisation figure.Organisation, findings []intake.Finding, events ...submission.Event) submission.Submission {
	t.Helper()
	text, err := json.Marshal(intake.Report{Form: "f", Findings: findings})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, time.March, 1, hour, 0, 0, 0, time.UTC)
	one := submission.Submission{ID: submission.ID(time.Duration(hour).String()), Form: "f", Organisation: organisation, Period: figure.Period{Year: 2024}, Report: text,
		Events: append([]submission.Event{{Kind: submission.Received, At: at}}, events...)}
	for i := range one.Events {
		one.Events[i].At = at.Add(time.Duration(i) * time.Minute)
	}
	return one
}

func TestEachFileInWhichARuleFiredIsFixedExplainedOrOpen(t *testing.T) {
	p := &programme.Programme{Rules: []programme.Rule{{ID: "R-1", To: figure.Period{Year: 2023}}, {ID: "R-2"}, {ID: "R-1", From: figure.Period{Year: 2024}}, {ID: "R-3"}}}
	one := intake.Finding{Rule: "R-1", Code: "rule", Severity: intake.Warning, Explain: true, Place: figure.Cell{Row: 4, Column: 2}}
	here := intake.Finding{Rule: "R-2", Code: "rule", Severity: intake.Warning, Explain: true, KeyFigure: "a"}
	there := intake.Finding{Rule: "R-2", Code: "rule", Severity: intake.Warning, Explain: true, KeyFigure: "b"}
	dropped := intake.Finding{Rule: "R-9", Code: "rule"}
	other := intake.Finding{Code: "number_thousands", Severity: intake.Warning, Explain: true}
	explain := func(f intake.Finding) submission.Event {
		return submission.Event{Kind: submission.Explained, Finding: f.Key(), Reason: "weil"}
	}
	submitted, refused := submission.Event{Kind: submission.Submitted}, submission.Event{Kind: submission.Refused}
	for _, test := range []struct {
		name     string
		files    []submission.Submission
		one, two submission.RuleUse // of
	}{
		{"nothing", nil, submission.RuleUse{}, submission.RuleUse{}},
		{"waits to be submitted", []submission.Submission{checkedFile(t, 1, "A", []intake.Finding{one, dropped, other})}, submission.RuleUse{Fired: 1, Open: 1}, submission.RuleUse{}},
		{"explained and submitted", []submission.Submission{checkedFile(t, 1, "A", []intake.Finding{one, here}, explain(one), submitted)},
			submission.RuleUse{Fired: 1, Explained: 1}, submission.RuleUse{Fired: 1, Open: 1}},
		{"explained in one of two places", []submission.Submission{checkedFile(t, 1, "A", []intake.Finding{here, there}, explain(there), submitted)},
			submission.RuleUse{}, submission.RuleUse{Fired: 1, Open: 1}},
		{"explained in both places", []submission.Submission{checkedFile(t, 1, "A", []intake.Finding{here, there}, explain(there), explain(here), submitted)},
			submission.RuleUse{}, submission.RuleUse{Fired: 1, Explained: 1}},
		{"fixed in the next file, whatever the order of the list", []submission.Submission{
			checkedFile(t, 2, "A", []intake.Finding{here}, explain(here), submitted), checkedFile(t, 1, "A", []intake.Finding{one, here})},
			submission.RuleUse{Fired: 1, Fixed: 1}, submission.RuleUse{Fired: 2, Explained: 1, Open: 1}},
		{"explained first and fixed later", []submission.Submission{
			checkedFile(t, 1, "A", []intake.Finding{one}, explain(one), submitted), checkedFile(t, 2, "A", nil, submitted)}, submission.RuleUse{Fired: 1, Fixed: 1}, submission.RuleUse{}},
		{"a later file with errors fixes nothing", []submission.Submission{
			checkedFile(t, 1, "A", []intake.Finding{one}), checkedFile(t, 2, "A", nil, refused)}, submission.RuleUse{Fired: 1, Open: 1}, submission.RuleUse{}},
		{"an earlier file and one of another organisation fix nothing", []submission.Submission{
			checkedFile(t, 1, "A", nil, submitted), checkedFile(t, 2, "A", []intake.Finding{one}), checkedFile(t, 3, "B", nil, submitted)},
			submission.RuleUse{Fired: 1, Open: 1}, submission.RuleUse{}},
		{"without a check", []submission.Submission{{ID: "1", Form: "f"}, {ID: "2", Form: "f", Report: []byte("old")}}, submission.RuleUse{}, submission.RuleUse{}},
	} {
		uses := submission.RuleUses(p, test.files)
		if len(uses) != 3 || uses[0].Rule != &p.Rules[2] || uses[1].Rule != &p.Rules[1] || uses[2].Rule.ID != "R-3" || uses[2].Fired != 0 {
			t.Fatalf("%s: %+v", test.name, uses)
		}
		test.one.Rule, test.two.Rule = uses[0].Rule, uses[1].Rule
		if uses[0] != test.one || uses[1] != test.two {
			t.Errorf("%s: got %+v and %+v, want %+v and %+v", test.name, uses[0], uses[1], test.one, test.two)
		}
	}
}
