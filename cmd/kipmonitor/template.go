package main

import (
	"bytes"
	"cmp"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/workbook"
)

func runTemplate(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("template", flag.ContinueOnError)
	o.registerSeed(flags)
	var e expectation
	flags.StringVar(&e.form, "form", "", say("option.form_code", nil))
	flags.StringVar(&e.organisation, "organisation", "", say("option.organisation_code", nil))
	flags.StringVar(&e.period, "period", "", say("option.period_code", nil))
	format := flags.String("format", "", say("option.format_template", nil))
	values := flags.String("values", "", say("option.values", nil))
	output := flags.String("output", "", say("option.output", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	formatOf(format, *output, string(workbook.XLSX))
	if e.form == "" || e.organisation == "" || e.period == "" || !slices.Contains([]string{string(workbook.XLSX), string(workbook.CSV)}, *format) || flags.NArg() > 0 {
		return misused(stderr, "template")
	}
	expect, err := e.parse()
	if err != nil {
		fail(stderr, err)
		return 2
	}
	p, err := o.loadProgramme()
	if err != nil {
		return fail(stderr, err)
	}
	want := workbook.Template{Form: expect.Form, Organisation: expect.Organisation, Period: expect.Period, Language: spoken, Format: workbook.Format(*format)}
	if *values != "" {
		if want.Values, err = figuresOf(*values, p, intake.Expect{Form: expect.Form, Organisation: expect.Organisation}); err != nil {
			return fail(stderr, err)
		}
	}
	// All of it first: a template that cannot be made leaves no file behind.
	var content bytes.Buffer
	if err := workbook.WriteTemplate(&content, p, want); err != nil {
		return fail(stderr, err)
	}
	if *output == "" {
		_, err = content.WriteTo(stdout)
	} else {
		err = os.WriteFile(*output, content.Bytes(), 0o666)
	}
	if err != nil {
		return fail(stderr, err)
	}
	return 0
}

// formatOf sets a format that was not named by the ending of the file that is written,
// or to the usual one.
func formatOf(format *string, output, usual string) {
	if *format == "" {
		*format = cmp.Or(strings.ToLower(strings.TrimPrefix(filepath.Ext(output), ".")), usual)
	}
}

// figuresOf reads the figures of a file that is in order.
func figuresOf(path string, p *programme.Programme, expect intake.Expect) ([]figure.Observation, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file := intake.File{Name: filepath.Base(path), Size: int64(len(content)), Content: bytes.NewReader(content)}
	report, err := intake.Check(file, p, expect)
	if err != nil {
		return nil, err
	}
	if !report.Accepted() {
		return nil, problem.New(problem.Invalid, "template_values", locale.Args{"file": file.Name})
	}
	var all []figure.Observation
	err = intake.Read(file, p, report, func(batch []figure.Observation) error {
		all = append(all, batch...)
		return nil
	})
	return all, err
}
