package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFiguresOfARunReplaceThoseOfTheLast(t *testing.T) {
	rows, processor, failed := table(strings.NewReader("cpu: A fast one\nBenchmarkSums20M-2 \t 1\t 64 ns/op\t 1.5 x-bare\nPASS\nok  \tx\t1s\n"))
	if rows != "| Sums20M | 64 ns/op · 1.5 x-bare |\n" || processor != "A fast one" || failed {
		t.Errorf("%q, %q, %v", rows, processor, failed)
	}
	if _, _, failed := table(strings.NewReader("--- FAIL: BenchmarkSums20M\nFAIL\n")); !failed {
		t.Error("a failed run is written")
	}
	path := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(path, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := put(path, rows); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "before\n"+begin+rows+end+"after\n" {
		t.Errorf("%q, %v", content, err)
	}
}
