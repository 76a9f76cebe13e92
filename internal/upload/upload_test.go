package upload

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"kipmonitor/internal/problem"
)

func TestAFileLiesOnTheDiskUnderANameOfOursUntilItIsClosed(t *testing.T) {
	folder := t.TempDir()
	file, err := Keep(folder, `..\..\C:\Meldung 2025.csv`, strings.NewReader("a;b\n1;2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if file.Name != "Meldung 2025.csv" || file.Size != 8 {
		t.Errorf("kept as %q with %d bytes", file.Name, file.Size)
	}
	entries, _ := os.ReadDir(folder)
	if len(entries) != 1 || strings.Contains(entries[0].Name(), "Meldung") {
		t.Errorf("in the folder: %v", entries)
	}
	file.Close()
	if entries, _ = os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestAnUploadThatIsTooLargeOrBreaksOffLeavesNothing(t *testing.T) {
	for _, one := range []struct {
		name    string
		content io.Reader
		code    string
	}{
		{"too large", Limited(strings.NewReader(strings.Repeat("x", 11)), 10), "upload_too_large"},
		{"broken off", iotest.ErrReader(errors.New("reset")), "upload_broken"},
	} {
		folder := t.TempDir()
		_, err := Keep(folder, "x.csv", one.content)
		if told, ok := problem.From(err); !ok || told.Code != one.code {
			t.Errorf("%s: %v", one.name, err)
		}
		if entries, _ := os.ReadDir(folder); len(entries) != 0 {
			t.Errorf("%s: left behind: %v", one.name, entries)
		}
	}
	folder := t.TempDir()
	if _, err := Keep(folder, "x.csv", panicking{}); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("a reader that panics: %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("a reader that panics left behind: %v", entries)
	}
	if file, err := Keep(t.TempDir(), "x.csv", Limited(strings.NewReader("0123456789"), 10)); err != nil || file.Size != 10 {
		t.Errorf("a file as large as the limit: %v", err)
	}
}

// panicking is a body whose reader has a fault.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("a fault in the reader") }

func TestNamesOfFilesAreForPeopleToRead(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "a.csv": "a.csv", "/etc/passwd": "passwd", "a\r\nb.csv": "ab.csv", "x/": "", "ä\xff.csv": "ä\uFFFD.csv", strings.Repeat("ü", 200): strings.Repeat("ü", 120),
	} {
		if got := Name(given); got != want {
			t.Errorf("%q is called %q, want %q", given, got, want)
		}
	}
}
