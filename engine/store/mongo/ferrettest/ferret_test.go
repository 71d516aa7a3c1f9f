// Package ferrettest runs the store's conformance suite on the mongo driver: against the server of MONGODB_URI if that is
// set, else against FerretDB inside the test.
package ferrettest

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/mongo"
	"github.com/tongban/tongban/engine/store/storetest"
)

// server returns the connection string of a server, which has no path.
func server(t testing.TB, g *gate) string {
	if uri := os.Getenv("MONGODB_URI"); uri != "" {
		return uri
	}
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + t.TempDir() + "/?_pragma=synchronous(off)", // the power will not fail during the test
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(f.MongoDBURI())
	if err != nil {
		t.Fatal(err)
	}
	g.server = u.Host
	return "mongodb://" + g.open(t)
}

// withDatabase puts the name of a database into a connection string, in the place of whatever path it has.
func withDatabase(uri, name string) string {
	scheme, rest, _ := strings.Cut(uri, "://")
	rest, query, asked := strings.Cut(rest, "?")
	hosts, _, _ := strings.Cut(rest, "/")
	if asked {
		query = "?" + query
	}
	return scheme + "://" + hosts + "/" + name + query
}

// place is where a store is: a server, and the name of the database there.
type place struct{ uri, name string }

// databases counts those made up by this process.
var databases atomic.Int64

// fresh makes up a database on a server, and has t drop it at the end.
func fresh(t testing.TB, uri string) place {
	p := place{uri, fmt.Sprintf("tongban_test_%d_%d", os.Getpid(), databases.Add(1))}
	t.Cleanup(func() {
		if err := p.client(t).Database(p.name).Drop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// open opens the store and has t close it.
func (p place) open(t testing.TB) store.Store {
	s, err := mongo.Open(t.Context(), withDatabase(p.uri, p.name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// client goes to the server behind the back of the driver.
func (p place) client(t testing.TB) *driver.Client {
	client, err := driver.Connect(options.Client().ApplyURI(p.uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := client.Disconnect(ctx); err != nil {
			t.Error(err)
		}
	})
	return client
}

// suite is the suite's driver. Each test has a server of its own behind a gate of its own: FerretDB is slow, and one gate
// for all would have them wait for each other.
func suite(twice bool) storetest.Driver {
	var places sync.Map // store.Store -> place
	open := func(t testing.TB, p place) store.Store {
		s := p.open(t)
		places.Store(s, p)
		return s
	}
	of := func(s store.Store) place {
		p, _ := places.Load(s)
		return p.(place)
	}
	return storetest.Driver{
		Open: func(t testing.TB) store.Store { return open(t, fresh(t, server(t, &gate{twice: twice}))) },
		Reopen: func(t testing.TB, s store.Store) store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, of(s))
		},
		Damage: func(t testing.TB, s store.Store, blob string) {
			p := of(s)
			blobs := p.client(t).Database(p.name).Collection("blobs")
			id := bson.D{{Key: "_id", Value: blob}}
			var kept struct {
				Data []byte `bson:"data"`
			}
			if err := blobs.FindOne(t.Context(), id).Decode(&kept); err != nil {
				t.Fatal(err)
			}
			kept.Data[len(kept.Data)/2] ^= 1
			if _, err := blobs.UpdateOne(t.Context(), id, bson.D{{Key: "$set", Value: bson.D{{Key: "data", Value: kept.Data}}}}); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func TestConformance(t *testing.T) { storetest.Run(t, suite(false)) }
