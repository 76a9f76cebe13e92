// Package upload puts a file that comes over the network on the disk, counted and
// under a name of ours, so that it can be checked.
package upload

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
)

// Max is the largest file that is taken, in bytes.
const Max = 50 << 20

// File is a file on the disk. Close it to have it gone.
type File struct {
	intake.File
	disk *os.File
}

// Keep puts a file on the disk, in a folder, and remembers how its sender calls it.
func Keep(folder, name string, content io.Reader) (*File, error) {
	disk, err := os.CreateTemp(folder, "")
	if err != nil {
		return nil, fmt.Errorf("keep upload: %w", err)
	}
	file := &File{disk: disk}
	var size int64
	err = panics.Try(func() (err error) { size, err = io.Copy(disk, content); return err })
	if err != nil {
		file.Close()
		var ours *fs.PathError
		if _, panicked := panics.From(err); panicked || errors.As(err, &ours) {
			return nil, fmt.Errorf("keep upload: %w", err)
		}
		return nil, Fault(err)
	}
	file.File = intake.File{Name: Name(name), Size: size, Content: disk}
	return file, nil
}

// Close deletes the file.
func (f *File) Close() {
	_ = f.disk.Close()
	_ = os.Remove(f.disk.Name())
}

// Limited returns a reader that fails, rather than ends, when more is read than a
// limit: an upload that is too large must not be taken for a whole one.
func Limited(reader io.Reader, limit int64) io.Reader { return &limited{reader, limit} }

type limited struct {
	reader io.Reader
	left   int64
}

var errTooLarge = errors.New("upload too large")

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.reader.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// Fault is what the sender is told of an error while an upload was read: it was too
// large, or broke off.
func Fault(err error) error {
	if errors.Is(err, errTooLarge) {
		return TooLarge()
	}
	return problem.New(problem.Invalid, "upload_broken", nil).Because(err)
}

// TooLarge is what the sender is told of a file larger than Max.
func TooLarge() error {
	return problem.New(problem.TooLarge, "upload_too_large", locale.Args{"megabytes": Max >> 20})
}

// Name is the last element of what the sender calls the file, for people to read; it
// is never used as a path.
func Name(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if letters := []rune(name); len(letters) > 120 {
		name = string(letters[:120])
	}
	return name
}

// CheckName refuses a name with characters that turn the direction of the text around:
// what reads as a table could be another thing (Unicode Standard Annex 9: Bidi_Control).
func CheckName(name string) error {
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }) {
		return problem.New(problem.Invalid, "file_name_control", nil)
	}
	return nil
}

// Expect reads what the sender says that the file is about; what is "" the file says
// itself.
func Expect(form, organisation, period string) (intake.Expect, error) {
	expect := intake.Expect{Form: figure.Form(form), Organisation: figure.Organisation(organisation)}
	if period == "" {
		return expect, nil
	}
	parsed, err := figure.ParsePeriod(period)
	if err != nil {
		return expect, problem.New(problem.Invalid, "period", locale.Args{"text": period}).Because(err)
	}
	expect.Period = parsed
	return expect, nil
}
