package mongo

import (
	"context"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// caseDoc is a case as it is kept: the envelope, the log, and the effects that wait.
type caseDoc struct {
	ID       string        `bson:"_id"`
	Rev      int64         `bson:"rev"`
	Op       bson.ObjectID `bson:"op"` // the commit that wrote it last
	Number   string        `bson:"number"`
	Envelope envelope      `bson:",inline"`
	Last     int64         `bson:"last"` // Seq of the last event
	Size     int64         `bson:"size"` // of the log, as the port counts it
	Events   []event       `bson:"events,omitempty"`

	Outbox []effect       `bson:"outbox,omitempty"`
	Turn   int64          `bson:"turn"`            // changes of Outbox
	Ready  *bson.DateTime `bson:"ready,omitempty"` // when the first of Outbox may be claimed
}

// envelope is what a commit may change of an envelope.
type envelope struct {
	Item     string        `bson:"item"`
	Version  int64         `bson:"version"`
	State    string        `bson:"state"`
	Subject  string        `bson:"subject"`
	Office   string        `bson:"office"`
	Received string        `bson:"received"`
	Assignee string        `bson:"assignee"`
	Due      string        `bson:"due"` // store.NoDue when there is none
	Created  bson.DateTime `bson:"created"`
	Updated  bson.DateTime `bson:"updated"`
	Closed   bool          `bson:"closed"`
	Title    string        `bson:"title"`
}

// event is an entry of the log. Its names are short, so that what BSON adds stays below what store.MaxCase counts for it.
type event struct {
	At   bson.DateTime `bson:"at"`
	Kind string        `bson:"kind"`
	Body string        `bson:"body,omitempty"`
}

// reservation keeps a number for a case. It is written before the case: as long as the case is not there, it keeps the
// number for nobody but a repetition of the same commit.
type reservation struct {
	Number string `bson:"_id"`
	Case   string `bson:"case"`
}

func envelopeOf(e store.Envelope) envelope {
	return envelope{
		Item: e.Item, Version: int64(e.Version), State: e.State, Subject: e.Subject, Office: e.Office, Received: e.Received,
		Assignee: e.Assignee, Due: store.PositionOf(e).Due, Created: date(e.Created), Updated: date(e.Updated), Closed: e.Closed,
		Title: string(e.Title),
	}
}

func (c *caseDoc) envelope() store.Envelope {
	v := &c.Envelope
	e := store.Envelope{
		ID: c.ID, Revision: c.Rev, Number: c.Number, Item: v.Item, Version: int(v.Version), State: v.State, Subject: v.Subject,
		Office: v.Office, Received: v.Received, Assignee: v.Assignee, Due: v.Due, Created: fromDate(v.Created),
		Updated: fromDate(v.Updated), Closed: v.Closed, Title: jsonOf(v.Title),
	}
	if e.Due == store.NoDue {
		e.Due = ""
	}
	return e
}

// Commit implements [store.Cases].
//
// That an effect's ID is no other case's is looked up before the write and not secured by it, and taken for granted of an ID
// that begins with the case's.
func (s *Store) Commit(ctx context.Context, c store.Commit) (store.Envelope, error) {
	if err := c.Check(); err != nil {
		return store.Envelope{}, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Envelope{}, err
	}
	defer s.leave()
	next := caseDoc{
		ID: c.Envelope.ID, Rev: c.Expect + 1, Op: bson.NewObjectID(), Number: c.Envelope.Number, Envelope: envelopeOf(c.Envelope),
	}
	for i := range c.Events {
		v := &c.Events[i]
		next.Events = append(next.Events, event{At: date(v.At), Kind: v.Kind, Body: string(v.Body)})
	}
	err := s.foreign(ctx, c)
	if err == nil && c.Expect == 0 {
		err = s.create(ctx, &next, c)
	} else if err == nil {
		err = s.change(ctx, &next, c)
	}
	if err != nil {
		return store.Envelope{}, failed(ctx, err)
	}
	return next.envelope(), nil
}

// foreign refuses a commit with an effect whose ID another case has waiting.
func (s *Store) foreign(ctx context.Context, c store.Commit) error {
	var ids bson.A
	for i := range c.Effects {
		if id := c.Effects[i].ID; !strings.HasPrefix(id, c.Envelope.ID) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	err := s.cases.FindOne(ctx, bson.D{
		{Key: "outbox.id", Value: bson.D{{Key: "$in", Value: ids}}},
		{Key: "_id", Value: bson.D{{Key: "$ne", Value: c.Envelope.ID}}},
	}, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil
	}
	if err == nil {
		err = fault.New(fault.Conflict, "store.taken")
	}
	return err
}

// grow counts the commit's events onto next, whose log ended at last and had a size.
func grow(next *caseDoc, last, size int64, c store.Commit) error {
	for i := range c.Events {
		if seq := c.Events[i].Seq; seq != 0 && seq != last+1+int64(i) {
			return fault.New(fault.Invalid, "store.bad-sequence", "value", seq, "next", last+1+int64(i))
		}
	}
	next.Last, next.Size = last+int64(len(c.Events)), size+int64(c.Size())
	if next.Size > store.MaxCase {
		return fault.New(fault.Invalid, "store.too-large", "field", "case", "max", store.MaxCase)
	}
	return nil
}

// What MongoDB takes in one document, less an envelope without its title; and what an effect takes beside its own texts.
const (
	maxDocument = 16<<20 - 32<<10
	effectSize  = 192 + store.MaxText // the name of the worker that will claim it
)

// fits refuses a case that would not be one document with the effects that wait.
func fits(next *caseDoc, outbox []effect) error {
	size := next.Size + int64(len(next.Envelope.Title))
	for i := range outbox {
		size += int64(effectSize + len(outbox[i].ID) + len(outbox[i].Kind) + len(outbox[i].Body))
	}
	if size > maxDocument {
		return fault.New(fault.Invalid, "store.too-large", "field", "effects", "max", maxDocument-next.Size)
	}
	return nil
}

// create writes a new case.
func (s *Store) create(ctx context.Context, next *caseDoc, c store.Commit) error {
	if err := grow(next, 0, 0, c); err != nil {
		return err
	}
	next.Outbox = enqueue(nil, c.Effects)
	next.Ready = readyOf(next.Outbox)
	if err := fits(next, next.Outbox); err != nil {
		return err
	}
	if err := s.reserve(ctx, next.Number, next.ID); err != nil {
		return err
	}
	_, err := s.cases.InsertOne(ctx, next)
	if !mongo.IsDuplicateKeyError(err) {
		return err
	}
	there, err := s.number(ctx, next.ID)
	switch {
	case err != nil && !errors.Is(err, mongo.ErrNoDocuments):
		return err
	case err == nil && there.Op == next.Op:
		return nil
	case err == nil && there.Number != next.Number:
		// The case has another number for good, so nobody waits for this one.
		if _, err := s.numbers.DeleteOne(ctx, append(byID(next.Number), bson.E{Key: "case", Value: next.ID})); err != nil {
			return err
		}
	}
	return fault.New(fault.Conflict, "store.taken")
}

// reserve keeps a number for a case, or refuses it as taken.
func (s *Store) reserve(ctx context.Context, number, id string) error {
	_, err := s.numbers.InsertOne(ctx, reservation{number, id})
	if !mongo.IsDuplicateKeyError(err) {
		return err
	}
	taken := fault.New(fault.Conflict, "store.taken")
	var r reservation
	if err := s.numbers.FindOne(ctx, byID(number)).Decode(&r); errors.Is(err, mongo.ErrNoDocuments) {
		return taken // it is just being written, or given up
	} else if err != nil || r.Case == id {
		return err
	}
	holder, err := s.number(ctx, r.Case)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return taken // by a commit that is under way, or was broken off and may be repeated
	} else if err != nil {
		return err
	}
	if holder.Number == number {
		return taken
	}
	// Left behind by a commit that lost its case's ID to another number.
	res, err := s.numbers.UpdateOne(ctx, append(byID(number), bson.E{Key: "case", Value: r.Case}),
		bson.D{{Key: "$set", Value: bson.D{{Key: "case", Value: id}}}})
	if err != nil {
		return err
	}
	if res.MatchedCount == 0 {
		return taken
	}
	return nil
}

// number reads who wrote a case last, and its number.
func (s *Store) number(ctx context.Context, id string) (caseDoc, error) {
	var c caseDoc
	err := s.cases.FindOne(ctx, byID(id), options.FindOne().SetProjection(bson.D{{Key: "op", Value: 1}, {Key: "number", Value: 1}})).Decode(&c)
	return c, err
}

// change writes a commit over a case.
func (s *Store) change(ctx context.Context, next *caseDoc, c store.Commit) error {
	projection := bson.D{{Key: "rev", Value: 1}, {Key: "op", Value: 1}, {Key: "number", Value: 1}, {Key: "last", Value: 1}, {Key: "size", Value: 1}}
	if len(c.Effects) > 0 {
		projection = append(projection, bson.E{Key: "turn", Value: 1}, bson.E{Key: "outbox", Value: 1})
	}
	for {
		var old caseDoc
		err := s.cases.FindOne(ctx, byID(next.ID), options.FindOne().SetProjection(projection)).Decode(&old)
		switch {
		case errors.Is(err, mongo.ErrNoDocuments):
			return fault.New(fault.Conflict, "store.changed")
		case err != nil:
			return err
		case old.Op == next.Op: // the write below was applied and not answered as such
			return nil
		case old.Rev != c.Expect:
			return fault.New(fault.Conflict, "store.changed")
		case old.Number != next.Number:
			return fault.New(fault.Invalid, "store.number-fixed", "number", old.Number)
		}
		if err := grow(next, old.Last, old.Size, c); err != nil {
			return err
		}
		filter := append(byID(next.ID), bson.E{Key: "rev", Value: c.Expect})
		set, err := fields(next.Envelope)
		if err != nil {
			return err
		}
		set = append(set, bson.E{Key: "op", Value: next.Op}, bson.E{Key: "last", Value: next.Last}, bson.E{Key: "size", Value: next.Size})
		inc := bson.D{{Key: "rev", Value: int64(1)}}
		if len(c.Effects) > 0 {
			// Workers change the outbox beside the commits.
			filter = append(filter, bson.E{Key: "turn", Value: old.Turn})
			outbox := enqueue(old.Outbox, c.Effects)
			if err := fits(next, outbox); err != nil {
				return err
			}
			set = append(set, bson.E{Key: "outbox", Value: outbox}, bson.E{Key: "ready", Value: readyOf(outbox)})
			inc = append(inc, bson.E{Key: "turn", Value: int64(1)})
		}
		update := bson.D{{Key: "$set", Value: set}, {Key: "$inc", Value: inc}}
		if len(next.Events) > 0 {
			update = append(update, bson.E{Key: "$push", Value: bson.D{{Key: "events", Value: bson.D{{Key: "$each", Value: next.Events}}}}})
		}
		res, err := s.cases.UpdateOne(ctx, filter, update)
		if err != nil || res.MatchedCount > 0 {
			return err
		}
	}
}

// fields are the fields of a struct, for $set.
func fields(v any) (bson.D, error) {
	raw, err := bson.Marshal(v)
	if err != nil {
		return nil, err
	}
	var d bson.D
	err = bson.Unmarshal(raw, &d)
	return d, err
}

// Case implements [store.Cases].
func (s *Store) Case(ctx context.Context, id string) (store.Envelope, []store.Event, error) {
	if err := store.CheckName("id", id); err != nil {
		return store.Envelope{}, nil, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Envelope{}, nil, err
	}
	defer s.leave()
	c, err := s.one(ctx, byID(id), bson.D{{Key: "outbox", Value: 0}})
	if err != nil {
		return store.Envelope{}, nil, err
	}
	var events []store.Event
	for i := range c.Events {
		v := &c.Events[i]
		events = append(events, store.Event{Seq: int64(i) + 1, At: fromDate(v.At), Kind: v.Kind, Body: jsonOf(v.Body)})
	}
	return c.envelope(), events, nil
}

// CaseByNumber implements [store.Cases].
func (s *Store) CaseByNumber(ctx context.Context, number string) (store.Envelope, error) {
	if err := store.CheckName("number", number); err != nil {
		return store.Envelope{}, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Envelope{}, err
	}
	defer s.leave()
	var r reservation
	err := s.numbers.FindOne(ctx, byID(number)).Decode(&r)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.Envelope{}, fault.New(fault.NotFound, "store.not-found")
	case err != nil:
		return store.Envelope{}, failed(ctx, err)
	}
	c, err := s.one(ctx, append(byID(r.Case), bson.E{Key: "number", Value: number}), envelopeOnly)
	if err != nil {
		return store.Envelope{}, err
	}
	return c.envelope(), nil
}

