package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

// stock answers questions from a few sums, as the store does from observations:
// it adds up what the question does not tell apart.
type stock []figure.Sum

func (g stock) Sums(_ context.Context, question figure.Question) ([]figure.Sum, error) {
	var answer []figure.Sum
	for _, one := range g {
		if !slices.Contains(question.Figures, one.KeyFigure) || !slices.Contains(question.Years, one.Period.Year) {
			continue
		}
		if question.By&figure.ByFurther == 0 {
			one.Further = ""
		}
		if question.By&figure.ByOrganisation == 0 {
			one.Organisation = ""
		}
		at := slices.IndexFunc(answer, func(s figure.Sum) bool {
			return s.KeyFigure == one.KeyFigure && s.Period == one.Period && s.Further == one.Further && s.Organisation == one.Organisation
		})
		if at < 0 {
			answer = append(answer, one)
			continue
		}
		answer[at].Value += one.Value
		answer[at].Given += one.Given
		answer[at].Missing += one.Missing
		answer[at].Provisional = answer[at].Provisional || one.Provisional
	}
	return answer, nil
}

func (g stock) Coverage(_ context.Context, years []figure.Year, _ time.Time) ([]figure.Coverage, error) {
	var all []figure.Coverage
	for _, year := range years {
		all = append(all, figure.Coverage{Form: "municipality_year", Year: year, Owed: 107, Delivered: 98, Accepted: 90, OnTime: 80},
			figure.Coverage{Form: "finance_year", Year: year, Owed: 1, Delivered: 1})
	}
	return all, nil
}

func (g stock) Version(context.Context) (string, error) { return "v42", nil }

func count(id figure.KeyFigure, year figure.Year, n int64) figure.Sum {
	return figure.Sum{KeyFigure: id, Period: figure.Period{Year: year}, Value: figure.Whole(n), Given: 98, Missing: 2, Organisations: 98, Parts: 1}
}

func francs(area, source, account figure.Code, amount string) figure.Sum {
	value, err := figure.ParseDecimal(amount)
	if err != nil {
		panic(err)
	}
	return figure.Sum{KeyFigure: "expenditure", Period: figure.Period{Year: 2025}, Organisation: "AGS", Value: value, Given: 1, Organisations: 1, Parts: 1,
		Further: figure.NewFurther(map[figure.Dimension]figure.Code{indicator.FundingArea: area, "source_of_funds": source, "account": account})}
}

var delivered = stock{
	count("arrivals", 2023, 5000), count("arrivals_informed", 2023, 4100),
	count("arrivals", 2025, 5200), count("arrivals_informed", 2025, 4800),
	francs("FB1", "ifk", "budget", "300000"), francs("FB1", "ifk", "actual", "312000.55"),
	francs("FB1", "canton", "actual", "280000"), francs("FB2", "ifk", "actual", "812000.45"),
	francs("FB2", "canton", "actual", "640000"), francs("FB2", "municipalities", "actual", "310000"),
	francs("FB2", "ip", "actual", "2410000.05"), francs("CROSS", "canton", "actual", "-5000"),
}

