package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/casework"
)

// Casework is what the case service does for this package. casework.Service satisfies it; tests use a recorder.
// Every method decides for itself what the actor may see of it; this package decides only which roles may ask.
type Casework interface {
	SearchItems(ctx context.Context, by casework.Actor, q, after string, limit int) (casework.ItemPage, error)
	Guide(ctx context.Context, by casework.Actor, code string) (casework.Guide, error)
	Evaluate(ctx context.Context, by casework.Actor, code string, r casework.EvaluateRequest) (plan.Outcome, error)

	OpenDraft(ctx context.Context, by casework.Actor, d casework.OpenDraft) (casework.DraftView, error)
	Draft(ctx context.Context, by casework.Actor, id string) (casework.DraftView, error)
	Drafts(ctx context.Context, by casework.Actor) ([]casework.DraftSummary, error)
	SaveDraft(ctx context.Context, by casework.Actor, id string, revision int64, answers json.RawMessage) (casework.DraftView, error)
	DiscardDraft(ctx context.Context, by casework.Actor, id string) error
	AttachFile(ctx context.Context, by casework.Actor, draft, material, filename string, content []byte) (casework.DraftView, error)
	DetachFile(ctx context.Context, by casework.Actor, draft, material, hash string) (casework.DraftView, error)
	SetPaper(ctx context.Context, by casework.Actor, draft, material string, taken bool) (casework.DraftView, error)
	Submit(ctx context.Context, by casework.Actor, draft string) (casework.CaseView, error)

	Queue(ctx context.Context, by casework.Actor, f casework.QueueFilter) (casework.QueuePage, error)
	Case(ctx context.Context, by casework.Actor, id string) (casework.CaseView, error)
	Act(ctx context.Context, by casework.Actor, id string, a casework.Action) (casework.CaseView, error)
	File(ctx context.Context, by casework.Actor, id, hash string) (casework.File, []byte, error)
	Receipt(ctx context.Context, by casework.Actor, id string) (casework.Receipt, error)
	Progress(ctx context.Context, number, idNumber string) (casework.Progress, error)
}

// Accounts is what the account service does for this package. account.Service satisfies it.
type Accounts interface {
	// SignIn checks a password and opens a session; from is the caller's network address.
	SignIn(ctx context.Context, username, password, from string) (account.Session, error)
	// Resume finds the session of a token, or a fault of kind Unauthorized.
	Resume(ctx context.Context, token string) (account.Session, error)
	// SignOut ends the session of a token; an unknown token is no fault.
	SignOut(ctx context.Context, token string) error
	// ChangePassword sets a new password against the current one and ends every session of the account.
	ChangePassword(ctx context.Context, username, current, replacement, from string) error
}

// Pinger reports whether the store can serve.
type Pinger interface {
	Ping(ctx context.Context) error
}

// clock is the time source of the limits. What is measured is measured by the real one.
type clock func() time.Time
