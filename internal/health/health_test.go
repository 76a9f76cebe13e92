package health

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestReadyIsWhatAllChecksSayAndTheLogHasEachChangeOnce(t *testing.T) {
	var log bytes.Buffer
	var fault error
	h := New(slog.New(slog.NewTextHandler(&log, nil)), Check{"engine", func(context.Context) error { return nil }},
		Check{"disk", func(context.Context) error { return fault }}, Check{"key", func(context.Context) error {
			if fault != nil {
				panic("a fault in the check")
			}
			return nil
		}})
	ask := func() bool {
		h.at = time.Time{}
		_, ready := h.Ask(t.Context())
		return ready
	}
	if !ask() {
		t.Error("not ready although every check passes")
	}
	fault = errors.New("gone")
	for range 2 {
		if ask() {
			t.Error("ready although a check fails")
		}
	}
	results, _ := h.Ask(t.Context())
	if results[0].Err != nil || results[1].Err == nil || results[2].Err == nil {
		t.Errorf("results: %v", results)
	}
	fault = nil
	if !ask() || strings.Count(log.String(), "gone") != 1 || strings.Count(log.String(), "ready again") != 2 {
		t.Errorf("the log has %s", log.String())
	}
}

func TestAFolderThatIsGoneOrAnotherIsNoticed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	check := func() func(context.Context) error {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		check, err := Folder(folder, 1)
		if err != nil {
			t.Fatal(err)
		}
		return check
	}()
	if err := check(t.Context()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("the check leaves %v", left)
	}
	if err := os.Rename(folder, folder+"-moved"); err != nil {
		t.Fatal(err)
	}
	if check(t.Context()) == nil {
		t.Error("the folder is gone, and nobody notices")
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if check(t.Context()) == nil {
		t.Error("the folder is another, and nobody notices")
	}
}

func TestAFullDiskIsNoticed(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no disk can be made here: %v", err)
	}
	defer func() { _ = syscall.Unmount(folder, 0) }()
	check, err := Folder(folder, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(t.Context()); err != nil {
		t.Error(err)
	}
	_ = os.WriteFile(filepath.Join(folder, "large"), make([]byte, 2<<20), 0o600)
	if check(t.Context()) == nil {
		t.Error("the disk is full, and nobody notices")
	}
	if enough, err := Folder(folder, 2<<20); err != nil || enough(t.Context()) == nil {
		t.Error("less is free than is needed, and nobody notices")
	}
}
