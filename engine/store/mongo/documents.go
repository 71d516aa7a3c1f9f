package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// record is a document as it is kept.
type record struct {
	ID      string         `bson:"_id"` // see recordID
	Rev     int64          `bson:"rev"` // 0 once it has been deleted
	Op      bson.ObjectID  `bson:"op"`
	Keys    []string       `bson:"keys,omitempty"` // see keyEntry
	Body    string         `bson:"body,omitempty"`
	Updated bson.DateTime  `bson:"updated"`
	Expires *bson.DateTime `bson:"expires,omitempty"`
}

// recordID joins a collection and an ID. Collections have no slash, so within one the order is that of the IDs' bytes.
func recordID(collection, id string) string { return collection + "/" + id }

// keyEntry is a key as the index holds it. Neither collections nor names have the characters that divide.
func keyEntry(collection, name, value string) string { return collection + "/" + name + "=" + value }

// alive matches documents that have not expired.
func alive(now time.Time) bson.E {
	return bson.E{Key: "expires", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$lte", Value: date(now)}}}}}
}

// expired matches those that have.
func expired(now time.Time) bson.E {
	return bson.E{Key: "expires", Value: bson.D{{Key: "$lte", Value: date(now)}}}
}

// inCollection matches the documents of a collection whose IDs come after one.
func inCollection(collection, after string) bson.E {
	return bson.E{Key: "_id", Value: bson.D{{Key: "$gt", Value: recordID(collection, after)}, {Key: "$lt", Value: collection + "0"}}} // 0 follows /
}

func newRecord(d store.Document) record {
	r := record{ID: recordID(d.Collection, d.ID), Rev: d.Revision, Op: bson.NewObjectID(), Body: string(d.Body), Updated: date(d.Updated)}
	for _, name := range slices.Sorted(maps.Keys(d.Keys)) {
		r.Keys = append(r.Keys, keyEntry(d.Collection, name, d.Keys[name]))
	}
	if !d.Expires.IsZero() {
		at := date(d.Expires)
		r.Expires = &at
	}
	return r
}

func (r *record) document() store.Document {
	d := store.Document{Revision: r.Rev, Body: jsonOf(r.Body), Updated: fromDate(r.Updated)}
	d.Collection, d.ID, _ = strings.Cut(r.ID, "/")
	if len(r.Keys) > 0 {
		d.Keys = make(map[string]string, len(r.Keys))
		for _, entry := range r.Keys {
			name, value, _ := strings.Cut(entry[len(d.Collection)+1:], "=")
			d.Keys[name] = value
		}
	}
	if r.Expires != nil {
		d.Expires = fromDate(*r.Expires)
	}
	return d
}

// jsonOf is a JSON text from its field: nil when empty.
func jsonOf(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// Get implements [store.Documents].
func (s *Store) Get(ctx context.Context, collection, id string) (store.Document, error) {
	if err := store.CheckID(collection, id); err != nil {
		return store.Document{}, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Document{}, err
	}
	defer s.leave()
	var r record
	err := s.documents.FindOne(ctx, append(byID(recordID(collection, id)), alive(s.now()))).Decode(&r)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.Document{}, fault.New(fault.NotFound, "store.not-found")
	case err != nil:
		return store.Document{}, failed(ctx, err)
	}
	return r.document(), nil
}

// GetMany implements [store.Documents].
func (s *Store) GetMany(ctx context.Context, collection string, ids []string) ([]store.Document, error) {
	if err := store.CheckIDs(collection, ids); err != nil {
		return nil, err
	}
	in := make(bson.A, len(ids))
	for i, id := range ids {
		in[i] = recordID(collection, id)
	}
	return s.find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: in}}}, alive(s.now())}, options.Find())
}

// Find implements [store.Documents].
func (s *Store) Find(ctx context.Context, q store.Query) ([]store.Document, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	filter := bson.D{inCollection(q.Collection, q.After), alive(s.now())}
	if q.Key != "" {
		filter = append(filter, bson.E{Key: "keys", Value: keyEntry(q.Collection, q.Key, q.Value)})
	}
	return s.find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(q.Limit)))
}

// find reads the documents that match.
func (s *Store) find(ctx context.Context, filter bson.D, opts *options.FindOptionsBuilder) ([]store.Document, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	cursor, err := s.documents.Find(ctx, filter, opts)
	if err != nil {
		return nil, failed(ctx, err)
	}
	var rs []record
	if err := cursor.All(ctx, &rs); err != nil {
		return nil, failed(ctx, err)
	}
	var ds []store.Document
	for i := range rs {
		ds = append(ds, rs[i].document())
	}
	return ds, nil
}

// Count implements [store.Documents].
func (s *Store) Count(ctx context.Context, collection string) (int64, error) {
	if err := store.CheckCollection(collection); err != nil {
		return 0, err
	}
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	n, err := s.documents.CountDocuments(ctx, bson.D{inCollection(collection, ""), alive(s.now())})
	if err != nil {
		return 0, failed(ctx, err)
	}
	return n, nil
}

