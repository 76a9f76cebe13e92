// Package trace names each request of the server, so that the page of an error, the
// problem document, the log and the audit can be put together again.
package trace

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"kipmonitor/internal/panics"
)

type idKey struct{}

// Panicked is under what an answered panic is noted in the request (fiber's Locals), so
// that whoever is around it can count it.
const Panicked = "panicked"

// WithID gives the request of a context an id, and returns that too. One that has an id
// already keeps it.
func WithID(ctx context.Context) (context.Context, string) {
	if id := ID(ctx); id != "" {
		return ctx, id
	}
	id, err := uuid.NewV7()
	if err != nil {
		// Without randomness nobody could log in either; the id says at least that.
		return context.WithValue(ctx, idKey{}, uuid.Nil.String()), uuid.Nil.String()
	}
	return context.WithValue(ctx, idKey{}, id.String()), id.String()
}

// ID returns the id of the request of a context, a UUID; "" outside of one.
func ID(ctx context.Context) string {
	id, _ := ctx.Value(idKey{}).(string)
	return id
}

// LogError writes the one line that a failed request leaves in the log, with the stack
// where it panicked. The attributes are pairs, as slog takes them.
func LogError(ctx context.Context, log *slog.Logger, err error, attributes ...any) {
	attributes = append(attributes, "request", ID(ctx), "error", err)
	if caught, ok := panics.From(err); ok {
		attributes = append(attributes, "stack", string(caught.Stack))
	}
	log.ErrorContext(ctx, "request failed", attributes...)
}
