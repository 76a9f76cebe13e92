package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/store"
)

// backups is the folder of the backups.
func (o *options) backups() string {
	if folder := os.Getenv(backupsVariable); folder != "" {
		return folder
	}
	return filepath.Join(o.data, "backups")
}

// storeConfig says where the data lie.
func (o *options) storeConfig() store.Config {
	config := store.Config{Folder: o.data, Address: o.clickhouse}
	if o.clickhouse == "" {
		config.Backups = o.backups()
	}
	return config
}

func runBackup(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("backup", flag.ContinueOnError)
	o.register(flags)
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if flags.NArg() > 0 {
		return astray(stderr, "backup", flags.Arg(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() (err error) {
		server, err := o.running(ctx)
		if err != nil {
			return err
		}
		if server != nil {
			output, err := server.ask(ctx, http.MethodPost, "backup", url.Values{}, nil)
			fmt.Fprint(stdout, output)
			return err
		}
		app, err := o.open(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, app.close()) }()
		return o.backUp(ctx, app, stdout)
	}()
	if err != nil {
		return fail(stderr, err)
	}
	return 0
}

// backUp writes a backup and removes those that are too old. Damaged data are not backed
// up: the oldest backup that is whole would go for them in the end.
func (o *options) backUp(ctx context.Context, app *app, out io.Writer) error {
	keep, err := backupsKept()
	if err != nil {
		return err
	}
	if _, err := app.store.Verify(ctx); err != nil {
		return err
	}
	if err := damaged(app.store); err != nil {
		return because("not_backed_up", err)
	}
	var beside []string
	if _, err := os.Stat(keyFile(o.data)); err == nil {
		beside = []string{keyFile(o.data)}
	}
	name, err := app.store.Backup(ctx, beside...)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, filepath.Join(o.backups(), name))
	_, err = app.store.PruneBackups(keep)
	return err
}

// backupsKept is how many backups stay.
func backupsKept() (int, error) {
	text := os.Getenv(backupKeepVariable)
	if text == "" {
		return 14, nil
	}
	keep, err := strconv.Atoi(text)
	if err != nil || keep < 1 {
		return 0, newFault("variable_count", locale.Args{"name": backupKeepVariable, "text": text})
	}
	return keep, nil
}

// nextBackup is when the server backs up next; the zero time where it does not.
func nextBackup(now time.Time) (time.Time, error) {
	text := os.Getenv(backupAtVariable)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, newFault("variable_time", locale.Args{"name": backupAtVariable, "text": text})
	}
	here := now.In(locale.Zone())
	next := time.Date(here.Year(), here.Month(), here.Day(), at.Hour(), at.Minute(), 0, 0, here.Location())
	if !next.After(now) {
		next = time.Date(here.Year(), here.Month(), here.Day()+1, at.Hour(), at.Minute(), 0, 0, here.Location())
	}
	return next, nil
}

// backUpDaily backs up at the hour that the environment names, until the context ends.
func (o *options) backUpDaily(ctx context.Context, app *app, log *slog.Logger) {
	for {
		next, err := nextBackup(time.Now())
		if err != nil || next.IsZero() {
			return // a time that cannot be read has stopped the start
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		err = panics.Try(func() error { return o.backUp(ctx, app, io.Discard) })
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("no backup was made", "error", err)
		case err == nil:
			log.Info("backed up", "folder", o.backups())
		}
	}
}

func runRestore(args []string, stdout, stderr io.Writer) int {
	d := doctor{out: stdout, progress: stderr, language: spoken}
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	d.options.registerSeed(flags)
	flags.StringVar(&d.options.data, "data", "", say("option.new_data", nil))
	from := flags.String("from", "", say("option.from", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if *from == "" || d.options.data == "" || flags.NArg() > 0 {
		return misused(stderr, "restore")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() error {
		if info, err := os.Stat(*from); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
			return newFault("no_folder", locale.Args{"option": "--from", "file": *from})
		}
		p, err := d.options.loadProgramme()
		if err != nil {
			return err
		}
		if err := store.Restore(ctx, *from, d.options.data, p, filepath.Base(keyFile(d.options.data))); err != nil {
			return err
		}
		return d.run(ctx)
	}()
	if err != nil {
		return fail(stderr, err)
	}
	if d.faults > 0 {
		return 1
	}
	return 0
}
