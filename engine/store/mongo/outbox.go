package mongo

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// effect is an effect that waits in its case.
type effect struct {
	ID     string        `bson:"id"`
	Kind   string        `bson:"kind"`
	Due    bson.DateTime `bson:"due"`
	Body   string        `bson:"body,omitempty"`
	Ready  bson.DateTime `bson:"ready"`  // when it may be claimed: due, or the end of its lease
	Fence  int64         `bson:"fence"`  // of its newest claim; 0: nobody may finish it
	Worker string        `bson:"worker"` // who claimed it last, for people who look
	Tries  int           `bson:"tries"`
}

// waiting is the part of a case that workers read.
type waiting struct {
	ID     string   `bson:"_id"`
	Turn   int64    `bson:"turn"`
	Outbox []effect `bson:"outbox"`
}

var waitingOnly = bson.D{{Key: "turn", Value: 1}, {Key: "outbox", Value: 1}}

// fences is one sequence for all effects: an effect that is done, and enqueued again under its old ID, cannot be finished
// with a fence of its former life. No caller can name it, as a sequence's name is not empty.
const fences = ""

// enqueue returns an outbox with those effects that do not wait in it already.
func enqueue(outbox []effect, fs []store.Effect) []effect {
	there := make(map[string]bool, len(outbox)+len(fs))
	for i := range outbox {
		there[outbox[i].ID] = true
	}
	for i := range fs {
		f := &fs[i]
		if !there[f.ID] {
			there[f.ID] = true
			outbox = append(outbox, effect{ID: f.ID, Kind: f.Kind, Due: date(f.Due), Body: string(f.Body), Ready: date(f.Due)})
		}
	}
	return outbox
}

// readyOf is when the first effect of an outbox may be claimed; nil for an empty one.
func readyOf(outbox []effect) *bson.DateTime {
	if len(outbox) == 0 {
		return nil
	}
	first := slices.MinFunc(outbox, func(a, b effect) int { return cmp.Compare(a.Ready, b.Ready) }).Ready
	return &first
}

// turn writes outbox over the one of w, unless it has changed since it was read.
func (s *Store) turn(ctx context.Context, w *waiting, outbox []effect) (bool, error) {
	op := bson.NewObjectID()
	update := bson.D{{Key: "$inc", Value: bson.D{{Key: "turn", Value: int64(1)}}}}
	if len(outbox) > 0 {
		update = append(update, bson.E{Key: "$set", Value: bson.D{
			{Key: "mover", Value: op}, {Key: "outbox", Value: outbox}, {Key: "ready", Value: readyOf(outbox)},
		}})
	} else {
		update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "mover", Value: op}}},
			bson.E{Key: "$unset", Value: bson.D{{Key: "outbox", Value: ""}, {Key: "ready", Value: ""}}})
	}
	res, err := s.cases.UpdateOne(ctx, append(byID(w.ID), bson.E{Key: "turn", Value: w.Turn}), update)
	if err != nil || res.MatchedCount > 0 {
		return err == nil, err
	}
	return wrote(ctx, s.cases, w.ID, "mover", op)
}

// Claim implements [store.Outbox]. Each case is one act: an error after the first leaves the others for the next Claim.
func (s *Store) Claim(ctx context.Context, worker string, now time.Time, lease time.Duration, limit int) ([]store.Effect, error) {
	if err := store.CheckClaim(worker, now, lease, limit); err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	for {
		cases, err := s.ready(ctx, now, limit)
		if err != nil || len(cases) == 0 {
			return nil, failed(ctx, err)
		}
		fence, err := s.next(ctx, fences)
		if err != nil {
			return nil, failed(ctx, err)
		}
		claimed, err := s.claim(ctx, cases, effect{Ready: date(now.Add(lease)), Fence: fence, Worker: worker}, date(now), limit)
		if err != nil && len(claimed) == 0 {
			return nil, failed(ctx, err)
		}
		if len(claimed) > 0 {
			return claimed, nil
		}
		// Other workers were first with all of them: there may be more.
	}
}

