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
}

func partsOf(n *Node) []part {
	if n.Op != OpAnd && n.Op != OpOr {
		return []part{{n, readsOf(n)}}
	}
	out := make([]part, len(n.Args))
	for i, a := range n.Args {
		out[i] = part{a, readsOf(a)}
	}
	return out
}

// Explain evaluates the condition part by part. Its verdict and error are always those of Eval.
func (c *Condition) Explain(v *facts.Values) Explanation {
	w := walker{vals: v}
	out := Explanation{Clauses: make([]Clause, len(c.parts))}
	absorbing := c.node.Op == OpOr
	var all connective
	var whole outcome
	decided := false
	for i, p := range c.parts {
		one := w.strict(p.node)
		clause := &out.Clauses[i]
		clause.Node, clause.Facts = p.node, p.reads
		clause.Verdict, clause.Err, clause.Missing = c.judge(one)
		if !decided {
			whole, decided = all.take(one, absorbing)
		}
	}
	if !decided {
		whole = all.result(absorbing)
	}
	out.Verdict, out.Err, out.Missing = c.judge(whole)
	return out
}

// Missing gives the slots of the facts that would settle an Undetermined verdict, in the order in which the condition names
// them; none if it is settled already.
func (c *Condition) Missing(v *facts.Values) []int {
	w := walker{vals: v}
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
