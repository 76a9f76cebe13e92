package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// mutant is a workbook that is damaged step by step, as programs, transfers and
// attackers damage them. The same seed gives the same workbook.
type mutant struct {
	*rand.Rand
	parts map[string]string
	twice []string // parts that stand in the archive once more
	steps []string // what was done, for the message of a failing test
}

func newMutant(seed uint64, parts map[string]string) *mutant {
	m := &mutant{Rand: rand.New(rand.NewPCG(seed, 7)), parts: maps.Clone(parts)}
	for range 1 + m.IntN(3) {
		kinds := []func(){m.part, m.part, m.relation, m.relation, m.element, m.element, m.attribute, m.attribute, m.attribute, m.reference, m.name, m.space, m.raw}
		kinds[m.IntN(len(kinds))]()
	}
	return m
}

func (m *mutant) did(format string, args ...any) {
	m.steps = append(m.steps, fmt.Sprintf(format, args...))
}

// any picks a part, rather one that matters.
func (m *mutant) any() string {
	names := slices.Sorted(maps.Keys(m.parts))
	if len(names) == 0 {
		m.parts["a.xml"] = "<a/>"
		return "a.xml"
	}
	for range 3 {
		name := names[m.IntN(len(names))]
		if !strings.Contains(name, "theme") && !strings.HasPrefix(name, "docProps") {
			return name
		}
	}
	return names[0]
}

