package main

import (
	"runtime"
	"sync"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/source"
)

// document is one item document with what became of it.
type document struct {
	file  string
	raw   []byte
	text  *source.Document
	def   *item.Definition
	plan  *plan.Plan
	found diag.List
}

// compile decodes and compiles the document; without words it only decodes.
func (d *document) compile(words *plan.Vocabulary) {
	d.def, d.text, d.found = item.Decode(d.raw, d.file)
	if d.def == nil || d.found.HasErrors() || words == nil {
		return
	}
	var found diag.List
	d.plan, found = words.Compile(d.def, d.text)
	d.found.Add(found...)
}

// compileAll compiles documents, as many at a time as there are processors.
func compileAll(docs []*document, words *plan.Vocabulary) {
	queue := make(chan *document, len(docs))
	for _, d := range docs {
		queue <- d
	}
	close(queue)
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for d := range queue {
				d.compile(words)
			}
		})
	}
	work.Wait()
}
