package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kipmonitor/internal/account"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/submission"
)

// TestTheDeskSaysWhatARowTakesAway sends a year of Grenchen and a correction that lacks a
// figure: the sender learns nothing of others from it, and the desk does not accept it
// with others.
func TestTheDeskSaysWhatARowTakesAway(t *testing.T) {
	s, _ := quickSite(t)
	must(t, s.app.ensureDemoAccounts(t.Context()))
	sender := account.Viewer{Email: demoSender, Role: account.Sender, Organisation: "G2546"}
	header := "Gemeinde;Periode;arrivals;arrivals_informed;first_talks;first_talks_within_90_days;first_talks_protection_explained;persons_with_need;persons_with_need_assigned\n"
	take := func(row string) submission.Submission {
		t.Helper()
		receipt, err := s.app.submissions.Take(t.Context(), fileOf("grenchen.csv", []byte(header+row)), intake.Expect{}, sender, submission.Explanations{submission.ForAll: reason})
		must(t, err)
		if !receipt.Submission.Counts() {
			t.Fatalf("%s: %+v", row, receipt.Report.Findings)
		}
		return receipt.Submission
	}
	first := take("Grenchen;2025;210;190;50;40;30;20;15\n")
	_, err := s.app.submissions.Accept(t.Context(), first.ID, correctionOffice)
	must(t, err)
	second := take("Grenchen;2025;210;190;51;40;30;20;\n")

	own, _ := s.client(t, demoSender)
	page := (&correcting{site: s, t: t, client: own}).page("/de/submissions/" + string(second.ID))
	if strings.Contains(page, `id="effects"`) || strings.Contains(page, "FB1-02") || strings.Contains(page, "verdict-good") {
		t.Error("the sender sees what changes in the canton, or a green verdict")
	}
	client, csrf := s.client(t, demoCoordination)
	office := &correcting{site: s, t: t, client: client}
	page = office.page("/de/submissions/" + string(second.ID))
	for _, want := range []string{`id="effects"`, "Zahlen, die heute gelten und danach fehlen: 1.", "fällt weg"} {
		if !strings.Contains(page, want) {
			t.Errorf("who decides does not see %q", want)
		}
	}
	page = office.page("/de/desk")
	if !strings.Contains(page, "einzeln prüfen") || strings.Contains(page, `type="checkbox"`) {
		t.Error("the desk lets a correction that takes a figure away be ticked")
	}
	response, err := client.PostForm(s.address+"/de/desk/accept", url.Values{"csrf": {csrf}, "id": {string(second.ID)}})
	must(t, err)
	must(t, response.Body.Close())
	sent, _, err := s.app.store.Submission(t.Context(), second.ID)
	must(t, err)
	if response.StatusCode != http.StatusOK || sent.Is(submission.Accepted) {
		t.Errorf("accepted with others: status %d, %s", response.StatusCode, sent.State())
	}
}