func build(t testing.TB, figures Figures, change func(*programme.Programme)) Report {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(p)
	}
	r, err := Build(context.Background(), figures, p, 2025, time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sheet(t testing.TB, r Report, code string) Sheet {
	t.Helper()
	at := slices.IndexFunc(r.Sheets, func(s Sheet) bool { return s.Code == code })
	if at < 0 {
		t.Fatalf("there is no sheet %s", code)
	}
	return r.Sheets[at]
}

func cell(t testing.TB, s Sheet, row, column string) disclosure.Cell {
	t.Helper()
	at := slices.IndexFunc(s.Table.Columns(), func(h disclosure.Header) bool { return h.Code == column })
	for _, r := range s.Table.Rows() {
		if r.Code == row && at >= 0 {
			return r.Cells[at]
		}
	}
	t.Fatalf("sheet %s has no cell %s %s", s.Code, row, column)
	return disclosure.Cell{}
}

func TestEachAreaHasASheetWithAllOfItsIndicators(t *testing.T) {
	r := build(t, delivered, nil)
	for i := range r.Programme.Areas {
		area := &r.Programme.Areas[i]
		s := sheet(t, r, string(area.Code))
		if got, want := len(s.Table.Rows()), len(r.Programme.IndicatorsOf(area.Code)); got != want {
			t.Errorf("%s: %d rows for %d indicators", area.Code, got, want)
		}
	}
}

func TestEverySheetHasAWordForEveryRow(t *testing.T) {
	for _, s := range build(t, delivered, nil).Sheets {
		for _, words := range append(append([]Words{}, s.Before...), s.After...) {
			if len(words.Cells) != len(s.Table.Rows()) {
				t.Errorf("%s: %d words in %s for %d rows", s.Code, len(words.Cells), words.Code, len(s.Table.Rows()))
			}
			for _, header := range words.Header.All() {
				if header == "" || strings.HasPrefix(header, "[") {
					t.Errorf("%s: the header of %s is %q", s.Code, words.Code, header)
				}
			}
		}
		for _, column := range s.Table.Columns() {
			for _, label := range column.Label.All() {
				if label == "" || strings.Contains(label, "[report.") || strings.Contains(label, "{") {
					t.Errorf("%s: the column %s is called %q", s.Code, column.Code, label)
				}
			}
		}
	}
}

func TestAnIndicatorStandsWithItsValueTargetAndGrade(t *testing.T) {
	s := sheet(t, build(t, delivered, nil), "FB1")
	// 4800 of 5200 were informed: 92.31 %, published as 92.3 %.
	if c := cell(t, s, "FB1-02", "value"); c.State != disclosure.Shown || c.Value.String() != "0.923" || c.Unit != figure.Percent {
		t.Errorf("value %+v", c)
	}
	if c := cell(t, s, "FB1-02", "baseline"); c.Value.String() != "0.82" {
		t.Errorf("baseline %+v", c)
	}
	if c := cell(t, s, "FB1-02", "completeness"); c.Value.String() != "0.916" {
		t.Errorf("completeness %+v", c)
	}
	at := slices.IndexFunc(s.Table.Rows(), func(r disclosure.Row) bool { return r.Code == "FB1-03" })
	grade := s.After[slices.IndexFunc(s.After, func(w Words) bool { return w.Code == "grade" })].Cells[at]
	if !strings.Contains(grade.DE, ": ") {
		t.Errorf("an indicator without figures says %q: the reason is missing", grade.DE)
	}
	standing := s.After[slices.IndexFunc(s.After, func(w Words) bool { return w.Code == "standing" })].Cells[at]
	if standing.DE != "Vorschlag" {
		t.Errorf("standing %q", standing.DE)
	}
}

func TestAKeyFigureIsCountedWithWhatIsMissingAndOwed(t *testing.T) {
	s := sheet(t, build(t, delivered, nil), "key_figures")
	for column, want := range map[string]string{"value": "5200", "given": "98", "missing": "2", "owed": "107", "delivered": "98"} {
		if c := cell(t, s, "arrivals", column); c.Value.String() != want {
			t.Errorf("%s is %s, want %s", column, c.Value, want)
		}
	}
	if c := cell(t, s, "federal_funds_opening", "value"); c.State != disclosure.Missing {
		t.Errorf("what nobody delivered is %+v", c)
	}
}

func TestThePartsOfTheFinanceGridAddUpInBothDirections(t *testing.T) {
	s := sheet(t, build(t, delivered, nil), "finance")
	columns := s.Table.Columns()
	across := map[string]figure.Decimal{}
	for _, row := range s.Table.Rows() {
		var actual figure.Decimal
		for i, c := range row.Cells {
			if strings.HasSuffix(columns[i].Code, "_actual") && !columns[i].Total {
				actual += c.Value
			}
		}
		if total := cell(t, s, row.Code, "total_actual"); total.Value != actual {
			t.Errorf("row %s: total %s, sum of its parts %s", row.Code, total.Value, actual)
		}
		if !row.Total {
			for i, c := range row.Cells {
				across[columns[i].Code] += c.Value
			}
		}
	}
	for code, sum := range across {
		if code == "deviation" {
			continue // where there is no budget there is no deviation
		}
		if total := cell(t, s, "total", code); total.Value != sum {
			t.Errorf("column %s: total %s, sum of its parts %s", code, total.Value, sum)
		}
	}
	if c := cell(t, s, "total", "total_actual"); c.Value.String() != "4759001.05" {
		t.Errorf("spending %s", c.Value)
	}
	if c := cell(t, s, "FB1", "deviation"); c.Value.String() != "292000.55" {
		t.Errorf("deviation of FB1 %s", c.Value)
	}
	if c := cell(t, s, "FB7", "ip_actual"); c.State != disclosure.Missing {
		t.Errorf("what nobody delivered is %+v", c)
	}
	if c := cell(t, s, "CROSS", "canton_actual"); c.Value.String() != "-5000" {
		t.Errorf("the row across the areas %+v", c)
	}
}

func TestTheProofOfCoFinancing(t *testing.T) {
	for _, c := range []struct {
		name       string
		figures    stock
		difference string
		verdict    string
	}{
		// 280000 + 640000 − 5000 + 310000 own, 312000.55 + 812000.45 federal.
		{"canton and municipalities carry more", delivered, "100999", "report.cofinancing_kept"},
		{"they carry the same", stock{francs("FB1", "ifk", "actual", "10.05"), francs("FB2", "canton", "actual", "4"), francs("FB3", "municipalities", "actual", "6.05")}, "0", "report.cofinancing_kept"},
		{"they carry a Rappen less", stock{francs("FB1", "ifk", "actual", "10.05"), francs("FB1", "canton", "actual", "10.04"), francs("FB1", "municipalities", "actual", "0")}, "-0.01", "report.cofinancing_broken"},
		{"what the municipalities carry is not known", stock{francs("FB1", "ifk", "actual", "10.05"), francs("FB1", "canton", "actual", "10.04")}, "", "report.cofinancing_unknown"},
		{"the canton alone carries enough", stock{francs("FB1", "ifk", "actual", "10"), francs("FB1", "canton", "actual", "10")}, "", "report.cofinancing_kept"},
		{"the budget alone proves nothing", stock{francs("FB1", "ifk", "budget", "10"), francs("FB1", "canton", "budget", "10")}, "", "report.cofinancing_unknown"},
		{"without own funds there is nothing to compare", stock{francs("FB1", "ifk", "actual", "10")}, "", "report.cofinancing_unknown"},
		{"the flat-rate payment needs no own funds", stock{francs("FB1", "ip", "actual", "900"), francs("FB1", "ifk", "actual", "5"), francs("FB1", "canton", "actual", "5"), francs("FB1", "municipalities", "actual", "0")}, "0", "report.cofinancing_kept"},
	} {
		s := sheet(t, build(t, c.figures, nil), "cofinancing")
		difference := cell(t, s, "difference", "chf")
		if (c.difference == "") != (difference.State != disclosure.Shown) || (c.difference != "" && difference.Value.String() != c.difference) {
			t.Errorf("%s: difference %+v", c.name, difference)
		}
		if s.Notes[0].DE != locale.German.Say(c.verdict, nil) {
			t.Errorf("%s: %s", c.name, s.Notes[0].DE)
		}
	}
}

// evil puts a formula into every text of the definition that gets into a report.
func evil(p *programme.Programme) {
	formula := locale.Text{DE: "=1+1", FR: "+1+1", IT: "-1+1", EN: "@SUM(A1)"}
	p.Name, p.Canton = formula, formula
	for i := range p.Areas {
		p.Areas[i].Name, p.Areas[i].Short, p.Areas[i].Number = formula, formula, ""
	}
	for i := range p.Indicators {
		p.Indicators[i].Name = formula
	}
	for i := range p.KeyFigures {
		p.KeyFigures[i].Name, p.KeyFigures[i].Definition = formula, formula
	}
}

func TestAWorkbookOfTheYear(t *testing.T) {
	r := build(t, delivered, nil)
	for _, language := range locale.Languages {
		var out bytes.Buffer
		if err := r.Write(&out, XLSX, language); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		sheets := file.GetSheetList()
		if len(sheets) != len(r.Sheets)+1 {
			t.Errorf("%s: sheets %q", language, sheets)
		}
		for _, name := range sheets {
			if len([]rune(name)) > 31 {
				t.Errorf("%s: Excel refuses the name %q", language, name)
			}
			rows, err := file.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(slices.Concat(rows...), "|"), language.Say("report.demo", nil)) {
				t.Errorf("%s: the sheet %s does not say that these are demo data", language, name)
			}
			page, err := file.GetSheetProps(name)
			if err != nil || page.FitToPage == nil || !*page.FitToPage {
				t.Errorf("%s: the sheet %s does not fit on the paper (%v)", language, name, err)
			}
			foot, err := file.GetHeaderFooter(name)
			if err != nil || !strings.Contains(foot.OddFooter, language.Say("report.demo", nil)) || !strings.Contains(foot.OddFooter, "2025") {
				t.Errorf("%s: the foot of a page of %s is %q (%v)", language, name, foot.OddFooter, err)
			}
			for _, text := range slices.Concat(rows...) {
				if strings.HasPrefix(text, "[") || strings.Contains(text, "{") {
					t.Errorf("%s: sheet %s says %q", language, name, text)
				}
			}
		}
		if language != locale.German {
			continue
		}
		find := func(sheet, text string) string {
			cells, err := file.SearchSheet(sheet, text)
			if err != nil || len(cells) == 0 {
				t.Fatalf("the sheet %s does not say %q (%v)", sheet, text, err)
			}
			return cells[0]
		}
		find("Titel", r.Programme.Fingerprint)
		find("Titel", "v42")
		find("Finanzraster", "Förderbereichsübergreifend")
		_, row, err := excelize.CellNameToCoordinates(find("FB1", "FB1-02"))
		if err != nil {
			t.Fatal(err)
		}
		at, err := excelize.CoordinatesToCellName(5, row) // code, name, unit, baseline, value
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := file.GetCellValue("FB1", at, excelize.Options{RawCellValue: true}); err != nil || raw != "0.923" {
			t.Errorf("%s holds %q (%v)", at, raw, err)
		}
		if shown, err := file.GetCellValue("FB1", at); err != nil || shown != "92.3%" {
			t.Errorf("%s shows %q (%v)", at, shown, err)
		}
	}
}

