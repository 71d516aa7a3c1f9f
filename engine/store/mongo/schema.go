package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/tongban/tongban/engine/fault"
)

// schemaVersion is the layout this program writes. A change that older nodes can live with, as a new index is, keeps it.
const schemaVersion = 1

const schemaID = "schema"

// schemaUpdate notes the layout. It never lowers the version, so nodes of two releases may run it at once.
var schemaUpdate = bson.D{{Key: "$max", Value: bson.D{{Key: "version", Value: schemaVersion}}}}

// ascending is an index over fields; sparse ones have no entry for a document without the field.
func ascending(sparse bool, fields ...string) mongo.IndexModel {
	var keys bson.D
	for _, f := range fields {
		keys = append(keys, bson.E{Key: f, Value: 1})
	}
	opts := options.Index()
	if sparse {
		opts.SetSparse(true)
	}
	return mongo.IndexModel{Keys: keys, Options: opts}
}

// prepare refuses a database that a newer program has written, then makes sure that the indexes are there. Each step may
// be run by several nodes at once and again.
func (s *Store) prepare(ctx context.Context) error {
	var found struct {
		Version int `bson:"version"`
	}
	err := s.meta.FindOne(ctx, byID(schemaID)).Decode(&found)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return err
	}
	if found.Version > schemaVersion {
		return fault.New(fault.Invalid, "store.newer", "version", found.Version, "known", schemaVersion)
	}
	for _, index := range []struct {
		on    *mongo.Collection
		model mongo.IndexModel
	}{
		{s.documents, ascending(false, "keys", "_id")},
		{s.documents, ascending(true, "expires")},
		// A queue's selector, then its order. An office has received ever more cases but few open ones, so there closedness
		// goes before the order; where it does not, closed cases are few and are passed over.
		{s.cases, ascending(false, "office", "due", "_id")},
		{s.cases, ascending(false, "received", "closed", "due", "_id")},
		{s.cases, ascending(false, "subject", "due", "_id")},
		{s.cases, ascending(true, "ready")},
		{s.cases, ascending(true, "outbox.id")},
	} {
		// One at a time: FerretDB 1 breaks on a list of which some are there.
		if _, err := index.on.Indexes().CreateOne(ctx, index.model); err != nil {
			return err
		}
	}
	_, err = s.meta.UpdateOne(ctx, byID(schemaID), schemaUpdate, options.UpdateOne().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) { // another node was first
		_, err = s.meta.UpdateOne(ctx, byID(schemaID), schemaUpdate)
	}
	return err
}
