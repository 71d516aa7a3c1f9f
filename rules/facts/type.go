package facts

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// Limits of a list. They bound the work of all, exists, sum and their like before a rule has run: a list without
// "maxItems" is a household or a set of children; only a schema that says so holds more, up to the owners of a large estate.
const (
	DefaultMaxItems = 200
	MaxItems        = 10_000
)

// MaxDepth bounds lists and rows within each other.
const MaxDepth = 4

// String names the kind as diagnostics do.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "bool"
	case Int:
		return "int"
	case Number:
		return "number"
	case String:
		return "string"
	case Date:
		return "date"
	case List:
		return "list"
	case Row:
		return "row"
	default:
		return "none"
	}
}

// String names the type as diagnostics do: "money", "list of row".
func (t Type) String() string {
	switch {
	case t.Kind == Int && t.Money:
		return "money"
	case t.Kind == List && t.Elem != nil:
		return "list of " + t.Elem.String()
	default:
		return t.Kind.String()
	}
}

// Name is the name of the kind in diagnostics for people; the English one is String.
func (k Kind) Name() lang.Text {
	zh := map[Kind]string{Bool: "是/否", Int: "整数", Number: "数字", String: "文字", Date: "日期", List: "列表", Row: "记录"}[k]
	if zh == "" {
		zh = "空值"
	}
	return lang.Text{Zh: zh, En: k.String()}
}

// Name is the name of the type in diagnostics for people; the English one is String.
func (t Type) Name() lang.Text {
	switch {
	case t.Kind == Int && t.Money:
		return lang.Text{Zh: "金额", En: t.String()}
	case t.Kind == List && t.Elem != nil:
		return lang.Text{Zh: t.Elem.Name().Zh + "列表", En: t.String()}
	default:
		return t.Kind.Name()
	}
}

// Equal reports whether two types hold the same values: kind, money, elements, members and allowed values. Labels do not
// count.
func (t Type) Equal(o Type) bool {
	if t.Kind != o.Kind || t.Money != o.Money || t.MaxItems != o.MaxItems || len(t.Enum) != len(o.Enum) {
		return false
	}
	for i := range t.Enum {
		if !Equal(t.Enum[i].Value, o.Enum[i].Value) {
			return false
		}
	}
	if (t.Elem == nil) != (o.Elem == nil) || t.Elem != nil && !t.Elem.Equal(*o.Elem) {
		return false
	}
	return t.Row.Equal(o.Row)
}

// Longest is the greatest number of elements that a list of this type holds.
func (t Type) Longest() int {
	if t.MaxItems > 0 {
		return t.MaxItems
	}
	return DefaultMaxItems
}

func (t Type) valid() bool {
	switch t.Kind {
	case Bool, Int, Number, String, Date:
		return true
	case List:
		return t.Elem != nil && t.Elem.valid()
	case Row:
		return t.Row != nil
	default:
		return false
	}
}

// holds reports whether val has the Go type of the kind.
func (t *Type) holds(val any) bool {
	var ok bool
	switch t.Kind {
	case Bool:
		_, ok = val.(bool)
	case Int:
		_, ok = val.(int64)
	case Number:
		_, ok = val.(decimal.Decimal)
	case String:
		_, ok = val.(string)
	case Date:
		_, ok = val.(time.Time)
	case List:
		_, ok = val.([]any)
	case Row:
		_, ok = val.(*Values)
	}
	return ok
}

