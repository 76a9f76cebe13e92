package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/account"
)

// The courses have 2253.40 points in 500 answers, 4.5068, and the target is 4.507: to
// two decimals both are 4.51, to three both are 4.507. What is published of them is
// 4.506, 4.507 and 99.9 %, wherever somebody looks.
func TestAMissedTargetHasTheSameDigitsEverywhere(t *testing.T) {
	c := newCanton(t, []string{"rounding"})
	reader := c.logIn(cantonPeople[2])
	get := func(address string) []byte {
		status, _, content := reader.do(http.MethodGet, address, nil)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", address, status)
		}
		return content
	}
	for _, address := range []string{"/fr/indicators/LAN-2?year=2025", "/fr/indicators?year=2025", "/fr/areas/LAN?year=2025", "/fr/report?year=2025"} {
		text := words(get(address))
		for _, want := range []string{"4,506", "4,507"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s is missing", address, want)
			}
		}
		if strings.Contains(text, "4,51") || strings.Contains(text, "4,5068") {
			t.Errorf("%s rounds by another rule", address)
		}
	}
	if text := words(get("/fr/indicators/LAN-2?year=2025")); !strings.Contains(text, "99,9 %") || strings.Contains(text, "100,0 %") {
		t.Errorf("the attainment of a missed target: %s", text)
	}

	table, err := csv.NewReader(bytes.NewReader(get("/fr/indicators/LAN-2/table.csv?year=2025&by=measure"))).ReadAll()
	if err != nil || !strings.Contains(strings.Join(table[len(table)-1], ";"), "4.506") {
		t.Errorf("the table holds %q (%v)", table, err)
	}
	c.reportHas(t, get, map[string]string{"value": "4.506", "target": "4.507", "attainment": "0.999"})

	owner := account.Viewer{Email: cantonPeople[2].Email, Role: account.Reader}
	token, err := c.app.accounts.NewToken(t.Context(), owner, account.Wish{Label: "Logiciel", Scopes: []account.Right{account.ReadFigures}, Life: time.Hour}, "", "")
	must(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.address+"/api/v1/indicators/LAN-2?year=2025", nil)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	content, err := io.ReadAll(response.Body)
	must(t, err)
	must(t, response.Body.Close())
	var answer struct {
		Value, Target struct{ Value string }
		Attainment    string
		Grade         string
	}
	must(t, json.Unmarshal(content, &answer))
	if answer.Value.Value != "4.506" || answer.Target.Value != "4.507" || answer.Attainment != "0.999" || answer.Grade != "at_risk" {
		t.Errorf("the interface answers %+v", answer)
	}
}

// reportHas looks for the figures of LAN-2 in the report of 2025, as a workbook, as it
// shows them, and as JSON.
func (c *canton) reportHas(t *testing.T, get func(string) []byte, want map[string]string) {
	var report struct {
		Sheets []struct {
			Rows []struct {
				Code  string
				Cells map[string]struct{ Value string }
			}
		}
	}
	must(t, json.Unmarshal(get("/fr/report/2025.json"), &report))
	found := false
	for _, sheet := range report.Sheets {
		for _, row := range sheet.Rows {
			for column, value := range want {
				if row.Code == "LAN-2" && row.Cells[column].Value != value {
					t.Errorf("JSON: %s is %s, want %s", column, row.Cells[column].Value, value)
				}
			}
			found = found || row.Code == "LAN-2"
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(get("/fr/report/2025.xlsx")))
	must(t, err)
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("LAN")
	must(t, err)
	for _, row := range rows {
		if len(row) > 0 && row[0] == "LAN-2" {
			text := strings.Join(row, "|")
			if !strings.Contains(text, "|4.506|4.507|") || !strings.Contains(text, "|99.9%|") {
				t.Errorf("the workbook shows %s", text)
			}
			return
		}
	}
	t.Errorf("LAN-2 stands in the workbook nowhere, in the JSON: %v", found)
}
