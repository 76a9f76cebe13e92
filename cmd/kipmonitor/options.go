package main

import (
	"flag"
	"fmt"
	"io"

	"kipmonitor/internal/locale"
)

// examples are those of the options, by their name; where a command uses a name
// otherwise, by command and name. A test holds that none is missing.
var examples = map[string]string{
	"accept-loss":  "",
	"address":      "127.0.0.1:9000",
	"behind-proxy": "",
	"by":           "anna.muster@example.ch",
	"clickhouse":   "clickhouse://monitor@127.0.0.1:9000/monitor",
	"dashboards":   "boards",
	"data":         "/var/lib/kipmonitor",
	"explain":      `"Neuer Standort seit März."`,
	"files":        "demodaten",
	"from":         "backups/2026-11-28T013000Z",
	"fix-it":       "markiert.xlsx",
	"form":         "municipality_year",
	"format":       "csv",
	"json":         "",
	"language":     "fr",
	"only-files":   "",
	"organisation": "G1234",
	"output":       "datei.xlsx",
	"period":       "2025",
	"repair":       "",
	"seed":         "definition",
	"values":       "vorjahr.xlsx",
	"year":         "2025",
}

// writeOptions writes the options of a command, each with what it is without it and an
// example.
func writeOptions(out io.Writer, flags *flag.FlagSet) {
	flags.VisitAll(func(option *flag.Flag) {
		name, usage := flag.UnquoteUsage(option)
		if name != "" {
			name = " " + name
		}
		fmt.Fprintf(out, "  --%s%s\n        %s\n        ", option.Name, name, usage)
		if option.DefValue != "" && option.DefValue != "false" && option.DefValue != "0" {
			fmt.Fprint(out, say("default", locale.Args{"value": option.DefValue}), " ")
		}
		example := "--" + option.Name
		if value := examples[option.Name]; value != "" {
			example += " " + value
		}
		fmt.Fprintln(out, say("example", locale.Args{"text": example}))
	})
}
