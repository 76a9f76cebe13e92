package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
)

// newLog returns the log as the environment wants it.
func newLog(out io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if text := os.Getenv(levelVariable); text != "" {
		if !slices.Contains([]string{"debug", "info", "warn", "error"}, text) || level.UnmarshalText([]byte(text)) != nil {
			return nil, fmt.Errorf("%s=%s: möglich sind debug, info, warn, error", levelVariable, text)
		}
	}
	options := &slog.HandlerOptions{Level: level}
	switch format := os.Getenv(formatVariable); format {
	case "", "text":
		return slog.New(slog.NewTextHandler(out, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(out, options)), nil
	default:
		return nil, fmt.Errorf("%s=%s: möglich sind text und json", formatVariable, format)
	}
}
