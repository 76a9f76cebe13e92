package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

func runImport(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	o.register(flags)
	var expect expectation
	expect.register(flags)
	by := flags.String("by", "", say("option.by", nil))
	explanation := flags.String("explain", "", say("option.explain", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if flags.NArg() == 0 {
		return misused(stderr, "import")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	expected, err := expect.parse()
	if err != nil {
		fail(stderr, err)
		return 2
	}
	server, err := o.running(ctx)
	if err != nil {
		return fail(stderr, err)
	}
	if server != nil {
		return eachFile(ctx, flags.Args(), stderr, func(path string) error {
			return server.importFile(ctx, path, expect, *by, *explanation, stdout)
		})
	}
	app, err := o.open(ctx)
	if err != nil {
		return fail(stderr, err)
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	if err := app.store.Lease(ctx, end); err != nil {
		return fail(stderr, errors.Join(err, app.close()))
	}
	code := importFiles(ctx, app, flags.Args(), expected, commandLine(*by), *explanation, stdout, stderr)
	if err := app.close(); err != nil {
		return fail(stderr, err)
	}
	return code
}

// importFiles takes the files in one after the other.
func importFiles(ctx context.Context, app *app, paths []string, expect intake.Expect, by account.Viewer, explanation string, stdout, stderr io.Writer) int {
	return eachFile(ctx, paths, stderr, func(path string) error {
		return importFile(ctx, app, path, expect, by, explanation, stdout)
	})
}

// eachFile does something with the files, one after the other, and returns the exit
// code. A file that is refused does not stop the others.
func eachFile(ctx context.Context, paths []string, stderr io.Writer, take func(path string) error) int {
	code := 0
	bar := newProgressBar(stderr, len(paths))
	for _, path := range paths {
		if ctx.Err() != nil {
			fmt.Fprintln(stderr, "kipmonitor:", say("import_stopped", nil))
			return 1
		}
		err := panics.Try(func() error { return take(path) })
		if err != nil {
			bar.clear()
			fmt.Fprintf(stderr, "%s: ", path)
			fail(stderr, err)
			code = 1
		}
		bar.step()
	}
	bar.clear()
	return code
}

var (
	errRefused     = newFault("refused", nil)
	errUnexplained = newFault("unexplained", nil)
)

func importFile(ctx context.Context, app *app, path string, expect intake.Expect, by account.Viewer, explanation string, stdout io.Writer) error {
	content, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return newFault("no_file", nil)
	}
	if err != nil {
		return err
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		return err
	}
	return takeIn(ctx, app, intake.File{Name: filepath.Base(path), Size: info.Size(), Content: content}, path, expect, by, explanation, spoken, stdout)
}

// takeIn takes a file in and writes what was found in it.
func takeIn(ctx context.Context, app *app, file intake.File, path string, expect intake.Expect, by account.Viewer, explanation string, language locale.Language, out io.Writer) error {
	receipt, err := app.submissions.Take(ctx, file, expect, by, submission.Explanations{submission.ForAll: explanation})
	if err != nil {
		return err
	}
	writeReport(out, path, app.programme, receipt.Report, language)
	if !receipt.Report.Accepted() {
		return errRefused
	}
	if !receipt.Known {
		if err := writeCorrection(ctx, out, app, receipt.Submission, language); err != nil {
			return err
		}
	}
	if len(receipt.Unexplained) > 0 {
		return errUnexplained
	}
	return nil
}

// writeCorrection says what a file changes in the figures that were in force, as the page
// of the submission does: what it takes away, one by one, and how much else it changes.
func writeCorrection(ctx context.Context, out io.Writer, app *app, sent submission.Submission, language locale.Language) error {
	correction, found, err := app.submissions.Correction(ctx, sent)
	if err != nil || !found {
		return err
	}
	fmt.Fprintln(out, "  "+language.Say("correction.summary", locale.Args{"gone": correction.Gone, "changed": correction.Changed, "added": correction.Added}))
	for _, d := range correction.Differences {
		o := d.Observation()
		k := app.programme.KeyFigure(o.KeyFigure)
		if d.New != nil || k == nil {
			continue
		}
		fmt.Fprintf(out, "      %s %s: %s\n", language.Say("correction.falls_away", nil), app.programme.FigureName(language, o, sent.Period.Year),
			app.programme.Unit(k.Unit).Write(language, *d.Old))
	}
	if rest := correction.Gone - len(correction.Differences); rest > 0 {
		fmt.Fprintln(out, "      "+language.Say("place.more", locale.Args{"count": rest}))
	}
	return nil
}

// expectation is what the caller says of a file on the command line.
type expectation struct{ form, organisation, period string }

func (e *expectation) register(flags *flag.FlagSet) {
	flags.StringVar(&e.form, "form", "", say("option.form", nil))
	flags.StringVar(&e.organisation, "organisation", "", say("option.organisation", nil))
	flags.StringVar(&e.period, "period", "", say("option.period", nil))
}

func (e *expectation) parse() (intake.Expect, error) {
	expect := intake.Expect{Form: figure.Form(e.form), Organisation: figure.Organisation(e.organisation)}
	if e.period == "" {
		return expect, nil
	}
	period, err := figure.ParsePeriod(e.period)
	if err != nil {
		return expect, problem.New(problem.Invalid, "period", locale.Args{"text": e.period}).Because(err)
	}
	expect.Period = period
	return expect, nil
}
