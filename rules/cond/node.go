package cond

import (
	"regexp"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
)

// Op names the operation of a Node.
type Op string

// The operations. A macro (present, all, exists, ...) is one node, not its expansion.
const (
	OpConst     Op = "const"   // Value
	OpFact      Op = "fact"    // Fact
	OpVar       Op = "var"     // Name: a variable of an enclosing all/exists/...
	OpField     Op = "field"   // Args[0] is a row, Name its field
	OpCall      Op = "call"    // Name: a function of the library
	OpList      Op = "list"    // Args: elements
	OpPresent   Op = "present" // Args[0]: the fact is known not to be absent
	OpAnd       Op = "&&"      // any number of Args, flattened
	OpOr        Op = "||"      // any number of Args, flattened
	OpNot       Op = "!"
	OpEq        Op = "=="
	OpNe        Op = "!="
	OpLt        Op = "<"
	OpLe        Op = "<="
	OpGt        Op = ">"
	OpGe        Op = ">="
	OpIn        Op = "in"
	OpAdd       Op = "+"
	OpSub       Op = "-"
	OpMul       Op = "*"
	OpDiv       Op = "/"
	OpMod       Op = "%"
	OpNeg       Op = "neg"
	OpIf        Op = "?:"
	OpIndex     Op = "[]"
	OpSize      Op = "size"
	OpAll       Op = "all"        // Args[0] list, Args[1] predicate over Name
	OpExists    Op = "exists"     // same
	OpExistsOne Op = "exists_one" // same
	OpFilter    Op = "filter"     // same
	OpMap       Op = "map"        // Args[0] list, Args[1] expression over Name

	OpStartsWith Op = "startsWith" // Args: text, beginning
	OpEndsWith   Op = "endsWith"   // Args: text, end
	OpContains   Op = "contains"   // Args: text, part
	OpMatches    Op = "matches"    // Args: text, an OpConst holding an RE2 pattern
)

// Node is one node of a checked condition, free of any rule language's own types. Phrases, blocks and column-wise
// evaluation all read it; it is immutable.
type Node struct {
	Op    Op
	Type  facts.Type
	Fact  string // OpFact: its path
	Name  string // OpVar, OpField, OpCall, and the variable of a macro
	Value any    // OpConst: the Go types of facts.Kind
	Args  []*Node
	Line  int // in the document, from 1; 0 when not known
	Col   int

	slot    int         // OpFact: of the fact; OpField: in the row; OpVar and the macros: of the variable
	fn      *funcs.Func // OpCall: the overload
	scratch int         // OpCall: where its arguments are put together
	pattern *regexp.Regexp
	step    uint64 // the macros: of one element
}

// looping reports whether a node evaluates its second argument for every element of its first.
func (n *Node) looping() bool {
	switch n.Op {
	case OpAll, OpExists, OpExistsOne, OpFilter, OpMap:
		return true
	}
	return false
}
