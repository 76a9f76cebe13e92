package api

import (
	"slices"
	"strings"
)

// StatusOf lists the codes of problems with their status.
var StatusOf = statusOf

// PerToken and PerAddress are the limits.
const (
	PerToken   = perToken
	PerAddress = perAddress
)

// Operations are the routes as the description writes them, with their rights and
// parameters.
func Operations() map[string]string {
	found := map[string]string{}
	for _, one := range (&API{}).operations() {
		parts := strings.Split(one.path, "/")
		for i, part := range parts {
			if name, is := strings.CutPrefix(part, ":"); is {
				parts[i] = "{" + name + "}"
			}
		}
		var rights []string
		for _, right := range one.rights {
			rights = append(rights, string(right))
		}
		names := slices.Sorted(slices.Values(one.parameters))
		found[one.method+" "+strings.Join(parts, "/")] = strings.Join(rights, " ") + "; " + strings.Join(names, " ")
	}
	return found
}
