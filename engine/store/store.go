// Package store is the port to whatever keeps the city's records. Each method is one atomic act; no transaction appears in
// any interface, and no business rule lives below it: a driver keeps envelopes, keys and canonical JSON text.
//
// Contract, for every method of every driver:
//
//   - A nil error means that the act is durable. A fault of kind Invalid, NotFound or Conflict means that nothing was
//     changed. Any other error means that the act happened whole or not at all, and repeating it with the same ids and
//     revisions is safe: if it had happened, the repetition is a Conflict and changes nothing.
//   - Every method may answer Invalid (a limit or a form below is not kept; see [Document.Check] and its like),
//     Unavailable (the context ended, the store is closed or cannot serve) and Internal (what is kept is damaged).
//     NotFound and Conflict come only where a method names them. Every error is a [fault.Error] with a "store." code.
//   - A context that has ended before a call changes nothing. One that ends during a write either stops it before it
//     began or lets it finish whole; it is never half done.
//   - A read sees every write that was answered before it began, from whatever goroutine.
//   - Times are UTC, whole milliseconds, in the years 1 to 9999; finer ones are truncated. Strings are UTF-8 without NUL.
//     Strings and JSON come back byte for byte, key order and white space included. Empty maps, slices and JSON come back
//     nil.
//   - What is passed in is neither changed nor kept after the return; what is returned belongs to the caller.
//   - A Store is safe for use by many goroutines. After Close every method answers Unavailable.
package store

import (
	"context"
	"encoding/json"
	"time"
)

// Limits, the same for every driver. Bodies are bounded so that a case with its log and its waiting effects fits into one
// MongoDB document (16 MiB).
const (
	MaxText      = 512      // bytes of an ID, a key value or an envelope's string
	MaxKeys      = 32       // keys of a document
	MaxBody      = 4 << 20  // bytes of a document's body, or of all bodies of a commit together
	MaxCase      = 12 << 20 // size of a case's log, as Commit.Size counts it
	MaxBlob      = 64 << 20 // bytes of a blob
	MaxPage      = 500      // documents of a Find, ids of a GetMany
	MaxQueuePage = 200      // envelopes of a Queue
	MaxImport    = 1000     // documents of an Import
	MaxCommit    = 1000     // events of a commit; effects of a commit
	MaxClaim     = 200      // effects of a Claim
)

// Store is what a driver offers. Small ports, joined: a caller asks for the part it needs.
type Store interface {
	Documents
	Cases
	Outbox
	Blobs
	// Ping reports whether the store can serve now, writes included.
	Ping(ctx context.Context) error
	// Close waits for the calls under way, then releases everything. Closing again is no change.
	Close() error
}

// Document is a small mutable record: a draft, an account, a session, a resident, a licence, an item version.
type Document struct {
	Collection string // lower-case name ([a-z][a-z0-9_.-]*, at most 64 bytes), fixed by the owner package
	ID         string // natural key, unique in the collection; IDs are ordered by their bytes
	Revision   int64  // 1 after creation, then one more for each change
	// Keys are the index entries it can be found by: key name ([A-Za-z][A-Za-z0-9_.-]*, at most 64 bytes) -> value.
	// Equality only, each with the order of IDs.
	Keys    map[string]string
	Body    json.RawMessage // one JSON text, or empty
	Updated time.Time       // set by the caller
	Expires time.Time       // zero: never. An expired document is as if absent, and is removed some time later.
}

// Query finds documents of a collection: all, or those whose Keys[Key] equals Value, in ascending ID order.
type Query struct {
	Collection string
	Key, Value string // Key empty: every document
	After      string // ID to continue after; need not exist
	Limit      int    // 1 to MaxPage
}

// Documents keeps documents.
type Documents interface {
	// Get returns a document, or NotFound.
	Get(ctx context.Context, collection, id string) (Document, error)
	// GetMany returns those of ids that exist, each once, in no particular order. At most MaxPage ids.
	GetMany(ctx context.Context, collection string, ids []string) ([]Document, error)
	// Put writes a document. Revision is the one it was read at, 0 to create it; Conflict if it is another by now, or if
	// the document is gone. It returns the document as written.
	Put(ctx context.Context, d Document) (Document, error)
	// Delete removes a document read at revision; NotFound or Conflict.
	Delete(ctx context.Context, collection, id string, revision int64) error
	// Find lists documents. A document that is there, with the same key, for the whole of a walk through the pages is
	// listed exactly once.
	Find(ctx context.Context, q Query) ([]Document, error)
	// Count counts documents of a collection.
	Count(ctx context.Context, collection string) (int64, error)
	// Import writes many documents at once, replacing those with the same ID whatever their revision: it becomes one
	// more than the replaced one's, 1 for a new document; the Revision passed is ignored. For seeding and restoring;
	// each document is atomic, the whole is not. At most MaxImport documents a call, no document twice.
	Import(ctx context.Context, ds []Document) error
	// Next returns the next number of a named sequence: 1, 2, 3, ... Numbers may be skipped, never repeated. A name is
	// formed as an ID is.
	Next(ctx context.Context, sequence string) (int64, error)
}

