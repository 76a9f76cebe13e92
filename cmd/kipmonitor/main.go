// Command kipmonitor takes in the figures of an integration programme, computes
// its indicators, and shows and exports them. `kipmonitor help` lists what it
// can do.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
)

// command is a subcommand. It returns the exit code: 0 for done, 1 for not done,
// with the reason said, 2 for a call that was not understood, and 3 for a fault of the
// program itself.
type command struct {
	name string
	run  func(args []string, stdout, stderr io.Writer) int
}

var commands = []command{
	{"serve", runServe},
	{"check", runCheck},
	{"template", runTemplate},
	{"import", runImport},
	{"report", runReport},
	{"backup", runBackup},
	{"restore", runRestore},
	{"doctor", runDoctor},
	{"demo", runDemo},
	{"ready", runReady},
	{"version", runVersion},
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	defer func(before locale.Language) { spoken = before }(spoken)
	spoken = languageOf(args)
	if len(args) == 0 {
		usage(stderr)
		return 2
	}
	log, err := newLog(stderr)
	if err == nil {
		err = checkEnvironment(os.Environ())
	}
	if err != nil {
		fail(stderr, err)
		return 2
	}
	slog.SetDefault(log)
	for _, command := range commands {
		if command.name == args[0] {
			return command.guarded(args[1:], stdout, stderr)
		}
	}
	switch args[0] {
	case "help", "-h", "--help":
		usage(stdout)
		return 0
	case "-version", "--version":
		return runVersion(nil, stdout, stderr)
	}
	fmt.Fprintf(stderr, "kipmonitor: %s\n", say("unknown", locale.Args{"text": args[0]}))
	usage(stderr)
	return 2
}

// guarded runs the command. A panic ends it in a line; the log has the stack at its
// level debug.
func (c command) guarded(args []string, stdout, stderr io.Writer) (code int) {
	err := panics.Try(func() error {
		code = c.run(args, stdout, stderr)
		return nil
	})
	if err != nil {
		fail(stderr, err)
		return 3
	}
	return code
}

// summary says what the command does.
func (c command) summary() string { return say("summary."+c.name, nil) }

func usage(out io.Writer) {
	fmt.Fprintf(out, "%s: %s\n", say("call", nil), say("call.all", nil))
	for _, command := range commands {
		fmt.Fprintf(out, "  %-8s %s\n", command.name, command.summary())
	}
	fmt.Fprintln(out, say("help", nil))
}
