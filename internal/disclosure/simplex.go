package disclosure

import "math"

// program is a linear programme: unknowns between 0 and an upper bound, and equations,
// with a first solution at hand. It is solved by the simplex method with bounds on a
// dense tableau (G. B. Dantzig, Linear Programming and Extensions, 1963, chapter 18);
// the programmes here have some dozens of equations. Floating point is good enough for
// its steps: what comes out is rounded and checked in whole numbers by whoever uses it.
type program struct {
	upper   []float64   // of the unknowns
	flipped []bool      // stands for what an unknown lacks to its upper bound
	rows    [][]float64 // coefficients of the unknowns, and the right side at the end
	basis   []int       // of each row, the unknown that it determines; all others are 0
}

// term is an unknown with its coefficient.
type term struct {
	unknown int
	times   float64
}

// equation says that its terms add up to sum, which is not negative. Its last term has
// the coefficient 1 and is in no other equation: at first it is the sum.
type equation struct {
	terms []term
	sum   float64
}

const tiny = 1e-7

func newProgram(upper []float64, equations []equation) *program {
	p := &program{upper: upper, flipped: make([]bool, len(upper))}
	for _, e := range equations {
		line := make([]float64, len(upper)+1)
		for _, t := range e.terms {
			line[t.unknown] += t.times
		}
		line[len(upper)] = e.sum
		p.rows = append(p.rows, line)
		p.basis = append(p.basis, e.terms[len(e.terms)-1].unknown)
	}
	return p
}

// copy returns a programme that stands where this one does.
func (p *program) copy() *program {
	c := &program{upper: p.upper, flipped: append([]bool(nil), p.flipped...), basis: append([]int(nil), p.basis...)}
	width := len(p.upper) + 1
	cells := make([]float64, len(p.rows)*width)
	for n, line := range p.rows {
		c.rows = append(c.rows, cells[n*width:(n+1)*width:(n+1)*width])
		copy(c.rows[n], line)
	}
	return c
}

// climb brings the sum of the unknowns, each times its weight, as high as it goes, and
// returns how much it gained. The unknowns that are determined at first have no weight.
// Of those that help the first one moves, and of the rows that bound it the one with
// the first unknown gives way, so that it ends (R. G. Bland, New finite pivoting rules
// for the simplex method, Mathematics of Operations Research 2, 1977).
func (p *program) climb(weights []float64) (gained float64) {
	gain := append([]float64(nil), weights...)
	for {
		enter := -1
		for j := range gain {
			if gain[j] > tiny && p.upper[j] > 0 {
				enter = j
				break
			}
		}
		if enter < 0 {
			return gained
		}
		leave, step, atTop := p.bound(enter)
		if math.IsInf(step, 1) {
			return math.Inf(1)
		}
		gained += step * gain[enter]
		if leave < 0 {
			p.flip(enter)
			gain[enter] = -gain[enter]
			continue
		}
		if atTop {
			p.turn(leave)
		}
		p.pivot(leave, enter)
		times := gain[enter]
		for j := range gain {
			gain[j] -= times * p.rows[leave][j]
		}
	}
}

// bound returns how far an unknown can rise, and the row that stops it, at its upper
// bound or at 0; −1 where its own bound does.
func (p *program) bound(enter int) (leave int, step float64, atTop bool) {
	leave, step = -1, p.upper[enter]
	for n, line := range p.rows {
		by, value := line[enter], line[len(line)-1]
		room, top := 0.0, false
		switch {
		case by > tiny:
			room = value / by
		case by < -tiny:
			room, top = (p.upper[p.basis[n]]-value)/-by, true
		default:
			continue
		}
		if room < step-tiny || room < step+tiny && leave >= 0 && p.basis[n] < p.basis[leave] {
			leave, step, atTop = n, min(room, step), top
		}
	}
	return leave, max(step, 0), atTop
}

// flip moves an unknown to its upper bound, from where it can only come down.
func (p *program) flip(j int) {
	for _, line := range p.rows {
		if line[j] != 0 {
			line[len(line)-1] -= line[j] * p.upper[j]
			line[j] = -line[j]
		}
	}
	p.flipped[j] = !p.flipped[j]
}

// turn lets the unknown of a row stand for what it lacks to its upper bound.
func (p *program) turn(n int) {
	line, own := p.rows[n], p.basis[n]
	for j := range line {
		line[j] = -line[j]
	}
	line[own] = 1
	line[len(line)-1] += p.upper[own]
	p.flipped[own] = !p.flipped[own]
}

func (p *program) pivot(row, column int) {
	line := p.rows[row]
	by := line[column]
	for j := range line {
		line[j] /= by
	}
	for n, other := range p.rows {
		if times := other[column]; n != row && times != 0 {
			for j, v := range line {
				if v != 0 {
					other[j] -= times * v
				}
			}
			other[column] = 0
		}
	}
	p.basis[row] = column
}

// solution returns the unknowns where the programme stands.
func (p *program) solution() []float64 {
	values := make([]float64, len(p.upper))
	for n, line := range p.rows {
		values[p.basis[n]] = line[len(line)-1]
	}
	for j := range values {
		if p.flipped[j] {
			values[j] = p.upper[j] - values[j]
		}
	}
	return values
}