// envelopeOnly leaves out what queues do not show.
var envelopeOnly = bson.D{{Key: "events", Value: 0}, {Key: "outbox", Value: 0}}

// one reads the case that matches, or fails with NotFound.
func (s *Store) one(ctx context.Context, filter, projection bson.D) (*caseDoc, error) {
	var c caseDoc
	err := s.cases.FindOne(ctx, filter, options.FindOne().SetProjection(projection)).Decode(&c)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, fault.New(fault.NotFound, "store.not-found")
	}
	return &c, failed(ctx, err)
}

// Queue implements [store.Cases].
func (s *Store) Queue(ctx context.Context, q store.QueueQuery) ([]store.Envelope, string, error) {
	after, err := q.Check()
	if err != nil {
		return nil, "", err
	}
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.leave()
	// One more than asked for tells whether there is a next page.
	cursor, err := s.cases.Find(ctx, queueFilter(q, after), options.Find().SetProjection(envelopeOnly).
		SetSort(bson.D{{Key: "due", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(int64(q.Limit)+1))
	if err != nil {
		return nil, "", failed(ctx, err)
	}
	var cs []caseDoc
	if err := cursor.All(ctx, &cs); err != nil {
		return nil, "", failed(ctx, err)
	}
	var es []store.Envelope
	for i := range cs {
		es = append(es, cs[i].envelope())
	}
	if len(es) <= q.Limit {
		return es, "", nil
	}
	es = es[:q.Limit]
	return es, store.PositionOf(es[q.Limit-1]).Cursor(), nil
}

// queueFilter matches a queue's cases after a place, so that an index walks them in the order of the queue.
func queueFilter(q store.QueueQuery, after store.Position) bson.D {
	var filter bson.D
	switch {
	case q.Office != "":
		filter = bson.D{{Key: "office", Value: q.Office}}
	case q.Received != "":
		filter = bson.D{{Key: "received", Value: q.Received}}
	default:
		filter = bson.D{{Key: "subject", Value: q.Subject}}
	}
	if q.Open {
		filter = append(filter, bson.E{Key: "closed", Value: false})
	} else if q.Received != "" { // named, so that the index merges its two walks
		filter = append(filter, bson.E{Key: "closed", Value: bson.D{{Key: "$in", Value: bson.A{false, true}}}})
	}
	if after != (store.Position{}) {
		filter = append(filter,
			bson.E{Key: "due", Value: bson.D{{Key: "$gte", Value: after.Due}}},
			bson.E{Key: "$or", Value: bson.A{
				bson.D{{Key: "due", Value: bson.D{{Key: "$gt", Value: after.Due}}}},
				bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after.ID}}}},
			}})
	}
	return filter
}
