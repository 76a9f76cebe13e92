package programme_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

var update = flag.Bool("update", false, "write docs/forms.md, docs/indicators.md and docs/rules.md anew")

// The lists of the documentation are made from the definition, so that they
// cannot say anything else.
func TestDocsListWhatTheDefinitionHas(t *testing.T) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"forms.md": formsPage(p), "indicators.md": indicatorsPage(p), "rules.md": rulesPage(p)} {
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

func rulesPage(p *programme.Programme) string {
	var out strings.Builder
	out.WriteString("# Plausibilitätsregeln\n\nWas geprüft wird, wenn ein Formular eintrifft, über die Regeln hinaus, die für jede Datei gelten ([files.md](files.md)).\n" +
		"Diese Seite wird aus `seed/rules/` erzeugt. Amtliche Regeln sind nicht veröffentlicht: alle sind ein Vorschlag, wo nichts anderes steht.\n\n" +
		"Eine Regel schweigt, wo eine ihrer Zahlen fehlt: Fehlendes ist nie null. Was eine Regel «nie meldet», ist ein Unterschied, der so klein ist, dass er nichts sagt. " +
		"Eine Datei wird nach den Regeln ihrer Periode geprüft.\n\n" +
		"| Art | verglichen wird |\n| --- | --- |\n" +
		"| Zeile | Zahlen derselben Gemeinde, Massnahme und Gliederung |\n" +
		"| Formulare | Totale der Datei (links) mit jenen eines anderen Formulars derselben Stelle und Periode (rechts), in welcher Reihenfolge sie auch eintreffen |\n" +
		"| Vorjahr | Totale mit jenen desselben Teils des Vorjahrs |\n" +
		"| Bevölkerung | Totale mit der Einwohnerzahl der Gemeinde, der Sozialregion oder des Kantons |\n" +
		"| Vergleich | Totale im Verhältnis zu Einwohnern oder zu einer anderen Zahl, mit jenen der Stellen derselben Art: modifizierter z-Wert aus Median und MAD × 1.4826, auffällig ab 3.5 (B. Iglewicz und D. Hoaglin, How to Detect and Handle Outliers, 1993) |\n")
	form := figure.Form("")
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.Form != form {
			form = r.Form
			fmt.Fprintf(&out, "\n## %s (`%s`)\n\n| Nr. | Art | Regel | Schwere | gilt | Status | Quelle |\n| --- | --- | --- | --- | --- | --- | --- |\n", p.Form(form).Name.DE, form)
		}
		severity := map[string]string{"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}[r.Severity]
		if r.Explain {
			severity += ", mit Begründung"
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s |\n", r.ID, ruleKinds[r.Kind], ruleWords(p, r), severity, ruleTime(r), r.Standing, r.Source)
	}
	return out.String()
}

var ruleKinds = map[programme.RuleKind]string{
	programme.RowRule: "Zeile", programme.FormsRule: "Formulare", programme.BeforeRule: "Vorjahr", programme.PopulationRule: "Bevölkerung", programme.PeersRule: "Vergleich",
}

func ruleTime(r *programme.Rule) string {
	switch {
	case r.From.Year != 0 && r.To.Year != 0:
		return "von " + r.From.String() + " bis " + r.To.String()
	case r.From.Year != 0:
		return "ab " + r.From.String()
	case r.To.Year != 0:
		return "bis " + r.To.String()
	}
	return "immer"
}

// ruleWords says a rule in words of the sender.
func ruleWords(p *programme.Programme, r *programme.Rule) string {
	name := func(id figure.KeyFigure) string { return "«" + p.KeyFigure(id).Name.DE + "»" }
	side := func(terms []programme.Term) string {
		var text strings.Builder
		for i, term := range terms {
			switch {
			case term.Factor < 0:
				text.WriteString(" − ")
			case i > 0:
				text.WriteString(" + ")
			}
			if factor := term.Factor.Abs(); factor != figure.Whole(1) {
				text.WriteString(factor.String() + " × ")
			}
			text.WriteString(name(term.KeyFigure))
		}
		return text.String()
	}
	var names []string
	for _, id := range r.Figures {
		names = append(names, name(id))
	}
	words := strings.Join(names, ", ")
	switch {
	case r.Kind == programme.PopulationRule:
		words += fmt.Sprintf(": höchstens %s auf 1000 Einwohner", r.High)
	case r.Kind == programme.PeersRule:
		per := "1000 Einwohner"
		if r.Per != "" {
			per = name(r.Per)
		}
		words += fmt.Sprintf(" je %s: z-Wert höchstens %s, bei einer Streuung von mindestens %s und wenigstens %d anderen Stellen", per, r.High, r.Spread, r.Peers)
	case r.Compare.Text == "":
		words += fmt.Sprintf(": das %s- bis %s-Fache des Vorjahrs", r.Low, r.High)
	default:
		words = side(r.Compare.Left) + map[string]string{"<=": " ≤ ", ">=": " ≥ ", "=": " = "}[r.Compare.Sign] + side(r.Compare.Right)
		if r.Kind == programme.FormsRule {
			words += " aus «" + p.Form(r.Other).Name.DE + "»"
		}
		if r.Kind == programme.BeforeRule {
			words += " des Vorjahrs"
		}
	}
	if r.Tolerance != 0 {
		words += fmt.Sprintf("; Toleranz %s %%", r.Tolerance*100)
	}
	if r.Least != 0 {
		words += fmt.Sprintf("; bis %s nie", r.Least)
	}
	return words
}
