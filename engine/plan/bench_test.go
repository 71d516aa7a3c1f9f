package plan_test

import (
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/suite"
	"github.com/tongban/tongban/rules/beside"
	"github.com/tongban/tongban/seeds"
)

// document is a seed item as text.
type document struct {
	name string
	raw  []byte
}

func documents(b *testing.B) []document {
	b.Helper()
	var out []document
	err := fs.WalkDir(seeds.Files(), "items", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".json") {
			return err
		}
		raw, err := fs.ReadFile(seeds.Files(), name)
		out = append(out, document{name, raw})
		return err
	})
	if err != nil || len(out) == 0 {
		b.Fatal(err)
	}
	return out
}

func compiled(b *testing.B, city *plan.Vocabulary, d document) *plan.Plan {
	b.Helper()
	def, doc, found := item.Decode(d.raw, d.name)
	if def == nil {
		b.Fatal(found)
	}
	p, found := city.Compile(def, doc)
	if p == nil {
		b.Fatal(found)
	}
	return p
}

func largest(b *testing.B) document {
	b.Helper()
	var out document
	for _, d := range documents(b) {
		if len(d.raw) > len(out.raw) {
			out = d
		}
	}
	return out
}

func prepared(b *testing.B) *plan.Vocabulary {
	b.Helper()
	dict, found := dictionary.Load(seeds.Dictionary())
	if found.HasErrors() {
		b.Fatal(found)
	}
	return plan.Prepare(dict)
}

// BenchmarkCompile decodes and compiles the largest seed item.
func BenchmarkCompile(b *testing.B) {
	city, d := prepared(b), largest(b)
	b.ReportAllocs()
	for b.Loop() {
		compiled(b, city, d)
	}
}

// BenchmarkEvaluate evaluates the example of the largest seed item that knows most, explained in full, beside the bare evaluation
// of the same conditions, tables and formulas over facts that are there already. "settled" is its first half, which reads and
// checks what is given and works out what follows; the rest is saying what that comes to.
func BenchmarkEvaluate(b *testing.B) {
	p := compiled(b, prepared(b), largest(b))
	in := fullest(b, p)
	beside.Measure(b,
		beside.Side{Name: "explained", Do: func() { p.Evaluate(in) }},
		beside.Side{Name: "bare", Do: p.Bare(in)},
		beside.Side{Name: "settled", Do: func() { p.Settle(in) }},
	)
}

// fullest is the example of an item with the longest input.
func fullest(b *testing.B, p *plan.Plan) plan.Input {
	b.Helper()
	best := 0
	for i, x := range p.Definition().Examples {
		if len(x.Given) > len(p.Definition().Examples[best].Given) {
			best = i
		}
	}
	x := p.Definition().Examples[best]
	given, found := suite.ReadGiven(x.Given, suite.Parties(p.Definition()))
	if len(found) > 0 {
		b.Fatal(found)
	}
	return given.Input(x.At)
}

// BenchmarkKept compiles 309 items, the number of the city, and states the memory each keeps.
func BenchmarkKept(b *testing.B) {
	city, docs := prepared(b), documents(b)
	const items = 309
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		plans := make([]*plan.Plan, items)
		for i := range plans {
			plans[i] = compiled(b, city, docs[i%len(docs)])
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/items/1024, "KiB/item")
		runtime.KeepAlive(plans)
	}
}
