package health

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// LeastFree is how much of a disk must be free, in bytes: a few large files and the
// copies that the engine makes of what it merges.
const LeastFree = 256 << 20

// Folder returns the check of a folder: that it is the one it was at the start, that
// something can be written there, and that so many bytes are free.
func Folder(path string, least uint64) (func(ctx context.Context) error, error) {
	before, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return func(context.Context) error {
		now, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !os.SameFile(before, now) {
			return fmt.Errorf("%s is another folder than at the start", path)
		}
		if free, err := Free(path); err != nil {
			return err
		} else if free < least {
			return fmt.Errorf("%s has %d MiB left, at least %d are needed", path, free>>20, least>>20)
		}
		return writable(path)
	}, nil
}

// Free is how many bytes of the disk of a folder are left.
func Free(path string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return 0, fmt.Errorf("ask for the free space of %s: %w", path, err)
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}

// writable writes a file and deletes it.
func writable(path string) error {
	file, err := os.CreateTemp(path, ".ready-*")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 4096))
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}
