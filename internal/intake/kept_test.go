package intake

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKeptFiguresAreThoseThatTheFileGivesWhenReadAgain(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		rows := records(random)
		for _, content := range []string{wide(rows), long(rows, random)} {
			report := check(t, content, Expect{})
			if !report.Accepted() {
				continue
			}
			keptOnes := slices.Clone(readAll(t, small(), []byte(content), report))
			report.plan.kept = kept{full: true}
			again := readAll(t, small(), []byte(content), report)
			if len(keptOnes) == 0 || !slices.Equal(keptOnes, again) {
				t.Fatalf("seed %d: %d kept, %d read again:\n%s\n%s", seed, len(keptOnes), len(again), shorts(keptOnes), shorts(again))
			}
		}
	}
}

func TestMoreFiguresThanAreKeptAreReadAgain(t *testing.T) {
	var k kept
	one := &row{number: 2, figures: make([]cellFigure, 1000)}
	for range maxKept / 1000 {
		k.add(one)
	}
	if k.full || len(k.blocks) != maxKept/keptBlock {
		t.Fatalf("%d blocks, full %v", len(k.blocks), k.full)
	}
	k.add(one)
	if !k.full || k.blocks != nil {
		t.Errorf("%d blocks are kept beyond the bound", len(k.blocks))
	}
}
