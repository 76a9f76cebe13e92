package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"kipmonitor/internal/problem"
)

// waitingRoom keeps a checked file until its sender confirms it, for an hour.
// Files lie under random tokens; the sender's file name is never used as a path.
type waitingRoom struct {
	folder string
	now    func() time.Time
}

const waitingTime = time.Hour

// waitingFile is what is known of a file in the waiting room.
type waitingFile struct {
	Name string
	Path string `json:"-"`
}

func newWaitingRoom(folder string, now func() time.Time) (*waitingRoom, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for uploads: %w", err)
	}
	return &waitingRoom{folder: folder, now: now}, nil
}

var tokenPattern = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// newFile makes a file to write an upload into, and returns its token.
func (w *waitingRoom) newFile() (token string, file *os.File, err error) {
	w.sweep()
	token = rand.Text()
	file, err = os.OpenFile(filepath.Join(w.folder, token), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, fmt.Errorf("keep upload: %w", err)
	}
	return token, file, nil
}

// keep notes the name of an upload that may wait.
func (w *waitingRoom) keep(token string, file waitingFile) error {
	note, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("keep upload: %w", err)
	}
	return os.WriteFile(filepath.Join(w.folder, token+".json"), note, 0o600)
}

// find returns the file of a token.
func (w *waitingRoom) find(token string) (waitingFile, error) {
	gone := problem.New(problem.NotFound, "upload_gone", nil)
	if !tokenPattern.MatchString(token) {
		return waitingFile{}, gone
	}
	note, err := os.ReadFile(filepath.Join(w.folder, token+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return waitingFile{}, gone
	}
	if err != nil {
		return waitingFile{}, fmt.Errorf("read upload: %w", err)
	}
	var file waitingFile
	if err := json.Unmarshal(note, &file); err != nil {
		return waitingFile{}, fmt.Errorf("read upload: %w", err)
	}
	file.Path = filepath.Join(w.folder, token)
	return file, nil
}

// drop removes the file of a token.
func (w *waitingRoom) drop(token string) {
	if tokenPattern.MatchString(token) {
		_ = os.Remove(filepath.Join(w.folder, token))
		_ = os.Remove(filepath.Join(w.folder, token+".json"))
	}
}

// sweep removes what nobody confirmed in time.
func (w *waitingRoom) sweep() {
	entries, err := os.ReadDir(w.folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && w.now().Sub(info.ModTime()) > waitingTime {
			_ = os.Remove(filepath.Join(w.folder, entry.Name()))
		}
	}
}
