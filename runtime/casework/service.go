// Package casework holds what the desks and the phone do with cases: find an item, fill in a draft, submit it, and carry the
// case from desk to desk. Each method loads, lets the pure packages decide (engine/plan what the rules say, runtime/casefile
// what an act does), and writes the result in one atomic act. It is the only place where a caller's rights over a case are
// checked. It knows no HTTP and no store driver.
//
// Every error is a *fault.Error; a case or draft the caller may not see is NotFound, the same as one that does not exist.
package casework

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
)

// Roles that decide what an Actor may do here. The account service grants them.
const (
	RoleClerk      = "clerk"      // serves the public at a window of the office
	RoleOfficer    = "officer"    // accepts, checks and decides for the office
	RoleSupervisor = "supervisor" // watches the cases of the office's departments inside its division; decides none
)

// Evaluator is a compiled item version; *plan.Plan is one.
type Evaluator interface {
	Evaluate(plan.Input) plan.Outcome
	Ref() plan.ItemRef
	Definition() *item.Definition
	// People lists whose records, beside the parties', an evaluation of these answers asks for.
	People(answers json.RawMessage) []string
}

// Items finds compiled items. Which version applies is a pure function of the code and the date.
type Items interface {
	// Current returns the version in force on a date, or NotFound.
	Current(code, date string) (Evaluator, error)
	// Pinned returns exactly the version a case was received under, whatever is in force now, or NotFound.
	Pinned(ref plan.ItemRef) (Evaluator, error)
	// Search returns the items in force on a date that match a text, best match first; all of them, by code, for a blank
	// text.
	Search(text, date string) []Match
}

// Deps is what the service needs.
type Deps struct {
	Store      store.Store
	Items      Items
	Dictionary *dictionary.Dictionary
	Clock      func() time.Time // now; nil means time.Now
	Zone       *time.Location   // where the city's dates are counted; nil means China Standard Time
	Entropy    io.Reader        // for ids of access entries; nil means crypto/rand
	Node       string           // name of this node, for leases of due work; "node" when empty
}

// Service is the case service of one city. It keeps no state of its own: any number of nodes may run it on one store.
type Service struct {
	Deps
}

// New returns a service.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = time.Now
	}
	if d.Zone == nil {
		d.Zone = time.FixedZone("CST", 8*60*60)
	}
	if d.Entropy == nil {
		d.Entropy = rand.Reader
	}
	if d.Node == "" {
		d.Node = "node"
	}
	return &Service{Deps: d}
}
