// Command kipmonitor takes in the figures of an integration programme, computes
// its indicators, and shows and exports them. `kipmonitor help` lists what it
// can do.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"kipmonitor/internal/panics"
)

// command is a subcommand. It returns the exit code: 0 for done, 1 for not done,
// with the reason said, 2 for a call that was not understood, and 3 for a fault of the
// program itself.
type command struct {
	name, summary string
	run           func(args []string, stdout, stderr io.Writer) int
}

var commands = []command{
	{"serve", "Seiten und Diagramme im Browser zeigen", runServe},
	{"check", "Dateien prüfen, ohne sie einzulesen", runCheck},
	{"template", "eine Vorlage zum Ausfüllen schreiben (xlsx, csv)", runTemplate},
	{"import", "Dateien prüfen und einlesen", runImport},
	{"report", "das Jahr als Tabelle schreiben (xlsx, csv, json)", runReport},
	{"backup", "alle Daten sichern", runBackup},
	{"restore", "einen neuen Datenordner aus einer Sicherung machen", runRestore},
	{"doctor", "die gespeicherten Daten prüfen und aus den Originaldateien wiederherstellen", runDoctor},
	{"demo", "Demodaten des ganzen Kantons schreiben und einlesen", runDemo},
	{"ready", "fragen, ob ein Server auf diesem Rechner bereit ist", runReady},
	{"version", "die Version des Programms nennen", runVersion},
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
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
	fmt.Fprintf(stderr, "kipmonitor: den Befehl %q gibt es nicht\n", args[0])
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

func usage(out io.Writer) {
	fmt.Fprintln(out, "Aufruf: kipmonitor BEFEHL [OPTIONEN]")
	for _, command := range commands {
		fmt.Fprintf(out, "  %-8s %s\n", command.name, command.summary)
	}
	fmt.Fprintln(out, "Die Optionen eines Befehls: kipmonitor BEFEHL --help; alle, auch die Umgebungsvariablen: docs/options.md")
}
