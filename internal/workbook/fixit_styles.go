package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/intake"
)

// stylesheet is the part of a workbook with its formats, to which marks are added.
type stylesheet struct {
	content  []byte
	root     element
	sections map[string]element
	entries  map[string][]element // by section
	added    map[string][]string  // by section
	edits    []edit
	marked   map[string]int // cell formats with a mark, by what they are made of
}

// styleSections are the sections of a stylesheet in their order (ECMA-376 part 1, 18.8.39).
var styleSections = []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}

// least is what a section begins with in a workbook that has none: what Excel takes
// for granted.
var least = map[string][]string{
	"fonts":        {`<font><sz val="11"/><name val="Calibri"/></font>`},
	"fills":        {`<fill><patternFill patternType="none"/></fill>`, `<fill><patternFill patternType="gray125"/></fill>`},
	"borders":      {`<border><left/><right/><top/><bottom/><diagonal/></border>`},
	"cellStyleXfs": {`<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>`},
	"cellXfs":      {`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`},
}

// readStylesheet looks through a stylesheet; that of a workbook without one is nil.
func readStylesheet(content []byte) (*stylesheet, error) {
	if content == nil {
		content = []byte(xml.Header + `<styleSheet xmlns="` + mainSpace + `"/>`)
	}
	s := &stylesheet{content: content, sections: map[string]element{}, entries: map[string][]element{}, added: map[string][]string{}, marked: map[string]int{}}
	var section, entry element
	err := walk(content, func(t tag) error {
		switch at := map[int]*element{1: &s.root, 2: &section, 3: &entry}[t.depth]; {
		case at == nil:
		case !t.end:
			*at = element{tag: t}
		default:
			at.inner, at.until = t.from, t.to
			if _, twice := s.sections[section.name]; t.depth == 2 && !twice {
				s.sections[section.name] = section
			} else if t.depth == 3 && !twice {
				s.entries[section.name] = append(s.entries[section.name], entry)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.root.name != "styleSheet" {
		return nil, fmt.Errorf("%w: no stylesheet", errBuilt)
	}
	for section, entries := range least {
		if len(s.entries[section]) == 0 {
			for _, entry := range entries {
				s.add(section, entry)
			}
		}
	}
	return s, nil
}

// add puts an entry at the end of a section and returns its number.
func (s *stylesheet) add(section, entry string) int {
	s.added[section] = append(s.added[section], prefixed(entry, s.root.tag))
	return len(s.entries[section]) + len(s.added[section]) - 1
}

// once adds an entry that is ours where it is not there yet.
func (s *stylesheet) once(section, entry string) int {
	if at := slices.Index(s.added[section], prefixed(entry, s.root.tag)); at >= 0 {
		return len(s.entries[section]) + at
	}
	return s.add(section, entry)
}

// formats is how many cell formats there are in the sender's workbook.
func (s *stylesheet) formats() int { return max(len(s.entries["cellXfs"]), 1) }

// forget takes the marks of an earlier round off the formats of cells.
func (s *stylesheet) forget() {
	bears := func(section, number, colour string) bool {
		n, err := strconv.Atoi(number)
		return err == nil && n >= 0 && n < len(s.entries[section]) &&
			bytes.Contains(bytes.ToUpper(s.entries[section][n].of(s.content)), []byte(colour+`"`))
	}
	for _, xf := range s.entries["cellXfs"] {
		for _, l := range looks {
			if bears("fills", xf.value("fillId"), l.fill) && bears("borders", xf.value("borderId"), l.border) {
				s.edits = append(s.edits, edit{xf.from, xf.to, xf.with("fillId", "0", "borderId", "0")})
			}
		}
	}
}

// mark is a cell format with the mark of a severity on it; the font, the number format
// and the alignment stay as they are.
func (s *stylesheet) mark(format int, severity intake.Severity) int {
	if format < 0 || format >= s.formats() {
		format = 0
	}
	name := fmt.Sprint(format, severity)
	if made, found := s.marked[name]; found {
		return made
	}
	l := lookFor(severity)
	fill := s.once("fills", `<fill><patternFill patternType="solid"><fgColor rgb="FF`+l.fill+`"/><bgColor indexed="64"/></patternFill></fill>`)
	var sides strings.Builder
	for _, side := range []string{"left", "right", "top", "bottom"} {
		fmt.Fprintf(&sides, `<%s style="%s"><color rgb="FF%s"/></%[1]s>`, side, l.kind, l.border)
	}
	border := s.once("borders", `<border>`+sides.String()+`<diagonal/></border>`)
	changes := []string{"fillId", strconv.Itoa(fill), "borderId", strconv.Itoa(border), "applyFill", "1", "applyBorder", "1"}
	if formats := s.entries["cellXfs"]; len(formats) > 0 {
		xf := formats[format]
		// It has the prefix that the sender's formats have.
		s.added["cellXfs"] = append(s.added["cellXfs"], xf.with(changes...)+string(s.content[xf.to:xf.until]))
		s.marked[name] = len(formats) + len(s.added["cellXfs"]) - 1
	} else {
		xf := tag{name: "xf", empty: true}
		s.marked[name] = s.add("cellXfs", xf.with(append([]string{"numFmtId", "0", "fontId", "0", "xfId", "0"}, changes...)...))
	}
	return s.marked[name]
}

// bytes is the stylesheet with all that was added.
func (s *stylesheet) bytes() ([]byte, error) {
	edits := slices.Clone(s.edits)
	fresh := "" // sections where there was nothing
	for i, name := range styleSections {
		entries := strings.Join(s.added[name], "")
		if entries == "" {
			continue
		}
		count := strconv.Itoa(len(s.entries[name]) + len(s.added[name]))
		section, found := s.sections[name]
		switch {
		case found && section.empty:
			open := section.tag
			open.empty = false
			edits = append(edits, edit{section.from, section.until, open.with("count", count) + entries + "</" + open.qualified(name) + ">"})
		case found:
			edits = append(edits, edit{section.from, section.to, section.with("count", count)}, section.append(entries))
		default:
			own := tag{prefix: s.root.prefix, name: name}
			text := own.with("count", count) + entries + "</" + own.qualified(name) + ">"
			before := -1 // the first of the sections that come behind it
			for _, later := range styleSections[i+1:] {
				if other, found := s.sections[later]; found && (before < 0 || other.from < before) {
					before = other.from
				}
			}
			if before >= 0 {
				edits = append(edits, edit{before, before, text})
			} else {
				fresh += text
			}
		}
	}
	if fresh != "" {
		edits = append(edits, s.root.append(fresh))
	}
	return apply(s.content, edits)
}

// graft adds the cell formats of another stylesheet, which is ours, and returns their
// numbers here.
func (s *stylesheet) graft(ours *stylesheet) []string {
	numbers := map[string][]string{}
	for _, section := range []string{"fonts", "fills", "borders"} {
		for _, entry := range ours.entries[section] {
			numbers[section] = append(numbers[section], strconv.Itoa(s.add(section, string(ours.content[entry.from:entry.until]))))
		}
	}
	free := 164 // the first that is not Excel's own
	for _, format := range s.entries["numFmts"] {
		if id, err := strconv.Atoi(format.value("numFmtId")); err == nil {
			free = max(free, id+1)
		}
	}
	formats := map[string]string{}
	for _, format := range ours.entries["numFmts"] {
		formats[format.value("numFmtId")] = strconv.Itoa(free)
		s.add("numFmts", format.with("numFmtId", strconv.Itoa(free))+string(ours.content[format.to:format.until]))
		free++
	}
	var made []string
	for _, xf := range ours.entries["cellXfs"] {
		changes := []string{"xfId", "0"}
		for attribute, section := range map[string]string{"fontId": "fonts", "fillId": "fills", "borderId": "borders"} {
			number, _ := strconv.Atoi(xf.value(attribute)) // 0 where there is none
			changes = append(changes, attribute, numbers[section][number])
		}
		if format, own := formats[xf.value("numFmtId")]; own {
			changes = append(changes, "numFmtId", format)
		}
		made = append(made, strconv.Itoa(s.add("cellXfs", xf.with(changes...)+string(ours.content[xf.to:xf.until]))))
	}
	return made
}
