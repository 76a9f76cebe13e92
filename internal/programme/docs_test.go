package programme_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

var update = flag.Bool("update", false, "write docs/forms.md and docs/indicators.md anew")

// The two lists of the documentation are made from the definition, so that they
// cannot say anything else.
func TestDocsListWhatTheDefinitionHas(t *testing.T) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"forms.md": formsPage(p), "indicators.md": indicatorsPage(p)} {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("docs/%s is not of today: go test ./internal/programme -run Docs -update (%v)", name, err)
		}
	}
}

func formsPage(p *programme.Programme) string {
	var out strings.Builder
	out.WriteString("# Formulare\n\nWer liefert was, wie oft und bis wann. Diese Seite wird aus `seed/forms/` erzeugt.\n" +
		"Die Formulare sind ein Vorschlag; amtliche Raster sind nicht veröffentlicht.\n")
	for i := range p.Forms {
		form := &p.Forms[i]
		fmt.Fprintf(&out, "\n## %s (`%s`)\n\n%s\n\n", form.Name.DE, form.Code, form.Purpose.DE)
		fmt.Fprintf(&out, "Periodizität: %s · ab %d · Frist: %d Tage nach Ende der Periode · geschuldet von: %s\n\n", form.Periodicity, form.From, form.DueDays, owers(form))
		out.WriteString("| Spalte | Inhalt | nötig |\n| --- | --- | --- |\n")
		for j := range form.Columns {
			column := &form.Columns[j]
			content := string(column.Role)
			switch column.Role {
			case programme.FigureColumn:
				content = p.KeyFigure(column.KeyFigure).Definition.DE
			case programme.DimensionColumn:
				var codes []string
				for _, code := range p.Dimension(column.Dimension).Codes {
					codes = append(codes, "`"+string(code.Code)+"` "+code.Name.DE)
				}
				content = strings.Join(codes, ", ")
			}
			needed := "wenn bekannt"
			if column.Required {
				needed = "ja"
			}
			fmt.Fprintf(&out, "| %s | %s | %s |\n", p.ColumnName(column).DE, content, needed)
		}
	}
	return out.String()
}

func owers(form *programme.Form) string {
	var all []string
	for _, kind := range form.OwedBy.Kinds {
		all = append(all, string(kind))
	}
	for _, code := range form.OwedBy.Organisations {
		all = append(all, string(code))
	}
	for _, area := range form.OwedBy.MeasureAreas {
		all = append(all, "Verantwortliche von Massnahmen in "+string(area))
	}
	return strings.Join(all, ", ")
}

func indicatorsPage(p *programme.Programme) string {
	var out strings.Builder
	out.WriteString("# Indikatoren\n\nDiese Seite wird aus `seed/indicators/` erzeugt. Was kein Gesetz und keine Vorgabe ist, ist ein Vorschlag.\n" +
		"Quellen: [sources.md](sources.md).\n")
	for _, area := range p.Areas {
		fmt.Fprintf(&out, "\n## %s %s\n\n| Nr. | Name | Definition | Einheit | Art | Richtung | gegliedert nach | Status | Quelle |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n", area.Number, area.Name.DE)
		for _, i := range p.IndicatorsOf(area.Code) {
			var dimensions []string
			for _, name := range i.Dimensions {
				dimensions = append(dimensions, p.Dimension(name).Title.DE)
			}
			slices.Sort(dimensions)
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", i.ID, i.Name.DE, i.Definition.DE, p.Unit(i.Unit).Name.DE, i.Kind, i.Direction,
				strings.Join(dimensions, ", "), i.Standing, i.Source)
		}
	}
	return out.String()
}
