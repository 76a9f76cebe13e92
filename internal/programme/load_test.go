package programme

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"kipmonitor/internal/figure"
)

func small(t *testing.T, changes ...change) *Programme {
	t.Helper()
	p, err := Load(files(t, changes...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASmallDefinitionIsReadAsItIsWritten(t *testing.T) {
	p := small(t)
	informed := p.Indicator("FB1-02")
	want := []Term{{
		KeyFigure: "arrivals_informed",
		Filter:    map[figure.Dimension][]figure.Code{figure.Age: {"16-25"}},
		Factor:    figure.Decimal(5000),
	}}
	if !reflect.DeepEqual(informed.Numerator, want) {
		t.Errorf("numerator %+v, want %+v", informed.Numerator, want)
	}
	if factor := informed.Denominator[0].Factor; factor != figure.Whole(1) {
		t.Errorf("a term without a factor has the factor %s, want 1", factor)
	}
	if !p.Demo || p.FirstYear != 2024 || p.LastYear != 2027 || p.DataFrom != 2022 || p.Baseline != 2023 {
		t.Errorf("head %+v", p)
	}
	if baseline := p.Targets[0].Baseline; baseline == nil || *baseline != figure.Decimal(8800) {
		t.Errorf("baseline %v, want 0.88", baseline)
	}
	if p.Targets[1].Baseline != nil {
		t.Error("a target without a baseline has one")
	}
	if unit := p.Unit(figure.Percent); unit == nil || unit.Decimals != 1 {
		t.Errorf("the unit of shares is %+v", unit)
	}
	if also := p.MunicipalityLast(2581).Also; !slices.Equal(also, []string{"Olten SO", "Olten-Stadt"}) {
		t.Errorf("spellings %q", also)
	}
	if periodicity := p.Form("provider_quarter").Periodicity; periodicity != figure.Quarterly {
		t.Errorf("periodicity %s", periodicity)
	}
}

func TestEveryMunicipalityIsAnOrganisationForTheYearsItExists(t *testing.T) {
	p := small(t)
	merged := p.Organisation("G2456")
	if merged == nil || merged.Kind != MunicipalityOffice || merged.Municipality != 2456 || merged.To != 2023 {
		t.Fatalf("organisation %+v", merged)
	}
	if merged.Name.FR != "Commune de Lüterswil-Gächliwil" {
		t.Errorf("name %q", merged.Name.FR)
	}
	form := p.Form("municipality_year")
	if !p.Owes(merged, form, figure.Period{Year: 2023}) || p.Owes(merged, form, figure.Period{Year: 2024}) {
		t.Error("a merged municipality owes its last year and no later one")
	}
}

func TestAMunicipalityThatChangedItsNameIsOneOrganisation(t *testing.T) {
	for _, order := range []string{
		"2600,,Alt,Olten,,,2023,,\n2600,,Neu,Olten,,2024,,,\n",
		"2600,,Neu,Olten,,2024,,,\n2600,,Alt,Olten,,,2023,,\n",
	} {
		p := small(t, change{"municipalities.csv", "", order})
		office := p.Organisation("G2600")
		if office.From != 0 || office.To != 0 {
			t.Errorf("%q: exists from %d to %d, want without bounds", order, office.From, office.To)
		}
		if before, after := p.MunicipalityIn(2600, 2023).Name, p.MunicipalityIn(2600, 2024).Name; before != "Alt" || after != "Neu" {
			t.Errorf("%q: named %s in 2023 and %s in 2024", order, before, after)
		}
	}
}

func TestTheFingerprintChangesWithEveryFileAndWithNothingElse(t *testing.T) {
	first, second := small(t), small(t)
	if first.Fingerprint != second.Fingerprint || len(first.Fingerprint) != 64 {
		t.Fatalf("fingerprints %q and %q of the same files", first.Fingerprint, second.Fingerprint)
	}
	seen := map[string]string{first.Fingerprint: "nothing"}
	for file := range smallSet {
		addition := change{file, "", "# a comment\n"}
		if strings.HasSuffix(file, ".csv") {
			addition.new = "\n"
		}
		p := small(t, addition)
		if other, known := seen[p.Fingerprint]; known {
			t.Errorf("changing %s gives the fingerprint of changing %s", file, other)
		}
		seen[p.Fingerprint] = file
	}
	set := files(t)
	set["README.md"] = &fstest.MapFile{Data: []byte("words")}
	set["demo.yaml"] = &fstest.MapFile{Data: []byte("seed: 1")}
	if p, err := Load(set); err != nil || p.Fingerprint != first.Fingerprint {
		t.Errorf("a file that is not read changes the fingerprint (%v)", err)
	}
}

func TestFaultsOfSeveralFilesComeAtOnceInTheirOrder(t *testing.T) {
	_, err := Load(files(t,
		change{"measures.yaml", "area: FB1", "area: FB9"},
		change{"areas.yaml", "fr: Finances, it: Finanze, en: Finance}\n  short", "it: Finanze, en: Finance}\n  short"},
		change{"measures.yaml", "kind: specific", "kind: other"},
		change{"measures.yaml", "contracted: true", "contracted: perhaps"},
		change{"targets/fb1.yaml", "value: 0.92", `value: "0,92"`},
	))
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("error %v", err)
	}
	want := `faults in the programme definition:
areas.yaml:9: name: the text in fr is missing
measures.yaml:3: there is no area "FB9"
measures.yaml:5: kind: "other" is none of advice, gap, specific
measures.yaml:11: "perhaps" is neither true nor false
targets/fb1.yaml:2: "0,92" is not a number with at most four decimals`
	if faults.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", faults, want)
	}
}

func TestAMissingFileIsTheOnlyFaultReported(t *testing.T) {
	for file := range smallSet {
		if strings.HasPrefix(file, "forms/") {
			continue // the other form is still there
		}
		set := files(t)
		delete(set, file)
		p, err := Load(set)
		var faults Faults
		if p != nil || !errors.As(err, &faults) || len(faults) != 1 || !strings.HasSuffix(faults[0].Message, "there is no such file") {
			t.Errorf("without %s: %v", file, err)
		}
	}
}

func TestAFileThatNothingReadsIsAFault(t *testing.T) {
	for _, name := range []string{"targets.yaml", "form/provider.yaml", "indicators/fb2.yml", "indicators/old/fb1.yaml", "communes.csv"} {
		set := files(t)
		set[name] = &fstest.MapFile{Data: []byte("[]")}
		_, err := Load(set)
		want := Faults{{File: name, Message: "no part of the definition has this name, so that it would not be read"}}
		var faults Faults
		if !errors.As(err, &faults) || !slices.Equal(faults, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	names := slices.Sorted(maps.Keys(smallSet))
	for i, name := range names {
		f.Add(uint8(i), smallSet[name])
		for _, ugly := range []string{
			"", "[]", "- ", "a: &a {b: *a}", "- &a [*a]\n- *a", "---\n---\n", "- {<<: {code: x}}", "? [a]\n: b", "- !!binary x", "%YAML 9", "\xff\xfe",
			"- code: 1\n  code: 2", "- &x {code: FB1}\n- *x\n", "bfs_nr\n\"", "- {max: .inf}", "- numerator: [{factor: 99999999999999999999}]",
		} {
			f.Add(uint8(i), ugly)
		}
	}
	f.Add(uint8(slices.Index(names, "programme.yaml")), strings.ReplaceAll(smallSet["programme.yaml"], "2027", "65535"))
	f.Fuzz(func(t *testing.T, number uint8, content string) {
		set := files(t)
		set[names[int(number)%len(names)]] = &fstest.MapFile{Data: []byte(content)}
		p, err := Load(set)
		var faults Faults
		if (p == nil) != errors.As(err, &faults) {
			t.Fatalf("programme: %v, error: %v", p != nil, err)
		}
	})
}
