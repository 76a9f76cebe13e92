package programme

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Pack returns the files from which the programme was loaded as a zip that Load
// reads again: for the check in the browser. The same files give the same bytes.
func (p *Programme) Pack() ([]byte, error) {
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		file, err := archive.Create(name)
		if err == nil {
			_, err = file.Write(p.files[name])
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("pack the programme definition: %w", err)
	}
	return packed.Bytes(), nil
}
