package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"
)

// What the linker sets where the program is built outside of its repository
// (-ldflags "-X main.version=v1.2.3 -X main.commit=… -X main.committed=2026-11-28T12:00:00Z").
var version, commit, committed string

// build is what a binary knows of itself.
type build struct {
	release, commit string
	date            time.Time // of the commit; zero where nobody knows
	changed         bool      // since the commit
}

// thisBuild reads what the linker or the Go tool stamped into the binary.
func thisBuild() build {
	b := build{release: version, commit: commit}
	when := committed
	if info, ok := debug.ReadBuildInfo(); ok {
		if b.release == "" && info.Main.Version != "(devel)" {
			b.release = info.Main.Version
		}
		for _, one := range info.Settings {
			switch {
			case one.Key == "vcs.revision" && b.commit == "":
				b.commit = one.Value
			case one.Key == "vcs.time" && when == "":
				when = one.Value
			case one.Key == "vcs.modified":
				b.changed = one.Value == "true"
			}
		}
	}
	if b.release == "" {
		b.release = "dev"
	}
	b.date, _ = time.Parse(time.RFC3339, when)
	return b
}

// String is a line for people: «kipmonitor v1.2.3 (8e2b86103c1a, 28.11.2026)».
func (b build) String() string {
	var parts []string
	if b.commit != "" {
		short := b.commit[:min(12, len(b.commit))]
		if b.changed {
			short += "+"
		}
		parts = append(parts, short)
	}
	if !b.date.IsZero() {
		parts = append(parts, b.date.Format("02.01.2006"))
	}
	if len(parts) == 0 {
		return "kipmonitor " + b.release
	}
	return "kipmonitor " + b.release + " (" + strings.Join(parts, ", ") + ")"
}

func runVersion(_ []string, stdout, _ io.Writer) int {
	fmt.Fprintln(stdout, thisBuild())
	return 0
}

// release is the version of the program, shown in the foot of each page.
func release() string { return thisBuild().release }
