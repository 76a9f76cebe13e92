package workbook

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"kipmonitor/internal/intake"
)

// aboveNames are what stands above the names of ranges in the list of sheets
// (ECMA-376 part 1, 18.2.27).
var aboveNames = []string{"sheets", "functionGroups", "externalReferences"}

// addFirst puts a sheet before all others of the sender's workbook: the only one of a
// workbook that is ours.
func (w *own) addFirst(name string, workbook []byte) error {
	ours, err := openParts(intake.File{Content: bytes.NewReader(workbook), Size: int64(len(workbook))})
	if err != nil {
		return err
	}
	styles, err := ours.read("xl/styles.xml")
	if err != nil {
		return err
	}
	made, err := readStylesheet(styles)
	if err != nil {
		return err
	}
	content, err := ours.plain("xl/worksheets/sheet1.xml", w.styles.graft(made))
	if err != nil {
		return err
	}
	part := w.free("xl/worksheets/sheet%d.xml")
	w.set(part, []byte(w.spaced(string(content))))
	if err := w.typed(part, sheetType); err != nil {
		return err
	}
	id, err := w.relate(w.main, "worksheet", part)
	if err != nil {
		return err
	}
	// Its name for the rows that are repeated on each printed page comes along.
	list, err := ours.read("xl/workbook.xml")
	if err != nil {
		return err
	}
	names, err := find(list, named("definedName"))
	if err != nil {
		return err
	}
	repeated := ""
	for _, n := range names {
		repeated += string(list[n.from:n.until])
	}
	return w.enlist(name, id, repeated)
}

// plain is a sheet without what it shares with others: its texts stand in their cells,
// and formats are those of another workbook.
func (p *parts) plain(part string, formats []string) ([]byte, error) {
	content, err := p.read(part)
	if err != nil {
		return nil, err
	}
	shared, err := p.read("xl/sharedStrings.xml")
	if err != nil {
		return nil, err
	}
	texts, err := find(shared, named("si"))
	if err != nil {
		return nil, err
	}
	cells, err := find(content, named("c"))
	if err != nil {
		return nil, err
	}
	var edits []edit
	for _, c := range cells {
		format := formats[counted(c.value("s"), 0)]
		if c.value("t") != "s" {
			edits = append(edits, edit{c.from, c.to, c.with("s", format)})
			continue
		}
		number, err := strconv.Atoi(string(content[bytes.IndexByte(content[c.tag.to:], '>')+c.tag.to+1 : bytes.LastIndexByte(content[:c.inner], '<')]))
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit{c.from, c.until, c.with("s", format, "t", "inlineStr") + "<is>" + string(texts[number].of(shared)) + "</is></c>"})
	}
	return apply(content, edits)
}

// enlist puts a sheet first in the list of sheets, and in sight.
func (w *own) enlist(name, id, repeated string) error {
	first, numbers := w.sheets[0], map[string]bool{}
	shifted := make([]int, len(w.sheets)) // where each sheet stands now
	at := 1
	for i, s := range w.sheets {
		for _, a := range s.attributes {
			if a.Name.Local == "sheetId" {
				numbers[a.Value] = true
			}
		}
		if shifted[i] = at; !s.gone {
			at++
		}
	}
	number := 1
	for numbers[strconv.Itoa(number)] {
		number++
	}
	w.edits = append(w.edits, edit{first.from, first.from, w.spaced(prefixed(fmt.Sprintf(`<sheet name="%s" sheetId="%d" xmlns:r="%s" r:id="%s"/>`, xmlText(name), number, relationSpace, id), first.tag))})
	var place int // where names of ranges belong
	var list *element
	others, err := find(w.list, func(t tag) bool {
		return t.name == "workbookView" || t.name == "definedNames" || slices.Contains(aboveNames, t.name)
	})
	if err != nil {
		return err
	}
	for _, e := range others {
		switch e.name {
		case "workbookView":
			w.edits = append(w.edits, edit{e.from, e.to, e.with("activeTab", "", "firstSheet", "")})
		case "definedNames":
			list = &e
		default:
			place = max(place, e.until)
		}
	}
	names, err := find(w.list, named("definedName"))
	if err != nil {
		return err
	}
	for _, n := range names {
		// What belongs to a sheet is kept by the sheet's place.
		switch of := counted(n.value("localSheetId"), -1); {
		case of < 0 || of >= len(w.sheets):
		case w.sheets[of].gone:
			w.edits = append(w.edits, n.gone())
		default:
			w.edits = append(w.edits, edit{n.from, n.to, n.with("localSheetId", strconv.Itoa(shifted[of]))})
		}
	}
	switch {
	case repeated == "", list == nil && place == 0:
	case list != nil:
		w.edits = append(w.edits, list.append(prefixed(repeated, list.tag)))
	default:
		w.edits = append(w.edits, edit{place, place, prefixed("<definedNames>"+repeated+"</definedNames>", first.tag)})
	}
	return w.change(w.main, w.edits)
}

// addStyles writes the formats of cells.
func (w *own) addStyles() error {
	content, err := w.styles.bytes()
	if err != nil {
		return err
	}
	if w.format != "" {
		w.set(w.format, content)
		return nil
	}
	part := "xl/styles.xml" // as all programs call it
	if w.named[part] != nil {
		part = w.free("xl/styles%d.xml")
	}
	w.set(part, []byte(w.spaced(string(content))))
	if err := w.typed(part, stylesType); err != nil {
		return err
	}
	_, err = w.relate(w.main, "styles", part)
	return err
}
