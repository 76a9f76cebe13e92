package store

import (
	"github.com/cespare/xxhash/v2"

	"kipmonitor/internal/figure"
)

// Digest is the checksum of a submission's figures: how many there are, and a sum over
// all of them in which each stands with its cell, whatever their order. It wraps at 64
// bits. The engine works out the same (query/broken_submissions.sql), so that what it
// holds can be compared with what was acknowledged. The zero Digest is that of no
// figures.
type Digest struct {
	Rows uint64
	Sum  uint64
}

// The odd factors keep columns apart that hold the same code.
const (
	measureFactor      = 3
	sexFactor          = 5
	ageFactor          = 7
	statusFactor       = 11
	furtherFactor      = 13
	sheetFactor        = 17
	municipalityFactor = 19
	marginsFactor      = 23
	markFactor         = 29
	valueFactor        = 31
)

// Add adds figures.
func (d *Digest) Add(observations []figure.Observation) {
	for i := range observations {
		o := &observations[i]
		d.add(o, xxhash.Sum64String(string(o.KeyFigure))+measureFactor*xxhash.Sum64String(string(o.Measure))+
			sexFactor*xxhash.Sum64String(string(o.Sex))+ageFactor*xxhash.Sum64String(string(o.Age))+
			statusFactor*xxhash.Sum64String(string(o.Status))+furtherFactor*xxhash.Sum64String(string(o.Further))+
			sheetFactor*xxhash.Sum64String(o.Cell.Sheet))
	}
}

// add adds a figure whose codes are hashed.
func (d *Digest) add(o *figure.Observation, codes uint64) {
	cell := uint64(o.Cell.Row)<<16 | uint64(o.Cell.Column)
	row := codes + municipalityFactor*uint64(o.Municipality) + marginsFactor*uint64(o.Margins) + markFactor*uint64(o.Mark) + valueFactor*uint64(o.Value)
	d.Rows++
	d.Sum += row * (2*cell + 1)
}
