package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

// The chart library comes from npm, the check for the browser is compiled from
// cmd/checker: `make assets` puts both into static/vendor.
//
//go:embed all:static
var staticFiles embed.FS

// asset is a file that a page links to, under an address that changes with its
// content, so that browsers may keep it for ever.
type asset struct {
	address     string
	contentType string
	content     []byte
	compressed  func() []byte
}

type assets struct {
	byName    map[string]*asset // "site.css"
	byAddress map[string]*asset
}

var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
}

func loadAssets() (*assets, error) {
	all := &assets{byName: map[string]*asset{}, byAddress: map[string]*asset{}}
	err := fs.WalkDir(staticFiles, "static", func(file string, entry fs.DirEntry, err error) error {
		contentType := contentTypes[path.Ext(file)]
		if err != nil || entry.IsDir() || contentType == "" {
			return err
		}
		content, err := staticFiles.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(file, "static/")
		hash := sha256.Sum256(content)
		one := &asset{
			address:     "/static/" + hex.EncodeToString(hash[:6]) + "/" + name,
			contentType: contentType,
			content:     content,
			compressed:  sync.OnceValue(func() []byte { return compress(content) }),
		}
		all.byName[name], all.byAddress[one.address] = one, one
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	for name, what := range map[string]string{"vendor/echarts.min.js": "the chart library", "vendor/checker.wasm": "the check for the browser", "vendor/wasm_exec.js": "the check for the browser"} {
		if all.byName[name] == nil {
			return nil, fmt.Errorf("%s is missing: run `make assets` and build again", what)
		}
	}
	return all, nil
}

func compress(content []byte) []byte {
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	// Writing to memory does not fail.
	_, _ = writer.Write(content)
	_ = writer.Close()
	return buffer.Bytes()
}

// serve answers /static/<hash>/<name>.
func (a *assets) serve(c *fiber.Ctx) error {
	one := a.byAddress[c.Path()]
	if one == nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, one.contentType)
	if one == a.byName[checkerWorker] {
		c.Set(fiber.HeaderContentSecurityPolicy, workerPolicy)
	}
	return sendCompressed(c, one.content, one.compressed)
}

// sendCompressed sends the gzip form to a browser that takes it.
func sendCompressed(c *fiber.Ctx, content []byte, compressed func() []byte) error {
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(compressed())
	}
	return c.Send(content)
}
