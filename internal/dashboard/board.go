// Package dashboard turns a board, written as YAML, into filled panels: it asks
// the store for the figures that the panels need, computes the indicators, and
// hands out texts, protected tables and charts. It knows nothing of HTML.
package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Kind is what a panel shows.
type Kind string

// The kinds of panels.
const (
	Areas      Kind = "areas"      // a card for each funding area
	Attainment Kind = "attainment" // chart: share of indicators on track, by area
	Indicators Kind = "indicators" // table of indicators: those named, or all of the area
	Trends     Kind = "trends"     // charts: indicators over the years with target path
	Money      Kind = "money"      // budget, spending and co-financing
	Coverage   Kind = "coverage"   // chart: deliveries received of those owed, by form
	Measures   Kind = "measures"   // table of the measures
	Gaps       Kind = "gaps"       // list: indicators that miss their target
)

var kinds = []Kind{Areas, Attainment, Indicators, Trends, Money, Coverage, Measures, Gaps}

// panel is a panel as it stands in the YAML.
type panel struct {
	ID         string      `yaml:"id"`
	Kind       Kind        `yaml:"kind"`
	Wide       bool        `yaml:"wide"` // over the whole width of the page
	Title      locale.Text `yaml:"title"`
	Intro      locale.Text `yaml:"intro"`
	Indicators []string    `yaml:"indicators"` // of kinds indicators and trends
	Limit      int         `yaml:"limit"`      // of kinds trends and gaps; 0 for all
}

type board struct {
	Panels []panel `yaml:"panels"`
}

// Boards are the boards of the program. Make them with Load.
type Boards struct {
	overview, area board
	// Fingerprint is the SHA-256 of the files, in hex.
	Fingerprint string
}

// Load reads overview.yaml and area.yaml and checks them against the programme.
// All faults come at once, each with its file.
func Load(files fs.FS, p *programme.Programme) (*Boards, error) {
	hash := sha256.New()
	var boards Boards
	var faults []error
	for name, target := range map[string]*board{"overview.yaml": &boards.overview, "area.yaml": &boards.area} {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("board: %w", err))
			continue
		}
		decoder := yaml.NewDecoder(bytes.NewReader(content))
		decoder.KnownFields(true)
		if err := decoder.Decode(target); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		faults = append(faults, target.check(name, p)...)
	}
	for _, name := range []string{"area.yaml", "overview.yaml"} {
		content, _ := fs.ReadFile(files, name)
		fmt.Fprintf(hash, "%s %d\n", name, len(content))
		hash.Write(content)
	}
	boards.Fingerprint = hex.EncodeToString(hash.Sum(nil))
	return &boards, errors.Join(faults...)
}

func (b board) check(file string, p *programme.Programme) []error {
	var faults []error
	seen := map[string]bool{}
	for i, panel := range b.Panels {
		fault := func(format string, args ...any) {
			faults = append(faults, fmt.Errorf("%s: panel %d (%s): %s", file, i+1, panel.ID, fmt.Sprintf(format, args...)))
		}
		if panel.ID == "" || seen[panel.ID] {
			fault("want an id of its own")
		}
		seen[panel.ID] = true
		titles := panel.Title.All()
		if !slices.Contains(kinds, panel.Kind) {
			fault("no kind %q; there are %v", panel.Kind, kinds)
		}
		if slices.Contains(titles[:], "") {
			fault("the title is missing in a language")
		}
		for _, id := range panel.Indicators {
			if p.Indicator(id) == nil {
				fault("no indicator %q", id)
			}
		}
	}
	return faults
}
