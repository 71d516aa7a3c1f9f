package cond

import (
	"slices"

	"github.com/tongban/tongban/rules/facts"
)

// Explanation says why a condition has its verdict.
type Explanation struct {
	Verdict Verdict // empty if Err is set
	Err     *EvalError
	Missing []int // slots of the facts that would settle an Undetermined verdict
	// Clauses are the parts of the outermost && or ||, or the whole condition where there is neither. Every part is
	// evaluated, also one that no longer decides: people want to hear all that is missing at once.
	Clauses []Clause
}

// Clause is one part of a condition.
type Clause struct {
	Node    *Node
	Verdict Verdict // empty if Err is set
	Err     *EvalError
	Facts   []int // slots that the part names, in the order in which they appear
	Missing []int
}

// part is one of the clauses that an explanation is made of.
type part struct {
	node  *Node
	reads []int
	run   boolFn // its fast path; nil if it has none
}

func partsOf(n *Node) []part {
	if n.Op != OpAnd && n.Op != OpOr {
		return []part{{node: n, reads: readsOf(n)}}
	}
	out := make([]part, len(n.Args))
	for i, a := range n.Args {
		out[i] = part{node: a, reads: readsOf(a)}
	}
	return out
}

// EachClause calls f for every clause of the condition with the slots of the facts that it names.
func (c *Condition) EachClause(f func(reads []int)) {
	for i := range c.parts {
		f(c.parts[i].reads)
	}
}

// Explain evaluates the condition part by part. Its verdict and error are always those of Eval.
func (c *Condition) Explain(v *facts.Values) Explanation {
	w := walker{vals: v, steps: facts.NewSteps()}
	out := Explanation{Clauses: make([]Clause, len(c.parts))}
	absorbing := c.node.Op == OpOr
	var all connective
	var whole outcome
	decided := false
	s := c.borrow(v)
	for i := range c.parts {
		p := &c.parts[i]
		one := p.eval(v, s, &w)
		clause := &out.Clauses[i]
		clause.Node, clause.Facts = p.node, p.reads
		clause.Verdict, clause.Err, clause.Missing = c.judge(one)
		if !decided {
			whole, decided = all.take(one, absorbing)
		}
	}
	c.giveBack(s)
	if !decided {
		whole = all.result(absorbing)
	}
	out.Verdict, out.Err, out.Missing = c.judge(whole)
	return out
}

// eval takes the fast path where there is one, and the walker where it says nothing.
func (p *part) eval(v *facts.Values, s *scratch, w *walker) outcome {
	if p.run != nil {
		switch p.run(v, s) {
		case yes:
			return outcome{val: true}
		case no:
			return outcome{val: false}
		}
	}
	return w.strict(p.node)
}

// Missing gives the slots of the facts that would settle an Undetermined verdict, in the order in which the condition names
// them; none if it is settled already.
func (c *Condition) Missing(v *facts.Values) []int {
	w := walker{vals: v, steps: facts.NewSteps()}
	return w.strict(c.node).sorted(c.reads)
}

// judge makes a verdict of the outcome of a boolean node.
func (c *Condition) judge(out outcome) (Verdict, *EvalError, []int) {
	switch {
	case out.unknown:
		return Undetermined, nil, out.sorted(c.reads)
	case out.err != nil:
		return "", out.err, nil
	case out.val.(bool):
		return Met, nil, nil
	default:
		return Unmet, nil, nil
	}
}

// sorted gives the missing slots in the order in which they are read.
func (o outcome) sorted(reads []int) []int {
	var out []int
	for _, slot := range reads {
		if slices.Contains(o.missing, slot) {
			out = append(out, slot)
		}
	}
	return out
}
