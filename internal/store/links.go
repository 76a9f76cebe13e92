package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// soundLinks refuses a data folder in which a link leads nowhere or out of the folder,
// as after a restore that kept links but not what they point to. The engine's own lead
// from its table names to its store.
func soundLinks(folder string) error {
	root, err := filepath.EvalSymlinks(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // made later
	}
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
		if entry.Type()&os.ModeSymlink == 0 {
			return nil
		}
		target, err := filepath.EvalSymlinks(path)
		if err != nil {
			return fmt.Errorf("data folder: the link %s leads nowhere: restore the whole folder from the backup", path)
		}
		if target != root && !strings.HasPrefix(target, root+string(filepath.Separator)) {
			return fmt.Errorf("data folder: the link %s leads out of the folder, to %s: restore the whole folder from the backup", path, target)
		}
		return nil
	})
}
