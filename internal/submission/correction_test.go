package submission_test

import (
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/submission"
)

// has reports whether a check found something.
func has(report intake.Report, code string) bool {
	return slices.ContainsFunc(report.Findings, func(f intake.Finding) bool { return f.Code == code })
}

// corrections follows an accepted year through the ways in which a correction could take
// something away.
func (d desk) corrections(t *testing.T) {
	take := func(content string, reason string) submission.Receipt {
		t.Helper()
		receipt, err := d.Take(t.Context(), file(header+content), intake.Expect{}, olten, submission.Explanations{submission.ForAll: reason})
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
	first := take("G2581;2025;Olten;;120;90\n", "Die Zahlen sind geprüft.")
	if _, err := d.Accept(t.Context(), first.Submission.ID, office); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"a figure is empty":        "G2581;2025;Olten;;121;\n",
		"a part replaces a total":  "G2581;2025;Olten;m;60;50\n",
		"the total became a part":  "G2581;2025;Olten;m;60;50\nG2581;2025;Olten;w;60;40\n",
		"a reason is no sentence":  "G2581;2025;Olten;;122;\n",
		"another figure is empty":  "G2581;2025;Olten;;;90\n",
		"one reason and no figure": "G2581;2025;Olten;;n/a;91\n",
	} {
		for _, reason := range []string{"", "x", "ok ok ok"} {
			receipt := take(content, reason)
			if !has(receipt.Report, "figures_gone") || len(receipt.Unexplained) == 0 || receipt.Submission.Counts() {
				t.Errorf("%s, with the reason %q: %s; findings %+v", name, reason, receipt.Submission.State(), receipt.Report.Findings)
			}
		}
	}
	part := take("G2581;2025;Olten;m;60;50\n", "")
	if !has(part.Report, "part_alone") {
		t.Errorf("a part without its total: %+v", part.Report.Findings)
	}
	if same := take("G2581;2025;Olten;;125;90\n", ""); has(same.Report, "figures_gone") || same.Report.TakesAway() {
		t.Errorf("a changed figure is not taken away: %+v", same.Report.Findings)
	}
	gone := take("G2581;2025;Olten;;126;\n", "Diese Zahl kennen wir nicht mehr.")
	if !gone.Submission.Counts() || gone.Submission.Explanation("figures_gone") == "" {
		t.Errorf("with a reason it is %s", gone.Submission.State())
	}
	changes, found, err := d.Changes(t.Context(), gone.Submission)
	if err != nil || !found || changes.Gone != 1 || changes.Changed != 1 {
		t.Errorf("changes %+v, %v, %v", changes, found, err)
	}
	if _, err := d.Return(t.Context(), gone.Submission.ID, office, "x"); d.code(err) != "reason_short" {
		t.Errorf("given back with x: %v", err)
	}
	if _, err := d.Return(t.Context(), gone.Submission.ID, office, strings.Repeat("lang ", 500)); d.code(err) != "reason_long" {
		t.Errorf("given back with a book: %v", err)
	}

	// What a draft takes away is held against what was in force when it came.
	draft, err := d.Receive(t.Context(), file(header+"G2581;2025;Olten;;127;\n"), intake.Expect{}, olten)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Return(t.Context(), gone.Submission.ID, office, "Bitte noch einmal prüfen."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(t.Context(), draft.Submission.ID, olten, explained); d.code(err) != "draft_outdated" {
		t.Errorf("a draft that was compared with other figures: %v", err)
	}

	if again := take("G2581;2026;Olten;;125;90\n", ""); !has(again.Report, "figures_repeated") || again.Submission.Counts() {
		t.Errorf("all figures of the year before: %+v", again.Report.Findings)
	}
	if other := take("G2581;2026;Olten;;125;91\n", ""); has(other.Report, "figures_repeated") {
		t.Errorf("one figure differs: %+v", other.Report.Findings)
	}
}
