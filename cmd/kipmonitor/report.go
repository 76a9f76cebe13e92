package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/report"
)

func runReport(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	o.register(flags)
	year := flags.Uint("year", 0, say("option.year", nil))
	format := flags.String("format", "", say("option.format_report", nil))
	output := flags.String("output", "", say("option.output", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	formatOf(format, *output, string(report.XLSX))
	if *year == 0 || !slices.Contains(report.Formats[:], report.Format(*format)) || flags.NArg() > 0 {
		return misused(stderr, "report")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := writeYear(ctx, o, figure.Year(*year), report.Format(*format), spoken, *output, stdout); err != nil {
		return fail(stderr, err)
	}
	return 0
}

func writeYear(ctx context.Context, o options, year figure.Year, format report.Format, language locale.Language, output string, stdout io.Writer) (err error) {
	server, err := o.running(ctx)
	if err != nil {
		return err
	}
	if server != nil {
		content, err := server.report(ctx, year, format)
		if err != nil {
			return err
		}
		return writeOutput(output, stdout, func(out io.Writer) error {
			_, err := out.Write(content)
			return err
		})
	}
	app, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closing := app.close(); err == nil {
			err = closing
		}
	}()
	built, err := buildYear(ctx, app, year)
	if err != nil {
		return err
	}
	return writeOutput(output, stdout, func(out io.Writer) error { return built.Write(out, format, language) })
}

// buildYear makes the report of a year.
func buildYear(ctx context.Context, app *app, year figure.Year) (report.Report, error) {
	if p := app.programme; year < p.DataFrom || year > p.LastYear {
		return report.Report{}, newFault("report_years", locale.Args{"year": year, "from": p.DataFrom, "to": p.LastYear})
	}
	return report.Build(ctx, app.store, app.programme, year, time.Now().In(locale.Zone()))
}

// writeOutput writes into a file, or, where none is named, to the standard output.
func writeOutput(output string, stdout io.Writer, write func(io.Writer) error) error {
	if output == "" {
		out := bufio.NewWriter(stdout)
		if err := write(out); err != nil {
			return err
		}
		return out.Flush()
	}
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}
