package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"kipmonitor/internal/demo"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

func runDemo(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	o.register(flags)
	folder := flags.String("files", "", say("option.files", nil))
	onlyFiles := flags.Bool("only-files", false, say("option.only_files", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if flags.NArg() > 0 || (*onlyFiles && *folder == "") {
		return misused(stderr, "demo")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := makeDemo(ctx, o, *folder, *onlyFiles, stdout, stderr); err != nil {
		return fail(stderr, err)
	}
	return 0
}

// makeDemo writes the demo files, takes them in, or both. A load that was interrupted
// is gone on with, and a store with submissions of others is left alone, so that
// `make run` can call it every time.
func makeDemo(ctx context.Context, o options, folder string, onlyFiles bool, stdout, stderr io.Writer) (err error) {
	p, err := o.loadProgramme()
	if err != nil {
		return err
	}
	if !p.Demo {
		return newFault("not_demo", nil)
	}
	var definition fs.FS = seed.Files
	if o.seed != "" {
		definition = os.DirFS(o.seed)
	}
	parameters, err := demo.ReadParameters(definition)
	if err != nil {
		return err
	}
	if onlyFiles {
		files, err := demo.Generate(p, parameters)
		if err != nil {
			return err
		}
		return writeFiles(folder, files, stdout)
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
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	if err := app.store.Lease(ctx, end); err != nil {
		return err
	}
	before, err := app.store.Submissions(ctx, submission.Filter{})
	if err != nil {
		return err
	}
	if err := app.ensureDemoAccounts(ctx); err != nil {
		return err
	}
	if len(before) > 0 && !demo.Begun(before) {
		fmt.Fprintln(stdout, say("demo_others", nil))
		return nil
	}
	files, err := demo.Generate(p, parameters)
	if err != nil {
		return err
	}
	if folder != "" {
		if err := writeFiles(folder, files, stdout); err != nil {
			return err
		}
	}
	if len(before) == 0 {
		fmt.Fprintln(stdout, say("demo_begin", locale.Args{"count": len(files)}))
	}
	bar := newProgressBar(stderr, len(files))
	var lock sync.Mutex
	outcome, err := demo.Load(ctx, app.submissions, files, before, time.Now(), func() {
		lock.Lock()
		defer lock.Unlock()
		bar.step()
	})
	bar.clear()
	if ctx.Err() != nil {
		return newFault("demo_stopped", nil)
	}
	if err != nil {
		return err
	}
	if len(before) > 0 && outcome.TakenIn+outcome.Accepted == 0 {
		fmt.Fprintln(stdout, say("demo_there", nil))
		return nil
	}
	fmt.Fprintln(stdout, say("demo_done", locale.Args{"files": outcome.Files, "taken": outcome.TakenIn, "accepted": outcome.Accepted, "refused": outcome.Refused}))
	return nil
}

func writeFiles(folder string, files []demo.File, stdout io.Writer) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("demo files: %w", err)
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(folder, file.Name), file.Content, 0o644); err != nil {
			return fmt.Errorf("demo files: %w", err)
		}
	}
	fmt.Fprintln(stdout, say("files_written", locale.Args{"count": len(files), "file": folder}))
	return nil
}
