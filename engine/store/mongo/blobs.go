package mongo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// chunkSize is how much of a blob one document holds: most files fit into one.
const chunkSize = 1 << 20

// chunk is a part of a blob. The first one has the blob's name and size and is written last: with it the blob is there.
//
// GridFS is no help here: its files have random names, so that storing one again stores it twice.
type chunk struct {
	ID   string `bson:"_id"` // the blob's name, for all but the first followed by / and the number of the chunk
	Size int    `bson:"size"`
	Data []byte `bson:"data"`
}

func chunkID(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "/" + strconv.Itoa(i)
}

// PutBlob implements [store.Blobs].
func (s *Store) PutBlob(ctx context.Context, content []byte) (string, error) {
	if len(content) > store.MaxBlob {
		return "", fault.New(fault.Invalid, "store.too-large", "field", "blob", "max", store.MaxBlob)
	}
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	name := blobName(content)
	switch _, err := s.blob(ctx, name); fault.KindOf(err) {
	case "":
		return name, nil
	case fault.NotFound, fault.Internal: // Internal: damaged, and stored anew
	default:
		return "", err
	}
	for i := (max(len(content), 1) - 1) / chunkSize; i >= 0; i-- {
		c := chunk{ID: chunkID(name, i), Size: len(content), Data: content[i*chunkSize : min((i+1)*chunkSize, len(content))]}
		_, err := s.blobs.ReplaceOne(ctx, byID(c.ID), c, options.Replace().SetUpsert(true))
		if mongo.IsDuplicateKeyError(err) { // somebody stores the same at the same moment
			_, err = s.blobs.ReplaceOne(ctx, byID(c.ID), c)
		}
		if err != nil {
			return "", failed(ctx, err)
		}
	}
	return name, nil
}

// Blob implements [store.Blobs].
func (s *Store) Blob(ctx context.Context, name string) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	// A name that is no hash could be that of a later chunk.
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != name {
		return nil, fault.New(fault.NotFound, "store.not-found")
	}
	return s.blob(ctx, name)
}

// blob reads and checks a blob. It fails with a fault.
func (s *Store) blob(ctx context.Context, name string) ([]byte, error) {
	var first chunk
	err := s.blobs.FindOne(ctx, byID(name)).Decode(&first)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil, fault.New(fault.NotFound, "store.not-found")
	case err != nil:
		return nil, failed(ctx, err)
	}
	damaged := fault.New(fault.Internal, "store.blob-damaged", "name", name)
	if first.Size < 0 || first.Size > store.MaxBlob {
		return nil, damaged
	}
	content := append(make([]byte, 0, first.Size), first.Data...)
	if first.Size > chunkSize {
		if content, err = s.rest(ctx, name, content, first.Size); err != nil {
			return nil, failed(ctx, err)
		}
	}
	if blobName(content) != name {
		return nil, damaged
	}
	return content, nil
}

// rest reads the chunks after the first and appends them, as far as there are any.
func (s *Store) rest(ctx context.Context, name string, content []byte, size int) ([]byte, error) {
	ids := bson.A{}
	for i := 1; i*chunkSize < size; i++ {
		ids = append(ids, chunkID(name, i))
	}
	cursor, err := s.blobs.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}})
	if err != nil {
		return nil, err
	}
	var chunks []chunk
	if err := cursor.All(ctx, &chunks); err != nil {
		return nil, err
	}
	parts := make(map[string][]byte, len(chunks))
	for i := range chunks {
		parts[chunks[i].ID] = chunks[i].Data
	}
	for i := 1; i*chunkSize < size; i++ {
		content = append(content, parts[chunkID(name, i)]...)
	}
	return content, nil
}

func blobName(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