// Envelope is what queues and searches know of a case.
type Envelope struct {
	ID       string
	Revision int64  // number of commits; set by the store
	Number   string // case number, unique, fixed by the first commit
	Item     string // item code
	Version  int
	State    string // casefile phase
	Subject  string // key of the person it is about (hash of id type and number), for deduplication
	Office   string // office whose turn it is; empty when closed
	Received string // office that received it
	Assignee string
	Due      string // YYYY-MM-DD; empty sorts last
	Created  time.Time
	Updated  time.Time
	Closed   bool
	Title    json.RawMessage // what a list shows, masked already
}

// Event is one entry of a case's append-only log. Seq runs from 1 without gaps.
type Event struct {
	Seq  int64 // 0 in a commit: the store numbers it. Any other must be the number it gets, else Invalid.
	At   time.Time
	Kind string
	Body json.RawMessage
}

// Commit is one atomic change of a case: its new envelope, new events, and effects to be carried out.
type Commit struct {
	Envelope Envelope // its Revision is ignored
	Expect   int64    // revision it was read at; 0 to create
	Events   []Event
	Effects  []Effect
}

// QueueQuery asks for cases in due order (Due, then ID; an empty Due last). Exactly one of Office, Received and Subject is
// given.
type QueueQuery struct {
	Office   string // cases whose turn it is at this office
	Received string // or: cases this office received
	Subject  string // or: cases about this person
	Open     bool   // only those not closed
	After    string // cursor from the last page
	Limit    int    // 1 to MaxQueuePage
}

// Cases keeps cases.
type Cases interface {
	// Commit writes a change and returns the envelope as written; Conflict when the case is at another revision, or when
	// the ID, the number or an effect's ID is taken; Invalid when the number differs from the case's, an event's Seq is
	// not the next one, or the case would outgrow MaxCase.
	Commit(ctx context.Context, c Commit) (Envelope, error)
	// Case returns a case and its whole log as of one moment, or NotFound.
	Case(ctx context.Context, id string) (Envelope, []Event, error)
	// CaseByNumber returns the envelope of the case with this number, or NotFound.
	CaseByNumber(ctx context.Context, number string) (Envelope, error)
	// Queue lists envelopes and the cursor of the next page ("" at the end). A case whose Due, office and openness stay
	// as they are during a walk through the pages is listed exactly once.
	Queue(ctx context.Context, q QueueQuery) ([]Envelope, string, error)
}

// Effect is something to be done after a commit, at least once: written with it, claimed by a worker, then removed.
type Effect struct {
	// ID is unique in the whole store, as by starting with the case's ID. While it waits, one repeated by the same case
	// is the same effect and changes nothing.
	ID    string
	Kind  string
	Due   time.Time // not before
	Body  json.RawMessage
	Fence int64 // set by Claim: only the holder of the newest fence may finish it. Fences grow, and none is given twice to an effect.
	Tries int   // set by Claim: how often it was claimed, this time included
}

// Outbox hands out effects to workers of any number of nodes.
type Outbox interface {
	// Claim leases up to limit due effects to a worker until now+lease, those longest due first. An effect is held by one
	// worker at a time: it is handed out again only once its lease has passed, or after Retry. The limit is 1 to
	// MaxClaim, the lease at least a millisecond.
	Claim(ctx context.Context, worker string, now time.Time, lease time.Duration, limit int) ([]Effect, error)
	// Done removes a claimed effect; Conflict if the lease passed to another, or if the effect is gone.
	Done(ctx context.Context, id string, fence int64) error
	// Retry gives a claimed effect back, due again at a later time; Conflict as with Done.
	Retry(ctx context.Context, id string, fence int64, due time.Time) error
}

// Blobs keeps immutable content by its SHA-256 in lower-case hex.
type Blobs interface {
	// PutBlob stores content durably, at most MaxBlob bytes, and returns its name. Storing the same content again is no
	// change.
	PutBlob(ctx context.Context, content []byte) (string, error)
	// Blob returns content, checked against its name, or NotFound. Content that no longer matches its name is Internal.
	Blob(ctx context.Context, name string) ([]byte, error)
}
