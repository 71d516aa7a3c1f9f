package funcs

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Takes reports whether a call with arguments of these types means this overload. Whole numbers, and lists of them, go where
// numbers are wanted.
func (f *Func) Takes(args []facts.Type) bool {
	return slices.EqualFunc(f.Params, args, func(p Param, got facts.Type) bool { return accepts(p.Type, got) })
}

// In calls the function for an evaluation that knows v of the facts. The arguments are in the form that Convert gives.
func (f *Func) In(v *facts.Values, args []any) (any, error) {
	if f.Within != nil {
		return f.Within(v, args)
	}
	return f.Call(args)
}

func accepts(want, got facts.Type) bool {
	switch {
	case want.Kind == facts.Number && got.Kind == facts.Int:
		return true
	case want.Kind != got.Kind:
		return false
	case want.Kind == facts.List && want.Elem != nil && got.Elem != nil:
		return accepts(*want.Elem, *got.Elem)
	default:
		return true
	}
}

// ResultOf is the type of what a call with arguments of these types gives. A list that is made of others has room for the
// longest of them.
func (f *Func) ResultOf(args []facts.Type) facts.Type {
	t := f.Result
	if f.KeepsMoney && slices.ContainsFunc(args, func(a facts.Type) bool { return a.Money || a.Elem != nil && a.Elem.Money }) {
		switch {
		case t.Kind == facts.Int:
			t.Money = true
		case t.Kind == facts.List && t.Elem.Kind == facts.Int:
			t.Elem = &fen
		}
	}
	if t.Kind == facts.List && t.MaxItems == 0 {
		for _, a := range args {
			if a.Kind == facts.List {
				t.MaxItems = max(t.MaxItems, a.Longest())
			}
		}
	}
	return t
}

// Lists reports whether the function takes or gives lists: what a call costs then depends on how long they are.
func (f *Func) Lists() bool {
	return f.Result.Kind == facts.List || slices.ContainsFunc(f.Params, func(p Param) bool { return p.Type.Kind == facts.List })
}

// CostOf bounds the work of a call with arguments and a result of these types, for the static limit.
func (f *Func) CostOf(args []facts.Type, result facts.Type) uint64 {
	cost := max(1, f.Cost)
	for _, a := range args {
		if a.Kind == facts.List {
			cost += f.ItemCost * uint64(a.Longest())
		}
	}
	if result.Kind == facts.List {
		cost += uint64(result.Longest())
	}
	return cost
}

// Work is what a call took, in steps: CostOf with the lists as long as they were.
func (f *Func) Work(args []any, result any) uint64 {
	work := max(1, f.Cost)
	for _, a := range args {
		if list, ok := a.([]any); ok {
			work += f.ItemCost * uint64(len(list))
		}
	}
	if list, ok := result.([]any); ok {
		work += uint64(len(list))
	}
	return work
}

// Converts reports whether the values of an argument may need Convert before a call.
func (f *Func) Converts(arg int) bool {
	t := f.Params[arg].Type
	return t.Kind == facts.Number || t.Kind == facts.List && t.Elem != nil && t.Elem.Kind == facts.Number
}

// Convert gives an argument the form in which Call takes it: numbers for whole numbers, and decimals for quotients unless the
// function takes those.
func (f *Func) Convert(arg int, v any) any {
	if !f.Converts(arg) {
		return v
	}
	list, ok := v.([]any)
	if !ok {
		return f.number(v)
	}
	for i, e := range list {
		if _, is := e.(decimal.Decimal); !is {
			out := slices.Clone(list)
			for j := i; j < len(out); j++ {
				out[j] = f.number(out[j])
			}
			return out
		}
	}
	return list
}

func (f *Func) number(v any) any {
	if i, ok := v.(int64); ok {
		return decimal.NewFromInt(i)
	}
	if f.Quotients {
		return v
	}
	return facts.Settle(v)
}

// Choices are the values that an argument may have where the parameter lists them, for people; ok is false if v is one of them
// or none are listed.
func (p Param) Choices(v any) (choices lang.Text, ok bool) {
	if len(p.Type.Enum) == 0 || slices.ContainsFunc(p.Type.Enum, func(c facts.Choice) bool { return facts.Equal(c.Value, v) }) {
		return lang.Text{}, false
	}
	var zh, en []string
	for _, c := range p.Type.Enum {
		written := string(p.Type.Encode(c.Value))
		zh, en = append(zh, labelled(written, c.Label.In(lang.Zh))), append(en, labelled(written, c.Label.In(lang.En)))
	}
	return lang.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}, true
}

func labelled(written, label string) string {
	if label == "" {
		return written
	}
	return written + " (" + label + ")"
}
