// Package formula holds the formulas of the platform: prefills, computed fields, amounts, texts. They are written in the
// grammar of expr, of which this is the only importer, typed against the facts of one item and computed exactly:
//   - whole numbers stay whole and never overflow silently; numbers are exact decimals, and a quotient that no decimal
//     writes, such as 2/3, stays a quotient until a rule hands it on, so that 2/3*900 is 600 however it is rounded;
//   - int/int is a number: 5/2 is 2.5;
//   - a formula gives a whole number only by a declared rounding, or if it is whole already;
//   - a fact that is not known makes the formula undetermined if it is read on the branch that is taken; an absent one is
//     nil, for which ?? gives another value; anything else done with nil is an error.
//
// expr's own machine is not used: it computes in floats, lets integers wrap around, and reads a clock.
package formula

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/money"
	"github.com/tongban/tongban/rules/source"
)

// Source is a formula and where it stands.
type Source = source.Fragment

// Limits of a formula. Formulas are read by people: one that comes near them belongs into a table or a function.
const (
	MaxTextSize = 8 << 10 // bytes
	MaxDepth    = 60      // of brackets; the parser recurses
	MaxNodes    = 2_000
	// MaxText bounds the characters of a text that a formula puts together: "let b = a + a; …" doubles with every line.
	MaxText = 64 << 10
)

// Env is what formulas are compiled against: the facts of an item and the functions of the platform. It is immutable and
// safe for concurrent use.
type Env struct {
	space *facts.Space
	lib   *funcs.Library
}

// NewEnv makes an environment. A nil library has no functions.
func NewEnv(space *facts.Space, lib *funcs.Library) *Env { return &Env{space: space, lib: lib} }

// Space is the facts that formulas are compiled against.
func (e *Env) Space() *facts.Space { return e.space }

// Formula is a compiled formula. It is immutable and safe for concurrent use.
type Formula struct {
	source Source
	root   *term
	want   facts.Type
	round  money.Rounding
	frames *sync.Pool // of *frame
}

// Compile reads, checks and compiles a formula. want is the type that its results must have; Kind Invalid takes them as they
// come. round says how a result becomes whole where want is an Int. The formula is nil if the list has errors. Codes:
// formula.empty, formula.too-long, formula.too-deep, formula.syntax, formula.unfinished, formula.not-ascii,
// formula.full-width, formula.unknown-name, formula.group, formula.unknown-function, formula.did-you-mean (hint),
// formula.operand, formula.operands, formula.date-text, formula.call, formula.arity, formula.no-member, formula.date-literal,
// formula.bad-pattern, formula.bad-rounding, formula.fraction, formula.not-a-choice, formula.empty-list, formula.comment,
// formula.chained, formula.loose (warning), formula.index, formula.long-list, formula.variable,
// formula.present, formula.unsupported, formula.too-costly and formula.type (the result is not what is wanted).
func (e *Env) Compile(src Source, want facts.Type, round money.Rounding) (*Formula, diag.List) {
	tree, found := parse(src)
	if found.HasErrors() {
		return nil, found.Sorted()
	}
	c := checker{env: e, src: src}
	root := c.check(tree)
	if root != nil {
		switch {
		case !round.Valid():
			c.report(0, "formula.bad-rounding", "rounding", string(round))
		case root.typ.Kind == facts.Invalid:
			c.report(root.index, "formula.type", "got", typeName(root), "want", want.Name())
		case want.Kind == facts.Invalid && holdsNothing(root.typ):
			c.report(root.index, "formula.empty-list")
		case want.Kind != facts.Invalid && !convertible(root.typ, want):
			c.report(root.index, "formula.type", "got", typeName(root), "want", want.Name())
		case round == money.Exact && fractional(root, want):
			c.report(root.index, "formula.fraction", "got", typeName(root), "want", want.Name())
		case root.cost > facts.MaxCost:
			c.report(0, "formula.too-costly", "cost", root.cost, "max", facts.MaxCost, "lists", strings.Join(root.heavy, " × "))
		case root.constant:
			c.constantResult(root, want)
		}
	}
	if c.found.HasErrors() {
		return nil, c.found.Sorted()
	}
	vars := c.maxVars
	frames := &sync.Pool{New: func() any { return &frame{vars: make([]outcome, vars)} }}
	return &Formula{source: src, root: root, want: want, round: round, frames: frames}, c.found.Sorted()
}

