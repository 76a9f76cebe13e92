package workbook

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
)

// mutations is how many damaged workbooks an ordinary run tries; KIPMONITOR_TEST_MUTATIONS
// says another number, and then the bounds of time and memory are measured as well.
const mutations = 150

const (
	mostTime   = 5 * time.Second
	mostMemory = 256 << 20
)

// Whatever workbook comes in by upload, it is read or refused; whatever the check can
// read comes back with its cells marked, or a sentence says why not; and marking it
// changes no figure and no finding. The way is that of the server, up to its records.
func TestMutatedWorkbooksAreReadMarkedOrRefused(t *testing.T) {
	count, measured := mutations, false
	if text := os.Getenv("KIPMONITOR_TEST_MUTATIONS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		count, measured = n, true
	}
	bases := healthy(t)
	desk := submission.NewService(whole(), forgetful{})
	tally := map[string]int{}
	var slowest time.Duration
	var largest uint64
	peak := watchMemory(t)
	for seed := range uint64(count) {
		m := newMutant(seed, bases[seed%uint64(len(bases))])
		content := m.bytes()
		r := sent(t, desk, content, peak)
		slowest, largest = max(slowest, r.taken), max(largest, r.memory)
		tally[r.outcome]++
		if r.fault == "" && measured && (r.taken > mostTime || r.memory > mostMemory) {
			r.fault = fmt.Sprintf("took %s and %d MiB", r.taken.Round(time.Millisecond), r.memory>>20)
		}
		if r.fault != "" {
			t.Errorf("seed %d, %s (%s):\n%s", seed, r.outcome, strings.Join(m.steps, "; "), r.fault)
		}
	}
	t.Logf("%d workbooks: %v; the slowest took %s, the most memory was %d MiB", count, tally, slowest.Round(time.Millisecond), largest>>20)
	if tally["marked"] < count/10 {
		t.Errorf("of %d workbooks only %d could be marked: the mutations break too much", count, tally["marked"])
	}
}

// libraryText is what only libraries say.
var libraryText = regexp.MustCompile(`(?:zip|xml|flate|strconv|bufio|io|runtime|panic|excelize)[:.] ?[a-z]|XML syntax|EOF|runtime error|no such file|invalid |unexpected `)

// result is how a workbook fared, what is wrong with that, and what it took.
type result struct {
	outcome, fault string
	taken          time.Duration // of computing
	memory         uint64
}

// sent sends a workbook as the server takes it and asks for its marked copy.
func sent(t *testing.T, desk *submission.Service, content []byte, peak *atomic.Uint64) (r result) {
	var receipt submission.Receipt
	var marked bytes.Buffer
	var refused error // what the sender is told instead of a marked copy
	peak.Store(0)
	begun := computed(t)
	err := panics.Try(func() error {
		file, err := upload.Keep(t.TempDir(), "meldung.xlsx", bytes.NewReader(content))
		if err != nil {
			return err
		}
		defer file.Close()
		if receipt, err = desk.Receive(t.Context(), file.File, intake.Expect{}, account.Viewer{Role: account.Coordination}); err == nil {
			refused = WriteFixIt(&marked, file.File, whole(), intake.Expect{}, intake.Known{}, locale.German)
		}
		return err
	})
	r.taken, r.memory = computed(t)-begun, peak.Load()
	if err != nil {
		r.outcome, r.fault = "error", err.Error()
		return r
	}
	r.outcome, r.fault = judged(t, content, receipt.Report, marked.Bytes(), refused)
	return r
}

// judged says how a workbook fared: what was found in it, and its marked copy or why
// there is none.
func judged(t *testing.T, content []byte, before intake.Report, marked []byte, err error) (outcome, fault string) {
	for _, finding := range before.Findings {
		for _, language := range locale.Languages {
			if text := finding.In(language); text == "" || strings.HasPrefix(text, "[") || libraryText.MatchString(strings.ReplaceAll(text, finding.Text, "")) {
				return "finding", fmt.Sprintf("%s: %q", finding.Code, text)
			}
		}
	}
	if told, ok := problem.From(err); ok {
		for _, language := range locale.Languages {
			if told.Kind == problem.Unavailable || libraryText.MatchString(told.In(language)) || len(marked) > 0 {
				return "problem", err.Error()
			}
		}
		return told.Code, ""
	}
	if err != nil {
		return "error", err.Error()
	}
	after, err := intake.Check(fileOf("meldung.xlsx", marked), whole(), intake.Expect{})
	if err != nil {
		return "again", err.Error()
	}
	if was, is := withoutSheet(before), withoutSheet(after); was != is {
		return "differs", "read in another way:\n" + firstOther(is, was)
	}
	if before.Accepted() {
		if was, is := figures(t, fileOf("meldung.xlsx", content), before), figures(t, fileOf("meldung.xlsx", marked), after); was != is {
			return "differs", "other figures:\n" + firstOther(is, was)
		}
	}
	if len(inspect(t, content)) == 0 {
		if faults := inspect(t, marked); len(faults) > 0 {
			return "unsound", strings.Join(faults, "; ")
		}
	}
	return "marked", ""
}

