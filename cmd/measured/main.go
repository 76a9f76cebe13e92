// Command measured hands on what a run of benchmarks prints and writes it into
// docs/performance.md, with the day, the commit and the machine:
//
//	go test -run '^$' -bench . ./... | go run ./cmd/measured docs/performance.md
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

const begin, end = "<!-- written by make bench -->\n", "<!-- end of what make bench writes -->\n"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: measured docs/performance.md")
		os.Exit(2)
	}
	rows, processor, failed := table(io.TeeReader(os.Stdin, os.Stdout))
	if failed || rows == "" {
		fmt.Fprintln(os.Stderr, "measured: a benchmark failed, or none ran; nothing is written")
		os.Exit(1)
	}
	commit, _ := exec.Command("git", "rev-parse", "--short", "HEAD").Output() // without git it is left out
	text := fmt.Sprintf("%s, commit %s, %s with %d cores, %s\n\n| benchmark | measured |\n| --- | --- |\n%s",
		time.Now().Format("2 January 2006"), strings.TrimSpace(string(commit)), processor, runtime.NumCPU(), runtime.Version(), rows)
	if err := put(os.Args[1], text); err != nil {
		fmt.Fprintln(os.Stderr, "measured:", err)
		os.Exit(1)
	}
}

// table makes rows of a table of what «go test -bench» prints.
func table(output io.Reader) (rows, processor string, failed bool) {
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		line := lines.Text()
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "cpu: "):
			processor = strings.TrimPrefix(line, "cpu: ")
		case strings.HasPrefix(line, "FAIL"), strings.HasPrefix(line, "--- FAIL"):
			failed = true
		case strings.HasPrefix(line, "Benchmark") && len(fields) > 3:
			var values []string
			for i := 2; i+1 < len(fields); i += 2 {
				values = append(values, fields[i]+" "+fields[i+1])
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(fields[0], "Benchmark"), "-")
			rows += fmt.Sprintf("| %s | %s |\n", name, strings.Join(values, " · "))
		}
	}
	return rows, processor, failed || lines.Err() != nil
}

// put replaces what the last run wrote.
func put(path, text string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(content), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the figures: %q to %q", path, begin, end)
	}
	return os.WriteFile(path, []byte(before+begin+text+end+after), 0o666)
}
