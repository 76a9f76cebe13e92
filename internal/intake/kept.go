package intake

import "kipmonitor/internal/figure"

// kept holds the figures of a file as Check read them, so that Read need not read
// the file again. It holds at most maxKept of them; a file with more is read twice.
type kept struct {
	blocks         [][]keptFigure
	full           bool // there were more: nothing is kept
	municipalities *numbering[figure.Municipality]
	measures       *numbering[figure.Measure]
	furthers       *numbering[figure.Further]
}

// maxKept figures take 24 MiB; keptBlock of them are allocated at once.
const (
	maxKept   = 1 << 20
	keptBlock = 1 << 14
)

// keptFigure is a figure with everything that Read hands out of it.
type keptFigure struct {
	key    uint64 // of the row, with the number of the key figure
	value  figure.Decimal
	row    uint32
	column uint16 // from 1
	mark   figure.Mark
}

// add keeps the figures of a row.
func (k *kept) add(m *row) {
	for i := range m.figures {
		if k.full {
			return
		}
		last := len(k.blocks) - 1
		if last < 0 || len(k.blocks[last]) == keptBlock {
			if len(k.blocks) == maxKept/keptBlock {
				k.blocks, k.full = nil, true
				return
			}
			// A small file gets by with the little that its first block grows to.
			var block []keptFigure
			if last >= 0 {
				block = make([]keptFigure, 0, keptBlock)
			}
			k.blocks = append(k.blocks, block)
			last++
		}
		k.blocks[last] = append(k.blocks[last], keep(m, &m.figures[i]))
	}
}

// keep packs a figure of a row.
func keep(m *row, f *cellFigure) keptFigure {
	return keptFigure{key: m.key | uint64(f.figure+1)<<figureShift, value: f.amount.value, mark: f.amount.mark, row: m.number, column: cellColumn(f.column)}
}

// cellColumn is the number of a column, from 1, as a cell of the file names it.
func cellColumn(column int) uint16 { return uint16(min(column+1, 65535)) }
