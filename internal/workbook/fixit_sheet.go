package workbook

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Where intake reads a cell, there it is marked: a row or a cell without a number is
// the next one.

// step is what walkCells meets.
type step uint8

const (
	columnStep step = iota // how columns look
	rowStep
	cellStep
	valueStep // what a cell holds
	endStep   // of a row
	aboveStep // whatever stands above the rows
	belowStep // and below
)

// walkCells visits the rows and cells of a sheet; columns count from 1.
func walkCells(content []byte, visit func(what step, t tag, row uint32, column int)) error {
	var data, row, column int // data is the depth of the rows' parent
	begun, ended, within := false, false, false
	return walk(content, func(t tag) error {
		switch {
		case !begun && t.name == "sheetData" && !t.end:
			begun, data = true, t.depth
		case begun && !ended && t.name == "sheetData" && t.end && t.depth == data:
			ended = true
		case !begun && t.name == "col" && !t.end:
			visit(columnStep, t, 0, 0)
		case !begun:
			visit(aboveStep, t, 0, 0)
		case ended:
			visit(belowStep, t, 0, 0)
		case t.depth == data+1 && t.name == "row" && !t.end:
			row, column, within = counted(t.value("r"), row+1), 0, true
			visit(rowStep, t, uint32(row), 0)
		case t.depth == data+1 && t.end && within:
			within = false
			visit(endStep, t, uint32(row), 0)
		case t.depth == data+2 && t.name == "c" && !t.end && within:
			column++
			if reference := t.value("r"); reference != "" {
				if at, _, err := excelize.CellNameToCoordinates(reference); err == nil {
					column = at
				}
			}
			visit(cellStep, t, uint32(row), column)
		case t.depth == data+3 && !t.end && within && (t.name == "v" || t.name == "is" || t.name == "f"):
			visit(valueStep, t, uint32(row), column)
		}
		return nil
	})
}

func counted(text string, otherwise int) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return otherwise
}

// firstFilled finds the first column of each row in which something stands.
func firstFilled(content []byte) (map[uint32]uint16, error) {
	first := map[uint32]uint16{}
	err := walkCells(content, func(what step, _ tag, row uint32, column int) {
		if _, found := first[row]; what == valueStep && !found {
			first[row] = uint16(column)
		}
	})
	return first, err
}

// behindDrawing are the elements of a sheet that come after the one that leads to the
// drawing of its comments (ECMA-376 part 1, 18.3.1.99).
var behindDrawing = []string{"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"}

// marked is a sheet with marks on its cells.
type marked struct {
	edits    []edit
	drawings []element // that lead to comments or controls
	place    int       // where such an element belongs
	root     tag
}

// markCells marks the cells of a sheet.
func markCells(content []byte, m *marks, s *stylesheet) (marked, error) {
	type cell struct {
		column int
		mark   *mark
	}
	wrong := map[uint32][]cell{}
	for place, mark := range m.cells {
		wrong[place.Row] = append(wrong[place.Row], cell{int(place.Column), mark})
	}
	result := marked{place: -1}
	var columns []tag
	var open tag
	var left []cell // of the row
	style := 0      // of the cells of the row that are not there
	formatted := false
	fresh := func(c cell, row uint32) string {
		format := style
		for _, t := range columns {
			if !formatted && counted(t.value("min"), 0) <= c.column && c.column <= counted(t.value("max"), 0) {
				format = counted(t.value("style"), 0)
			}
		}
		name, _ := excelize.CoordinatesToCellName(c.column, int(row)) // intake has read that far
		added := tag{prefix: open.prefix, name: "c", empty: true}
		return added.with("r", name, "s", strconv.Itoa(s.mark(format, c.mark.severity)))
	}
	err := walkCells(content, func(what step, t tag, row uint32, column int) {
		switch what {
		case columnStep:
			columns = append(columns, t)
		case rowStep:
			open, left = t, wrong[row]
			slices.SortFunc(left, func(a, b cell) int { return cmp.Compare(a.column, b.column) })
			style, formatted = counted(t.value("s"), 0), t.value("customFormat") == "1" || t.value("customFormat") == "true"
			if !formatted {
				style = 0
			}
		case cellStep:
			for len(left) > 0 && left[0].column < column {
				result.edits = append(result.edits, edit{t.from, t.from, fresh(left[0], row)})
				left = left[1:]
			}
			format := counted(t.value("s"), 0)
			if len(left) > 0 && left[0].column == column {
				result.edits = append(result.edits, edit{t.from, t.to, t.with("s", strconv.Itoa(s.mark(format, left[0].mark.severity)))})
				left = left[1:]
			} else if format < 0 || format >= s.formats() {
				// There is no such format; of those that are added it must not become one.
				result.edits = append(result.edits, edit{t.from, t.to, t.with("s", "")})
			}
		case endStep:
			text := ""
			for _, c := range left {
				text += fresh(c, row)
			}
			if text != "" {
				result.edits = append(result.edits, element{tag: open, inner: t.from, until: t.to}.append(text))
			}
		case aboveStep, belowStep:
			result.around(t, what == belowStep)
		}
	})
	return result, err
}

// around notes what stands above and below the rows.
func (r *marked) around(t tag, below bool) {
	switch {
	case t.depth == 1 && !t.end:
		r.root = t
	case t.depth == 1 && r.place < 0:
		r.place = t.from
	case t.name == "legacyDrawing" && !t.end:
		r.drawings = append(r.drawings, element{tag: t})
	case t.name == "legacyDrawing":
		last := &r.drawings[len(r.drawings)-1]
		last.inner, last.until = t.from, t.to
	case below && t.depth == 2 && !t.end && r.place < 0 && slices.Contains(behindDrawing, t.name):
		r.place = t.from
	}
}

var (
	sheetView   = regexp.MustCompile(`<(?:\w+:)?sheetView\s[^>]*>`)
	tabSelected = regexp.MustCompile(`\stabSelected\s*=\s*(?:"[^"]*"|'[^']*')`)
)

// unselect takes away that a sheet is selected: with two that are, whoever writes in
// one writes in both.
func (p *parts) unselect(part string) error {
	file := p.named[partKey(part)]
	if file == nil {
		return nil
	}
	const head = 64 << 10
	start, err := p.begin(file, head)
	if err != nil || !tabSelected.Match(sheetView.Find(start)) {
		return err
	}
	content, err := p.read(part)
	if err != nil {
		return err
	}
	place := sheetView.FindIndex(content)
	if place == nil {
		return nil
	}
	return p.change(part, []edit{{place[0], place[1], string(tabSelected.ReplaceAll(content[place[0]:place[1]], nil))}})
}
