package chart

import "math"

// placeLabels puts the labels of points where they cross no line and no other label,
// and inside of the picture.
func (d *trend) placeLabels() {
	lines := d.segments()
	taken := []rectangle{{0, 0, float64(d.width), float64(legendHeight(d.keys, d.width))}}
	if d.note != "" {
		taken = append(taken, rectangle{0, float64(d.noteTop), textWidth(d.note, smallSize), smallSize})
	}
	for _, s := range d.breaks {
		x := float64(d.left) + float64(s.before)*d.step()
		taken = append(taken, rectangle{x, float64(d.top) - labelGap - smallSize, textWidth(s.text, smallSize) + labelGap, smallSize})
	}
	for i := len(d.layers) - 1; i >= 0; i-- { // the figures before targets and forecasts
		l := &d.layers[i]
		for row := range l.marks {
			if t := l.marks[row].label; t != nil && l.shape == lineShape {
				taken = append(taken, d.place(l, row, t, lines, taken))
			}
		}
	}
}

// place chooses the side of a label that is in the way of least.
func (d *trend) place(l *layer, row int, t *label, lines [][4]float64, taken []rectangle) rectangle {
	x, y := d.at(row, l.marks[row].to, 0)
	paint := l.lookOf(l.marks[row])
	half := max(paint.size, paint.high) / 2
	width, height := textWidth(t.text, float64(t.size)), float64(t.size)+2
	best, least := rectangle{}, math.Inf(1)
	for n, place := range []struct {
		side side
		dx   float64
	}{{above, 0}, {below, 0}, {above, -width / 2}, {above, width / 2}, {below, width / 2}, {below, -width / 2}, {rightOf, 0}, {leftOf, 0}} {
		r := rectangle{x - width/2 + place.dx, y - half - labelGap - height, width, height}
		switch place.side {
		case below:
			r.y = y + half + labelGap
		case rightOf:
			r.x, r.y = x+half+labelGap, y-height/2
		case leftOf:
			r.x, r.y = x-half-labelGap-width, y-height/2
		}
		cost := float64(n) * 0.1 // above rather than below, and rather than aside
		around := rectangle{r.x - 2, r.y - 3, r.width + 4, r.height + 6}
		for _, line := range lines {
			if around.crosses(line) {
				cost++
			}
		}
		for _, other := range taken {
			if r.overlaps(other) {
				cost += 3
			}
		}
		if r.x < 0 || r.x+r.width > float64(d.width) || r.y+r.height > float64(d.height-d.bottom) {
			cost += 5
		}
		if cost < least {
			best, least, t.side, t.dx = r, cost, place.side, place.dx
		}
	}
	return best
}

// segments are the pieces of all lines, as they are drawn.
func (d *trend) segments() [][4]float64 {
	var pieces [][4]float64
	for i := range d.layers {
		l := &d.layers[i]
		last := -1
		for row, m := range l.marks {
			if l.shape != lineShape || !m.drawn {
				if !l.joined {
					last = -1
				}
				continue
			}
			if last >= 0 {
				x1, y1 := d.at(last, l.marks[last].to, 0)
				x2, y2 := d.at(row, m.to, 0)
				pieces = append(pieces, [4]float64{x1, y1, x2, y2})
			}
			last = row
		}
	}
	return pieces
}

// rectangle is the room of a label.
type rectangle struct{ x, y, width, height float64 }

func (r rectangle) overlaps(o rectangle) bool {
	return r.x < o.x+o.width && o.x < r.x+r.width && r.y < o.y+o.height && o.y < r.y+r.height
}

// crosses reports whether a piece of line runs through the rectangle, by the method of
// Liang and Barsky (ACM Transactions on Graphics 3, 1984): the part of the line that
// lies between each pair of edges is cut down until nothing is left.
func (r rectangle) crosses(l [4]float64) bool {
	dx, dy := l[2]-l[0], l[3]-l[1]
	from, to := 0.0, 1.0
	for _, edge := range [][2]float64{{-dx, l[0] - r.x}, {dx, r.x + r.width - l[0]}, {-dy, l[1] - r.y}, {dy, r.y + r.height - l[1]}} {
		if edge[0] == 0 {
			if edge[1] < 0 {
				return false
			}
			continue
		}
		if at := edge[1] / edge[0]; edge[0] < 0 {
			from = max(from, at)
		} else {
			to = min(to, at)
		}
	}
	return from < to
}
