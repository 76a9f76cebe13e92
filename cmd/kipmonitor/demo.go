package main

import (
	"context"
	"errors"
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
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

func runDemo(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	o.register(flags)
	folder := flags.String("files", "", "`Ordner`, in den die Dateien auch geschrieben werden")
	onlyFiles := flags.Bool("only-files", false, "die Dateien nur schreiben, nicht einlesen")
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if flags.NArg() > 0 || (*onlyFiles && *folder == "") {
		fmt.Fprintln(stderr, "Aufruf: kipmonitor demo [--data ORDNER] [--files ORDNER [--only-files]]")
		return 2
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
		return errors.New("die Programmdefinition ist nicht als Demo gekennzeichnet (demo: true in programme.yaml): erfundene Zahlen gehören nicht dazu")
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
		fmt.Fprintln(stdout, "Es sind bereits andere Daten da; die Demodaten werden nicht eingelesen.")
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
		fmt.Fprintf(stdout, "Demodaten: %d Dateien werden geprüft und eingelesen …\n", len(files))
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
		return errors.New("abgebrochen; was eingelesen ist, bleibt, und derselbe Befehl macht weiter")
	}
	if err != nil {
		return err
	}
	if len(before) > 0 && outcome.TakenIn+outcome.Accepted == 0 {
		fmt.Fprintln(stdout, "Die Demodaten sind bereits da.")
		return nil
	}
	fmt.Fprintf(stdout, "%d Dateien: %d eingelesen, %d davon angenommen, %d zurückgewiesen.\n", outcome.Files, outcome.TakenIn, outcome.Accepted, outcome.Refused)
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
	fmt.Fprintf(stdout, "%d Dateien nach %s geschrieben.\n", len(files), folder)
	return nil
}