// Source is what the formula was compiled from.
func (f *Formula) Source() Source { return f.source }

// Type is the type of the results: the wanted one, or what the formula was found to give.
func (f *Formula) Type() facts.Type {
	if f.want.Kind != facts.Invalid {
		return f.want
	}
	return f.root.typ
}

// Natural is the type that the formula gives of itself, before it is made the wanted one: a whole number that is no amount of
// money may be taken for one. It is none for a nil formula.
func (f *Formula) Natural() facts.Type {
	if f == nil {
		return facts.Type{}
	}
	return f.root.typ
}

// Constant reports whether the formula reads no fact.
func (f *Formula) Constant() bool { return len(f.root.reads) == 0 }

// Reads gives the slots of all facts that the formula names, in the order in which they first appear. The slice must not be
// changed.
func (f *Formula) Reads() []int { return f.root.reads }

// Result is what a formula gives.
type Result struct {
	State   facts.State
	Value   any   // of the Go type of the kind, if State is Known
	Missing []int // slots of the facts that must be known first, if State is Unknown
}

// Eval computes the formula. An error is an *EvalError and comes with no result.
func (f *Formula) Eval(v *facts.Values) (Result, error) {
	frame := f.frames.Get().(*frame)
	frame.vals, frame.steps = v, v.Steps()
	if frame.steps == nil {
		frame.own = facts.NewSteps()
		frame.steps = &frame.own
	}
	frame.steps.Take(f.root.step) // what has no loops goes on where another rule has used them up
	out := f.root.eval(frame)
	frame.vals, frame.steps = nil, nil
	clear(frame.vars)
	clear(frame.stack[:cap(frame.stack)])
	f.frames.Put(frame)
	switch {
	case out.err != nil:
		return Result{}, out.err
	case out.unknown:
		return Result{State: facts.Unknown, Missing: ordered(out.missing, f.root.reads)}, nil
	case out.val == nil:
		return Result{State: facts.Absent}, nil
	}
	val, err := convert(out.val, f.Type(), f.round)
	if err != nil {
		e := f.root.fail("formula.result")
		e.Err = err
		var why *EvalError
		if errors.As(err, &why) {
			e.Code, e.Err = why.Code, why.Err
		}
		return Result{}, e
	}
	return Result{State: facts.Known, Value: val}, nil
}

// EvalError is an evaluation error: the formula has no result. Codes: formula.absent, formula.divide-by-zero,
// formula.overflow, formula.index, formula.empty, formula.too-big, formula.function, formula.not-a-choice and
// formula.result.
type EvalError struct {
	Code string
	Slot int    // of the fact it is about, or -1
	Fact string // its path
	Name string // the operator or function
	Line int    // in the document, from 1; 0 when not known
	Col  int
	Err  error // formula.function and formula.result: what the function or the conversion said
}

// Error names the code and the fact, operator or function; people read Diagnostic.
func (e *EvalError) Error() string {
	about := e.about()
	if e.Err != nil {
		return fmt.Sprintf("%s (%s): %v", e.Code, about, e.Err)
	}
	return fmt.Sprintf("%s (%s)", e.Code, about)
}

// Unwrap gives what a function or the conversion said.
func (e *EvalError) Unwrap() error { return e.Err }

func (e *EvalError) about() string {
	if e.Fact != "" {
		return e.Fact
	}
	return e.Name
}

// Diagnostic gives the error for people. at is the JSON pointer of the formula, or of what it was evaluated for. What a
// function or a conversion says with a code of its own is said as such.
func (e *EvalError) Diagnostic(at string) diag.Diagnostic {
	d := diag.New(e.Code, at, "name", e.about())
	var said diag.Coded
	if errors.As(e.Err, &said) {
		d.Code, d.Args = said.Code(), said.Args()
	}
	return d.At(e.Line, e.Col)
}
