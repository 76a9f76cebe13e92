package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/workbook"
)

func runCheck(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	o.registerSeed(flags)
	var expect expectation
	expect.register(flags)
	asJSON := flags.Bool("json", false, say("option.json", nil))
	fixIt := flags.String("fix-it", "", say("option.fix_it", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if flags.NArg() == 0 {
		return misused(stderr, "check")
	}
	if *fixIt != "" && flags.NArg() > 1 {
		return misused(stderr, "fix_it")
	}
	expected, err := expect.parse()
	if err != nil {
		fail(stderr, err)
		return 2
	}
	p, err := o.loadProgramme()
	if err != nil {
		return fail(stderr, err)
	}
	exit := 0
	for _, path := range flags.Args() {
		var report intake.Report
		err := panics.Try(func() (err error) {
			report, err = checkFile(path, p, expected)
			return err
		})
		if err != nil {
			fmt.Fprintf(stderr, "%s: ", path)
			fail(stderr, err)
			exit = 1
			continue
		}
		if *asJSON {
			if err := json.NewEncoder(stdout).Encode(report); err != nil {
				return fail(stderr, err)
			}
		} else {
			writeReport(stdout, path, p, report, spoken)
		}
		if !report.Accepted() {
			exit = 1
		}
		if *fixIt != "" {
			if err := writeFixIt(*fixIt, path, p, expected, spoken); err != nil {
				return fail(stderr, err)
			}
		}
	}
	return exit
}

// writeFixIt writes a file again as a workbook with its wrong cells marked.
func writeFixIt(output, path string, p *programme.Programme, expect intake.Expect, language locale.Language) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file := intake.File{Name: filepath.Base(path), Size: int64(len(content)), Content: bytes.NewReader(content)}
	var marked bytes.Buffer
	if err := workbook.WriteFixIt(&marked, file, p, expect, intake.Known{}, language); err != nil {
		return err
	}
	return os.WriteFile(output, marked.Bytes(), 0o666)
}

func checkFile(path string, p *programme.Programme, expect intake.Expect) (intake.Report, error) {
	content, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return intake.Report{}, newFault("no_file", nil)
	}
	if err != nil {
		return intake.Report{}, err
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		return intake.Report{}, err
	}
	return intake.Check(intake.File{Name: filepath.Base(path), Size: info.Size(), Content: content}, p, expect)
}

// writeReport says for people what the check of a file found.
func writeReport(out io.Writer, path string, p *programme.Programme, report intake.Report, language locale.Language) {
	say := func(key string, args locale.Args) string { return language.Say("check."+key, args) }
	verdict := "accepted"
	switch {
	case !report.Accepted():
		verdict = "refused"
	case report.Asking() > 0:
		verdict = "asking"
	}
	fmt.Fprintf(out, "%s: %s\n", path, say(verdict, nil))
	if form := p.Form(report.Form); form != nil {
		parts := []string{form.Name.In(language)}
		if office := p.Organisation(report.Organisation); office != nil {
			parts = append(parts, office.Name.In(language))
		}
		if report.Period.Year != 0 {
			parts = append(parts, language.Period(report.Period))
		}
		parts = append(parts, say("rows", locale.Args{"rows": report.Rows, "figures": report.Observations}))
		fmt.Fprintln(out, "  "+strings.Join(parts, " · "))
	}
	if totals := writeTotals(p, report, language); totals != "" {
		fmt.Fprintln(out, "  "+say("totals", locale.Args{"totals": totals}))
	}
	for _, finding := range report.Findings {
		fmt.Fprintf(out, "  %s %s\n", say(string(finding.Severity), nil), finding.In(language))
		fmt.Fprintf(out, "      %s\n", strings.TrimSpace(finding.Where(language)+" ["+cmp.Or(finding.Rule, finding.Code)+"]"))
	}
}

// writeTotals lists the sums that were read, so that the sender sees at a glance
// whether they are those of the table at home.
func writeTotals(p *programme.Programme, report intake.Report, language locale.Language) string {
	var totals []string
	for _, total := range report.Totals {
		k := p.KeyFigure(total.KeyFigure)
		text := p.TotalName(total.KeyFigure, total.Account).In(language) + " "
		if total.Given == 0 {
			text += "–"
		} else {
			text += p.Unit(k.Unit).Write(language, total.Value)
		}
		if total.Missing > 0 {
			text += " (" + language.Say("check.missing", locale.Args{"count": total.Missing}) + ")"
		}
		totals = append(totals, text)
	}
	return strings.Join(totals, "; ")
}
