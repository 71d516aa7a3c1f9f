// Package store is the port to whatever keeps the city's records. Each method is one atomic act; no transaction appears in
// any interface, and no business rule lives below it: a driver keeps envelopes, keys and canonical JSON text.
//
// Contract, for every method of every driver: a nil error means the act is durable; a fault of kind Conflict or NotFound
// means that nothing was changed; any other error means that the act happened whole or not at all, and repeating it with
// the same ids and revisions is safe. Times are UTC, whole milliseconds. Strings and JSON come back byte for byte.
package store

import (
	"context"
	"encoding/json"
	"time"
)

// Store is what a driver offers. Small ports, joined: a caller asks for the part it needs.
type Store interface {
	Documents
	Cases
	Outbox
	Blobs
	// Ping reports whether the store can serve now.
	Ping(ctx context.Context) error
	Close() error
}

// Document is a small mutable record: a draft, an account, a session, a resident, a licence, an item version.
type Document struct {
	Collection string // lower-case name, fixed by the owner package
	ID         string // natural key, unique in the collection
	Revision   int64  // 1 after creation, then one more for each change
	// Keys are the index entries it can be found by: key name -> value. Equality only, each with the order of IDs.
	Keys    map[string]string
	Body    json.RawMessage
	Updated time.Time
	Expires time.Time // zero: never. An expired document is as if absent, and is removed some time later.
}

// Query finds documents of a collection: all, or those whose Keys[Key] equals Value, in ascending ID order.
type Query struct {
	Collection string
	Key, Value string // both empty: every document
	After      string // ID to continue after
	Limit      int    // 1 to 500
}

// Documents keeps documents.
type Documents interface {
	// Get returns a document, or NotFound.
	Get(ctx context.Context, collection, id string) (Document, error)
	// GetMany returns those of ids that exist, in no particular order. At most 500 ids.
	GetMany(ctx context.Context, collection string, ids []string) ([]Document, error)
	// Put writes a document. Revision is the one it was read at, 0 to create it; Conflict if it is another by now. It
	// returns the document as written.
	Put(ctx context.Context, d Document) (Document, error)
	// Delete removes a document read at revision; NotFound or Conflict.
	Delete(ctx context.Context, collection, id string, revision int64) error
	// Find lists documents.
	Find(ctx context.Context, q Query) ([]Document, error)
	// Count counts documents of a collection.
	Count(ctx context.Context, collection string) (int64, error)
	// Import writes many documents at once, replacing those with the same ID whatever their revision. For seeding and
	// restoring; each document is atomic, the whole is not. At most 1000 documents a call.
	Import(ctx context.Context, ds []Document) error
	// Next returns the next number of a named sequence: 1, 2, 3, ... Numbers may be skipped, never repeated.
	Next(ctx context.Context, sequence string) (int64, error)
}

// Envelope is what queues and searches know of a case.
type Envelope struct {
	ID       string
	Revision int64  // number of commits; set by the store
	Number   string // case number, unique
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
	Seq  int64
	At   time.Time
	Kind string
	Body json.RawMessage
}

// Commit is one atomic change of a case: its new envelope, new events, and effects to be carried out.
type Commit struct {
	Envelope Envelope
	Expect   int64 // revision it was read at; 0 to create
	Events   []Event
	Effects  []Effect
}

// QueueQuery asks for cases of an office in due order (Due, then ID; an empty Due last).
type QueueQuery struct {
	Office   string // cases whose turn it is at this office
	Received string // or: cases this office received
	Subject  string // or: cases about this person
	Open     bool   // only those not closed
	After    string // cursor from the last page
	Limit    int    // 1 to 200
}

// Cases keeps cases.
type Cases interface {
	// Commit writes a change; Conflict when the case is at another revision, or when the ID or the number is taken.
	Commit(ctx context.Context, c Commit) (Envelope, error)
	// Case returns a case and its whole log, or NotFound.
	Case(ctx context.Context, id string) (Envelope, []Event, error)
	// CaseByNumber returns the envelope of the case with this number, or NotFound.
	CaseByNumber(ctx context.Context, number string) (Envelope, error)
	// Queue lists envelopes and the cursor of the next page ("" at the end).
	Queue(ctx context.Context, q QueueQuery) ([]Envelope, string, error)
}

// Effect is something to be done after a commit, at least once: written with it, claimed by a worker, then removed.
type Effect struct {
	ID    string // unique; a repeated one is the same effect
	Kind  string
	Due   time.Time // not before
	Body  json.RawMessage
	Fence int64 // set by Claim: only the holder of the newest fence may finish it
}

// Outbox hands out effects to workers of any number of nodes.
type Outbox interface {
	// Claim leases up to limit due effects to a worker until now+lease.
	Claim(ctx context.Context, worker string, now time.Time, lease time.Duration, limit int) ([]Effect, error)
	// Done removes a claimed effect; Conflict if the lease passed to another.
	Done(ctx context.Context, id string, fence int64) error
	// Retry gives a claimed effect back, due again at a later time; Conflict if the lease passed to another.
	Retry(ctx context.Context, id string, fence int64, due time.Time) error
}

// Blobs keeps immutable content by its SHA-256 in lower-case hex.
type Blobs interface {
	// PutBlob stores content durably and returns its name. Storing the same content again is no change.
	PutBlob(ctx context.Context, content []byte) (string, error)
	// Blob returns content, checked against its name, or NotFound.
	Blob(ctx context.Context, name string) ([]byte, error)
}
