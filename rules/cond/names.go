package cond

import (
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"

	"github.com/tongban/tongban/rules/facts"
)

// name resolves a variable or the longest declared path; what follows are members of rows.
func (c *checker) name(e ast.Expr) *Node {
	parts := []string{}
	exprs := []ast.Expr{} // exprs[i] stands for parts[:i+1]
	at := e
	for at.Kind() == ast.SelectKind {
		s := at.AsSelect()
		parts, exprs = append(parts, s.FieldName()), append(exprs, at)
		at = s.Operand()
	}
	if at.Kind() != ast.IdentKind {
		// a member of something computed: list[0].income
		row := c.check(at)
		slices.Reverse(parts)
		slices.Reverse(exprs)
		return c.members(row, parts, exprs)
	}
	parts, exprs = append(parts, at.AsIdent()), append(exprs, at)
	slices.Reverse(parts)
	slices.Reverse(exprs)
	for i := len(c.scopes) - 1; i >= 0; i-- {
		if c.scopes[i].name == parts[0] {
			n := c.node(exprs[0], OpVar, c.scopes[i].typ)
			if n != nil {
				n.Name, n.slot = parts[0], i
			}
			return c.members(n, parts[1:], exprs[1:])
		}
	}
	for i := len(parts); i > 0; i-- {
		path := strings.Join(parts[:i], ".")
		if slot, ok := c.env.space.Slot(path); ok {
			n := c.node(exprs[i-1], OpFact, c.env.space.At(slot).Type)
			if n != nil {
				n.Fact, n.slot = path, slot
			}
			return c.members(n, parts[i:], exprs[i:])
		}
	}
	return c.unknownName(c.start(at), strings.Join(parts, "."))
}

func (c *checker) unknownName(index int, path string) *Node {
	if c.env.space.HasGroup(path) {
		c.report(index, "cond.group", "name", path)
		if _, ok := c.env.space.Slot(path + ".present"); ok {
			c.hint(index, "cond.did-you-mean", "nearest", path+".present")
		}
		return nil
	}
	c.report(index, "cond.unknown-name", "name", path)
	if member, ok := strings.CutPrefix(path, "."); ok {
		c.hint(index, "cond.did-you-mean", "nearest", "list.map(x, x."+member+")")
	} else if write, ok := habits[path]; ok {
		c.hint(index, "cond.did-you-mean", "nearest", write)
	} else if near, ok := c.env.space.Nearest(path); ok {
		c.hint(index, "cond.did-you-mean", "nearest", near)
	}
	return nil
}

// memberAt is where the name of a selection stands: CEL places it at the dot before it.
func (c *checker) memberAt(e ast.Expr) int {
	chars, i := []rune(c.src.Text), c.index(e)
	for i < len(chars) && (chars[i] == '.' || chars[i] == ' ' || chars[i] == '\n') {
		i++
	}
	return i
}

// members follows parts from a row.
func (c *checker) members(n *Node, parts []string, exprs []ast.Expr) *Node {
	for i, part := range parts {
		if n == nil {
			return nil
		}
		at := c.memberAt(exprs[i])
		if n.Type.Kind != facts.Row {
			return c.report(at, "cond.no-member", "name", part, "type", typeName(n))
		}
		slot, ok := n.Type.Row.Slot(part)
		if !ok {
			c.report(at, "cond.unknown-name", "name", part)
			if near, ok := n.Type.Row.Nearest(part); ok {
				c.hint(at, "cond.did-you-mean", "nearest", near)
			}
			return nil
		}
		row := n
		if n = c.node(exprs[i], OpField, row.Type.Row.At(slot).Type, row); n != nil {
			n.Name, n.slot = part, slot
		}
	}
	return n
}

// presence asks whether a fact, a member or a variable is there.
func (c *checker) presence(e ast.Expr, n *Node, at ast.Expr) *Node {
	switch n.Op {
	case OpFact, OpField, OpVar:
		return c.node(e, OpPresent, boolType, n)
	default:
		return c.report(c.start(at), "cond.present")
	}
}

func (c *checker) present(e ast.Expr, args []ast.Expr) *Node {
	if !c.arity(e, "present", args, 1) {
		return nil
	}
	// present(agent) of a whole group is the fact agent.present
	if path, ok := pathOf(args[0]); ok && c.env.space.HasGroup(path) {
		if slot, ok := c.env.space.Slot(path + ".present"); ok {
			n := c.node(e, OpFact, c.env.space.At(slot).Type)
			if n != nil {
				n.Fact, n.slot = path+".present", slot
			}
			return n
		}
	}
	n := c.check(args[0])
	if n == nil {
		return nil
	}
	return c.presence(e, n, args[0])
}

func pathOf(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		path, ok := pathOf(e.AsSelect().Operand())
		return path + "." + e.AsSelect().FieldName(), ok
	default:
		return "", false
	}
}

func (c *checker) declared(name string) bool {
	_, fact := c.env.space.Slot(name)
	return fact || slices.ContainsFunc(c.scopes, func(s scope) bool { return s.name == name })
}
