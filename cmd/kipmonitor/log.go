package main

import (
	"io"
	"log/slog"
	"os"
	"slices"

	"kipmonitor/internal/locale"
)

// newLog returns the log as the environment wants it.
func newLog(out io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if text := os.Getenv(levelVariable); text != "" {
		if !slices.Contains([]string{"debug", "info", "warn", "error"}, text) || level.UnmarshalText([]byte(text)) != nil {
			return nil, newFault("variable_choice", locale.Args{"name": levelVariable, "text": text, "choice": "debug, info, warn, error"})
		}
	}
	options := &slog.HandlerOptions{Level: level}
	switch format := os.Getenv(formatVariable); format {
	case "", "text":
		return slog.New(slog.NewTextHandler(out, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(out, options)), nil
	default:
		return nil, newFault("variable_choice", locale.Args{"name": formatVariable, "text": format, "choice": "text, json"})
	}
}
