package workbook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

// whole is the definition that stands in the program, without its rules of
// plausibility: the figures of these tests are the same everywhere.
var whole = sync.OnceValue(func() *programme.Programme {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	plain := *p
	plain.Rules = nil
	return &plain
})

// owing lists, for each form that is owed for a year, one organisation of each kind
// and the first period.
func owing(year figure.Year) []Template {
	p := whole()
	var all []Template
	for i := range p.Forms {
		form := &p.Forms[i]
		seen := map[programme.OrganisationKind]bool{}
		for j := range p.Organisations {
			office := &p.Organisations[j]
			period := figure.Period{Year: year, Part: form.Periodicity.Parts()[0]}
			if !seen[office.Kind] && p.Owes(office, form, period) {
				seen[office.Kind] = true
				all = append(all, Template{Form: form.Code, Organisation: office.Code, Period: period})
			}
		}
	}
	return all
}

func written(t *testing.T, want Template) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteTemplate(&out, whole(), want); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func fileOf(name string, content []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(content)), Content: bytes.NewReader(content)}
}

// read checks a file and returns its report and observations.
func read(t *testing.T, file intake.File, expect intake.Expect) (intake.Report, []figure.Observation) {
	t.Helper()
	report, err := intake.Check(file, whole(), expect)
	if err != nil {
		t.Fatal(err)
	}
	var observations []figure.Observation
	if report.Accepted() {
		err = intake.Read(file, whole(), report, func(batch []figure.Observation) error {
			observations = append(observations, batch...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return report, observations
}

// found lists the findings of a report as they are read.
func found(report intake.Report) string {
	var all []string
	for _, finding := range report.Findings {
		all = append(all, fmt.Sprintf("%s [%s %v ×%d]", finding.In(locale.German), finding.Code, finding.Place, finding.Count))
	}
	return strings.Join(all, "\n")
}

// filled puts plausible figures into a template and returns what was put in: the
// totals, and parts that add up to them.
func filled(t *testing.T, want Template) (cells [][]string, put []figure.Observation) {
	t.Helper()
	p := whole()
	form, office := p.Form(want.Form), p.Organisation(want.Organisation)
	tpl := newTemplate(p, form, office, want)
	lines := tpl.lines
	if len(lines) == 0 {
		// The sender chooses from the lists; the last of each, so that all of them differ.
		k := key{}
		further := map[figure.Dimension]figure.Code{}
		for i := range tpl.columns {
			c := &tpl.columns[i]
			if !c.key() || !c.Required {
				continue
			}
			last := c.choices[len(c.choices)-1]
			k.municipality, k.measure = max(k.municipality, last.municipality), max(k.measure, last.measure)
			if c.Role == programme.DimensionColumn {
				further[c.Dimension] = last.code
			}
		}
		k.further = figure.NewFurther(further)
		lines = []line{{key: k}}
	}
	for n, l := range lines {
		row := make([]string, len(tpl.columns))
		for i := range tpl.columns {
			c := &tpl.columns[i]
			if c.Role != programme.FigureColumn {
				row[i] = c.text(l.key)
				continue
			}
			const parts = 3 * 5 * 7 // of sex, age and status
			value := figure.Whole(parts)
			for name, code := range map[figure.Dimension]figure.Code{figure.Sex: l.sex, figure.Age: l.age, figure.Status: l.status} {
				if code != "" {
					value /= figure.Decimal(len(p.Dimension(name).Codes))
				}
			}
			for k := c.figure; k != nil; k = p.KeyFigure(k.PartOf) {
				if k.Max > 0 && k.Max < figure.Whole(parts) {
					value = figure.Whole(1)
				}
			}
			row[i] = value.String()
			put = append(put, figure.Observation{Cell: figure.Cell{Row: uint32(n)}, Municipality: l.municipality, Measure: l.measure,
				Sex: l.sex, Age: l.age, Status: l.status, Further: l.further, KeyFigure: c.KeyFigure, Value: value})
		}
		cells = append(cells, row)
	}
	return cells, put
}

// same compares what was put in with what was read, whatever the place.
func same(t *testing.T, put, got []figure.Observation) {
	t.Helper()
	sorted := func(all []figure.Observation) []string {
		var texts []string
		for _, o := range all {
			o.Cell, o.Margins = figure.Cell{}, 0
			texts = append(texts, fmt.Sprint(o))
		}
		slices.Sort(texts)
		return texts
	}
	if a, b := sorted(put), sorted(got); !slices.Equal(a, b) {
		t.Errorf("put in:\n%s\nread:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

func parseCSV(t *testing.T, content []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(content, []byte("\xEF\xBB\xBF"))
	if !marked {
		t.Error("no byte order mark: Excel would not know UTF-8")
	}
	if bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n")) {
		t.Error("lines do not end with CRLF")
	}
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// headerRow finds the header of a template among its rows, from 0.
func headerRow(t *testing.T, rows [][]string) int {
	t.Helper()
	const titles = 7 // form, purpose, organisation, period, version, hint, explanations
	if len(rows) <= titles {
		t.Fatalf("%d rows, the header should be the eighth", len(rows))
	}
	return titles
}

func TestEveryFilledTemplateIsReadAsItWasFilledIn(t *testing.T) {
	for n, want := range owing(2025) {
		for l, language := range locale.Languages {
			want.Language = language
			name := fmt.Sprintf("%s of %s in %s", want.Form, want.Organisation, want.Language)
			cells, put := filled(t, want)
			check := func(t *testing.T, file intake.File) {
				for _, expect := range []intake.Expect{{}, {Form: want.Form, Organisation: want.Organisation, Period: want.Period}} {
					report, got := read(t, file, expect)
					if !report.Accepted() || len(report.Findings) > 0 || report.Form != want.Form || report.Organisation != want.Organisation || report.Period != want.Period {
						t.Fatalf("%s of %s for %s:\n%s", report.Form, report.Organisation, report.PeriodText, found(report))
					}
					same(t, put, got)
				}
			}
			t.Run(name+" as CSV", func(t *testing.T) {
				want.Format = CSV
				rows := parseCSV(t, written(t, want))
				rows = append(rows[:headerRow(t, rows)+1:headerRow(t, rows)+1], cells...)
				var out bytes.Buffer
				file := csv.NewWriter(&out)
				file.Comma = ';'
				if err := file.WriteAll(rows); err != nil {
					t.Fatal(err)
				}
				check(t, fileOf("vorlage.csv", out.Bytes()))
			})
			if l > 0 && l != n%4 {
				continue // each in German and one more language: the texts are those of the CSV
			}
			t.Run(name+" as XLSX", func(t *testing.T) {
				want.Format = XLSX
				file := open(t, written(t, want))
				sheet := file.GetSheetName(0)
				for i, row := range cells {
					for j, text := range row {
						cell, _ := excelize.CoordinatesToCellName(j+1, i+9)
						var value any = text
						if number, err := strconv.ParseFloat(text, 64); err == nil {
							value = number
						}
						if err := file.SetCellValue(sheet, cell, value); err != nil {
							t.Fatal(err)
						}
					}
				}
				check(t, fileOf("vorlage.xlsx", saved(t, file)))
			})
		}
	}
}

func TestAnEmptyTemplateIsRefusedWithAPlainReasonAlone(t *testing.T) {
	for _, want := range owing(2025) {
		want.Language = locale.German
		for _, want.Format = range []Format{CSV, XLSX} {
			report, _ := read(t, fileOf("vorlage."+string(want.Format), written(t, want)), intake.Expect{})
			for _, finding := range report.Findings {
				if !slices.Contains([]string{"no_rows", "no_figures", "figure_empty"}, finding.Code) {
					t.Errorf("%s of %s as %s: %s", want.Form, want.Organisation, want.Format, found(report))
				}
			}
			if report.Count(intake.Error) != 1 {
				t.Errorf("%s of %s as %s: want one error:\n%s", want.Form, want.Organisation, want.Format, found(report))
			}
		}
	}
}

func TestTemplatesAreTheSameBytesEachTime(t *testing.T) {
	for _, format := range []Format{XLSX, CSV} {
		want := Template{Form: "social_region_year", Organisation: firstOf(programme.SocialRegion), Period: figure.Period{Year: 2025}, Language: locale.French, Format: format}
		if !bytes.Equal(written(t, want), written(t, want)) {
			t.Errorf("two %s templates differ", format)
		}
	}
}

func firstOf(kind programme.OrganisationKind) figure.Organisation {
	for _, o := range whole().Organisations {
		if o.Kind == kind {
			return o.Code
		}
	}
	panic("no organisation of kind " + kind)
}

func open(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func TestTheWorkbookOffersItsListsAndChecksFigures(t *testing.T) {
	for _, want := range owing(2025) {
		want.Language, want.Format = locale.German, XLSX
		t.Run(fmt.Sprintf("%s of %s", want.Form, want.Organisation), func(t *testing.T) {
			file := open(t, written(t, want))
			if got := file.GetSheetList(); !slices.Equal(got, []string{"Daten", "Hilfe", "Codes"}) {
				t.Fatalf("sheets %v", got)
			}
			rows, err := file.GetRows("Daten")
			if err != nil {
				t.Fatal(err)
			}
			header := rows[headerRow(t, rows)]
			validations, err := file.GetDataValidations("Daten")
			if err != nil {
				t.Fatal(err)
			}
			tpl := newTemplate(whole(), whole().Form(want.Form), whole().Organisation(want.Organisation), want)
			for i := range tpl.columns {
				c := &tpl.columns[i]
				if header[i] != c.header {
					t.Errorf("column %d is headed %q, want %q", i+1, header[i], c.header)
				}
				if c.Role == programme.NoteColumn {
					continue
				}
				name, _ := excelize.ColumnNumberToName(i + 1)
				at := slices.IndexFunc(validations, func(v *excelize.DataValidation) bool { return v.Sqref == name+"9:"+name+"1008" })
				if at < 0 {
					t.Errorf("nothing is checked in column %s", name)
					continue
				}
				v := validations[at]
				if v.Prompt == nil || *v.Prompt == "" || len([]rune(*v.Prompt)) > 255 || len([]rune(*v.PromptTitle)) > 32 || len([]rune(*v.Error)) > 255 {
					t.Errorf("column %s: Excel takes no such explanation: %v", name, v.Prompt)
				}
				if c.Role == programme.FigureColumn {
					if kind := map[bool]string{true: "whole", false: "decimal"}[c.unit.Whole]; v.Type != kind {
						t.Errorf("column %s: %q is checked, want %q", name, v.Type, kind)
					}
					continue
				}
				if offered := list(t, file, v.Formula1); len(offered) != len(c.choices) || offered[0] != c.choices[0].text {
					t.Errorf("column %s offers %q from %s", name, offered, v.Formula1)
				}
			}
		})
	}
}

// list reads what a drop-down list offers.
func list(t *testing.T, file *excelize.File, formula string) []string {
	t.Helper()
	sheet, area, _ := strings.Cut(strings.TrimPrefix(formula, "'"), "'!")
	from, to, _ := strings.Cut(strings.ReplaceAll(area, "$", ""), ":")
	column, first, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		t.Fatalf("%s: %v", formula, err)
	}
	_, last, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		t.Fatalf("%s: %v", formula, err)
	}
	var texts []string
	for row := first; row <= last; row++ {
		cell, _ := excelize.CoordinatesToCellName(column, row)
		text, err := file.GetCellValue(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// Every text that a list offers must be read as the code it stands for.
func TestEveryChoiceIsReadAsWhatItMeans(t *testing.T) {
	for _, want := range owing(2025) {
		for _, want.Language = range locale.Languages {
			tpl := newTemplate(whole(), whole().Form(want.Form), whole().Organisation(want.Organisation), want)
			for i := range tpl.columns {
				seen := map[string]bool{}
				for _, choice := range tpl.columns[i].choices {
					if choice.text == "" || seen[choice.text] {
						t.Errorf("%s in %s: %s offers %q twice", want.Form, want.Language, tpl.columns[i].header, choice.text)
					}
					seen[choice.text] = true
				}
			}
		}
	}
}

func TestFiguresOfAnEarlierPeriodStandWhereTheyBelong(t *testing.T) {
	want := Template{Form: "municipality_year", Organisation: "G2546", Period: figure.Period{Year: 2025}, Language: locale.German, Format: CSV,
		Values: []figure.Observation{
			{Municipality: 2546, KeyFigure: "arrivals", Value: figure.Whole(520)},
			{Municipality: 2546, KeyFigure: "arrivals_informed", Mark: figure.NotApplicable},
			{Municipality: 2546, KeyFigure: "first_talks", Mark: figure.Missing},
			{Municipality: 2546, Sex: "w", Status: "VA", KeyFigure: "arrivals", Value: figure.Whole(12)},
			{Municipality: 2601, KeyFigure: "arrivals", Value: figure.Whole(99)},             // of another municipality
			{Municipality: 2546, KeyFigure: "children_surveyed", Value: figure.Whole(99)},    // of another form
			{Municipality: 2546, Sex: "old", KeyFigure: "arrivals", Value: figure.Whole(99)}, // a code that is no more
		}}
	rows := parseCSV(t, written(t, want))
	at := headerRow(t, rows)
	if got := strings.Join(rows[at+1][:8], "|"); got != "Grenchen|Total|Total|Total|520|entfällt||" {
		t.Errorf("the total is %s", got)
	}
	if got := strings.Join(rows[len(rows)-1][:6], "|"); got != "Grenchen|weiblich|Total|Vorläufig Aufgenommene|12|" {
		t.Errorf("the row added is %s", got)
	}
	if !strings.Contains(rows[5][0], "früheren Periode") {
		t.Errorf("nothing says that the figures are old: %s", rows[5][0])
	}
	for _, row := range rows {
		if slices.Contains(row, "99") {
			t.Errorf("a figure that has no place here stands in %v", row)
		}
	}
	want.Format = XLSX
	file := open(t, written(t, want))
	if kind, _ := file.GetCellType("Daten", "E9"); kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
		t.Errorf("the figure is of type %v, no number", kind)
	}
	if value, _ := file.GetCellValue("Daten", "E9"); value != "520" {
		t.Errorf("the figure is %q", value)
	}
}

func TestWhoOwesAFormNotGetsNoTemplateOfIt(t *testing.T) {
	good := Template{Form: "municipality_year", Organisation: "G2546", Period: figure.Period{Year: 2025}, Language: locale.German, Format: CSV}
	for code, change := range map[string]func(*Template){
		"template_form":         func(w *Template) { w.Form = "nonsense" },
		"template_organisation": func(w *Template) { w.Organisation = "NOBODY" },
		"template_format":       func(w *Template) { w.Format = "pdf" },
		"template_not_owed":     func(w *Template) { w.Period.Part = figure.FirstHalf },
	} {
		want := good
		change(&want)
		var said *problem.Error
		if err := WriteTemplate(io.Discard, whole(), want); !errors.As(err, &said) || said.Code != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}
