package workbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
)

func TestASecondRoundMarksWhatIsStillWrongAlone(t *testing.T) {
	file := open(t, fixIt(t, "meldung.csv", []byte(faulty), locale.German))
	if err := file.SetCellValue("Daten", "D2", 15); err != nil {
		t.Fatal(err)
	}
	again := open(t, fixIt(t, "meldung.xlsx", saved(t, file), locale.French))
	if got := again.GetSheetList(); !slices.Equal(got, []string{"À faire d’abord", "Daten"}) {
		t.Errorf("sheets %q", got)
	}
	comments := commented(t, again, "Daten")
	if comments["D2"] != "" || comments["C3"] == "" || comments["E3"] == "" || len(comments) != 2 {
		t.Errorf("comments %v", comments)
	}
	if lookOf(t, again, "Daten", "D2") != "" || lookOf(t, again, "Daten", "C3") != errorLook {
		t.Error("the corrected cell is still marked, or the wrong one is not")
	}
}

func TestCommentsOfTheSenderAreLeftAloneAndTheCellsMarkedAllTheSame(t *testing.T) {
	own := open(t, fixIt(t, "meldung.csv", []byte(faulty), locale.German))
	if err := own.AddComment("Daten", excelize.Comment{Cell: "G1", Author: "ich", Text: "meiner"}); err != nil {
		t.Fatal(err)
	}
	marked := open(t, fixIt(t, "meldung.xlsx", saved(t, own), locale.German))
	comments, err := marked.GetComments("Daten")
	if err != nil || len(comments) != 1 || comments[0].Author != "ich" {
		t.Errorf("comments %v, %v", comments, err)
	}
	if got := lookOf(t, marked, "Daten", "D2"); got != errorLook {
		t.Errorf("D2 looks like %q", got)
	}
	rows, err := marked.GetRows("Was zuerst tun")
	if err != nil || !strings.Contains(fmt.Sprint(rows), "eigene Kommentare") {
		t.Errorf("the first sheet does not say so: %v, %v", rows, err)
	}
}

// Programs save a workbook in their own way: they number the comments by the sheet and
// drop their author.
func TestMarksOfAnEarlierRoundAreKnownWhateverProgramSavedThem(t *testing.T) {
	marked := fixIt(t, "meldung.csv", []byte(faulty), locale.German)
	content := repacked(t, marked, func(parts map[string]string) {
		for name, content := range parts {
			content = strings.ReplaceAll(content, "comments1.xml", "comments7.xml")
			content = strings.ReplaceAll(content, "<author>KIP-Monitor</author>", "<author> </author>")
			delete(parts, name)
			parts[strings.ReplaceAll(name, "comments1.xml", "comments7.xml")] = content
		}
	})
	saved7 := open(t, content)
	if comments, err := saved7.GetComments("Daten"); err != nil || len(comments) != 3 || comments[0].Author == "KIP-Monitor" {
		t.Fatalf("not as another program saves it: %v, %v", comments, err)
	}
	if err := saved7.SetCellValue("Daten", "D2", 15); err != nil {
		t.Fatal(err)
	}
	again := open(t, fixIt(t, "meldung.xlsx", saved(t, saved7), locale.German))
	comments := commented(t, again, "Daten")
	if comments["D2"] != "" || comments["C3"] == "" || comments["E3"] == "" || len(comments) != 2 || lookOf(t, again, "Daten", "D2") != "" {
		t.Errorf("comments %v, D2 looks like %q", comments, lookOf(t, again, "Daten", "D2"))
	}
}