// Put implements [store.Documents].
func (s *Store) Put(ctx context.Context, d store.Document) (store.Document, error) {
	if err := d.Check(); err != nil {
		return store.Document{}, err
	}
	if err := s.enter(ctx); err != nil {
		return store.Document{}, err
	}
	defer s.leave()
	expect := d.Revision
	d.Revision++
	r := newRecord(d)
	ok, err := s.put(ctx, expect, r)
	switch {
	case err != nil:
		return store.Document{}, failed(ctx, err)
	case !ok:
		return store.Document{}, fault.New(fault.Conflict, "store.changed")
	}
	return r.document(), nil
}

// put writes r over the document of revision expect, or tells that there is another.
func (s *Store) put(ctx context.Context, expect int64, r record) (bool, error) {
	filter := append(byID(r.ID), bson.E{Key: "rev", Value: expect}, alive(s.now()))
	if expect == 0 {
		_, err := s.documents.InsertOne(ctx, r)
		if !mongo.IsDuplicateKeyError(err) {
			return err == nil, err
		}
		filter = append(byID(r.ID), expired(s.now())) // there, but perhaps as if absent
	}
	res, err := s.documents.ReplaceOne(ctx, filter, r)
	if err != nil || res.MatchedCount > 0 {
		return err == nil, err
	}
	return wrote(ctx, s.documents, r.ID, "op", r.Op)
}

// Delete implements [store.Documents]. It leaves an empty document that has expired, for the sweeper: so a repetition of the
// write can be told from a document that was never there.
func (s *Store) Delete(ctx context.Context, collection, id string, revision int64) error {
	if err := store.CheckID(collection, id); err != nil {
		return err
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	now := s.now()
	var long bson.DateTime // 1970
	gone := record{ID: recordID(collection, id), Op: bson.NewObjectID(), Updated: date(now), Expires: &long}
	there := append(byID(gone.ID), alive(now))
	res, err := s.documents.ReplaceOne(ctx, append(slices.Clone(there), bson.E{Key: "rev", Value: revision}), gone)
	if err != nil || res.MatchedCount > 0 {
		return failed(ctx, err)
	}
	mine, err := wrote(ctx, s.documents, gone.ID, "op", gone.Op)
	if err != nil || mine {
		return failed(ctx, err)
	}
	err = s.documents.FindOne(ctx, there, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return fault.New(fault.NotFound, "store.not-found")
	case err != nil:
		return failed(ctx, err)
	}
	return fault.New(fault.Conflict, "store.changed")
}

// Import implements [store.Documents].
func (s *Store) Import(ctx context.Context, ds []store.Document) error {
	if err := store.CheckImport(ds); err != nil {
		return err
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for batch := range slices.Chunk(ds, importBatch) {
		models := make([]mongo.WriteModel, len(batch))
		for i := range batch {
			models[i] = importOf(batch[i])
		}
		_, err := s.documents.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		for mongo.IsDuplicateKeyError(err) { // somebody else made one at the same moment: now it is there to be replaced
			_, err = s.documents.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		}
		if err != nil {
			return failed(ctx, err)
		}
	}
	return nil
}

// importBatch is how many documents of an import one command writes: enough to hide the way there and back. FerretDB 1 keeps a
// connection of its own for each until the last is written, and has a hundred.
const importBatch = 50

// importOf writes a document over whatever is there. Applied twice it raises the revision twice, as two imports would.
func importOf(d store.Document) *mongo.UpdateOneModel {
	r := newRecord(d)
	set := bson.D{{Key: "op", Value: r.Op}, {Key: "updated", Value: r.Updated}}
	var unset bson.D
	put := func(field string, there bool, value any) {
		if there {
			set = append(set, bson.E{Key: field, Value: value})
		} else {
			unset = append(unset, bson.E{Key: field, Value: ""})
		}
	}
	put("keys", len(r.Keys) > 0, r.Keys)
	put("body", r.Body != "", r.Body)
	put("expires", r.Expires != nil, r.Expires)
	update := bson.D{{Key: "$set", Value: set}, {Key: "$inc", Value: bson.D{{Key: "rev", Value: int64(1)}}}}
	if len(unset) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: unset})
	}
	return mongo.NewUpdateOneModel().SetUpsert(true).SetFilter(byID(r.ID)).SetUpdate(update)
}

// Next implements [store.Documents].
func (s *Store) Next(ctx context.Context, sequence string) (int64, error) {
	if err := store.CheckName("sequence", sequence); err != nil {
		return 0, err
	}
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	n, err := s.next(ctx, sequence)
	return n, failed(ctx, err)
}

// next takes the next number of a sequence. A write that is applied twice skips a number.
func (s *Store) next(ctx context.Context, sequence string) (int64, error) {
	for {
		var counter struct {
			N int64 `bson:"n"`
		}
		err := s.sequences.FindOneAndUpdate(ctx, byID(sequence), bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int64(1)}}}},
			options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&counter)
		if !errors.Is(err, mongo.ErrNoDocuments) {
			return counter.N, err
		}
		_, err = s.sequences.InsertOne(ctx, append(byID(sequence), bson.E{Key: "n", Value: int64(0)}))
		if err != nil && !mongo.IsDuplicateKeyError(err) {
			return 0, err
		}
	}
}

// sweep removes expired documents until ctx ends. Every node does; what one removes the others do not find.
func (s *Store) sweep(ctx context.Context, every time.Duration) {
	defer close(s.swept)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// A failure is tried again at the next tick; what it was shows in the calls that people wait for.
		_, _ = s.documents.DeleteMany(ctx, bson.D{expired(s.now())})
	}
}
