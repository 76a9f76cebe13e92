//go:build !js

package locale

// The zone database comes along: in a container without one, times would be
// written in UTC, and nobody would see it. The browser's program writes no times.
import _ "time/tzdata"