// The sender's workbook keeps its formats, its other sheets, its print settings and
// its own comments.
func TestTheSendersOwnWorkbookStaysAsItIs(t *testing.T) {
	own := excelize.NewFile()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(own.SetSheetName("Sheet1", "Zahlen 'neu' 25"))
	const sheet = "Zahlen 'neu' 25"
	_, err := own.NewSheet("Notizen")
	check(err)
	check(own.SetSheetRow(sheet, "A1", &[]any{"Gemeinde", "Jahr", "Neu Zugezogene aus dem Ausland", "davon mit Erstinformation"}))
	check(own.SetSheetRow(sheet, "A2", &[]any{"Grenchen", 2025, -7.5, 1}))
	check(own.SetSheetRow("Notizen", "A1", &[]any{"für mich"}))
	format := `0.00" Leute"`
	style, err := own.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: true}})
	check(err)
	check(own.SetCellStyle(sheet, "C2", "C2", style))
	check(own.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "Notizen!$1:$1", Scope: "Notizen"}))
	check(own.AddComment("Notizen", excelize.Comment{Cell: "A1", Author: "ich", Text: "bleibt"}))

	marked := open(t, fixIt(t, "meldung.xlsx", saved(t, own), locale.German))
	if got := marked.GetSheetList(); !slices.Equal(got, []string{"Was zuerst tun", sheet, "Notizen"}) {
		t.Fatalf("sheets %q", got)
	}
	if got := lookOf(t, marked, sheet, "C2"); got != errorLook {
		t.Errorf("C2 looks like %q", got)
	}
	if text, _ := marked.GetCellValue(sheet, "C2"); text != "-7.50 Leute" {
		t.Errorf("C2 is shown as %q", text)
	}
	id, _ := marked.GetCellStyle(sheet, "C2")
	if kept, err := marked.GetStyle(id); err != nil || !kept.Font.Bold {
		t.Error("the font is another one")
	}
	for _, name := range marked.GetDefinedName() {
		if name.Name == "_xlnm.Print_Titles" && strings.HasPrefix(name.RefersTo, "Notizen") && name.Scope != "Notizen" {
			t.Errorf("the print titles of «Notizen» are now those of %q", name.Scope)
		}
	}
	if kept, err := marked.GetComments("Notizen"); err != nil || len(kept) != 1 || kept[0].Author != "ich" {
		t.Errorf("the sender's comment: %v, %v", kept, err)
	}
	links := 0
	for row := range 20 {
		if linked, target, _ := marked.GetCellHyperLink("Was zuerst tun", "D"+strconv.Itoa(row+1)); linked {
			links++
			if !strings.HasPrefix(target, "'Zahlen ''neu'' 25'!") {
				t.Errorf("a link leads to %q", target)
			}
		}
	}
	if links == 0 {
		t.Error("no finding has a link to its cell")
	}
}

func TestACorrectedWorkbookIsAccepted(t *testing.T) {
	correct := func(t *testing.T, content []byte, sheet string, cells map[string]any) {
		file := open(t, content)
		for cell, value := range cells {
			if err := file.SetCellValue(sheet, cell, value); err != nil {
				t.Fatal(err)
			}
		}
		report, observations := read(t, fileOf("korrigiert.xlsx", saved(t, file)), intake.Expect{})
		if !report.Accepted() || report.Sheet != sheet || len(observations) != 6 {
			t.Errorf("%d figures from the sheet %q:\n%s", len(observations), report.Sheet, found(report))
		}
	}
	cells := map[string]any{"D2": 15, "C3": "männlich", "E3": "20"}
	text := fixIt(t, "meldung.csv", []byte(faulty), locale.French)
	t.Run("made of a text", func(t *testing.T) { correct(t, text, "Données", cells) })

	// The sender's own workbook, in its own look.
	own := excelize.NewFile()
	for i, line := range strings.Split(strings.TrimSpace(faulty), "\r\n") {
		for j, cell := range strings.Split(line, ";") {
			name, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := own.SetCellStr("Sheet1", name, cell); err != nil {
				t.Fatal(err)
			}
		}
	}
	marked := fixIt(t, "meldung.xlsx", saved(t, own), locale.German)
	t.Run("the sender's own", func(t *testing.T) { correct(t, marked, "Sheet1", cells) })
	t.Run("marked a second time", func(t *testing.T) {
		correct(t, fixIt(t, "meldung.xlsx", marked, locale.Italian), "Sheet1", cells)
	})
}