// part removes, renames, empties, exchanges or doubles a part.
func (m *mutant) part() {
	name := m.any()
	content := m.parts[name]
	switch m.IntN(8) {
	case 0:
		delete(m.parts, name)
		m.did("%s removed", name)
	case 1:
		to := []string{strings.ToUpper(name), strings.ReplaceAll(name, "/", `\`), "/" + name, name + " ", "x/" + name, "../" + name}[m.IntN(6)]
		delete(m.parts, name)
		m.parts[to] = content
		m.did("%s renamed %q", name, to)
	case 2:
		m.parts[name] = []string{"", " ", "<", "<a/>", "\x00", "\xEF\xBB\xBF", "<?xml version='1.0'?>", "PK\x03\x04"}[m.IntN(8)]
		m.did("%s emptied to %q", name, m.parts[name])
	case 3:
		other := m.any()
		m.parts[name], m.parts[other] = m.parts[other], content
		m.did("%s and %s exchanged", name, other)
	case 4:
		m.twice = append(m.twice, name)
		m.did("%s twice", name)
	case 5:
		m.parts[name] = content[:m.IntN(len(content)+1)]
		m.did("%s cut", name)
	case 6:
		to := m.any()
		m.parts[to] = content
		m.did("%s put over %s", name, to)
	case 7:
		folder := []string{"xl/worksheets/sheet9.xml", "xl/comments1.xml", "xl/comments2.xml", "xl/drawings/vmlDrawing1.vml", "xl/styles.xml", "xl/worksheets/_rels/sheet1.xml.rels"}[m.IntN(6)]
		m.parts[folder] = content
		m.did("%s copied to %s", name, folder)
	}
}

// relation bends where a part leads to.
func (m *mutant) relation() {
	var lists []string
	for _, name := range slices.Sorted(maps.Keys(m.parts)) {
		if strings.HasSuffix(name, ".rels") {
			lists = append(lists, name)
		}
	}
	if len(lists) == 0 {
		return
	}
	name := lists[m.IntN(len(lists))]
	kinds := []string{"worksheet", "styles", "sharedStrings", "comments", "vmlDrawing", "drawing", "officeDocument", "chartsheet", "hyperlink", "theme", "threadedComment", "table"}
	targets := []string{"", "/", "../../../../etc/passwd", "nowhere.xml", name, "/" + name, "/xl/workbook.xml", "worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "../comments1.xml", "%2e%2e/a", "https://example.org/a", strings.Repeat("a/", 500), "\\xl\\worksheets\\sheet1.xml", "sharedStrings.xml"}
	kind, target := kinds[m.IntN(len(kinds))], targets[m.IntN(len(targets))]
	content := m.parts[name]
	switch m.IntN(4) {
	case 0:
		content = m.replaced(content, relationTarget, ` Target="`+target+`"`)
	case 1:
		content = m.replaced(content, relationType, ` Type="`+relationSpace+"/"+kind+`"`)
	case 2:
		content = strings.Replace(content, "</Relationships>", `<Relationship Id="`+[]string{"rId1", "rId2", "new", ""}[m.IntN(4)]+`" Type="`+relationSpace+"/"+kind+`" Target="`+target+`"/></Relationships>`, 1)
	case 3:
		content = m.replaced(content, relationID, ` Id="`+[]string{"rId1", "rId2", "rId3", "", "kip1"}[m.IntN(5)]+`"`)
	}
	m.parts[name] = content
	m.did("a relation of %s: %s %.40q", name, kind, target)
}

var (
	relationTarget = regexp.MustCompile(` Target="[^"]*"`)
	relationType   = regexp.MustCompile(` Type="[^"]*"`)
	relationID     = regexp.MustCompile(` Id="[^"]*"`)
	anyTag         = regexp.MustCompile(`<[^<>!?]+>`)
	anyAttribute   = regexp.MustCompile(` [\w:]+="[^"<>]*"`)
	anySpace       = regexp.MustCompile(`http://[a-z./0-9A-Z]+`)
	cellTag        = regexp.MustCompile(`<(?:c|row|col|mergeCell|dimension|xf|numFmt|definedName|sheet|workbookView|comment|v|f)\b[^<>]*>`)
)

// replaced replaces one of the places of a pattern.
func (m *mutant) replaced(content string, pattern *regexp.Regexp, by string) string {
	places := pattern.FindAllStringIndex(content, 5000)
	if len(places) == 0 {
		return content
	}
	at := places[m.IntN(len(places))]
	return content[:at[0]] + by + content[at[1]:]
}

// element removes, doubles, renames, closes or opens an element.
func (m *mutant) element() {
	name := m.any()
	content := m.parts[name]
	tags := anyTag.FindAllStringIndex(content, 5000)
	if len(tags) == 0 {
		return
	}
	at := tags[m.IntN(len(tags))]
	tag := content[at[0]:at[1]]
	word := strings.TrimRight(strings.FieldsFunc(tag, func(r rune) bool { return strings.ContainsRune("<> /\t\n", r) })[0], "/")
	end := at[1] // of the element as a whole
	if i := strings.Index(content[at[1]:], "</"+word+">"); i >= 0 && !strings.HasSuffix(tag, "/>") {
		end = at[1] + i + len("</"+word+">")
	}
	by := ""
	switch m.IntN(8) {
	case 0: // gone as a whole
	case 1:
		by = content[at[0]:end] + content[at[0]:end]
	case 2:
		by = strings.ReplaceAll(content[at[0]:end], word, []string{"x:" + word, "y", word + "s"}[m.IntN(3)])
	case 3:
		end = at[1] // the tag alone is gone
	case 4:
		by = "<" + word + "/>"
	case 5:
		by = "<x:wrap xmlns:x='urn:x'>" + content[at[0]:end] + "</x:wrap>"
	case 6:
		by = []string{"<!-- a -->", "<![CDATA[<row>]]>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&unknown;", "&#0;", "\xff\xfe", "<?a b?>", "_x0041_"}[m.IntN(8)] + content[at[0]:end]
	case 7:
		by = strings.Repeat(content[at[0]:end], min(300, 1+20_000/(end-at[0])))
	}
	m.parts[name] = content[:at[0]] + by + content[end:]
	m.did("%s: %.40q became %.40q", name, tag, by)
}

// attribute gives an attribute a value that it never has.
func (m *mutant) attribute() {
	name := m.any()
	content := m.parts[name]
	tags := cellTag.FindAllStringIndex(content, 5000)
	if m.IntN(3) == 0 || len(tags) == 0 {
		tags = anyTag.FindAllStringIndex(content, 5000)
	}
	if len(tags) == 0 {
		return
	}
	at := tags[m.IntN(len(tags))]
	tag := content[at[0]:at[1]]
	values := []string{"", "0", "-1", "1", "65536", "2147483648", "4294967296", "18446744073709551616", "1e9", "NaN", "Ω", "true", "A1", "XFD1048576", "AAAA1", "A0", "A1:XFD1048576", "B2:A1", strings.Repeat("9", 400), "'", "&#10;", "rId1", "inlineStr", "s", "str", "e", "d"}
	value := values[m.IntN(len(values))]
	by := tag
	if places := anyAttribute.FindAllString(tag, -1); len(places) > 0 && m.IntN(4) > 0 {
		place := places[m.IntN(len(places))]
		word, _, _ := strings.Cut(place, "=")
		by = strings.Replace(tag, place, word+`="`+value+`"`, 1)
	} else {
		extra := []string{"r", "s", "t", "ref", "count", "hidden", "xml:space", "localSheetId", "min", "max", "style", "customFormat"}[m.IntN(12)]
		end := strings.LastIndexAny(tag, "/>")
		if strings.HasSuffix(tag, "/>") {
			end = len(tag) - 2
		}
		by = tag[:end] + " " + extra + `="` + value + `"` + tag[end:]
	}
	m.parts[name] = content[:at[0]] + by + content[at[1]:]
	m.did("%s: %.60q became %.60q", name, tag, by)
}

// reference puts cells and rows where there is hardly room, and merges the whole sheet.
func (m *mutant) reference() {
	var sheets []string
	for _, name := range slices.Sorted(maps.Keys(m.parts)) {
		if strings.Contains(name, "worksheets/sheet") {
			sheets = append(sheets, name)
		}
	}
	if len(sheets) == 0 {
		return
	}
	name := sheets[m.IntN(len(sheets))]
	many := func(n int, row func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(row(i))
		}
		return b.String()
	}
	insert := []struct{ before, text string }{
		{"</sheetData>", `<row r="1048576"><c r="A1048576"><v>1</v></c></row>`},
		{"</sheetData>", `<row r="1048576"><c r="XFD1048576"/></row>`},
		{"</sheetData>", many(2000, func(i int) string { return fmt.Sprintf(`<row r="%d"><c r="XFD%[1]d" s="3"/></row>`, 1000+400*i) })},
		{"</sheetData>", many(20_000, func(i int) string { return fmt.Sprintf(`<row r="%d" spans="1:16384"/>`, 1000+i) })},
		{"</sheetData>", many(3000, func(i int) string {
			return fmt.Sprintf(`<row r="%d"><c t="str"><v>Olten</v></c><c t="str"><v>x%d</v></c><c t="str"><v>viele</v></c></row>`, 1000+i, i)
		})},
		{"</sheetData>", `<row><c/><c t="s"><v>4294967295</v></c><c s="4294967295"><v>1</v></c></row>`},
		{"<sheetData>", `<dimension ref="A1:XFD1048576"/>`},
		{"<sheetData>", `<cols>` + many(3000, func(int) string { return `<col min="1" max="16384" width="9" style="7" hidden="1"/>` }) + `</cols>`},
		{"</worksheet>", `<mergeCells>` + many(5000, func(i int) string { return fmt.Sprintf(`<mergeCell ref="A%d:XFD1048576"/>`, 1+i) }) + `</mergeCells>`},
		{"</worksheet>", `<legacyDrawing xmlns:r="` + relationSpace + `" r:id="rId1"/><legacyDrawing r:id="nowhere"/>`},
		{"</worksheet>", `<extLst><ext><sheetData><row r="1"><c r="A1"><v>9</v></c></row></sheetData></ext></extLst>`},
		{"<row", `<row r="1"/><row`},
	}[m.IntN(12)]
	m.parts[name] = strings.Replace(m.parts[name], insert.before, insert.text+insert.before, 1)
	m.did("%s: %.60q before %s", name, insert.text, insert.before)
}

var sheetNamePattern = regexp.MustCompile(`(<(?:\w+:)?sheet [^>]*?)name="[^"]*"`)

// name gives sheets names that Excel would refuse.
func (m *mutant) name() {
	names := []string{strings.Repeat("Jahresmeldung ", 4), "a:b", "a/b", "[a]", `a\b?*`, "", " ", "'", "'a'", "Was zuerst tun", "What to do first", "Daten", "daten", "a&#10;b", "&lt;b&gt;", "😀" + strings.Repeat("ä😀", 30), "History", "\u202Eatad", "_xlnm.Print_Titles", strings.Repeat("x", 40_000)}
	name := names[m.IntN(len(names))]
	all := m.IntN(3) == 0
	for part, content := range m.parts {
		if strings.HasSuffix(strings.ToLower(part), "workbook.xml") {
			done := false
			m.parts[part] = sheetNamePattern.ReplaceAllStringFunc(content, func(found string) string {
				if done && !all {
					return found
				}
				done = true
				return found[:strings.LastIndex(found, `name="`)] + `name="` + name + `"`
			})
		}
	}
	m.did("sheets named %.40q", name)
}

// space changes the namespaces of a part, or of all, or gives its elements a prefix.
func (m *mutant) space() {
	name := m.any()
	content := m.parts[name]
	switch m.IntN(4) {
	case 0:
		content = m.replaced(content, anySpace, []string{"urn:x", "", "http://purl.oclc.org/ooxml/spreadsheetml/main", mainSpace}[m.IntN(4)])
	case 1:
		content = strings.ReplaceAll(startOfName.ReplaceAllString(content, "${1}p:${2}"), " xmlns=", " xmlns:p=")
	case 2:
		content = anySpace.ReplaceAllString(content, "urn:x")
	case 3:
		for part, was := range m.parts {
			m.parts[part] = spaces.Replace(was)
		}
		content = m.parts[name]
	}
	m.parts[name] = content
	m.did("%s in other namespaces", name)
}

// raw changes single letters of a part.
func (m *mutant) raw() {
	name := m.any()
	content := []byte(m.parts[name])
	for range 1 + m.IntN(3) {
		if len(content) == 0 {
			return
		}
		at := m.IntN(len(content))
		switch m.IntN(3) {
		case 0:
			content[at] = byte(m.IntN(256))
		case 1:
			content = slices.Delete(content, at, min(len(content), at+1+m.IntN(30)))
		case 2:
			content = slices.Insert(content, at, []byte(`<>"'/&;= `)[m.IntN(9)])
		}
	}
	m.parts[name] = string(content)
	m.did("letters of %s", name)
}

// bytes packs the mutant; one in ten of them is damaged as an archive as well.
func (m *mutant) bytes() []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range append(slices.Sorted(maps.Keys(m.parts)), m.twice...) {
		part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: uint16(m.IntN(2)) * zip.Deflate})
		if err == nil {
			_, err = io.WriteString(part, m.parts[name])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	content := out.Bytes()
	switch m.IntN(20) {
	case 0:
		content = content[:m.IntN(len(content))]
		m.did("the archive cut")
	case 1:
		for range 1 + m.IntN(4) {
			content[m.IntN(len(content))] ^= byte(1 << m.IntN(8))
		}
		m.did("bits of the archive")
	}
	return content
}
