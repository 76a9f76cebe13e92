package intake

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostileFiles are files of about the size of a clean one that were made to be slow, or
// came out of a system that nobody set up: wherever something is looked up, it is not
// there. clean is as courseFile writes it, in the wide and in the long layout.
func hostileFiles(clean, long string) map[string]string {
	// with puts something else into some columns of each row, from 0.
	with := func(content string, columns ...any) string {
		var b strings.Builder
		for i, line := range strings.Split(content, "\n") {
			cells := strings.Split(line, ";")
			for k := 0; k < len(columns) && i > 0 && len(cells) > 1; k += 2 {
				cells[columns[k].(int)] = columns[k+1].(func(int) string)(i)
			}
			if b.WriteString(strings.Join(cells, ";") + "\n"); b.Len() >= len(content) {
				break
			}
		}
		return b.String()
	}
	numbered := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	same := func(text string) func(int) string { return func(int) string { return text } }
	// What the first row says holds for the file; nobody knows what the others say.
	unless := func(first, format string) func(int) string {
		return func(i int) string {
			if i < 2 {
				return first
			}
			return fmt.Sprintf(format, i)
		}
	}
	head, rows, _ := strings.Cut(clean, "\n")
	row, _, _ := strings.Cut(rows, "\n")
	repeated := func(head, row string) string { return head + "\n" + strings.Repeat(row+"\n", len(clean)/(len(row)+1)) }
	return map[string]string{
		"organisations":  with(clean, 0, numbered("Amt für Kurse %d")),
		"periods":        with(clean, 1, numbered("1. irgendwann %d")),
		"measures":       with(clean, 2, numbered("M-9%d Kurs")),
		"municipalities": with(clean, 3, numbered("Solodorf %d")),
		"codes":          with(clean, 4, numbered("mensch %d"), 5, numbered("%d bis 99"), 6, numbered("F%d"), 7, numbered("Niveau %d"), 8, numbered("Kurs %d")),
		"numbers":        with(clean, 9, numbered("ca. %d bis"), 10, numbered("%d irgendwas"), 11, numbered("x%d"), 12, numbered("%d%%")),
		"key figures":    with(long, 9, unless("course_participations", "Teilnahme %d")),
		"all at once": with(clean, 0, numbered("E%d"), 1, numbered("Q%d"), 2, numbered("M-%d"), 3, numbered("S%d"), 4, numbered("m%d"), 5, numbered("a%d"), 6, numbered("s%d"),
			7, numbered("n%d"), 8, numbered("k%d"), 9, numbered("x%d"), 10, numbered("y%d"), 11, numbered("z%d"), 12, numbered("q%d")),
		"signs":         with(clean, 9, same("X"), 10, same("–"), 11, same("*"), 12, same("k. A.")),
		"telephones":    repeated(head+";Bemerkung", row+";"+strings.Repeat("0 7 9 ", 20)),
		"rows too long": repeated(head, row+";a;b;c;d"),
		"quotes":        repeated(head+";Bemerkung", `"`+strings.ReplaceAll(row, ";", `";"`)+"\";\"ein \"\"Wort\"\"\nund noch eines\""),
		"totals":        repeated(head, "Total;;;;;;;;;1;1;1;1"),
		"the same row":  repeated(head, row),
		"one quote":     head + "\n" + row + "\n\"" + strings.Repeat(row+"\n", 5000),
	}
}

// cpu is the time that the processors have worked for the test so far: unlike the time
// on the clock it does not depend on what else the machine does.
func cpu(t testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// checking is the least time of some that the check of a text takes.
func checking(t testing.TB, content string, times int) time.Duration {
	least := time.Duration(1 << 62)
	for range times {
		start := cpu(t)
		if _, err := Check(fileOf(content), whole(), Expect{}); err != nil {
			t.Fatal(err)
		}
		least = min(least, cpu(t)-start)
	}
	return least
}

// No file takes longer than five times that of a file of the same size in which nothing
// is wrong.
func BenchmarkHostile(b *testing.B) {
	const most = 5
	clean, long := string(courseFile(whole(), sized(60_000), Wide)), string(courseFile(whole(), sized(60_000), Long))
	base := checking(b, clean, 5)
	for name, content := range hostileFiles(clean, long) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			least := time.Duration(1 << 62)
			for b.Loop() {
				least = min(least, checking(b, content, 1))
			}
			times := float64(least) / float64(base) * float64(len(clean)) / float64(max(len(content), len(clean)))
			b.ReportMetric(times, "×clean")
			if times > most && !testing.Short() {
				b.Errorf("%s takes %.1f times as long as a clean file", name, times)
			}
		})
	}
}
