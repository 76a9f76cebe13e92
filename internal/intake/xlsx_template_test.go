package intake_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/workbook"
	"kipmonitor/seed"
)

// A template is read from its sheet with the table, empty or filled in, whatever its
// other sheets say; so is the workbook that comes back with the faults marked.
func TestTemplatesAreReadFromTheirTable(t *testing.T) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	look := func(content []byte) intake.Report {
		report, err := intake.Check(intake.File{Name: "vorlage.xlsx", Size: int64(len(content)), Content: bytes.NewReader(content)}, p, intake.Expect{})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	tables := []string{"Daten", "Données", "Dati", "Data"}
	languages := []locale.Language{locale.German, locale.French, locale.Italian, locale.English}
	seen := 0
	for i := range p.Forms {
		form := &p.Forms[i]
		period := figure.Period{Year: max(2025, form.From), Part: form.Periodicity.Parts()[0]}
		at := slices.IndexFunc(p.Organisations, func(o programme.Organisation) bool { return p.Owes(&o, form, period) })
		if at < 0 {
			continue
		}
		office := p.Organisations[at].Code
		for j, language := range languages {
			if j > 0 && i%12 != 4*(j-1) {
				continue // each form in German, every fourth in one more language
			}
			seen++
			var template bytes.Buffer
			if err := workbook.WriteTemplate(&template, p, workbook.Template{Form: form.Code, Organisation: office, Period: period, Language: language, Format: workbook.XLSX}); err != nil {
				t.Fatal(err)
			}
			filled, err := excelize.OpenReader(bytes.NewReader(template.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := filled.GetRows(tables[j])
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, nil)
			for k := range rows[7] { // the header; below it, what is not filled in
				cell, _ := excelize.CoordinatesToCellName(k+1, 9)
				if k >= len(rows[8]) || rows[8][k] == "" {
					if err := filled.SetCellInt(tables[j], cell, 7); err != nil {
						t.Fatal(err)
					}
				}
			}
			var full, marked bytes.Buffer
			if err := filled.Write(&full); err != nil {
				t.Fatal(err)
			}
			content := full.Bytes()
			if i%4 == 0 { // the marks are the same whatever the form
				file := intake.File{Name: "vorlage.xlsx", Size: int64(len(content)), Content: bytes.NewReader(content)}
				if err := workbook.WriteFixIt(&marked, file, p, intake.Expect{}, intake.Known{}, language); err != nil {
					t.Fatal(err)
				}
			}
			variants := map[string][]byte{"empty": template.Bytes(), "filled in": content}
			if marked.Len() > 0 {
				variants["marked"] = marked.Bytes()
			}
			for name, content := range variants {
				report := look(content)
				if report.Sheet != tables[j] || report.Form != form.Code || report.Organisation != office || report.Period != period {
					t.Errorf("%s in %s, %s: read %s of %s for %s from the sheet %q", form.Code, language, name, report.Form, report.Organisation, report.Period, report.Sheet)
				}
				for _, finding := range report.Findings {
					switch finding.Code {
					case "sheet_further", "sheet_hidden", "row_hidden", "column_hidden", "formula_uncomputed":
						t.Errorf("%s in %s, %s: %s", form.Code, language, name, finding.Message.DE)
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d templates", seen)
	}
}
