package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"kipmonitor/dashboards"
	"kipmonitor/internal/account"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/demo"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/metrics"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
	"kipmonitor/seed"
)

// options are the flags that several commands share.
type options struct {
	data, clickhouse, seed, dashboards string
}

// registerSeed adds the flag of commands that need the definition alone.
func (o *options) registerSeed(flags *flag.FlagSet) {
	flags.StringVar(&o.seed, "seed", "", "`Ordner` mit der Programmdefinition anstelle der eingebauten")
}

// register adds the flags of commands that need the figures too.
func (o *options) register(flags *flag.FlagSet) {
	o.registerSeed(flags)
	flags.StringVar(&o.data, "data", "data", "`Ordner` der Daten (eingebaute Datenbank)")
	flags.StringVar(&o.clickhouse, "clickhouse", "",
		"`Adresse` eines ClickHouse-Servers anstelle der eingebauten Datenbank: clickhouse://benutzer@host:9000/datenbank oder https://…; besser in der Umgebungsvariable KIPMONITOR_CLICKHOUSE, da sie ein Passwort enthält")
}

// loadProgramme reads the definition: the embedded one, or that of --seed.
func (o *options) loadProgramme() (*programme.Programme, error) {
	var files fs.FS = seed.Files
	if o.seed != "" {
		if err := isFolder("--seed", o.seed); err != nil {
			return nil, err
		}
		files = os.DirFS(o.seed)
	}
	return programme.Load(files)
}

// loadBoards reads the boards: the embedded ones, or those of --dashboards.
func (o *options) loadBoards(p *programme.Programme) (*dashboard.Boards, error) {
	var files fs.FS = dashboards.Files
	if o.dashboards != "" {
		if err := isFolder("--dashboards", o.dashboards); err != nil {
			return nil, err
		}
		files = os.DirFS(o.dashboards)
	}
	boards, err := dashboard.Load(files, p)
	if err != nil && o.seed != "" && o.dashboards == "" {
		err = fmt.Errorf("die eingebauten Übersichten passen nicht zur Programmdefinition in %s: nennen Sie mit --dashboards einen Ordner mit overview.yaml und area.yaml, die zu ihr gehören (docs/dashboards.md)\n%w", o.seed, err)
	}
	return boards, err
}

// isFolder says of a folder that is not there that it is not, before each of its files
// is missed.
func isFolder(option, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", option, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: %s is no folder", option, path)
	}
	return nil
}

// app is the program put together: for the commands and for end-to-end tests
// alike.
type app struct {
	programme   *programme.Programme
	store       *store.Store
	submissions *submission.Service
	accounts    *account.Service
	metrics     *metrics.Metrics
	turns       *upload.Turns // of files that are checked at a time, whichever way they come
}

func (o *options) open(ctx context.Context) (*app, error) {
	p, err := o.loadProgramme()
	if err != nil {
		return nil, err
	}
	counters := metrics.New(release(), thisBuild().commit)
	config := o.storeConfig()
	config.Observe = counters.Query
	figures, err := store.Open(ctx, config, p)
	if err != nil {
		return nil, err
	}
	if err := refuseInvented(ctx, p, figures); err != nil {
		return nil, errors.Join(err, figures.Close())
	}
	if err := sayDamages(ctx, figures, slog.Default()); err != nil {
		return nil, errors.Join(err, figures.Close())
	}
	accounts, err := o.newAccounts(ctx, p, figures)
	if err != nil {
		return nil, errors.Join(err, figures.Close())
	}
	return &app{programme: p, store: figures, submissions: submission.NewService(p, figures), accounts: accounts, metrics: counters, turns: upload.NewTurns()}, nil
}

// refuseInvented refuses demo data under a definition that does not call them so:
// invented figures would stand there as if they were the canton's.
func refuseInvented(ctx context.Context, p *programme.Programme, figures *store.Store) error {
	if p.Demo {
		return nil
	}
	all, err := figures.Submissions(ctx, submission.Filter{})
	if err != nil {
		return err
	}
	if demo.Begun(all) {
		return errors.New("hier liegen Demodaten, die Programmdefinition ist aber nicht als Demo gekennzeichnet (demo: true in programme.yaml): nehmen Sie einen leeren Ordner oder eine leere Datenbank")
	}
	return nil
}

func (a *app) close() error { return a.store.Close() }

// parse reads the flags of a command. Where it returns false, the command is
// over and code is its exit code.
func parse(flags *flag.FlagSet, args []string, stderr io.Writer) (code int, ok bool) {
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "Optionen von kipmonitor %s:\n", flags.Name())
		writeOptions(stderr, flags)
	}
	err := flags.Parse(args)
	// Not as the default of the option, which --help would show: it holds a password.
	if option := flags.Lookup("clickhouse"); option != nil && option.Value.String() == "" {
		_ = option.Value.Set(os.Getenv("KIPMONITOR_CLICKHOUSE"))
	}
	if errors.Is(err, flag.ErrHelp) {
		return 0, false
	}
	return 2, err == nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// fail says in one line why a command is not done: a problem in plain words,
// anything else with its cause. Faults of the definition take a line each.
func fail(stderr io.Writer, err error) int {
	if p, ok := problem.From(err); ok {
		fmt.Fprintln(stderr, "kipmonitor:", p.In(locale.German))
	} else if caught, ok := panics.From(err); ok {
		slog.Debug("the program has a fault", "error", err, "stack", string(caught.Stack))
		fmt.Fprintln(stderr, "kipmonitor: ein Fehler im Programm selbst; bitte melden Sie ihn:", firstLine(err.Error()))
	} else {
		fmt.Fprintln(stderr, "kipmonitor:", err)
	}
	return 1
}