// claim leases up to limit effects of the cases, those longest due first, on the terms that lease holds. A case that another
// worker has changed meanwhile is left to that one.
func (s *Store) claim(ctx context.Context, cases []waiting, lease effect, now bson.DateTime, limit int) ([]store.Effect, error) {
	due := longestDue(cases, now)
	var held []int // indexes of due
	var err error
	lost := map[int]bool{}
	for from := 0; err == nil && from < len(due) && len(held) < limit; {
		to := min(from+limit-len(held), len(due))
		groups := map[int][]int{} // indexes of due, by case
		for ; from < to; from++ {
			groups[due[from].inCase] = append(groups[due[from].inCase], from)
		}
		for i, group := range groups {
			if lost[i] || err != nil {
				continue
			}
			outbox := slices.Clone(cases[i].Outbox)
			for _, d := range group {
				f := &outbox[due[d].index]
				f.Ready, f.Fence, f.Worker, f.Tries = lease.Ready, lease.Fence, lease.Worker, f.Tries+1
			}
			var ok bool
			if ok, err = s.turn(ctx, &cases[i], outbox); !ok {
				lost[i] = true
				continue
			}
			cases[i].Outbox = outbox
			cases[i].Turn++
			held = append(held, group...)
		}
	}
	slices.Sort(held)
	var claimed []store.Effect
	for _, d := range held {
		f := &cases[due[d].inCase].Outbox[due[d].index]
		claimed = append(claimed, store.Effect{
			ID: f.ID, Kind: f.Kind, Due: fromDate(f.Due), Body: jsonOf(f.Body), Fence: f.Fence, Tries: f.Tries,
		})
	}
	return claimed, err
}

// ready reads the cases with the effects longest due. Each has one at least, so no more are needed than effects.
func (s *Store) ready(ctx context.Context, now time.Time, limit int) ([]waiting, error) {
	cursor, err := s.cases.Find(ctx, bson.D{{Key: "ready", Value: bson.D{{Key: "$lte", Value: date(now)}}}},
		options.Find().SetProjection(waitingOnly).SetSort(bson.D{{Key: "ready", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, err
	}
	var cases []waiting
	err = cursor.All(ctx, &cases)
	return cases, err
}

// place is where an effect lies in some cases.
type place struct{ inCase, index int }

// longestDue are the effects of cases that may be claimed at now, in the order in which they are handed out.
func longestDue(cases []waiting, now bson.DateTime) []place {
	var due []place
	for i := range cases {
		for j := range cases[i].Outbox {
			if cases[i].Outbox[j].Ready <= now {
				due = append(due, place{i, j})
			}
		}
	}
	slices.SortFunc(due, func(a, b place) int {
		x, y := &cases[a.inCase].Outbox[a.index], &cases[b.inCase].Outbox[b.index]
		return cmp.Or(cmp.Compare(x.Ready, y.Ready), cmp.Compare(x.ID, y.ID))
	})
	return due
}

// Done implements [store.Outbox].
func (s *Store) Done(ctx context.Context, id string, fence int64) error {
	if err := store.CheckName("id", id); err != nil {
		return err
	}
	return s.finish(ctx, id, fence, func(outbox []effect, i int) []effect { return slices.Delete(outbox, i, i+1) })
}

// Retry implements [store.Outbox].
func (s *Store) Retry(ctx context.Context, id string, fence int64, due time.Time) error {
	if err := store.CheckName("id", id); err != nil {
		return err
	}
	if err := store.CheckTime("due", due); err != nil {
		return err
	}
	return s.finish(ctx, id, fence, func(outbox []effect, i int) []effect {
		f := &outbox[i]
		f.Due, f.Ready, f.Fence = date(due), date(due), 0
		return outbox
	})
}

// finish changes the outbox in which the effect held under fence is the i-th, or fails with Conflict.
func (s *Store) finish(ctx context.Context, id string, fence int64, change func(outbox []effect, i int) []effect) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for {
		w, i, err := s.held(ctx, id, fence)
		if err != nil {
			return failed(ctx, err)
		}
		if w == nil {
			return fault.New(fault.Conflict, "store.lease-lost")
		}
		ok, err := s.turn(ctx, w, change(w.Outbox, i))
		if err != nil || ok {
			return failed(ctx, err)
		}
	}
}

// held finds the case in which an effect is held under fence, and where it lies there; nil if there is none.
func (s *Store) held(ctx context.Context, id string, fence int64) (*waiting, int, error) {
	if fence <= 0 {
		return nil, 0, nil
	}
	cursor, err := s.cases.Find(ctx, bson.D{{Key: "outbox.id", Value: id}, {Key: "outbox.fence", Value: fence}},
		options.Find().SetProjection(waitingOnly))
	if err != nil {
		return nil, 0, err
	}
	var cases []waiting
	if err := cursor.All(ctx, &cases); err != nil {
		return nil, 0, err
	}
	for i := range cases {
		if j := slices.IndexFunc(cases[i].Outbox, func(f effect) bool { return f.ID == id && f.Fence == fence }); j >= 0 {
			return &cases[i], j, nil
		}
	}
	return nil, 0, nil
}
