package xlsx

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"
)

// The bounds of a workbook. They are held against what its directory announces
// before anything is unpacked, and again while it is unpacked.
const (
	maxEntries   = 2000
	maxDirectory = 1 << 20   // bytes of the directory of the archive
	maxUnpacked  = 512 << 20 // bytes of all parts together
	maxSheet     = 400 << 20
	maxStrings   = 128 << 20 // the XML of the shared strings; see maxStringBytes
	maxStyles    = 64 << 20
	maxPart      = 8 << 20 // any other part that is read
	// maxRatio is how much smaller than its content a large part may be. Sheets with
	// thousands of empty formatted rows come to about 60.
	maxRatio     = 250
	ratioApplies = 8 << 20
)

// archive is a zip archive with bounds.
type archive struct {
	content *watched
	parts   map[string]*zip.File // by partKey
}

// watched reads a file and remembers when that failed: a disk that cannot be read
// is not a broken archive. left is how much may be read yet.
type watched struct {
	content io.ReaderAt
	left    int64
	err     error
}

func (w *watched) ReadAt(p []byte, offset int64) (int, error) {
	// The directory may name a place that is not in the file.
	if w.left -= int64(len(p)); w.left < 0 || offset < 0 {
		return 0, zip.ErrFormat
	}
	n, err := w.content.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// partKey is the name of a part as parts are compared: without regard to case, and
// written with slashes.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// openArchive reads the directory of a zip archive of a size in bytes, and holds the
// bounds against it.
func openArchive(content io.ReaderAt, size int64) (*archive, error) {
	// The reader of the directory makes an entry for each that it meets.
	a := &archive{content: &watched{content: content, left: maxDirectory + 128<<10}, parts: map[string]*zip.File{}}
	directory, err := zip.NewReader(a.content, size)
	if err != nil {
		if a.content.left < 0 {
			return nil, TooLarge
		}
		return nil, a.fault(err)
	}
	a.content.left = math.MaxInt64
	if len(directory.File) > maxEntries {
		return nil, TooLarge
	}
	var unpacked uint64
	for _, part := range directory.File {
		if strings.HasSuffix(part.Name, "/") {
			continue
		}
		size, packed := part.UncompressedSize64, part.CompressedSize64
		if unpacked += size; size > maxUnpacked || unpacked > maxUnpacked || size > ratioApplies && size/maxRatio > packed {
			return nil, TooLarge
		}
		if part.Flags&1 != 0 {
			return nil, Password
		}
		key := partKey(part.Name)
		if _, twice := a.parts[key]; twice {
			return nil, Broken // which of them another program reads is not known
		}
		a.parts[key] = part
	}
	return a, nil
}

// fault tells what is wrong with the archive from what is wrong with the disk.
func (a *archive) fault(err error) error {
	if errors.As(err, new(Refusal)) {
		return err
	}
	if a.content.err != nil {
		return a.content.err
	}
	return fmt.Errorf("%w: %w", Broken, err)
}

// size is what the directory announces of a part.
func (a *archive) size(name string) uint64 {
	if part := a.parts[partKey(name)]; part != nil {
		return part.UncompressedSize64
	}
	return 0
}

func (a *archive) has(name string) bool { return a.parts[partKey(name)] != nil }

// open returns the content of a part as UTF-8 without a byte order mark.
func (a *archive) open(name string, limit int64) (io.Reader, error) {
	part := a.parts[partKey(name)]
	if part == nil {
		return nil, Broken
	}
	if part.UncompressedSize64 > uint64(limit) {
		return nil, TooLarge
	}
	content, err := part.Open()
	if err != nil {
		return nil, a.fault(err)
	}
	reader := &partReader{archive: a, reader: content, left: limit}
	buffered := bufio.NewReaderSize(reader, 512)
	head, err := buffered.Peek(256)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if !utf8Declared(head) {
		return nil, UnusualXML
	}
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		_, _ = buffered.Discard(3)
	}
	return buffered, nil
}

// read gives the content of a part to do.
func (a *archive) read(name string, limit int64, do func(io.Reader) error) error {
	reader, err := a.open(name, limit)
	if err != nil {
		return err
	}
	return do(reader)
}

// utf8Declared reports whether XML begins as UTF-8 and says nothing else of itself.
func utf8Declared(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) || bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	declaration = bytes.TrimPrefix(declaration, []byte("\xEF\xBB\xBF"))
	if !bytes.HasPrefix(declaration, []byte("<?xml")) {
		return true
	}
	for rest := declaration[len("<?xml"):]; ; {
		name, value, after, ok := attribute(rest)
		if !ok {
			return true
		}
		if string(name) == "encoding" {
			return bytes.EqualFold(value, []byte("utf-8")) || bytes.EqualFold(value, []byte("us-ascii"))
		}
		rest = after
	}
}

// partReader reads a part, never more of it than its limit.
type partReader struct {
	archive *archive
	reader  io.Reader
	left    int64
}

func (p *partReader) Read(buffer []byte) (int, error) {
	n, err := p.reader.Read(buffer)
	if p.left -= int64(n); p.left < 0 {
		return 0, TooLarge
	}
	if err != nil && err != io.EOF {
		return n, p.archive.fault(err)
	}
	return n, err
}

// resolve returns the name of the part that a relation of another part leads to;
// it cannot leave the archive.
func resolve(from, target string) (string, error) {
	target = strings.ReplaceAll(target, `\`, "/")
	if !strings.HasPrefix(target, "/") {
		target = path.Join("/", path.Dir(partKey(from)), "/") + "/" + target
	}
	depth := 0
	for _, step := range strings.Split(target, "/") {
		switch step {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return "", fmt.Errorf("%s: %w", target, Broken)
			}
		default:
			depth++
		}
	}
	return partKey(path.Clean(target)), nil
}