func TestNoTextOfAReportIsAFormula(t *testing.T) {
	r := build(t, delivered, evil)
	for _, language := range locale.Languages {
		var book, rows bytes.Buffer
		if err := r.Write(&book, XLSX, language); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(&book)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range file.GetSheetList() {
			all, err := file.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range all {
				for j := range row {
					at, err := excelize.CoordinatesToCellName(j+1, i+1)
					if err != nil {
						t.Fatal(err)
					}
					if formula, err := file.GetCellFormula(name, at); err != nil || formula != "" {
						t.Errorf("%s!%s is the formula %q (%v)", name, at, formula, err)
					}
				}
			}
		}
		if err := r.Write(&rows, CSV, language); err != nil {
			t.Fatal(err)
		}
		for _, row := range readCSV(t, rows.Bytes()) {
			for _, field := range row {
				if field == "" {
					continue
				}
				if _, err := figure.ParseDecimal(field); err != nil && strings.ContainsAny(field[:1], "=+-@\t\r") {
					t.Errorf("%s: %q in CSV is a formula", language, field)
				}
			}
		}
	}
}

func readCSV(t testing.TB, content []byte) [][]string {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))))
	reader.Comma = ';'
	rows, err := reader.ReadAll() // refuses rows of another length
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTheCSVHasARowForEveryFigureAndEveryText(t *testing.T) {
	r := build(t, delivered, nil)
	var out bytes.Buffer
	if err := r.Write(&out, CSV, locale.German); err != nil {
		t.Fatal(err)
	}
	rows := readCSV(t, out.Bytes())
	find := func(row, column string) []string {
		for _, line := range rows {
			if line[2] == row && line[4] == column {
				return line
			}
		}
		t.Fatalf("no line for %s %s", row, column)
		return nil
	}
	if line := find("FB1-02", "value"); line[0] != "2025" || line[1] != "FB1" || line[6] != "92.3" || line[7] != "percent" || line[8] != "shown" || line[11] != "true" {
		t.Errorf("%q", line)
	}
	if line := find("FB7", "ip_actual"); line[6] != "" || line[8] != "missing" || line[10] != "keine Angabe" {
		t.Errorf("%q", line)
	}
	if line := find("FB1-02", "standing"); line[8] != "text" || line[10] == "" {
		t.Errorf("%q", line)
	}
}

