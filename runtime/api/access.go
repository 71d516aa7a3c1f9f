package api

import (
	"slices"

	"github.com/tongban/tongban/runtime/account"
)

// Access says who may call an operation. The zero value is nobody, so that an operation forgotten in the table is closed.
type Access struct {
	anyone   bool
	signedIn bool
	roles    []account.Role
	loopback bool // also anyone on this very machine
}

// The values of the table.
var (
	anyone   = Access{anyone: true}
	signedIn = Access{signedIn: true}
)

func only(roles ...account.Role) Access { return Access{roles: roles} }

// Allows reports whether a caller may pass; who is nil for nobody.
func (a Access) Allows(who *account.Account, local bool) bool {
	switch {
	case a.anyone, a.loopback && local:
		return true
	case who == nil:
		return false
	case a.signedIn:
		return true
	default:
		return who.Has(a.roles...)
	}
}

// Names is the access as the OpenAPI document states it (x-access): "anyone", "signed-in", "loopback", or role names.
func (a Access) Names() []string {
	var names []string
	if a.anyone {
		names = append(names, "anyone")
	}
	if a.signedIn {
		names = append(names, "signed-in")
	}
	if a.loopback {
		names = append(names, "loopback")
	}
	for _, r := range a.roles {
		names = append(names, string(r))
	}
	return names
}

// caseworkers are the roles that see cases, each those of their own office.
var caseworkers = only(account.Clerk, account.Officer, account.Supervisor)

// collecting is for who takes what is handed in: clerks for drafts and cases, officers for a case that waits for something.
var collecting = only(account.Clerk, account.Officer)

// table is the one place that says who may call what: "METHOD path", the path as registered. Which rows a caller sees
// (their office, their case) is decided by the case service.
var table = map[string]Access{
	"GET /api/v1/session":          signedIn,
	"POST /api/v1/session":         anyone,
	"DELETE /api/v1/session":       signedIn,
	"PUT /api/v1/session/password": signedIn,

	"GET /api/v1/items":                  anyone,
	"GET /api/v1/items/{code}":           anyone,
	"POST /api/v1/items/{code}/evaluate": anyone,
	"GET /api/v1/divisions":              anyone,
	"GET /api/v1/demo":                   anyone,
	"POST /api/v1/progress":              anyone,

	"GET /api/v1/drafts":                                 only(account.Clerk),
	"PUT /api/v1/drafts/{id}":                            only(account.Clerk),
	"GET /api/v1/drafts/{id}":                            collecting,
	"DELETE /api/v1/drafts/{id}":                         only(account.Clerk),
	"PUT /api/v1/drafts/{id}/answers":                    only(account.Clerk),
	"PUT /api/v1/drafts/{id}/paper/{material}":           collecting,
	"POST /api/v1/drafts/{id}/files/{material}":          collecting,
	"DELETE /api/v1/drafts/{id}/files/{material}/{hash}": collecting,
	"GET /api/v1/drafts/{id}/files/{hash}":               collecting,
	"POST /api/v1/drafts/{id}/submit":                    only(account.Clerk),

	"GET /api/v1/cases":                   caseworkers,
	"GET /api/v1/cases/{id}":              caseworkers,
	"POST /api/v1/cases/{id}/actions":     only(account.Clerk, account.Officer),
	"GET /api/v1/cases/{id}/receipt":      caseworkers,
	"GET /api/v1/cases/{id}/files/{hash}": caseworkers,

	"GET /api/openapi.json": anyone,
	"GET /healthz":          anyone,
	"GET /readyz":           anyone,
	"GET /metrics":          {roles: []account.Role{account.Admin}, loopback: true},
	"GET /*":                anyone, // the screens
}

// Table returns a copy of the access table, for documents and tests.
func Table() map[string]Access {
	out := make(map[string]Access, len(table))
	for k, v := range table {
		v.roles = slices.Clone(v.roles)
		out[k] = v
	}
	return out
}
