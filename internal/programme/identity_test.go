package programme

import (
	"slices"
	"testing"

	"kipmonitor/internal/locale"
)

func TestADefinitionWithoutNamesOfItsOwnHasNeutralOnes(t *testing.T) {
	p, err := Load(files(t))
	if err != nil {
		t.Fatal(err)
	}
	if p.Title.FR != "Moniteur de l’intégration" || p.FileName != "monitor" || p.Short != (locale.Text{}) || p.CantonCode != "" || p.Finance != nil {
		t.Errorf("%+v, finance %v", p.Identity, p.Finance)
	}
	if unit := p.Unit(Deliveries); unit == nil || unit.Name.DE != "Lieferungen" {
		t.Errorf("the unit of deliveries is %v", unit)
	}
}

func TestWordsOfTheCantonAreRefusedInPasswords(t *testing.T) {
	p, err := Load(files(t, change{"programme.yaml", "canton: {de: Kanton, fr: Canton,", "password_words: [talstrasse]\ncanton: {de: Kanton Wald, fr: Canton de la Forêt,"}))
	if err != nil {
		t.Fatal(err)
	}
	words := p.OwnWords()
	for _, word := range []string{"wald", "forêt", "talstrasse"} {
		if !slices.Contains(words, word) {
			t.Errorf("%q is missing among %q", word, words)
		}
	}
	if slices.Contains(words, "de") {
		t.Error("«de» is refused")
	}
}
