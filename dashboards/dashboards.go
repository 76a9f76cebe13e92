// Package dashboards holds the boards that stand in the program: what the
// overview and the page of a funding area show, as YAML.
package dashboards

import "embed"

// Files are the boards of the program; --dashboards DIR replaces them as a whole.
//
//go:embed *.yaml
var Files embed.FS
