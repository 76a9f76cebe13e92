package intake

import (
	"strings"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/xlsx"
)

// What is struck through is on its way out, and may be what counts all the same: nobody
// can see which.

// isStruck reports whether some of a text is struck through.
func isStruck(text string) bool { return strings.Contains(text, xlsx.Struck) }

// unstruck is what of a text is not struck through.
func unstruck(text string) string {
	parts := strings.Split(text, xlsx.Struck)
	for i, part := range parts[:len(parts)-1] {
		letters := []rune(part)
		parts[i] = string(letters[:max(0, len(letters)-1)])
	}
	return strings.TrimSpace(strings.Join(parts, ""))
}

// struckText is the meaning of a cell in which some text is struck through.
func struckText(text string) meaning {
	return wrong("text_struck", text, clip(unstruck(text)), locale.Args{"text": clip(text)})
}
