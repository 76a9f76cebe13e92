package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// acknowledged counts the rows of each table that the embedded engine has confirmed,
// in a file beside the engine's own. The engine leaves out a part of a table that it
// finds broken, without a word: what is left is held against this count. It is written
// after the rows are on disk and before anybody hears that they are, so that it is
// never higher than what a sound table holds, whenever the program is killed. A server
// of its own keeps no such file.
type acknowledged struct {
	mutex sync.Mutex
	path  string
	rows  map[string]uint64
	// adopted says that the rows were taken as they were once, since nobody had counted
	// them: what was lost before is not known.
	adopted bool
}

const acknowledgedName = "acknowledged.json"

// countedTables are those whose rows are counted.
var countedTables = []string{"submissions", "files", "submission_events", "observations", "extensions", "reminders", "accounts", "passes", "audit"}

// acknowledgedFile is the form of the file; Sum is the CRC-32 of Count as written, so
// that a broken count is not taken for one.
type acknowledgedFile struct {
	Count json.RawMessage `json:"count"`
	Sum   uint32          `json:"crc32"`
}

type acknowledgedCount struct {
	Rows    map[string]uint64 `json:"rows"`
	Adopted bool              `json:"adopted"`
}

// errNoCount says that the file of the acknowledged rows is missing or broken.
var errNoCount = errors.New("the count of acknowledged rows is missing or unreadable")

// readAcknowledged reads the file. Where it is missing or broken it returns an empty
// count and errNoCount.
func readAcknowledged(folder string) (*acknowledged, error) {
	a := &acknowledged{path: filepath.Join(folder, acknowledgedName), rows: map[string]uint64{}}
	content, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, errNoCount
	}
	if err != nil {
		return a, fmt.Errorf("read the count of acknowledged rows: %w", err)
	}
	var file acknowledgedFile
	var count acknowledgedCount
	if json.Unmarshal(content, &file) != nil || crc32.ChecksumIEEE(file.Count) != file.Sum || json.Unmarshal(file.Count, &count) != nil || count.Rows == nil {
		return a, errNoCount
	}
	a.rows, a.adopted = count.Rows, count.Adopted
	return a, nil
}

// add counts rows that the engine has confirmed. A count that could not be written, as
// on a full disk, is written with the next one: the rows are there, and whoever sent
// them must hear so.
func (a *acknowledged) add(table string, rows int) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.rows[table] += uint64(rows)
	_ = a.write()
}

// remove takes rows off the count, before they are removed: a kill in between leaves a
// count that is too low, which does no harm.
func (a *acknowledged) remove(table string, rows uint64) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.rows[table] -= min(rows, a.rows[table])
	_ = a.write()
}

// raise takes the rows of the tables as they are where they are more than were counted:
// they were written just before a kill, or nobody counted yet. Only before anything is
// written: rows could be counted twice otherwise.
func (a *acknowledged) raise(held map[string]uint64, nobodyCounted bool) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for table, rows := range held {
		a.adopted = a.adopted || nobodyCounted && rows > 0
		a.rows[table] = max(a.rows[table], rows)
	}
	return a.write()
}

// take takes the rows of a table as they are, after a repair.
func (a *acknowledged) take(table string, rows uint64) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.rows[table] = rows
	return a.write()
}

func (a *acknowledged) of(table string) uint64 {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.rows[table]
}

// write replaces the file. It is not synced: a machine that loses its memory leaves an
// older count, which is lower and does no harm.
func (a *acknowledged) write() error {
	rows, err := json.Marshal(acknowledgedCount{a.rows, a.adopted})
	if err != nil {
		return fmt.Errorf("write the count of acknowledged rows: %w", err)
	}
	content, err := json.Marshal(acknowledgedFile{Count: rows, Sum: crc32.ChecksumIEEE(rows)})
	if err != nil {
		return fmt.Errorf("write the count of acknowledged rows: %w", err)
	}
	if err := os.WriteFile(a.path+".new", content, 0o600); err != nil {
		return fmt.Errorf("write the count of acknowledged rows: %w", fault(err))
	}
	if err := os.Rename(a.path+".new", a.path); err != nil {
		return fmt.Errorf("write the count of acknowledged rows: %w", fault(err))
	}
	return nil
}