// withoutSheet is what a report says, but for the name of the sheet.
func withoutSheet(report intake.Report) string {
	report.Findings = slices.Clone(report.Findings)
	for i := range report.Findings {
		report.Findings[i].Place.Sheet = ""
	}
	return fmt.Sprintln(report.Form, report.Organisation, report.Period, report.Rows, report.Observations, report.Totals) + found(report)
}

// firstOther are the first lines in which two texts differ.
func firstOther(is, was string) string {
	after, before := strings.Split(is, "\n"), strings.Split(was, "\n")
	for i := range min(len(after), len(before)) {
		if after[i] != before[i] {
			return after[i] + "\nbefore:\n" + before[i]
		}
	}
	return fmt.Sprintf("%d lines, before %d", len(after), len(before))
}

// figures are the observations of a file, one a line.
func figures(t *testing.T, file intake.File, report intake.Report) string {
	var lines []string
	err := intake.Read(file, whole(), report, func(batch []figure.Observation) error {
		for _, o := range batch {
			o.Cell.Sheet = ""
			lines = append(lines, fmt.Sprintf("%+v", o))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return strings.Join(lines, "\n")
}

// computed is how long the processors have worked for this process: what else the machine
// does makes no difference.
func computed(t *testing.T) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// watchMemory notes how much memory objects take at most since it was last set to 0.
func watchMemory(t *testing.T) *atomic.Uint64 {
	var peak atomic.Uint64
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if metrics.Read(sample); sample[0].Value.Uint64() > peak.Load() {
					peak.Store(sample[0].Value.Uint64())
				}
			}
		}
	}()
	return &peak
}

// healthy are the workbooks that are damaged: those of the cases, templates, marked
// copies, and one with much in it.
func healthy(t *testing.T) []map[string]string {
	t.Helper()
	var bases []map[string]string
	files, err := filepath.Glob("testdata/*.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bases = append(bases, unpacked(t, content))
	}
	marked := fixIt(t, "meldung.csv", []byte(faulty), locale.French)
	bases = append(bases, unpacked(t, marked), unpacked(t, fixIt(t, "meldung.xlsx", marked, locale.German)), unpacked(t, rich(t)))
	for _, want := range owing(2025)[:3] {
		want.Language, want.Format = locale.Italian, XLSX
		var template bytes.Buffer
		if err := WriteTemplate(&template, whole(), want); err != nil {
			t.Fatal(err)
		}
		bases = append(bases, unpacked(t, template.Bytes()))
	}
	return bases
}

// rich is a workbook with much that stands beside figures: comments, buttons, charts,
// tables, hidden sheets, merged cells, formats, names.
func rich(t *testing.T) []byte {
	t.Helper()
	file := excelize.NewFile()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(faulty), "\r\n") {
		for j, cell := range strings.Split(line, ";") {
			name, _ := excelize.CoordinatesToCellName(j+1, i+3)
			var value any = cell
			if n, err := strconv.Atoi(cell); err == nil {
				value = n
			}
			check(file.SetCellValue("Sheet1", name, value))
		}
	}
	check(file.SetCellStr("Sheet1", "A1", "Schuleintritte"))
	check(file.MergeCell("Sheet1", "A1", "F1"))
	format := "dd.mm.yyyy"
	style, err := file.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true}})
	check(err)
	check(file.SetCellStyle("Sheet1", "A3", "F3", style))
	check(file.AddTable("Sheet1", &excelize.Table{Range: "A3:F6", Name: "Meldung"}))
	check(file.AddChart("Sheet1", "H2", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Name: "Sheet1!$D$3", Categories: "Sheet1!$A$4:$A$6", Values: "Sheet1!$E$4:$E$6"}}}))
	for _, sheet := range []string{"Notizen", "Verborgen"} {
		_, err := file.NewSheet(sheet)
		check(err)
		check(file.SetCellStr(sheet, "A1", "für mich"))
		check(file.AddComment(sheet, excelize.Comment{Cell: "A1", Author: "ich", Text: "bleibt"}))
	}
	check(file.SetSheetVisible("Verborgen", false))
	check(file.AddFormControl("Notizen", excelize.FormControl{Cell: "C3", Type: excelize.FormControlButton, Text: "Knopf"}))
	check(file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "Notizen!$A$1:$B$2", Scope: "Notizen"}))
	return saved(t, file)
}

// forgetful is a store in which nothing is kept; all figures are read.
type forgetful struct{ submission.Records }

func (forgetful) Of(context.Context, figure.Form, figure.Organisation, ...figure.Year) ([]submission.Submission, error) {
	return nil, nil
}

func (forgetful) TotalsInForce(context.Context, figure.Form, figure.Organisation, figure.Year) (map[figure.Organisation]map[figure.Part]map[figure.KeyFigure]figure.Decimal, error) {
	return nil, nil
}

func (forgetful) Keep(_ context.Context, _ submission.Submission, _ intake.File, read func(emit func([]figure.Observation) error) error, _ ...account.Entry) error {
	return read(func([]figure.Observation) error { return nil })
}
