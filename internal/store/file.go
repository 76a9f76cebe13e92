package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/klauspost/compress/zstd"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/problem"
)

// packer compresses the pieces of files, each to a Zstandard frame of its own.
// The engine could do that too, but then every piece would travel at full
// length: a file of a million rows takes a quarter of the time this way.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newPacker() (packer, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(pieceSize))
	if err != nil {
		return packer{}, err
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*pieceSize))
	return packer{encoder, decoder}, err
}

// pieceSize is how much of a file lies in one row, before it is compressed, and
// blockPieces how many rows go into one insert: memory stays bounded.
const (
	pieceSize   = 1 << 20
	blockPieces = 16
)

var fileColumns = []column{{Name: "sha256", Type: "String"}, {Name: "piece", Type: "UInt32"}, {Name: "content", Type: "String"}}

// keepFile stores the original bytes, unless all of them are there already; a
// file that must not be kept has no hash.
func (s *Store) keepFile(ctx context.Context, sha256 string, file intake.File) error {
	if sha256 == "" {
		return nil
	}
	pieces := uint64(0)
	err := s.ask(ctx, "file_pieces", parameters{"sha256": sha256}, func(row driver.Rows) error { return row.Scan(&pieces) })
	if err != nil || int64(pieces) == (file.Size+pieceSize-1)/pieceSize {
		return err
	}
	write := s.insert
	if file.Size <= pieceSize {
		write = s.insertTogether
	}
	raw := make([]byte, min(pieceSize, file.Size))
	for start := int64(0); start < file.Size; start += blockPieces * pieceSize {
		err := write(ctx, "files", fileColumns, func(batch driver.Batch) error {
			for at := start; at < min(start+blockPieces*pieceSize, file.Size); at += pieceSize {
				raw = raw[:min(pieceSize, file.Size-at)]
				if _, err := file.Content.ReadAt(raw, at); err != nil && !errors.Is(err, io.EOF) {
					return fmt.Errorf("read %s: %w", file.Name, err)
				}
				if err := batch.Append(sha256, uint32(at/pieceSize), s.packer.encoder.EncodeAll(raw, nil)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// File writes the original bytes of a file, piece by piece. A file that is not
// there is a problem.
func (s *Store) File(ctx context.Context, sha256 string, out io.Writer) error {
	found := false
	var raw []byte
	err := s.ask(ctx, "file", parameters{"sha256": sha256}, func(row driver.Rows) error {
		found = true
		var piece []byte
		if err := row.Scan(&piece); err != nil {
			return err
		}
		var err error
		if raw, err = s.packer.decoder.DecodeAll(piece, raw[:0]); err != nil {
			return err
		}
		_, err = out.Write(raw)
		return err
	})
	if err != nil {
		return fmt.Errorf("read file %s: %w", sha256, err)
	}
	if !found {
		return problem.New(problem.NotFound, "file_unknown", nil)
	}
	return nil
}
