// Package account is the people who use the program: who they are, what their
// role allows, and how they prove it.
package account

import (
	"slices"

	"kipmonitor/internal/figure"
)

// Role is what a person is to the programme.
type Role string

// The roles. A sender belongs to one organisation and sees nothing of another;
// the others belong to none.
const (
	Sender        Role = "sender"        // delivers the figures of an organisation
	Reader        Role = "reader"        // reads the dashboards: the steering group
	Coordination  Role = "coordination"  // checks, accepts and reports: the coordination office
	Administrator Role = "administrator" // keeps the accounts, and sees no figures
)

// Roles are all of them, in the order in which pages list them.
var Roles = []Role{Sender, Reader, Coordination, Administrator}

// Right is something that a route needs. What a role has no right to is refused.
type Right string

// The rights.
const (
	ReadFigures    Right = "read_figures"    // dashboards, indicators, the annual table: protected figures of the canton
	ReadSources    Right = "read_sources"    // the cells behind a figure, unprotected, of any organisation
	SendFigures    Right = "send_figures"    // deliver figures, and see what became of them
	ReadDeliveries Right = "read_deliveries" // who owes what, of all organisations
	DecideFigures  Right = "decide_figures"  // accept or return what others delivered, extend due dates
	ReadAudit      Right = "read_audit"      // who did what
	KeepAccounts   Right = "keep_accounts"   // invite, deactivate
)

var rights = map[Role][]Right{
	Sender:        {SendFigures},
	Reader:        {ReadFigures},
	Coordination:  {ReadFigures, ReadSources, SendFigures, ReadDeliveries, DecideFigures, ReadAudit},
	Administrator: {ReadAudit, KeepAccounts},
}

// May reports whether the role has a right. An unknown role has none.
func (r Role) May(right Right) bool { return slices.Contains(rights[r], right) }

// Viewer is who asks: a person in a session, or a machine with a token. The
// zero Viewer is nobody, and may do nothing.
type Viewer struct {
	// Email is the name under which a person is known here, and never changes;
	// it stands in events and in the audit.
	Email        string
	Name         string
	Role         Role
	Organisation figure.Organisation // of a sender
	Address      string              // the IP address from where; "" where that is not known
	Via          string              // how: "API", "command line"; "" in the browser
	// Scopes are the rights that a token was given; nil for a person, who has all
	// those of the role.
	Scopes []Right
}

// May reports whether the viewer has a right.
func (v Viewer) May(right Right) bool {
	return v.Role.May(right) && (v.Scopes == nil || slices.Contains(v.Scopes, right))
}

// Sees reports whether submissions of an organisation exist for the viewer: a
// sender sees those of the own organisation, the coordination office all.
func (v Viewer) Sees(organisation figure.Organisation) bool {
	if v.Role == Sender {
		return v.Organisation != "" && v.Organisation == organisation
	}
	return v.Role == Coordination
}
