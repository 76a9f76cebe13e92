package locale

import "testing"

func TestDeGoesTogetherWithTheNameThatFollows(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"Olten", "d’Olten"},
		{"Egerkingen", "d’Egerkingen"},
		{"Oensingen", "d’Oensingen"},
		{"Aedermannsdorf", "d’Aedermannsdorf"},
		{"Ärgernis", "d’Ärgernis"},
		{"Échallens", "d’Échallens"},
		{"Yverdon-les-Bains", "d’Yverdon-les-Bains"},
		{"Yens", "de Yens"}, // y before a vowel
		{"Hägendorf", "de Hägendorf"},
		{"Hauenstein-Ifenthal", "de Hauenstein-Ifenthal"},
		{"Grenchen", "de Grenchen"},
		{"Welschenrohr-Gänsbrunnen", "de Welschenrohr-Gänsbrunnen"},
		{"Le Locle", "du Locle"},
		{"Les Verrières", "des Verrières"},
		{"La Chaux-de-Fonds", "de La Chaux-de-Fonds"},
		{"L’Abbaye", "de L’Abbaye"},
		{"Lesens", "de Lesens"},
		{"2025", "de 2025"},
		{"11", "de 11"},
		{"«Olten»", "de «Olten»"},
		{"O", "de O"},
		{"", "de "},
	} {
		said := Text{DE: "Gemeinde {name}", FR: "Commune {de:name}"}
		if got := French.Fill(said, Args{"name": c.name}); got != "Commune "+c.want {
			t.Errorf("%q: %q, want %q", c.name, got, c.want)
		}
	}
}
