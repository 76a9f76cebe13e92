package programme_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func embedded(t *testing.T) *programme.Programme {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheDefinitionInTheProgramHasNoFault(t *testing.T) {
	p := embedded(t)
	if len(p.Indicators) != 68 {
		t.Errorf("%d indicators, want the 68 of the catalogue", len(p.Indicators))
	}
	funding := 0
	for _, area := range p.Areas {
		if area.Funding {
			funding++
			if len(area.Predecessor) == 0 {
				t.Errorf("%s has no predecessor, so that no series can start before 2024", area.Code)
			}
		}
	}
	if funding != 7 {
		t.Errorf("%d funding areas, want 7", funding)
	}
	if !p.Demo {
		t.Error("regions, organisations and measures are assumed, and the definition does not say so")
	}
}

// The counts of each year and the mergers, from two independent sources; see
// seed/README.md.
func TestTheMunicipalitiesOfEveryYearAreThere(t *testing.T) {
	p := embedded(t)
	for year, want := range map[figure.Year]int{2022: 107, 2023: 107, 2024: 106, 2025: 106, 2026: 104, 2027: 104} {
		if got := len(p.MunicipalitiesIn(year)); got != want {
			t.Errorf("%d municipalities in %d, want %d", got, year, want)
		}
	}
	for merged, want := range map[figure.Municipality]figure.Municipality{2456: 2465, 2520: 2525, 2529: 2525} {
		if got := p.Successor(merged, 2026); got != want {
			t.Errorf("in 2026 %d stands for %d, want %d", got, merged, want)
		}
	}
	if got := len(p.Districts()); got != 10 {
		t.Errorf("%d districts, want 10", got)
	}
	total := 0
	for _, m := range p.MunicipalitiesIn(2022) {
		population, ok := p.PopulationOf(m.Number, 2022)
		if !ok || population.Year != 2022 {
			t.Errorf("no population of %s in 2022", m.Name)
		}
		total += population.Total
	}
	if total != 282_408 {
		t.Errorf("the canton has %d inhabitants in 2022, want 282408", total)
	}
}

func TestEverySocialRegionHasMunicipalitiesAndAnOrganisation(t *testing.T) {
	p := embedded(t)
	if len(p.Regions) != 13 {
		t.Errorf("%d social regions, want 13", len(p.Regions))
	}
	municipalities, offices := map[string]int{}, map[string]int{}
	for _, m := range p.Municipalities {
		municipalities[m.Region]++
		if successor := p.MunicipalityLast(p.Successor(m.Number, 2027)); successor.Region != m.Region {
			t.Errorf("%s lies in %s, and its successor in %s", m.Name, m.Region, successor.Region)
		}
	}
	for _, o := range p.Organisations {
		if o.Kind == programme.SocialRegion {
			offices[o.Region]++
		}
	}
	for _, region := range p.Regions {
		if municipalities[region.Code] == 0 || offices[region.Code] != 1 {
			t.Errorf("%s has %d municipalities and %d organisations", region.Code, municipalities[region.Code], offices[region.Code])
		}
	}
	if municipalities[""] > 0 {
		t.Errorf("%d municipalities have no region", municipalities[""])
	}
}

func TestTheDefinitionIsSpeltTheSwissWay(t *testing.T) {
	err := fs.WalkDir(seed.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(seed.Files, name)
		if err != nil {
			return err
		}
		for number, line := range strings.Split(string(content), "\n") {
			// Other spellings of headers and codes are what senders write.
			if strings.ContainsAny(line, "ß„") && !strings.Contains(line, "also:") {
				t.Errorf("%s:%d: ss and «» are wanted: %s", name, number+1, line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The worked example of the documentation is what people copy: it must load.
func TestTheWorkedExampleOfTheDocumentationLoads(t *testing.T) {
	text, err := os.ReadFile("../../docs/programme.md")
	if err != nil {
		t.Fatal(err)
	}
	set := fstest.MapFS{}
	err = fs.WalkDir(seed.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(seed.Files, name)
		set[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n# (\\S+)\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	for _, block := range blocks {
		name, addition := block[1], block[2]
		if file := set[name]; file != nil {
			addition = string(file.Data) + "\n" + addition
		}
		set[name] = &fstest.MapFile{Data: []byte(addition)}
	}
	p, err := programme.Load(set)
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) != 4 || p.Indicator("FB5-08") == nil || p.Form("mentoring_year") == nil {
		t.Errorf("%d examples were read, and the indicator and the form of them are not all there", len(blocks))
	}
}

func TestEverySourceThatTheDefinitionNamesIsListed(t *testing.T) {
	listed, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	number := regexp.MustCompile(`\bS[0-9]+`)
	for _, line := range strings.Split(string(listed), "\n") {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			for _, tag := range number.FindAllString(cells[1], -1) {
				known[tag] = true
			}
		}
	}
	tags := regexp.MustCompile(`\[(S[0-9]+)[a-z]?\]`)
	err = fs.WalkDir(seed.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(seed.Files, name)
		for _, tag := range tags.FindAllStringSubmatch(string(content), -1) {
			if !known[tag[1]] {
				t.Errorf("%s: %s stands in docs/sources.md nowhere", name, tag[0])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheSeedHasEveryFigureThatTheProgramComputes(t *testing.T) {
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range programme.ComputedFigures {
		if k := p.KeyFigure(id); k == nil || !k.System {
			t.Errorf("%s is not there, or not marked system: true", id)
		}
	}
}
