package intake

import "testing"

// Two forms have these columns; the title tells which year, and thereby which one.
func TestATitleAboveTheTableDecidesBetweenFormsWithTheSameColumns(t *testing.T) {
	content := "Periode;2025\nGeschlecht;Altersklasse;" + surveyColumns() + "\nTotal;Total;10;8;5\n"
	report, err := Check(fileOf(content), whole(), Expect{Organisation: "AGS"})
	if err != nil {
		t.Fatal(err)
	}
	if !report.Accepted() || report.Form != "contact_survey_2025" {
		t.Errorf("read as %q: %s", report.Form, codes(report))
	}
}

func surveyColumns() string {
	p := whole()
	columns := ""
	for i := range p.Form("contact_survey_2025").Columns {
		if c := &p.Form("contact_survey_2025").Columns[i]; c.KeyFigure != "" {
			columns += p.ColumnName(c).DE + ";"
		}
	}
	return columns[:len(columns)-1]
}

func TestASourceOfFundsInTheFirstColumnIsNoRowOfTotals(t *testing.T) {
	p := whole()
	form := p.Form("finance_balance")
	header := ""
	for i := range form.Columns {
		switch c := &form.Columns[i]; c.Role {
		case "dimension", "figure":
			header += p.ColumnName(c).DE + ";"
		}
	}
	content := "Periode;2025\n" + header + "\nDritte;1;1;1\nKanton;5;5;5\n"
	report, err := Check(fileOf(content), p, Expect{Organisation: "AGS"})
	if err != nil {
		t.Fatal(err)
	}
	if !report.Accepted() || report.Rows != 2 {
		t.Errorf("%d rows read: %s", report.Rows, codes(report))
	}
}
