package formula

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/tongban/tongban/rules/facts"
)

// variable is alive in the body of a let or of a list function. Those of list functions are called "#" and "#index".
type variable struct {
	name  string
	typ   facts.Type
	reads []int
	whole bool // see term
}

// name resolves a variable or the longest declared path; what follows are members of rows or elements of lists.
func (c *checker) name(n ast.Node) *term {
	var parts []string
	var nodes []ast.Node
	at := n
	for {
		if chain, ok := at.(*ast.ChainNode); ok {
			at = chain.Node
			continue
		}
		m, ok := at.(*ast.MemberNode)
		if !ok {
			break
		}
		property, ok := m.Property.(*ast.StringNode)
		if !ok {
			break
		}
		parts, nodes = append(parts, property.Value), append(nodes, at)
		at = m.Node
	}
	slices.Reverse(parts)
	slices.Reverse(nodes)
	switch root := at.(type) {
	case *ast.IdentifierNode:
		if v, ok := c.variable(root.Value, root); ok {
			return c.members(v, parts, nodes)
		}
		parts, nodes = slices.Insert(parts, 0, root.Value), slices.Insert(nodes, 0, ast.Node(root))
		for i := len(parts); i > 0; i-- {
			path := strings.Join(parts[:i], ".")
			if slot, ok := c.env.space.Slot(path); ok {
				return c.members(c.fact(nodes[i-1], path, slot), parts[i:], nodes[i:])
			}
		}
		return c.unknownName(start(at), strings.Join(parts, "."))
	case *ast.PointerNode:
		v, ok := c.variable("#"+root.Name, root)
		if !ok {
			return c.report(start(at), "formula.unknown-name", "name", "#"+root.Name)
		}
		return c.members(v, parts, nodes)
	case *ast.MemberNode: // list[i]
		return c.members(c.element(root), parts, nodes)
	default:
		return c.members(c.check(at), parts, nodes)
	}
}

func (c *checker) fact(n ast.Node, path string, slot int) *term {
	t := c.term(n, path, c.env.space.At(slot).Type)
	t.slot, t.reads = slot, []int{slot}
	t.eval = func(f *frame) outcome {
		if f.vals.State(slot) == facts.Unknown {
			return outcome{unknown: true, missing: []int{slot}}
		}
		return outcome{val: f.vals.Get(slot)}
	}
	return t
}

func (c *checker) variable(name string, n ast.Node) (*term, bool) {
	for i := len(c.scopes) - 1; i >= 0; i-- {
		if v := c.scopes[i]; v.name == name {
			t := c.term(n, name, v.typ)
			t.reads, t.whole = v.reads, v.whole
			t.eval = func(f *frame) outcome { return f.vars[i] }
			return t, true
		}
	}
	return nil, false
}

func (c *checker) unknownName(index int, path string) *term {
	if c.env.space.HasGroup(path) {
		c.report(index, "formula.group", "name", path)
		if _, ok := c.env.space.Slot(path + ".present"); ok {
			c.hint(index, "formula.did-you-mean", "nearest", path+".present")
		}
		return nil
	}
	c.report(index, "formula.unknown-name", "name", path)
	if write, ok := habits[path]; ok {
		c.hint(index, "formula.did-you-mean", "nearest", write)
	} else if near, ok := c.env.space.Nearest(path); ok {
		c.hint(index, "formula.did-you-mean", "nearest", near)
	}
	return nil
}

// members follows parts from a row. A member of nothing is nothing.
func (c *checker) members(t *term, parts []string, nodes []ast.Node) *term {
	for i, part := range parts {
		if t == nil {
			return nil
		}
		index := nodes[i].Location().From
		if t.typ.Kind != facts.Row {
			return c.report(index, "formula.no-member", "name", part, "type", typeName(t))
		}
		slot, ok := t.typ.Row.Slot(part)
		if !ok {
			c.report(index, "formula.unknown-name", "name", part)
			if near, ok := t.typ.Row.Nearest(part); ok {
				c.hint(index, "formula.did-you-mean", "nearest", near)
			}
			return nil
		}
		row := t
		t = c.term(nodes[i], part, row.typ.Row.At(slot).Type, row)
		t.eval = func(f *frame) outcome {
			out := row.eval(f)
			if !out.settled() || out.val == nil {
				return out
			}
			values := out.val.(*facts.Values)
			if values.State(slot) == facts.Unknown {
				return outcome{unknown: true, missing: row.reads}
			}
			return outcome{val: values.Get(slot)}
		}
	}
	return t
}

// let names a value. An error or an unknown in it matters only where it is used.
func (c *checker) let(n *ast.VariableDeclaratorNode) *term {
	value := c.check(n.Value)
	taken := slices.ContainsFunc(c.scopes, func(v variable) bool { return v.name == n.Name })
	if taken || c.env.space.HasGroup(n.Name) || c.isFact(n.Name) {
		return c.report(start(n), "formula.variable", "name", n.Name)
	}
	if value == nil {
		return nil
	}
	slot := c.push(variable{n.Name, value.typ, value.reads, value.whole})
	body := c.check(n.Expr)
	c.pop(slot)
	if body == nil {
		return nil
	}
	t := c.term(n, "let", body.typ, value, body)
	t.whole = body.whole
	t.eval = func(f *frame) outcome {
		f.vars[slot] = value.eval(f)
		return body.eval(f)
	}
	return t
}

func (c *checker) isFact(name string) bool { _, ok := c.env.space.Slot(name); return ok }

func (c *checker) push(vs ...variable) (slot int) {
	slot = len(c.scopes)
	c.scopes = append(c.scopes, vs...)
	c.maxVars = max(c.maxVars, len(c.scopes))
	return slot
}

func (c *checker) pop(slot int) { c.scopes = c.scopes[:slot] }
