package intake

import (
	"strings"
	"testing"

	"kipmonitor/internal/panics"
)

type explodingContent struct{ *strings.Reader }

func (explodingContent) ReadAt([]byte, int64) (int, error) { panic("the disk is gone") }

func TestAPanicWhileAFileIsHashedIsAnError(t *testing.T) {
	wait := digest(File{Name: "x.csv", Size: 3, Content: explodingContent{strings.NewReader("a;b")}})
	if _, err := wait(); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("got %v", err)
	}
}

func TestAPanicWhileDuplicatesAreLookedForIsTheCallers(t *testing.T) {
	table := newFirsts(1<<18, false)
	table.insert(7, 1, amount{})
	err := panics.Try(func() error {
		table.where(func(int, uint64) bool { panic("a fault in a rule") })
		return nil
	})
	if _, panicked := panics.From(err); !panicked {
		t.Errorf("got %v", err)
	}
}
