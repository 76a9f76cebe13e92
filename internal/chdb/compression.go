package chdb

import (
	"errors"
	"io"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
)

// packer writes an answer in ClickHouse's own compressed frames. In process
// nobody asks for it; a client of ServeHTTP may.
type packer struct{ writer *compress.Writer }

func newPacker(method string) *packer {
	if strings.EqualFold(method, "ZSTD") {
		return &packer{compress.NewWriter(compress.LevelZero, compress.ZSTD)}
	}
	return &packer{compress.NewWriter(compress.LevelZero, compress.LZ4)}
}

// frameSize is what a server compresses at once, the default of
// max_compress_block_size.
const frameSize = 1 << 20

func (p *packer) pack(content []byte) ([]byte, error) {
	var packed []byte
	for len(content) > 0 {
		piece := content[:min(frameSize, len(content))]
		content = content[len(piece):]
		if err := p.writer.Compress(piece); err != nil {
			return nil, err
		}
		packed = append(packed, p.writer.Data...)
	}
	return packed, nil
}

// unpacker reads the compressed rows of an INSERT.
type unpacker struct{ reader *compress.Reader }

func newUnpacker(body io.Reader) unpacker { return unpacker{compress.NewReader(body)} }

// Read implements io.Reader. The frames' reader wraps the end of the body in an
// error of its own, where it is one between two frames.
func (u unpacker) Read(p []byte) (int, error) {
	n, err := u.reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return n, err
}
