package workbook

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
)

// Workbooks as libraries and old programs write them, which the check reads: without
// formats of cells or with fonts that have no name, with a drawing that is not there,
// with a name that Excel would not allow.
func TestWhatTheCheckReadsIsMarked(t *testing.T) {
	files, err := filepath.Glob("testdata/*.xlsx")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before, err := intake.Check(fileOf(name, content), whole(), intake.Expect{})
		if err != nil || before.Form == "" || len(before.Findings) == 0 {
			t.Fatalf("%s: %v, %v", name, before, err)
		}
		for _, language := range locale.Languages {
			marked := fixIt(t, name, content, language)
			if faults := inspect(t, marked); len(faults) > 0 {
				t.Errorf("%s in %s: %s", name, language, strings.Join(faults, "; "))
			}
			file := open(t, marked)
			sheets := file.GetSheetList()
			if want := language.Say("workbook.sheet.first", nil); sheets[0] != want || len(sheets) != 2 {
				t.Errorf("%s in %s: sheets %q", name, language, sheets)
			}
			for _, finding := range before.Findings {
				if at := finding.Place; at.Column > 0 && lookOf(t, file, sheets[1], cellName(at)) == "" {
					t.Errorf("%s in %s: %s is not marked", name, language, cellName(at))
				}
			}
			after, err := intake.Check(fileOf(name, marked), whole(), intake.Expect{})
			if err != nil || strings.ReplaceAll(found(after), after.Sheet, "") != strings.ReplaceAll(found(before), before.Sheet, "") {
				t.Errorf("%s in %s is read in another way:\n%s\nbefore:\n%s", name, language, found(after), found(before))
			}
			if again := fixIt(t, name, marked, language); len(inspect(t, again)) > 0 || len(open(t, again).GetSheetList()) != 2 {
				t.Errorf("%s in %s: marked a second time it is not sound: %s", name, language, inspect(t, again))
			}
		}
	}
}

// What is not marked is handed back byte for byte, also what no program knows.
func TestWhatIsNotMarkedStaysByteForByte(t *testing.T) {
	content, err := os.ReadFile("testdata/panic_2.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	content = repacked(t, content, func(parts map[string]string) {
		parts["customXml/item1.xml"] = "<a  b='c'>&#65;</a>"
		parts["[Content_Types].xml"] = strings.Replace(parts["[Content_Types].xml"], "</Types>", `<Override PartName="/customXml/item1.xml" ContentType="application/xml"/></Types>`, 1)
		sheet := parts["xl/worksheets/sheet1.xml"]
		parts["xl/worksheets/sheet1.xml"] = strings.Replace(sheet, "<legacyDrawing", "<pageMargins   left='1' right='1' top='1' bottom='1' header='1' footer='1'/><legacyDrawing", 1)
	})
	before, after := unpacked(t, content), unpacked(t, fixIt(t, "a.xlsx", content, locale.German))
	changed := []string{"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/worksheets/sheet1.xml"}
	for name, was := range before {
		if (after[name] == was) == slices.Contains(changed, name) {
			t.Errorf("%s: changed %v", name, after[name] != was)
		}
	}
	if !strings.Contains(after["xl/worksheets/sheet1.xml"], "<pageMargins   left='1'") {
		t.Error("what stands below the rows was written anew")
	}
}

func cellName(at figure.Cell) string {
	name, _ := excelize.CoordinatesToCellName(int(at.Column), int(at.Row))
	return name
}

func unpacked(t testing.TB, workbook []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, part := range archive.File {
		reader, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		parts[part.Name] = string(content)
	}
	return parts
}

// repacked is a workbook with its parts changed; they are stored as they are.
func repacked(t testing.TB, workbook []byte, change func(parts map[string]string)) []byte {
	t.Helper()
	parts := unpacked(t, workbook)
	change(parts)
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := to.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
