// Package mongo keeps the city's records in MongoDB: any number of nodes may open one database, on a replica set or on a
// sharded cluster.
//
// # Layout
//
// One aggregate is one document, and every change is one write of one document, so it is atomic without transactions:
//
//	documents  {_id: "<collection>/<id>", rev, op, keys: ["<collection>/<name>=<value>"], body, updated, expires}
//	cases      {_id: <case id>, rev, op, envelope..., last, size, events: [...], outbox: [...], turn, mover, ready}
//	numbers    {_id: <case number>, case: <case id>}
//	sequences  {_id: <name>, n}
//	blobs      {_id: "<sha256>", size, data}, {_id: "<sha256>/<n>", data}
//	meta       {_id: "schema", version}
//
// A change of a record filters on the revision it was read at; no match is the conflict. Beside the revision stands op, a
// number made for this one write: where a server applies a retried write twice, the second finds the first by it and is
// answered as the first would have been. Bodies are strings, byte for byte as they came, and never field names.
//
// # How big a case may grow
//
// A case, its log and its waiting effects are one document, which MongoDB bounds at 16 MiB. [store.MaxCase] holds the log
// to 12 MiB, counted so that BSON's own bytes are covered; the 4 MiB left are for the title and the effects that wait.
// A commit that would take more, because megabytes of effects wait undone, is refused whole, here or by the server, as too
// large; it passes once the effects are done. Files are blobs and never lie in a case, so that ten events of 6 KB make one of
// 60 KB. Queues and workers leave the log out of what they read.
//
// # Shard keys
//
// On a sharded cluster, before the first node starts:
//
//	sh.enableSharding("tongban")
//	for (const c of ["documents", "cases", "numbers", "blobs"]) sh.shardCollection("tongban." + c, {_id: "hashed"})
//
// Each key is the hashed _id. Every write, and every read but lists, names the _id and so meets one shard; IDs and numbers
// grow with time, and hashing keeps the newest, which are the busiest, from all landing on one shard; and _id is the only
// thing that must be unique, which a cluster guarantees only of the shard key. That is why a case's number is reserved in a
// collection of its own: a unique index beside the shard key cannot be had. Queues and lists ask all shards, each of which
// walks an index in the order of the answer, and mongos merges. sequences and meta are a few small documents and stay
// unsharded. A queue is not sharded by its office: cases change offices, and a shard key is best left alone.
//
// # What is asked of the server
//
// MongoDB 4.4 or later, or what speaks its protocol. Writes are acknowledged by a majority with their journals on disk,
// reads come from the primary and see only what a majority has: whatever the URI says. Nothing is used that FerretDB lacks:
// no transactions, change streams, partial indexes, collations, array filters or positional updates.
package mongo

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

const (
	// DefaultDatabase is used where the URI names none.
	DefaultDatabase = "tongban"

	// sweepEvery is how often expired documents are removed. They are invisible from the moment they expire.
	sweepEvery = time.Minute

	// callTimeout bounds a call whose context has no deadline, and selectTimeout the wait for a primary: an election takes
	// some seconds. The URI's timeoutMS and serverSelectionTimeoutMS go before.
	callTimeout   = 30 * time.Second
	selectTimeout = 15 * time.Second
)

// Config says where the store is and what it takes for the time.
type Config struct {
	// URI is the connection string, mongodb:// or mongodb+srv://. Its path names the database; DefaultDatabase if empty.
	URI string
	// Now tells the time at which documents expire; time.Now if nil. The clocks of all nodes should agree to a second or so.
	Now func() time.Time
	// Sweep is how often expired documents are removed; a minute if 0.
	Sweep time.Duration
}

// Store keeps records in a database. It implements [store.Store].
type Store struct {
	now    func() time.Time
	client *mongo.Client

	documents, cases, numbers, sequences, blobs, meta *mongo.Collection

	// open is read-locked by every call, so that Close waits for those under way.
	open   sync.RWMutex
	closed bool

	stop  context.CancelFunc
	swept chan struct{} // closed when the sweeper has ended
}

var _ store.Store = (*Store)(nil)

// Open connects to the server that uri names and makes its database ready, together with other nodes that do the same. It
// fails with a fault: Invalid if the URI cannot be understood or a newer program has written the database, Unavailable if no
// server can be reached or it refuses, else Internal.
func Open(ctx context.Context, uri string) (store.Store, error) {
	s, err := Config{URI: uri}.Open(ctx)
	if err != nil {
		return nil, err // not s: a nil *Store would be a Store that is not nil
	}
	return s, nil
}

