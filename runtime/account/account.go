// Package account knows who works at the platform: accounts, their roles and their office, passwords (argon2id) and
// sessions. It promises that a password or a session token is never stored, logged or comparable in time; that a changed
// password, a disabled account and a sign-out take effect at the next request; and that guessing is slow in bounded memory.
// It may import engine only. Who may do what is decided by its callers.
package account

import (
	"regexp"
	"slices"
	"time"

	"github.com/tongban/tongban/engine/fault"
)

// Role is what an account is trusted to do. An account may have several.
type Role string

// The roles.
const (
	Clerk          Role = "clerk"           // takes applications at a window of their office
	Officer        Role = "officer"         // decides cases in the queue of their office
	Supervisor     Role = "supervisor"      // watches the cases of their office and of those below it, decides none
	PolicyEditor   Role = "policy-editor"   // writes item documents
	PolicyReviewer Role = "policy-reviewer" // reviews and publishes what an editor wrote
	Admin          Role = "admin"           // runs the installation: accounts, metrics; sees no cases
	Resident       Role = "resident"        // a person of the city, on their own behalf
)

// Roles lists every role, in the order in which they are shown.
func Roles() []Role {
	return []Role{Clerk, Officer, Supervisor, PolicyEditor, PolicyReviewer, Admin, Resident}
}

// scoped says which roles act for an office and therefore need one.
func (r Role) scoped() bool { return r == Clerk || r == Officer || r == Supervisor }

// Account is an account as its owner and an administrator may see it. It holds no secret.
type Account struct {
	Username string    `json:"username"`
	Name     string    `json:"name" doc:"Name of the person"`
	Roles    []Role    `json:"roles" enum:"clerk,officer,supervisor,policy-editor,policy-reviewer,admin,resident"`
	Office   string    `json:"office,omitempty" doc:"Key of the office the account acts for"`
	Disabled bool      `json:"disabled,omitempty"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed" doc:"When the password was last set"`
}

// Has reports whether the account has any of the roles.
func (a Account) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// usernameForm keeps names unambiguous in logs and on the command line: lower-case ASCII, 2 to 32 characters.
var usernameForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// check reports what is wrong with an account's own data: codes account.bad-username, account.no-name, account.no-role,
// account.bad-role, account.no-office.
func (a Account) check() error {
	switch {
	case !usernameForm.MatchString(a.Username):
		return fault.New(fault.Invalid, "account.bad-username", "username", a.Username)
	case a.Name == "" || len(a.Name) > 200:
		return fault.New(fault.Invalid, "account.no-name")
	case len(a.Roles) == 0:
		return fault.New(fault.Invalid, "account.no-role")
	}
	for _, r := range a.Roles {
		if !slices.Contains(Roles(), r) {
			return fault.New(fault.Invalid, "account.bad-role", "role", r)
		}
		if r.scoped() && a.Office == "" {
			return fault.New(fault.Invalid, "account.no-office", "role", r)
		}
	}
	return nil
}
