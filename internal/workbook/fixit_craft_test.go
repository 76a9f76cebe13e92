package workbook

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
)

// crafted is a small workbook written by hand, with the given rows.
func crafted(t *testing.T, rows string, change func(parts map[string]string)) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="` + packageSpace + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + sheetType + `"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="` + packageSpace + `relationships"><Relationship Id="a" Type="` + relationSpace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="` + mainSpace + `" xmlns:r="` + relationSpace + `"><sheets><sheet name="Daten" sheetId="1" r:id="b"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="` + packageSpace + `relationships"><Relationship Id="b" Type="` + relationSpace + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet xmlns="` + mainSpace + `" xmlns:r="` + relationSpace + `"><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	return repacked(t, fixIt(t, "a.csv", []byte(faulty), locale.German), func(made map[string]string) {
		clear(made)
		for name, content := range parts {
			made[name] = content
		}
		if change != nil {
			change(made)
		}
	})
}

// textRow is a row of texts without references.
func textRow(cells ...string) string {
	row := "<row>"
	for _, cell := range cells {
		row += `<c t="str"><v>` + cell + `</v></c>`
	}
	return row + "</row>"
}

var headRow = textRow("Gemeinde", "Jahr", "Neu Zugezogene aus dem Ausland")

func TestSheetsMayBeWrittenInManyWays(t *testing.T) {
	wrong := headRow + textRow("Grenchen", "2025", "viele")
	for name, content := range map[string][]byte{
		"without references": crafted(t, wrong, nil),
		"prefixes": crafted(t, wrong, func(parts map[string]string) {
			for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
				parts[name] = strings.ReplaceAll(startOfName.ReplaceAllString(parts[name], "${1}x:${2}"), " xmlns=", " xmlns:x=")
			}
		}),
		"strict": crafted(t, wrong, func(parts map[string]string) {
			for name, content := range parts {
				parts[name] = spaces.Replace(content)
			}
		}),
		"a drawing that is not there": crafted(t, wrong, func(parts map[string]string) {
			parts["xl/worksheets/sheet1.xml"] = strings.Replace(parts["xl/worksheets/sheet1.xml"], "</worksheet>", `<legacyDrawing r:id="gone"></legacyDrawing><extLst/></worksheet>`, 1)
		}),
		"names in capitals": crafted(t, wrong, func(parts map[string]string) {
			parts["XL/Worksheets/Sheet1.xml"] = parts["xl/worksheets/sheet1.xml"]
			delete(parts, "xl/worksheets/sheet1.xml")
		}),
	} {
		marked := fixIt(t, name, content, locale.German)
		parts := unpacked(t, marked)
		sheet := parts["xl/worksheets/sheet1.xml"] + parts["XL/Worksheets/Sheet1.xml"]
		if strings.Count(sheet, ` s="1"`) != 2 || !strings.Contains(parts["xl/comments1.xml"], `ref="C2"`) || strings.Count(sheet, "legacyDrawing ") != 1 {
			t.Errorf("%s: %s", name, sheet)
		}
		if faults := inspect(t, marked); len(faults) > 0 && name != "names in capitals" {
			t.Errorf("%s: %s", name, strings.Join(faults, "; "))
		}
		if report, _ := intake.Check(fileOf(name, marked), whole(), intake.Expect{}); !strings.Contains(found(report), "«viele»") {
			t.Errorf("%s is read as %s", name, found(report))
		}
	}
}

// A cell that is not there has the look of its row, or of its column, and the mark.
func TestAnEmptyCellThatIsNotThereIsMarked(t *testing.T) {
	rows := textRow("Gemeinde", "Jahr", "Betrag", "Organisation", "Neu Zugezogene aus dem Ausland", "davon mit Erstinformation") +
		`<row r="2"><c r="B2"><v>2025</v></c><c r="E2"><v>3</v></c><c r="F2"><v>2</v></c></row>`
	marked := open(t, fixIt(t, "a.xlsx", crafted(t, rows, func(parts map[string]string) {
		parts["xl/worksheets/sheet1.xml"] = strings.Replace(parts["xl/worksheets/sheet1.xml"], "<sheetData>", `<cols><col min="1" max="1" style="1"/></cols><sheetData>`, 1)
		parts["xl/styles.xml"] = `<styleSheet xmlns="` + mainSpace + `"><cellXfs><xf/><xf numFmtId="49"/></cellXfs></styleSheet>`
		parts["xl/_rels/workbook.xml.rels"] = strings.Replace(parts["xl/_rels/workbook.xml.rels"], "</R", `<Relationship Id="c" Type="`+relationSpace+`/styles" Target="styles.xml"/></R`, 1)
		parts["[Content_Types].xml"] = strings.Replace(parts["[Content_Types].xml"], "</T", `<Override PartName="/xl/styles.xml" ContentType="`+stylesType+`"/></T`, 1)
	}), locale.German))
	comments := commented(t, marked, "Daten")
	if comments["A2"] == "" || lookOf(t, marked, "Daten", "A2") == "" {
		t.Fatalf("A2 is not marked: %v", comments)
	}
	id, _ := marked.GetCellStyle("Daten", "A2")
	if style, err := marked.GetStyle(id); err != nil || style.NumFmt != textFormat {
		t.Errorf("A2 has lost the format of its column: %v, %v", style, err)
	}
}

func TestNamesThatExcelRefusesAreMended(t *testing.T) {
	for name, want := range map[string]string{
		strings.Repeat("Jahresmeldung ", 4): "Jahresmeldung Jahresmeldung Jah",
		"a:b/c[d]":                          "a_b_c_d_",
		"&apos;x&apos;":                     "x",
		"Was zuerst tun":                    "Was zuerst tun",
	} {
		content := crafted(t, headRow+textRow("Grenchen", "2025", "viele"), func(parts map[string]string) {
			parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "Daten", name, 1)
		})
		marked := fixIt(t, "a.xlsx", content, locale.German)
		sheets := open(t, marked).GetSheetList()
		first := "Was zuerst tun"
		if want == first { // the sender's own sheet bears the name of ours
			first = "Was zuerst tun (2)"
		}
		if !slices.Equal(sheets, []string{first, want}) || len(inspect(t, marked)) > 0 {
			t.Errorf("%q: sheets %q, %v", name, sheets, inspect(t, marked))
		}
	}
}

func TestWhatCannotBeMarkedIsSaidInASentence(t *testing.T) {
	rows := headRow + textRow("Grenchen", "2025", "viele")
	sound := repacked(t, fixIt(t, "a.csv", []byte(faulty), locale.German), func(map[string]string) {})
	torn := bytes.Replace(sound, []byte("mso-direction-alt:auto"), []byte("mso-direction-alt:torn"), 1)
	for code, content := range map[string][]byte{
		"fixit_sheet_twice": crafted(t, rows, func(parts map[string]string) {
			parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "</sheets>", `<sheet name="Daten" sheetId="2" r:id="b"/></sheets>`, 1)
		}),
		"fixit_built":  crafted(t, strings.Replace(rows, "<c ", "<c a=b ", 1), nil),
		"fixit_built ": torn, // a part that the check has no need to read is damaged
	} {
		err := WriteFixIt(io.Discard, fileOf("a.xlsx", content), whole(), intake.Expect{}, intake.Known{}, locale.French)
		if told, ok := problem.From(err); !ok || told.Code != strings.TrimSpace(code) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// faultyDisk panics when it is read.
type faultyDisk struct{}

func (faultyDisk) ReadAt([]byte, int64) (int, error) { panic("the disk is gone") }

func TestAPanicEndsNothingButTheMarkedCopy(t *testing.T) {
	err := WriteFixIt(io.Discard, intake.File{Name: "a.xlsx", Size: 100, Content: faultyDisk{}}, whole(), intake.Expect{}, intake.Known{}, locale.German)
	told, ok := problem.From(err)
	if !ok || told.Code != "fixit_fault" || told.Kind != problem.Unavailable {
		t.Fatalf("got %v", err)
	}
	if fault, ok := panics.From(err); !ok || fault.Value != "the disk is gone" || !strings.Contains(string(fault.Stack), "faultyDisk") {
		t.Errorf("the log does not say where: %v", err)
	}
}