// Open opens the store that c describes; see [Open].
func (c Config) Open(ctx context.Context) (*Store, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sweep == 0 {
		c.Sweep = sweepEvery
	}
	name, ok := databaseName(c.URI)
	opts := options.Client().SetTimeout(callTimeout).SetServerSelectionTimeout(selectTimeout).SetAppName("tongban").ApplyURI(c.URI).
		SetWriteConcern(durable()).SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()).
		SetRetryWrites(true).SetRetryReads(true)
	if err := opts.Validate(); !ok || err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "store.bad-uri") // the cause names what is wrong, and no password
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, failed(ctx, err)
	}
	db := client.Database(name)
	s := &Store{
		now:       c.Now,
		client:    client,
		documents: db.Collection("documents"),
		cases:     db.Collection("cases"),
		numbers:   db.Collection("numbers"),
		sequences: db.Collection("sequences"),
		blobs:     db.Collection("blobs"),
		meta:      db.Collection("meta"),
		swept:     make(chan struct{}),
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(failed(ctx, err), disconnect(client))
	}
	sweeping, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.sweep(sweeping, c.Sweep)
	return s, nil
}

// durable is acknowledged by a majority, each with its journal on disk.
func durable() *writeconcern.WriteConcern {
	w := writeconcern.Majority()
	journaled := true
	w.Journal = &journaled
	return w
}

// databaseName is the path of a connection string: what follows the hosts, which are no URL's, up to the options.
func databaseName(uri string) (string, bool) {
	_, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return "", false
	}
	rest, _, _ = strings.Cut(rest, "?")
	_, name, _ := strings.Cut(rest, "/")
	if name == "" {
		return DefaultDatabase, true
	}
	name, err := url.PathUnescape(name)
	return name, err == nil && !strings.ContainsAny(name, "/\\. \"$*<>:|?\x00") && len(name) < 64
}

// disconnect closes a client's connections. Nothing is under way on them.
func disconnect(client *mongo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), selectTimeout)
	defer cancel()
	if err := client.Disconnect(ctx); err != nil && !errors.Is(err, mongo.ErrClientDisconnected) {
		return failed(ctx, err)
	}
	return nil
}

// enter begins a call; the caller must leave.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	s.open.RLock()
	if s.closed {
		s.open.RUnlock()
		return fault.New(fault.Unavailable, "store.closed")
	}
	return nil
}

func (s *Store) leave() { s.open.RUnlock() }

// Ping implements [store.Store]: it writes what is written already, which takes a primary and a majority.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	_, err := s.meta.UpdateOne(ctx, byID(schemaID), schemaUpdate)
	return failed(ctx, err)
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.stop()
	<-s.swept
	return disconnect(s.client)
}

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

// wrote tells whether the write with number op is the last one that changed document id: then a write that matched nothing
// was a repetition of itself.
func wrote(ctx context.Context, c *mongo.Collection, id, field string, op bson.ObjectID) (bool, error) {
	err := c.FindOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: field, Value: op}}, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	return err == nil, err
}

// ended is the fault of a context that ended.
func ended(cause error) error { return fault.Wrap(cause, fault.Unavailable, "store.cancelled") }

// What a server answers to a document of more than 16 MiB, on its several ways there.
var tooLarge = []int{10334, 17280, 17419, 17420}

// What it answers to somebody it does not know, or who may not do this.
var denied = []int{13, 18}

// failed makes the fault of an error that came up while ctx ran: Unavailable if it may pass, Internal if the program or
// what is kept is wrong. A fault stays as it is; nil stays nil.
func failed(ctx context.Context, err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if cause := ctx.Err(); cause != nil {
		return ended(cause)
	}
	if mongo.IsTimeout(err) || mongo.IsNetworkError(err) || errors.Is(err, mongo.ErrClientDisconnected) {
		return fault.Wrap(err, fault.Unavailable, "store.unreachable")
	}
	var server mongo.ServerError
	if errors.As(err, &server) {
		for _, code := range tooLarge {
			if server.HasErrorCode(code) {
				return fault.Wrap(err, fault.Invalid, "store.too-large", "field", "case", "max", store.MaxCase)
			}
		}
		for _, code := range denied {
			if server.HasErrorCode(code) {
				return fault.Wrap(err, fault.Unavailable, "store.denied")
			}
		}
		var write mongo.WriteException
		if server.HasErrorLabel("RetryableWriteError") || server.HasErrorLabel("TransientTransactionError") ||
			errors.As(err, &write) && write.WriteConcernError != nil {
			return fault.Wrap(err, fault.Unavailable, "store.unreachable")
		}
	}
	return fault.Wrap(err, fault.Internal, "store.failed")
}

func date(t time.Time) bson.DateTime { return bson.NewDateTimeFromTime(t) }

func fromDate(d bson.DateTime) time.Time { return d.Time().UTC() }

// whole is a time as the store keeps it.
