package programme

import "testing"

// grid makes the small set's spending one that the finance grid can be made of.
var grid = []change{
	{"dimensions.yaml", "", `- name: who
  title: {de: a, fr: b, it: c, en: d}
  codes:
    - {code: etat, name: {de: Staat, fr: État, it: Stato, en: State}}
    - {code: commune, name: {de: Gemeinde, fr: Commune, it: Comune, en: Municipality}}
    - {code: bund, name: {de: Bund, fr: Confédération, it: Confederazione, en: Confederation}}
- name: kind
  title: {de: Art, fr: Genre, it: Genere, en: Kind}
  codes:
    - {code: prevu, name: {de: Budget, fr: Budget, it: Preventivo, en: Budget}}
    - {code: reel, name: {de: Rechnung, fr: Comptes, it: Consuntivo, en: Actual}}
`},
	{"forms/provider.yaml", "  - {role: dimension, dimension: level, required: true}\n", "  - {role: dimension, dimension: level, required: true}\n  - {role: dimension, dimension: who, required: true}\n  - {role: dimension, dimension: kind, required: true}\n"},
}

const named = "finance:\n  spending: spending\n  area: level\n  source: who\n  account: kind\n  budget: prevu\n  actual: reel\n"

func TestTheFinanceGridHasTheNamesOfTheDefinition(t *testing.T) {
	p, err := Load(files(t, append(grid, change{"programme.yaml", "demo: true\n", named})...))
	if err != nil {
		t.Fatal(err)
	}
	f := p.Finance
	if f == nil || f.Account != "kind" || f.Budget != "prevu" || f.Actual != "reel" || f.Unit != "chf" || f.Proves() {
		t.Errorf("%+v", f)
	}
	proof := "  federal_credit: bund\n  canton: etat\n  municipalities: commune\n  rule: {de: a, fr: b, it: c, en: d}\n"
	p, err = Load(files(t, append(grid, change{"programme.yaml", "demo: true\n", named + proof})...))
	if err != nil {
		t.Fatal(err)
	}
	if !p.Finance.Proves() {
		t.Error("nothing is proved, although the three sources are named")
	}
}
