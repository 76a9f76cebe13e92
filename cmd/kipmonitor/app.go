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
	"kipmonitor/internal/chdb"
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
	flags.StringVar(&o.seed, "seed", "", say("option.seed", nil))
}

// register adds the flags of commands that need the figures too.
func (o *options) register(flags *flag.FlagSet) {
	o.registerSeed(flags)
	flags.StringVar(&o.data, "data", "data", say("option.data", nil))
	flags.StringVar(&o.clickhouse, "clickhouse", "", say("option.clickhouse", nil))
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
		err = fmt.Errorf("%w\n%w", newFault("boards_differ", locale.Args{"file": o.seed}), err)
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
		return newFault("no_folder", locale.Args{"option": option, "file": path})
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
		return newFault("demo_data_here", nil)
	}
	return nil
}

func (a *app) close() error { return a.store.Close() }

// parse reads the flags of a command. Where it returns false, the command is
// over and exit is its exit code.
func parse(flags *flag.FlagSet, args []string, stderr io.Writer) (exit int, ok bool) {
	// The package's own errors are in English: they are said below.
	flags.SetOutput(io.Discard)
	if flags.Lookup("language") == nil {
		flags.String("language", string(spoken), say("option.language", nil))
	}
	flags.Usage = func() {
		fmt.Fprintln(stderr, say("options", locale.Args{"command": flags.Name()}))
		writeOptions(stderr, flags)
	}
	err := flags.Parse(args)
	code := flags.Lookup("language").Value.String()
	if _, known := locale.Parse(code); err == nil && !known {
		err = newFault("option_value", locale.Args{"text": code, "option": "--language"})
		flags.Usage()
	}
	// Not as the default of the option, which --help would show: it holds a password.
	if option := flags.Lookup("clickhouse"); option != nil && option.Value.String() == "" {
		_ = option.Value.Set(os.Getenv("KIPMONITOR_CLICKHOUSE"))
	}
	if errors.Is(err, flag.ErrHelp) {
		return 0, false
	}
	if err != nil {
		fmt.Fprintf(stderr, "kipmonitor %s: %s\n", flags.Name(), optionFault(err))
		return 2, false
	}
	return 0, true
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// fail says in one line why a command is not done: a problem in plain words,
// anything else with its cause. Faults of the definition take a line each.
func fail(stderr io.Writer, err error) int {
	for _, known := range []struct {
		err error
		key string
	}{{chdb.ErrInUse, "in_use"}, {chdb.ErrNoLibrary, "no_library"}} {
		if errors.Is(err, known.err) {
			fmt.Fprintln(stderr, "kipmonitor:", say(known.key, locale.Args{"variable": chdb.LibraryVariable}))
			return 1
		}
	}
	if p, ok := problem.From(err); ok {
		fmt.Fprintln(stderr, "kipmonitor:", p.In(spoken))
	} else if caught, ok := panics.From(err); ok {
		slog.Debug("the program has a fault", "error", err, "stack", string(caught.Stack))
		fmt.Fprintln(stderr, "kipmonitor:", say("own_fault", locale.Args{"text": firstLine(err.Error())}))
	} else {
		fmt.Fprintln(stderr, "kipmonitor:", err)
	}
	return 1
}
