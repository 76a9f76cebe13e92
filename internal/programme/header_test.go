package programme

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestSpellingsThatMeanTheSameFoldToTheSame(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"capital letters", "ZUZÜGE", "zuzüge"},
		{"decomposed letters", norm.NFD.String("Zuzüge"), "Zuzüge"},
		{"umlauts written out", "Muemliswil", "Mümliswil"},
		{"stray and no-break blanks", "  BFS\u00a0 Nr ", "bfs nr"},
		{"underscores", "bfs_nr", "BFS Nr"},
		{"sharp s", "Maßnahme", "Massnahme"},
		{"dashes", "16–25", "16-25"},
		{"apostrophes", "classe d’âge", "Classe d'âge"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if Fold(c.a) != Fold(c.b) {
				t.Errorf("%q and %q", Fold(c.a), Fold(c.b))
			}
		})
	}
	if Fold("Männer") == Fold("Manner") {
		t.Error("ä is not a")
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Zuzüge", "T\u0308", "İ", "BFS_Nr.", "\u00a0", "ẞ", "a\xffb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once, twice := Fold(s), Fold(Fold(s)); once != twice {
			t.Errorf("%q folds to %q and then to %q", s, once, twice)
		}
	})
}

func TestAColumnIsKnownByEveryNameOfItsSubject(t *testing.T) {
	p := small(t,
		change{"keyfigures/fb1.yaml", "max: 5000", "also: [Zugezogene]"},
		change{"forms/municipality.yaml", "key_figure: arrivals,", "key_figure: arrivals, also: [Neue], name: {de: Neuzuzüge, fr: Nouveaux, it: Nuovi, en: Newcomers},"})
	form := p.Form("municipality_year")
	for _, c := range []struct {
		column int
		want   string
	}{
		{0, "Organisation|Organisation|Organizzazione|Organisation"},
		{2, "Gemeinde|Commune|Comune|Municipality"},
		{3, "Geschlecht|Sexe|Sesso|Sex|sex"},
		{5, "Neuzuzüge|Nouveaux|Nuovi|Newcomers|Neue|arrivals|Zuzüge|Arrivées|Arrivi|Arrivals|Zugezogene"},
	} {
		headers := p.Headers(&form.Columns[c.column])
		for _, want := range strings.Split(c.want, "|") {
			if !slices.Contains(headers, want) {
				t.Errorf("column %d: no header %q in %q", c.column+1, want, headers)
			}
		}
		if first, _, _ := strings.Cut(c.want, "|"); headers[0] != first {
			t.Errorf("column %d: the first header is %q, want %q", c.column+1, headers[0], first)
		}
	}
	if name := p.ColumnName(&form.Columns[6]); name.FR != "Personnes informées" {
		t.Errorf("a column without a name of its own is called %q", name.FR)
	}
}
