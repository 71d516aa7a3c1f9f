package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/cond"
)

// order puts the fields and conclusions in a sequence in which each comes after everything it reads, keeping the order of
// the document where there is a choice. A circle is reported with everything on it.
func (c *compiler) order() {
	if c.plan.space == nil {
		return
	}
	producer := map[int]step{}
	var all []step
	for _, f := range c.fields {
		all = append(all, step{field: f})
	}
	for _, d := range c.plan.derived {
		all = append(all, step{conc: d})
	}
	for _, s := range all {
		producer[s.slot()] = s
	}
	const (
		fresh = iota
		open
		done
	)
	state := map[int]int{}
	var trail []int
	var visit func(s step)
	visit = func(s step) {
		slot := s.slot()
		state[slot] = open
		trail = append(trail, slot)
		for _, r := range s.reads() {
			next, ok := producer[r]
			if !ok {
				continue
			}
			switch state[r] {
			case fresh:
				visit(next)
			case open:
				c.circle(producer, trail[slices.Index(trail, r):])
			}
		}
		trail = trail[:len(trail)-1]
		state[slot] = done
		c.plan.steps = append(c.plan.steps, s)
	}
	for _, s := range all {
		if state[s.slot()] == fresh {
			visit(s)
		}
	}
}

// circle reports facts that depend on each other, at the place of each, beginning with it.
func (c *compiler) circle(producer map[int]step, trail []int) {
	for i, slot := range trail {
		var names []string
		for _, s := range slices.Concat(trail[i:], trail[:i+1]) {
			names = append(names, c.plan.space.Path(s))
		}
		c.report("plan.cycle", producer[slot].pointer(), "names", strings.Join(names, " → "))
	}
}

func (s step) slot() int {
	if s.field != nil {
		return s.field.slot
	}
	return s.conc.slot
}

func (s step) pointer() string {
	if s.field != nil {
		return s.field.pointer
	}
	return s.conc.pointer
}

func (s step) reads() []int {
	if f := s.field; f != nil {
		out := whenReads(f.when)
		if f.value != nil {
			out = append(out, f.value.Reads()...)
		}
		if f.presence >= 0 {
			out = append(out, f.presence)
		}
		if f.columns != nil && f.columns.rows != nil {
			out = append(out, f.columns.outside()...)
		}
		return out
	}
	out := append(whenReads(s.conc.when), s.conc.reads...)
	if s.conc.each != nil {
		return s.conc.each.outside(out)
	}
	return out
}

func whenReads(w *cond.Condition) []int {
	if w == nil {
		return nil
	}
	return append([]int(nil), w.Reads()...)
}

// fingerprint names a compiled item by everything that decides what it says: the definition and the dictionary entries it
// uses. Two plans with the same fingerprint give the same Outcome for the same Input. def is the definition as JSON.
func fingerprint(p *Plan, def []byte) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	write := func(v any) {
		// Everything here came from JSON, so it can be written as JSON; a hash takes every byte.
		if err := enc.Encode(v); err != nil {
			panic(err)
		}
	}
	h.Write(append(def, '\n'))
	for _, use := range p.def.Use {
		if g, ok := p.dict.Group(strings.TrimSuffix(use, "?")); ok {
			write(g)
			for _, m := range g.Elements {
				if e, ok := p.dict.Element(m.Element); ok {
					write(e)
				}
			}
		}
	}
	for _, f := range p.def.Fields {
		for _, of := range append(f.Columns, f) {
			if e, ok := p.dict.Element(of.Element); ok {
				write(e)
			}
		}
	}
	for _, m := range p.materials {
		write(m.doc)
	}
	for _, q := range p.parameters {
		if q.used {
			write(q.of)
		}
	}
	h.Write(p.written)
	for _, r := range p.route.choices {
		write(r.template)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
