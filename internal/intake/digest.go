package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"kipmonitor/internal/panics"
)

// digest begins to hash a file and returns what waits for the SHA-256.
func digest(file File) (wait func() (string, error)) {
	var sum string
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer panics.Catch(&err)
		hash := sha256.New()
		// Not longer than the file, for most are short.
		buffer := make([]byte, max(1, min(256<<10, file.Size)))
		if _, err = io.CopyBuffer(hash, struct{ io.Reader }{io.NewSectionReader(file.Content, 0, file.Size)}, buffer); err != nil {
			err = fmt.Errorf("read %s: %w", file.Name, err)
			return
		}
		sum = hex.EncodeToString(hash.Sum(nil))
	}()
	return func() (string, error) {
		<-done
		return sum, err
	}
}
