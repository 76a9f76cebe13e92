package submission

import "context"

type sendingKey struct{}

// Sending returns the context of somebody who sends or decides: what is asked for them
// goes before what others read.
func Sending(ctx context.Context) context.Context { return context.WithValue(ctx, sendingKey{}, true) }

// IsSending reports whether somebody sends or decides who waits for the answer.
func IsSending(ctx context.Context) bool { return ctx.Value(sendingKey{}) != nil }
