package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progressBar draws how many files are done, on a terminal only.
type progressBar struct {
	out         io.Writer
	done, total int
}

func newProgressBar(out io.Writer, total int) *progressBar {
	file, ok := out.(*os.File)
	if !ok {
		return &progressBar{}
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progressBar{}
	}
	return &progressBar{out: out, total: total}
}

const barWidth = 40

// step says that one more file is done.
func (b *progressBar) step() {
	b.done++
	if b.out == nil {
		return
	}
	full := barWidth * b.done / b.total
	fmt.Fprintf(b.out, "\r[%s%s] %d/%d", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), b.done, b.total)
}

// clear removes the bar, so that a line can be written in its place.
func (b *progressBar) clear() {
	if b.out != nil {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}
