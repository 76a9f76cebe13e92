// Package demo writes the files that the organisations of a programme would have
// sent, in the many styles of Swiss offices, with gaps, corrections and mistakes,
// from invented totals and a fixed random seed: the same parameters give the same
// bytes. It works for any programme definition. What it writes is labelled as
// demo data.
package demo

import (
	"bytes"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/figure"
)

// Parameters are what the files are made from (seed/demo.yaml).
type Parameters struct {
	FirstYear     figure.Year                                  `yaml:"first_year"`
	LastPeriodEnd string                                       `yaml:"last_period_end"` // ISO date
	Random        uint64                                       `yaml:"random"`
	Missing       float64                                      `yaml:"missing"`
	Late          float64                                      `yaml:"late"`
	Corrected     float64                                      `yaml:"corrected"`
	Faulty        float64                                      `yaml:"faulty"`
	NotAccepted   float64                                      `yaml:"not_accepted"`
	Weights       map[figure.Dimension]map[figure.Code]float64 `yaml:"weights"`
	// Spread are the dimensions whose codes keep their share where a sheet is cut to its
	// heaviest lines.
	Spread  []figure.Dimension          `yaml:"spread"`
	Figures map[figure.KeyFigure]Figure `yaml:"figures"`
}

// Figure says how the values of a key figure are made, by one of three ways: a
// total of the canton spread over all rows, a share of another figure of the same
// row, or a flag, 1 in a share of the rows and 0 in the others.
type Figure struct {
	Total  []float64                          `yaml:"total"`
	Of     figure.KeyFigure                   `yaml:"of"`
	Share  []float64                          `yaml:"share"`
	Within figure.KeyFigure                   `yaml:"within"` // this and that one together never exceed Of
	Flag   []float64                          `yaml:"flag"`
	After  figure.KeyFigure                   `yaml:"after"` // the flag stands where that one ends
	Only   map[figure.Dimension][]figure.Code `yaml:"only"`  // missing elsewhere
}

// ReadParameters reads demo.yaml of a definition.
func ReadParameters(files fs.FS) (Parameters, error) {
	var p Parameters
	content, err := fs.ReadFile(files, "demo.yaml")
	if err != nil {
		return p, fmt.Errorf("parameters of the demo data: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); err != nil {
		return p, fmt.Errorf("demo.yaml: %w", err)
	}
	return p, nil
}

// in returns the entry of a year in a list that begins with the first year; the
// last entry stands for later years.
func (p Parameters) in(list []float64, year figure.Year) float64 {
	if len(list) == 0 || year < p.FirstYear {
		return 0
	}
	return list[min(int(year-p.FirstYear), len(list)-1)]
}