func TestTheJSONOfTheYear(t *testing.T) {
	r := build(t, delivered, nil)
	var out bytes.Buffer
	if err := r.Write(&out, JSON, locale.French); err != nil {
		t.Fatal(err)
	}
	var d document
	decoder := json.NewDecoder(&out)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		t.Fatal(err)
	}
	if d.Year != 2025 || !d.Demo || d.Data != "v42" || d.Definition != r.Programme.Fingerprint || d.Created != "2026-03-01T09:30:00Z" || len(d.Sheets) != len(r.Sheets) {
		t.Errorf("%+v", d)
	}
	row := d.Sheets[0].Rows[slices.IndexFunc(d.Sheets[0].Rows, func(r rowDocument) bool { return r.Code == "FB1-02" })]
	if c := row.Cells["value"]; c.Value == nil || c.Value.String() != "0.923" || c.Unit != figure.Percent || c.State != "shown" {
		t.Errorf("%+v", c)
	}
	if row.Words["standing"] != "proposition" {
		t.Errorf("words %q", row.Words)
	}
}

func TestAFormatThatDoesNotExistIsRefused(t *testing.T) {
	if err := build(t, delivered, nil).Write(&bytes.Buffer{}, "pdf", locale.German); err != ErrFormat {
		t.Errorf("got %v", err)
	}
}
