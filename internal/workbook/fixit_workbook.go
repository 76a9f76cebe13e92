package workbook

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// own is the sender's own workbook while it is marked.
type own struct {
	*parts
	main   string   // the part with the list of sheets
	list   []byte   // its content
	sheets []listed // all of them, also those of charts
	styles *stylesheet
	edits  []edit // of the list
	format string // the part with the formats of cells; "" where there is none
}

// listed is a sheet as the list names it.
type listed struct {
	element
	part string // "" where it has no cells
	gone bool   // it is our first sheet of an earlier round
}

// openOwn reads the list of sheets, as intake does.
func openOwn(file intake.File) (*own, error) {
	p, err := openParts(file)
	if err != nil {
		return nil, err
	}
	w := &own{parts: p, main: "xl/workbook.xml"}
	relations, err := p.relations("")
	if err != nil {
		return nil, err
	}
	for _, r := range relations {
		if r.kind == "officeDocument" {
			w.main = r.target
		}
	}
	if w.list, err = p.read(w.main); err != nil {
		return nil, err
	}
	p.strict = bytes.Contains(w.list, []byte("http://purl.oclc.org/ooxml/"))
	if relations, err = p.relations(w.main); err != nil {
		return nil, err
	}
	cells := map[string]string{}
	for _, r := range relations {
		switch r.kind {
		case "worksheet":
			cells[r.id] = r.target
		case "styles":
			w.format = r.target
		}
	}
	found, err := find(w.list, named("sheet"))
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		w.sheets = append(w.sheets, listed{element: e, part: cells[e.reference()]})
	}
	var format []byte
	if w.format != "" {
		if format, err = w.read(w.format); err != nil {
			return nil, err
		}
	}
	w.styles, err = readStylesheet(format)
	return w, err
}

// find returns the sheet that was read. There is no telling which of two of one name
// that was.
func (w *own) find(name string) (*listed, error) {
	var found *listed
	for i := range w.sheets {
		if s := &w.sheets[i]; s.part != "" && intake.SheetName(s.value("name")) == name {
			if found != nil {
				return nil, problem.New(problem.Invalid, "fixit_sheet_twice", locale.Args{"sheet": name})
			}
			found = s
		}
	}
	if found == nil {
		return nil, fmt.Errorf("the sheet %q is not in the list", name)
	}
	return found, nil
}

// mark marks the cells of the sender's own workbook. Everything else in it stays as it
// is. What remains to be added are the first sheet and the formats of cells.
func (w *own) mark(report intake.Report, m *marks) error {
	sheet, err := w.find(report.Sheet)
	if err != nil {
		return err
	}
	if err := w.forget(sheet, m.title); err != nil {
		return err
	}
	content, err := w.read(sheet.part)
	if err != nil {
		return err
	}
	if m.ofRows() {
		first, err := firstFilled(content)
		if err != nil {
			return err
		}
		m.settle(func(place figure.Cell) uint16 { return max(first[place.Row], 1) })
	}
	w.styles.forget()
	marked, err := markCells(content, m, w.styles)
	if err != nil {
		return err
	}
	if len(m.cells) > 0 {
		added, err := w.addComments(sheet.part, &marked, m)
		if err != nil {
			return err
		}
		m.silent = !added
	}
	if err := w.change(sheet.part, marked.edits); err != nil {
		return err
	}
	names := w.names()
	for i := range w.sheets {
		s := &w.sheets[i]
		if s == sheet {
			m.table = names[i]
		}
		if s.gone {
			continue
		}
		if names[i] != s.value("name") {
			w.edits = append(w.edits, edit{s.from, s.to, s.with("name", names[i])})
		}
		if err := w.unselect(s.part); err != nil {
			return err
		}
	}
	return nil
}

// forget takes off what was marked in an earlier round: our comments and our first
// sheet, wherever it stands now.
func (w *own) forget(read *listed, title locale.Text) error {
	relations, err := w.relations(w.main)
	if err != nil {
		return err
	}
	var gone []relation
	for i := range w.sheets {
		s := &w.sheets[i]
		if s.part == "" {
			continue
		}
		shared := slices.ContainsFunc(w.sheets, func(other listed) bool { return other.part == s.part && other.from != s.from })
		if s.part == read.part || shared || !slices.Contains(firstSheets(), s.value("name")) {
			if err := w.forgetComments(s.part, title); err != nil {
				return err
			}
			continue
		}
		s.gone = true
		w.edits = append(w.edits, s.element.gone())
		for _, r := range relations {
			if r.id == s.reference() && r.target == s.part {
				gone = append(gone, r)
			}
		}
	}
	return w.unrelate(w.main, gone...)
}

// names are the names of the sheets as Excel takes them: 31 letters, without some
// signs, and no two alike.
func (w *own) names() []string {
	var names []string
	for _, s := range w.sheets {
		name := strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
				return '_'
			}
			return r
		}, s.value("name")), "'")
		if strings.TrimSpace(name) == "" {
			name = "_"
		}
		names = append(names, unlike(name, names))
	}
	return names
}

// kept are the names of the sheets that stay.
func (w *own) kept() []string {
	var kept []string
	for i, name := range w.names() {
		if !w.sheets[i].gone {
			kept = append(kept, name)
		}
	}
	return kept
}

// unlike is a name of at most 31 letters that no other sheet bears.
func unlike(name string, others []string) string {
	free := cutName(name, "")
	for n := 2; slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(other, free) }); n++ {
		free = cutName(name, fmt.Sprintf(" (%d)", n))
	}
	return free
}

// cutName puts an ending behind a name and keeps both within the 31 letters of Excel.
func cutName(name, ending string) string {
	const most = 31
	letters := []rune(name)
	letters = letters[:min(len(letters), most)]
	for len(utf16.Encode(letters))+len(ending) > most {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + ending
}

// firstSheets are the names of the first sheet in the four languages.
func firstSheets() []string {
	var names []string
	for _, language := range locale.Languages {
		names = append(names, language.Say("workbook.sheet.first", nil))
	}
	return names
}
