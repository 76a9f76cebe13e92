// Package seed holds the programme definition that stands in the program.
package seed

import "embed"

// Files are the definition; --seed DIR replaces them as a whole. README.md says
// where each comes from.
//
//go:embed *.yaml *.csv keyfigures indicators targets caveats forms rules
var Files embed.FS