// WithChoices returns the type with labels for its allowed values, as a dictionary writes them beside a schema. A label for a
// value that the enum lacks is reported as facts.choice-unknown; a type without enum takes the choices as its enum. at is the
// JSON pointer of the choices.
func (t Type) WithChoices(choices []Choice, at string) (Type, diag.List) {
	if len(choices) == 0 {
		return t, nil
	}
	var found diag.List
	labelled := make([]Choice, len(t.Enum))
	copy(labelled, t.Enum)
	open := len(labelled) == 0
	for i, c := range choices {
		v, err := t.native(c.Value)
		if err != nil {
			found.Add(diag.New("facts.choice-type", diag.Pointer(at, i, "value"), "value", fmt.Sprint(c.Value), "type", t))
			continue
		}
		placed := false
		for j := range labelled {
			if Equal(labelled[j].Value, v) {
				labelled[j].Label, placed = c.Label, true
			}
		}
		switch {
		case placed && open:
			found.Add(diag.New("facts.choice-twice", diag.Pointer(at, i, "value"), "value", fmt.Sprint(c.Value)))
		case !placed && open:
			labelled = append(labelled, Choice{Value: v, Label: c.Label})
		case !placed:
			found.Add(diag.New("facts.choice-unknown", diag.Pointer(at, i, "value"), "value", fmt.Sprint(c.Value)))
		}
	}
	t.Enum = labelled
	return t, found
}

// native brings a value as encoding/json decoded it, or one that already has the Go type of the kind, to that type.
func (t Type) native(v any) (any, error) {
	if t.holds(v) {
		return v, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	t.Enum = nil
	return t.Decode(raw)
}

// Label returns the label of an allowed value, if the type lists one.
func (t Type) Label(v any) (lang.Text, bool) {
	for _, c := range t.Enum {
		if !c.Label.IsZero() && Equal(c.Value, v) {
			return c.Label, true
		}
	}
	return lang.Text{}, false
}

// Text writes a value as people do: 2026年3月1日 or 1 March 2026, 50.00元 or CNY 50.00 for money in fen, 是 or yes, the label of an
// allowed value, numbers plain, lists joined. nil and
// a list of nothing are 无 or none.
func (t Type) Text(v any) lang.Text {
	if v == nil {
		return lang.Text{Zh: "无", En: "none"}
	}
	if label, ok := t.Label(v); ok {
		return label
	}
	switch x := v.(type) {
	case bool:
		if x {
			return lang.Text{Zh: "是", En: "yes"}
		}
		return lang.Text{Zh: "否", En: "no"}
	case int64:
		if t.Money {
			yuan := yuanText(x)
			return lang.Text{Zh: yuan + "元", En: "CNY " + yuan}
		}
		return same(strconv.FormatInt(x, 10))
	case decimal.Decimal:
		return same(x.String())
	case string:
		return same(x)
	case time.Time:
		return lang.Text{
			Zh: fmt.Sprintf("%d年%d月%d日", x.Year(), int(x.Month()), x.Day()),
			En: fmt.Sprintf("%d %s %d", x.Day(), x.Month(), x.Year()),
		}
	case []any:
		if len(x) == 0 {
			return t.Text(nil)
		}
		elem := Type{}
		if t.Elem != nil {
			elem = *t.Elem
		}
		var out lang.Text
		for i, e := range x {
			if i > 0 {
				zh, en := "、", ", "
				if elem.Kind == Row {
					zh, en = "；", "; "
				}
				out.Zh, out.En = out.Zh+zh, out.En+en
			}
			one := elem.Text(e)
			out.Zh, out.En = out.Zh+one.Zh, out.En+one.In(lang.En)
		}
		return out
	case *Values:
		return rowText(x)
	default:
		return same(fmt.Sprint(v))
	}
}

// yuanText writes an amount in fen in yuan, with two decimals and commas between the thousands.
func yuanText(fen int64) string {
	s := decimal.New(fen, -2).StringFixed(2)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - len(".00") - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

func same(s string) lang.Text { return lang.Text{Zh: s, En: s} }

// rowText writes the known members of a row with their labels.
func rowText(row *Values) lang.Text {
	var out lang.Text
	for slot, f := range row.space.facts {
		if row.states[slot] != Known {
			continue
		}
		if out.Zh != "" {
			out.Zh, out.En = out.Zh+"，", out.En+", "
		}
		value := f.Type.Text(row.vals[slot])
		label := f.Label
		if label.IsZero() {
			label = same(f.Path)
		}
		out.Zh += label.Zh + " " + value.Zh
		out.En += label.In(lang.En) + " " + value.In(lang.En)
	}
	return out
}
