// Package cond holds the conditions of the platform: CEL, typed against the facts of one item, with three-valued evaluation
// and explanation. It is the only package that imports cel-go, and takes from it what must not differ by a hair between
// tools: the grammar. Types are checked here, so that every mistake has a code, a place and two languages instead of another
// library's English; evaluation is here, so that facts are slots and nothing is allocated. Tests run every construct against
// cel-go's own checker and interpreter.
//
// Where a condition means more than CEL would allow, it is on purpose, and this is all of it:
//   - numbers are exact decimals (0.1 + 0.2 == 0.3), and whole numbers mix with them in arithmetic and comparisons;
//   - a comparison, an "in" or a call over an absent fact is an evaluation error, also with == and !=, where CEL would
//     quietly answer false: law means neither; x == null, x != null and present(x) ask for absence;
//   - dividing a number by zero is an evaluation error, never infinity.
package cond

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/source"
)

// Source is a condition and where it stands.
type Source = source.Fragment

// Limits of a condition. Conditions are read by people: one that comes near them belongs into a table or a function.
const (
	MaxTextSize = 8 << 10 // bytes; the longest rule of the thirteen items has 700
	MaxDepth    = 60      // of parentheses and operators; the parser and everything after it recurses
	MaxNodes    = 2_000
)

// Env is what conditions are compiled against: the facts of an item and the functions of the platform. It is immutable and
// safe for concurrent use.
type Env struct {
	space *facts.Space
	lib   *funcs.Library
}

// NewEnv makes an environment. A nil library has no functions.
func NewEnv(space *facts.Space, lib *funcs.Library) (*Env, error) {
	if space == nil {
		return nil, fmt.Errorf("cond: no facts")
	}
	return &Env{space: space, lib: lib}, nil
}

// Compile reads, checks and compiles a condition. The condition is nil if the list has errors. Codes: cond.empty,
// cond.too-long, cond.too-deep, cond.too-large, cond.syntax, cond.unfinished, cond.not-ascii, cond.full-width, cond.unknown-name,
// cond.group, cond.unknown-function, cond.did-you-mean (hint), cond.operand, cond.operands, cond.call,
// cond.arity, cond.not-boolean, cond.not-a-choice, cond.date-text, cond.date-literal, cond.present, cond.bad-pattern,
// cond.no-member, cond.variable, cond.empty-list, cond.whole-division (warning), cond.too-costly and cond.unsupported.
func (e *Env) Compile(src Source) (*Condition, diag.List) {
	root, found := parse(src)
	if found.HasErrors() {
		return nil, found.Sorted()
	}
	c := checker{env: e, src: src, info: root.SourceInfo()}
	node := c.check(root.Expr())
	if node != nil && node.Type.Kind != facts.Bool {
		c.report(c.start(root.Expr()), "cond.not-boolean", "type", typeName(node))
	}
	if cost := costOf(node); !c.found.HasErrors() && cost > facts.MaxCost {
		c.report(0, "cond.too-costly", "cost", cost, "max", facts.MaxCost, "lists", strings.Join(heaviest(node), " × "))
	}
	if c.found.HasErrors() {
		return nil, c.found.Sorted()
	}
	walk(node, func(n *Node) {
		if n.looping() {
			n.step = stepOf(n.Args[1])
		}
	})
	cond := &Condition{source: src, node: node, reads: readsOf(node), parts: partsOf(node)}
	cond.plan(c.vars, c.args)
	return cond, c.found.Sorted()
}

// Verdict is what a condition says of a set of values.
type Verdict string

// The verdicts. The zero value is none of them: an evaluation error has no verdict.
const (
	Met          Verdict = "met"
	Unmet        Verdict = "unmet"
	Undetermined Verdict = "undetermined" // it depends on facts that are not known yet
)

// Condition is a compiled condition. It is immutable and safe for concurrent use.
type Condition struct {
	source  Source
	node    *Node
	reads   []int
	parts   []part
	run     boolFn     // the fast path; nil if some part has none
	scratch *sync.Pool // of *scratch; nil if the fast path needs none
}

// Node is the checked condition as a tree.
func (c *Condition) Node() *Node { return c.node }

// Reads gives the slots of all facts that the condition names, in the order in which they first appear. The slice must not
// be changed.
func (c *Condition) Reads() []int { return c.reads }

// Source is what the condition was compiled from.
func (c *Condition) Source() Source { return c.source }

// EvalError is an evaluation error: the condition has no verdict, and never counts as unmet. Codes: cond.absent,
// cond.divide-by-zero, cond.overflow, cond.index and cond.function.
type EvalError struct {
	Code string
	Slot int    // of the fact it is about, or -1
	Fact string // its path
	Name string // cond.function: the function; cond.absent: what was absent, where it is not a fact
	Line int    // in the document, from 1; 0 when not known
	Col  int
	Err  error // cond.function: what the function said
}

// Error names the code and the fact or function; people read Diagnostic.
func (e *EvalError) Error() string {
	about := e.Fact
	if about == "" {
		about = e.Name
	}
	if e.Err != nil {
		return fmt.Sprintf("%s (%s): %v", e.Code, about, e.Err)
	}
	return fmt.Sprintf("%s (%s)", e.Code, about)
}

// Unwrap gives what a function said.
func (e *EvalError) Unwrap() error { return e.Err }

// Diagnostic gives the error for people. at is the JSON pointer of the condition, or of what it was evaluated for. What a
// function says with a code of its own is said as such.
func (e *EvalError) Diagnostic(at string) diag.Diagnostic {
	about := e.Fact
	if about == "" {
		about = e.Name
	}
	d := diag.New(e.Code, at, "name", about)
	var said diag.Coded
	if errors.As(e.Err, &said) {
		d.Code, d.Args = said.Code(), said.Args()
	}
	return d.At(e.Line, e.Col)
}
