package web

import (
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/upload"
)

// checkerWorker is the script that runs the check in the browser.
const checkerWorker = "worker.js"

// checker is what the page tells its script of the check in the browser: where
// its parts are, and the words that the script shows.
type checker struct {
	Worker      string          `json:"worker"`
	Helper      string          `json:"helper"`  // Go's own script that starts a program
	Program     string          `json:"program"` // WebAssembly
	Definition  string          `json:"definition"`
	Fingerprint string          `json:"fingerprint"`
	Language    locale.Language `json:"language"`
	// Organisation is the one for which alone the reader sends, or "".
	Organisation figure.Organisation `json:"organisation"`
	Largest      int                 `json:"largest"` // bytes of an upload
	Words        map[string]string   `json:"words"`
}

// Checker is for the page on which a file is chosen.
func (p page) Checker() checker {
	words := map[string]string{"too_large": p.T("problem.upload_too_large", "megabytes", upload.Max>>20),
		"too_much": p.T("checker.too_much", "megabytes", upload.Max>>20)}
	for _, word := range []string{"checking", "findings", "totals", "sending", "sent", "broken", "drop"} {
		words[word] = p.T("checker." + word)
	}
	var own figure.Organisation
	if p.Viewer.Role == account.Sender {
		own = p.Viewer.Organisation
	}
	return checker{
		Worker: p.Asset(checkerWorker), Helper: p.Asset("vendor/wasm_exec.js"), Program: p.Asset("vendor/checker.wasm"),
		Definition: "/definition/" + p.Prints + ".zip", Fingerprint: p.Prints,
		Language: p.Language, Organisation: own, Largest: upload.Max, Words: words,
	}
}

// definition answers /definition/<fingerprint>.zip with the files that the program
// was started with, for the check in the browser. Another definition has another
// address.
func (s *Server) definition() fiber.Handler {
	packed := sync.OnceValues(s.Programme.Pack)
	return func(c *fiber.Ctx) error {
		if print := c.Params("fingerprint"); len(print) < 12 || !strings.HasPrefix(s.Programme.Fingerprint, print) {
			return fiber.ErrNotFound
		}
		content, err := packed()
		if err != nil {
			return err
		}
		// Those who may not send figures need not know it, so no shared cache keeps it.
		c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
		c.Set(fiber.HeaderContentType, "application/zip")
		return c.Send(content)
	}
}
