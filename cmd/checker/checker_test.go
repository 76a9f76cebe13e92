package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/demo"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/summary"
	"kipmonitor/seed"
)

// one is a file to be checked in both worlds; its JSON is what testdata/run.mjs
// reads.
type one struct {
	Name     string          `json:"name"`
	Content  []byte          `json:"content"`
	Expect   expected        `json:"expect"`
	Language locale.Language `json:"language"`
}

type expected struct {
	Form         figure.Form         `json:"form"`
	Organisation figure.Organisation `json:"organisation"`
	Period       string              `json:"period"`
}

// build compiles the checker as `make assets` does.
func build(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "checker.wasm")
	command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, ".")
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build the checker: %v\n%s", err, output)
	}
	return program
}

// inTheBrowser checks the cases with the compiled checker.
func inTheBrowser(t *testing.T, program string, definition *programme.Programme, fingerprint string, cases []one) (answers []string, fault string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	must(t, err)
	helper := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	packed, err := definition.Pack()
	must(t, err)
	pack := filepath.Join(t.TempDir(), "definition.zip")
	must(t, os.WriteFile(pack, packed, 0o600))
	var input, complaints bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, one := range cases {
		must(t, encoder.Encode(one))
	}
	command := exec.Command("node", filepath.Join("testdata", "run.mjs"), helper, program, pack, fingerprint)
	command.Stdin, command.Stderr = &input, &complaints
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Sprintf("%v\n%s", err, complaints.String())
	}
	return strings.Split(strings.TrimSuffix(string(output), "\n"), "\n"), ""
}

