package cond

import (
	"fmt"
	"slices"

	"github.com/tongban/tongban/rules/facts"
)

// costOf bounds the work of one evaluation: lists count with their greatest length.
func costOf(n *Node) uint64 {
	if n == nil {
		return 0
	}
	if n.looping() {
		return plus(plus(1, costOf(n.Args[0])), times(uint64(n.Args[0].Type.Longest()), costOf(n.Args[1])))
	}
	cost := ownCost(n)
	if n.Op == OpCall {
		cost = n.fn.CostOf(typesOf(n.Args), n.Type)
	}
	for _, a := range n.Args {
		cost = plus(cost, costOf(a))
	}
	return cost
}

// stepOf is the work of one evaluation without what the elements of loops and of calls add, which is counted as they are.
func stepOf(n *Node) uint64 {
	if n.looping() {
		return plus(1, stepOf(n.Args[0]))
	}
	step := ownCost(n)
	for _, a := range n.Args {
		step = plus(step, stepOf(a))
	}
	return step
}

// ownCost is what an operation costs by itself. The few that go through a list count with its greatest length.
func ownCost(n *Node) uint64 {
	switch n.Op {
	case OpCall:
		if n.fn.Lists() {
			return 1
		}
		return max(1, n.fn.Cost)
	case OpMatches:
		return 20
	case OpIn:
		return uint64(n.Args[1].Type.Longest())
	case OpEq, OpNe:
		if n.Args[0].Type.Kind == facts.List {
			return uint64(n.Args[0].Type.Longest())
		}
	}
	return 1
}

// heaviest names the lists, each inside the one before, that the cost is mostly of.
func heaviest(n *Node) []string {
	var worst *Node
	for _, a := range n.Args {
		if worst == nil || costOf(a) > costOf(worst) {
			worst = a
		}
	}
	var out []string
	if n.looping() {
		list := n.Args[0]
		name := list.Fact
		if name == "" {
			name = list.Name
		}
		if name == "" {
			name = string(list.Op)
		}
		out = append(out, fmt.Sprintf("%s (%d)", name, list.Type.Longest()))
		worst = n.Args[1]
	}
	if worst != nil {
		out = append(out, heaviest(worst)...)
	}
	return out
}

// plus and times stop far above facts.MaxCost instead of overflowing.
func plus(a, b uint64) uint64  { return min(a+b, 1<<40) }
func times(a, b uint64) uint64 { return min(min(a, 1<<20)*min(b, 1<<40), 1<<40) }

// readsOf lists the slots of the facts under n in the order in which they first appear.
func readsOf(n *Node) []int {
	var out []int
	walk(n, func(n *Node) {
		if n.Op == OpFact && !slices.Contains(out, n.slot) {
			out = append(out, n.slot)
		}
	})
	return out
}

func walk(n *Node, visit func(*Node)) {
	visit(n)
	for _, a := range n.Args {
		walk(a, visit)
	}
}