// onTheServer checks a case as the server does and returns its JSON.
func onTheServer(t *testing.T, p *programme.Programme, one one) (string, summary.Verdict) {
	t.Helper()
	expect := intake.Expect{Form: one.Expect.Form, Organisation: one.Expect.Organisation}
	if one.Expect.Period != "" {
		period, err := figure.ParsePeriod(one.Expect.Period)
		must(t, err)
		expect.Period = period
	}
	report, err := intake.Check(intake.File{Name: one.Name, Size: int64(len(one.Content)), Content: bytes.NewReader(one.Content)}, p, expect)
	must(t, err)
	said := summary.Of(report, p, one.Language)
	answer, err := json.Marshal(struct {
		Report  intake.Report   `json:"report"`
		Summary summary.Summary `json:"summary"`
	}{report, said})
	must(t, err)
	return string(answer), said.Verdict
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheBrowserSaysWhatTheServerSays(t *testing.T) {
	program := build(t)
	whole, err := programme.Load(seed.Files)
	must(t, err)
	small, err := programme.Load(os.DirFS(filepath.Join("..", "..", "internal", "intake", "testdata", "programme")))
	must(t, err)
	real := slices.Concat(officeFiles(t), demoFiles(t, whole), workbooks(t))
	// A phone downloads it too; packed it is a quarter of this.
	if file, err := os.Stat(program); err != nil || file.Size() > 9<<20 {
		t.Errorf("the checker has %d bytes (%v)", file.Size(), err)
	}
	// Node reads a definition in more time than it checks a hundred files.
	for name, test := range map[string]struct {
		programme *programme.Programme
		cases     []one
	}{
		"files of offices, demo files, and both damaged": {whole,
			slices.Concat(inFourLanguages(officeFiles(t)), inFourLanguages(workbooks(t)), demoFiles(t, whole), toldBeforehand(real), damaged(real, 200))},
		"ugly files": {small, inFourLanguages(uglyFiles(t))},
	} {
		t.Run(name, func(t *testing.T) {
			answers, fault := inTheBrowser(t, program, test.programme, test.programme.Fingerprint, test.cases)
			if len(answers) != len(test.cases) {
				t.Fatalf("%d answers to %d files: %s", len(answers), len(test.cases), fault)
			}
			verdicts := map[summary.Verdict]int{}
			for i, one := range test.cases {
				want, verdict := onTheServer(t, test.programme, one)
				verdicts[verdict]++
				if answers[i] != want {
					t.Fatalf("%s in %s:\nbrowser %s\nserver  %s\nfile    %.2000q", one.Name, one.Language, answers[i], want, one.Content)
				}
			}
			t.Logf("%d files, the same in both: %v", len(test.cases), verdicts)
			for _, verdict := range []summary.Verdict{summary.Good, summary.Warned, summary.Faulty, summary.Personal} {
				if verdicts[verdict] == 0 {
					t.Errorf("no file of the test is %s: it shows nothing for such files", verdict)
				}
			}
		})
	}
	t.Run("a definition that is not the server's", func(t *testing.T) {
		answers, fault := inTheBrowser(t, program, small, whole.Fingerprint, officeFiles(t))
		if answers != nil || !strings.Contains(fault, "not the server's") {
			t.Errorf("it gave %d answers: %s", len(answers), fault)
		}
	})
}

// officeFiles are those of the tests of the check, as offices would send them.
func officeFiles(t *testing.T) []one {
	t.Helper()
	var cases []one
	for _, pattern := range []string{"files/*.csv", "cases/*.csv", "workbooks/*.xlsx", "workbooks/*.xls"} {
		names, err := filepath.Glob(filepath.Join("..", "..", "internal", "intake", "testdata", pattern))
		must(t, err)
		for _, name := range names {
			content, err := os.ReadFile(name)
			must(t, err)
			cases = append(cases, one{Name: filepath.Base(name), Content: content, Language: locale.German})
		}
	}
	if len(cases) < 8 {
		t.Fatalf("%d files of offices", len(cases))
	}
	warned := "Gemeinde;Periode;arrivals;arrivals_informed;first_talks;first_talks_within_90_days;first_talks_protection_explained;persons_with_need;persons_with_need_assigned\n" +
		"Grenchen;2025;1.234;1200;20;15;12;10;7\n"
	return append(cases, one{Name: "tausender.csv", Content: []byte(warned), Language: locale.German})
}

// workbooks are files of Excel: with a title above the table and numbers as numbers
// and as text, with faults, and with a number of the old-age insurance.
func workbooks(t *testing.T) []one {
	t.Helper()
	var cases []one
	for name, rows := range map[string][][]any{
		"gut":      {{"Grenchen", 2025, 100, "90", 20, 15, 12, 10, 7}},
		"fehler":   {{"Grenchn", 2025, "viele", 90}, {"Grenchen", "2025", 1e15, -1.5}},
		"personen": {{"Grenchen", 2025, 100, 90, 20, 15, 12, 10, 7, "756.9217.0769.85"}},
	} {
		book := excelize.NewFile()
		table := append([][]any{{"Meldung der Gemeinde"},
			{"Gemeinde", "Periode", "arrivals", "arrivals_informed", "first_talks", "first_talks_within_90_days", "first_talks_protection_explained", "persons_with_need", "persons_with_need_assigned"}}, rows...)
		for i, row := range table {
			must(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
		}
		content, err := book.WriteToBuffer()
		must(t, err)
		must(t, book.Close())
		cases = append(cases, one{Name: name + ".xlsx", Content: content.Bytes(), Language: locale.German})
	}
	slices.SortFunc(cases, func(a, b one) int { return strings.Compare(a.Name, b.Name) })
	return cases
}

// demoFiles are a part of what `kipmonitor demo` sends.
func demoFiles(t *testing.T, p *programme.Programme) []one {
	t.Helper()
	parameters, err := demo.ReadParameters(seed.Files)
	must(t, err)
	files, err := demo.Generate(p, parameters)
	must(t, err)
	var cases []one
	for i, file := range files {
		// The last one is the list of persons that is sent by mistake.
		if i%29 == 0 || i == len(files)-1 || file.Faulty && i%5 == 0 {
			cases = append(cases, one{Name: file.Name, Content: file.Content, Language: locale.Languages[i%len(locale.Languages)]})
		}
	}
	return cases
}

// uglyFiles are what nobody should send, and somebody will.
func uglyFiles(t *testing.T) []one {
	const head = "Gemeinde;Jahr;Geschlecht;Ankünfte;Davon informiert\n"
	contents := []string{
		"", " \n \n", "\"\n", "\x00", "\xff\xfe", "\xef\xbb\xbf", "sep=;\n", ";;;;\n;;;;", "PK\x03\x04rest", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "%PDF-1.7",
		"Sehr geehrte Damen und Herren\nim Anhang die Zahlen\n", head, head + "Grenchen;2025;m;40;30\nGrenchen;2025;w;50;45\n",
		head + "Grenchen;2025;m;viele;=SUMME(A1)\nGrenchem;bald;x;-4;1.000\n", head + "Grenchen;2025;\"m;4;3\n", head + "Grenchen;2025;m;1.234;1'234\n",
		head + strings.Repeat("Grenchen;2025;m;40;30\n", 300), head + "Grenchen;2025;m;756.9217.0769.85;3\n",
		"Name;Vorname;Geburtsdatum\nMuster;Anna;3.4.1985\n", "E-Mail;Jahr\nanna.muster@example.org;2025\n", head + "Grenchen;2025;m;4;3;Tel. 032 627 20 80\n",
		head + "\u2028\u202e<script>alert(1)</script>;2025;m;&amp;;\\u0000\n", head + "Grenchen;2025;m;١٢;３\n", head + "Gre\u0301nchen;2025;m;9223372036854775807;1e400\n",
		strings.Repeat("a;", 3000) + "\n" + strings.Repeat("1;", 3000), strings.ReplaceAll(head+"Olten;2025;m;4;3\n", "\n", "\r"),
	}
	// Whatever fuzzing has found stays in the tests.
	found, err := filepath.Glob(filepath.Join("..", "..", "internal", "intake", "testdata", "fuzz", "*", "*"))
	must(t, err)
	for _, name := range found {
		content, err := os.ReadFile(name)
		must(t, err)
		contents = append(contents, string(content))
	}
	var cases []one
	for i, content := range contents {
		cases = append(cases, one{Name: fmt.Sprintf("datei %d <b>.csv", i), Content: []byte(content), Language: locale.German})
	}
	return cases
}

func inFourLanguages(cases []one) []one {
	var all []one
	for _, language := range locale.Languages {
		for _, one := range cases {
			one.Language = language
			all = append(all, one)
		}
	}
	return all
}

// toldBeforehand are files of which something is said beside their content, which
// some of them contradict.
func toldBeforehand(cases []one) []one {
	var all []one
	for i, one := range cases {
		one.Expect = [...]expected{{Period: "2025"}, {Organisation: "ECAP"}, {Form: "municipality_year"}, {Period: "2025-Q3", Organisation: "ECAP"}, {Form: "unfug"}}[i%5]
		all = append(all, one)
	}
	return all
}

// damaged are files into which slips were made at random, always the same ones.
func damaged(cases []one, count int) []one {
	random := rand.New(rand.NewPCG(2025, 12))
	slips := []string{"756.9217.0769.85", "anna.muster@example.org", "032 627 20 80", "3.4.1985", "\"", ";", "\n", "\r\n", "\x00", "ü", "\xfc", "1.000", "-", "0", "999999999999999", "=A1", "Total", "Grenchen", "2024", "’", "%"}
	// In a large file a slip is seldom seen, and always takes long.
	small := slices.DeleteFunc(slices.Clone(cases), func(one one) bool { return len(one.Content) > 8<<10 })
	all := make([]one, 0, count)
	for i := range count {
		one := small[random.IntN(len(small))]
		content := bytes.Clone(one.Content)
		for range 1 + i%3 {
			at := random.IntN(len(content) + 1)
			switch random.IntN(4) {
			case 0:
				content = slices.Insert(content, at, []byte(slips[random.IntN(len(slips))])...)
			case 1:
				content = slices.Delete(content, at, min(len(content), at+1+random.IntN(20)))
			case 2:
				if at < len(content) {
					content[at] = byte(random.IntN(256))
				}
			case 3:
				// In place of a cell.
				end := at + max(0, bytes.IndexAny(content[at:], ";,\t\n"))
				content = slices.Replace(content, at, end, []byte(slips[random.IntN(len(slips))])...)
			}
			if len(content) == 0 {
				break
			}
		}
		one.Content, one.Language = content, locale.Languages[i%len(locale.Languages)]
		all = append(all, one)
	}
	return all
}

// What the browser downloads must stay small and must not know what only the
// server may: neither figures nor the definition.
func TestTheCheckerHoldsNothingOfTheServer(t *testing.T) {
	command := exec.Command("go", "list", "-deps", ".")
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	output, err := command.Output()
	must(t, err)
	for _, path := range strings.Fields(string(output)) {
		for _, foreign := range []string{"kipmonitor/seed", "kipmonitor/dashboards", "kipmonitor/internal/web", "kipmonitor/internal/store", "kipmonitor/internal/submission",
			"github.com/", "net/http", "net", "time/tzdata"} {
			if path == foreign || strings.HasSuffix(foreign, "/") && strings.HasPrefix(path, foreign) {
				t.Errorf("the checker contains %s", path)
			}
		}
	}
}
